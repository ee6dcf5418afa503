/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/guest-clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/words.h"

/* `name` is a prefix of clock_name: some drivers append a number. */
static const struct {
        const char *name, *words;
} phc_kinds[PHC_MAX_] = {
        [PHC_UNKNOWN] = { NULL, "a clock that tscwarden does not know" },
        [PHC_NETWORK] = { NULL, "a network interface's clock" },
        [PHC_KVM] = { KVM_CLOCK_NAME, "the host's clock (KVM)" },
        [PHC_HYPERV] = { "hyperv", "the host's clock (Hyper-V)" },
        [PHC_ENA] = { "ena-ptp", "the host's clock (AWS)" },
        [PHC_GVE] = { "Gve PHC", "the host's clock (Google)" },
        [PHC_VMCLOCK] = { "vmclock", "the host's clock (vmclock)" },
        [PHC_VIRTIO] = { "Virtio PTP", "the host's clock (virtio-rtc)" },
        [PHC_VMWARE] = { "ptp_vmw", "the host's clock (VMware)" },
};

PhcKind phc_kind_of(const char *clock_name, bool network)
{
        for (PhcKind kind = 0; kind < PHC_MAX_; kind++)
                if (phc_kinds[kind].name && text_after(clock_name, phc_kinds[kind].name))
                        return kind;
        return network ? PHC_NETWORK : PHC_UNKNOWN;
}

bool phc_kind_is_of_host(PhcKind kind)
{
        return kind >= PHC_KVM;
}

const char *phc_kind_describe(PhcKind kind)
{
        return phc_kinds[kind].words;
}

#define MARK "# Written by tscwarden guest setup; tscwarden guest undo takes it away.\n"

char *guest_file_format(GuestFileKind kind, const char *device, bool has_device_unit)
{
        static const char settle[] = "systemd-udev-settle.service", link_unit[] = "dev-ptp_kvm.device";
        const char *unit = has_device_unit ? link_unit : settle;

        if (kind == GUEST_MODULES)
                return text_format(MARK KVM_CLOCK_MODULE "\n");
        else if (kind == GUEST_REFCLOCK)
                return text_format(
                        MARK "refclock PHC %s poll 2\n# A guest falls behind whenever it is resumed.\nmakestep 1 -1\n",
                        device);
        else
                return text_format(MARK "[Unit]\nWants=%s\nAfter=%s\n", unit, unit);
}

GuestFileState guest_file_judge(const char *text, const char *wanted)
{
        if (!text)
                return GUEST_FILE_MISSING;
        if (strcmp(text, wanted) == 0)
                return GUEST_FILE_SAME;
        return text_after(text, MARK) ? GUEST_FILE_OTHER : GUEST_FILE_FOREIGN;
}

const char *guest_explain_modprobe(const char *text)
{
        /* The module returns EOPNOTSUPP (ENODEV before commit 5e7aa97c7acf) if the hypervisor is not KVM, or if the
         * host refuses KVM_HC_CLOCK_PAIRING because its clocksource is not the TSC
         * (Documentation/virt/kvm/x86/hypercalls.rst). */
        if (strstr(text, "Operation not supported") || strstr(text, "No such device"))
                return "The host cannot be asked for the time: its clocksource is not tsc, or the hypervisor is not KVM. "
                       "On the host, `tscwarden status` says why; nothing can be set here before that is mended.";
        if (strstr(text, "not found"))
                return "This kernel has no module ptp_kvm.";
        return "";
}
