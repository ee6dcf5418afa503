/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "check/audit.h"
#include "model/clock-words.h"
#include "model/rate.h"

static void compare_verdicts(const MigrationEnd *here, const MigrationEnd *there, const char *name, AuditStep *step)
{
        AuditResult result = AUDIT_PASS;

        if (there->verdict == VERDICT_UNKNOWN)
                result = AUDIT_UNKNOWN;
        else if (!verdict_in_use(there->verdict))
                result = AUDIT_FAIL;
        else if (there->verdict == VERDICT_UNVERIFIED && here->verdict != VERDICT_UNVERIFIED)
                result = AUDIT_WARN;
        audit_set(step, result, "here %s, on %s %s (clocksource %s)", verdict_to_string(here->verdict), name,
                  verdict_to_string(there->verdict), there->clocksource[0] ? there->clocksource : "unknown");
        if (result == AUDIT_FAIL)
                audit_advise(step,
                             "Guests would have a slower and coarser clock there, and no ptp_kvm. Repair that host "
                             "first: `tscwarden check` there says how.");
}

/* Within the tolerance KVM runs a guest's TSC unscaled. Beyond it KVM lets the CPU scale the TSC. If the CPU cannot,
 * KVM can only make a guest's TSC faster, by adding to it at each VM entry; the guest's clock is then not stable
 * (arch/x86/kvm/x86.c set_tsc_khz). */
static void compare_rates(const MigrationEnd *here, const MigrationEnd *there, const char *name, AuditStep *step)
{
        const char *scaling = there->tsc_scaling ? "yes" : "no";
        double ppm;
        bool same;

        if (here->tsc_khz == 0 || there->tsc_khz == 0) {
                audit_set(step, there->tsc_scaling ? AUDIT_PASS : AUDIT_UNKNOWN,
                          "here %u kHz, on %s %u kHz (0: not known); TSC scaling there: %s", here->tsc_khz, name,
                          there->tsc_khz, scaling);
                if (!there->tsc_scaling)
                        audit_advise(step, "The kernel logs the rate at boot (\"tsc: Refined TSC clocksource "
                                           "calibration\"); tscwardend remembers it while it runs.");
                return;
        }
        ppm = rate_apart(here->tsc_khz, there->tsc_khz);
        same = fabs(ppm) <= RATE_WARN_PPM;
        audit_set(step, same || there->tsc_scaling ? AUDIT_PASS : AUDIT_FAIL,
                  "here %u kHz, on %s %u kHz: %+.0f ppm (KVM tolerates %d); TSC scaling there: %s", here->tsc_khz, name,
                  there->tsc_khz, ppm, RATE_WARN_PPM, scaling);
        if (!same && !there->tsc_scaling)
                audit_advise(step,
                             "A guest's TSC cannot keep its rate there: choose a host with the same rate or with TSC "
                             "scaling, or stop the guest here and start it there.");
        else if (same)
                audit_advise(step, "Guests that came from other hosts may have another rate. `<timer name='tsc' "
                                   "frequency='HZ'/>` in the domain's XML gives a guest a fixed rate.");
}

#define CLOCK_TEXT_SIZE 64

/* Writes "synchronised (off by no more than 3.200 ms)" into `buffer` and returns it. */
static const char *format_clock(const HostClock *clock, char buffer[static CLOCK_TEXT_SIZE])
{
        static const char *const words[] = { "not known whether synchronised", "not synchronised", "synchronised" };
        int length = snprintf(buffer, CLOCK_TEXT_SIZE, "%s", words[clock->right + 1]);

        if (clock->right == 1 && clock->bound_sec >= 0)
                snprintf(buffer + length, CLOCK_TEXT_SIZE - length, " (off by no more than %.3f ms)",
                         clock->bound_sec * 1000);
        return buffer;
}

static void compare_clocks(const HostClocks *clocks, const char *name, AuditStep *step)
{
        static const AuditResult results[] = {
                [HOST_CLOCKS_UNKNOWN] = AUDIT_UNKNOWN, [HOST_CLOCKS_AGREE] = AUDIT_PASS,
                [HOST_CLOCKS_WRONG_HERE] = AUDIT_FAIL, [HOST_CLOCKS_WRONG_THERE] = AUDIT_FAIL,
                [HOST_CLOCKS_APART] = AUDIT_FAIL,
        };
        HostClocksVerdict verdict = host_clocks_judge(clocks);
        char here[CLOCK_TEXT_SIZE], there[CLOCK_TEXT_SIZE], apart[CLOCK_TEXT_SIZE] = "their difference is not known";

        if (clocks->compared)
                (void)snprintf(apart, sizeof(apart), "the clock there is %.3f ms %s, give or take %.3f ms",
                               fabs(clocks->apart_sec) * 1000, clocks->apart_sec < 0 ? "behind" : "ahead",
                               clocks->apart_bound_sec * 1000);
        audit_set(step, results[verdict], "here %s, on %s %s; %s", format_clock(&clocks->here, here), name,
                  format_clock(&clocks->there, there), apart);
        if (verdict == HOST_CLOCKS_UNKNOWN)
                audit_advise(step,
                             "To find out, `ssh %s tscwarden check --json` has to work, and systemd-timedated on that "
                             "host.",
                             name);
        else if (verdict == HOST_CLOCKS_APART)
                audit_advise(step,
                             "Both hosts report that their clocks are right, but one of them is wrong: a guest's "
                             "time may jump by the difference. `tscwarden check` on each host shows which source it "
                             "follows.");
        else if (results[verdict] == AUDIT_FAIL)
                audit_advise(step,
                             "A guest's time may jump by the difference. `tscwarden check` %s says what is missing.",
                             verdict == HOST_CLOCKS_WRONG_HERE ? "here" : "there");
}

int audit_compare(const MigrationEnd *here, const MigrationEnd *there, const HostClocks *clocks, const char *name,
                  Audit *audit)
{
        compare_verdicts(here, there, name, audit_add(audit, AUDIT_MIGRATION, "migration-verdict", "TSC there"));
        compare_rates(here, there, name, audit_add(audit, AUDIT_MIGRATION, "migration-rate", "TSC rate"));
        compare_clocks(clocks, name, audit_add(audit, AUDIT_MIGRATION, "migration-clocks", "clocks"));
        return audit_find_error(audit);
}
