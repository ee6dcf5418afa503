/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sets a guest's clock up to follow its host's: chrony with ptp_kvm. If a part fails, everything is undone.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctl/guest.h"
#include "ctl/json.h"
#include "host/facts.h"
#include "model/facts.h"

#define RESTART_SECONDS 120
/* The wait ends after so many seconds even if chronyd's state keeps changing. */
#define LOOKS_MAX 120

/* Chooses the files to write: those that are missing or have another content. To remove: those that are ours. Returns
 * whether there is one. */
static bool choose_files(GuestSetup *guest, bool to_write)
{
        GuestFileState state = to_write ? GUEST_FILE_MISSING : GUEST_FILE_SAME;
        bool any = false;

        for (unsigned i = 0; i < GUEST_FILE_MAX_; i++) {
                GuestFile *file = &guest->files[i];

                file->chosen = file->directory && (file->state == state || file->state == GUEST_FILE_OTHER);
                any |= file->chosen;
        }
        return any;
}

static int reload_systemd(void)
{
        static const char *const argv[] = { "systemctl", "daemon-reload", NULL };

        return guest_run(argv, RESTART_SECONDS, NULL);
}

static int control_unit(const GuestSetup *guest, const char *verb)
{
        const char *const argv[] = { "systemctl", verb, guest->unit, NULL };

        return guest_run(argv, RESTART_SECONDS, NULL);
}

/* Waits until chronyd follows the clock, or until its state has not changed for the time that this state may take. */
static int wait_until_selected(const GuestSetup *guest)
{
        const struct timespec pause = { .tv_sec = 1 };
        GuestFollows last = GUEST_FOLLOWS;
        unsigned looks = 0;

        for (unsigned total = 0; total < LOOKS_MAX; total++) {
                GuestFollows follows = guest_look();

                if (follows == GUEST_FOLLOWS)
                        return 0;
                looks = follows == last ? looks + 1 : 0;
                last = follows;
                if (looks >= guest_patience[follows].seconds)
                        break;
                (void)nanosleep(&pause, NULL);
        }
        (void)ctl_complain("%s does not follow %s after %u s: %s", guest->unit, guest->device, looks,
                           guest_patience[last].why);
        return -ETIMEDOUT;
}

static int write_files(const GuestSetup *guest)
{
        for (unsigned i = 0; i < GUEST_FILE_MAX_; i++)
                if (guest->files[i].chosen && guest_write_file(&guest->files[i], guest->files[i].text) < 0)
                        return -EIO;
        if (guest_check_config(guest) < 0)
                return -EIO;
        return guest->files[GUEST_DROP_IN].chosen ? reload_systemd() : 0;
}

/* Goes on after a failure. -EIO: something failed. */
static int restore_files(const GuestSetup *guest, bool with_before)
{
        int r = 0;

        for (unsigned i = 0; i < GUEST_FILE_MAX_; i++) {
                const GuestFile *file = &guest->files[i];

                if (file->chosen && guest_write_file(file, with_before ? file->before : NULL) < 0)
                        r = -EIO;
        }
        if (guest->files[GUEST_DROP_IN].chosen && reload_systemd() < 0)
                r = -EIO;
        return r;
}

/* Called after chronyd has closed the device; a module in use cannot be unloaded. */
static int unload_module(const GuestSetup *guest)
{
        static const char *const argv[] = { "modprobe", "--remove", KVM_CLOCK_MODULE, NULL };

        return guest->loaded ? guest_run(argv, RESTART_SECONDS, NULL) : 0;
}

static void undo(const GuestSetup *guest, bool restarted)
{
        int r;

        (void)ctl_complain("Restoring what was there before");
        r = restore_files(guest, /* with_before= */ true);
        if (restarted && control_unit(guest, guest->active ? "restart" : "stop") < 0)
                r = -EIO;
        if (unload_module(guest) < 0)
                r = -EIO;
        if (r < 0)
                (void)ctl_complain("Not all of it could be restored: see above.");
}

static int set_up(GuestSetup *guest)
{
        bool written = write_files(guest) == 0;

        if (written && control_unit(guest, "restart") == 0 && wait_until_selected(guest) == 0)
                return 0;
        undo(guest, /* restarted= */ written);
        return -EIO;
}

static void files_to_json(const GuestSetup *guest, struct json_object *list)
{
        for (unsigned i = 0; i < GUEST_FILE_MAX_; i++) {
                const GuestFile *file = &guest->files[i];
                struct json_object *entry;
                char path[512];

                if (!file->chosen)
                        continue;
                entry = json_append_object(list);
                snprintf(path, sizeof(path), "%s/%s", file->directory, file->name);
                json_add(entry, "Path", json_string(path));
                /* Not json_string(): tscwarden itself has made these lines. */
                json_add(entry, "Text", file->text ? json_object_new_string(file->text) : NULL);
        }
}

