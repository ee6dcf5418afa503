/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A client on the bus at $DBUS_SYSTEM_BUS_ADDRESS that takes times. Prints microseconds, one figure a line.
 *
 *   bench-bus name NAME                  waits until it has an owner, prints CLOCK_MONOTONIC then
 *   bench-bus call N NAME PATH IFACE MEMBER [PROPERTY-INTERFACE [PROPERTY]]
 *                                        N calls one after the other
 *   bench-bus crowd N NAME PATH IFACE PROPERTY
 *                                        N connections, then a Get on all of them at once: the time until the last
 * answer bench-bus signal NAME IFACE MEMBER   says "ready", prints CLOCK_MONOTONIC at the signal
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <systemd/sd-bus.h>
#include <time.h>

#define WAIT_USEC 30000000ULL

static uint64_t now_usec(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static int fail(const char *what, int r)
{
        fprintf(stderr, "bench-bus: %s: %s\n", what, strerror(-r));
        return EXIT_FAILURE;
}

static int on_heard(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        *(uint64_t *)userdata = now_usec();
        return 0;
}

static int wait_heard(sd_bus *bus, const uint64_t *heard)
{
        uint64_t until = now_usec() + WAIT_USEC;
        int r;

        while (*heard == 0) {
                r = sd_bus_process(bus, NULL);
                if (r == 0)
                        r = now_usec() > until ? -ETIMEDOUT : sd_bus_wait(bus, 1000000);
                if (r < 0)
                        return r;
        }
        printf("%" PRIu64 "\n", *heard);
        return 0;
}

static int wait_name(sd_bus *bus, const char *name)
{
        uint64_t heard = 0;
        char match[512];
        int r;

        snprintf(match, sizeof(match), "type='signal',member='NameOwnerChanged',arg0='%s'", name);
        r = sd_bus_add_match(bus, NULL, match, on_heard, &heard);
        if (r < 0)
                return r;
        puts("ready");
        fflush(stdout);
        return wait_heard(bus, &heard);
}

static int wait_signal(sd_bus *bus, char *arguments[])
{
        uint64_t heard = 0;
        int r = sd_bus_match_signal(bus, NULL, arguments[0], NULL, arguments[1], arguments[2], on_heard, &heard);

        if (r < 0)
                return r;
        puts("ready");
        fflush(stdout);
        return wait_heard(bus, &heard);
}

static int time_calls(sd_bus *bus, unsigned n, char *arguments[], int n_arguments)
{
        for (unsigned i = 0; i < n; i++) {
                sd_bus_message *call = NULL, *reply = NULL;
                uint64_t begin;
                int r = sd_bus_message_new_method_call(bus, &call, arguments[0], arguments[1], arguments[2],
                                                       arguments[3]);

                for (int j = 4; j < n_arguments && r >= 0; j++)
                        r = sd_bus_message_append(call, "s", arguments[j]);
                if (r < 0)
                        return r;
                begin = now_usec();
                r = sd_bus_call(bus, call, WAIT_USEC, NULL, &reply);
                sd_bus_message_unref(call);
                sd_bus_message_unref(reply);
                if (r < 0)
                        return r;
                printf("%" PRIu64 "\n", now_usec() - begin);
        }
        return 0;
}

static int on_answer(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        if (sd_bus_message_is_method_error(message, NULL)) {
                fprintf(stderr, "bench-bus: %s\n", sd_bus_message_get_error(message)->message);
                return -EIO;
        }
        (*(unsigned *)userdata)++;
        return 0;
}

static int time_crowd(unsigned n, char *arguments[])
{
        const struct rlimit limit = { n + 64, n + 64 };
        sd_bus **buses = calloc(n, sizeof(sd_bus *));
        unsigned answered = 0;
        uint64_t begin;
        int r = buses && setrlimit(RLIMIT_NOFILE, &limit) == 0 ? 0 : -errno;

        for (unsigned i = 0; i < n && r >= 0; i++)
                r = sd_bus_open_system(&buses[i]);
        begin = now_usec();
        for (unsigned i = 0; i < n && r >= 0; i++) {
                r = sd_bus_call_method_async(buses[i], NULL, arguments[0], arguments[1],
                                             "org.freedesktop.DBus.Properties", "Get", on_answer, &answered, "ss",
                                             arguments[2], arguments[3]);
                if (r >= 0)
                        r = sd_bus_flush(buses[i]);
        }
        while (answered < n && r >= 0)
                for (unsigned i = 0; i < n && r >= 0; i++)
                        r = now_usec() > begin + WAIT_USEC ? -ETIMEDOUT : sd_bus_process(buses[i], NULL);
        if (r >= 0)
                printf("%" PRIu64 "\n", now_usec() - begin);
        for (unsigned i = 0; buses && i < n; i++)
                sd_bus_unref(buses[i]);
        free(buses);
        return r;
}

int main(int argc, char *argv[])
{
        sd_bus *bus = NULL;
        int r = argc > 2 ? sd_bus_open_system(&bus) : -EINVAL;

        if (r < 0)
                return fail("the bus", r);
        if (argc == 3 && strcmp(argv[1], "name") == 0)
                r = wait_name(bus, argv[2]);
        else if (argc >= 7 && strcmp(argv[1], "call") == 0)
                r = time_calls(bus, (unsigned)atoi(argv[2]), argv + 3, argc - 3);
        else if (argc == 7 && strcmp(argv[1], "crowd") == 0)
                r = time_crowd((unsigned)atoi(argv[2]), argv + 3);
        else if (argc == 5 && strcmp(argv[1], "signal") == 0)
                r = wait_signal(bus, argv + 2);
        else
                r = -EINVAL;
        sd_bus_unref(bus);
        return r < 0 ? fail(argv[1], r) : EXIT_SUCCESS;
}
