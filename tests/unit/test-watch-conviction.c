/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/convicted.h"
#include "host/runtime.h"
#include "scratch.h"
#include "watch/conviction.h"

typedef struct Heard {
        unsigned n;
        bool convicted;
} Heard;

static void on_conviction(bool convicted, void *userdata)
{
        Heard *heard = userdata;

        heard->n++;
        heard->convicted = convicted;
}

static void run(sd_event *event)
{
        while (sd_event_run(event, 0) > 0)
                ;
}

static void test_comes_and_goes(void **state)
{
        _cleanup_(conviction_watch_freep) ConvictionWatch *watch = NULL;
        Scratch *scratch = *state;
        int fd = scratch->fd;
        sd_event *event;
        Heard heard = {};

        assert_int_equal(sd_event_new(&event), 0);
        assert_int_equal(conviction_watch_new(event, fd, on_conviction, &heard, &watch), 0);
        run(event);
        assert_int_equal(heard.n, 0);

        assert_int_equal(convicted_write(fd, ""), 0);
        assert_int_equal(runtime_replace_file(fd, "clock", "x", 1, 0600), 0);
        run(event);
        assert_int_equal(heard.n, 0);
        assert_int_equal(convicted_write(fd, "1,3"), 0);
        run(event);
        assert_true(heard.n == 1 && heard.convicted);
        assert_int_equal(convicted_write(fd, "1"), 0);
        run(event);
        assert_int_equal(heard.n, 1);

        /* A file with anything but a list convicts no CPU. */
        assert_int_equal(convicted_write(fd, "1-"), 0);
        run(event);
        assert_true(heard.n == 2 && !heard.convicted);
        assert_int_equal(convicted_write(fd, "1"), 0);
        run(event);
        assert_true(heard.n == 3 && heard.convicted);
        assert_int_equal(unlinkat(fd, CONVICTED_FILE, 0), 0);
        run(event);
        assert_true(heard.n == 4 && !heard.convicted);

        watch = conviction_watch_free(watch);
        sd_event_unref(event);
}

/* A daemon that starts later knows what was proved before. */
static void test_is_known_at_start(void **state)
{
        _cleanup_(conviction_watch_freep) ConvictionWatch *watch = NULL;
        Scratch *scratch = *state;
        int fd = scratch->fd;
        sd_event *event;
        Heard heard = {};

        assert_int_equal(convicted_write(fd, "2"), 0);
        assert_int_equal(sd_event_new(&event), 0);
        assert_int_equal(conviction_watch_new(event, fd, on_conviction, &heard, &watch), 0);
        assert_true(heard.n == 1 && heard.convicted);
        watch = conviction_watch_free(watch);
        assert_int_equal(conviction_watch_new(event, -1, on_conviction, &heard, &watch), 0);
        assert_int_equal(heard.n, 1);
        watch = conviction_watch_free(watch);
        sd_event_unref(event);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_comes_and_goes, scratch_setup, scratch_teardown),
                cmocka_unit_test_setup_teardown(test_is_known_at_start, scratch_setup, scratch_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
