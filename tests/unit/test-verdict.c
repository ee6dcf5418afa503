/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "clock-player.h"
#include "remedy-words.h"

#define BOOT_ID "0f5cbd6c-8a4e-4a53-9c9b-0f7a5ac21c6e"

enum {
        NAME,
        FACTS,
        CMDLINE,
        SCRIPT,
        VERDICT,
        REASON,
        EXPECTED,
        LOST,
        WATCHDOG,
        SINCE,
        SUSPECT,
        URGENCY,
        REMEDY,
        MISSING,
        LATE,
        N_COLUMNS
};

/* The expected columns of the row, as one text. */
static char *row_promise(char *const columns[])
{
        char *text;

        assert_true(asprintf(&text, "%s %s expected=%s lost=%s %s since=%s suspect=%s %s %s [%s]", columns[VERDICT],
                             columns[REASON], columns[EXPECTED], columns[LOST], columns[WATCHDOG], columns[SINCE],
                             columns[SUSPECT], columns[URGENCY], columns[REMEDY], columns[MISSING]) > 0);
        return text;
}

/* The clock's answers, in the same form. */
static char *clock_summary(const Clock *clock)
{
        const char *missing[BOOT_PARAMETERS_MAX + 1];
        char list[128] = "", *text;
        ClockView view;

        clock_get(clock, &view);
        clock_boot_parameters_missing(clock->facts, view.verdict, view.reason, missing);
        for (const char **m = missing; *m; m++) {
                strcat(list, m == missing ? "" : " ");
                strcat(list, *m);
        }
        assert_true(asprintf(&text, "%s %s expected=%s lost=%s %s since=%" PRIu64 " suspect=%s %s %s [%s]",
                             verdict_to_string(view.verdict), clock_reason_to_string(view.reason),
                             view.expected ? "yes" : "no", view.lost_after_use ? "yes" : "no",
                             watchdog_state_to_string(view.watchdog), view.since_usec, suspect_to_string(view.suspect),
                             urgency_to_string(view.urgency), remedy_word(clock_remedy_kind(clock->facts, &view)),
                             list) > 0);
        return text;
}

/* Every text can be formatted, and none gives advice that must never be given. */
static void check_texts(const Clock *clock)
{
        _cleanup_free_ char *reason = clock_reason_text(clock), *remedy = clock_remedy(clock);
        _cleanup_free_ char *watchdog = clock_watchdog_reason(clock);
        _cleanup_free_ char *parameters = clock_boot_parameters_reason(clock->facts, clock->verdict, clock->reason);

        assert_true(reason && reason[0]);
        assert_true(watchdog && watchdog[0]);
        assert_true(parameters && parameters[0]);
        assert_non_null(remedy);
        if (strstr(remedy, "tsc=reliable"))
                assert_non_null(strstr(remedy, "Remove tsc=reliable from"));
        for (unsigned kind = 0; kind < ADVICE_MAX_; kind++)
                if (clock_advice(clock->facts) & 1U << kind) {
                        _cleanup_free_ char *advice = clock_advice_format(clock->facts, kind);

                        assert_true(advice && advice[0]);
                }
}

static void check_summary(const char *how, char *const columns[], const Clock *clock)
{
        _cleanup_free_ char *promise = row_promise(columns), *got = clock_summary(clock);

        if (strcmp(promise, got) != 0)
                fail_msg("%s, %s:\nwanted %s\n   got %s", columns[NAME], how, promise, got);
}

static void check_late(char *const columns[], const Player *player)
{
        ClockView view, late_view;
        Player late;

        player_start_late(player, &late);
        check_summary("started late", columns, &late.clock);
        clock_get(&player->clock, &view);
        clock_get(&late.clock, &late_view);
        assert_string_equal(view.kernel_line, late_view.kernel_line);
        player_done(&late);
}

static void play_row(char *const columns[], unsigned seed)
{
        Player player;

        player_init(&player, columns[FACTS], columns[CMDLINE]);
        player.noisy = seed != 0;
        srand(seed);
        player_run(&player, columns[SCRIPT]);
        check_summary(seed ? "with noise" : "watched", columns, &player.clock);
        check_texts(&player.clock);
        if (strcmp(columns[LATE], "yes") == 0)
                check_late(columns, &player);
        player_done(&player);
}

static bool split_row(char *line, char *columns[static N_COLUMNS])
{
        static char empty[] = "";
        unsigned n = 0;
        char *cell;

        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || strncmp(line, "name\t", 5) == 0)
                return false;
        while ((cell = strsep(&line, "\t")) && n < N_COLUMNS)
                columns[n++] = strcmp(cell, "-") == 0 ? empty : cell;
        assert_int_equal(n, N_COLUMNS);
        return true;
}

