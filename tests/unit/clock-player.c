/* SPDX-License-Identifier: GPL-2.0-or-later */
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

#define BOOT_ID "0f5cbd6c-8a4e-4a53-9c9b-0f7a5ac21c6e"

static const char *const noise[] = {
        "clocksource: timekeeping watchdog on CPU1: hpet retried 2 times before success",
        "clocksource: timekeeping watchdog on CPU31: hpet wd-wd read-back delay of 61090ns",
        "clocksource: wd-tsc-wd read-back delay of 110022ns, clock-skew test skipped!",
        "clocksource: Long readout interval, skipping watchdog check: cs_nsec: 8512002 wd_nsec: 8511990",
        "clocksource: Watchdog remote CPU 1 read timed out",
        "clocksource: Watchdog hpet read timed out. Readout sequence took: 81223ns",
        "clocksource: Checking clocksource tsc synchronization from CPU 0 to CPUs 1-3.",
        "clocksource: Not enough CPUs to check clocksource 'tsc'.",
        "tsc: Fast TSC calibration using PIT",
        "TSC found unstable after boot, most likely due to broken BIOS. Use 'tsc=unstable'.",
        "sched_clock: Marking unstable (61701331020, 10733811)<-(61733209114, -21196592)",
        "TSC ADJUST: CPU2: 0 NOT forced to 0",
        "TSC synchronization [CPU#0 -> CPU#1]: passed",
        "Skipped synchronization checks as TSC is reliable.",
        "clocksource: Override clocksource acpi_pm is not currently HRT compatible - deferring",
        "Unstable clock detected, switching default tracing clock to \"global\"",
        "clocksource: jiffies: mask: 0xffffffff max_cycles: 0xffffffff, max_idle_ns: 7645041785100000 ns",
        "tmpfs: Unknown parameter 'tsc: Marking TSC unstable due to clocksource watchdog'",
        "TSC warp[309]: segfault at 0 ip 00005581c1b2a129 sp 00007ffd7f6a2d10 error 6 in a.out[5581c1b2a000+1000]",
        "hrtimer: interrupt took 6663395 ns",
        "IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready",
        "",
};

static void read_word(Facts *facts, const char *word)
{
        unsigned minor;

        if (strcmp(word, "intel") == 0)
                strcpy(facts->vendor, "GenuineIntel");
        else if (strcmp(word, "amd") == 0)
                strcpy(facts->vendor, "AuthenticAMD");
        else if (strcmp(word, "constant") == 0)
                facts->constant_tsc = true;
        else if (strcmp(word, "nonstop") == 0)
                facts->nonstop_tsc = true;
        else if (strcmp(word, "adjust") == 0)
                facts->tsc_adjust = true;
        else if (strcmp(word, "reliable") == 0)
                facts->tsc_reliable = true;
        else if (strcmp(word, "guest") == 0)
                facts->hypervisor = true;
        else if (strcmp(word, "xen-control") == 0)
                facts->xen_control = true;
        else if (strcmp(word, "notsc") == 0)
                facts->has_tsc = false;
        else if (sscanf(word, "k=%u.%u", &facts->kernel_major, &minor) == 2)
                facts->kernel_minor = minor;
        else if (sscanf(word, "family=%u", &facts->family) != 1 && sscanf(word, "cpus=%u", &facts->n_possible) != 1 &&
                 sscanf(word, "pkg=%u", &facts->n_packages) != 1 && sscanf(word, "nodes=%u", &facts->n_nodes) != 1 &&
                 sscanf(word, "driver=%15s", facts->idle_driver) != 1 &&
                 sscanf(word, "deep=%15s", facts->deep_state) != 1 &&
                 sscanf(word, "governor=%15s", facts->moving_governor) != 1)
                fail_msg("no such fact: %s", word);
}

void player_init(Player *player, const char *facts, const char *cmdline)
{
        _cleanup_free_ char *copy = strdup(facts);
        char *rest = copy, *word;

        *player = (Player) { .facts = { .has_tsc = true, .cmdline = cmdline }, .sysfs = "?|?" };
        while ((word = strsep(&rest, " ")))
                if (word[0])
                        read_word(&player->facts, word);
        clock_init(&player->clock, &player->facts);
}

void player_done(Player *player)
{
        for (unsigned i = 0; i < player->n_lines; i++)
                free(player->lines[i]);
}

static void feed(Player *player, uint64_t usec, const char *text)
{
        assert_true(player->n_lines < PLAYER_LINES_MAX);
        player->usecs[player->n_lines] = usec;
        player->lines[player->n_lines++] = strdup(text);
        clock_feed_line(&player->clock, usec, player->now, text, &player->changes);
}

void player_line(Player *player, uint64_t usec, const char *text)
{
        if (usec > player->now)
                player->now = usec;
        for (int n = player->noisy ? rand() % 3 : 0; n > 0; n--)
                feed(player, usec, noise[(size_t)rand() % ARRAY_SIZE(noise)]);
        feed(player, usec, text);
}

static void sysfs_feed(Player *player)
{
        char copy[sizeof(player->sysfs)], *available;

        strcpy(copy, player->sysfs);
        available = strchr(copy, '|');
        assert_non_null(available);
        *available++ = '\0';
        clock_feed_sysfs(&player->clock,
                         &(ClockObservation) { .current = strcmp(copy, "?") == 0 ? NULL : copy,
                                               .available = strcmp(available, "?") == 0 ? NULL : available },
                         player->now, &player->changes);
}

void player_pass(Player *player, uint64_t usec)
{
        uint64_t end = player->now + usec, deadline;

        while ((deadline = clock_deadline(&player->clock)) <= end) {
                if (deadline > player->now)
                        player->now = deadline;
                if (clock_wants_sysfs(&player->clock))
                        sysfs_feed(player);
                clock_feed_timer(&player->clock, player->now, &player->changes);
                assert_true(clock_deadline(&player->clock) > player->now);
        }
        player->now = end;
}

