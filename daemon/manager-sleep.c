/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * After a sleep nothing is taken for granted. Two tell of it: logind, and for a direct write to /sys/power/state a jump of the clock.
 * Neither is believed: the kernel's clocks say whether the host slept. What is looked at in vain costs little.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "host/clock-set.h"
#include "manager/manager-internal.h"

/* Less is the time between two readings of clocks. */
#define SLEPT_USEC 500000

struct ManagerSleep {
        int fd;
        sd_event_source *source;
        uint64_t asleep_usec; /* since the boot, as of the last look */
};

static void sleep_log(Manager *m, uint64_t slept_usec)
{
        _cleanup_free_ char *vms = manager_format_vms(m), *safe = vms ? text_escape(vms) : NULL;
        double slept = (double)slept_usec / 1e6;

        if (!vms_run(manager_get_vms(m)))
                log_message(LOG_NOTICE, "This host slept for %.1f s; its TSC and its policy are looked at again.", slept);
        else
                log_message(LOG_NOTICE, "This host slept for %.1f s with virtual machines running%s%s; its TSC and its policy are "
                            "looked at again. Where the sleep has set the TSC back (S3), KVM takes the master clock from each of "
                            "them until it is started anew: reading the time is slower there, and ptp_kvm ends.", slept,
                            safe && safe[0] ? ": " : "", safe ? safe : "");
}

void manager_on_resume(Manager *m)
{
        uint64_t asleep = clock_asleep_usec(), slept = asleep - m->sleep->asleep_usec;

        if (asleep > m->sleep->asleep_usec && slept >= SLEPT_USEC) {
                m->sleep->asleep_usec = asleep;
                sleep_log(m, slept);
        }
        manager_look_at_clock(m);
        manager_renew(m);
}

static int sleep_on_jump(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        int r = clock_set_rearm(fd);

        /* It would stay readable for ever. */
        if (r < 0) {
                (void)log_error_errno(r, "Jumps of the clock can no longer be noticed; of a sleep logind alone tells");
                (void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
        }
        manager_on_resume(userdata);
        return 0;
}

int manager_start_sleep(Manager *m)
{
        int r;

        m->sleep = calloc(1, sizeof(*m->sleep));
        if (!m->sleep)
                return -ENOMEM;
        m->sleep->asleep_usec = clock_asleep_usec();
        r = clock_set_open(&m->sleep->fd);
        if (r < 0) {
                m->sleep->fd = -1;
                (void)log_error_errno(r, "Jumps of the clock cannot be noticed; of a sleep logind alone tells");
                return 0;
        }
        r = sd_event_add_io(m->event, &m->sleep->source, m->sleep->fd, EPOLLIN, sleep_on_jump, m);
        return r < 0 ? r : sd_event_source_set_description(m->sleep->source, "clock-set");
}

void manager_stop_sleep(Manager *m)
{
        if (!m->sleep)
                return;
        sd_event_source_disable_unref(m->sleep->source);
        if (m->sleep->fd >= 0)
                close(m->sleep->fd);
        free(m->sleep);
        m->sleep = NULL;
}
