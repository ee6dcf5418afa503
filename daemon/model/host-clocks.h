/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The clocks of two hosts between which guests migrate: a guest that takes its time from its host jumps by what lies between them. Pure.
 */
#pragma once

#include <stdbool.h>

typedef struct HostClock {
        int right;        /* somebody keeps it right: 1, 0, or -1: not known */
        double bound_sec; /* it is off by no more; < 0 not known */
} HostClock;

typedef struct HostClocks {
        HostClock here, there;
        bool compared;                     /* the next two are known */
        double apart_sec, apart_bound_sec; /* the clock there minus the clock here, give or take */
} HostClocks;

typedef enum HostClocksVerdict {
        HOST_CLOCKS_UNKNOWN,
        HOST_CLOCKS_AGREE,       /* both are kept right, and lie within each other's bounds */
        HOST_CLOCKS_WRONG_HERE,  /* nobody keeps it right here */
        HOST_CLOCKS_WRONG_THERE, /* or there */
        HOST_CLOCKS_APART,       /* both say that they are right, and one of them is not */
} HostClocksVerdict;

HostClocksVerdict host_clocks_judge(const HostClocks *clocks);
