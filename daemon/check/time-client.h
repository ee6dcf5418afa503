/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which time client a process is, and whether it moves this machine's clock, from its command line and its file.
 */
#pragma once

#include "check/timesync.h"

#define TIME_OPTION_SIZE 128

/* What a process is to the time of this machine. */
typedef struct TimeProcess {
        TimeClient client; /* CLIENT_NONE: nothing */
        bool steers;       /* it moves this machine's clock */
        bool keeps_phc; /* it sets the clock of a network interface right: ptp4l with hardware time stamps, ts2phc, sfptpd */
        char source[TIME_OPTION_SIZE]; /* phc2sys -s; "" for none */
        char sink[TIME_OPTION_SIZE];   /* phc2sys -c, where it sets a network interface's clock; "" for none */
        /* Whose clock keeps_phc means, as its command line and its file name them: "eth0 /dev/ptp1". */
        char keeps[PHC_LIST_SIZE];
        bool keeps_others; /* and of further ones, which are not known */
} TimeProcess;

/* `command` is /proc/PID/comm, cut at 15 characters by the kernel; `arguments` its command line with blanks between; `file` what
 * stands in the file that time_client_file() names, NULL for none. */
void time_client_judge(const char *command, const char *arguments, const char *file, TimeProcess *ret);
/* The file that ptp4l, phc2sys and ts2phc take options from (-f): into buffer, true. */
bool time_client_file(const char *command, const char *arguments, char buffer[static TIME_OPTION_SIZE]);
