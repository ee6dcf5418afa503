/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/track.h"

#define CONVICTING_ROUNDS 2

Interval interval_sum(const Interval *ab, const Interval *bc)
{
        return (Interval) {
                .low = ab->low + bc->low,
                .high = ab->high + bc->high,
                .low_time = bc->low_time,
                .high_time = bc->high_time,
        };
}

static void take_low(Interval *interval, const Interval *other)
{
        interval->low = other->low;
        interval->low_time = other->low_time;
}

static void take_high(Interval *interval, const Interval *other)
{
        interval->high = other->high;
        interval->high_time = other->high_time;
}

/* The smallest interval that holds both. */
static Interval hull(Interval a, const Interval *b)
{
        if (b->low < a.low)
                take_low(&a, b);
        if (b->high > a.high)
                take_high(&a, b);
        return a;
}

void round_add(Round *round, uint64_t t1, uint64_t t2, uint64_t t3)
{
        /* A counter may wrap; the differences are still right. */
        Interval seen = { (int64_t)(t2 - t3), (int64_t)(t2 - t1), t3, t1 };

        if (seen.low > seen.high) {
                /* A's own counter went back during the exchange. */
                if (round->n > 0 && !round->moved)
                        round->earlier = round->bound;
                round->moved = round->n > 0;
                return;
        }
        if (round->n++ == 0) {
                round->bound = seen;
                return;
        }
        if (seen.low > round->bound.high || seen.high < round->bound.low) {
                round->earlier = round->moved ? hull(round->earlier, &round->bound) : round->bound;
                round->moved = true;
                round->bound = seen;
                return;
        }
        if (seen.low > round->bound.low)
                take_low(&round->bound, &seen);
        if (seen.high < round->bound.high)
                take_high(&round->bound, &seen);
}

Interval round_interval(const Round *round)
{
        return round->moved ? hull(round->bound, &round->earlier) : round->bound;
}

static double rate_ppm(int64_t from, uint64_t from_time, int64_t to, uint64_t to_time)
{
        return (double)(to - from) * 1e6 / (double)(int64_t)(to_time - from_time);
}

/* The offset was at most from->high at its time and is at least to->low at its time. So it has grown by at least the
 * difference during the time in between. The upper bound follows in the same way. */
static void bound_rate(Track *track, const Interval *from, const Interval *to)
{
        double low, high;

        if ((int64_t)(to->low_time - from->high_time) <= 0 || (int64_t)(to->high_time - from->low_time) <= 0)
                return;
        low = rate_ppm(from->high, from->high_time, to->low, to->low_time);
        high = rate_ppm(from->low, from->low_time, to->high, to->high_time);
        if (!track->has_rate || low > track->rate_low)
                track->rate_low = low;
        if (!track->has_rate || high < track->rate_high)
                track->rate_high = high;
        track->has_rate = true;
}

void track_add(Track *track, const Interval *round, bool moved)
{
        track->moved |= moved;
        track->n_excluded += interval_excludes_zero(round);
        if (track->n_rounds++ == 0)
                track->first = *round;
        else {
                bound_rate(track, &track->last, round);
                bound_rate(track, &track->first, round);
                track->jumped |= track->has_rate && track->rate_low > track->rate_high;
        }
        track->last = *round;
}

bool track_is_convicted(const Track *track)
{
        return track->n_excluded >= CONVICTING_ROUNDS;
}

bool track_get_rate(const Track *track, double *ret_low, double *ret_high)
{
        if (!track->has_rate || track->jumped || (track->rate_low <= 0 && track->rate_high >= 0))
                return false;
        *ret_low = track->rate_low;
        *ret_high = track->rate_high;
        return true;
}

bool track_is_suspect(const Track *track)
{
        double low, high;

        return track->n_excluded > 0 || track->moved || track->jumped || track_get_rate(track, &low, &high);
}
