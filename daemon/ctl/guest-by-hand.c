/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macro.h"
#include "check/read/machine-setup.h"
#include "ctl/guest.h"
#include "host/tool.h"

#define SHOW_SECONDS 60

/* How to restart chronyd without systemd: OpenRC and sysvinit have scripts, runit has folders. */
static const char *find_restart(void)
{
        static const struct {
                const char *path, *command;
        } services[] = {
                { "/etc/init.d/chronyd", "/etc/init.d/chronyd restart" },
                { "/etc/init.d/chrony", "/etc/init.d/chrony restart" },
                { "/etc/sv/chronyd", "sv restart chronyd" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(services); i++)
                if (access(services[i].path, F_OK) == 0)
                        return services[i].command;
        return "end chronyd, and start it as it is started at boot";
}

static void explain_by_hand(const MachineSetup *setup)
{
        char phc[PHC_NAME_SIZE], device[PHC_NAME_SIZE + 5] = KVM_CLOCK_LINK;

        /* Without udev there is no link, only the device. */
        if (phc_find(KVM_CLOCK_NAME, phc) == 0)
                snprintf(device, sizeof(device), "/dev/%s", phc);
        if (!setup->chrony_config)
                fputs("  install chrony\n", stderr);
        fprintf(stderr,
                "  run: modprobe " KVM_CLOCK_MODULE "\n"
                "  in /etc/modules-load.d/" KVM_CLOCK_MODULE
                ".conf, which loads it at boot, the line: " KVM_CLOCK_MODULE "\n"
                "  in %s the lines:\n"
                "    refclock PHC %s poll 2\n"
                "    makestep 1 -1\n",
                setup->chrony_config ? setup->chrony_config : "its chrony.conf", device);
        if (access(device, F_OK) < 0)
                fputs("  (where there is no " KVM_CLOCK_LINK
                      " then: the /dev/ptpN whose /sys/class/ptp/ptpN/clock_name is \"" KVM_CLOCK_NAME "\")\n",
                      stderr);
        fprintf(stderr, "  to restart chronyd: %s\n", find_restart());
}

int guest_check_systemd(GuestSetup *guest)
{
        static const char *const show[] = { "systemctl", "show", "--property=Version", NULL };
        _cleanup_free_ char *output = NULL;
        int status = 0, r = tool_run(show, SHOW_SECONDS, TOOL_TAKE_ALL, &status, &output);

        if (r == 0 && status == 0)
                return 0;
        if (r == -ENOMEM || machine_setup_read_chrony(&guest->setup) < 0)
                return ctl_complain_errno(-ENOMEM, "systemctl");
        if (r < 0)
                (void)ctl_complain("guest setup needs systemd: systemctl: %s. Nothing was changed. By hand:",
                                   strerror(-r));
        else
                (void)ctl_complain(
                        "guest setup needs systemd, and systemctl show fails with exit status %d. Nothing was changed. By hand:",
                        status);
        explain_by_hand(&guest->setup);
        return -EOPNOTSUPP;
}
