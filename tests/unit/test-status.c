/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `tscwarden status` in each verdict and state, compared with expected/status/NAME. `test-status DIRECTORY` writes them
 * there instead, for the eye.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/status.h"

#define NOW (UINT64_C(1795356000) * 1000000) /* Sun 2026-11-22 14:00:00 UTC */
#define HOURS (UINT64_C(3600) * 1000000)
#define TEXT(literal) ((char *)(literal))

static const char *directory = SOURCE_ROOT "/tests/unit/expected/status";

static IdleInfo idle_free[] = { { 0, TEXT("POLL"), 0, false, false }, { 1, TEXT("C1"), 1, false, false } };
static IdleInfo idle_limited[] = { { 0, TEXT("POLL"), 0, false, false },
                                   { 1, TEXT("C1"), 1, false, false },
                                   { 2, TEXT("C2"), 50, true, true },
                                   { 3, TEXT("C3"), 100, true, true } };

/* What each case starts from: a quiet, modern host of two CPUs. */
static EventInfo events[6];
static Loss losses[6];
static CpuInfo cpus[512];
static WardenState state;
static Losses lost;
static StatusInput input;

static void set_up(void)
{
        events[0] = (EventInfo) { NOW - 3 * HOURS, 5000000, TEXT("applied"), TEXT("No policy is needed.") };
        for (unsigned i = 0; i < 512; i++)
                cpus[i] = (CpuInfo) { ~UINT64_C(0),
                                      i,
                                      true,
                                      TEXT("ok"),
                                      TEXT("acpi-cpufreq"),
                                      TEXT("schedutil"),
                                      TEXT(""),
                                      TEXT("acpi_idle"),
                                      { idle_free, 2 },
                                      TEXT("") };
        state = (WardenState) {
                .manager = { .present = ~UINT64_C(0),
                             .version = TEXT("0.1.0"),
                             .state = TEXT("not-needed"),
                             .state_reason = TEXT("The CPUs have constant_tsc and nonstop_tsc: nothing to do."),
                             .managed_cpus = TEXT(""),
                             .degraded_cpus = TEXT(""),
                             .contested_cpus = TEXT("") },
                .clock = { .present = ~UINT64_C(0),
                           .verdict = TEXT("trusted"),
                           .reason = TEXT(""),
                           .reason_text =
                                   TEXT("The kernel uses the TSC and does not compare it: it is constant, nonstop and "
                                        "adjustable."),
                           .urgency = TEXT("none"),
                           .remedy = TEXT(""),
                           .kernel_line = TEXT(""),
                           .since_usec = NOW - 3 * HOURS,
                           .since_monotonic_usec = 1500000,
                           .expected = true,
                           .witness = TEXT("kmsg"),
                           .clocksource = TEXT("tsc"),
                           .watchdog = TEXT("exempt"),
                           .watchdog_reason = TEXT("constant, nonstop and adjustable on at most 4 packages"),
                           .tsc_khz = 2394374,
                           .tsc_scaling = true,
                           .guest_clock_pairing = true,
                           .vdso_clock = true,
                           .constant_tsc = true,
                           .nonstop_tsc = true },
                .cpus = cpus,
                .n_cpus = 2,
                .cpus_known = true,
                .events = events,
                .n_events = 1,
                .events_known = true,
        };
        lost = (Losses) { losses, 0, NOW - 2000 * HOURS };
        input = (StatusInput) { .state = &state, .losses = &lost, .now_usec = NOW };
}

static void is_stable(void)
{
        state.clock.verdict = TEXT("stable");
        state.clock.watchdog = TEXT("active");
        state.clock.watchdog_reason = TEXT("hpet every 0.5 s; would notice 0.1 %");
        state.clock.reason_text = TEXT("The kernel uses the TSC and its watchdog compares it with another clock.");
        state.manager.running_vms = 1;
}

static void is_unverified(void)
{
        state.clock.verdict = TEXT("unverified");
        state.clock.urgency = TEXT("ticket");
        state.clock.reason = TEXT("boot-parameter");
        state.clock.reason_text = TEXT("The kernel uses the TSC, and a boot parameter keeps it from being checked.");
        state.clock.remedy = TEXT("Take tsc=reliable off the kernel command line and reboot.");
        state.clock.watchdog = TEXT("off");
        state.clock.watchdog_reason = TEXT("tsc=reliable");
}

