/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any bytes as the kernel's log: lines one after the other through classifier, report and verdict. The first byte of
 * each says what sysfs shows next.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(const char *text)
{
        KernelLine line;

        kernel_line_classify(text, &line);
        if ((unsigned)line.kind >= KERNEL_LINE_MAX_ || (unsigned)line.reason >= REASON_MAX_ ||
            strlen(line.clocksource) >= CLOCKSOURCE_NAME_SIZE || strlen(line.reference) >= CLOCKSOURCE_NAME_SIZE)
                abort();
        if (line.kind != KERNEL_LINE_MARK && line.reason != REASON_NONE)
                abort();
        if (line.kind == KERNEL_LINE_NOT_OURS &&
            (line.clocksource[0] || line.reference[0] || line.has_skew || line.khz))
                abort();
}

/* The clock reads every state that it has written. */
static void check_state(const Clock *clock, const Facts *facts)
{
        char *text = clock_export(clock, "boot");
        Clock again;

        clock_init(&again, facts);
        if (!text || clock_import(&again, text, strlen(text), "boot") != 1)
                abort();
        free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const Facts facts = { .has_tsc = true, .n_cpus = 2, .vendor = "GenuineIntel", .family = 6 };
        char *copy = malloc(size + 1), *rest = copy, *text;
        ClockChanges changes = {};
        uint64_t now = 0;
        Clock clock;

        if (!copy)
                return 0;
        memcpy(copy, data, size);
        copy[size] = '\0';
        /* The records of a log are NUL-terminated; here a newline ends one. */
        clock_init(&clock, &facts);
        clock_feed_sysfs(&clock, &(ClockObservation) { .current = "tsc", .available = "tsc hpet " }, now, &changes);
        while ((text = strsep(&rest, "\n"))) {
                bool lost = text[0] == '!';

                now += 1000;
                check_line(text + lost);
                clock_feed_line(&clock, now, now, text + lost, &changes);
                if (text[0] == '$')
                        clock_start(&clock, true, now);
                if (lost)
                        clock_feed_sysfs(&clock, &(ClockObservation) { .current = "hpet", .available = "hpet " }, now,
                                         &changes);
                if (lost || clock_deadline(&clock) <= now)
                        clock_feed_timer(&clock, now, &changes);
        }
        if (clock.verdict == VERDICT_UNSTABLE && clock.listed)
                abort();
        check_state(&clock, &facts);
        free(copy);
        return 0;
}
