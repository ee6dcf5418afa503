/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guests/destination.h"

#include <math.h>

#include "model/rate.h"

const char *going_to_string(Going going)
{
        static const char *const names[] = {
                [GOING_UNKNOWN] = "unknown",
                [GOING_YES] = "yes",
                [GOING_NO] = "no",
        };

        return names[going];
}

/* NULL: nothing is wrong with the two clocks. */
static const char *why_clocks_wrong(HostClocksVerdict verdict)
{
        switch (verdict) {
        case HOST_CLOCKS_WRONG_HERE:
                return "this host's clock is not synchronised";
        case HOST_CLOCKS_WRONG_THERE:
                return "the destination's clock is not synchronised";
        case HOST_CLOCKS_APART:
                return "the two hosts' clocks differ by more than their error bounds allow";
        default:
                return NULL;
        }
}

Going guest_can_go(const Guest *guest, const GuestVerdict *verdict, const Destination *there, const char **ret_reason)
{
        /* The rate that the VMM's command line sets, or else the present one. */
        double khz = guest->clock.tsc_hz ? (double)guest->clock.tsc_hz / 1000 : verdict->tsc_khz;

        if (verdict->migration == MIGRATION_BLOCKED) {
                *ret_reason = "QEMU refuses to migrate it to any host, for the reason below";
                return GOING_NO;
        }
        if (there->tsc_in_use == 0) {
                *ret_reason = "the destination does not keep time by its TSC";
                return GOING_NO;
        }
        if (why_clocks_wrong(there->clocks)) {
                *ret_reason = why_clocks_wrong(there->clocks);
                return GOING_NO;
        }
        if (guest->clock.confidential) {
                *ret_reason = "the guest's TSC is protected (SEV-SNP or TDX): the host cannot see it";
                return GOING_UNKNOWN;
        }
        if (there->tsc_in_use < 0) {
                *ret_reason = "the destination's clocksource is not known";
                return GOING_UNKNOWN;
        }
        if (!there->tsc_scaling && (khz <= 0 || there->tsc_khz == 0)) {
                *ret_reason = "the rate of the guest's TSC, or of the destination's, is not known";
                return GOING_UNKNOWN;
        }
        if (!there->tsc_scaling && fabs(rate_apart(khz, there->tsc_khz)) > RATE_WARN_PPM) {
                *ret_reason = "the guest's TSC has another rate than the destination's, whose CPU cannot scale it";
                return GOING_NO;
        }
        if (verdict->migration == MIGRATION_UNKNOWN) {
                *ret_reason = "the guest's clock options are not known";
                return GOING_UNKNOWN;
        }
        if (there->clocks == HOST_CLOCKS_UNKNOWN) {
                *ret_reason =
                        "it is not known whether both hosts' clocks are right; `tscwarden check --against` says more";
                return GOING_UNKNOWN;
        }
        *ret_reason = there->tsc_scaling ? "the guest's TSC keeps its rate, scaled where necessary" :
                                           "the guest's TSC keeps its rate, which the destination has too";
        return GOING_YES;
}