static void is_unused(void)
{
        state.clock.verdict = TEXT("unused");
        state.clock.urgency = TEXT("ticket");
        state.clock.reason = TEXT("user-switch");
        state.clock.expected = false;
        state.clock.reason_text = TEXT("Somebody chose another clocksource.");
        state.clock.remedy = TEXT(
                "Write tsc to /sys/devices/system/clocksource/clocksource0/current_clocksource; no reboot is needed.");
        state.clock.clocksource = TEXT("hpet");
        state.clock.vdso_clock = state.clock.guest_clock_pairing = false;
}

static void is_guest(void)
{
        state.clock.verdict = TEXT("unused");
        state.clock.reason = TEXT("guest-default");
        state.clock.reason_text = TEXT("This is a guest, and guests run on the clock that the hypervisor offers.");
        state.clock.clocksource = TEXT("kvm-clock");
        state.clock.watchdog = TEXT("");
        state.clock.guest_clock_pairing = false;
        state.manager.present = 0;
}

static void is_lost(void)
{
        static char *vms[] = { TEXT("db1 (2710)"), TEXT("qemu-system-x86 in session-3.scope (31337)") };

        state.clock.verdict = TEXT("unstable");
        state.clock.urgency = TEXT("evacuate");
        state.clock.suspect = TEXT("either");
        state.clock.reason = TEXT("clocksource-watchdog");
        state.clock.expected = false;
        state.clock.lost_after_use = true;
        state.clock.since_usec = NOW - 2 * HOURS - HOURS / 12;
        state.clock.since_monotonic_usec = 50 * HOURS;
        state.clock.reason_text =
                TEXT("The kernel's watchdog saw the TSC and hpet part by 78 µs in 500 ms; either clock may be wrong.");
        state.clock.remedy =
                TEXT("Evacuate guests that need a good clock and reboot; nothing brings the TSC back before.");
        state.clock.kernel_line =
                TEXT("clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as unstable because the "
                     "skew is too large:");
        state.clock.clocksource = TEXT("hpet");
        state.clock.watchdog = TEXT("absent");
        state.clock.vdso_clock = state.clock.guest_clock_pairing = false;
        state.manager.running_vms = 3;
        state.manager.running_vm_names = (Words) { vms, ARRAY_SIZE(vms) };
        losses[0] = (Loss) { NOW - 900 * HOURS, false, TEXT("clocksource-watchdog"), TEXT("") };
        losses[1] = (Loss) { NOW - 700 * HOURS, false, TEXT(""), TEXT("") };
        losses[2] = (Loss) { NOW - 500 * HOURS, false, TEXT("inter-cpu-skew"), TEXT("") };
        losses[3] = (Loss) { NOW - 300 * HOURS, false, TEXT("inter-cpu-skew"), TEXT("") };
        losses[4] = (Loss) { NOW - 2 * HOURS, true, TEXT("clocksource-watchdog"), TEXT("db1, web1, web2") };
        lost.n = 5;
        for (unsigned i = 1; i < 6; i++)
                events[i] = (EventInfo) {
                        NOW - (6 - i) * HOURS, 1, TEXT("tsc-lost"),
                        TEXT("The TSC is lost until the next boot. The kernel's watchdog saw it part by 78 µs.")
                };
        state.n_events = 6;
}

static void is_lost_as_expected(void)
{
        is_lost();
        state.clock.urgency = TEXT("ticket");
        state.clock.suspect = TEXT("design");
        state.clock.reason = TEXT("idle-halt");
        state.clock.expected = true;
        state.clock.lost_after_use = false;
        state.clock.since_usec = 0;
        state.clock.kernel_line = TEXT("");
        state.clock.reason_text =
                TEXT("An idle driver registered C2 or deeper, and without nonstop_tsc the TSC stops there.");
        state.clock.remedy = TEXT("Add processor.max_cstate=1 to the kernel command line and reboot.");
        state.clock.watchdog_reason = TEXT("nothing is left to compare: the TSC has been given up");
        input.losses_error = -EACCES;
}

