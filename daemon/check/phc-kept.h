/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which PTP hardware clocks (PHCs) of network interfaces are set by a program. Without one, such a clock runs free.
 */
#pragma once

#include <stdbool.h>

#define PHC_LIST_SIZE 256

/* A list has names separated by blanks. One clock has up to three names: its interface, its own, its device ("eth0
 * ptp1 /dev/ptp1"). */
typedef struct PhcsKept {
        char names[PHC_LIST_SIZE];     /* the clocks that a program sets */
        bool others;                   /* a program sets further clocks, and it is not known which */
        char copy_from[PHC_LIST_SIZE]; /* phc2sys copies this clock to copy_to; "" for none */
        char copy_to[PHC_LIST_SIZE];   /* a PHC, not the system's clock */
} PhcsKept;

/* False if `names` do not fit; the list is unchanged then. */
bool phc_list_add(char list[static PHC_LIST_SIZE], const char *names);

/* Whether a program sets the clock with these names: 1 yes, 0 no, -1 not known. If `names` lacks the kernel's name
 * ("ptp1"), the answer is never 0 while a program sets any clock. */
int phc_kept_judge(const PhcsKept *kept, const char *names);
/* True if a program sets any such clock. */
bool phc_kept_any(const PhcsKept *kept);
