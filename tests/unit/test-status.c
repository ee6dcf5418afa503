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
#include "ctl/json.h"

#define NOW (UINT64_C(1795356000) * 1000000) /* Sun 2026-11-22 14:00:00 UTC */
#define HOURS (UINT64_C(3600) * 1000000)
#define TEXT(literal) ((char *)(literal))

static const char *directory = SOURCE_ROOT "/tests/unit/expected/status";

#define IDLE_FREE "[{'Name': 'POLL', 'Disabled': false}, {'Name': 'C1', 'Disabled': false}]"
#define IDLE_LIMITED                                                               \
        "[{'Name': 'POLL', 'Disabled': false}, {'Name': 'C1', 'Disabled': false}," \
        " {'Name': 'C2', 'Disabled': true}, {'Name': 'C3', 'Disabled': true}]"

/* Each case begins with this: a healthy, modern host of two CPUs. */
static Loss losses[6];
static WardenState state;
static Losses lost;
static StatusInput input;

static struct json_object *parse(const char *text)
{
        struct json_object *json = json_tokener_parse(text);

        if (!json)
                fail_msg("no JSON: %s", text);
        return json;
}

/* Gives the keys of an object the values of the JSON text. */
static void set(struct json_object *object, const char *text)
{
        struct json_object *values = parse(text);

        json_object_object_foreach(values, key, value) json_object_object_add(object, key, json_object_get(value));
        json_object_put(values);
}

static void set_number(struct json_object *object, const char *key, uint64_t value)
{
        json_object_object_add(object, key, json_object_new_uint64(value));
}

static void add_event(uint64_t realtime_usec, const char *text)
{
        struct json_object *event = parse(text);

        set_number(event, "RealtimeUSec", realtime_usec);
        json_object_array_add(state.events, event);
}

static struct json_object *cpu(unsigned id)
{
        return json_object_array_get_idx(state.cpus, id);
}

static void make_cpus(unsigned n)
{
        json_object_put(state.cpus);
        state.cpus = json_object_new_array();
        for (unsigned i = 0; i < n; i++) {
                struct json_object *new = parse("{'Online': true, 'State': 'ok', 'Driver': 'acpi-cpufreq',"
                                                " 'Governor': 'schedutil', 'WantedGovernor': '', 'LastError': '',"
                                                " 'IdleDriver': 'acpi_idle', 'IdleStates': " IDLE_FREE "}");

                set_number(new, "Id", i);
                json_object_array_add(state.cpus, new);
        }
}

static void set_up(void)
{
        warden_state_done(&state);
        state.manager = parse("{'Version': '0.1.0', 'State': 'not-needed',"
                              " 'StateReason': 'The CPUs have constant_tsc and nonstop_tsc: nothing to do.',"
                              " 'ManagedCpus': '', 'DegradedCpus': '', 'ContestedCpus': '', 'DriftCount': 0,"
                              " 'RunningVMs': 0, 'RunningVMNames': [], 'BootParametersMissing': []}");
        state.clock = parse("{'Verdict': 'trusted', 'Reason': '', 'Urgency': 'none', 'Remedy': '', 'KernelLine': '',"
                            " 'ReasonText': 'The kernel uses the TSC and does not compare it: it is constant,"
                            " nonstop and adjustable.',"
                            " 'SinceMonotonicUSec': 1500000, 'Expected': true, 'Witness': 'kmsg',"
                            " 'Clocksource': 'tsc', 'Watchdog': 'exempt',"
                            " 'WatchdogReason': 'constant, nonstop and adjustable on at most 4 packages',"
                            " 'TscKHz': 2394374, 'TscScaling': true, 'GuestClockPairing': true, 'VdsoClock': true,"
                            " 'ConstantTsc': true, 'NonstopTsc': true, 'LostAfterUse': false, 'FirmwareFaults': []}");
        set_number(state.clock, "SinceUSec", NOW - 3 * HOURS);
        make_cpus(2);
        state.events = json_object_new_array();
        add_event(NOW - 3 * HOURS, "{'Name': 'applied', 'Text': 'No policy is needed.'}");
        lost = (Losses) { losses, 0, NOW - 2000 * HOURS };
        input = (StatusInput) { .state = &state, .losses = &lost, .now_usec = NOW };
}

