/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Can this host's TSC be trusted? A state machine over the kernel's lines and the content of sysfs; time is passed in.
 * Here a line of the log becomes a verdict: kernel-line.c recognises the line, verdict.c and verdict-mark.c judge it,
 * verdict-view.c chooses the words.
 *
 * No verdict changes because of a line alone: an ordinary user can have text quoted in facility-0 lines. A mark counts
 * when available_clocksource has lost tsc (the kernel removes a marked one for good); this is read again for up to a
 * second after the line. In the same way a loss without a line waits that long for its line; then the TSC was unbound
 * by hand, or the log has lost the line.
 *
 * How to use it: clock_init; clock_import; every line of the log so far (clock_feed_line); clock_feed_sysfs; the lines
 * that came meanwhile; clock_start. From then on changes are reported. After each batch of lines and at clock_deadline:
 * read the log to its end; then, if clock_wants_sysfs, read the log again after sysfs and before clock_feed_sysfs; then
 * clock_feed_timer. All times are CLOCK_MONOTONIC in µs. The kernel's own time stamps are close to that (local_clock)
 * and are only compared with each other.
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
/* On a slow console the kernel may still be writing: each further line starts the wait again, but not beyond this
 * time. */
#define CLOCK_SLOW_USEC UINT64_C(30000000)
#define FIRMWARE_FAULTS_MAX 8U

typedef enum ClockChange {
        CLOCK_CHANGED_VERDICT = 1 << 0,     /* old_verdict is set; perhaps only the reason has changed */
        CLOCK_CHANGED_CLOCKSOURCE = 1 << 1, /* old_clocksource is set */
        CLOCK_CHANGED_DETAILS = 1 << 2,     /* anything else of ClockView or the texts */
        CLOCK_LINE_WITHOUT_EFFECT = 1 << 3, /* text: a mark that had no effect */
        CLOCK_OTHER_MARKED = 1 << 4,        /* name (or "") and text: another clocksource was given up */
        CLOCK_TSC_ADJUSTED = 1 << 5,        /* text: firmware changed the TSC, the kernel repaired it */
        CLOCK_CALIBRATION_DIFFERS = 1 << 6, /* text */
        CLOCK_KVM_WARNED = 1 << 7,          /* text: a VM was made on an unstable TSC */
        CLOCK_OVERRIDE_REFUSED = 1 << 8, /* name and text: somebody asked for a clocksource that the kernel refuses */
} ClockChange;

/* What happened, collected over any number of calls, until the caller has reported it and sets this to zero. If there
 * were several lines, the last one. */
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
        bool log_gap;        /* lines have been lost since tsc was last seen registered */
        bool using_tsc;      /* the log or sysfs says that tsc is the current clocksource */
        bool tsc_used;       /* it was at some time */
        bool tsc_registered; /* it was at some time */
        bool cpus_differ;
        char firmware_faults[FIRMWARE_FAULTS_MAX][KERNEL_TEXT_SIZE];
        size_t n_firmware_faults;
        uint64_t use_since_usec; /* 0 unknown */
        bool switch_unread;      /* the log has a switch, and sysfs has not been read since */
        char switched_to[CLOCKSOURCE_NAME_SIZE];
        uint64_t switched_usec;
        uint64_t last_line_usec; /* time stamp of the latest line about clocks */
        unsigned tsc_khz;
        uint64_t hpet_hz; /* 0 unknown */

        bool observed;
        bool current_known, available_known;
        bool listed;                 /* available_clocksource has tsc */
        uint64_t current_since_usec; /* when `current` was seen to change; 0 unknown */
        char current[CLOCKSOURCE_NAME_SIZE];
        char available[CLOCKSOURCES_SIZE];

        bool has_mark;          /* a line that has had no effect so far */
        bool mark_corroborated; /* replay: the log itself shows the switch that followed */
        bool mark_read;         /* sysfs has been read since and shows no effect */
        KernelEvent mark;
        KernelEvent latest_mark; /* replay: the last candidate */
        uint64_t mark_deadline;
        uint64_t mark_limit;     /* after this time no line renews the deadline */
        uint64_t leave_deadline; /* marked, but sysfs still shows tsc: read again until this time */
        uint64_t vanished_usec;  /* when tsc was first missing in the list; 0 unknown */
        uint64_t vanish_deadline;
        uint64_t next_read_usec;
        uint64_t read_interval_usec;

        bool marked; /* until the next boot */
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
/* Feeds a line of the kernel, facility 0 only. `usec` is its time stamp, `now` the present time. */
void clock_feed_line(Clock *clock, uint64_t usec, uint64_t now, const char *text, ClockChanges *changes);
/* The log has lost lines. Lines that the journal still has are fed afterwards, with their own time stamps. */
void clock_feed_overrun(Clock *clock);
void clock_feed_sysfs(Clock *clock, const ClockObservation *observation, uint64_t now, ClockChanges *changes);
void clock_feed_timer(Clock *clock, uint64_t now, ClockChanges *changes);
/* Ends the replay: makes the first verdict, which is not reported as a change. log_complete: the log reached back to
 * the boot. */
