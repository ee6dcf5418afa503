/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "guests/judge.h"

#define P(problem) (1U << GUEST_##problem)
#define HALF (UINT64_C(1) << 31)
#define ONE (UINT64_C(1) << 32)

typedef struct Row {
        const char *what;
        GuestVcpu vcpus[4];
        unsigned n_vcpus, frac_bits;
        VmClock clock;
        GuestHost host;
        uint64_t started_usec;
        TscStable stable;
        unsigned problems;
        Migration migration;
        bool has_spread;
        uint64_t spread_nsec;
        unsigned tsc_khz;
        int scaled;
} Row;

#define QEMU .clock = { .vmm = VMM_QEMU, .known = true, .kvmclock = true }
#define HOST .host = { .tsc_in_use = 1, .tsc_khz = 2000000 }
/* clang-format off */
#define OFFSET(n) { .has_offset = true, .offset = (uint64_t)(n) }
#define BOTH(n, r) { .has_offset = true, .offset = (uint64_t)(n), .has_ratio = true, .ratio = (r) }

static const Row rows[] = {
        { "alike", { OFFSET(-5), OFFSET(-5) }, 2, QEMU, HOST, .stable = TSC_STABLE_YES, .migration = MIGRATION_OPEN, .has_spread = true,
          .tsc_khz = 2000000 },
        { "apart", { OFFSET(0), OFFSET(23829440) }, 2, QEMU, HOST, .stable = TSC_STABLE_NO, .problems = P(OFFSETS_DIFFER),
          .migration = MIGRATION_OPEN, .has_spread = true, .spread_nsec = 11914720, .tsc_khz = 2000000 },
        { "apart by less than 1 ns", { OFFSET(6), OFFSET(7) }, 2, QEMU, .host = { .tsc_in_use = 1, .tsc_khz = 4000000 },
          .stable = TSC_STABLE_NO, .problems = P(OFFSETS_DIFFER), .migration = MIGRATION_OPEN, .has_spread = true, .spread_nsec = 1, .tsc_khz = 4000000 },
        { "on both sides of 0", { OFFSET(10), OFFSET(-10), OFFSET(20) }, 3, QEMU, HOST, .stable = TSC_STABLE_NO,
          .problems = P(OFFSETS_DIFFER), .migration = MIGRATION_OPEN, .has_spread = true, .spread_nsec = 15, .tsc_khz = 2000000 },
        { "the extremes", { OFFSET(0), OFFSET(INT64_MIN) }, 2, QEMU, HOST, .stable = TSC_STABLE_NO, .problems = P(OFFSETS_DIFFER),
          .migration = MIGRATION_OPEN, .has_spread = true, .spread_nsec = UINT64_C(4611686018427387904), .tsc_khz = 2000000 },
        { "the guest's own rate counts", { BOTH(0, HALF), BOTH(1000, HALF) }, 2, 32, QEMU, HOST, .stable = TSC_STABLE_NO,
          .problems = P(OFFSETS_DIFFER) | P(SCALED), .migration = MIGRATION_OPEN, .has_spread = true, .spread_nsec = 1000,
          .tsc_khz = 1000000, .scaled = 1 },
        { "could be scaled and is not", { BOTH(7, ONE) }, 1, 32, QEMU, HOST, .stable = TSC_STABLE_YES, .migration = MIGRATION_OPEN,
          .has_spread = true, .tsc_khz = 2000000 },
        { "different rates", { BOTH(7, ONE), BOTH(7, HALF) }, 2, 32, QEMU, HOST, .stable = TSC_STABLE_NO, .problems = P(RATES_DIFFER),
          .migration = MIGRATION_OPEN, .has_spread = true },
        /* A value that could not be read never counts as good. */
        { "an offset is missing", { OFFSET(5), {} }, 2, QEMU, HOST, .migration = MIGRATION_OPEN, .tsc_khz = 2000000 },
        { "the first is missing", { {}, OFFSET(5), OFFSET(5) }, 3, QEMU, HOST, .migration = MIGRATION_OPEN, .tsc_khz = 2000000 },
        { "one is missing, two differ", { {}, OFFSET(5), OFFSET(6) }, 3, QEMU, HOST, .stable = TSC_STABLE_NO,
          .problems = P(OFFSETS_DIFFER), .migration = MIGRATION_OPEN, .tsc_khz = 2000000 },
        { "no vCPU", {}, 0, QEMU, HOST, .migration = MIGRATION_OPEN, .scaled = -1 },
        { "a ratio is missing", { BOTH(7, ONE), OFFSET(7) }, 2, 32, QEMU, HOST, .migration = MIGRATION_OPEN, .has_spread = true,
          .scaled = -1 },
        { "bits without a ratio", { OFFSET(7) }, 1, 32, QEMU, HOST, .migration = MIGRATION_OPEN, .has_spread = true, .scaled = -1 },
        { "a ratio without bits", { BOTH(7, ONE) }, 1, 0, QEMU, HOST, .migration = MIGRATION_OPEN, .has_spread = true, .scaled = -1 },
        { "a ratio of 0", { BOTH(7, 0) }, 1, 32, QEMU, HOST, .migration = MIGRATION_OPEN, .has_spread = true, .scaled = -1 },
        { "a ratio beyond reason", { BOTH(7, UINT64_MAX) }, 1, 8, QEMU, HOST, .migration = MIGRATION_OPEN, .has_spread = true,
          .scaled = -1 },
        { "the host is not known", { OFFSET(5) }, 1, QEMU, .host = { .tsc_in_use = -1 }, .migration = MIGRATION_OPEN,
          .has_spread = true },
        { "apart, and nothing is known of the host", { OFFSET(5), OFFSET(6) }, 2, QEMU, .host = { .tsc_in_use = -1 },
          .stable = TSC_STABLE_NO, .problems = P(OFFSETS_DIFFER), .migration = MIGRATION_OPEN },
        /* What depends on the host. */
        { "the host's TSC is not in use", { OFFSET(5) }, 1, QEMU, .host = { .tsc_in_use = 0, .tsc_khz = 1000000 },
          .stable = TSC_STABLE_NO, .problems = P(HOST_TSC), .migration = MIGRATION_OPEN, .has_spread = true, .tsc_khz = 1000000 },
        { "started before the loss", { OFFSET(5) }, 1, QEMU, .host = { .tsc_in_use = 0, .tsc_khz = 1000000, .lost_usec = 100 },
          .started_usec = 99, .stable = TSC_STABLE_NO, .problems = P(HOST_TSC) | P(STARTED_EARLIER), .migration = MIGRATION_OPEN,
          .has_spread = true, .tsc_khz = 1000000 },
        { "started after it", { OFFSET(5) }, 1, QEMU, .host = { .tsc_in_use = 0, .tsc_khz = 1000000, .lost_usec = 100 },
          .started_usec = 101, .stable = TSC_STABLE_NO, .problems = P(HOST_TSC), .migration = MIGRATION_OPEN, .has_spread = true,
          .tsc_khz = 1000000 },
        /* What depends on the options of the VMM. */
        { "SEV-SNP", { OFFSET(0), OFFSET(9) }, 2, HOST, .clock = { .known = true, .kvmclock = true, .confidential = true },
          .stable = TSC_STABLE_NOT_APPLICABLE, .scaled = -1 },
        { "invtsc", { OFFSET(5) }, 1, HOST, .clock = { .known = true, .kvmclock = true, .invtsc = true }, .stable = TSC_STABLE_YES,
          .problems = P(INVTSC_PINNED), .migration = MIGRATION_BLOCKED, .has_spread = true, .tsc_khz = 2000000 },
        { "invtsc and its rate", { OFFSET(5) }, 1, HOST,
          .clock = { .known = true, .kvmclock = true, .invtsc = true, .hv_reenlightenment = true, .tsc_hz = 2000000000 },
          .stable = TSC_STABLE_YES, .migration = MIGRATION_OPEN, .has_spread = true, .tsc_khz = 2000000 },
        { "reenlightenment", { OFFSET(5) }, 1, HOST, .clock = { .known = true, .kvmclock = true, .hv_reenlightenment = true },
          .stable = TSC_STABLE_YES, .problems = P(HV_PINNED), .migration = MIGRATION_BLOCKED, .has_spread = true, .tsc_khz = 2000000 },
        { "no clock", { OFFSET(5) }, 1, HOST, .clock = { .known = true }, .stable = TSC_STABLE_YES, .problems = P(NO_CLOCK),
          .migration = MIGRATION_OPEN, .has_spread = true, .tsc_khz = 2000000 },
        { "Windows without hv-time", { OFFSET(5) }, 1, HOST, .clock = { .known = true, .kvmclock = true, .rtc_localtime = true },
          .stable = TSC_STABLE_YES, .problems = P(RTC_LOCAL), .migration = MIGRATION_OPEN, .has_spread = true, .tsc_khz = 2000000 },
        { "Windows", { OFFSET(5) }, 1, HOST, .clock = { .known = true, .hv_time = true, .rtc_localtime = true },
          .stable = TSC_STABLE_YES, .migration = MIGRATION_OPEN, .has_spread = true, .tsc_khz = 2000000 },
        { "an RTC that stands", { OFFSET(5) }, 1, HOST, .clock = { .known = true, .kvmclock = true, .rtc_stands = true },
          .stable = TSC_STABLE_YES, .problems = P(RTC_STANDS), .migration = MIGRATION_OPEN, .has_spread = true, .tsc_khz = 2000000 },
        { "nothing is told", { OFFSET(5) }, 1, HOST, .clock = { .invtsc = true, .rtc_localtime = true }, .stable = TSC_STABLE_YES,
          .has_spread = true, .tsc_khz = 2000000 },
};
/* clang-format on */

