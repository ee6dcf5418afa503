/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The parts that audit_judge() is made of: each adds its steps.
 */
#pragma once

#include "check/audit-steps.h"

void audit_host(const AuditInput *input, Audit *audit);
void audit_boot_parameters(const AuditInput *input, Audit *audit, const BootNeed *need);
/* Names `kargs apply` only where it would do it; elsewhere `kargs plan`, which says what to do. */
void audit_fix_by_parameters(const AuditInput *input, Audit *audit, AuditStep *step, const BootNeed *need);
bool audit_needs_only_reboot(const BootNeed *need);
void audit_guest(const AuditInput *input, Audit *audit);
void audit_time(const AuditInput *input, Audit *audit);
