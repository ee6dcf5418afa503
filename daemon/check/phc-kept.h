/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which PTP hardware clocks of network interfaces some program sets right. A network card's clock runs free otherwise.
 */
#pragma once

#include <stdbool.h>

#define PHC_LIST_SIZE 256

/* A list has names with a blank between. One clock has several: its interface's, its own, its device's ("eth0 ptp1 /dev/ptp1"). */
typedef struct PhcsKept {
        char names[PHC_LIST_SIZE];     /* of the clocks that are set right */
        bool others;                   /* further ones are, and nobody can say which */
        char copy_from[PHC_LIST_SIZE]; /* phc2sys sets another clock than the system's after this one; "" for none */
        char copy_to[PHC_LIST_SIZE];   /* and that is this one */
} PhcsKept;

/* False when it does not fit: the list is as it was. */
bool phc_list_add(char list[static PHC_LIST_SIZE], const char *names);

/* The clock with these names is set right: 1 yes, 0 no, -1 not known. Without the kernel's name of it ("ptp1"): not
 * known where another one is. */
int phc_kept_judge(const PhcsKept *kept, const char *names);
/* Some program sets some such clock right. */
bool phc_kept_any(const PhcsKept *kept);
