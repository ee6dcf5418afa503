/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the manager does when one of its watches reports something.
 */
#include "base/log.h"
#include "host/clock-set.h"
#include "manager/manager-internal.h"

static void log_sleep(Manager *m, uint64_t slept_usec)
{
        _cleanup_free_ char *vms = manager_format_vms(m), *safe = vms ? text_escape(vms) : NULL;
        double slept = (double)slept_usec / 1e6;

        if (!vms_run(manager_get_vms(m)))
                log_message(LOG_NOTICE, "This host slept for %.1f s; the daemon checks its TSC and its policy again.", slept);
        else
                log_message(LOG_NOTICE, "This host slept for %.1f s with virtual machines running%s%s; the daemon checks its TSC and "
                            "its policy again. If the sleep has set the TSC back (S3), KVM takes the master clock from each of these "
                            "virtual machines until it is started anew: it reads the time more slowly, and its ptp_kvm stops working.",
                            slept, safe && safe[0] ? ": " : "", safe ? safe : "");
}

static void manager_on_sleep(uint64_t slept_usec, void *userdata)
{
        Manager *m = userdata;

        if (slept_usec > 0)
                log_sleep(m, slept_usec);
        manager_look_at_clock(m);
        manager_renew(m);
}

void manager_on_resume(Manager *m)
{
        sleep_watch_check(m->sleep);
}

int manager_start_sleep(Manager *m)
{
        int fd, r = clock_set_open(&fd);

        if (r < 0) {
                fd = -1;
                (void)log_error_errno(r, "Jumps of the clock cannot be noticed; only logind reports that this host slept");
        }
        return sleep_watch_new(m->event, fd, clock_asleep_usec, manager_on_sleep, m, &m->sleep);
}