static void play_table(unsigned seed, unsigned *ret_n)
{
        _cleanup_free_ char *path = NULL, *line = NULL;
        char *columns[N_COLUMNS];
        size_t size = 0;
        unsigned n = 0;
        FILE *file;

        assert_true(asprintf(&path, "%s/tests/unit/clock-scenarios.tsv", SOURCE_ROOT) > 0);
        file = fopen(path, "re");
        assert_non_null(file);
        while (getline(&line, &size, file) > 0)
                if (split_row(line, columns)) {
                        play_row(columns, seed);
                        n++;
                }
        fclose(file);
        *ret_n = n;
}

static void test_verdict_scenarios(void **state)
{
        unsigned n;

        play_table(0, &n);
        assert_true(n >= 60);
}

static void test_verdict_ignores_benign_lines(void **state)
{
        unsigned n;

        for (unsigned seed = 1; seed <= 8; seed++) {
                print_message("seed %u\n", seed);
                play_table(seed, &n);
        }
}

/* Returns true if the row ends with "start ; live:NAME ; sys:SYSFS", and what comes before these steps. */
static bool split_live(const char *script, char **ret_before, char **ret_name, const char **ret_sysfs)
{
        const char *live = strstr(script, " ; live:"), *end = live ? strstr(live + 8, " ; ") : NULL;

        if (!end || strncmp(end, " ; sys:", 7) != 0 || strstr(end + 7, " ; ") || strstr(script, " ; say") ||
            live - script < 8 || strncmp(live - 8, " ; start", 8) != 0)
                return false;
        *ret_before = strndup(script, (size_t)(live - script));
        *ret_name = strndup(live + 8, (size_t)(end - live - 8));
        *ret_sysfs = end + 7;
        return true;
}

static char *clock_said(const Clock *clock)
{
        _cleanup_free_ char *summary = clock_summary(clock), *reason = clock_reason_text(clock);
        _cleanup_free_ char *remedy = clock_remedy(clock);
        ClockView view;
        char *text;

        clock_get(clock, &view);
        assert_true(asprintf(&text, "%s\n%s\n%s\n%s\n%s", summary, reason, remedy, view.clocksource, view.kernel_line) >
                    0);
        return text;
}

/* A slow console delays the kernel's lines. A daemon that watched them and one that starts later come to the same
 * result. */
static void play_slowly(char *const columns[], unsigned seed, unsigned *n)
{
        _cleanup_free_ char *before = NULL, *name = NULL, *watched = NULL, *read = NULL;
        const char *sysfs;
        Player player, late;

        if (!split_live(columns[SCRIPT], &before, &name, &sysfs))
                return;
        srand(seed);
        player_init(&player, columns[FACTS], columns[CMDLINE]);
        player_run(&player, before);
        player_slowly(&player, name, 900000, sysfs);
        player_start_late(&player, &late);
        watched = clock_said(&player.clock);
        read = clock_said(&late.clock);
        if (strcmp(watched, read) != 0)
                fail_msg("%s, seed %u:\nwatched: %s\n\nread later: %s", columns[NAME], seed, watched, read);
        player_done(&late);
        player_done(&player);
        ++*n;
}

static void test_verdict_of_a_slow_console(void **state)
{
        _cleanup_free_ char *path = NULL, *line = NULL;
        char *columns[N_COLUMNS];
        size_t size = 0;
        unsigned n = 0;
        FILE *file;

        assert_true(asprintf(&path, "%s/tests/unit/clock-scenarios.tsv", SOURCE_ROOT) > 0);
        file = fopen(path, "re");
        assert_non_null(file);
        while (getline(&line, &size, file) > 0)
                if (split_row(line, columns))
                        for (unsigned seed = 0; seed < 2000; seed++)
                                play_slowly(columns, seed, &n);
        fclose(file);
        assert_true(n >= 20 * 2000);
}

#define WATCHED "intel family=6 constant nonstop cpus=8 pkg=1 nodes=1 k=6.1"
#define WITH_TSC "sys:tsc|tsc hpet acpi_pm  ; start"
#define WITHOUT_TSC "sys:hpet|hpet acpi_pm "

static void player_watch(Player *player)
{
        player_init(player, WATCHED, "");
        player_run(player, "boot:clean-6.1 ; " WITH_TSC);
}

