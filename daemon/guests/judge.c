/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * KVM tells a guest that its kvm-clock is stable across vCPUs (PVCLOCK_TSC_STABLE_BIT) if the host's clocksource is the
 * TSC and the vCPUs' TSCs were written with equal values (arch/x86/kvm/x86.c pvclock_update_vm_gtod_copy()). Kernels
 * differ in the details. So this file judges the numbers and does not imitate the rule of one kernel.
 */
#include "guests/judge.h"

#include <string.h>

#include "model/kernel-line.h"

const GuestProblemText guest_problems[GUEST_PROBLEM_MAX_] = {
        [GUEST_HOST_TSC] = { "host-tsc",
                             "This host does not keep time by its TSC, so kvm-clock is not stable across the guest's vCPUs.",
                             "See `tscwarden status`: it says why, and what to do." },
        [GUEST_OFFSETS_DIFFER] = { "offsets-differ",
                                   "The TSCs of the vCPUs are apart: kvm-clock is slower to read, and the vCPUs may disagree on the time. "
                                   "Common causes are a restore without synchronised offsets, a vCPU added later, and a fault of the VMM.",
                                   "Shut the guest down and start it again; a reboot from inside may not be enough." },
        [GUEST_RATES_DIFFER] = { "rates-differ",
                                 "The TSCs of the vCPUs run at different rates: the guest's time depends on the vCPU.",
                                 "Shut the guest down and start it again, with one TSC frequency for all vCPUs." },
        /* QEMU commit d99569d, in 2.9 (target/i386/kvm.c invtsc_mig_blocker). A guest with invtsc runs on the TSC
         * itself from Linux 5.1 on (commit 7539b174aef4), so that only the VMM can keep its rate. libvirt passes the
         * element on since 3.2.0. */
        [GUEST_INVTSC_PINNED] = { "invtsc-without-frequency",
                                  "It has invtsc and no tsc-frequency: QEMU refuses to migrate, save or snapshot it while it runs.",
                                  "Set the frequency, `tsc-frequency=HZ` in QEMU's -cpu or <timer name='tsc' frequency='HZ'/> in libvirt's "
                                  "<clock>, or take invtsc away; this takes effect at its next start." },
        /* QEMU commit 561dbb41: a blocker with machine types from 6.0 on; with older ones the migration fails at its
         * end. */
        [GUEST_HV_PINNED] = { "reenlightenment-without-frequency",
                              "It has hv-reenlightenment and no tsc-frequency: a migration is refused, or fails at its end with machine "
                              "types older than 6.0.",
                              "Set the frequency, or take hv-reenlightenment away; this takes effect at its next start." },
        [GUEST_NO_CLOCK] = { "no-clock",
                             "It has neither kvm-clock nor invtsc nor hv-time: it may keep time by an emulated timer.",
                             "Offer kvm-clock (Linux) or hv-time (Windows); this takes effect at its next start." },
        [GUEST_RTC_LOCAL] = { "rtc-local-time",
                              "Its real-time clock is on local time, which only Windows expects, and hv-time is off, without which "
                              "Windows reads its time from an emulated timer.",
                              "Windows: turn hv-time on. Other systems: base=utc, in libvirt <clock offset='utc'/>. "
                              "This takes effect at its next start." },
        /* qemu-options.hx, -rtc: "clock=vm" isolates the RTC from the host's clock. */
        [GUEST_RTC_STANDS] = { "rtc-stands",
                               "Its real-time clock stands still while the guest is paused or saved (-rtc clock=vm), so that a guest "
                               "that sets its time by it stays behind.",
                               "Remove clock=vm; this takes effect at its next start." },
        [GUEST_SCALED] = { "scaled",
                           "Its TSC runs at another rate than the host's, scaled by the CPU: a host that it migrates to has to "
                           "be able to scale, or have that rate.",
                           "" },
        [GUEST_STARTED_EARLIER] = { "started-before-loss",
                                    "It was started before this host lost its TSC: its clock got worse meanwhile.",
                                    "" },
};

