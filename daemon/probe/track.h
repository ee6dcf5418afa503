/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the readings of two counters prove about each other. Pure arithmetic, in ticks of the TSC. It assumes only that
 * a cause comes before its effect; the way there may take longer than the way back.
 *
 * One exchange: CPU A reads t1, then asks; CPU B sees that and reads t2, then answers; A sees that and reads t3. B's
 * reading lies between A's two, so B's counter minus A's lies within [t2 - t3, t2 - t1].
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Bounds of an offset, both included. Each bound holds for the moment of the exchange that gave it, in time of A's
 * counter. */
typedef struct Interval {
        int64_t low, high;
        uint64_t low_time, high_time;
} Interval;

static inline bool interval_excludes_zero(const Interval *interval)
{
        return interval->low > 0 || interval->high < 0;
}

/* C minus A, from B minus A and C minus B. */
Interval interval_sum(const Interval *ab, const Interval *bc);

/* All exchanges of one pair in one round. All zero: none yet. */
typedef struct Round {
        Interval bound;   /* within all their bounds, since the offset was last seen to move */
        Interval earlier; /* within its bounds before that; only if it moved */
        bool moved;       /* no single offset fits them all: the rates differ, or a counter stopped or was written */
        unsigned n;
} Round;

void round_add(Round *round, uint64_t t1, uint64_t t2, uint64_t t3);
/* The bounds of the offset during the round, also of those before it moved. There must have been an exchange. */
Interval round_interval(const Round *round);

/* One CPU against the reference, over the rounds. All zero: no round yet. */
typedef struct Track {
        Interval first, last;
        unsigned n_rounds;
        unsigned n_excluded; /* rounds that exclude zero */
        bool moved;          /* the offset moved within a round */
        bool jumped;         /* no single rate fits the rounds: the counter stopped or was written in between */
        double rate_low,
                rate_high; /* ppm by which the CPU's counter runs faster; with two rounds or more, unless it jumped */
        bool has_rate;
} Track;

/* `round` began at least a second of idleness after the one before. */
void track_add(Track *track, const Interval *round, bool moved);

/* Two rounds exclude zero. One alone does not convict: somebody may have written to a counter at that moment. */
bool track_is_convicted(const Track *track);
/* Something was seen that another round could confirm. */
bool track_is_suspect(const Track *track);
/* Whether the rounds prove that the rates differ; the outputs are then the bounds of the difference in ppm. */
bool track_get_rate(const Track *track, double *ret_low, double *ret_high);