static void test_verdict_survives_a_storm(void **state)
{
        ClockChanges changes = {};
        ClockView view;
        Player player;
        char text[200];

        player_watch(&player);
        for (unsigned i = 0; i < 100000; i++) {
                snprintf(text, sizeof(text), "%s %u", i % 3 ? "audit: backlog limit exceeded" : "TSC warp", i);
                clock_feed_line(&player.clock, 10000000 + i, 10000000 + i, text, &changes);
                if (i == 61803)
                        clock_feed_line(&player.clock, 10000000 + i, 10000000 + i,
                                        "tsc: Marking TSC unstable due to TSC halts in idle", &changes);
        }
        player.now = 10100000;
        player_run(&player, WITHOUT_TSC);
        clock_get(&player.clock, &view);
        assert_int_equal(view.verdict, VERDICT_UNSTABLE);
        assert_int_equal(view.reason, REASON_IDLE_HALT);
        assert_int_equal(view.since_usec, 10061803);
        player_done(&player);
}

static void test_verdict_tells_a_loss(void **state)
{
        Player player;

        player_watch(&player);
        player_run(&player, "live:skew-6.1-vm");
        assert_true(clock_wants_sysfs(&player.clock));
        assert_false(player.changes.mask & CLOCK_CHANGED_VERDICT);
        player_run(&player, WITHOUT_TSC);
        assert_int_equal(player.changes.mask &
                                 (CLOCK_CHANGED_VERDICT | CLOCK_CHANGED_CLOCKSOURCE | CLOCK_LINE_WITHOUT_EFFECT),
                         CLOCK_CHANGED_VERDICT | CLOCK_CHANGED_CLOCKSOURCE);
        assert_int_equal(player.changes.old_verdict, VERDICT_STABLE);
        assert_string_equal(player.changes.old_clocksource, "tsc");
        assert_false(clock_wants_sysfs(&player.clock));
        assert_true(clock_deadline(&player.clock) == CLOCK_NEVER);
        player_done(&player);
}

/* In a guest the loss is reported when the next clocksource is known, because kvm-clock is as good as the TSC that it
 * replaces. */
static void test_verdict_of_a_guest_awaits_its_next_clock(void **state)
{
        ClockView view;
        Player player;

        player_init(&player, "intel family=6 guest constant nonstop adjust cpus=2 pkg=2 nodes=1 k=6.1", "");
        player_run(&player, "boot:kvm-guest-invtsc ; sys:tsc|tsc kvm-clock acpi_pm  ; start ; live:skew-6.1-vm ; "
                            "sys:tsc|kvm-clock acpi_pm ");
        assert_false(player.changes.mask & CLOCK_CHANGED_VERDICT);
        assert_true(clock_wants_sysfs(&player.clock));
        player_run(&player, "sys:kvm-clock|kvm-clock acpi_pm ");
        assert_true(player.changes.mask & CLOCK_CHANGED_VERDICT);
        clock_get(&player.clock, &view);
        assert_int_equal(view.verdict, VERDICT_UNSTABLE);
        assert_int_equal(view.urgency, URGENCY_NONE);
        player_done(&player);

        /* No other clocksource follows: the loss is reported nevertheless. */
        player_init(&player, "intel family=6 guest constant nonstop adjust cpus=2 pkg=2 nodes=1 k=6.1", "");
        player_run(&player, "boot:kvm-guest-invtsc ; sys:tsc|tsc kvm-clock  ; start ; live:skew-6.1-vm ; "
                            "sys:tsc|kvm-clock  ; pass:1500");
        clock_get(&player.clock, &view);
        assert_int_equal(view.verdict, VERDICT_UNSTABLE);
        assert_int_equal(view.urgency, URGENCY_TICKET);
        player_done(&player);
}

static void test_verdict_tells_a_forgery(void **state)
{
        Player player;

        player_watch(&player);
        player_run(&player, "say:tsc: Marking TSC unstable due to clocksource watchdog ; pass:999");
        assert_int_equal(player.changes.mask, 0);
        player_run(&player, "pass:1");
        assert_int_equal(player.changes.mask, CLOCK_LINE_WITHOUT_EFFECT);
        assert_string_equal(player.changes.text, "tsc: Marking TSC unstable due to clocksource watchdog");
        assert_true(clock_deadline(&player.clock) == CLOCK_NEVER);
        player_done(&player);
}

static void test_verdict_tells_a_late_daemon_nothing(void **state)
{
        Player player, late;

        player_watch(&player);
        player_run(&player, "live:forged-mount-option ; live:tsc-adjust ; live:skew-6.1-vm ; " WITHOUT_TSC);
        player_start_late(&player, &late);
        assert_int_equal(late.changes.mask, 0);
        player_done(&late);
        player_done(&player);
}

