/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Plays the rows of clock-scenarios.tsv to a Clock.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/clock-advice.h"
#include "model/verdict.h"

#define PLAYER_LINES_MAX 512

typedef struct Player {
        Facts facts;
        Clock clock;
        uint64_t now;
        char *lines[PLAYER_LINES_MAX]; /* what the kernel has logged so far */
        uint64_t usecs[PLAYER_LINES_MAX];
        unsigned n_lines;
        char sysfs[256]; /* CURRENT|AVAILABLE */
        bool noisy;      /* each line of the script comes after harmless lines, chosen by rand() */
        ClockChanges changes;
} Player;

void player_init(Player *player, const char *facts, const char *cmdline);
void player_done(Player *player);
void player_run(Player *player, const char *script);
/* Plays one line of the kernel's log; player->now advances to its time. */
void player_line(Player *player, uint64_t usec, const char *text);
void player_pass(Player *player, uint64_t usec);
/* Plays the lines of transcripts/NAME.txt as a slow console writes them: with a pause of up to max_gap_usec, from
 * rand(), before each but the first. As in the kernel sysfs becomes `sysfs` before the last switch is logged, or after
 * the last line. */
void player_slowly(Player *player, const char *name, uint64_t max_gap_usec, const char *sysfs);
/* Makes *ret a daemon that starts now, with the same log, sysfs and facts. */
void player_start_late(const Player *player, Player *ret);
