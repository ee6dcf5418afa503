/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What each verb prints, as text and as JSON, when names and messages from outside have control characters,
 * bidirectional characters and bytes that are not UTF-8.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/macro.h"
#include "check/audit-steps.h"
#include "check/boot-config.h"
#include "check/machine-setup.h"
#include "ctl/check.h"
#include "ctl/ctl-state.h"
#include "ctl/guests-before.h"
#include "ctl/guests-show.h"
#include "ctl/json.h"
#include "ctl/kargs.h"
#include "ctl/status.h"
#include "guests/answer.h"
#include "guests/judge.h"
#include "output.h"
#include "show/print.h"
#include "show/show.h"
#include "show/steps.h"

/* Clears the screen, reverses the direction of the text, and is not UTF-8 at its end. */
static const char hostile[] = "e\033[2J\n\u202evil\xff";
#define SAFE "e\\x1b[2J\\x0a\\xe2\\x80\\xaevil\\xff"
/* json-c escapes the backslashes once more. */
#define SAFE_JSON "e\\\\x1b[2J\\\\x0a\\\\xe2\\\\x80\\\\xaevil\\\\xff"

/* The text has no unescaped byte and contains the escaped name at least `n` times. */
static void output_end(Output *output, const char *safe, unsigned n)
{
        _cleanup_free_ char *text = output_take(output), *joined = strdup(text);
        const char *p;
        char *to = joined;

        assert_true(text_is_utf8(text, output->size));
        assert_null(strchr(text, '\033'));
        assert_null(strstr(text, "\u202e"));
        /* A long name may be wrapped, and then the next line is indented. */
        assert_non_null(joined);
        for (p = text; *p; p++)
                if (*p != '\n' && *p != ' ')
                        *to++ = *p;
        *to = '\0';
        for (p = joined; n > 0; n--) {
                p = strstr(p, safe);
                if (!p)
                        fail_msg("not there: %s\nin: %s", safe, text);
                p += strlen(safe);
        }
}

static void test_print(void **state)
{
        Output output;

        output_begin(&output);
        print_wrapped(output.stream, "Head", 6, hostile);
        print_line(output.stream, "Head ", hostile);
        print_cut(output.stream, 60, hostile);
        print_cell(output.stream, 60, hostile);
        output_end(&output, SAFE, 4);
}

static void test_plan(void **state)
{
        const char *const words[6] = { hostile, hostile, hostile, hostile, hostile, hostile };
        _cleanup_steps_ Steps steps = {};
        Output output;

        assert_int_equal(steps_add(&steps, words), 0);
        output_begin(&output);
        assert_int_equal(steps_show(output.stream, "Plan", &steps), 0);
        output_end(&output, SAFE, 6);
}

static void test_facts(void **state)
{
        char clocksource[sizeof(hostile)];
        Facts facts = { .n_cpus = 1, .clocksource = clocksource, .constant_tsc = true, .nonstop_tsc = true };
        Output output;

        strcpy(clocksource, hostile);
        strcpy(facts.vendor, "a\033b");
        output_begin(&output);
        assert_int_equal(show_facts(output.stream, &facts), 0);
        output_end(&output, SAFE, 1);
}

static void test_check(void **state)
{
        MachineSetup setup = {};
        TimeInput time = {};
        const AuditInput input = { .host = true, .setup = &setup, .time = &time };
        _cleanup_audit_ Audit audit = {};
        AuditStep *step = audit_add(&audit, AUDIT_HOST, "id", "title");
        Output output;

        audit_set(step, AUDIT_FAIL, "%s", hostile);
        audit_advise(step, "%s", hostile);
        audit_fix(step, "%s", hostile);
        output_begin(&output);
        check_show(output.stream, &audit, false);
        output_end(&output, SAFE, 3);
        output_begin(&output);
        assert_int_equal(check_show_json(output.stream, &input, &audit), 0);
        output_end(&output, SAFE_JSON, 3);
}

