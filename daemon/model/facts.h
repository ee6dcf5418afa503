/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the hardware and the kernel are. host/ reads it from files, never from CPUID.
 */
#pragma once

#include <stdbool.h>

#include "base/cpuset.h"

typedef struct Facts {
        /* /proc/cpuinfo; a flag counts only when every online CPU has it. */
        bool constant_tsc;
        bool nonstop_tsc;
        bool hypervisor;
        bool xen_control; /* /proc/xen/capabilities: this is Xen's control domain (dom0), not an ordinary guest */
        bool has_tsc;
        bool tsc_adjust;
        bool tsc_reliable;           /* the kernel knows the TSC's rate from the hypervisor or the CPU model */
        bool tsc_scaling;            /* guests can have a TSC of another rate than the host's, in hardware */
        CpuSet without_constant_tsc; /* online CPUs that lack the flag */
        CpuSet without_nonstop_tsc;
        unsigned n_cpus; /* online CPUs listed */
        char vendor[16]; /* vendor_id is 12 characters by CPUID leaf 0 */
        unsigned family;
        unsigned model;
        char microcode[16]; /* as cpuinfo has it, "0x1234"; "" unknown */

        /* 0 = unknown */
        unsigned n_possible;                 /* CPUs: num_possible_cpus() */
        unsigned n_packages;                 /* distinct topology/core_siblings_list */
        unsigned n_nodes;                    /* online NUMA nodes */
        unsigned kernel_major, kernel_minor; /* uname -r. Never decides what a log line means */

        char idle_driver[16];         /* "" for none */
        const char *cmdline;          /* /proc/cmdline, no newline; owned */
        char *clocksource;            /* current_clocksource; owned, NULL when unreadable */
        char *available_clocksources; /* space separated, no blank at the end; owned, NULL when unreadable */

        /* From a snapshot (clock_facts_add_snapshot()); "" for none. */
        char deep_state[16];      /* the deepest registered idle state of more than C1 */
        char moving_governor[16]; /* of any policy: one that changes the frequency by itself */
        /* A boot parameter would prevent nothing here, and none is set: the idle driver has no state beyond C1, or no
         * cpufreq driver has registered. */
        bool idle_is_shallow, frequency_is_fixed;
        bool frequency_is_modulated; /* the driver is p4-clockmod, which leaves the TSC alone */
} Facts;

/* tsc, or tsc-early, which is the same counter. */
bool clocksources_have_tsc(const char *list);

void facts_done(Facts *facts);
#define _cleanup_facts_ _cleanup_(facts_done)

/* tsc (or tsc-early) is registered and not marked: the kernel does not list a marked one in available_clocksource
 * (kernel/time/clocksource.c). If the lists are unreadable, the TSC counts as working; this is the safe assumption. */
bool facts_tsc_lives(const Facts *facts);

/* A frequency change would cost this host its TSC: it works, and the kernel marks it at the first change because
 * constant_tsc is missing (arch/x86/kernel/tsc.c time_cpufreq_notifier). */
bool facts_tsc_is_fragile(const Facts *facts);

/* AMD family 15 models 64..95: the CPUs that the KVM timekeeping recommendations of the virtualization guides name. */
bool facts_is_amd_rev_f(const Facts *facts);
