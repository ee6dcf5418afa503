/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The parts of audit_judge(): each adds its steps.
 */
#pragma once

#include "check/audit-steps.h"

void audit_host(const AuditInput *input, Audit *audit);
/* The governor, and other programs that set one. */
void audit_governor(const AuditInput *input, Audit *audit);
/* Starts tscwardend; where it runs already, its own word says what is in its way. */
void audit_fix_by_daemon(const AuditInput *input, Audit *audit, AuditStep *step);
void audit_boot_parameters(const AuditInput *input, Audit *audit, const BootNeed *need);
/* `kargs apply` where it would do it, elsewhere the command that does; none where a person has to (kargs plan says what). */
void audit_fix_by_parameters(const AuditInput *input, Audit *audit, AuditStep *step, const BootNeed *need);
bool audit_needs_only_reboot(const BootNeed *need);
void audit_guest(const AuditInput *input, Audit *audit);
void audit_chrony(const AuditInput *input, Audit *audit);
/* Names `guest setup` only where it would do it: it writes into a folder that chrony's configuration names. */
void audit_fix_by_setup(const AuditInput *input, Audit *audit, AuditStep *step);
/* A guest of KVM that may ask its host for the time. */
bool audit_is_kvm(const AuditInput *input);
void audit_agent(const AuditInput *input, Audit *audit);
/* The hypervisor by name where it is none that runs KVM's guests with QEMU: "Xen", "Hyper-V", "VMware", "AWS", "Google"; NULL where it
 * may be one. */
const char *audit_other_hypervisor(const AuditInput *input);
void audit_time(const AuditInput *input, Audit *audit);
void audit_late(const AuditInput *input, Audit *audit);
/* `synchronized`: the system's time is known to be right. */
void audit_rtc(const AuditInput *input, Audit *audit, bool synchronized);
void audit_rate(const AuditInput *input, Audit *audit);
