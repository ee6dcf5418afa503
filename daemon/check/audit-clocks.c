/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Checks whether interrupts are late and whether the real-time clock is right.
 */
#include <math.h>
#include <stdio.h>

#include "check/audit-parts.h"

void audit_late(const AuditInput *input, AuditStep *step)
{
        const Late *late = &input->setup->late;
        char pressure[64] = "/proc/pressure/irq: not there";

        if (late->pressure_known)
                snprintf(pressure, sizeof(pressure), "/proc/pressure/irq, full avg300: %.1f %%", late->irq_percent);
        if (!late->stat_known) {
                audit_set(step, AUDIT_UNKNOWN, "/proc/stat: not understood");
                return;
        }
        audit_set(step, late_is_bad(late) ? AUDIT_WARN : AUDIT_PASS,
                  "/proc/stat since the boot: steal %.1f %%, softirq %.1f %%; %s", late->steal_percent,
                  late->softirq_percent, pressure);
        if (late->steal_percent >= LATE_STEAL_PERCENT)
                audit_advise(step,
                             "The host makes this guest's CPUs wait, so timers and interrupts are late. The clock "
                             "stays right, but time stamps and wake-ups are late. Run fewer virtual CPUs on that "
                             "host, or give this guest CPUs of its own.");
        else if (late_is_bad(late))
                audit_advise(step,
                             "Tasks, also the NTP client, wait while CPUs handle interrupts: spread the interrupts "
                             "over the CPUs.");
}

#define GUEST_NEXT_BOOT \
        "This guest's next boot starts with that time. Its XML decides what that is (`<clock offset='utc'/>`)."
#define WHICH_IS_RIGHT " It is not known which of the two is right: first let a time client set the system's time."

static void judge_offset(const AuditInput *input, AuditStep *step)
{
        bool off = fabs(input->setup->rtc.off_sec) > RTC_OFF_MAX_SEC;
        bool synchronized = input->view.verdict == TIME_SYNCHRONIZED;

        audit_set(step, off ? AUDIT_WARN : AUDIT_PASS, "/sys/class/rtc/rtc0: %+.0f s from the system's time; UTC",
                  input->setup->rtc.off_sec);
        if (off)
                audit_advise(step, "%s%s", input->guest ? GUEST_NEXT_BOOT : "The next boot starts with that time.",
                             synchronized ? "" : WHICH_IS_RIGHT);
        if (off && synchronized)
                audit_fix(step, "hwclock --systohc --utc");
}

void audit_rtc(const AuditInput *input, AuditStep *step)
{
        const Rtc *rtc = &input->setup->rtc;

        if (!rtc->there || (!rtc->known && !rtc->local))
                audit_set(step, AUDIT_NOT_APPLICABLE, "/sys/class/rtc: no clock that can be read");
        else if (rtc->local) {
                audit_set(step, AUDIT_WARN, "/etc/adjtime: LOCAL");
                audit_advise(step,
                             "It has local time. After a change to or from summer time, this machine or a guest may "
                             "start an hour off.");
                audit_fix(step, "timedatectl set-local-rtc 0");
        } else if (input->time->steering >> CLIENT_CHRONYD & 1 && input->setup->chrony_config &&
                   !input->setup->rtcsync && fabs(rtc->off_sec) <= RTC_OFF_MAX_SEC) {
                audit_set(step, AUDIT_WARN, "%s: neither rtcsync nor rtcfile, so nothing sets the real-time clock",
                          input->setup->chrony_config);
                if (input->setup->chrony_fixed)
                        audit_advise(step, "Add the line `rtcsync` where that file is declared.");
                else
                        audit_fix(step, "printf '\\nrtcsync\\n' >> %s && systemctl restart %s",
                                  input->setup->chrony_config, input->setup->chrony_service);
        } else
                judge_offset(input, step);
}
