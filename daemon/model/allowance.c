/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/allowance.h"

bool allowance_take(Allowance *allowance, unsigned cost, unsigned limit, uint64_t now_usec)
{
        uint64_t settled = allowance->settled_usec > now_usec ? allowance->settled_usec : now_usec;

        settled += cost * ALLOWANCE_WINDOW_USEC / limit;
        if (settled > now_usec + ALLOWANCE_WINDOW_USEC)
                return false;
        allowance->settled_usec = settled;
        return true;
}
