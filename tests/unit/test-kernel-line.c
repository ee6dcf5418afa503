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
#include "model/kernel-line.h"

/* what the line says; the other members must stay unset */
typedef struct Case {
        const char *text;
        KernelLine line;
} Case;

#define MARK(text, why)                                         \
        {                                                       \
                text,                                           \
                {                                               \
                        .kind = KERNEL_LINE_MARK, .reason = why \
                }                                               \
        }
#define BENIGN(text)                               \
        {                                          \
                text,                              \
                {                                  \
                        .kind = KERNEL_LINE_BENIGN \
                }                                  \
        }
#define NUMBERS(k) .has_skew = true, .skew_ns = (k)

static const Case cases[] = {
        { "Clocksource tsc unstable (delta = -8589892608 ns)",
          { .kind = KERNEL_LINE_SKEW_ALONE, .clocksource = "tsc", NUMBERS(-8589892608) } },
        { "Clocksource tsc unstable (delta = -95170507948 ns).  Enable clocksource failover by adding "
          "clocksource_failover kernel parameter.",
          { .kind = KERNEL_LINE_SKEW_ALONE, .clocksource = "tsc", NUMBERS(-95170507948) } },
        { "Clocksource hpet unstable (delta = 112 ns)",
          { .kind = KERNEL_LINE_SKEW_ALONE, .clocksource = "hpet", NUMBERS(112) } },

        { "clocksource: timekeeping watchdog on CPU5: Marking clocksource 'tsc' as unstable because the skew is too "
          "large:",
          { .kind = KERNEL_LINE_SKEW, .clocksource = "tsc" } },
        { "clocksource: timekeeping watchdog: Marking clocksource 'tsc' as unstable because the skew is too large:",
          { .kind = KERNEL_LINE_SKEW, .clocksource = "tsc" } },
        { "timekeeping watchdog: Marking clocksource 'tsc-early' as unstable, because the skew is too large:",
          { .kind = KERNEL_LINE_SKEW, .clocksource = "tsc-early" } },
        { "clocksource: Marking clocksource tsc unstable due to frequency skew",
          { .kind = KERNEL_LINE_SKEW, .clocksource = "tsc" } },
        { "clocksource: Marking clocksource tsc unstable due to inter CPU skew",
          { .kind = KERNEL_LINE_INTER_CPU_SKEW, .clocksource = "tsc" } },
        { "clocksource: timekeeping watchdog on CPU339: hpet read-back delay of 150280ns, attempt 3, marking unstable",
          { .kind = KERNEL_LINE_READ_DELAY, .reference = "hpet", NUMBERS(150280) } },
        { "clocksource: timekeeping watchdog on CPU17: wd-tsc-wd read-back delay of 170100ns, attempt 4, marking "
          "unstable",
          { .kind = KERNEL_LINE_READ_DELAY, .clocksource = "tsc", NUMBERS(170100) } },
        { "clocksource: timekeeping watchdog on CPU17: wd-tsc-early-wd read-back delay of 170100ns, attempt 4, marking "
          "unstable",
          { .kind = KERNEL_LINE_READ_DELAY, .clocksource = "tsc-early", NUMBERS(170100) } },
        { "clocksource: timekeeping watchdog on CPU227: wd-tsc-wd excessive read-back delay of 153560ns vs. limit of "
          "125000ns, wd-wd "
          "read-back delay only 11440ns, attempt 3, marking tsc unstable",
          { .kind = KERNEL_LINE_READ_DELAY, .clocksource = "tsc", NUMBERS(153560) } },

        { "clocksource:                       'hpet' wd_now: 5ca548fd wd_last: 5932c25f mask: ffffffff",
          { .kind = KERNEL_LINE_DETAIL, .reference = "hpet" } },
        { "clocksource: \t'hpet' wd_nsec: 503923392 wd_now: 73f81122 wd_last: 72008841 mask: ffffffff",
          { .kind = KERNEL_LINE_DETAIL, .reference = "hpet", .has_interval = true, .interval_ns = 503923392 } },
        { "clocksource:                       'refined-jiffies' wd_nesc: 500000000 wd_now: ffff8b35 wd_last: ffff8b03 "
          "mask: ffffffff",
          { .kind = KERNEL_LINE_DETAIL,
            .reference = "refined-jiffies",
            .has_interval = true,
            .interval_ns = 500000000 } },
        { "clocksource:                       'tsc' cs_nsec: 504812003 cs_now: 66c486d157 cs_last: 665f81d077 mask: "
          "ffffffffffffffff",
          { .kind = KERNEL_LINE_DETAIL, .clocksource = "tsc", .has_cs_interval = true, .cs_interval_ns = 504812003 } },
        { "clocksource:                       Clocksource 'tsc' skewed -703664 ns (0 ms) over watchdog 'hpet' interval "
          "of 511302794 ns (511 ms)",
          { .kind = KERNEL_LINE_DETAIL,
            .clocksource = "tsc",
            .reference = "hpet",
            NUMBERS(-703664),
            .has_interval = true,
            .interval_ns = 511302794 } },
        { "clocksource:                       'tsc' is current clocksource.",
          { .kind = KERNEL_LINE_CURRENT, .clocksource = "tsc" } },
        { "clocksource:                       'tsc' (not 'hpet') is current clocksource.",
          { .kind = KERNEL_LINE_DETAIL, .clocksource = "hpet" } },
        { "clocksource:                       No current clocksource.", { .kind = KERNEL_LINE_DETAIL } },
        { "clocksource: Watchdog                    hpet interval:        515947210ns",
          { .kind = KERNEL_LINE_DETAIL, .reference = "hpet", .has_interval = true, .interval_ns = 515947210 } },
        { "clocksource: Clocksource                  tsc interval:        516841013ns",
          { .kind = KERNEL_LINE_DETAIL, .clocksource = "tsc", .has_cs_interval = true, .cs_interval_ns = 516841013 } },
        { "clocksource: CPU0     811223344556 < CPU7     811223399112 (cycles)", { .kind = KERNEL_LINE_DETAIL } },
        { "clocksource:         CPUs 0,4-7 ahead of CPU 2 for clocksource tsc.",
          { .kind = KERNEL_LINE_CPUS_DIFFER, .clocksource = "tsc" } },
        { "clocksource:         CPUs 1 behind CPU 2 for clocksource tsc.",
          { .kind = KERNEL_LINE_CPUS_DIFFER, .clocksource = "tsc" } },
        { "clocksource:         CPUs 1 behind of CPU 2 for clocksource tsc.", { .kind = KERNEL_LINE_NOT_OURS } },

        MARK("tsc: Marking TSC unstable due to clocksource watchdog", REASON_CLOCKSOURCE_WATCHDOG),
        MARK("Marking TSC unstable due to clocksource watchdog", REASON_CLOCKSOURCE_WATCHDOG),
        MARK("tsc: Marking TSC unstable due to TSCs unsynchronized", REASON_UNSYNCHRONIZED),
        MARK("tsc: Marking TSC unstable due to cpufreq changes on SMP", REASON_CPUFREQ_CHANGE),
        MARK("tsc: Marking TSC unstable due to cpufreq changes", REASON_CPUFREQ_CHANGE),
        MARK("tsc: Marking TSC unstable due to check_tsc_sync_source failed", REASON_WARP),
        MARK("tsc: Marking TSC unstable due to TSC halts in idle", REASON_IDLE_HALT),
        MARK("tsc: Marking TSC unstable due to TSC halts in idle states deeper than C2", REASON_IDLE_HALT),
        MARK("tsc: Marking TSC unstable due to TSC halt in AMD C1E", REASON_C1E),
        MARK("tsc: Marking TSC unstable due to KVM discovered backwards TSC", REASON_KVM_BACKWARDS),
        MARK("tsc: Marking TSC unstable due to could not calculate TSC khz", REASON_CALIBRATION),
        MARK("tsc: Marking TSC unstable due to boot parameter", REASON_BOOT_PARAMETER),
        MARK("tsc: Marking TSC unstable due to boot parameter notsc", REASON_BOOT_PARAMETER),
        MARK("tsc: Marking TSC unstable due to running on Hyper-V", REASON_HYPERVISOR),
        MARK("tsc: Marking TSC unstable due to UV BIOS", REASON_FIRMWARE),
        MARK("tsc: Marking TSC unstable due to cyrix 5510/5520 detected", REASON_OTHER),
        MARK("tsc: Marking TSC unstable due to cpufreq changesets", REASON_OTHER),
        MARK("tsc: Marking TSC unstable due to \xff\x01", REASON_OTHER),

        { "TSC synchronization [CPU#3 -> CPU#40]:", { .kind = KERNEL_LINE_WARP_PAIR } },
        BENIGN("TSC synchronization [CPU#3 -> CPU#40]: passed"),
        { "Measured 91122347 cycles TSC warp between CPUs, turning off TSC clock.", { .kind = KERNEL_LINE_WARP } },
        { "TSC warped randomly between CPUs", { .kind = KERNEL_LINE_DETAIL } },

        { "Switching to clocksource hpet", { .kind = KERNEL_LINE_SWITCHED, .clocksource = "hpet" } },
        { "Switched to clocksource tsc", { .kind = KERNEL_LINE_SWITCHED, .clocksource = "tsc" } },
        { "clocksource: Switched to clocksource hyperv_clocksource_tsc_page",
          { .kind = KERNEL_LINE_SWITCHED, .clocksource = "hyperv_clocksource_tsc_page" } },
        { "clocksource: tsc: mask: 0xffffffffffffffff max_cycles: 0x29b40c1f001, max_idle_ns: 440795207704 ns",
          { .kind = KERNEL_LINE_REGISTERED, .clocksource = "tsc" } },
        { "clocksource refined-jiffies: mask: 0xffffffff max_cycles: 0xffffffff, max_idle_ns: 1910969940391419 ns",
          { .kind = KERNEL_LINE_REGISTERED, .clocksource = "refined-jiffies" } },
        { "clocksource: Override clocksource tsc is unstable and not HRT compatible - cannot switch while in HRT/NOHZ "
          "mode",
          { .kind = KERNEL_LINE_OVERRIDE, .clocksource = "tsc" } },
        { "Override clocksource tsc is not HRT compatible. Cannot switch while in HRT/NOHZ mode",
          { .kind = KERNEL_LINE_OVERRIDE, .clocksource = "tsc" } },
        { "clocksource: Override clocksource hpet is not currently HRT compatible - deferring",
          { .kind = KERNEL_LINE_BENIGN, .clocksource = "hpet" } },

        { "[Firmware Bug]: TSC ADJUST differs: CPU5 0 --> -88112. Restoring", { .kind = KERNEL_LINE_TSC_ADJUST } },
        { "[Firmware Bug]: TSC ADJUST: CPU0: -591912 force to 0", { .kind = KERNEL_LINE_TSC_ADJUST } },
        { "TSC ADJUST differs within socket(s), fixing all errors", { .kind = KERNEL_LINE_TSC_ADJUST } },
        { "[Firmware Bug]: TSC ADJUST differs: Reference CPU0: -1 CPU1: -2", { .kind = KERNEL_LINE_TSC_ADJUST } },
        { "TSC ADJUST compensate: CPU3 observed 88 warp. Adjust: 91", { .kind = KERNEL_LINE_TSC_ADJUST } },
        BENIGN("TSC ADJUST: CPU0: 5 NOT forced to 0"),

        { "tsc: Refined TSC clocksource calibration: 2593.992 MHz", { .kind = KERNEL_LINE_REFINED, .khz = 2593992 } },
        { "Refined TSC clocksource calibration: 2593.9 MHz.", { .kind = KERNEL_LINE_REFINED, .khz = 2593900 } },
        { "tsc: Detected 1808.905 MHz processor", { .kind = KERNEL_LINE_CALIBRATION, .khz = 1808905 } },
        { "tsc: Detected 2400.000 MHz TSC", { .kind = KERNEL_LINE_CALIBRATION, .khz = 2400000 } },
        { "tsc: Warning: TSC freq calibrated by CPUID/MSR differs from what is calibrated by HW timer, please check "
          "with vendor!!",
          { .kind = KERNEL_LINE_CALIBRATION_DIFFERS } },
        BENIGN("tsc: TSC freq recalibrated by [HPET]:\t 2593.992 MHz"),
        BENIGN("tsc: Fast TSC calibration using PIT"),

        { "kvm: SMP vm created on host with unstable TSC; guest TSC will not be reliable",
          { .kind = KERNEL_LINE_KVM_WARNING } },

        BENIGN("clocksource: timekeeping watchdog on CPU1: hpet retried 2 times before success"),
        BENIGN("clocksource: timekeeping watchdog on CPU1: acpi_pm wd-wd read-back delay of 144431ns"),
        { "clocksource: wd-tsc-wd read-back delay of 124876ns, clock-skew test skipped!",
          { .kind = KERNEL_LINE_BENIGN, .clocksource = "tsc" } },
        BENIGN("clocksource: Long readout interval, skipping watchdog check: cs_nsec: 8512002 wd_nsec: 8511990"),
        BENIGN("clocksource: Checking clocksource tsc synchronization from CPU 5."),
        BENIGN("clocksource: Checking clocksource tsc synchronization from CPU 5 to CPUs 0-4,6-7."),
        BENIGN("clocksource: Not enough CPUs to check clocksource 'tsc'."),
        BENIGN("clocksource:         CPU 2 check durations 1211ns - 8117ns for clocksource tsc."),
        BENIGN("clocksource: Watchdog remote CPU 1 read timed out"),
        BENIGN("clocksource: Watchdog hpet read timed out. Readout sequence took: 81223ns"),
        BENIGN("TSC found unstable after boot, most likely due to broken BIOS. Use 'tsc=unstable'."),
        BENIGN("sched_clock: Marking unstable (61701331020, 10733811)<-(61733209114, -21196592)"),
        BENIGN("sched_clock: Marking unstable (818769414384, 1195404998)"),
        BENIGN("sched_clock: Marking stable (2507008122, 11704400)->(2533209114, -14496592)"),
        BENIGN("Unstable clock detected, switching default tracing clock to \"global\""),
};

