/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "uname.h"

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__i386__)
#define ARCHITECTURE AUDIT_ARCH_I386
#endif

static struct utsname real;

int uname_listen(const char *release)
{
#ifdef ARCHITECTURE
        struct sock_filter filter[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 0, 3),
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_uname, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        struct sock_fprog program = { .len = sizeof(filter) / sizeof(filter[0]), .filter = filter };
        long fd;

        if (uname(&real) < 0)
                return -errno;
        snprintf(real.release, sizeof(real.release), "%s", release);
        fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
        return fd < 0 ? -errno : (int)fd;
#else
        return -ENOTSUP;
#endif
}

void uname_answer(int fd)
{
        struct seccomp_notif question = {};
        struct seccomp_notif_resp answer = {};
        struct iovec from = { .iov_base = &real, .iov_len = sizeof(real) }, to = { .iov_len = sizeof(real) };

        if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &question) < 0)
                return;
        to.iov_base = (void *)(uintptr_t)question.data.args[0]; // NOLINT(performance-no-int-to-ptr)
        answer.id = question.id;
        if (process_vm_writev((pid_t)question.pid, &from, 1, &to, 1, 0) != (ssize_t)sizeof(real))
                answer.error = -EFAULT;
        (void)ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}
