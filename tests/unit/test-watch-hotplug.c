/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/rescan.h"
#include "watch/hotplug.h"

/* Each letter in a pipe is an event. */
typedef struct Test {
        int fds[2];
        sd_event *event;
        HotplugWatch *watch;
        bool wants_drivers;
        unsigned n_rescans, n_vms, n_lost;
        unsigned n_cpus; /* of the last rescan */
        RescanScope scope;
} Test;

static int receive(void *source, Uevent *ret)
{
        Test *t = source;
        char c;

        if (read(t->fds[0], &c, 1) != 1)
                return -EAGAIN;
        switch (c) {
        case 'c':
                *ret = (Uevent) { .kind = UEVENT_CPU, .cpu = 7 };
                return 1;
        case 'm':
                *ret = (Uevent) { .kind = UEVENT_MODULE };
                return 1;
        case '+':
                *ret = (Uevent) { .kind = UEVENT_KVM_CREATE };
                return 1;
        case '-':
                *ret = (Uevent) { .kind = UEVENT_KVM_DESTROY };
                return 1;
        default:
                return c == '!' ? -ENOBUFS : 0;
        }
}

static bool wants_drivers(void *userdata)
{
        return ((Test *)userdata)->wants_drivers;
}

static void on_rescan(const CpuSet *cpus, RescanScope scope, void *userdata)
{
        Test *t = userdata;

        t->n_rescans++;
        t->n_cpus = cpuset_count(cpus);
        t->scope = scope;
}

static void on_vm(const Uevent *uevent, void *userdata)
{
        Test *t = userdata;

        t->n_vms += uevent != NULL;
        t->n_lost += uevent == NULL;
}

static int setup(void **state)
{
        static const HotplugCallbacks callbacks = { wants_drivers, on_rescan, on_vm };
        static Test t;

        t = (Test) {};
        assert_int_equal(pipe2(t.fds, O_NONBLOCK), 0);
        assert_int_equal(sd_event_new(&t.event), 0);
        assert_int_equal(
                hotplug_watch_new(t.event, &(HotplugSource) { t.fds[0], receive, &t }, &callbacks, &t, &t.watch), 0);
        *state = &t;
        return 0;
}

static int teardown(void **state)
{
        Test *t = *state;

        hotplug_watch_free(t->watch);
        sd_event_unref(t->event);
        close(t->fds[0]);
        close(t->fds[1]);
        return 0;
}

static void send_events(Test *t, const char *letters, size_t n)
{
        assert_int_equal(write(t->fds[1], letters, n), n);
        assert_true(sd_event_run(t->event, 1000000) > 0);
}

static void test_cpus_come_together(void **state)
{
        Test *t = *state;

        send_events(t, "ccc", 3);
        assert_true(sd_event_run(t->event, 1000000) > 0);
        assert_int_equal(t->n_rescans, 1);
        assert_int_equal(t->n_cpus, 1);
        assert_int_equal(t->scope, RESCAN_CPUS);
        assert_int_equal(sd_event_run(t->event, 2 * RESCAN_SOON_USEC), 0);
        assert_int_equal(t->n_rescans, 1);
}

static void test_modules(void **state)
{
        Test *t = *state;

        /* The host is not read: no driver is awaited, and other events do not concern the daemon. */
        send_events(t, "mmx", 3);
        assert_int_equal(sd_event_run(t->event, 2 * RESCAN_SOON_USEC), 0);
        t->wants_drivers = true;
        send_events(t, "m", 1);
        /* The host is read soon and again later, because a driver registers after its module's event. */
        assert_true(sd_event_run(t->event, 1000000) > 0);
        assert_int_equal(t->n_rescans, 1);
        assert_int_equal(t->n_cpus, 0);
        assert_int_equal(t->scope, RESCAN_HOST);
        /* The second look covers events that come before it. */
        send_events(t, "c", 1);
        while (t->n_rescans < 3) {
                assert_true(sd_event_run(t->event, 2 * RESCAN_LATER_USEC) > 0);
                assert_int_equal(t->scope, RESCAN_HOST);
        }
        send_events(t, "c", 1);
        while (t->n_rescans < 4)
                assert_true(sd_event_run(t->event, 2 * RESCAN_LATER_USEC) > 0);
        assert_int_equal(t->n_cpus, 1);
        assert_int_equal(t->scope, RESCAN_CPUS);
}

static void test_vms_and_losses(void **state)
{
        Test *t = *state;

        send_events(t, "+-", 2);
        assert_int_equal(t->n_vms, 2);
        assert_int_equal(t->n_lost, 0);
        assert_int_equal(sd_event_run(t->event, 2 * RESCAN_SOON_USEC), 0);
        send_events(t, "!", 1);
        assert_int_equal(t->n_lost, 1);
        assert_true(sd_event_run(t->event, 1000000) > 0);
        assert_int_equal(t->n_rescans, 1);
        assert_int_equal(t->scope, RESCAN_ANEW);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_cpus_come_together, setup, teardown),
                cmocka_unit_test_setup_teardown(test_modules, setup, teardown),
                cmocka_unit_test_setup_teardown(test_vms_and_losses, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
