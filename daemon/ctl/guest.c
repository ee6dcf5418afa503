/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "check/chrony-config.h"
#include "check/chrony-report.h"
#include "check/layout.h"
#include "check/read/machine-setup.h"
#include "check/read/timesync.h"
#include "host/runtime.h"
#include "host/tool.h"
#include "show/print.h"

#define FILE_MAX (1U << 20)
#define SHORT_SECONDS 60
/* How often to look for the clock, every 0.1 s. If udev has not made its link after half of them, the device's own
 * name is used. */
#define CLOCK_LOOKS 50

static const char modules_name[] = CHRONY_FILE_NAME, drop_in_name[] = "50-tscwarden.conf";

static int out_of_memory(void)
{
        (void)ctl_complain("Out of memory");
        return -ENOMEM;
}

void guest_done(GuestSetup *guest)
{
        for (unsigned i = 0; i < GUEST_FILE_MAX_; i++) {
                free(guest->files[i].directory);
                free(guest->files[i].text);
                free(guest->files[i].before);
        }
        machine_setup_done(&guest->setup);
        *guest = (GuestSetup) {};
}

static void complain_with(const char *text)
{
        for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
                _cleanup_free_ char *line = strndup(text, strcspn(text, "\n"));

                if (line && *line)
                        print_line(stderr, "  ", line);
        }
}

int guest_run(const char *const *argv, unsigned seconds, char **ret_output)
{
        _cleanup_free_ char *output = NULL;
        int status, r = tool_run(argv, seconds, TOOL_TAKE_ALL, &status, &output);
        char command[256] = "";

        if (r < 0) {
                (void)ctl_complain_errno(r, "%s", argv[0]);
                return r;
        }
        if (status != 0) {
                for (unsigned i = 0; argv[i]; i++) {
                        size_t used = strlen(command);

                        snprintf(command + used, sizeof(command) - used, "%s%s", i > 0 ? " " : "", argv[i]);
                }
                (void)ctl_complain("%s failed with exit status %d:", command, status);
                complain_with(output);
        }
        if (ret_output)
                *ret_output = TAKE_PTR(output);
        return status == 0 ? 0 : -EIO;
}

static bool find_phc(GuestSetup *guest)
{
        char linked[PHC_NAME_SIZE];

        if (phc_find(KVM_CLOCK_NAME, guest->phc) < 0)
                return false;
        if (phc_of_device(KVM_CLOCK_LINK, linked) == 0 && strcmp(linked, guest->phc) == 0)
                strcpy(guest->device, KVM_CLOCK_LINK);
        else
                snprintf(guest->device, sizeof(guest->device), "/dev/%s", guest->phc);
        return true;
}

int guest_find_clock(GuestSetup *guest)
{
        static const char *const modprobe[] = { "modprobe", KVM_CLOCK_MODULE, NULL };
        const struct timespec pause = { .tv_nsec = 100000000L };
        _cleanup_free_ char *output = NULL;
        int r;

        if (find_phc(guest) || guest->options->dry_run)
                return 0;
        r = guest_run(modprobe, SHORT_SECONDS, &output);
        if (r < 0) {
                const char *why = output ? guest_explain_modprobe(output) : "";

                if (*why)
                        (void)ctl_complain("%s", why);
                return r;
        }
        guest->loaded = true;
        for (unsigned i = 0; i < CLOCK_LOOKS; i++) {
                if (find_phc(guest) && (i == CLOCK_LOOKS / 2 || strcmp(guest->device, KVM_CLOCK_LINK) == 0))
                        return 0;
                (void)nanosleep(&pause, NULL);
        }
        if (guest->device[0])
                return 0;
        (void)ctl_complain("ptp_kvm is loaded, but no clock in /sys/class/ptp is named " KVM_CLOCK_NAME);
        return -ENODEV;
}

static int find_unit(GuestSetup *guest)
{
        const char *const show[] = { "systemctl", "show", "--property=Id,LoadState,ActiveState", guest->unit, NULL };
        _cleanup_free_ char *output = NULL;
        const char *id;
        int r;

        snprintf(guest->unit, sizeof(guest->unit), "%s.service", guest->setup.chrony_service);
        r = guest_run(show, SHORT_SECONDS, &output);
        if (r < 0)
                return r;
        if (!strstr(output, "LoadState=loaded")) {
                (void)ctl_complain("There is no %s: install chrony first", guest->unit);
                return -ENOENT;
        }
        /* The name may be an alias; Id is the real one. */
        id = strstr(output, "Id=");
        if (id)
                snprintf(guest->unit, sizeof(guest->unit), "%.*s", (int)strcspn(id + 3, "\n"), id + 3);
        guest->active = strstr(output, "ActiveState=active");
        return strchr(guest->unit, '/') ? -EINVAL : 0;
}

