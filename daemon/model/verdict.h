/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Can this host's TSC be trusted? A state machine over the kernel's lines and what sysfs shows, time passed in.
 *
 * No verdict changes on a line alone: facility-0 lines can be made to quote users' text. A mark counts when
 * available_clocksource has lost tsc (the kernel takes a marked one out, for good), read again for up to a second
 * after the line. Nor does a loss without a line go unexplained: it waits as long for its line, then it was unbound by
 * hand, or the log overran.
 *
 * How to drive it: clock_init; clock_import; every line of the log so far (clock_feed_line); clock_feed_sysfs; the
 * lines that came meanwhile; clock_start. From then on changes are told. After each batch of lines and at
 * clock_deadline: read the log to its end; then, when clock_wants_sysfs, sysfs, and the log once more before
 * clock_feed_sysfs; then clock_feed_timer. All times are
 * CLOCK_MONOTONIC in µs; the kernel's own time stamps are close to that (local_clock) and only compared with each
 * other.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/clock-facts.h"
#include "model/clock-view.h"
#include "model/clock-words.h"
#include "model/kernel-report.h"

/* How long a line waits for its effect, and an effect for its line. */
#define CLOCK_GRACE_USEC UINT64_C(1000000)
#define CLOCK_NEVER UINT64_MAX
/* On a slow console the kernel is still writing: each further line renews the wait, but not beyond this. */
#define CLOCK_SLOW_USEC UINT64_C(30000000)
#define FIRMWARE_FAULTS_MAX 8U

typedef enum ClockChange {
        CLOCK_CHANGED_VERDICT = 1 << 0,     /* old_verdict; the reason may have changed alone */
        CLOCK_CHANGED_CLOCKSOURCE = 1 << 1, /* old_clocksource */
        CLOCK_CHANGED_DETAILS = 1 << 2,     /* anything else of ClockView or the texts */
        CLOCK_LINE_WITHOUT_EFFECT = 1 << 3, /* text: a mark the kernel did not make */
        CLOCK_OTHER_MARKED = 1 << 4,        /* name (or "") and text: another clocksource was given up */
        CLOCK_TSC_ADJUSTED = 1 << 5,        /* text: firmware changed the TSC, the kernel repaired it */
        CLOCK_CALIBRATION_DIFFERS = 1 << 6, /* text */
        CLOCK_KVM_WARNED = 1 << 7,          /* text: a VM was made on an unstable TSC */
        CLOCK_OVERRIDE_REFUSED = 1 << 8, /* name and text: a clocksource was asked for that the kernel will not use */
} ClockChange;

/* What happened, gathered over any number of calls until the caller has told it and zeroes this. Of several lines the
 * last. */
typedef struct ClockChanges {
        unsigned mask;
        Verdict old_verdict; /* before the first of the changes */
        char old_clocksource[CLOCKSOURCE_NAME_SIZE];
        char name[CLOCKSOURCE_NAME_SIZE];
        char text[KERNEL_TEXT_SIZE]; /* any bytes */
} ClockChanges;

/* Embedded, no heap. Its members are for verdict*.c and clock-state.c only. */
typedef struct Clock {
        const Facts *facts;
        bool started;

        KernelReport report;
        uint64_t report_deadline;
        bool log_gap;        /* lines were lost since tsc was last seen registered */
        bool using_tsc;      /* the log or sysfs says that tsc is current */
        bool tsc_used;       /* it ever was */
        bool tsc_registered; /* it ever was */
        bool cpus_differ;
        char firmware_faults[FIRMWARE_FAULTS_MAX][KERNEL_TEXT_SIZE];
        size_t n_firmware_faults;
        uint64_t use_since_usec; /* 0 unknown */
        bool switch_unread;      /* a switch was logged and sysfs not read since */
        char switched_to[CLOCKSOURCE_NAME_SIZE];
        uint64_t switched_usec;
        uint64_t last_line_usec; /* the time stamp of the latest line that was one of the kernel's on clocks */
        unsigned tsc_khz;

        bool observed;
        bool current_known, available_known;
        bool listed;                 /* available_clocksource has tsc */
        uint64_t current_since_usec; /* when `current` was seen to change; 0 unknown */
        char current[CLOCKSOURCE_NAME_SIZE];
        char available[CLOCKSOURCES_SIZE];

        bool has_mark;          /* a line without its effect so far */
        bool mark_corroborated; /* replay: the log itself shows the switch it led to */
        bool mark_read;         /* sysfs was read since, without effect */
        KernelEvent mark;
        KernelEvent latest_mark; /* replay: the last candidate */
        uint64_t mark_deadline;
        uint64_t mark_limit;     /* beyond which no line renews the deadline */
        uint64_t leave_deadline; /* marked, and sysfs still said tsc: looked at again until then */
        uint64_t vanished_usec;  /* when tsc was seen to have left the list; 0 unknown */
        uint64_t vanish_deadline;
        uint64_t next_read_usec;
        uint64_t read_interval_usec;

        bool marked; /* for good */
        bool unbound;
        KernelEvent cause; /* of `marked`; text "" when the line was lost */

        bool probe_convicted;
        Verdict verdict;
        ClockReason reason;
        uint64_t since_usec;
        bool lost_after_use;

        bool imported;
        Verdict imported_verdict;
        ClockReason imported_reason;
        uint64_t imported_since_usec;
} Clock;

