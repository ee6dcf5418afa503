/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

#define DEBUGFS "/sys/kernel/debug"
#define PRETENDS "MADEHOST_VM"
#define OPTIONS_MAX 64

/* \xHH in place; another backslash stands for itself. */
static void unescape(char *text)
{
        char *to = text;

        for (const char *from = text; *from;) {
                char hex[3] = "", *end = hex;
                unsigned long byte = 0;

                if (from[0] == '\\' && from[1] == 'x' && from[2] && from[3]) {
                        memcpy(hex, from + 2, 2);
                        byte = strtoul(hex, &end, 16);
                }
                *to++ = end == hex + 2 ? (char)byte : *from;
                from += end == hex + 2 ? 4 : 1;
        }
        *to = '\0';
}

static bool take_key(MadeVm *vm, char *word)
{
        char *value = strchr(word, '=');

        if (!value)
                return false;
        *value++ = '\0';
        if (strcmp(word, "vcpus") == 0)
                return parse_unsigned(value, CPUS_MAX, &vm->vcpus) == 0;
        if (strcmp(word, "offsets") == 0)
                return replace_string(&vm->offsets, value) == 0;
        if (strcmp(word, "ratio") != 0 || !strchr(value, '/'))
                return false;
        return replace_string(&vm->ratio, value) == 0;
}

void hostfile_vm(HostFile *f, char *args)
{
        Host *host = &f->machine->host;
        MadeVm *vms = reallocarray(host->vms, host->n_vms + 1, sizeof(*vms)), *vm;
        char *word = next_word(&args);

        if (!vms) {
                hostfile_complain(f, "out of memory");
                return;
        }
        host->vms = vms;
        vm = &vms[host->n_vms++];
        *vm = (MadeVm) { .vcpus = 1 };
        unescape(word);
        if (replace_string(&vm->name, word) < 0)
                hostfile_complain(f, "out of memory");
        while (*(args = trim(args))) {
                if (strncmp(args, "options=", strlen("options=")) == 0) {
                        if (replace_string(&vm->options, args + strlen("options=")) < 0)
                                hostfile_complain(f, "out of memory");
                        return;
                }
                word = next_word(&args);
                if (!take_key(vm, word)) {
                        hostfile_complain(f,
                                          "%s: write vm NAME vcpus=4 offsets=0,-5,junk "
                                          "ratio=4294967296/32 options=-cpu host",
                                          word);
                        return;
                }
        }
}

void vms_free(Host *host)
{
        for (size_t i = 0; i < host->n_vms; i++) {
                free(host->vms[i].name);
                free(host->vms[i].offsets);
                free(host->vms[i].ratio);
                free(host->vms[i].options);
        }
        free(host->vms);
}

static int put(const char *folder, const char *name, const char *value, size_t length)
{
        char path[256];
        int fd, r;

        (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
        if (fd < 0)
                return -1;
        r = dprintf(fd, "%.*s\n", (int)length, value);
        return close(fd) < 0 || r < 0 ? -1 : 0;
}

/* One more vCPU takes the next of the offsets, the last of them being for all
 * that follow; "-" is for none. */
static int put_vcpus(const MadeVm *vm, const char *folder)
{
        const char *offset = vm->offsets ? vm->offsets : "0", *slash = vm->ratio ? strchr(vm->ratio, '/') : NULL;

        for (unsigned i = 0; i < vm->vcpus; i++) {
                size_t length = strcspn(offset, ",");
                char vcpu[200];

                (void)snprintf(vcpu, sizeof(vcpu), "%s/vcpu%u", folder, i);
                if (mkdir(vcpu, 0755) < 0 ||
                    (*offset != '-' || length > 1 ? put(vcpu, "tsc-offset", offset, length) : 0) < 0)
                        return -1;
                if (slash && (put(vcpu, "tsc-scaling-ratio", vm->ratio, (size_t)(slash - vm->ratio)) < 0 ||
                              put(vcpu, "tsc-scaling-ratio-frac-bits", slash + 1, strlen(slash + 1)) < 0))
                        return -1;
                if (offset[length] == ',')
                        offset += length + 1;
        }
        return 0;
}

static _Noreturn void become_vm(const MadeVm *vm)
{
        char *argv[OPTIONS_MAX + 4] = { (char[]) { "/usr/bin/kvm" }, (char[]) { "-name" }, vm->name },
                                 *options = vm->options;
        size_t n = 3;

        while (options && *(options = trim(options)) && n < OPTIONS_MAX)
                argv[n++] = next_word(&options);
        setenv(PRETENDS, "1", 1);
        execv("/proc/self/exe", argv);
        _exit(1);
}

void vm_pretend(void)
{
        if (!getenv(PRETENDS))
                return;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
                pause();
}

/* 0, once it has become what it shall look like. */
static int start(const MadeVm *vm)
{
        char folder[128], end;
        int ready[2];
        pid_t pid;

        if (pipe2(ready, O_CLOEXEC) < 0)
                return -1;
        pid = fork();
        if (pid == 0)
                become_vm(vm);
        close(ready[1]);
        /* The other end is closed by execv(). */
        (void)!read(ready[0], &end, 1);
        close(ready[0]);
        (void)snprintf(folder, sizeof(folder), DEBUGFS "/kvm/%d-9", (int)pid);
        return pid < 0 || mkdir(folder, 0755) < 0 ? -1 : put_vcpus(vm, folder);
}

int vms_start(const Host *host)
{
        if (host->n_vms == 0)
                return 0;
        if (mount("none", DEBUGFS, "tmpfs", 0, NULL) < 0 || mkdir(DEBUGFS "/kvm", 0755) < 0) {
                fprintf(stderr, "madehost: no debugfs: %m\n");
                return -1;
        }
        for (size_t i = 0; i < host->n_vms; i++)
                if (start(&host->vms[i]) < 0) {
                        fprintf(stderr, "madehost: cannot make the virtual machine %zu: %m\n", i + 1);
                        return -1;
                }
        return 0;
}