int guest_find_chrony(GuestSetup *guest)
{
        MachineSetup *setup = &guest->setup;
        int r;

        if (machine_setup_read_chrony(setup) < 0 || machine_setup_read_modules(setup) < 0)
                return out_of_memory();
        r = find_unit(guest);
        if (r < 0)
                return r;
        if (setup->chrony_confdir)
                return 0;
        if (setup->chrony_config && setup->chrony_fixed) {
                (void)ctl_complain(
                        "%s includes no other files, and it is generated by the system or is read-only. Add these lines where the system declares it (NixOS: services.chrony.extraConfig; Fedora CoreOS: /etc/chrony.conf):",
                        setup->chrony_config);
                fputs("  refclock PHC " KVM_CLOCK_LINK " poll 2\n  makestep 1 -1\n", stderr);
        } else if (setup->chrony_config) {
                (void)ctl_complain(
                        "%s includes no other files. Add this line to it, create the directory, and try again:",
                        setup->chrony_config);
                print_line(stderr, "  confdir ", setup->chrony_folder);
        } else
                (void)ctl_complain("There is no %s and no %s", layouts[LAYOUT_DEBIAN].chrony_config,
                                   layouts[LAYOUT_RED_HAT].chrony_config);
        return -ENOENT;
}

static int read_before(GuestFile *file)
{
        _cleanup_free_ char *path = text_format("%s/%s", file->directory, file->name);
        size_t size;
        int r;

        if (!path)
                return -ENOMEM;
        r = runtime_read_file(AT_FDCWD, path, FILE_MAX, &file->before, &size);
        if (r < 0 && r != -ENOENT)
                return r;
        file->state = guest_file_judge(file->before, "");
        return 0;
}

int guest_find_files(GuestSetup *guest)
{
        GuestFile *files = guest->files;
        int r;

        files[GUEST_MODULES].name = files[GUEST_REFCLOCK].name = modules_name;
        files[GUEST_DROP_IN].name = drop_in_name;
        files[GUEST_MODULES].directory = strdup("/etc/modules-load.d");
        files[GUEST_REFCLOCK].directory = strdup(guest->setup.chrony_confdir);
        files[GUEST_DROP_IN].directory = text_format("/etc/systemd/system/%s.d", guest->unit);
        for (unsigned i = 0; i < GUEST_FILE_MAX_; i++) {
                if (!files[i].directory)
                        return out_of_memory();
                if (!guest->options->dry_run)
                        runtime_remove_leftover(files[i].directory, files[i].name);
                r = read_before(&files[i]);
                if (r < 0)
                        return ctl_complain_errno(r, "Cannot read %s/%s", files[i].directory, files[i].name);
        }
        return 0;
}

/* True if ptp_kvm is built into the kernel or another file than ours loads it at boot. */
static bool loads_at_boot(const MachineSetup *setup)
{
        return setup->ptp_kvm_builtin ||
               (setup->ptp_kvm_persistent && !strstr(setup->ptp_kvm_persistent, modules_name));
}

/* 1: chronyd's configuration has a line for this clock. 0: it has none. Negative: failed, after a message on stderr. */
static int find_refclock(const GuestSetup *guest)
{
        const char *const print[] = {
                "chronyd", "-p", guest->setup.chrony_given ? "-f" : NULL, guest->setup.chrony_config, NULL,
        };
        _cleanup_free_ char *output = NULL;
        char device[CHRONY_DEVICE_SIZE], name[PHC_NAME_SIZE];
        int r = guest_run(print, SHORT_SECONDS, &output);

        if (r < 0)
                return r;
        for (const char *rest = output; chrony_next_refclock(&rest, device);)
                /* Before the module is loaded, only the name of the link identifies the clock. */
                if (strcmp(device, KVM_CLOCK_LINK) == 0 ||
                    (phc_of_device(device, name) == 0 && strcmp(name, guest->phc) == 0))
                        return 1;
        return 0;
}

int guest_check_config(const GuestSetup *guest)
{
        _cleanup_machine_setup_ MachineSetup setup = {};
        int r = find_refclock(guest);

        if (r < 0)
                return r;
        if (machine_setup_read_chrony(&setup) < 0)
                return out_of_memory();
        if (phc_kind_is_of_host(setup.refclock_kind))
                return 0;
        (void)ctl_complain("%s does not lead to %s/%s: chronyd would not read that", setup.chrony_config,
                           guest->setup.chrony_confdir, CHRONY_FILE_NAME);
        return -ENOENT;
}

