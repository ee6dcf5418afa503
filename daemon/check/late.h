/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How late interrupts and timers come: how much time the hypervisor took from this machine's CPUs, and how much
 * interrupts took from its tasks.
 */
#pragma once

#include <stdbool.h>

/* Above that people notice late timers and time stamps; a guest that its host schedules well stays below one percent. */
#define LATE_STEAL_PERCENT 2
#define LATE_IRQ_PERCENT 5

typedef struct Late {
        bool stat_known;
        double steal_percent;   /* of all CPUs' time since the boot: /proc/stat, "steal" */
        double softirq_percent; /* the same: "softirq" */
        bool pressure_known;    /* Linux 6.1 and later, with CONFIG_IRQ_TIME_ACCOUNTING */
        double irq_percent; /* of the last five minutes tasks waited for interrupts: /proc/pressure/irq, "full avg300" */
} Late;

/* The texts are those of the two files, NULL for none. What is not in them is not known. */
void late_parse(const char *stat, const char *pressure, Late *ret);
bool late_is_bad(const Late *late);