static void test_guest_judge(void **state)
{
        for (const Row *row = rows; row < rows + ARRAY_SIZE(rows); row++) {
                GuestVcpu vcpus[4];
                Guest guest = { .vcpus = vcpus,
                                .n_vcpus = row->n_vcpus,
                                .frac_bits = row->frac_bits,
                                .clock = row->clock,
                                .started_usec = row->started_usec };
                GuestVerdict verdict;

                memcpy(vcpus, row->vcpus, sizeof(vcpus));
                guest_judge(&guest, &row->host, &verdict);
                if (verdict.stable != row->stable || verdict.problems != row->problems ||
                    verdict.migration != row->migration || verdict.tsc_khz != row->tsc_khz ||
                    verdict.scaled != row->scaled || verdict.spread_nsec != row->spread_nsec)
                        fail_msg("%s: %s (%s), problems %#x, migration %s, %u kHz, scaled %d, %llu ns", row->what,
                                 tsc_stable_to_string(verdict.stable), verdict.reason, verdict.problems,
                                 migration_to_string(verdict.migration), verdict.tsc_khz, verdict.scaled,
                                 (unsigned long long)verdict.spread_nsec);
                if (verdict.has_spread && verdict.stable == TSC_STABLE_YES && verdict.spread_cycles != 0)
                        fail_msg("%s: stable and apart", row->what);
                /* 0 cycles are 0 ns at any rate. Other distances need a known rate. */
                if (verdict.has_spread != row->has_spread && row->host.tsc_in_use >= 0)
                        fail_msg("%s: has_spread %d", row->what, verdict.has_spread);
                if (verdict.has_spread_nsec && verdict.spread_cycles && !verdict.tsc_khz)
                        fail_msg("%s: a distance in ns without a rate", row->what);
        }
}

static void test_guest_problems_have_texts(void **state)
{
        for (unsigned i = 0; i < GUEST_PROBLEM_MAX_; i++) {
                assert_non_null(guest_problems[i].name);
                assert_true(strlen(guest_problems[i].text) > 0);
                assert_non_null(guest_problems[i].advice);
        }
}

static void test_guest_host_tsc(void **state)
{
        assert_int_equal(guest_host_tsc("tsc"), 1);
        assert_int_equal(guest_host_tsc("hyperv_clocksource_tsc_page"), 1);
        assert_int_equal(guest_host_tsc("hyperv_clocksource_msr"), 0);
        assert_int_equal(guest_host_tsc("hpet"), 0);
        assert_int_equal(guest_host_tsc(""), -1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_guest_judge),
                cmocka_unit_test(test_guest_host_tsc),
                cmocka_unit_test(test_guest_problems_have_texts),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
