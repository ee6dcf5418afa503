/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/macro.h"
#include "model/kernel-line.h"
#include "model/line-match.h"

typedef struct LineFormat {
        KernelLineKind kind;
        const char *format;
} LineFormat;

/* kernel/time/clocksource.c puts "clocksource: " before its lines since 4.1, arch/x86/kernel/tsc.c "tsc: " since 3.x;
 * tsc_sync.c and kernel/sched/clock.c never did. The first format that matches counts. */
static const LineFormat formats[] = {
        { KERNEL_LINE_MARK, "{tsc: }Marking TSC unstable due to " },

        { KERNEL_LINE_SKEW_ALONE, "{clocksource: }Clocksource %S unstable (delta = %K ns)" }, /* 3.10 */
        { KERNEL_LINE_SKEW, /* to 6.18; older 4.x do not name the CPU, some have the comma */
          "{clocksource: }timekeeping watchdog{ on CPU%d}: Marking clocksource '%S' as unstable{,} because the skew is "
          "too large" },
        { KERNEL_LINE_SKEW, "{clocksource: }Marking clocksource %S unstable due to frequency skew" }, /* 7.2 */
        { KERNEL_LINE_INTER_CPU_SKEW,
          "{clocksource: }Marking clocksource %S unstable due to inter CPU skew" }, /* 7.2 */
        { KERNEL_LINE_READ_DELAY,                                                   /* 6.12 */
          "{clocksource: }timekeeping watchdog{ on CPU%d}: wd-%V excessive read-back delay of %Kns vs. limit of %dns, "
          "wd-wd read-back delay only %dns, attempt %d, marking %n unstable" },
        { KERNEL_LINE_READ_DELAY, /* 5.14 */
          "{clocksource: }timekeeping watchdog{ on CPU%d}: wd-%V read-back delay of %Kns, attempt %d, marking "
          "unstable" },
        { KERNEL_LINE_READ_DELAY, /* 5.10 to 6.1: names the watchdog only */
          "{clocksource: }timekeeping watchdog{ on CPU%d}: %W read-back delay of %Kns, attempt %d, marking unstable" },

        { KERNEL_LINE_DETAIL, "{clocksource: }%_'%W' {wd_nsec: %I }{wd_nesc: %I }wd_now: %A wd_last: %B mask: %M" },
        { KERNEL_LINE_DETAIL, "{clocksource: }%_'%S' {cs_nsec: %J }cs_now: %A cs_last: %B mask: %M" },
        { KERNEL_LINE_DETAIL, /* 6.12 */
          "{clocksource: }%_{Clocksource }'%S' skewed %K ns{ (%d ms)} over watchdog '%W' interval of %I ns" },
        { KERNEL_LINE_CURRENT, "{clocksource: }%_'%S' is current clocksource" },
        { KERNEL_LINE_DETAIL, "{clocksource: }%_'%n' (not '%S') is current clocksource" },
        { KERNEL_LINE_DETAIL, "{clocksource: }%_No current clocksource" },
        { KERNEL_LINE_DETAIL, "{clocksource: }Watchdog%_%W interval:%_%Ins" },
        { KERNEL_LINE_DETAIL, "{clocksource: }Clocksource%_%S interval:%_%Jns" },
        { KERNEL_LINE_DETAIL, "{clocksource: }CPU%d%_%d < CPU%d%_%d (cycles)" },
        { KERNEL_LINE_CPUS_DIFFER, "{clocksource: }%_CPUs %l ahead of CPU %d for clocksource %S" },
        { KERNEL_LINE_CPUS_DIFFER, "{clocksource: }%_CPUs %l behind CPU %d for clocksource %S" },

        { KERNEL_LINE_BENIGN, "TSC synchronization [CPU#%d -> CPU#%d]: passed" },
        { KERNEL_LINE_WARP_PAIR, "TSC synchronization [CPU#%d -> CPU#%d]:" },
        { KERNEL_LINE_WARP, "Measured %C cycles TSC warp between CPUs, turning off TSC clock" },
        { KERNEL_LINE_DETAIL, "TSC warped randomly between CPUs" },

        { KERNEL_LINE_SWITCHED, "{clocksource: }Switched to clocksource %S" },
        { KERNEL_LINE_SWITCHED, "{clocksource: }Switching to clocksource %S" },
        { KERNEL_LINE_OVERRIDE, "{clocksource: }Override clocksource %S is unstable and not HRT compatible" },
        { KERNEL_LINE_OVERRIDE, "{clocksource: }Override clocksource %S is not HRT compatible" },
        { KERNEL_LINE_BENIGN, "{clocksource: }Override clocksource %S is not currently HRT compatible" },

        { KERNEL_LINE_TSC_ADJUST, "[Firmware Bug]: TSC ADJUST differs: CPU%d %d --> %d. Restoring" },
        { KERNEL_LINE_TSC_ADJUST, "[Firmware Bug]: TSC ADJUST: CPU%d: %d force to 0" },
        { KERNEL_LINE_TSC_ADJUST, "{[Firmware Bug]: }TSC ADJUST differs within socket(s), fixing all errors" },
        { KERNEL_LINE_TSC_ADJUST, "{[Firmware Bug]: }TSC ADJUST differs: Reference CPU%d: %d CPU%d: %d" },
        { KERNEL_LINE_TSC_ADJUST, "TSC ADJUST compensate: CPU%d observed %d warp. Adjust: %d" },
        { KERNEL_LINE_BENIGN, "TSC ADJUST: CPU%d: %d NOT forced to 0" },
        { KERNEL_LINE_BENIGN, "TSC ADJUST synchronize: Reference CPU%d: %d CPU%d: %d" },

        { KERNEL_LINE_REFINED, "{tsc: }Refined TSC clocksource calibration: %F MHz" },
        { KERNEL_LINE_CALIBRATION, "{tsc: }Detected %F MHz TSC" },
        { KERNEL_LINE_CALIBRATION, "{tsc: }Detected %F MHz processor" },
        { KERNEL_LINE_HPET_RATE, "hpet%d: %d comparators, %d-bit %H MHz counter" }, /* drivers/char/hpet.c */
        { KERNEL_LINE_CALIBRATION_DIFFERS,
          "{tsc: }Warning: TSC freq calibrated by CPUID/MSR differs from what is calibrated by HW timer" },
        { KERNEL_LINE_BENIGN, "{tsc: }TSC freq recalibrated by [%n]:" },
        { KERNEL_LINE_BENIGN, "{tsc: }Fast TSC calibration " },
        { KERNEL_LINE_BENIGN, "{tsc: }PIT calibration matches " },
        { KERNEL_LINE_BENIGN, "{tsc: }using %n reference calibration" },
        { KERNEL_LINE_BENIGN, "{tsc: }Unable to calibrate against PIT" },

        { KERNEL_LINE_KVM_WARNING,
          "kvm: {kvm: }SMP vm created on host with unstable TSC; guest TSC will not be reliable" },

        { KERNEL_LINE_BENIGN, "{clocksource: }timekeeping watchdog{ on CPU%d}: %n retried %d times before success" },
        { KERNEL_LINE_BENIGN, "{clocksource: }timekeeping watchdog{ on CPU%d}: %n wd-wd read-back delay of %dns" },
        { KERNEL_LINE_BENIGN, "{clocksource: }wd-%V read-back delay of %dns, clock-skew test skipped" },
        { KERNEL_LINE_BENIGN,
          "{clocksource: }Long readout interval, skipping watchdog check: cs_nsec: %d wd_nsec: %d" },
        { KERNEL_LINE_BENIGN, "{clocksource: }Checking clocksource %n synchronization from CPU %d" },
        { KERNEL_LINE_BENIGN, "{clocksource: }Not enough CPUs to check clocksource '%n'" },
        { KERNEL_LINE_BENIGN, "{clocksource: }%_CPU %d check durations %dns - %dns for clocksource %n" },
        { KERNEL_LINE_BENIGN, "{clocksource: }Watchdog remote CPU %d read timed out" },
        { KERNEL_LINE_BENIGN, "{clocksource: }Watchdog %n read timed out" },
        { KERNEL_LINE_BENIGN, "TSC found unstable after boot, most likely due to broken BIOS" },
        { KERNEL_LINE_BENIGN, "sched_clock: Marking unstable (%d, %d)" },
        { KERNEL_LINE_BENIGN, "sched_clock: Marking stable (%d, %d)" },
        { KERNEL_LINE_BENIGN, "Unstable clock detected, switching default tracing clock to " },
        { KERNEL_LINE_BENIGN, "Skipped synchronization checks as TSC is reliable" },

        /* Must be the last format, because it may begin with any name. */
        { KERNEL_LINE_REGISTERED, "{clocksource: }{clocksource }%S: mask: 0x%x max_cycles: 0x%x, max_idle_ns: %d ns" },
};

