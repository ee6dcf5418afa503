/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guests/destination.h"

#include <math.h>

#include "model/rate.h"

static const char *const going_names[] = {
        [GOING_UNKNOWN] = "unknown",
        [GOING_YES] = "yes",
        [GOING_NO] = "no",
};
DEFINE_TO_STRING(going, Going, going_names);

/* What is wrong with the clocks of the two hosts; NULL: nothing that is known. */
static const char *const clocks_wrong[] = {
        [HOST_CLOCKS_UNKNOWN] = NULL,
        [HOST_CLOCKS_AGREE] = NULL,
        [HOST_CLOCKS_WRONG_HERE] = "this host's clock is not synchronised",
        [HOST_CLOCKS_WRONG_THERE] = "the destination's clock is not synchronised",
        [HOST_CLOCKS_APART] = "the two hosts' clocks differ by more than their error bounds allow",
};

static Going conclude(Going going, const char *reason, const char **ret_reason)
{
        *ret_reason = reason;
        return going;
}

Going guest_can_go(const Guest *guest, const GuestVerdict *verdict, const Destination *there, const char **ret_reason)
{
        /* The rate that the VMM's command line sets, or else the present one. */
        double khz = guest->clock.tsc_hz ? (double)guest->clock.tsc_hz / 1000 : verdict->tsc_khz;

        if (verdict->migration == MIGRATION_BLOCKED)
                return conclude(GOING_NO, "QEMU refuses to migrate it to any host, for the reason below", ret_reason);
        if (there->tsc_in_use == 0)
                return conclude(GOING_NO, "the destination does not keep time by its TSC", ret_reason);
        if (clocks_wrong[there->clocks])
                return conclude(GOING_NO, clocks_wrong[there->clocks], ret_reason);
        if (guest->clock.confidential)
                return conclude(GOING_UNKNOWN, GUEST_PROTECTED, ret_reason);
        if (there->tsc_in_use < 0)
                return conclude(GOING_UNKNOWN, "the destination's clocksource is not known", ret_reason);
        if (!there->tsc_scaling && (khz <= 0 || there->tsc_khz == 0))
                return conclude(GOING_UNKNOWN, "the rate of the guest's TSC, or of the destination's, is not known",
                                ret_reason);
        if (!there->tsc_scaling && fabs(rate_apart(khz, there->tsc_khz)) > RATE_WARN_PPM)
                return conclude(GOING_NO,
                                "the guest's TSC has another rate than the destination's, whose CPU cannot scale it",
                                ret_reason);
        if (verdict->migration == MIGRATION_UNKNOWN)
                return conclude(GOING_UNKNOWN, "the guest's clock options are not known", ret_reason);
        if (there->clocks == HOST_CLOCKS_UNKNOWN)
                return conclude(
                        GOING_UNKNOWN,
                        "it is not known whether both hosts' clocks are right; `tscwarden check --against` says more",
                        ret_reason);
        if (there->tsc_scaling)
                return conclude(GOING_YES, "the guest's TSC keeps its rate, scaled where necessary", ret_reason);
        return conclude(GOING_YES, "the guest's TSC keeps its rate, which the destination has too", ret_reason);
}