static void is_stable(void)
{
        set(state.clock, "{'Verdict': 'stable', 'Watchdog': 'active',"
                         " 'WatchdogReason': 'hpet every 0.5 s; would notice 0.1 %',"
                         " 'ReasonText': 'The kernel uses the TSC and its watchdog compares it with another clock.'}");
        set_number(state.manager, "RunningVMs", 1);
}

static void is_unverified(void)
{
        set(state.clock, "{'Verdict': 'unverified', 'Urgency': 'ticket', 'Reason': 'boot-parameter',"
                         " 'ReasonText': 'The kernel uses the TSC, and a boot parameter keeps it from being checked.',"
                         " 'Remedy': 'Remove tsc=reliable from the kernel command line and reboot.',"
                         " 'Watchdog': 'off', 'WatchdogReason': 'tsc=reliable'}");
}

static void is_unused(void)
{
        set(state.clock, "{'Verdict': 'unused', 'Urgency': 'ticket', 'Reason': 'user-switch', 'Expected': false,"
                         " 'ReasonText': 'Somebody chose another clocksource.',"
                         " 'Remedy': 'Write tsc to /sys/devices/system/clocksource/clocksource0/current_clocksource;"
                         " no reboot is needed.',"
                         " 'Clocksource': 'hpet', 'VdsoClock': false, 'GuestClockPairing': false}");
}

static void is_guest(void)
{
        set(state.clock, "{'Verdict': 'unused', 'Reason': 'guest-default', 'Watchdog': '',"
                         " 'ReasonText': 'This is a guest, and guests run on the clock that the hypervisor offers.',"
                         " 'Clocksource': 'kvm-clock', 'GuestClockPairing': false}");
        json_object_object_del(state.manager, "RunningVMs");
}

static void is_lost(void)
{
        set(state.clock, "{'Verdict': 'unstable', 'Urgency': 'evacuate', 'Suspect': 'either', 'Expected': false,"
                         " 'Reason': 'clocksource-watchdog', 'LostAfterUse': true,"
                         " 'ReasonText': \"The kernel's watchdog saw the TSC and hpet part by 78 µs in 500 ms; either"
                         " clock may be wrong.\","
                         " 'Remedy': 'Evacuate guests that need a good clock and reboot; until then the TSC stays "
                         "lost.',"
                         " 'KernelLine': \"clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as"
                         " unstable because the skew is too large:\","
                         " 'Clocksource': 'hpet', 'Watchdog': 'absent', 'VdsoClock': false,"
                         " 'GuestClockPairing': false}");
        set_number(state.clock, "SinceUSec", NOW - 2 * HOURS - HOURS / 12);
        set_number(state.clock, "SinceMonotonicUSec", 50 * HOURS);
        set(state.manager, "{'RunningVMs': 3,"
                           " 'RunningVMNames': ['db1 (2710)', 'qemu-system-x86 in session-3.scope (31337)']}");
        losses[0] = (Loss) { NOW - 900 * HOURS, false, TEXT("clocksource-watchdog"), TEXT("") };
        losses[1] = (Loss) { NOW - 700 * HOURS, false, TEXT(""), TEXT("") };
        losses[2] = (Loss) { NOW - 500 * HOURS, false, TEXT("inter-cpu-skew"), TEXT("") };
        losses[3] = (Loss) { NOW - 300 * HOURS, false, TEXT("inter-cpu-skew"), TEXT("") };
        losses[4] = (Loss) { NOW - 2 * HOURS, true, TEXT("clocksource-watchdog"), TEXT("db1, web1, web2") };
        lost.n = 5;
        for (unsigned i = 1; i < 6; i++)
                add_event(
                        NOW - (6 - i) * HOURS,
                        "{'Name': 'tsc-lost', 'Text': \"The TSC is lost until the next boot. The kernel's watchdog saw"
                        " it part by 78 µs.\"}");
}

