/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The rules of kernel/time/clocksource.c, simplified. The list is kept in the order of the ratings, best first, as
 * sysfs prints it
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "text.h"

/* CS_NAME_LEN; sysfs_get_uname() counts the newline too. */
#define CLOCKSOURCE_LEN 32U

bool clock_has(const Host *host, const char *name)
{
        return names_find(&host->clocksources, name) >= 0;
}

static bool is_tsc(const char *name)
{
        return strcmp(name, "tsc") == 0 || strcmp(name, "tsc-early") == 0;
}

/* clocksource_select(): the administrator's choice if it is registered, else the best rated. */
static void clock_select(Host *host)
{
        const char *best = host->clocksources.n > 0 ? host->clocksources.names[0] : NULL;

        if (host->clocksource_override && clock_has(host, host->clocksource_override))
                best = host->clocksource_override;
        if (!best || strcmp(best, host->clocksource) == 0)
                return;
        if (replace_string(&host->clocksource, best) >= 0)
                (void)kmsg_addf(&host->kmsg, 6, "clocksource: Switched to clocksource %s", best);
}

static void clock_drop_tsc(Host *host, void *data)
{
        (void)data;
        host->tsc_leaving = false;
        for (size_t i = host->clocksources.n; i > 0; i--)
                if (is_tsc(host->clocksources.names[i - 1]))
                        names_remove(&host->clocksources, i - 1);
        clock_select(host);
}

void clock_mark_tsc(Host *host, const char *reason)
{
        if (host->tsc_marked)
                return;
        host->tsc_marked = true;
        (void)kmsg_addf(&host->kmsg, 6, "tsc: Marking TSC unstable due to %s", reason);
        /* The real list changes a little later, from a kernel thread. */
        if (host->clock_settle_ms > 0 && timer_add(host, host->clock_settle_ms, clock_drop_tsc, NULL) >= 0)
                host->tsc_leaving = true;
        else
                clock_drop_tsc(host, NULL);
}

void clock_override(Host *host, const char *name)
{
        if (is_tsc(name) && host->tsc_marked && !host->tsc_leaving) {
                (void)kmsg_addf(&host->kmsg, 4,
                                "clocksource: Override clocksource %s is unstable and not HRT compatible - "
                                "cannot switch while in HRT/NOHZ mode",
                                name);
                name = "";
        }
        if (replace_string(&host->clocksource_override, name) >= 0)
                clock_select(host);
}

int clock_unbind(Host *host, const char *name)
{
        int at = names_find(&host->clocksources, name);

        if (at < 0)
                return -ENODEV;
        if (host->clocksources.n == 1)
                return -EBUSY;
        names_remove(&host->clocksources, (size_t)at);
        clock_select(host);
        return 0;
}

int clock_set_available(Host *host, const char *list)
{
        NameList names = {};
        int r = names_split(&names, list, ", ");

        if (r >= 0 && names.n == 0)
                r = -EINVAL;
        if (r < 0) {
                names_done(&names);
                return r;
        }
        names_done(&host->clocksources);
        host->clocksources = names;
        return 0;
}

int clock_set_current(Host *host, const char *name)
{
        if (*name == '\0' || strlen(name) >= CLOCKSOURCE_LEN)
                return -EINVAL;
        return replace_string(&host->clocksource, name);
}