static void test_kargs(void **state)
{
        char in_force[sizeof(hostile)], contradiction[sizeof(hostile)], path[sizeof(hostile)],
                text[] = "\"cpufreq.off=1\"\n", cmdline[] = "cpufreq.off=1", reason[] = "Because.";
        char *cmdlines[] = { cmdline };
        BootFile file = { .path = path, .text = text };
        Kargs kargs = {
                .reason = reason,
                .config = { .platform = BOOT_UPDATE_GRUB,
                            .cmdlines = cmdlines,
                            .n = 1,
                            .source = "/boot/grub/grub.cfg",
                            .files = &file,
                            .n_files = 1 },
                .parameters = { { .word = "cpufreq.off=1", .in_force = in_force, .n_configured = 1 },
                                { .word = "cpufreq.off=1", .contradiction = contradiction } },
                .n = 2,
        };
        Output output;

        strcpy(in_force, hostile);
        strcpy(contradiction, hostile);
        strcpy(path, hostile);
        output_begin(&output);
        assert_int_equal(kargs_show(output.stream, &kargs), 0);
        output_end(&output, SAFE, 3);
        output_begin(&output);
        assert_int_equal(kargs_show_json(output.stream, &kargs), 0);
        output_end(&output, SAFE_JSON, 4);
}

static void test_guests(void **state)
{
        char why[sizeof(hostile)], gone[sizeof(hostile)];
        Guest guest = { .name = text_escape(hostile) };
        GuestVerdict verdict = { .stable = TSC_STABLE_UNKNOWN, .reason = hostile };
        GuestAnswer answer = { .why = why };
        GuestBefore before = { .name = gone };
        const Guests guests = { .entries = &guest, .n = 1 };
        const GuestsBefore all_before = { .entries = &before, .n = 1 };
        const Destination there = { .tsc_in_use = -1 };
        const GuestsView view = {
                .guests = &guests,
                .verdicts = &verdict,
                .answers = &answer,
                .moves = &answer,
                .before = &all_before,
                .there = &there,
                .there_name = hostile,
        };
        Output output;

        assert_non_null(guest.name);
        strcpy(why, hostile);
        strcpy(gone, hostile);
        output_begin(&output);
        guests_show(output.stream, &view);
        output_end(&output, SAFE, 4);
        output_begin(&output);
        assert_int_equal(guests_show_json(output.stream, &view), 0);
        output_end(&output, SAFE_JSON, 2);
        free(guest.name);
}

/* Every text of the daemon goes through json_string(), as ctl-bus.c makes them. */
static void test_status(void **state)
{
        WardenState warden = { .cpus = json_object_new_array(), .events = json_object_new_array() };
        _cleanup_json_ struct json_object *manager = json_object_new_object(), *clock = json_object_new_object();
        const StatusInput input = { .state = &warden, .host = hostile };
        Output output;

        for (const Property *property = manager_properties; property->name; property++)
                if (property->type == json_type_string)
                        json_add(manager, property->name, json_string(hostile));
        for (const Property *property = clock_properties; property->name; property++)
                if (property->type == json_type_string)
                        json_add(clock, property->name, json_string(hostile));
        warden.manager = json_object_get(manager);
        warden.clock = json_object_get(clock);
        output_begin(&output);
        status_show(output.stream, &input);
        output_end(&output, SAFE, 5);
        output_begin(&output);
        assert_int_equal(status_show_json(output.stream, &input), 0);
        output_end(&output, SAFE_JSON, 20);
        output_begin(&output);
        status_show_metrics(output.stream, &input);
        output_end(&output, SAFE_JSON, 3);
        warden_state_done(&warden);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_print),  cmocka_unit_test(test_plan),  cmocka_unit_test(test_facts),
                cmocka_unit_test(test_check),  cmocka_unit_test(test_kargs), cmocka_unit_test(test_guests),
                cmocka_unit_test(test_status),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