static void is_lost_as_expected(void)
{
        is_lost();
        set(state.clock, "{'Urgency': 'ticket', 'Suspect': 'design', 'Reason': 'idle-halt', 'Expected': true,"
                         " 'LostAfterUse': false, 'SinceUSec': 0, 'KernelLine': '',"
                         " 'ReasonText': 'An idle driver registered C2 or deeper, and without nonstop_tsc the TSC stops"
                         " there.',"
                         " 'Remedy': 'Add processor.max_cstate=1 to the kernel command line and reboot.',"
                         " 'WatchdogReason': 'there is nothing to compare: the kernel has given up the TSC'}");
        input.losses_error = -EACCES;
}

static void is_false_alarm(void)
{
        is_lost();
        set(state.clock, "{'Urgency': 'ticket', 'Suspect': 'reference', 'Reason': 'read-delay',"
                         " 'Remedy': 'The TSC itself is most likely good: reboot when convenient; nothing brings it"
                         " back before.'}");
        lost.n = 2;
}

static void is_absent(void)
{
        is_unused();
        set(state.clock, "{'Verdict': 'absent', 'Urgency': 'ticket', 'Reason': 'never-registered',"
                         " 'ReasonText': 'The kernel never registered the TSC.',"
                         " 'Remedy': 'Evacuate guests that need a good clock, update firmware and reboot.'}");
        input.losses_error = -ENOENT;
}

static void is_unknown(void)
{
        warden_state_done(&state);
        state.clock = parse("{'Verdict': 'unknown'}");
        input.losses_error = -EIO;
}

static void is_newer_daemon(void)
{
        set(state.clock, "{'Verdict': 'splendid'}");
        set(state.manager, "{'State': 'retired'}");
}

static void is_remote(void)
{
        is_lost();
        input.host = "root@kvm7";
        set(state.manager, "{'VMsWhenLost': 'db1 (2710), web1 (2811) and 1 more'}");
}

static void is_colored(void)
{
        is_lost();
        input.color = true;
}

static void is_applied_on(unsigned n_cpus)
{
        set(state.manager,
            "{'State': 'applied', 'ManagedCpus': '0-1',"
            " 'StateReason': '8 knobs hold the frequency and idle policy. The TSC still works, so the CPUs keep their "
            "frequency.',"
            " 'BootParametersMissing': ['processor.max_cstate=1', 'cpufreq.off=1'],"
            " 'BootParametersReason': \"The kernel gives this CPU's TSC up when C2 is registered and at"
            " the first frequency change; with these it does neither.\"}");
        make_cpus(n_cpus);
        for (unsigned i = 0; i < n_cpus; i++)
                set(cpu(i), "{'Driver': 'powernow-k8', 'Governor': 'performance', 'WantedGovernor': 'performance',"
                            " 'IdleStates': " IDLE_LIMITED "}");
}

static void is_applied(void)
{
        is_applied_on(2);
}

static void is_waiting(void)
{
        set(state.manager, "{'State': 'waiting', 'StateReason': 'No cpufreq driver yet.'}");
}

static void is_degraded_on(unsigned n_cpus)
{
        is_applied_on(n_cpus);
        set(state.manager, "{'State': 'degraded', 'DegradedCpus': '1',"
                           " 'StateReason': 'CPU 1: the kernel refuses the governor performance.'}");
        for (unsigned i = 1; i < n_cpus; i += 2)
                set(cpu(i), "{'State': 'degraded', 'Governor': 'ondemand', 'LastError': 'Invalid argument'}");
}

static void is_degraded(void)
{
        is_degraded_on(2);
}

static void is_contested(void)
{
        is_applied();
        set(state.manager, "{'ContestedCpus': '0-1', 'DriftCount': 17}");
}

static void is_disabled(void)
{
        set(state.manager, "{'State': 'disabled', 'StateReason': 'APPLY=never.'}");
}

static void is_restored(void)
{
        set(state.manager, "{'State': 'restored',"
                           " 'StateReason': 'Restore() was asked for: nothing is applied until Apply() or a reload.'}");
}