static bool has_device_unit(const GuestSetup *guest)
{
        static const char *const show[] = { "systemctl", "show", "--property=ActiveState", "dev-ptp_kvm.device", NULL };
        _cleanup_free_ char *output = NULL;
        int status;

        return tool_run(show, SHORT_SECONDS, TOOL_TAKE, &status, &output) == 0 && strstr(output, "ActiveState=active");
}

int guest_plan_files(GuestSetup *guest)
{
        const char *device = guest->device[0] ? guest->device : KVM_CLOCK_LINK;
        /* With --dry-run the module may not be loaded; then the usual files are shown. */
        bool device_unit = !guest->device[0] || has_device_unit(guest);
        bool wanted[GUEST_FILE_MAX_] = {
                [GUEST_MODULES] = !loads_at_boot(&guest->setup),
                [GUEST_REFCLOCK] = true,
                /* Not needed for /dev/ptpN: it exists as soon as the module is loaded, before chronyd starts. */
                [GUEST_DROP_IN] = strcmp(device, KVM_CLOCK_LINK) == 0
        };
        const GuestFile *files = guest->files;
        int r = guest_find_files(guest);

        if (r == 0)
                r = find_refclock(guest);
        if (r < 0)
                return r;
        /* If another file has a line for the clock, ours is not needed. */
        wanted[GUEST_REFCLOCK] = r == 0 || files[GUEST_REFCLOCK].state != GUEST_FILE_MISSING;
        for (unsigned i = 0; i < GUEST_FILE_MAX_; i++) {
                GuestFile *file = &guest->files[i];

                if (!wanted[i]) {
                        free(file->directory);
                        file->directory = NULL;
                        continue;
                }
                file->text = guest_file_format(i, device, device_unit);
                if (!file->text)
                        return out_of_memory();
                file->state = guest_file_judge(file->before, file->text);
                if (file->state == GUEST_FILE_FOREIGN) {
                        (void)ctl_complain("%s/%s was not written by tscwarden guest setup: remove it first",
                                           file->directory, file->name);
                        return -EEXIST;
                }
        }
        return 0;
}

int guest_write_file(const GuestFile *file, const char *text)
{
        int fd, r = runtime_open(file->directory, &fd);

        if (r == -ENOENT && !text)
                return 0;
        if (r == 0) {
                if (text)
                        r = runtime_replace_file(fd, file->name, text, strlen(text), 0644);
                else
                        r = runtime_remove_file(fd, file->name);
                (void)close(fd);
        }
        if (r < 0)
                return ctl_complain_errno(r, "Cannot write %s/%s", file->directory, file->name);
        /* guest setup made only the folder of the drop-in. rmdir() removes it only if it is empty. */
        if (!text && file->name == drop_in_name)
                (void)rmdir(file->directory);
        return 0;
}

const GuestPatience guest_patience[GUEST_FOLLOWS_MAX_] = {
        [GUEST_NO_ANSWER] = { 15,
                              "chronyc gets no answer: chronyd has ended, or it is configured not to listen (cmdport 0, bindcmdaddress)" },
        [GUEST_NOT_LISTED] = { 15, "chronyc sources does not list that clock: chronyd reads another configuration" },
        /* With `poll 2` chronyd asks more than seven times in 30 s. */
        [GUEST_NO_SAMPLE] = { 30,
                              "that clock gives no time: the host may have lost its TSC; run `tscwarden status` there" },
        [GUEST_NOT_CHOSEN] = { 90, "chronyd reads that clock but trusts other sources more: see chronyc sources -v" },
};

GuestFollows guest_look(void)
{
        _cleanup_machine_setup_ MachineSetup setup = {};
        const ChronySource *source;
        ChronyReport report;

        if (timesync_ask_chrony(&report) < 0 || (!report.tracked && report.n_sources == 0))
                return GUEST_NO_ANSWER;
        if (machine_setup_read_chrony(&setup) < 0 || !phc_kind_is_of_host(setup.refclock_kind))
                return GUEST_NOT_LISTED;
        source = chrony_find_refclock(&report, setup.refclock_name);
        if (!source)
                return GUEST_NOT_LISTED;
        if (source->state == '*')
                return GUEST_FOLLOWS;
        return source->reach ? GUEST_NOT_CHOSEN : GUEST_NO_SAMPLE;
}
