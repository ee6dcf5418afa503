/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "check/audit.h"
#include "model/clock-words.h"

static void compare_verdicts(const MigrationEnd *here, const MigrationEnd *there, const char *name, Audit *audit)
{
        AuditResult result = AUDIT_PASS;
        AuditStep *step;

        if (there->verdict == VERDICT_UNKNOWN)
                result = AUDIT_UNKNOWN;
        else if (!audit_in_use(there->verdict))
                result = AUDIT_FAIL;
        else if (there->verdict == VERDICT_UNVERIFIED && here->verdict != VERDICT_UNVERIFIED)
                result = AUDIT_WARN;
        step = audit_add(audit, AUDIT_MIGRATION, "migration-verdict", "TSC there", result,
                         "here %s, on %s %s (clocksource %s)", verdict_to_string(here->verdict), name,
                         verdict_to_string(there->verdict), there->clocksource[0] ? there->clocksource : "unknown");

        if (result == AUDIT_FAIL)
                audit_advise(
                        audit, step,
                        "Guests would have a slower and coarser clock there, and no ptp_kvm. Mend that host first: "
                        "`tscwarden check` there says how.");
}

/* KVM runs a guest's TSC as it is within the tolerance; beyond it scales it in hardware, or, upwards only, pushes it
 * on at every entry, which takes the stable clock away (arch/x86/kvm/x86.c set_tsc_khz). */
static void compare_rates(const MigrationEnd *here, const MigrationEnd *there, const char *name, Audit *audit)
{
        double ppm;
        bool same;
        AuditStep *step;

        if (here->tsc_khz == 0 || there->tsc_khz == 0) {
                step = audit_add(audit, AUDIT_MIGRATION, "migration-rate", "TSC rate",
                                 there->tsc_scaling ? AUDIT_PASS : AUDIT_UNKNOWN,
                                 "here %u kHz, on %s %u kHz (0: not known); TSC scaling there: %s", here->tsc_khz, name,
                                 there->tsc_khz, there->tsc_scaling ? "yes" : "no");
                if (!there->tsc_scaling)
                        audit_advise(audit, step,
                                     "The kernel's log says it at boot (\"tsc: Refined TSC clocksource calibration\"); "
                                     "a running "
                                     "tscwardend keeps it.");
                return;
        }
        ppm = ((double)there->tsc_khz - here->tsc_khz) / there->tsc_khz * 1e6;
        same = ppm <= KVM_TSC_TOLERANCE_PPM && ppm >= -KVM_TSC_TOLERANCE_PPM;
        step = audit_add(audit, AUDIT_MIGRATION, "migration-rate", "TSC rate",
                         same || there->tsc_scaling ? AUDIT_PASS : AUDIT_FAIL,
                         "here %u kHz, on %s %u kHz: %+.0f ppm (KVM tolerates %d); TSC scaling there: %s",
                         here->tsc_khz, name, there->tsc_khz, ppm, KVM_TSC_TOLERANCE_PPM,
                         there->tsc_scaling ? "yes" : "no");
        if (!same && !there->tsc_scaling)
                audit_advise(audit, step,
                             "A guest's TSC cannot go on at its rate there: choose a host of the same rate or with TSC "
                             "scaling, "
                             "or start the guest anew there.");
        else if (same)
                audit_advise(audit, step,
                             "Guests from other hosts may have another rate: `<timer name='tsc' frequency='HZ'/>` in "
                             "the domain's "
                             "XML fixes it.");
}

int audit_compare(const MigrationEnd *here, const MigrationEnd *there, const char *name, Audit *audit)
{
        compare_verdicts(here, there, name, audit);
        compare_rates(here, there, name, audit);
        return audit->out_of_memory ? -ENOMEM : 0;
}
