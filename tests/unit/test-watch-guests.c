/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "watch/guests.h"

#define LEAVE_USEC 20000

typedef struct Heard {
        unsigned n, n_presence;
} Heard;

static void on_guests(bool presence_changed, void *userdata)
{
        Heard *heard = userdata;

        heard->n++;
        heard->n_presence += presence_changed;
}

static Uevent vm(UeventKind kind, uint64_t n_created, uint32_t n_vms)
{
        return (Uevent) { .kind = kind, .n_created = n_created, .n_vms = n_vms, .pid = (uint32_t)getpid() };
}

static void test_comes_and_goes(void **state)
{
        _cleanup_(guest_watch_freep) GuestWatch *watch = NULL;
        Uevent uevent = vm(UEVENT_KVM_CREATE, 1, 1);
        _cleanup_free_ char *names = NULL;
        sd_event *event;
        Heard heard = {};

        assert_int_equal(sd_event_new(&event), 0);
        assert_int_equal(guest_watch_new(event, LEAVE_USEC, on_guests, &heard, &watch), 0);
        guest_watch_set_count(watch, 0);
        assert_false(guest_watch_have_guests(watch));
        assert_int_equal(heard.n, 0);

        guest_watch_feed(watch, &uevent);
        assert_true(guest_watch_have_guests(watch));
        assert_int_equal(heard.n_presence, 1);
        assert_int_equal(guest_watch_get_vms(watch)->n, 1);
        names = guest_watch_format(watch);
        assert_non_null(strstr(names, "test-watch"));

        /* A guest reboots: its VM ends and starts again before the delay is over. */
        uevent = vm(UEVENT_KVM_DESTROY, 1, 0);
        guest_watch_feed(watch, &uevent);
        assert_true(guest_watch_have_guests(watch));
        uevent = vm(UEVENT_KVM_CREATE, 2, 1);
        guest_watch_feed(watch, &uevent);
        assert_int_equal(sd_event_run(event, 2 * LEAVE_USEC), 0);
        assert_true(guest_watch_have_guests(watch));
        assert_int_equal(heard.n, 3);
        assert_int_equal(heard.n_presence, 1);

        uevent = vm(UEVENT_KVM_DESTROY, 2, 0);
        guest_watch_feed(watch, &uevent);
        assert_true(sd_event_run(event, 1000000) > 0);
        assert_false(guest_watch_have_guests(watch));
        assert_int_equal(heard.n_presence, 2);
        sd_event_unref(event);
}

static void test_unknown_counts_as_running(void **state)
{
        _cleanup_(guest_watch_freep) GuestWatch *watch = NULL;
        sd_event *event;
        Heard heard = {};

        assert_int_equal(sd_event_new(&event), 0);
        assert_int_equal(guest_watch_new(event, LEAVE_USEC, on_guests, &heard, &watch), 0);
        guest_watch_set_count(watch, VMS_UNKNOWN);
        assert_true(guest_watch_have_guests(watch));
        guest_watch_set_count(watch, 0);
        guest_watch_feed(watch, NULL);
        assert_int_equal(guest_watch_get_vms(watch)->n, VMS_UNKNOWN);
        assert_true(guest_watch_have_guests(watch));
        assert_int_equal(heard.n_presence, 1);
        sd_event_unref(event);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_comes_and_goes),
                cmocka_unit_test(test_unknown_counts_as_running),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
