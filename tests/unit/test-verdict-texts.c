/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Every text about a host on which something may be wrong, and every remedy, compared with expected/verdict-texts,
 * which a person reads. `test-verdict-texts FILE` writes the texts to FILE. No remedy leads in a circle: after it was
 * followed less is left to do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "clock-player.h"

static const char *target = SOURCE_ROOT "/tests/unit/expected/verdict-texts";

enum {
        WATCHED = 1 << 0,
        NO_HPET = 1 << 1,
        ONLY_HPET = 1 << 2,
        LARGE = 1 << 3,
        STOPS_IN_C2 = 1 << 4,
        FOLLOWS = 1 << 5,
        OLD_AMD = 1 << 6,
        PROMISED = 1 << 7,
        NO_CLOCK = 1 << 8,
        DOM0 = 1 << 9,
        ONE_CPU = 1 << 10,
        FIT_HOSTS = WATCHED | NO_HPET | ONLY_HPET | LARGE,
        UNFIT_HOSTS = STOPS_IN_C2 | FOLLOWS | OLD_AMD | ONE_CPU,
        GUESTS = PROMISED | NO_CLOCK | DOM0,
        ALL = FIT_HOSTS | UNFIT_HOSTS | GUESTS,
};

static const struct {
        const char *name, *facts, *others, *reference;
} roles[] = {
        { "host", "amd family=25 constant nonstop cpus=64 pkg=1 nodes=1 k=6.8 driver=acpi_idle", "hpet acpi_pm",
          "hpet" },
        { "host without HPET", "amd family=25 constant nonstop cpus=64 pkg=1 nodes=1 k=6.8", "acpi_pm", "acpi_pm" },
        { "host with HPET alone", "amd family=25 constant nonstop cpus=64 pkg=1 nodes=1 k=6.8", "hpet", "hpet" },
        { "large host", "intel family=6 constant nonstop adjust cpus=768 pkg=16 nodes=16 k=6.4", "sgi_rtc hpet acpi_pm",
          "sgi_rtc" },
        { "host whose TSC stops in C2", "intel family=6 constant cpus=2 pkg=1 nodes=1 k=6.1 driver=acpi_idle deep=C3",
          "hpet acpi_pm", "hpet" },
        { "host whose TSC follows the frequency",
          "intel family=6 cpus=2 pkg=1 nodes=1 k=6.1 driver=acpi_idle deep=C2 governor=ondemand", "hpet acpi_pm",
          "hpet" },
        { "AMD host without constant_tsc", "amd family=15 cpus=2 pkg=2 nodes=2 k=6.1 driver=acpi_idle", "hpet acpi_pm",
          "hpet" },
        { "guest that was promised its TSC", "amd family=25 guest constant nonstop cpus=4 pkg=4 nodes=1 k=6.8",
          "kvm-clock acpi_pm", "kvm-clock" },
        { "guest without its hypervisor's clock", "intel family=6 guest cpus=4 pkg=4 nodes=1 k=6.8", "hpet acpi_pm",
          "hpet" },
        { "Xen's dom0", "intel family=6 guest xen-control constant nonstop cpus=16 pkg=1 nodes=1 k=6.1", "xen", "xen" },
        { "AMD host of one CPU", "amd family=15 cpus=1 pkg=1 nodes=1 k=6.1 driver=acpi_idle", "hpet acpi_pm", "hpet" },
};

#define LATE "say@7200000000:"
#define EARLY "say@9000000:"
#define BOOT "say@50000:"
#define MARKED "tsc: Marking TSC unstable due to "
#define SKEW(skew, interval)                                                                                           \
        "clocksource: timekeeping watchdog on CPU3: Marking clocksource 'tsc' as unstable because the skew is too "    \
        "large: ; say:clocksource:                       '%s' wd_nsec: " interval " wd_now: 1 wd_last: 0 mask: "       \
        "ffffffff ; say:clocksource:                       Clocksource 'tsc' skewed " skew " ns (0 ms) over watchdog " \
        "'%s' interval of " interval " ns (1 ms) ; say:" MARKED "clocksource watchdog"
/* The report of Linux up to 5.12, with a TSC of 2794.748 MHz and HPET at 14.318180 MHz: 7159090 ticks of HPET are 0.5
 * s. */
