/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/clocks-there.h"

#include <errno.h>
#include <json-c/json.h>

#include "base/macro.h"
#include "base/time.h"
#include "ctl/json.h"
#include "host/tool.h"

/* Longer than `check` takes if chronyc and the other programs that it runs all time out. */
#define CHECK_SECONDS 30
/* More than one, because the first one is slow: it starts systemd-timedated. */
#define CLOCK_QUESTIONS 4

/* Reads "Time" from the output of `check --json`. The clock is not known if that is missing. */
static HostClock parse(const char *output)
{
        _cleanup_json_ struct json_object *json = json_tokener_parse(output);
        struct json_object *time = json_get(json, "Time", json_type_object);
        struct json_object *right = json_get(time, "Synchronized", json_type_boolean);
        struct json_object *bound = json_get(time, "BoundSec", json_type_double);

        return (HostClock) {
                .right = right ? json_object_get_boolean(right) : -1,
                .bound_sec = bound && json_object_get_double(bound) >= 0 ? json_object_get_double(bound) : -1,
        };
}

/* The clock there minus the clock here, and half of how long the quickest of some questions took. 0 or -errno. */
static int compare_clock(CtlBus *bus, double *ret_apart_sec, double *ret_bound_sec)
{
        double apart = 0, bound = -1;

        for (unsigned i = 0; i < CLOCK_QUESTIONS; i++) {
                uint64_t before = time_usec(CLOCK_REALTIME), there, after;
                int r = ctl_bus_read_clock(bus, &there);

                after = time_usec(CLOCK_REALTIME);
                if (r < 0)
                        return r;
                if (after < before || (bound >= 0 && (double)(after - before) / 2e6 >= bound))
                        continue;
                bound = (double)(after - before) / 2e6;
                apart = (double)(int64_t)(there - before) / 1e6 - bound;
        }
        if (bound < 0)
                return -EAGAIN;
        *ret_apart_sec = apart;
        *ret_bound_sec = bound;
        return 0;
}

int clocks_there_read(const char *host, CtlBus *bus, const HostClock *here, HostClocks *ret)
{
        const char *const argv[] = { "ssh", "-xT", "--", host, "tscwarden", "check", "--json", NULL };
        HostClocks clocks = { .here = *here, .there = { -1, -1 } };
        _cleanup_free_ char *output = NULL;
        int status, r;

        r = compare_clock(bus, &clocks.apart_sec, &clocks.apart_bound_sec);
        if (r == -ENOMEM)
                return r;
        clocks.compared = r == 0;
        r = tool_run(argv, CHECK_SECONDS, TOOL_TAKE, &status, &output);
        if (r == -ENOMEM)
                return r;
        if (r == 0)
                clocks.there = parse(output);
        *ret = clocks;
        return 0;
}