/* `result`: "done", "nothing to do", "would be done". */
static int report(const GuestSetup *guest, const char *result)
{
        struct json_object *json = json_object_new_object();

        json_add(json, "Device", json_string(guest->device[0] ? guest->device : NULL));
        json_add(json, "Unit", json_string(guest->unit));
        files_to_json(guest, json_add_list(json, "Files"));
        json_add(json, "Result", json_string(result));
        return json_print(stdout, json);
}

/* Flushes stdout, so that later messages on stderr come after this text. */
static void show_files(const GuestSetup *guest, const char *verb)
{
        for (unsigned i = 0; i < GUEST_FILE_MAX_; i++) {
                const GuestFile *file = &guest->files[i];

                if (!file->chosen)
                        continue;
                printf("%s %s/%s\n", verb, file->directory, file->name);
                for (const char *p = file->text ? file->text : ""; *p; p += strcspn(p, "\n") + 1)
                        printf("    %.*s\n", (int)strcspn(p, "\n"), p);
        }
        (void)fflush(stdout);
}

static int dry_run(const GuestSetup *guest)
{
        if (guest->options->json)
                return ctl_finish(report(guest, "would be done"), CTL_FINE);
        if (!guest->device[0])
                puts("run modprobe " KVM_CLOCK_MODULE ", and look for the clock named " KVM_CLOCK_NAME);
        show_files(guest, "write");
        printf("%srun systemctl restart %s\nwait until it follows %s\n",
               guest->files[GUEST_DROP_IN].chosen ? "run systemctl daemon-reload\n" : "", guest->unit,
               guest->device[0] ? guest->device : "that clock");
        return ctl_finish(0, CTL_FINE);
}

static int finish(const GuestSetup *guest, const char *result, const char *text)
{
        if (guest->options->json)
                return ctl_finish(report(guest, result), CTL_FINE);
        puts(text);
        return ctl_finish(0, CTL_FINE);
}

static int guest_setup(const CtlOptions *options)
{
        _cleanup_guest_ GuestSetup guest = { .options = options };
        _cleanup_facts_ Facts facts = {};
        char text[160];

        if (facts_read(&facts) < 0)
                return ctl_complain("Cannot read what this machine is: /proc/cpuinfo, /proc/cmdline");
        if (!facts.hypervisor) {
                (void)ctl_complain("This is no virtual machine: its CPUs lack the hypervisor flag.");
                return CTL_WRONG;
        }
        if (guest_check_systemd(&guest) < 0)
                return CTL_WRONG;
        if (!options->dry_run)
                ctl_hold_signals();
        if (guest_find_clock(&guest) < 0 || guest_find_chrony(&guest) < 0 || guest_plan_files(&guest) < 0) {
                (void)unload_module(&guest);
                return CTL_WRONG;
        }
        if (!choose_files(&guest, /* to_write= */ true) && guest_look() == GUEST_FOLLOWS)
                return finish(&guest, "nothing to do", "Nothing to do: chronyd follows the host's clock.");
        if (options->dry_run)
                return dry_run(&guest);
        if (!options->json)
                show_files(&guest, "Writing");
        if (set_up(&guest) < 0)
                return CTL_WRONG;
        snprintf(text, sizeof(text), "%s follows the host's clock by %s.", guest.unit, guest.device);
        return finish(&guest, "done", text);
}

static int remove_files(const GuestSetup *guest)
{
        int r = restore_files(guest, /* with_before= */ false);

        if (guest->files[GUEST_REFCLOCK].chosen && guest->active && control_unit(guest, "restart") < 0)
                r = -EIO;
        return r;
}

static int guest_undo(const CtlOptions *options)
{
        _cleanup_guest_ GuestSetup guest = { .options = options };

        if (guest_find_chrony(&guest) < 0 || guest_find_files(&guest) < 0)
                return CTL_WRONG;
        if (!choose_files(&guest, /* to_write= */ false))
                return finish(&guest, "nothing to do", "Nothing to remove: guest setup has written no file here.");
        if (!options->json)
                show_files(&guest, options->dry_run ? "remove" : "Removing");
        if (options->dry_run)
                return finish(&guest, "would be done", "and restart chronyd if it runs");
        ctl_hold_signals();
        if (remove_files(&guest) < 0)
                return CTL_WRONG;
        return finish(&guest, "done", "The module ptp_kvm stays loaded until the next boot; it does no harm.");
}

int verb_guest(const CtlOptions *options)
{
        if (!options->dry_run && geteuid() != 0)
                return ctl_complain(
                        "This changes the configuration of chrony and systemd and needs root; --dry-run does not.");
        return strcmp(options->word, "setup") == 0 ? guest_setup(options) : guest_undo(options);
}