static void test_verdict_tells_the_rest(void **state)
{
        static const struct {
                const char *script;
                unsigned change;
                const char *name;
        } cases[] = {
                { "live:hpet-marked-6.12 ; pass:1000", CLOCK_OTHER_MARKED, "hpet" },
                { "live:tsc-adjust", CLOCK_TSC_ADJUSTED | CLOCK_CHANGED_DETAILS, "" },
                { "say:kvm: SMP vm created on host with unstable TSC; guest TSC will not be reliable", CLOCK_KVM_WARNED,
                  "" },
                { "say:tsc: Warning: TSC freq calibrated by CPUID/MSR differs from what is calibrated by HW timer, "
                  "please check with vendor!!",
                  CLOCK_CALIBRATION_DIFFERS, "" },
                { "say:clocksource: Override clocksource tsc is unstable and not HRT compatible - cannot switch while "
                  "in HRT/NOHZ mode",
                  CLOCK_OVERRIDE_REFUSED, "tsc" },
                { "sys:hpet|tsc hpet ", CLOCK_CHANGED_VERDICT | CLOCK_CHANGED_CLOCKSOURCE | CLOCK_CHANGED_DETAILS, "" },
                { "sys:tsc|tsc hpet ", CLOCK_CHANGED_DETAILS, "" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                Player player;

                player_watch(&player);
                player_run(&player, cases[i].script);
                assert_int_equal(player.changes.mask, cases[i].change);
                assert_string_equal(player.changes.name, cases[i].name);
                player_done(&player);
        }
}

static void test_verdict_reports_only_news(void **state)
{
        _cleanup_free_ char *text = NULL;
        ClockView view;
        Player player;
        Clock again;

        player_watch(&player);
        clock_get(&player.clock, &view);
        assert_true(view.news);
        text = clock_export(&player.clock, BOOT_ID);
        clock_init(&again, &player.facts);
        assert_int_equal(clock_import(&again, text, strlen(text), BOOT_ID), 1);
        clock_feed_sysfs(&again, &(ClockObservation) { .current = "tsc", .available = "tsc hpet acpi_pm " }, 1,
                         &player.changes);
        clock_start(&again, false, 1);
        clock_get(&again, &view);
        assert_false(view.news);
        assert_int_equal(view.since_usec, 391220);
        player_done(&player);
}

static void test_clock_state_refuses_what_it_did_not_write(void **state)
{
        _cleanup_free_ char *text = NULL, *longer = NULL;
        Player player;
        Clock clock;

        player_watch(&player);
        player_run(&player, "live:skew-6.1-vm ; " WITHOUT_TSC);
        text = clock_export(&player.clock, BOOT_ID);
        assert_non_null(text);
        clock_init(&clock, &player.facts);
        assert_true(asprintf(&longer, "%sx", text) > 0);
        assert_int_equal(clock_import(&clock, longer, strlen(longer), BOOT_ID), -EBADMSG);
        assert_int_equal(clock_import(&clock, text, strlen(text), "another"), 0);
        for (size_t size = 0; size < strlen(text); size++)
                assert_int_equal(clock_import(&clock, text, size, BOOT_ID), -EBADMSG);
        for (size_t at = 0; at < strlen(text); at++) {
                _cleanup_free_ char *broken = strdup(text);

                broken[at] ^= 0x10;
                assert_true(clock_import(&clock, broken, strlen(text), BOOT_ID) <= 1);
                clock_init(&clock, &player.facts);
        }
        player_done(&player);
}

static void test_clock_state_keeps_any_line(void **state)
{
        static const char line[] = "tsc: Marking TSC unstable due to \x01\xff\\x41\n\t\xc3\xa9 end";
        _cleanup_free_ char *text = NULL;
        ClockView view;
        Player player;
        Clock again;

        player_watch(&player);
        player_line(&player, 5000000, line);
        player_run(&player, WITHOUT_TSC);
        text = clock_export(&player.clock, BOOT_ID);
        assert_non_null(text);
        clock_init(&again, &player.facts);
        assert_int_equal(clock_import(&again, text, strlen(text), BOOT_ID), 1);
        clock_start(&again, false, 6000000);
        clock_get(&again, &view);
        assert_string_equal(view.kernel_line, line);
        assert_int_equal(view.verdict, VERDICT_UNSTABLE);
        assert_true(view.lost_after_use);
        player_done(&player);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_verdict_scenarios),
                cmocka_unit_test(test_verdict_ignores_benign_lines),
                cmocka_unit_test(test_verdict_of_a_slow_console),
                cmocka_unit_test(test_verdict_survives_a_storm),
                cmocka_unit_test(test_verdict_tells_a_loss),
                cmocka_unit_test(test_verdict_of_a_guest_awaits_its_next_clock),
                cmocka_unit_test(test_verdict_tells_a_forgery),
                cmocka_unit_test(test_verdict_tells_a_late_daemon_nothing),
                cmocka_unit_test(test_verdict_tells_the_rest),
                cmocka_unit_test(test_verdict_reports_only_news),
                cmocka_unit_test(test_clock_state_refuses_what_it_did_not_write),
                cmocka_unit_test(test_clock_state_keeps_any_line),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
