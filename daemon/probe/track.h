/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the readings of two counters prove about each other. Pure arithmetic, in ticks of the TSC: no symmetry of the way there and
 * back is assumed, only that a cause comes before its effect.
 *
 * One exchange: CPU A reads t1, then asks; CPU B sees that and reads t2, then answers; A sees that and reads t3. B's reading lies
 * between A's two, so B's counter minus A's lies within [t2 - t3, t2 - t1].
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Bounds of an offset, both included. Each holds for the moment of the exchange that gave it, which A's counter tells. */
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
        Interval bound;   /* what all of them leave, since the offset was last seen to move */
        Interval earlier; /* where it was before; only when it moved */
        bool moved; /* no single offset explains them: another rate, or a counter that stood still or was written */
        unsigned n;
} Round;

void round_add(Round *round, uint64_t t1, uint64_t t2, uint64_t t3);
/* Where the offset was during the round; wherever it has been, when it moved. There must be an exchange. */
Interval round_interval(const Round *round);

/* One CPU against the reference, over the rounds. All zero: no round yet. */
typedef struct Track {
        Interval first, last;
        unsigned n_rounds;
        unsigned n_excluded; /* rounds that exclude zero */
        bool moved;          /* within a round */
        bool jumped;         /* no single rate explains the rounds: the counter stood still or was written in between */
        double rate_low,
                rate_high; /* ppm by which the CPU's counter runs faster; with two rounds or more, unless it jumped */
        bool has_rate;
} Track;

/* `round` began a second or more of idleness after the one before. */
void track_add(Track *track, const Interval *round, bool moved);

/* Zero is excluded in two rounds. One alone may be a counter that somebody wrote to in that very moment. */
bool track_is_convicted(const Track *track);
/* Something was seen that another round would confirm or not. */
bool track_is_suspect(const Track *track);
/* The rounds prove a rate other than 0; its bounds are then the outputs. */
bool track_get_rate(const Track *track, double *ret_low, double *ret_high);
