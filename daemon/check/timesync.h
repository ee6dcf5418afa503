/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Is this machine's time really kept, and by whom? A client's word that it is synchronised is not enough: chronyd
 * says so in its `local` mode and for as long as it likes after its last source died (measured).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "check/chrony-report.h"
#include "check/ntp-report.h"

typedef enum TimeClient {
        CLIENT_CHRONYD,
        CLIENT_NTPD, /* ntpd and ntpsec */
        CLIENT_TIMESYNCD,
        CLIENT_TIMEMASTER, /* runs some of the others, and makes one discipline of them */
        CLIENT_PHC2SYS,
        CLIENT_PTP4L,
        CLIENT_MAX_,
        CLIENT_NONE = -1,
} TimeClient;

const char *time_client_to_string(TimeClient client); /* its program; not for CLIENT_NONE */

/* Which client a process is, or CLIENT_NONE. `command` is /proc/PID/comm, cut at 15 characters by the kernel;
 * `arguments` those of its command line with blanks between. *ret_steers: it moves this machine's clock (chronyd -x,
 * phc2sys as a source for others and ptp4l with a hardware clock do not). Untouched for CLIENT_NONE. */
TimeClient time_client_of(const char *command, const char *arguments, bool *ret_steers);

/* NTP_PHASE_LIMIT (include/linux/timex.h), where the kernel's maxerror ends: nobody has set the clock right for nine
 * hours. */
#define TIME_MAX_ERROR_USEC 16000000

typedef struct TimeInput {
        double now_sec; /* CLOCK_REALTIME */
        bool clients_known;
        unsigned running;  /* a bit per TimeClient */
        unsigned steering; /* those of them that move the clock */
        bool kernel_known;
        /* adjtimex(2). STA_UNSYNC is no witness: chronyd without rtcsync leaves it set. */
        uint64_t kernel_max_error_usec;
        int chrony_error;              /* 0: *chrony is what chronyc printed */
        ChronyReport chrony;
        int ntp_error;
        NtpReport ntp;
        bool timesyncd_synchronized; /* it has set the clock right in this boot */
} TimeInput;

typedef enum TimeVerdict {
        TIME_UNKNOWN,
        TIME_SYNCHRONIZED,
        TIME_NOBODY,         /* no client runs, and nobody sets the clock right */
        TIME_UNSEEN,         /* no client runs, but somebody has set the clock right within nine hours */
        TIME_UNSYNCHRONIZED, /* by the client's own word, or the kernel's */
        TIME_LOCAL,          /* the client follows this machine's own clock */
        TIME_STALE,          /* it was, and its sources have fallen silent */
        TIME_NOT_STEERING,   /* a client is synchronised but leaves the clock alone */
        TIME_MAX_,
} TimeVerdict;

typedef struct TimeView {
        TimeVerdict verdict;
        TimeClient client; /* whose word it is */
        double age_sec;    /* since the clock was last set right; < 0 unknown */
        double bound_sec;  /* the clock is off by no more; < 0 unknown */
} TimeView;

void time_judge(const TimeInput *input, TimeView *ret);
/* How many disciplines move the clock: one is right. What timemaster runs counts once. */
unsigned time_count_disciplines(const TimeInput *input);