void clock_start(Clock *clock, bool log_complete, uint64_t now);
/* Whether the last `tscwarden probe` proved that the TSCs of CPUs differ. */
void clock_feed_probe(Clock *clock, bool convicted, ClockChanges *changes);
/* The facts behind the pointer have changed (a CPU or a driver came): judges again. */
void clock_feed_facts(Clock *clock, uint64_t now, ClockChanges *changes);

/* When to call clock_feed_timer; CLOCK_NEVER if nothing is pending. */
uint64_t clock_deadline(const Clock *clock);
bool clock_wants_sysfs(const Clock *clock);

/* Pointers in *ret are valid until the next feed. */
void clock_get(const Clock *clock, ClockView *ret);

/* The verdict that follows from what is known, without any waiting; for verdict.c. */
Verdict clock_find_verdict(const Clock *clock, ClockReason *ret_reason);

/* Defined in verdict-mark.c for verdict.c. A mark is the kernel's line that gives the TSC up; it is confirmed by its
 * effect in sysfs. */

/* A line that marks the TSC. True: the TSC was marked already, and this line, the first one, says why. */
bool clock_mark_take(Clock *clock, const KernelEvent *event, uint64_t now);
/* Whether sysfs, when it was last read, showed that the kernel has given the TSC up. */
bool clock_mark_has_effect(const Clock *clock);
/* The TSC is marked for good. */
void clock_mark_confirm(Clock *clock, const KernelEvent *cause, uint64_t now);
/* The line had no effect. */
void clock_mark_forget(Clock *clock);

/* Another clocksource than tsc is current. */
bool clock_tsc_was_left(const Clock *clock);
/* sysfs is to be read soon, and then at growing intervals. */
void clock_reads_begin(Clock *clock, uint64_t now);

/* What the verdict means here, in one sentence; and what to do ("" for nothing): what to set, where, and whether to
 * reboot. Heap strings owned by the caller, NULL when out of memory. */
char *clock_reason_text(const Clock *clock);
char *clock_remedy(const Clock *clock);
/* Why the watchdog is in this state, and what it could notice: "hpet every 0.5 s; would notice 0.1 %". Heap string
 * owned by the caller, NULL when out of memory. */
char *clock_watchdog_reason(const Clock *clock);

/* The file `clock`: "tscwarden-clock 2 BOOT-ID", then "key<TAB>value" lines, text escaped.
 * Heap string owned by the caller, NULL when out of memory. */
char *clock_export(const Clock *clock, const char *boot_id);
/* To be called between clock_init and the replay. 1: accepted. 0: of another boot, ignored. -EBADMSG: not our format or
 * cut short, ignored. -ENOMEM. */
int clock_import(Clock *clock, const char *text, size_t size, const char *boot_id);