/* 512 CPUs, every second one degraded, and more kinds of CPU than are shown. */
static void is_large(void)
{
        char odd[4096], *end = odd;

        is_degraded_on(512);
        for (unsigned i = 1; i < 512; i += 2)
                end += sprintf(end, "%s%u", i > 1 ? "," : "", i);
        set(cpu(508), "{'State': 'offline'}");
        set(cpu(509), "{'State': 'offline'}");
        set(cpu(510), "{'State': 'limited'}");
        set(cpu(511), "{'Driver': '', 'Governor': ''}");
        set(state.manager, "{'ManagedCpus': '0-511', 'RunningVMs': 200}");
        json_object_object_add(state.manager, "DegradedCpus", json_object_new_string(odd));
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
        set(state.clock, "{'Urgency': 'ticket', 'Remedy': 'tscwarden probe proved that the CPUs differ.'}");
}

static RateHere rate;

static void has_rate(void)
{
        rate = (RateHere) {
                .utc = { .known = true,
                         .ppm = -12.345,
                         .error_ppm = 0.012,
                         .client = CLIENT_CHRONYD,
                         .source = "tracking" },
                .boots = { .known = true, .ppm = 0.4, .deviation_ppm = 0.2, .median_khz = 2500001, .n = 12 },
        };
        input.rate = &rate;
}

static void has_bad_rate(void)
{
        rate = (RateHere) {
                .utc = { .why = "chronyd is not synchronised" },
                .boots = { .known = true, .ppm = -6852, .n = 2 },
        };
        input.rate = &rate;
}

static void has_no_rate(void)
{
        rate = (RateHere) {
                .utc = { .why = "the clocksource is hpet, not tsc" },
        };
        input.rate = &rate;
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
        { "convicted", is_convicted, 1 },
        { "rate", has_rate, 0 },
        { "rate-bad", has_bad_rate, 0 },
        { "rate-unknown", has_no_rate, 0 },
};

/* Returns the whole text, or NULL if there is no such file. */
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
        status_show(out, &input);
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

static char *metrics_of(void (*made)(void))
{
        char *text = NULL;
        size_t size;
        FILE *out;

        set_up();
        made();
        out = open_memstream(&text, &size);
        assert_non_null(out);
        status_show_metrics(out, &input);
        assert_int_equal(fclose(out), 0);
        return text;
}

static void test_rate_in_metrics_and_json(void **unused)
{
        _cleanup_free_ char *known = metrics_of(has_rate), *bad = metrics_of(has_bad_rate),
                            *none = metrics_of(has_no_rate);
        _cleanup_json_ struct json_object *json = NULL;

        assert_non_null(strstr(known, "\ntscwarden_tsc_rate_ppm{against=\"utc\"} -12.345\n"
                                      "tscwarden_tsc_rate_ppm{against=\"boots\"} 0.400\n"));
        assert_non_null(strstr(bad, "\ntscwarden_tsc_rate_ppm{against=\"boots\"} -6852.000\n"));
        assert_null(strstr(bad, "utc"));
        assert_null(strstr(none, "tsc_rate"));

        has_rate();
        json = rate_here_to_json(&rate);
        assert_true(json_object_get_double(json_object_object_get(json, "UtcPpm")) == -12.345);
        assert_true(json_object_get_double(json_object_object_get(json, "BootsMedianKHz")) == 2500001);
        assert_false(json_has(json, "UtcReason"));
        json_object_put(json);
        has_no_rate();
        json = rate_here_to_json(&rate);
        assert_false(json_has(json, "UtcPpm") || json_has(json, "BootsPpm"));
        assert_string_equal(json_get_text(json, "UtcReason"), "the clocksource is hpet, not tsc");
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

static int tear_down(void **unused)
{
        warden_state_done(&state);
        return 0;
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
                cmocka_unit_test(test_rate_in_metrics_and_json),
                cmocka_unit_test(test_exit_status_says_whether_something_is_wrong),
        };

        setenv("TZ", "UTC", 1);
        if (argc > 1) {
                directory = argv[1];
                return write_all();
        }
        return cmocka_run_group_tests(tests, NULL, tear_down);
}
