/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Prints the frequency in Hz of this machine's TSC by its own clock, which chronyd serves to the guest: QEMU's emulated
 * CPU has this TSC.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define MEASURE_SEC 5
#define TRIES 1000

typedef struct Reading {
        uint64_t tsc;
        double nsec;
} Reading;

/* The try with the fewest cycles around it: whoever is interrupted between two readings takes longer. */
static Reading read_both(double since_sec)
{
        uint64_t least = UINT64_MAX;
        Reading best = { 0 };

        for (unsigned i = 0; i < TRIES; i++) {
                uint64_t before, after;
                struct timespec now;

                before = __rdtsc();
                (void)clock_gettime(CLOCK_REALTIME, &now);
                after = __rdtsc();
                if (after - before >= least)
                        continue;
                least = after - before;
                best = (Reading) { before + least / 2, ((double)now.tv_sec - since_sec) * 1e9 + (double)now.tv_nsec };
        }
        return best;
}

int main(void)
{
        double since_sec = (double)time(NULL);
        Reading from, to;

        from = read_both(since_sec);
        (void)sleep(MEASURE_SEC);
        to = read_both(since_sec);
        printf("%.0f\n", (double)(to.tsc - from.tsc) / (to.nsec - from.nsec) * 1e9);
        return 0;
}
