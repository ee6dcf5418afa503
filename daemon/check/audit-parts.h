/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The parts of audit_judge(): each adds its steps.
 */
#pragma once

#include "check/audit-steps.h"

void audit_host(const AuditInput *input, Audit *audit);
/* Adds a step for the governor and one for other programs that set a governor. */
void audit_governor(const AuditInput *input, Audit *audit);
/* Gives the step the command that starts tscwardend, or advice if tscwardend cannot help: it runs already,
 * APPLY=never, or its file is refused. */
void audit_fix_by_daemon(const AuditInput *input, Audit *audit, AuditStep *step);
void audit_boot_parameters(const AuditInput *input, Audit *audit, const BootNeed *need);
/* Gives the step the command that sets the missing boot parameters: `kargs apply` if it supports this boot loader,
 * otherwise the commands that do it. No command if a person has to edit something; `kargs plan` then says what. */
void audit_fix_by_parameters(const AuditInput *input, Audit *audit, AuditStep *step, const BootNeed *need);
/* True if the next boot has all parameters that the running kernel lacks. */
bool audit_needs_only_reboot(const BootNeed *need);
void audit_guest(const AuditInput *input, Audit *audit);
void audit_chrony(const AuditInput *input, Audit *audit);
/* Gives the step the command `guest setup`, preceded by what it needs. `guest setup` writes a file into a folder that
 * chrony's configuration names; if that is impossible here, the step gets advice instead. */
void audit_fix_by_setup(const AuditInput *input, Audit *audit, AuditStep *step);
/* True in a guest of KVM that can ask its host for the time. */
bool audit_is_kvm(const AuditInput *input);
void audit_agent(const AuditInput *input, Audit *audit);
/* The hypervisor's name if it is not KVM with QEMU: "Xen", "Hyper-V", "VMware", "AWS" or "Google"; otherwise NULL. */
const char *audit_other_hypervisor(const AuditInput *input);
void audit_time(const AuditInput *input, Audit *audit);
void audit_late(const AuditInput *input, Audit *audit);
/* `synchronized`: true if the system's time is known to be right. */
void audit_rtc(const AuditInput *input, Audit *audit, bool synchronized);
void audit_rate(const AuditInput *input, Audit *audit);