static const char *const stable_names[] = {
        [TSC_STABLE_UNKNOWN] = "unknown",
        [TSC_STABLE_YES] = "yes",
        [TSC_STABLE_NO] = "no",
        [TSC_STABLE_NOT_APPLICABLE] = "n/a",
};
DEFINE_TO_STRING(tsc_stable, TscStable, stable_names);

static const char *const migration_names[] = {
        [MIGRATION_UNKNOWN] = "unknown",
        [MIGRATION_OPEN] = "open",
        [MIGRATION_BLOCKED] = "blocked",
};
DEFINE_TO_STRING(migration, Migration, migration_names);

int guest_host_tsc(const char *clocksource)
{
        if (!clocksource[0])
                return -1;
        return clocksource_is_tsc(clocksource) || strcmp(clocksource, "hyperv_clocksource_tsc_page") == 0;
}

void guest_vm_done(Guest *guest)
{
        free(guest->name);
        free(guest->vcpus);
        vm_clock_done(&guest->clock);
        vm_agent_done(&guest->agent);
        *guest = (Guest) {};
}

/* Offsets count modulo 2^64: an offset just below 0 and one just above it are close together. */
static void find_spread(const Guest *guest, GuestVerdict *verdict)
{
        int64_t least = 0, most = 0;

        for (size_t i = 0; i < guest->n_vcpus; i++) {
                int64_t apart;

                if (!guest->vcpus[i].has_offset || !guest->vcpus[0].has_offset)
                        return;
                apart = (int64_t)(guest->vcpus[i].offset - guest->vcpus[0].offset);
                if (apart < least)
                        least = apart;
                if (apart > most)
                        most = apart;
        }
        verdict->has_spread = guest->n_vcpus > 0;
        verdict->spread_cycles = (uint64_t)most - (uint64_t)least;
}

/* Whether two offsets differ among those that could be read. */
static bool offsets_differ(const Guest *guest)
{
        const GuestVcpu *first = NULL;

        for (size_t i = 0; i < guest->n_vcpus; i++) {
                const GuestVcpu *vcpu = &guest->vcpus[i];

                if (!vcpu->has_offset)
                        continue;
                if (first && vcpu->offset != first->offset)
                        return true;
                first = vcpu;
        }
        return false;
}

static bool rates_differ(const Guest *guest)
{
        for (size_t i = 1; i < guest->n_vcpus; i++)
                if (guest->vcpus[i].has_ratio && guest->vcpus[0].has_ratio &&
                    guest->vcpus[i].ratio != guest->vcpus[0].ratio)
                        return true;
        return false;
}

/* Where the CPU cannot scale, these files do not exist. A guest that is not scaled has the ratio 1. */
static void find_rate(const Guest *guest, const GuestHost *host, GuestVerdict *verdict)
{
        double factor = 1;
        bool any = false, all = guest->n_vcpus > 0;

        for (size_t i = 0; i < guest->n_vcpus; i++) {
                any |= guest->vcpus[i].has_ratio;
                all &= guest->vcpus[i].has_ratio;
        }
        verdict->scaled = -1;
        if (any != all || (any && (guest->frac_bits == 0 || guest->frac_bits > 63)) ||
            (!any && guest->frac_bits != 0) || guest->n_vcpus == 0)
                return;
        if (any)
                factor = (double)guest->vcpus[0].ratio / (double)(UINT64_C(1) << guest->frac_bits);
        verdict->scaled = any && guest->vcpus[0].ratio != UINT64_C(1) << guest->frac_bits;
        /* No CPU scales by more. So the file does not contain what this code expects. */
        if (factor <= 0 || factor > 1000) {
                verdict->scaled = -1;
                return;
        }
        verdict->tsc_khz = (unsigned)(host->tsc_khz * factor + 0.5);
}

static void conclude(GuestVerdict *verdict, TscStable stable, const char *reason)
{
        verdict->stable = stable;
        verdict->reason = reason;
}

