/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Suspect and urgency, which model/urgency.c decides. No remedy leads in a circle: after it was followed less is left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/clock-advice.h"
#include "model/urgency.h"
#include "remedy-words.h"

#define DAY UINT64_C(86400000000)

typedef struct Row {
        const char *what;
        bool guest, xen_control, unfit;
        const char *cmdline, *clocksource;
        Verdict verdict;
        ClockReason reason;
        WatchdogState watchdog;
        bool expected, never_used, cpus_differ;
        uint64_t since;
        const char *reference;
        int64_t skew, interval;
        unsigned warp, faults;
        Suspect suspect;
        Urgency urgency;
        RemedyKind remedy;
} Row;

/* clang-format off */
static const Row rows[] = {
        { .what = "trusted", .clocksource = "tsc", .verdict = VERDICT_TRUSTED },
        { .what = "repaired by the kernel", .clocksource = "tsc", .verdict = VERDICT_TRUSTED, .faults = 2 },
        { .what = "not known", .verdict = VERDICT_UNKNOWN },
        { .what = "lost after days", .clocksource = "hpet", .verdict = VERDICT_UNSTABLE, .reason = REASON_CLOCKSOURCE_WATCHDOG,
          .since = 2 * DAY, .reference = "hpet", .skew = 591659, .interval = 479339803, .suspect = SUSPECT_EITHER,
          .urgency = URGENCY_EVACUATE, .remedy = REMEDY_COMPARE },
        { .what = "lost in the first minute", .clocksource = "hpet", .verdict = VERDICT_UNSTABLE,
          .reason = REASON_CLOCKSOURCE_WATCHDOG, .since = 8000000, .reference = "hpet", .suspect = SUSPECT_EITHER,
          .urgency = URGENCY_TICKET, .remedy = REMEDY_POWER_OFF },
        { .what = "CPUs apart", .clocksource = "hpet", .verdict = VERDICT_UNSTABLE, .reason = REASON_CLOCKSOURCE_WATCHDOG,
          .since = DAY, .cpus_differ = true, .suspect = SUSPECT_TSC, .urgency = URGENCY_EVACUATE, .remedy = REMEDY_POWER_OFF },
        { .what = "it went back", .clocksource = "hpet", .verdict = VERDICT_UNSTABLE, .reason = REASON_CLOCKSOURCE_WATCHDOG,
          .since = DAY, .reference = "hpet", .skew = -511979417, .interval = 511979417, .suspect = SUSPECT_TSC,
          .urgency = URGENCY_EVACUATE, .remedy = REMEDY_POWER_OFF },
        { .what = "firmware meddled", .clocksource = "hpet", .verdict = VERDICT_UNSTABLE,
          .reason = REASON_CLOCKSOURCE_WATCHDOG, .since = DAY, .reference = "hpet", .faults = 1, .suspect = SUSPECT_TSC,
          .urgency = URGENCY_EVACUATE, .remedy = REMEDY_POWER_OFF },
        { .what = "against ticks", .clocksource = "acpi_pm", .verdict = VERDICT_UNSTABLE,
          .reason = REASON_CLOCKSOURCE_WATCHDOG, .since = DAY, .reference = "refined-jiffies", .suspect = SUSPECT_REFERENCE,
          .urgency = URGENCY_TICKET, .remedy = REMEDY_REFERENCE },
        { .what = "slow reading", .clocksource = "hpet", .verdict = VERDICT_UNSTABLE, .reason = REASON_READ_DELAY, .since = DAY,
          .suspect = SUSPECT_REFERENCE, .urgency = URGENCY_TICKET, .remedy = REMEDY_FALSE_ALARM },
        { .what = "warp of 2 cycles", .clocksource = "hpet", .verdict = VERDICT_UNSTABLE, .reason = REASON_WARP, .since = DAY,
          .warp = 2, .urgency = URGENCY_TICKET, .remedy = REMEDY_POWER_OFF },
        { .what = "warp of a CPU that comes late", .clocksource = "hpet", .verdict = VERDICT_UNSTABLE, .reason = REASON_WARP,
          .since = DAY, .warp = 4640, .suspect = SUSPECT_TSC, .urgency = URGENCY_EVACUATE, .remedy = REMEDY_POWER_OFF },
        { .what = "expected", .unfit = true, .clocksource = "hpet", .verdict = VERDICT_UNSTABLE, .reason = REASON_IDLE_HALT,
          .since = DAY, .expected = true, .suspect = SUSPECT_DESIGN, .urgency = URGENCY_TICKET,
          .remedy = REMEDY_BOOT_PARAMETERS },
        { .what = "never in use", .clocksource = "hpet", .verdict = VERDICT_UNSTABLE, .reason = REASON_KVM_BACKWARDS,
          .since = DAY, .never_used = true, .suspect = SUSPECT_TSC, .urgency = URGENCY_TICKET, .remedy = REMEDY_POWER_OFF },
        { .what = "no line, no time", .clocksource = "hpet", .verdict = VERDICT_UNSTABLE, .reason = REASON_OTHER,
          .never_used = true, .suspect = SUSPECT_EITHER, .urgency = URGENCY_EVACUATE, .remedy = REMEDY_REBOOT },
        { .what = "guest on kvm-clock", .guest = true, .clocksource = "kvm-clock", .verdict = VERDICT_UNSTABLE,
          .reason = REASON_CLOCKSOURCE_WATCHDOG, .since = DAY, .reference = "kvm-clock", .skew = -1338644,
          .interval = 504058793, .suspect = SUSPECT_EITHER },
        { .what = "guest stopped and continued", .guest = true, .clocksource = "xen", .verdict = VERDICT_UNSTABLE,
          .reason = REASON_CLOCKSOURCE_WATCHDOG, .since = DAY, .reference = "xen", .skew = -1338644, .interval = 4430073124,
          .suspect = SUSPECT_REFERENCE },
        { .what = "guest that fell to hpet", .guest = true, .clocksource = "hpet", .verdict = VERDICT_UNSTABLE,
          .reason = REASON_CLOCKSOURCE_WATCHDOG, .since = DAY, .suspect = SUSPECT_EITHER, .urgency = URGENCY_TICKET,
          .remedy = REMEDY_HYPERVISOR },
        { .what = "dom0 on xen", .guest = true, .xen_control = true, .clocksource = "xen", .verdict = VERDICT_UNSTABLE,
          .reason = REASON_CLOCKSOURCE_WATCHDOG, .since = DAY, .reference = "xen", .suspect = SUSPECT_EITHER },
        { .what = "guest's default", .guest = true, .clocksource = "kvm-clock", .verdict = VERDICT_UNUSED,
          .reason = REASON_GUEST_DEFAULT },
        { .what = "guest switched to hpet", .guest = true, .clocksource = "hpet", .verdict = VERDICT_UNUSED,
          .reason = REASON_USER_SWITCH, .urgency = URGENCY_TICKET, .remedy = REMEDY_SWITCH_BACK },
        { .what = "host on hpet", .clocksource = "hpet", .verdict = VERDICT_UNUSED, .reason = REASON_BOOT_PARAMETER,
          .urgency = URGENCY_TICKET, .remedy = REMEDY_REMOVE_PARAMETER },
        { .what = "unbound", .clocksource = "hpet", .verdict = VERDICT_ABSENT, .reason = REASON_UNBOUND,
          .urgency = URGENCY_TICKET, .remedy = REMEDY_REBOOT },
        { .what = "the remedy of false alarms", .cmdline = "tsc=nowatchdog", .clocksource = "tsc",
          .verdict = VERDICT_UNVERIFIED, .reason = REASON_BOOT_PARAMETER, .watchdog = WATCHDOG_OFF },
        { .what = "the same on an unfit CPU", .unfit = true, .cmdline = "tsc=nowatchdog", .clocksource = "tsc",
          .verdict = VERDICT_UNVERIFIED, .reason = REASON_BOOT_PARAMETER, .watchdog = WATCHDOG_OFF,
          .urgency = URGENCY_TICKET, .remedy = REMEDY_REMOVE_PARAMETER },
        { .what = "reliable hides firmware's faults", .cmdline = "tsc=reliable", .clocksource = "tsc",
          .verdict = VERDICT_UNVERIFIED, .reason = REASON_BOOT_PARAMETER, .watchdog = WATCHDOG_OFF, .faults = 2,
          .suspect = SUSPECT_TSC, .urgency = URGENCY_TICKET, .remedy = REMEDY_REMOVE_PARAMETER },
        { .what = "no reference", .clocksource = "tsc", .verdict = VERDICT_UNVERIFIED, .watchdog = WATCHDOG_ABSENT,
          .urgency = URGENCY_TICKET, .remedy = REMEDY_FIRMWARE_TIMER },
        { .what = "guest, promised", .guest = true, .clocksource = "tsc", .verdict = VERDICT_UNVERIFIED,
          .watchdog = WATCHDOG_ABSENT },
        { .what = "calibration without ACPI", .cmdline = "acpi=off", .clocksource = "jiffies", .verdict = VERDICT_UNSTABLE,
          .reason = REASON_CALIBRATION, .since = 1, .expected = true, .never_used = true, .suspect = SUSPECT_DESIGN,
          .urgency = URGENCY_TICKET, .remedy = REMEDY_REMOVE_PARAMETER },
        { .what = "calibration after kexec", .clocksource = "jiffies", .verdict = VERDICT_UNSTABLE,
          .reason = REASON_CALIBRATION, .since = 1, .never_used = true, .suspect = SUSPECT_EITHER,
          .urgency = URGENCY_TICKET, .remedy = REMEDY_CALIBRATE },
};
/* clang-format on */

