/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guests/destination.h"

/* KVM runs a guest's TSC as it is where the host's rate is this near (arch/x86/kvm/x86.c tsc_tolerance_ppm). */
#define TOLERANCE_PPM 250

const char *going_to_string(Going going)
{
        static const char *const names[] = {
                [GOING_UNKNOWN] = "unknown",
                [GOING_YES] = "yes",
                [GOING_NO] = "no",
        };

        return names[going];
}

static bool same_rate(double khz, double there_khz)
{
        double ppm = (khz - there_khz) / there_khz * 1e6;

        return ppm <= TOLERANCE_PPM && ppm >= -TOLERANCE_PPM;
}

/* NULL: nothing is wrong with them. */
static const char *why_clocks_wrong(HostClocksVerdict verdict)
{
        switch (verdict) {
        case HOST_CLOCKS_WRONG_HERE:
                return "this host's clock is not synchronised";
        case HOST_CLOCKS_WRONG_THERE:
                return "the clock of the host there is not synchronised";
        case HOST_CLOCKS_APART:
                return "the hosts' clocks are further apart than their error bounds";
        default:
                return NULL;
        }
}

Going guest_can_go(const Guest *guest, const GuestVerdict *verdict, const Destination *there, const char **ret_reason)
{
        /* What its VMM was told to keep, else what it has. */
        double khz = guest->clock.tsc_hz ? (double)guest->clock.tsc_hz / 1000 : verdict->tsc_khz;

        if (verdict->migration == MIGRATION_BLOCKED) {
                *ret_reason = "QEMU refuses, whatever the destination, as is said below";
                return GOING_NO;
        }
        if (there->tsc_in_use == 0) {
                *ret_reason = "the host there does not keep time by its TSC";
                return GOING_NO;
        }
        if (why_clocks_wrong(there->clocks)) {
                *ret_reason = why_clocks_wrong(there->clocks);
                return GOING_NO;
        }
        if (guest->clock.confidential) {
                *ret_reason = "its TSC is protected (SEV-SNP or TDX): the host cannot see it";
                return GOING_UNKNOWN;
        }
        if (there->tsc_in_use < 0) {
                *ret_reason = "what the host there keeps time by is not known";
                return GOING_UNKNOWN;
        }
        if (!there->tsc_scaling && (khz <= 0 || there->tsc_khz == 0)) {
                *ret_reason = "the rate of its TSC, or of the host's there, is not known";
                return GOING_UNKNOWN;
        }
        if (!there->tsc_scaling && !same_rate(khz, there->tsc_khz)) {
                *ret_reason = "its TSC has another rate than the host's there, which cannot scale it";
                return GOING_NO;
        }
        if (verdict->migration == MIGRATION_UNKNOWN) {
                *ret_reason = "what its VMM was told of its clock is not known";
                return GOING_UNKNOWN;
        }
        if (there->clocks == HOST_CLOCKS_UNKNOWN) {
                *ret_reason =
                        "whether both hosts' clocks are right is not known; `tscwarden check --against` says more";
                return GOING_UNKNOWN;
        }
        *ret_reason = there->tsc_scaling ? "its TSC keeps its rate, scaled where need be" :
                                           "its TSC keeps its rate, which the host there has";
        return GOING_YES;
}