#define OLD_SKEW(wd_now, cs_now)                                                                                    \
        "clocksource: timekeeping watchdog on CPU3: Marking clocksource 'tsc' as unstable because the skew is too " \
        "large: ; say:clocksource:                       '%s' wd_now: " wd_now " wd_last: 0 mask: ffffffff ; "      \
        "say:clocksource:                       'tsc' cs_now: " cs_now                                              \
        " cs_last: 0 mask: ffffffffffffffff ; say:" MARKED "clocksource watchdog"
#define HPET_RATE "say@900000:hpet0: 3 comparators, 64-bit 14.318180 MHz counter ; "
#define READ_DELAY                                                                                               \
        "clocksource: timekeeping watchdog on CPU17: wd-tsc-wd read-back delay of 170100ns, attempt 4, marking " \
        "unstable ; say:" MARKED "clocksource watchdog"
#define AHEAD " ; say:clocksource:         CPUs 8 ahead of CPU 5 for clocksource tsc."
#define WARP(cycles)                                                   \
        "TSC synchronization [CPU#0 -> CPU#1]: ; say:Measured " cycles \
        " cycles TSC warp between CPUs, turning off TSC "              \
        "clock. ; say:" MARKED "check_tsc_sync_source failed"
#define KHZ "say@1400000:tsc: Refined TSC clocksource calibration: 2794.748 MHz ; "

/* With script "" the TSC works; %s is the reference. */
static const struct {
        const char *name;
        unsigned where;
        const char *cmdline, *script;
} happenings[] = {
        { "the watchdog", ALL & ~OLD_AMD, "", LATE SKEW("591659", "479339803") },
        { "the watchdog, in the first minute", ALL & ~OLD_AMD, "", EARLY SKEW("876429", "495412266") },
        { "the watchdog, no numbers in the log", WATCHED | NO_CLOCK, "", LATE MARKED "clocksource watchdog" },
        { "the watchdog of an older kernel", WATCHED, "", KHZ HPET_RATE LATE OLD_SKEW("6d3d32", "5b000000") },
        { "the watchdog of an older kernel, rates not known", WATCHED, "", LATE OLD_SKEW("6d3d32", "5b000000") },
        { "the watchdog of an older kernel, HPET started again at 0", WATCHED, "",
          KHZ HPET_RATE LATE OLD_SKEW("6d3d32", "c3839dba3a") },
        { "the watchdog, the TSC went back", FIT_HOSTS | GUESTS, "", LATE SKEW("-511979417", "511979417") },
        { "the watchdog, CPUs apart", FIT_HOSTS | GUESTS, "", LATE SKEW("489317", "511979417") AHEAD },
        { "the watchdog, firmware meddled", WATCHED, "",
          "say@300000:[Firmware Bug]: TSC ADJUST: CPU0: -591912 force to 0 ; " LATE SKEW("591659", "479339803") },
        { "the watchdog, stopped for seconds", PROMISED | NO_CLOCK | DOM0, "", LATE SKEW("-1338644", "4430073124") },
        { "the watchdog, nohpet is set", NO_HPET, "nohpet", LATE SKEW("591659", "479339803") },
        { "read delay", FIT_HOSTS | STOPS_IN_C2 | GUESTS, "", LATE READ_DELAY },
        { "read delay, in the first minute", WATCHED, "", EARLY READ_DELAY },
        { "read delay, CPUs apart", FIT_HOSTS, "", LATE READ_DELAY AHEAD },
        { "warp of 2 cycles", FIT_HOSTS | PROMISED, "", KHZ EARLY WARP("2") },
        { "warp of 2 cycles, rate not known", WATCHED, "", EARLY WARP("2") },
        { "warp of 4640 cycles", FIT_HOSTS | PROMISED, "", KHZ EARLY WARP("4640") },
        { "warp of 2.6 s", WATCHED, "", KHZ EARLY WARP("7265000000") },
        { "warp of a CPU that comes later", FIT_HOSTS | PROMISED, "", KHZ LATE WARP("4640") },
        { "CPUs skewed (7.2)", FIT_HOSTS | PROMISED, "",
          LATE "clocksource: Marking clocksource tsc unstable due to inter CPU skew ; say:" MARKED
               "clocksource watchdog" },
        { "a frequency change", FOLLOWS | ONE_CPU, "", EARLY MARKED "cpufreq changes on SMP" },
        { "a frequency change all the same", FOLLOWS, "processor.max_cstate=1 cpufreq.off=1",
          LATE MARKED "cpufreq changes on SMP" },
        { "C2 registered", STOPS_IN_C2 | FOLLOWS, "", EARLY MARKED "TSC halts in idle" },
        { "C2 registered all the same", STOPS_IN_C2, "processor.max_cstate=1", EARLY MARKED "TSC halts in idle" },
        { "C1E", ONE_CPU, "", EARLY MARKED "TSC halt in AMD C1E" },
        { "given up at boot", OLD_AMD | NO_CLOCK, "", BOOT MARKED "TSCs unsynchronized" },
        { "KVM", FIT_HOSTS, "", LATE MARKED "KVM discovered backwards TSC" },
        { "Hyper-V", NO_CLOCK, "", BOOT MARKED "running on Hyper-V" },
        { "tsc=unstable", WATCHED | STOPS_IN_C2 | OLD_AMD | PROMISED, "tsc=unstable", BOOT MARKED "boot parameter" },
        { "firmware's word", LARGE, "", BOOT MARKED "UV BIOS" },
        { "no calibration", WATCHED | STOPS_IN_C2 | PROMISED, "", BOOT MARKED "could not calculate TSC khz" },
        { "no calibration, acpi=off", WATCHED, "acpi=off", BOOT MARKED "could not calculate TSC khz" },
        { "kvm-clock refused", NO_CLOCK, "no-kvmclock", LATE SKEW("591659", "479339803") },
        { "another reason", WATCHED | PROMISED, "", LATE MARKED "cyrix 5510/5520 detected" },
};