static void is_false_alarm(void)
{
        is_lost();
        state.clock.urgency = TEXT("ticket");
        state.clock.suspect = TEXT("reference");
        state.clock.reason = TEXT("read-delay");
        state.clock.remedy =
                TEXT("The TSC itself is most likely good: reboot when convenient; nothing brings it back before.");
        lost.n = 2;
}

static void is_absent(void)
{
        is_unused();
        state.clock.verdict = TEXT("absent");
        state.clock.urgency = TEXT("ticket");
        state.clock.reason = TEXT("never-registered");
        state.clock.reason_text = TEXT("The kernel never registered the TSC.");
        state.clock.remedy = TEXT("Evacuate guests that need a good clock, update firmware and reboot.");
        input.losses_error = -ENOENT;
}

static void is_unknown(void)
{
        state = (WardenState) { .clock.verdict = TEXT("unknown") };
        input.losses_error = -EIO;
}

static void is_newer_daemon(void)
{
        state.clock.verdict = TEXT("splendid");
        state.manager.state = TEXT("retired");
}

static void is_remote(void)
{
        is_lost();
        input.host = "root@kvm7";
        state.manager.vms_when_lost = TEXT("db1 (2710), web1 (2811) and 1 more");
}

static void is_colored(void)
{
        is_lost();
        input.color = true;
}

static void is_applied(void)
{
        static char *missing[] = { TEXT("processor.max_cstate=1"), TEXT("cpufreq.off=1") };

        state.manager.state = TEXT("applied");
        state.manager.state_reason =
                TEXT("8 knobs hold the frequency and idle policy. The TSC lives: the frequency is held where it "
                     "stood.");
        state.manager.managed_cpus = TEXT("0-1");
        state.manager.boot_parameters_missing = (Words) { missing, ARRAY_SIZE(missing) };
        state.manager.boot_parameters_reason =
                TEXT("The kernel gives this CPU's TSC up when C2 is registered and at the first "
                     "frequency change; with these it does neither.");
        for (unsigned i = 0; i < 512; i++) {
                cpus[i].driver = TEXT("powernow-k8");
                cpus[i].governor = cpus[i].wanted_governor = TEXT("performance");
                cpus[i].idle_states = (IdleInfos) { idle_limited, 4 };
        }
}

static void is_waiting(void)
{
        state.manager.state = TEXT("waiting");
        state.manager.state_reason = TEXT("No cpufreq driver yet.");
}

static void is_degraded(void)
{
        is_applied();
        state.manager.state = TEXT("degraded");
        state.manager.state_reason = TEXT("CPU 1: the kernel refuses the governor performance.");
        state.manager.degraded_cpus = TEXT("1");
        cpus[1].state = TEXT("degraded");
        cpus[1].governor = TEXT("ondemand");
        cpus[1].last_error = TEXT("Invalid argument");
}

static void is_contested(void)
{
        is_applied();
        state.manager.contested_cpus = TEXT("0-1");
        state.manager.drift_count = 17;
}

static void is_disabled(void)
{
        state.manager.state = TEXT("disabled");
        state.manager.state_reason = TEXT("APPLY=never.");
}

static void is_restored(void)
{
        state.manager.state = TEXT("restored");
        state.manager.state_reason = TEXT("Restore() was asked for: nothing is applied until Apply() or a reload.");
}

/* 512 CPUs, every second one degraded, and more kinds of CPU than are shown. */
static void is_large(void)
{
        static char odd[4096];
        char *end = odd;

        is_degraded();
        for (unsigned i = 1; i < 512; i += 2) {
                cpus[i] = cpus[1];
                cpus[i].id = i;
                end += sprintf(end, "%s%u", i > 1 ? "," : "", i);
        }
        cpus[508].state = cpus[509].state = TEXT("offline");
        cpus[510].state = TEXT("limited");
        cpus[511].driver = TEXT("");
        cpus[511].governor = TEXT("");
        state.manager.degraded_cpus = odd;
        state.manager.managed_cpus = TEXT("0-511");
        state.n_cpus = 512;
        state.manager.running_vms = 200;
}

static ProbeRecord record;

static void is_probed(void)
{
        record = (ProbeRecord) { .realtime_usec = input.now_usec - 7500ULL * 1000000,
                                 .has_bound = true,
                                 .bound_nsec = 240,
                                 .n_measured = 64 };
        input.probe = &record;
}

