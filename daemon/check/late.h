/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How late interrupts and timers are: how much CPU time the hypervisor withheld from this machine, and how much
 * interrupts took from its tasks.
 */
#pragma once

#include <stdbool.h>

/* Thresholds above which timers and time stamps are noticeably late. A guest that its host schedules well stays below
 * one percent. */
#define LATE_STEAL_PERCENT 2
#define LATE_IRQ_PERCENT 5

typedef struct Late {
        bool stat_known;
        double steal_percent;   /* "steal" in /proc/stat, as a share of the time of all CPUs since boot */
        double softirq_percent; /* "softirq", the same share */
        bool pressure_known;    /* needs Linux 6.1 with CONFIG_IRQ_TIME_ACCOUNTING */
        double irq_percent; /* "full avg300" in /proc/pressure/irq: share of the last five minutes that tasks waited */
} Late;

/* `stat` and `pressure` are the contents of the two files, NULL if a file cannot be read. */
void late_parse(const char *stat, const char *pressure, Late *ret);
bool late_is_bad(const Late *late);