static Facts row_facts(const Row *row)
{
        return (Facts) { .has_tsc = true,
                         .constant_tsc = true,
                         .nonstop_tsc = !row->unfit,
                         .hypervisor = row->guest,
                         .xen_control = row->xen_control,
                         .vendor = "GenuineIntel",
                         .family = 6,
                         .n_possible = 8,
                         .n_packages = 1,
                         .n_nodes = 1,
                         .kernel_major = 6,
                         .kernel_minor = 12,
                         .cmdline = row->cmdline ? row->cmdline : "" };
}

static ClockView row_view(const Row *row, KernelEvent *cause)
{
        *cause = (KernelEvent) { .line = { .skew_ns = row->skew,
                                           .has_skew = row->skew != 0,
                                           .interval_ns = row->interval,
                                           .has_interval = row->interval != 0,
                                           .warp_cycles = row->warp } };
        strcpy(cause->line.reference, row->reference ? row->reference : "");
        return (ClockView) { .verdict = row->verdict,
                             .reason = row->reason,
                             .watchdog = row->watchdog,
                             .expected = row->expected,
                             .lost_after_use = !row->never_used,
                             .cpus_differ = row->cpus_differ,
                             .since_usec = row->since,
                             .cause = row->verdict == VERDICT_UNSTABLE ? cause : NULL,
                             .clocksource = row->clocksource ? row->clocksource : "",
                             .tsc_khz = 2000000,
                             .n_firmware_faults = row->faults };
}

