/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whether the host can set a guest's clock through QEMU's agent.
 */
#include <string.h>

#include "base/words.h"
#include "check/audit-parts.h"

#define AWS_VENDOR "Amazon EC2"
#define AGENT_CHANNEL "/dev/virtio-ports/org.qemu.guest_agent.0"

bool audit_is_kvm(const AuditInput *input)
{
        /* AWS's hypervisor is KVM too, but it does not answer ptp_kvm. */
        return input->setup->ptp_kvm[0] ||
               (words_have(input->clock->available, "kvm-clock") && !text_after(input->setup->vendor, AWS_VENDOR));
}

const char *audit_other_hypervisor(const AuditInput *input)
{
        static const struct {
                const char *name;
                const char *vendor; /* a prefix of sys_vendor in DMI, NULL for none */
                PhcKind kind;       /* of its clock; PHC_UNKNOWN: none */
        } others[] = {
                { "Xen", "Xen", PHC_UNKNOWN },      { "Hyper-V", "Microsoft Corporation", PHC_HYPERV },
                { "VMware", "VMware", PHC_VMWARE }, { "AWS", AWS_VENDOR, PHC_ENA },
                { "Google", NULL, PHC_GVE },
        };
        const char *available = input->clock->available;
        PhcKind kind = input->setup->host_phc_kind;

        if (words_have(available, "xen") || input->setup->xen)
                return "Xen";
        if (strstr(available, "hyperv_clocksource_"))
                return "Hyper-V";
        for (size_t i = 0; i < ARRAY_SIZE(others); i++)
                if ((others[i].vendor && text_after(input->setup->vendor, others[i].vendor)) ||
                    (kind != PHC_UNKNOWN && kind == others[i].kind))
                        return others[i].name;
        return NULL;
}

static void judge_running(const AuditInput *input, AuditStep *step)
{
        const AgentFound *agent = &input->setup->agent;

        if (agent->refuses) {
                audit_set(step, AUDIT_WARN, "qemu-ga runs, but it is configured to refuse %s", agent->refuses);
                audit_advise(step, "So the host cannot set this guest's clock after a resume (virsh domtime). Allow it "
                                   "with --allow-rpcs or --block-rpcs on qemu-ga's command line, or with allow-rpcs or "
                                   "block-rpcs in " AGENT_FILE ".");
        } else if (agent->vsock) {
                audit_set(step, AUDIT_PASS, "qemu-ga runs and listens on a vsock");
                audit_advise(step, "virsh cannot reach it there: after a resume another program on the host has to "
                                   "send guest-set-time.");
        } else
                audit_set(step, AUDIT_PASS, AGENT_CHANNEL ": there; qemu-ga runs");
}

static void judge_no_agent(const AuditInput *input, AuditStep *step)
{
        const MachineSetup *setup = input->setup;

        audit_set(step, AUDIT_WARN, AGENT_CHANNEL ": %s; qemu-ga %s", setup->agent_channel ? "there" : "not there",
                  setup->agent_running ? "runs" : "does not run");
        if (!setup->agent_channel)
                audit_advise(step, "Without it the host cannot set this guest's clock after a resume (virsh domtime). "
                                   "Add to the domain's XML: <channel type='unix'><target type='virtio' "
                                   "name='org.qemu.guest_agent.0'/></channel>");
        else if (setup->agent_unit)
                audit_fix(step, "systemctl start qemu-guest-agent");
        else
                audit_advise(step, "Install the package qemu-guest-agent, and start its service.");
}

void audit_agent(const AuditInput *input, AuditStep *step)
{
        const MachineSetup *setup = input->setup;
        const char *other = audit_other_hypervisor(input);

        if (other && !setup->agent_channel)
                audit_set(step, AUDIT_NOT_APPLICABLE, "qemu-ga works only with QEMU; this is a guest of %s", other);
        else if (setup->agent_running && (setup->agent_channel || setup->agent.vsock))
                judge_running(input, step);
        else
                judge_no_agent(input, step);
}
