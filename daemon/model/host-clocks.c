/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/host-clocks.h"

#include <math.h>

HostClocksVerdict host_clocks_judge(const HostClocks *clocks)
{
        const HostClock *here = &clocks->here, *there = &clocks->there;

        if (here->right == 0)
                return HOST_CLOCKS_WRONG_HERE;
        if (there->right == 0)
                return HOST_CLOCKS_WRONG_THERE;
        if (here->right < 0 || there->right < 0 || !clocks->compared || here->bound_sec < 0 || there->bound_sec < 0)
                return HOST_CLOCKS_UNKNOWN;
        if (fabs(clocks->apart_sec) > here->bound_sec + there->bound_sec + clocks->apart_bound_sec)
                return HOST_CLOCKS_APART;
        return HOST_CLOCKS_AGREE;
}