static void test_urgency_rows(void **state)
{
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                Facts facts = row_facts(&rows[i]);
                KernelEvent cause;
                ClockView view = row_view(&rows[i], &cause);

                view.suspect = clock_find_suspect(&facts, &view);
                view.urgency = clock_find_urgency(&facts, &view);
                if (view.suspect != rows[i].suspect || view.urgency != rows[i].urgency ||
                    clock_remedy_kind(&facts, &view) != rows[i].remedy)
                        fail_msg("%s: suspect '%s', urgency %s, remedy %s", rows[i].what,
                                 suspect_to_string(view.suspect), urgency_to_string(view.urgency),
                                 remedy_word(clock_remedy_kind(&facts, &view)));
        }
}

/* A difference that a probe proved is a ticket if the kernel noticed nothing. It never lowers another urgency. */
static void test_urgency_of_a_conviction(void **state)
{
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                Facts facts = row_facts(&rows[i]);
                bool alone = rows[i].urgency == URGENCY_NONE;
                KernelEvent cause;
                ClockView view = row_view(&rows[i], &cause);

                view.probe_convicted = true;
                view.suspect = clock_find_suspect(&facts, &view);
                view.urgency = clock_find_urgency(&facts, &view);
                if (view.urgency != (alone ? URGENCY_TICKET : rows[i].urgency) ||
                    clock_remedy_kind(&facts, &view) != (alone ? REMEDY_PROBED : rows[i].remedy))
                        fail_msg("%s: urgency %s, remedy %s", rows[i].what, urgency_to_string(view.urgency),
                                 remedy_word(clock_remedy_kind(&facts, &view)));
        }
}

