// SPDX-License-Identifier: GPL-2.0-or-later
/* A PTP clock by the name of KVM's, which needs no KVM: it shows the kernel's own time. With refuse=1 it does what the
 * real module does on a host that does not run on its TSC. */
#include <linux/module.h>
#include <linux/ptp_clock_kernel.h>
#include <linux/timekeeping.h>

static bool refuse;
module_param(refuse, bool, 0444);

static struct ptp_clock *clock;

static int get_time(struct ptp_clock_info *info, struct timespec64 *ts)
{
        ktime_get_real_ts64(ts);
        return 0;
}

static int set_time(struct ptp_clock_info *info, const struct timespec64 *ts)
{
        return -EOPNOTSUPP;
}

static int adjust_time(struct ptp_clock_info *info, s64 delta)
{
        return -EOPNOTSUPP;
}

static int adjust_frequency(struct ptp_clock_info *info, long ppb)
{
        return -EOPNOTSUPP;
}

static int enable(struct ptp_clock_info *info, struct ptp_clock_request *request, int on)
{
        return -EOPNOTSUPP;
}

static struct ptp_clock_info clock_info = {
        .owner = THIS_MODULE,
        .name = "KVM virtual PTP",
        .gettime64 = get_time,
        .settime64 = set_time,
        .adjtime = adjust_time,
        .adjfine = adjust_frequency,
        .enable = enable,
};

static int __init clock_init(void)
{
        if (refuse)
                return -EOPNOTSUPP;
        clock = ptp_clock_register(&clock_info, NULL);
        return PTR_ERR_OR_ZERO(clock);
}

static void __exit clock_exit(void)
{
        ptp_clock_unregister(clock);
}

module_init(clock_init);
module_exit(clock_exit);
MODULE_LICENSE("GPL");
