/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whether this machine's time is really synchronised, and by which program. A client's own report is not enough:
 * chronyd also reports "synchronised" in its `local` mode and, without any time limit, after its last source has gone
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
        CLIENT_TIMEMASTER, /* starts some of the others so that they work together as one client */
        CLIENT_PHC2SYS,
        CLIENT_PTP4L,
        CLIENT_OTHER, /* one that tscwarden cannot query: ntpd-rs, ptpd, VMware's tools, … */
        CLIENT_MAX_,
        CLIENT_NONE = -1,
} TimeClient;

/* The name of its program; not for CLIENT_NONE. */
const char *time_client_to_string(TimeClient client);

/* NTP_PHASE_LIMIT (include/linux/timex.h), the largest value of the kernel's maxerror. The kernel reaches it nine
 * hours after a program last set the clock. */
#define TIME_MAX_ERROR_USEC 16000000

/* STEPT of RFC 5905: ntpd steps a clock that is off by more. */
#define TIME_CORRECTION_MAX_SEC 0.128

typedef struct TimeInput {
        double now_sec; /* CLOCK_REALTIME */
        bool clients_known;
        unsigned running;                   /* one bit for each TimeClient that runs */
        unsigned steering;                  /* those of them that set the system's clock */
        char other[16];                     /* the name of the program if CLIENT_OTHER runs */
        bool phc2sys_from_host;             /* phc2sys follows a clock that the hypervisor keeps right */
        char phc2sys_source[PHC_LIST_SIZE]; /* names of the clock it follows; "": that of its ptp4l (option -a) */
        double client_age_sec[CLIENT_MAX_]; /* for `steering`: how long the oldest process has run; 0 unknown */
        char unit[CLIENT_MAX_][64]; /* for those in `steering`: the service, "phc2sys@eth0.service"; "" unknown */
        PhcsKept phcs;              /* the clocks of network interfaces that programs set */
        bool kernel_known;
        /* From adjtimex(2). Its STA_UNSYNC is not used: chronyd without rtcsync leaves it set. */
        uint64_t kernel_max_error_usec;
        long kernel_freq, kernel_tick; /* in the kernel's units */
        int chrony_error;              /* 0: `chrony` is valid; otherwise the -errno of running chronyc */
        ChronyReport chrony;
        int ntp_error; /* the same for `ntp` and ntpq */
        NtpReport ntp;
        bool timesyncd_synchronized; /* systemd-timesyncd has set the clock since boot */
} TimeInput;

typedef enum TimeVerdict {
        TIME_UNKNOWN,
        TIME_SYNCHRONIZED,
        TIME_NOBODY,         /* no client runs, and no program has set the clock within nine hours */
        TIME_UNSEEN,         /* no client runs here, but some program has set the clock within nine hours */
        TIME_UNSYNCHRONIZED, /* the client or the kernel says so */
        TIME_LOCAL,          /* the client follows this machine's own clock */
        TIME_STALE,          /* it was synchronised, but its sources no longer answer */
        TIME_NOT_STEERING,   /* a client is synchronised but does not set the clock */
        TIME_DISAGREEING,    /* the client's sources answer but contradict each other */
        TIME_UNASKED,        /* tscwarden cannot query the client; the kernel says that some program sets the clock */
        TIME_UNKEPT,         /* it follows a network interface's clock, which no program sets */
        TIME_UNTRACED, /* it follows a network interface's clock, and it is not known whether a program sets that one */
        TIME_OFF,      /* it is synchronised, but the clock is still far off, because the client only slews it */
        TIME_MAX_,
} TimeVerdict;

typedef struct TimeView {
        TimeVerdict verdict;
        TimeClient client;     /* the client to which the verdict applies */
        double age_sec;        /* time since the clock was last set; < 0 unknown */
        double bound_sec;      /* the largest possible error of the clock; < 0 unknown */
        double correction_sec; /* what the client still has to correct; 0 also if it does not report that */
} TimeView;

bool time_client_runs(const TimeInput *input, TimeClient client);

void time_judge(const TimeInput *input, TimeView *ret);
/* The same, and if chronyd follows a network interface's clock, it also checks whether a program sets that clock
 * (TIME_UNKEPT, TIME_UNTRACED). */
void time_judge_here(const TimeInput *input, const MachineSetup *setup, TimeView *ret);
/* Whether this machine's clock is right, and its largest possible error: the client's bound, else the kernel's
 * maxerror. */
HostClock time_to_host_clock(const TimeInput *input, const TimeView *view);
/* Whether a program sets the network interface's clock with these names (a list): 1 yes, 0 no, -1 not known. */
int time_phc_is_kept(const TimeInput *input, const char *names);
/* The same for the clock that phc2sys copies to the system's clock. */
int time_phc2sys_is_kept(const TimeInput *input);
/* How many clients set the clock independently of each other; one is right. timemaster and the clients that it starts
 * count as one. CLIENT_OTHER does not count. */
unsigned time_count_disciplines(const TimeInput *input);