/* Inside a guest the urgency is never `evacuate`. There is a remedy if and only if the urgency is not `none`. */
static void test_urgency_everywhere(void **state)
{
        for (unsigned verdict = 0; verdict < VERDICT_MAX_; verdict++)
                for (unsigned reason = 0; reason < REASON_MAX_; reason++)
                        for (unsigned bits = 0; bits < 16; bits++) {
                                Row row = { .guest = bits & 1,
                                            .unfit = bits & 2,
                                            .never_used = bits & 4,
                                            .clocksource = bits & 8 ? "kvm-clock" : "hpet",
                                            .verdict = verdict,
                                            .reason = reason,
                                            .since = DAY };
                                Facts facts = row_facts(&row);
                                KernelEvent cause;
                                ClockView view = row_view(&row, &cause);

                                view.suspect = clock_find_suspect(&facts, &view);
                                view.urgency = clock_find_urgency(&facts, &view);
                                if (row.guest)
                                        assert_int_not_equal(view.urgency, URGENCY_EVACUATE);
                                assert_int_equal(view.urgency == URGENCY_NONE,
                                                 clock_remedy_kind(&facts, &view) == REMEDY_NONE);
                        }
}

/* The host after somebody has followed the remedy. */
static void after(RemedyKind kind, const char *command_line, ClockView *view, Facts *facts)
{
        *view = (ClockView) { .verdict = VERDICT_STABLE, .clocksource = "tsc", .watchdog = WATCHDOG_ACTIVE };
        if (kind == REMEDY_FALSE_ALARM) {
                facts->cmdline = command_line;
                view->verdict = VERDICT_UNVERIFIED;
                view->reason = REASON_BOOT_PARAMETER;
                view->watchdog = WATCHDOG_OFF;
        } else if (kind == REMEDY_HYPERVISOR) {
                view->verdict = VERDICT_UNSTABLE;
                view->reason = REASON_CLOCKSOURCE_WATCHDOG;
                view->clocksource = "kvm-clock";
        }
}

static void test_urgency_no_circle(void **state)
{
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                Facts facts = row_facts(&rows[i]);
                ClockView then;

                if (rows[i].remedy == REMEDY_NONE || rows[i].remedy == REMEDY_RETIRE)
                        continue;
                after(rows[i].remedy, "tsc=nowatchdog", &then, &facts);
                then.urgency = clock_find_urgency(&facts, &then);
                if (then.urgency >= rows[i].urgency)
                        fail_msg("%s: after its remedy still %s", rows[i].what, urgency_to_string(then.urgency));
                assert_int_equal(clock_remedy_kind(&facts, &then), REMEDY_NONE);
                assert_int_equal(clock_advice(&facts) & 1U << ADVICE_RELIABLE_NEEDLESS,
                                 strstr(facts.cmdline, "reliable") ? 1U << ADVICE_RELIABLE_NEEDLESS : 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_urgency_rows),
                cmocka_unit_test(test_urgency_of_a_conviction),
                cmocka_unit_test(test_urgency_everywhere),
                cmocka_unit_test(test_urgency_no_circle),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
