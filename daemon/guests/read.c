/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * debugfs has a directory kvm/PID-FD for each VM (virt/kvm/kvm_main.c kvm_create_vm_debugfs()). PID is the *task* that
 * made the VM, which may be a thread. In it, vcpuN has the files of arch/x86/kvm/debugfs.c.
 */
#include "guests/read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/log.h"
#include "base/macro.h"
#include "base/parse.h"
#include "base/time.h"
#include "base/words.h"
#include "host/processes.h"
#include "host/sysfs.h"
#include "host/vms.h"

/* libvirt's long command lines have some 20 kB, but a process may have 2 MB. */
#define ARGUMENTS_MAX (256U << 10)

DEFINE_CLEANUP(DIR, closedir);

void guests_done(Guests *guests)
{
        for (size_t i = 0; i < guests->n; i++)
                guest_vm_done(&guests->entries[i]);
        free(guests->entries);
        *guests = (Guests) {};
}

static DIR *open_directory(int dirfd, const char *path)
{
        int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *dir;

        if (fd < 0)
                return NULL;
        dir = fdopendir(fd);
        if (!dir) {
                int error = errno;

                (void)close(fd);
                errno = error;
        }
        return dir;
}

/* Reads a number that the kernel printed with "%lld", which counts modulo 2^64. */
static bool read_offset(int dirfd, const char *path, uint64_t *ret)
{
        char value[32];
        uint64_t size;

        if (sysfs_read_at(dirfd, path, value, sizeof(value)) < 0 ||
            parse_u64(value + (value[0] == '-'), 0, UINT64_C(1) << 63, &size) < 0)
                return false;
        *ret = value[0] == '-' ? -size : size;
        return true;
}

static bool read_number(int dirfd, const char *path, uint64_t max, uint64_t *ret)
{
        char value[32];

        return sysfs_read_at(dirfd, path, value, sizeof(value)) == 0 && parse_u64(value, 0, max, ret) == 0;
}

static int read_vcpu(int vm, const char *name, Guest *guest)
{
        char path[64];
        GuestVcpu *vcpu;
        uint64_t bits;
        int r = array_grow(&guest->vcpus, guest->n_vcpus, sizeof(*guest->vcpus));

        if (r < 0)
                return r;
        vcpu = &guest->vcpus[guest->n_vcpus++];
        (void)snprintf(path, sizeof(path), "%.20s/tsc-offset", name);
        vcpu->has_offset = read_offset(vm, path, &vcpu->offset);
        (void)snprintf(path, sizeof(path), "%.20s/tsc-scaling-ratio", name);
        vcpu->has_ratio = read_number(vm, path, UINT64_MAX - 1, &vcpu->ratio);
        /* The same for all vCPUs of a host, so it is read once. */
        (void)snprintf(path, sizeof(path), "%.20s/tsc-scaling-ratio-frac-bits", name);
        if (guest->frac_bits == 0 && read_number(vm, path, 63, &bits))
                guest->frac_bits = (unsigned)bits;
        return 0;
}

/* 0, -ENOENT: the VM has ended; or -ENOMEM. */
static int read_vcpus(int kvm, const char *name, Guest *guest)
{
        _cleanup_(closedirp) DIR *vm = open_directory(kvm, name);
        const struct dirent *entry;

        if (!vm)
                return errno == ENOMEM ? -ENOMEM : -ENOENT;
        while ((entry = readdir(vm))) {
                const char *number = text_after(entry->d_name, "vcpu");
                uint64_t vcpu;
                int r;

                if (!number || parse_u64(number, 0, UINT32_MAX, &vcpu) < 0)
                        continue;
                r = read_vcpu(dirfd(vm), entry->d_name, guest);
                if (r < 0)
                        return r;
        }
        return faccessat(kvm, name, F_OK, 0) < 0 ? -ENOENT : 0;
}

/* The process of a task: Tgid in /proc/TASK/status (proc(5)). 0: it has ended, although the VM still exists. */
static uint32_t read_process(int proc, uint32_t task)
{
        char path[32], status[8192];
        unsigned long process;
        const char *line;

        (void)snprintf(path, sizeof(path), "%u/status", task);
        if (sysfs_read_at(proc, path, status, sizeof(status)) < 0)
                return 0;
        line = strstr(status, "\nTgid:\t");
        if (!line)
                return 0;
        process = strtoul(line + strlen("\nTgid:\t"), NULL, 10);
        return process <= INT32_MAX ? (uint32_t)process : 0;
}

