/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Compares the clocks of two hosts between which guests migrate. A guest that takes its time from its host jumps by
 * their difference. Pure.
 */
#pragma once

#include <stdbool.h>

typedef struct HostClock {
        int right;        /* whether it is synchronised: 1, 0, or -1: not known */
        double bound_sec; /* it is wrong by no more than this; < 0: not known */
} HostClock;

typedef struct HostClocks {
        HostClock here, there;
        bool compared;                     /* whether the next two are known */
        double apart_sec, apart_bound_sec; /* the clock there minus the clock here, ± apart_bound_sec */
} HostClocks;

typedef enum HostClocksVerdict {
        HOST_CLOCKS_UNKNOWN,
        HOST_CLOCKS_AGREE,       /* both are synchronised, and their difference is within both bounds */
        HOST_CLOCKS_WRONG_HERE,  /* the clock here is not synchronised */
        HOST_CLOCKS_WRONG_THERE, /* the clock there is not synchronised */
        HOST_CLOCKS_APART,       /* both claim to be synchronised, and one of them is wrong */
} HostClocksVerdict;

HostClocksVerdict host_clocks_judge(const HostClocks *clocks);
