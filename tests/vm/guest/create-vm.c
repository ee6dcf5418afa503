// SPDX-License-Identifier: GPL-2.0-or-later
/* create-vm: has KVM make a virtual machine, says "created" and keeps it until a signal ends it: two minutes at most. */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(void)
{
        int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

        if (kvm < 0) {
                perror("/dev/kvm");
                return 1;
        }
        if (ioctl(kvm, KVM_CREATE_VM, 0) < 0) {
                perror("KVM_CREATE_VM");
                return 1;
        }
        puts("created");
        fflush(stdout);
        alarm(120);
        pause();
        return 0;
}