/* CLOCK_REALTIME; 0: not known. */
static uint64_t read_started(int proc, uint32_t pid)
{
        uint64_t boot_usec = time_usec(CLOCK_BOOTTIME), usec = process_started_usec(proc, pid);

        return usec > 0 && usec <= boot_usec ? time_usec(CLOCK_REALTIME) - (boot_usec - usec) : 0;
}

/* 0 or -ENOMEM. If the command line cannot be read, nothing of it is known. */
static int read_command_line(int proc, uint32_t pid, Guest *guest)
{
        _cleanup_free_ char *arguments = malloc(ARGUMENTS_MAX + 1);
        char path[32];
        size_t size = 0;
        ssize_t n;
        int fd, r;

        if (!arguments)
                return -ENOMEM;
        (void)snprintf(path, sizeof(path), "%u/cmdline", pid);
        fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return 0;
        /* One read(2) returns a page at most. */
        while (size <= ARGUMENTS_MAX && (n = read(fd, arguments + size, ARGUMENTS_MAX + 1 - size)) > 0)
                size += (size_t)n;
        (void)close(fd);
        r = vm_clock_parse(arguments, size, size > ARGUMENTS_MAX, &guest->clock);
        return r == 0 && guest->clock.vmm == VMM_QEMU ? vm_agent_parse(arguments, size, &guest->agent) : r;
}

/* Takes the name from the VMM's command line, or from systemd-machined, or else program and unit. 0 or -ENOMEM. */
static int find_name(Guest *guest)
{
        _cleanup_free_ char *read = !guest->clock.name && guest->pid > 0 ? vm_name_read(guest->pid) : NULL;
        const char *name = guest->clock.name ? guest->clock.name : read;

        guest->name = text_escape(name ? name : "?");
        return guest->name ? 0 : -ENOMEM;
}

/* PID of "PID-FD"; 0: not the directory of a VM. */
static uint32_t vm_parse(const char *name)
{
        char pid[12];
        size_t length = strspn(name, "0123456789");
        unsigned number, fd;

        if (length == 0 || length >= sizeof(pid) || name[length] != '-')
                return 0;
        memcpy(pid, name, length);
        pid[length] = '\0';
        return parse_unsigned(pid, 1, INT32_MAX, &number) == 0 &&
                               parse_unsigned(name + length + 1, 0, INT32_MAX, &fd) == 0 ?
                       number :
                       0;
}

/* 0, -ENOENT: the VM has ended; or -ENOMEM. */
static int read_guest(int kvm, int proc, const char *name, Guest *guest)
{
        int r;

        guest->pid = read_process(proc, vm_parse(name));
        if (guest->pid > 0) {
                guest->started_usec = read_started(proc, guest->pid);
                r = read_command_line(proc, guest->pid, guest);
                if (r < 0)
                        return r;
        }
        r = read_vcpus(kvm, name, guest);
        return r < 0 ? r : find_name(guest);
}

static int compare(const void *a, const void *b)
{
        const Guest *left = a, *right = b;
        int order = strcmp(left->name, right->name);

        if (order != 0)
                return order;
        return (left->pid > right->pid) - (left->pid < right->pid);
}

int guests_read(int kvm, int proc, Guests *ret)
{
        _cleanup_(closedirp) DIR *dir = open_directory(kvm, ".");
        _cleanup_guests_ Guests guests = {};
        const struct dirent *entry;
        int r;

        if (!dir)
                return -errno;
        while ((errno = 0, entry = readdir(dir))) {
                if (vm_parse(entry->d_name) == 0)
                        continue;
                r = array_grow(&guests.entries, guests.n, sizeof(*guests.entries));
                if (r == 0)
                        r = read_guest(kvm, proc, entry->d_name, &guests.entries[guests.n]);
                if (r == -ENOENT)
                        guest_vm_done(&guests.entries[guests.n]);
                else if (r < 0) {
                        guest_vm_done(&guests.entries[guests.n]);
                        return r;
                } else
                        guests.n++;
        }
        if (errno != 0)
                return -errno;
        if (guests.n > 1)
                qsort(guests.entries, guests.n, sizeof(*guests.entries), compare);
        *ret = TAKE_STRUCT(guests);
        return 0;
}
