/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whether this machine's time is really synchronised, and by which program. A client's own word is not enough: chronyd
 * says that it is synchronised in its `local` mode, and for as long as it likes after its last source has gone
 * (measured).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "check/chrony-report.h"
#include "check/ntp-report.h"
#include "check/machine-setup.h"
#include "check/phc-kept.h"
#include "model/host-clocks.h"

typedef enum TimeClient {
        CLIENT_CHRONYD,
        CLIENT_NTPD, /* ntpd and ntpsec */
        CLIENT_TIMESYNCD,
        CLIENT_TIMEMASTER, /* runs some of the others, and makes one discipline of them */
        CLIENT_PHC2SYS,
        CLIENT_PTP4L,
        CLIENT_OTHER, /* one that nobody here can ask: ntpd-rs, ptpd, VMware's tools, … */
        CLIENT_MAX_,
        CLIENT_NONE = -1,
} TimeClient;

const char *time_client_to_string(TimeClient client); /* its program; not for CLIENT_NONE */

/* NTP_PHASE_LIMIT (include/linux/timex.h), where the kernel's maxerror ends: nobody has set the clock right for nine
 * hours. */
#define TIME_MAX_ERROR_USEC 16000000

/* STEPT, the offset beyond which ntpd takes a clock for wrong and sets it (RFC 5905). */
#define TIME_CORRECTION_MAX_SEC 0.128

typedef struct TimeInput {
        double now_sec; /* CLOCK_REALTIME */
        bool clients_known;
        unsigned running;       /* a bit per TimeClient */
        unsigned steering;      /* those of them that move the clock */
        char other[16];         /* the program of CLIENT_OTHER */
        bool phc2sys_from_host; /* it follows a clock that the hypervisor keeps */
        char phc2sys_source
                [PHC_LIST_SIZE]; /* the names of the clock it follows; "": the one that its ptp4l sets (-a) */
        double client_age_sec[CLIENT_MAX_]; /* of those that move the clock: how long the oldest has run; 0 unknown */
        char unit[CLIENT_MAX_][64];         /* of those: the service that runs it, "phc2sys@eth0.service"; "" unknown */
        PhcsKept phcs;                      /* the clocks that ptp4l, ts2phc or the like sets right */
        bool kernel_known;
        /* adjtimex(2). STA_UNSYNC is no witness: chronyd without rtcsync leaves it set. */
        uint64_t kernel_max_error_usec;
        long kernel_freq, kernel_tick; /* as the kernel has them */
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
        TIME_DISAGREEING,    /* its sources answer, and contradict each other */
        TIME_UNASKED,        /* the client cannot be asked; the kernel says that somebody sets the clock right */
        TIME_UNKEPT,         /* it follows the clock of a network interface, which nobody sets right */
        TIME_UNTRACED,       /* it follows such a clock, and whether somebody sets that one right is not known */
        TIME_OFF,            /* it is synchronised, and the clock is far off all the same: it is slewed */
        TIME_MAX_,
} TimeVerdict;

typedef struct TimeView {
        TimeVerdict verdict;
        TimeClient client;     /* whose word it is */
        double age_sec;        /* since the clock was last set right; < 0 unknown */
        double bound_sec;      /* the clock is off by no more; < 0 unknown */
        double correction_sec; /* what the client still has to correct; 0 also where it does not say */
} TimeView;

void time_judge(const TimeInput *input, TimeView *ret);
/* The same, and what chronyd follows may turn out to be the clock of a network interface that nobody sets right,
 * or perhaps nobody. */
void time_judge_here(const TimeInput *input, const MachineSetup *setup, TimeView *ret);
/* Whether this machine's clock is kept right, and its bound: the client's, else the kernel's maxerror. */
HostClock time_to_host_clock(const TimeInput *input, const TimeView *view);
/* Somebody sets that network interface's clock right, by the list of its names: 1 yes, 0 no, -1 not known. */
int time_phc_is_kept(const TimeInput *input, const char *names);
/* The same of the clock that phc2sys sets the system's from. */
int time_phc2sys_is_kept(const TimeInput *input);
/* How many disciplines move the clock: one is right. What timemaster runs counts once; CLIENT_OTHER does not count. */
unsigned time_count_disciplines(const TimeInput *input);
