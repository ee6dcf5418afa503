/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The judges of the steps in audit.c, and what several of them use.
 */
#pragma once

#include "check/audit-steps.h"

/* Gives its step a result with evidence, and where it is of use advice and a command. */
typedef void AuditJudge(const AuditInput *input, AuditStep *step);

AuditJudge audit_flags, audit_host_tsc, audit_idle, audit_c1e, audit_pairing, audit_resync; /* audit-host.c */
AuditJudge audit_boot_parameters;                                                           /* audit-boot.c */
AuditJudge audit_governor, audit_owners;                                                    /* audit-governor.c */
AuditJudge audit_guest_tsc, audit_clocksource, audit_phc, audit_module;                     /* audit-guest.c */
AuditJudge audit_refclock, audit_chronyd, audit_selected, audit_makestep;                   /* audit-chrony.c */
AuditJudge audit_agent;                                                                     /* audit-agent.c */
AuditJudge audit_late, audit_rtc;                                                           /* audit-clocks.c */
AuditJudge audit_client, audit_synchronized, audit_bound, audit_stamps;                     /* audit-time.c */
AuditJudge audit_rate_utc, audit_rate_boots;                                                /* audit-rate.c */

/* Gives the step the command that starts tscwardend, or advice if tscwardend cannot help: it runs already,
 * APPLY=never, or its file is refused. */
void audit_fix_by_daemon(const AuditInput *input, AuditStep *step);
/* Gives the step the command that sets the missing boot parameters: `kargs apply` if it supports this boot loader,
 * otherwise the commands that do it. No command if a person has to edit something; `kargs plan` then says what. */
void audit_fix_by_parameters(const AuditInput *input, AuditStep *step);
/* Gives the step the command `guest setup`, preceded by what it needs. `guest setup` writes a file into a folder that
 * chrony's configuration names; if that is impossible here, the step gets advice instead. */
void audit_fix_by_setup(const AuditInput *input, AuditStep *step);

/* True if the next boot has all parameters that the running kernel lacks. */
bool audit_needs_only_reboot(const BootNeed *need);
/* True in a guest of KVM that can ask its host for the time. */
bool audit_is_kvm(const AuditInput *input);
/* The hypervisor's name if it is not KVM with QEMU: "Xen", "Hyper-V", "VMware", "AWS" or "Google"; otherwise NULL. */
const char *audit_other_hypervisor(const AuditInput *input);