/* Lines that are quoted, cut short, misspelt, or only similar to one of the kernel's. */
static const char *const foreign[] = {
        "",
        " ",
        "tsc",
        "tsc: ",
        "clocksource: ",
        "tmpfs: Unknown parameter 'tsc: Marking TSC unstable due to clocksource watchdog'",
        "tmpfs: Bad mount option tsc: Marking TSC unstable due to clocksource watchdog",
        "x\ntsc: Marking TSC unstable due to clocksource watchdog",
        "\ntsc: Marking TSC unstable due to clocksource watchdog",
        " tsc: Marking TSC unstable due to clocksource watchdog",
        "TSC: Marking TSC unstable due to clocksource watchdog",
        "tsc: tsc: Marking TSC unstable due to clocksource watchdog",
        "clocksource: Marking TSC unstable due to clocksource watchdog",
        "tsc: marking TSC unstable due to clocksource watchdog",
        "tsc: Marking TSC unstable",
        "TSC warp[309]: segfault at 0 ip 00005581c1b2a129 sp 00007ffd7f6a2d10 error 6 in a.out[5581c1b2a000+1000]",
        "Clocksource tsc[991]: segfault at 0 ip 00005581c1b2a129 sp 00007ffd7f6a2d10 error 6 in a.out",
        "traps: tsc: Marking TS[310] general protection fault ip:5581c1b2a129 sp:7ffd7f6a2d10 error:0",
        "Clocksource tsc unstable (delta = ns)",
        "Clocksource tsc unstable",
        "Clocksource  unstable (delta = 1 ns)",
        "clocksource: Marking clocksource tsc unstable due to frequency skewness",
        "clocksource: Marking clocksource tsc unstable",
        "clocksource: Switched to clocksource ",
        "clocksource: Switched to clocksource 'tsc'",
        "clocksource: Switched to clocksource a_name_of_thirty_two_characters_",
        "Measured cycles TSC warp between CPUs, turning off TSC clock.",
        "sysrq: Switched to clocksource hpet",
        "kvm: SMP vm created",
        "SMP vm created on host with unstable TSC; guest TSC will not be reliable",
};