#define CLEAN \
        "say@400000:clocksource: Switched to clocksource tsc-early ; say@1466114:clocksource: Switched to clocksource tsc ; "

/* States in which the kernel has not marked the TSC. %s are the other clocksources. */
static const struct {
        const char *name;
        unsigned where;
        const char *cmdline, *script;
} states[] = {
        { "in use", ALL & ~OLD_AMD, "", CLEAN "sys:tsc|tsc %s ; start" },
        { "nothing to compare with", WATCHED | STOPS_IN_C2 | GUESTS, "", CLEAN "sys:tsc|tsc ; start" },
        { "nothing to compare with, nohpet", WATCHED | PROMISED, "nohpet", CLEAN "sys:tsc|tsc ; start" },
        { "tsc=nowatchdog", WATCHED | UNFIT_HOSTS | GUESTS, "tsc=nowatchdog", CLEAN "sys:tsc|tsc %s ; start" },
        { "tsc=reliable", WATCHED | UNFIT_HOSTS | GUESTS, "tsc=reliable", CLEAN "sys:tsc|tsc %s ; start" },
        { "tsc=reliable, firmware meddled", WATCHED, "tsc=reliable",
          "say@300000:[Firmware Bug]: TSC ADJUST: CPU0: -591912 force to 0 ; " CLEAN "sys:tsc|tsc %s ; start" },
        { "clocksource=hpet", WATCHED | STOPS_IN_C2 | NO_CLOCK, "clocksource=hpet",
          "say@400000:clocksource: Switched to clocksource hpet ; sys:hpet|tsc %s ; start" },
        { "clock=pmtmr", NO_HPET, "clock=pmtmr", "sys:acpi_pm|tsc %s ; start" },
        { "switched by hand", WATCHED | STOPS_IN_C2 | NO_CLOCK, "", CLEAN "sys:hpet|tsc %s ; start" },
        { "the hypervisor's clock", PROMISED, "",
          "say@400000:clocksource: Switched to clocksource kvm-clock ; sys:kvm-clock|kvm-clock tsc ; start" },
        { "unbound", WATCHED | NO_CLOCK, "", CLEAN "sys:tsc|tsc %s ; start ; pass:60000 ; sys:hpet|%s ; pass:2000" },
        { "never registered", WATCHED | NO_CLOCK, "", "sys:hpet|%s ; start" },
        { "notsc", WATCHED | NO_CLOCK, "notsc", "sys:hpet|%s ; start" },
        { "the line is lost", WATCHED | NO_CLOCK, "",
          CLEAN "sys:tsc|tsc %s ; start ; pass:60000 ; overrun ; sys:hpet|%s ; pass:5000" },
};

