/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/audit.h"

#include <errno.h>

#include "check/audit-parts.h"

void audit_find_roles(const Facts *facts, const MachineSetup *setup, bool *ret_host, bool *ret_guest)
{
        /* Xen's first domain has the hypervisor flag too, but it is the host. */
        *ret_guest = facts->hypervisor && !setup->dom0;
        /* A physical machine without KVM is checked as a host that is not set up yet. */
        *ret_host = !*ret_guest || setup->kvm;
}

int audit_judge(const AuditInput *input, Audit *ret)
{
        if (input->host)
                audit_host(input, ret);
        if (input->guest)
                audit_guest(input, ret);
        audit_time(input, ret);
        audit_rate(input, ret);
        return ret->out_of_memory ? -ENOMEM : 0;
}