/* The reasons that callers pass to mark_tsc_unstable(), 3.10 to 7.2. */
static const struct {
        const char *text;
        ClockReason reason;
} mark_reasons[] = {
        { "clocksource watchdog", REASON_CLOCKSOURCE_WATCHDOG },
        { "TSCs unsynchronized", REASON_UNSYNCHRONIZED },
        { "cpufreq changes", REASON_CPUFREQ_CHANGE }, /* and "… on SMP" */
        { "check_tsc_sync_source failed", REASON_WARP },
        { "TSC halts in idle", REASON_IDLE_HALT }, /* and "… states deeper than C2" */
        { "TSC halt in AMD C1E", REASON_C1E },
        { "KVM discovered backwards TSC", REASON_KVM_BACKWARDS },
        { "could not calculate TSC khz", REASON_CALIBRATION },
        { "boot parameter", REASON_BOOT_PARAMETER }, /* and "… notsc" */
        { "running on Hyper-V", REASON_HYPERVISOR },
        { "UV BIOS", REASON_FIRMWARE },
};

bool clocksource_is_tsc(const char *name)
{
        return strcmp(name, "tsc") == 0 || strcmp(name, "tsc-early") == 0;
}

static ClockReason mark_reason(const char *text)
{
        for (size_t i = 0; i < ARRAY_SIZE(mark_reasons); i++) {
                KernelLine ignored = {};
                const char *rest;

                if (line_match(text, mark_reasons[i].text, &ignored, &rest))
                        return mark_reasons[i].reason;
        }
        return REASON_OTHER;
}

void kernel_line_classify(const char *text, KernelLine *ret)
{
        *ret = (KernelLine) {};
        for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
                const char *rest;

                if (!line_match(text, formats[i].format, ret, &rest))
                        continue;
                ret->kind = formats[i].kind;
                if (ret->kind == KERNEL_LINE_MARK)
                        ret->reason = mark_reason(rest);
                return;
        }
}
