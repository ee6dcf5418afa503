/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Decides from a process's command line and configuration file which time client it is and whether it sets this
 * machine's clock.
 */
#pragma once

#include "check/timesync.h"

#define TIME_OPTION_SIZE 128

/* What a process does to the clocks of this machine. */
typedef struct TimeProcess {
        TimeClient client; /* CLIENT_NONE: it is no time client */
        bool steers;       /* it sets the system's clock */
        bool keeps_phc;    /* it sets a network interface's clock: ptp4l with hardware time stamps, ts2phc, sfptpd */
        char source[TIME_OPTION_SIZE]; /* the value of phc2sys -s; "" for none */
        char sink[TIME_OPTION_SIZE];   /* the value of phc2sys -c if that is a network interface's clock; "" for none */
        /* The clocks that it sets if keeps_phc, named as on its command line and in its file: "eth0 /dev/ptp1". */
        char keeps[PHC_LIST_SIZE];
        bool keeps_others; /* it sets further clocks, and it is not known which */
} TimeProcess;

/* Whether a process of this name, as in /proc/PID/comm, may be a time client, or a program that keeps a PHC. */
bool time_client_may_be(const char *command);

/* `command` is /proc/PID/comm, which the kernel cuts at 15 characters; `arguments` is the command line, separated by
 * blanks; `file` is the content of the file that time_client_file() names, NULL for none. */
void time_client_judge(const char *command, const char *arguments, const char *file, TimeProcess *ret);
/* True if the process is ptp4l, phc2sys or ts2phc and reads options from a file (-f); `buffer` has the path then. */
bool time_client_file(const char *command, const char *arguments, char buffer[static TIME_OPTION_SIZE]);