static void fill(char *buffer, size_t size, const char *format, const char *word)
{
        size_t n = 0;

        for (; *format && n + 1 < size; format++) {
                if (strncmp(format, "%s", 2) == 0) {
                        n += (size_t)snprintf(buffer + n, size - n, "%s", word);
                        format++;
                } else {
                        buffer[n++] = *format;
                }
        }
        buffer[n] = '\0';
}

static void play_mark(Player *player, unsigned role, const char *cmdline, const char *script)
{
        char lines[1024], whole[2048], first[32];
        const char *others = roles[role].others;

        snprintf(first, sizeof(first), "%.*s", (int)strcspn(others, " "), others);
        fill(lines, sizeof(lines), script, roles[role].reference);
        /* A TSC that was lost at boot was never in use. */
        if (strncmp(script, BOOT, strlen(BOOT)) == 0)
                snprintf(whole, sizeof(whole), "%s ; sys:%s|%s ; start", lines, first, others);
        else
                snprintf(whole, sizeof(whole),
                         CLEAN "%s ; say:clocksource: Switched to clocksource %s ; sys:%s|%s ; start", lines, first,
                         first, others);
        player_init(player, roles[role].facts, cmdline);
        player_run(player, whole);
}

static void play_state(Player *player, unsigned role, const char *cmdline, const char *script)
{
        char whole[1024];

        fill(whole, sizeof(whole), script, roles[role].others);
        player_init(player, roles[role].facts, cmdline);
        player_run(player, whole);
}

static void write_case(FILE *out, const char *role, const char *name, const Player *player, const ClockView *view)
{
        _cleanup_free_ char *reason = clock_reason_text(&player->clock), *remedy = clock_remedy(&player->clock);
        const char *why = clock_reason_to_string(view->reason), *suspect = suspect_to_string(view->suspect);

        assert_true(reason && remedy);
        fprintf(out, "%s: %s\n  %s%s%s%s, suspect: %s, %s\n  %s\n  %s\n\n", role, name,
                verdict_to_string(view->verdict), why[0] ? " " : "", why, view->expected ? ", expected" : "",
                suspect[0] ? suspect : "none", urgency_to_string(view->urgency), reason, remedy[0] ? remedy : "-");
}

/* Returns the command line without `word`. */
static void take_off(char *cmdline, const char *word)
{
        char *at = strstr(cmdline, word);

        assert_non_null(at);
        memmove(at, at + strlen(word), strlen(at + strlen(word)) + 1);
}

/* The host after somebody has followed the remedy; false if the remedy says that nothing helps. */
static bool do_as_told(const Player *player, const ClockView *view, const char *remedy, unsigned role, Player *ret)
{
        static char cmdline[256];
        const char *missing[BOOT_PARAMETERS_MAX + 1], *script = CLEAN "sys:tsc|tsc %s ; start";
        char buffer[64];
        RemedyKind kind = clock_remedy_kind(&player->facts, view);

        snprintf(cmdline, sizeof(cmdline), "%s", player->facts.cmdline);
        switch (kind) {
        case REMEDY_RETIRE:
                return false;
        case REMEDY_REMOVE_PARAMETER:
                take_off(cmdline, clock_harmful_parameter(&player->facts, view->verdict, buffer));
                break;
        case REMEDY_FALSE_ALARM:
                strcat(cmdline, " tsc=nowatchdog");
                break;
        case REMEDY_HYPERVISOR:
                script = roles[role].reference[0] == 'x' ? "sys:xen|xen tsc ; start" :
                                                           "sys:kvm-clock|kvm-clock tsc ; start";
                break;
        default:
                break;
        }
        clock_boot_parameters_missing(&player->facts, view->verdict, view->reason, missing);
        if (kind == REMEDY_SWITCH_BACK)
                missing[0] = NULL;
        for (const char **m = missing; *m; m++)
                if (strstr(remedy, *m))
                        strcat(strcat(cmdline, " "), *m);
        /* The kernel's behaviour on every boot with these parameters. */
        play_state(ret, role, cmdline, script);
        if (kind != REMEDY_SWITCH_BACK && clock_facts_predict(&ret->facts) != REASON_NONE && !ret->facts.hypervisor) {
                player_done(ret);
                play_mark(ret, role, cmdline, EARLY MARKED "TSC halts in idle");
        }
        return true;
}