/* `facts` is borrowed for as long as the clock lives. */
void clock_init(Clock *clock, const Facts *facts);
/* A line of the kernel, facility 0 only. `usec` is its time stamp, `now` the present. */
void clock_feed_line(Clock *clock, uint64_t usec, uint64_t now, const char *text, ClockChanges *changes);
/* The log has lost lines. Lines found again in the journal are fed afterwards, with their own time stamps. */
void clock_feed_overrun(Clock *clock);
void clock_feed_sysfs(Clock *clock, const ClockObservation *observation, uint64_t now, ClockChanges *changes);
void clock_feed_timer(Clock *clock, uint64_t now, ClockChanges *changes);
/* The end of the replay: the first verdict, about which nothing is told. log_complete: the log reached back to the
 * boot. */
void clock_start(Clock *clock, bool log_complete, uint64_t now);
/* The last `tscwarden probe` proved that CPUs' TSCs differ, or did not. */
void clock_feed_probe(Clock *clock, bool convicted, ClockChanges *changes);
/* The facts behind the pointer have changed (a CPU or a driver came): judges again. */
void clock_feed_facts(Clock *clock, uint64_t now, ClockChanges *changes);

/* When to call clock_feed_timer; CLOCK_NEVER on a quiet host. */
uint64_t clock_deadline(const Clock *clock);
bool clock_wants_sysfs(const Clock *clock);

/* Pointers in *ret hold until the next feed. */
void clock_get(const Clock *clock, ClockView *ret);

/* The verdict that follows from what is known, before any waiting; for verdict.c. */
Verdict clock_find_verdict(const Clock *clock, ClockReason *ret_reason);

/* verdict-mark.c for verdict.c: a mark is the kernel's line that it gives the TSC up, from the line to its effect in sysfs. */

/* A line that marks the TSC. True: the TSC was marked already, and this line, the first one, says why. */
bool clock_mark_take(Clock *clock, const KernelEvent *event, uint64_t now);
/* Whether sysfs, as it was last read, shows that the kernel has given the TSC up. */
bool clock_mark_has_effect(const Clock *clock);
/* The TSC is marked for good. */
void clock_mark_confirm(Clock *clock, const KernelEvent *cause, uint64_t now);
/* The line had no effect. */
void clock_mark_forget(Clock *clock);

/* Another clocksource than tsc is current. */
bool clock_tsc_was_left(const Clock *clock);
/* sysfs is to be read soon, and then at growing intervals. */
void clock_reads_begin(Clock *clock, uint64_t now);

/* One sentence: what the verdict means here; and what to do about it ("" for nothing): what to set, where, reboot or
 * not. Heap strings owned by the caller, NULL when out of memory. */
char *clock_reason_text(const Clock *clock);
char *clock_remedy(const Clock *clock);
/* Why the watchdog is in the state it is, and what it could notice: "hpet every 0.5 s; would notice 0.1 %". Heap string
 * owned by the caller, NULL when out of memory. */
char *clock_watchdog_reason(const Clock *clock);

/* The file `clock`: "tscwarden-clock 2 BOOT-ID", then "key<TAB>value" lines, text escaped.
 * Heap string owned by the caller, NULL when out of memory. */
char *clock_export(const Clock *clock, const char *boot_id);
/* Between clock_init and the replay. 1: taken. 0: of another boot, ignored. -EBADMSG: not our format or cut short,
 * ignored. */
int clock_import(Clock *clock, const char *text, size_t size, const char *boot_id);
