// SPDX-License-Identifier: GPL-2.0-or-later
/* create-vm [OFFSET...]: has KVM make a virtual machine, with a vCPU for each OFFSET of its TSC, says "created" and
 * keeps it until a signal ends it: two minutes at most. */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int create_vcpu(int vm, unsigned long number, unsigned long long offset)
{
        struct kvm_device_attr attribute = {
                .group = KVM_VCPU_TSC_CTRL,
                .attr = KVM_VCPU_TSC_OFFSET,
                .addr = (unsigned long)&offset,
        };
        int vcpu = ioctl(vm, KVM_CREATE_VCPU, number);

        return vcpu < 0 ? vcpu : ioctl(vcpu, KVM_SET_DEVICE_ATTR, &attribute);
}

int main(int argc, char *argv[])
{
        int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm;

        if (kvm < 0) {
                perror("/dev/kvm");
                return 1;
        }
        vm = ioctl(kvm, KVM_CREATE_VM, 0);
        if (vm < 0) {
                perror("KVM_CREATE_VM");
                return 1;
        }
        for (int i = 1; i < argc; i++)
                if (create_vcpu(vm, (unsigned long)i - 1, strtoull(argv[i], NULL, 10)) < 0) {
                        perror(argv[i]);
                        return 1;
                }
        puts("created");
        fflush(stdout);
        alarm(120);
        pause();
        return 0;
}