static void check(const char *text, const KernelLine *wanted)
{
        KernelLine got;

        memset(&got, 0x5a, sizeof(got));
        kernel_line_classify(text, &got);
        if (got.kind != wanted->kind || got.reason != wanted->reason || got.khz != wanted->khz ||
            got.has_skew != wanted->has_skew || got.skew_ns != wanted->skew_ns ||
            got.has_interval != wanted->has_interval || got.interval_ns != wanted->interval_ns ||
            got.has_cs_interval != wanted->has_cs_interval || got.cs_interval_ns != wanted->cs_interval_ns ||
            strcmp(got.clocksource, wanted->clocksource) != 0 || strcmp(got.reference, wanted->reference) != 0)
                fail_msg("%s\n got kind %d reason %d '%s' '%s' skew %d %lld interval %d %lld cs %d %lld khz %u, wanted "
                         "kind %d",
                         text, got.kind, got.reason, got.clocksource, got.reference, got.has_skew,
                         (long long)got.skew_ns, got.has_interval, (long long)got.interval_ns, got.has_cs_interval,
                         (long long)got.cs_interval_ns, got.khz, wanted->kind);
}

static void test_kernel_line_knows_every_era(void **state)
{
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
                check(cases[i].text, &cases[i].line);
}

/* 3.10 has no "clocksource: ", and a vendor's kernel may lack "tsc: ". */
static void test_kernel_line_needs_no_prefix(void **state)
{
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                if (strncmp(cases[i].text, "clocksource: ", 13) == 0)
                        check(cases[i].text + 13, &cases[i].line);
                else if (strncmp(cases[i].text, "tsc: ", 5) == 0)
                        check(cases[i].text + 5, &cases[i].line);
        }
}