static void judge_stable(const Guest *guest, const GuestHost *host, GuestVerdict *verdict)
{
        if (guest->clock.confidential)
                conclude(verdict, TSC_STABLE_NOT_APPLICABLE, GUEST_PROTECTED);
        else if (verdict->problems & 1U << GUEST_RATES_DIFFER)
                conclude(verdict, TSC_STABLE_NO, "the vCPUs' TSCs run at different rates");
        else if (verdict->problems & 1U << GUEST_OFFSETS_DIFFER)
                conclude(verdict, TSC_STABLE_NO, "the vCPUs' TSC offsets differ");
        else if (host->tsc_in_use == 0)
                conclude(verdict, TSC_STABLE_NO, "the host's clocksource is not its TSC");
        else if (host->tsc_in_use < 0)
                conclude(verdict, TSC_STABLE_UNKNOWN, "the host's clocksource could not be read");
        else if (guest->n_vcpus == 0)
                conclude(verdict, TSC_STABLE_UNKNOWN, "no vCPU is shown in debugfs");
        else if (!verdict->has_spread)
                conclude(verdict, TSC_STABLE_UNKNOWN, "a vCPU's TSC offset could not be read");
        else if (verdict->scaled < 0)
                conclude(verdict, TSC_STABLE_UNKNOWN, "the vCPUs' TSC rates could not be read");
        else
                conclude(verdict, TSC_STABLE_YES, "the vCPUs' TSCs are alike, and the host's clocksource is its TSC");
}

static unsigned find_problems(const Guest *guest, const GuestHost *host, const GuestVerdict *verdict)
{
        const VmClock *clock = &guest->clock;
        bool seen = !clock->confidential, unpinned = clock->known && clock->tsc_hz == 0;
        const bool found[GUEST_PROBLEM_MAX_] = {
                [GUEST_HOST_TSC] = seen && host->tsc_in_use == 0,
                [GUEST_OFFSETS_DIFFER] = seen && offsets_differ(guest),
                [GUEST_RATES_DIFFER] = seen && rates_differ(guest),
                [GUEST_INVTSC_PINNED] = unpinned && clock->invtsc,
                [GUEST_HV_PINNED] = unpinned && clock->hv_reenlightenment,
                [GUEST_NO_CLOCK] = clock->known && !clock->kvmclock && !clock->invtsc && !clock->hv_time,
                [GUEST_RTC_LOCAL] = clock->known && clock->rtc_localtime && !clock->hv_time,
                [GUEST_RTC_STANDS] = clock->known && clock->rtc_stands,
                [GUEST_SCALED] = seen && verdict->scaled == 1,
                [GUEST_STARTED_EARLIER] =
                        host->lost_usec && guest->started_usec && guest->started_usec < host->lost_usec,
        };
        unsigned mask = 0;

        for (unsigned i = 0; i < GUEST_PROBLEM_MAX_; i++)
                if (found[i])
                        mask |= 1U << i;
        return mask;
}

static Migration judge_migration(const Guest *guest, unsigned mask)
{
        if (mask & (1U << GUEST_INVTSC_PINNED | 1U << GUEST_HV_PINNED))
                return MIGRATION_BLOCKED;
        return guest->clock.known && !guest->clock.confidential ? MIGRATION_OPEN : MIGRATION_UNKNOWN;
}

void guest_judge(const Guest *guest, const GuestHost *host, GuestVerdict *ret)
{
        GuestVerdict verdict = { .scaled = -1 };

        if (!guest->clock.confidential) {
                find_spread(guest, &verdict);
                find_rate(guest, host, &verdict);
        }
        verdict.problems = find_problems(guest, host, &verdict);
        if (verdict.problems & 1U << GUEST_RATES_DIFFER)
                verdict.tsc_khz = 0;
        judge_stable(guest, host, &verdict);
        verdict.migration = judge_migration(guest, verdict.problems);
        /* cycles / kHz = ms */
        verdict.has_spread_nsec = verdict.has_spread && (verdict.tsc_khz || verdict.spread_cycles == 0);
        if (verdict.tsc_khz && verdict.has_spread)
                verdict.spread_nsec = (uint64_t)((double)verdict.spread_cycles / verdict.tsc_khz * 1e6 + 0.5);
        /* TSCs that differ by one cycle are apart: 0 would say that they are not. */
        if (verdict.has_spread_nsec && verdict.spread_cycles > 0 && verdict.spread_nsec == 0)
                verdict.spread_nsec = 1;
        *ret = verdict;
}