static void check_circle(const char *role_name, const char *name, const Player *player, const ClockView *view,
                         unsigned role)
{
        _cleanup_free_ char *remedy = clock_remedy(&player->clock);
        ClockView after;
        Player then;

        assert_int_equal(remedy[0] != '\0', view->urgency != URGENCY_NONE);
        if (view->urgency == URGENCY_NONE)
                return;
        if (!do_as_told(player, view, remedy, role, &then)) {
                assert_true(strstr(remedy, "run no guests") || strstr(remedy, "Run no such guests"));
                return;
        }
        clock_get(&then.clock, &after);
        if (after.urgency >= view->urgency)
                fail_msg("%s: %s: with '%s' it is %s, which is no better: %s", role_name, name, then.facts.cmdline,
                         urgency_to_string(after.urgency), remedy);
        /* The new state does not complain about the change that the remedy asked for. */
        if (clock_advice(&then.facts) &
            (1U << ADVICE_RELIABLE_UNFIT | 1U << ADVICE_RELIABLE_NEEDLESS | 1U << ADVICE_GOOD_TSC_REFUSED))
                fail_msg("%s: %s: '%s' is complained of", role_name, name, then.facts.cmdline);
        player_done(&then);
}

static void each_case(void (*fn)(const char *role_name, const char *name, const Player *player, const ClockView *view,
                                 unsigned role, void *userdata),
                      void *userdata)
{
        for (unsigned role = 0; role < ARRAY_SIZE(roles); role++) {
                for (size_t i = 0; i < ARRAY_SIZE(states) + ARRAY_SIZE(happenings); i++) {
                        bool marked = i >= ARRAY_SIZE(states);
                        size_t n = marked ? i - ARRAY_SIZE(states) : i;
                        ClockView view;
                        Player player;

                        if (!((marked ? happenings[n].where : states[n].where) & 1U << role))
                                continue;
                        if (marked)
                                play_mark(&player, role, happenings[n].cmdline, happenings[n].script);
                        else
                                play_state(&player, role, states[n].cmdline, states[n].script);
                        clock_get(&player.clock, &view);
                        fn(roles[role].name, marked ? happenings[n].name : states[n].name, &player, &view, role,
                           userdata);
                        player_done(&player);
                }
        }
}

static void on_text(const char *role_name, const char *name, const Player *player, const ClockView *view, unsigned role,
                    void *userdata)
{
        write_case(userdata, role_name, name, player, view);
}

static void on_circle(const char *role_name, const char *name, const Player *player, const ClockView *view,
                      unsigned role, void *userdata)
{
        check_circle(role_name, name, player, view, role);
}

static void test_verdict_texts_are_as_reviewed(void **state)
{
        _cleanup_free_ char *text = NULL, *wanted = NULL;
        size_t size, length;
        FILE *out = open_memstream(&text, &size), *file;

        each_case(on_text, out);
        fclose(out);
        file = fopen(target, "re");
        assert_non_null(file);
        wanted = calloc(1, size + 2);
        length = fread(wanted, 1, size + 1, file);
        fclose(file);
        if (length != size || memcmp(wanted, text, size) != 0)
                fail_msg("not as in %s: write it anew, look at the difference", target);
}

static void test_verdict_remedies_lead_somewhere(void **state)
{
        each_case(on_circle, NULL);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_verdict_texts_are_as_reviewed),
                cmocka_unit_test(test_verdict_remedies_lead_somewhere),
        };

        if (argc > 1) {
                FILE *out = fopen(argv[1], "we");

                if (!out)
                        return EXIT_FAILURE;
                each_case(on_text, out);
                return fclose(out) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
        }
        return cmocka_run_group_tests(tests, NULL, NULL);
}