static void test_kernel_line_tolerates_a_suffix(void **state)
{
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                char text[512];

                snprintf(text, sizeof(text), "%s  A vendor's sentence.", cases[i].text);
                if (cases[i].line.kind != KERNEL_LINE_MARK)
                        check(text, &cases[i].line);
        }
}

static void test_kernel_line_ignores_foreign_lines(void **state)
{
        static const KernelLine not_ours = { .kind = KERNEL_LINE_NOT_OURS };

        for (size_t i = 0; i < ARRAY_SIZE(foreign); i++)
                check(foreign[i], &not_ours);
}

/* A kernel line after other text is a quotation. */
static void test_kernel_line_ignores_quotations(void **state)
{
        static const char *const before[] = { "x", " ", "\n", "systemd[1]: ", "audit: ", "tsc: tsc: ", "'" };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
                for (size_t j = 0; j < ARRAY_SIZE(before); j++) {
                        KernelLine line;
                        char text[512];

                        snprintf(text, sizeof(text), "%s%s", before[j], cases[i].text);
                        kernel_line_classify(text, &line);
                        /* The lines with a report's numbers may be indented. */
                        if (line.kind != KERNEL_LINE_NOT_OURS && line.kind != KERNEL_LINE_DETAIL &&
                            line.kind != KERNEL_LINE_CURRENT && line.kind != KERNEL_LINE_CPUS_DIFFER &&
                            line.kind != KERNEL_LINE_BENIGN)
                                fail_msg("taken for kind %d: %s", line.kind, text);
                }
}

static void test_kernel_line_keeps_numbers_in_range(void **state)
{
        KernelLine line;

        kernel_line_classify("Clocksource tsc unstable (delta = -99999999999999999999999999 ns)", &line);
        assert_int_equal(line.kind, KERNEL_LINE_SKEW_ALONE);
        assert_true(line.skew_ns == -INT64_MAX);
        kernel_line_classify("tsc: Detected 99999999999.905 MHz processor", &line);
        assert_int_equal(line.kind, KERNEL_LINE_NOT_OURS);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_kernel_line_knows_every_era),
                cmocka_unit_test(test_kernel_line_needs_no_prefix),
                cmocka_unit_test(test_kernel_line_tolerates_a_suffix),
                cmocka_unit_test(test_kernel_line_ignores_foreign_lines),
                cmocka_unit_test(test_kernel_line_ignores_quotations),
                cmocka_unit_test(test_kernel_line_keeps_numbers_in_range),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