#define TRANSCRIPT_MAX 16

typedef struct Transcript {
        uint64_t usecs[TRANSCRIPT_MAX];
        char *lines[TRANSCRIPT_MAX];
        unsigned n;
} Transcript;

static void transcript_done(Transcript *transcript)
{
        for (unsigned i = 0; i < transcript->n; i++)
                free(transcript->lines[i]);
}

static void transcript_read(Transcript *ret, const char *name)
{
        _cleanup_free_ char *path = NULL, *line = NULL;
        size_t size = 0;
        FILE *file;

        ret->n = 0;
        assert_true(asprintf(&path, "%s/tests/unit/transcripts/%s.txt", SOURCE_ROOT, name) > 0);
        file = fopen(path, "re");
        if (!file)
                fail_msg("%s: cannot be opened", path);
        while (getline(&line, &size, file) > 0) {
                unsigned long long seconds, usec;
                int at = 0;

                line[strcspn(line, "\n")] = '\0';
                if (sscanf(line, "[%llu.%llu] %n", &seconds, &usec, &at) != 2 || at == 0)
                        fail_msg("%s: %s", path, line);
                assert_true(ret->n < TRANSCRIPT_MAX);
                ret->usecs[ret->n] = seconds * 1000000 + usec;
                ret->lines[ret->n++] = strdup(strchr(line, ']') + 2);
        }
        fclose(file);
}

static void play_file(Player *player, const char *name)
{
        Transcript transcript;

        transcript_read(&transcript, name);
        for (unsigned i = 0; i < transcript.n; i++)
                player_line(player, transcript.usecs[i], transcript.lines[i]);
        transcript_done(&transcript);
}

void player_slowly(Player *player, const char *name, uint64_t max_gap_usec, const char *sysfs)
{
        unsigned switched = 0;
        Transcript transcript;

        transcript_read(&transcript, name);
        for (unsigned i = 0; i < transcript.n; i++)
                if (strstr(transcript.lines[i], "Switched to clocksource"))
                        switched = i;
        if (transcript.usecs[0] > player->now)
                player->now = transcript.usecs[0];
        for (unsigned i = 0; i < transcript.n; i++) {
                if (i > 0)
                        player_pass(player, (uint64_t)rand() % max_gap_usec);
                if (i > 0 && i == switched)
                        snprintf(player->sysfs, sizeof(player->sysfs), "%s", sysfs);
                player_line(player, player->now, transcript.lines[i]);
                if (clock_wants_sysfs(&player->clock))
                        sysfs_feed(player);
        }
        snprintf(player->sysfs, sizeof(player->sysfs), "%s", sysfs);
        player_pass(player, 2 * CLOCK_GRACE_USEC);
        transcript_done(&transcript);
}

static void replay(const Player *from, Player *to)
{
        for (unsigned i = 0; i < from->n_lines; i++)
                clock_feed_line(&to->clock, from->usecs[i], to->now, from->lines[i], &to->changes);
}

static void restart(Player *player, bool with_log)
{
        _cleanup_free_ char *state = clock_export(&player->clock, BOOT_ID);

        assert_non_null(state);
        clock_init(&player->clock, &player->facts);
        assert_int_equal(clock_import(&player->clock, state, strlen(state), BOOT_ID), 1);
        if (with_log)
                replay(player, player);
        sysfs_feed(player);
        clock_start(&player->clock, with_log, player->now);
        player_pass(player, 2000000);
}

void player_start_late(const Player *player, Player *ret)
{
        *ret = (Player) { .facts = player->facts, .now = player->now };
        strcpy(ret->sysfs, player->sysfs);
        clock_init(&ret->clock, &ret->facts);
        replay(player, ret);
        sysfs_feed(ret);
        clock_start(&ret->clock, true, ret->now);
        player_pass(ret, 2000000);
}

static void play_step(Player *player, const char *step)
{
        const char *argument = strchr(step, ':') ? strchr(step, ':') + 1 : "";
        unsigned long long usec;
        int at = 0;

        if (strncmp(step, "boot:", 5) == 0 || strncmp(step, "live:", 5) == 0) {
                play_file(player, argument);
        } else if (strncmp(step, "sys:", 4) == 0) {
                snprintf(player->sysfs, sizeof(player->sysfs), "%s", argument);
                sysfs_feed(player);
        } else if (strcmp(step, "start") == 0 || strcmp(step, "start-gap") == 0) {
                clock_start(&player->clock, strcmp(step, "start") == 0, player->now);
                assert_int_equal(player->changes.mask, 0);
        } else if (strncmp(step, "say:", 4) == 0) {
                player_line(player, player->now + 1000, argument);
        } else if (sscanf(step, "say@%llu:%n", &usec, &at) == 1 && at) {
                player_line(player, usec, step + at);
        } else if (sscanf(step, "pass:%llu", &usec) == 1) {
                player_pass(player, usec * 1000);
        } else if (strcmp(step, "overrun") == 0) {
                clock_feed_overrun(&player->clock);
        } else if (strcmp(step, "restart") == 0 || strcmp(step, "restart-gap") == 0) {
                restart(player, strcmp(step, "restart") == 0);
        } else {
                fail_msg("no such step: %s", step);
        }
}

void player_run(Player *player, const char *script)
{
        _cleanup_free_ char *copy = strdup(script);
        char *step = copy;

        while (step) {
                char *next = strstr(step, " ; ");

                if (next)
                        *next = '\0';
                play_step(player, step);
                step = next ? next + 3 : NULL;
        }
}
