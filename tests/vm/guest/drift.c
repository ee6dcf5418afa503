// SPDX-License-Identifier: GPL-2.0-or-later
/* While loaded, the clocksource tsc runs `ppm` too fast, and the kernel's clocksource watchdog finds it out. What
 * programs read with RDTSC is unchanged. */
#include <linux/clocksource.h>
#include <linux/kprobes.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/timer.h>

static int ppm = 5000;
module_param(ppm, int, 0444);

static struct clocksource *tsc;
static u64 (*read_tsc)(struct clocksource *cs);
static u64 base;

static u64 read_drifting(struct clocksource *cs)
{
        u64 now = read_tsc(cs);

        return now + div_s64((s64)(now - base), 1000000) * ppm;
}

/* After a reading that took too long, as on a busy machine, the watchdog of 6.1 and 6.12 rests for five minutes. */
static void wake_watchdog(unsigned long (*lookup)(const char *name))
{
        struct timer_list *timer = (void *)lookup("watchdog_timer");
        unsigned long function = lookup("clocksource_watchdog");

        if (timer && function && (unsigned long)timer->function == function)
                mod_timer(timer, jiffies + HZ / 2);
}

static int __init drift_init(void)
{
        static struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };
        unsigned long (*lookup)(const char *name);
        int r = register_kprobe(&probe);

        if (r < 0)
                return r;
        lookup = (void *)probe.addr;
        unregister_kprobe(&probe);

        tsc = (void *)lookup("clocksource_tsc");
        if (!tsc)
                return -ENOENT;
        read_tsc = tsc->read;
        base = read_tsc(tsc);
        tsc->read = read_drifting;
        wake_watchdog(lookup);
        return 0;
}

static void __exit drift_exit(void)
{
        tsc->read = read_tsc;
}

module_init(drift_init);
module_exit(drift_exit);
MODULE_LICENSE("GPL");