static void is_convicted(void)
{
        is_probed();
        record.convicted = TEXT("1,3");
        record.n_convicted = 2;
}

static const struct {
        const char *name;
        void (*make)(void);
        int exit_status;
} cases[] = {
        { "stable", is_stable, 0 },
        { "trusted", set_up, 0 },
        { "unverified", is_unverified, 1 },
        { "unused", is_unused, 1 },
        { "guest", is_guest, 0 },
        { "unstable", is_lost, 1 },
        { "unstable-expected", is_lost_as_expected, 1 },
        { "unstable-read-delay", is_false_alarm, 1 },
        { "unstable-remote", is_remote, 1 },
        { "unstable-colored", is_colored, 1 },
        { "absent", is_absent, 1 },
        { "unknown", is_unknown, 3 },
        { "newer-daemon", is_newer_daemon, 3 },
        { "applied", is_applied, 0 },
        { "waiting", is_waiting, 0 },
        { "degraded", is_degraded, 1 },
        { "contested", is_contested, 1 },
        { "disabled", is_disabled, 0 },
        { "restored", is_restored, 0 },
        { "512-cpus", is_large, 1 },
        { "probed", is_probed, 0 },
        { "convicted", is_convicted, 0 },
};

/* The whole text; NULL when the file is not there. */
static char *read_file(const char *path)
{
        char *text = NULL;
        size_t size = 0;
        FILE *in = fopen(path, "re");

        if (!in)
                return NULL;
        if (getdelim(&text, &size, '\0', in) < 0) {
                free(text);
                text = NULL;
        }
        fclose(in);
        return text;
}

static void make(unsigned i, char **ret_text)
{
        size_t size;
        FILE *out;

        set_up();
        cases[i].make();
        out = open_memstream(ret_text, &size);
        assert_non_null(out);
        assert_int_equal(status_show(out, &input), 0);
        assert_int_equal(fclose(out), 0);
}

static void test_status_looks_as_reviewed(void **unused)
{
        for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_free_ char *path = NULL, *wanted = NULL, *got = NULL;

                make(i, &got);
                assert_true(asprintf(&path, "%s/%s", directory, cases[i].name) > 0);
                wanted = read_file(path);
                if (!wanted || strcmp(got, wanted) != 0) {
                        print_error("%s:\n%s", path, got);
                        fail();
                }
        }
}

static unsigned width_of(const char *line, size_t length)
{
        unsigned width = 0;

        for (size_t i = 0; i < length; i++)
                width += ((unsigned char)line[i] & 0xc0) != 0x80;
        return width;
}

static void test_status_fits_a_screen(void **unused)
{
        for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_free_ char *got = NULL;
                unsigned lines = 0;

                make(i, &got);
                for (const char *line = got; *line; line += strcspn(line, "\n") + 1, lines++)
                        if (!strchr(line, '\033') && width_of(line, strcspn(line, "\n")) > 80)
                                fail_msg("%s: too wide: %.*s", cases[i].name, (int)strcspn(line, "\n"), line);
                if (lines > 30)
                        fail_msg("%s: %u lines", cases[i].name, lines);
        }
}

static void test_exit_status_says_whether_something_is_wrong(void **unused)
{
        for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
                set_up();
                cases[i].make();
                if (warden_exit_status(&state) != cases[i].exit_status)
                        fail_msg("%s: %d", cases[i].name, warden_exit_status(&state));
        }
}

static int write_all(void)
{
        for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_free_ char *path = NULL, *text = NULL;
                FILE *out;

                make(i, &text);
                if (asprintf(&path, "%s/%s", directory, cases[i].name) < 0 || !(out = fopen(path, "we")))
                        return EXIT_FAILURE;
                fputs(text, out);
                if (fclose(out) != 0)
                        return EXIT_FAILURE;
        }
        return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_status_looks_as_reviewed),
                cmocka_unit_test(test_status_fits_a_screen),
                cmocka_unit_test(test_exit_status_says_whether_something_is_wrong),
        };

        setenv("TZ", "UTC", 1);
        if (argc > 1) {
                directory = argv[1];
                return write_all();
        }
        return cmocka_run_group_tests(tests, NULL, NULL);
}
