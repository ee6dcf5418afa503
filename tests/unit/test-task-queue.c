/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macro.h"
#include "manager/task-queue.h"

static const Task by_person = { .kind = TASK_APPLY, .origin = ORIGIN_PERSON };
static const Task by_event = { .kind = TASK_APPLY, .origin = ORIGIN_EVENT };

/* The daemon has started: its first task was asked for, and has ended. */
static void start(TaskQueue *q)
{
        assert_int_equal(task_queue_ask(q, TASK_APPLY), 0);
        task_queue_begin(q, by_person);
        task_queue_end(q);
}

static void test_queue_has_one_person_at_a_time(void **state)
{
        TaskQueue q = {};

        assert_int_equal(task_queue_ask(&q, TASK_APPLY), 0);
        assert_false(task_queue_is_busy(&q));
        task_queue_begin(&q, by_person);
        assert_true(task_queue_is_busy(&q));
        assert_int_equal(task_queue_ask(&q, TASK_RESTORE), -EBUSY);
        assert_int_equal(q.aim, TASK_APPLY);
        /* A task that a person asks for replaces one of the daemon's own. */
        task_queue_begin(&q, by_event);
        assert_false(task_queue_is_busy(&q));
        assert_int_equal(task_queue_ask(&q, TASK_RESTORE), 0);
        assert_int_equal(q.aim, TASK_RESTORE);
        task_queue_done(&q);
}

static void test_queue_waits_for_the_task_at_work(void **state)
{
        TaskQueue q = {};

        start(&q);
        assert_int_equal(task_queue_due(&q), TASK_NONE);
        task_queue_begin(&q, by_person);
        assert_true(task_queue_ask_renewal(&q, NULL, RESCAN_HOST));
        assert_int_equal(task_queue_due(&q), TASK_NONE);
        task_queue_end(&q);
        assert_int_equal(task_queue_due(&q), TASK_APPLY);
        task_queue_advance(&q);
        assert_int_equal(q.task.kind, TASK_APPLY);
        assert_int_equal(q.task.origin, ORIGIN_EVENT);
        assert_int_equal(q.next.kind, TASK_NONE);
        task_queue_done(&q);
        assert_int_equal(q.task.kind, TASK_NONE);
}

static void test_queue_collects_cpus(void **state)
{
        _cleanup_cpuset_ CpuSet first = {}, second = {};
        TaskQueue q = {};

        start(&q);
        assert_int_equal(cpuset_add(&first, 1), 0);
        assert_int_equal(cpuset_add(&second, 70), 0);
        assert_true(task_queue_ask_renewal(&q, &first, RESCAN_CPUS));
        assert_true(task_queue_ask_renewal(&q, &second, RESCAN_CPUS));
        assert_int_equal(cpuset_count(&q.next_cpus), 2);
        task_queue_advance(&q);
        assert_true(cpuset_has(&q.cpus, 1) && cpuset_has(&q.cpus, 70));
        assert_true(cpuset_is_empty(&q.next_cpus));
        task_queue_end(&q);
        assert_true(cpuset_is_empty(&q.cpus));

        /* A request to read the whole host is not forgotten. */
        assert_true(task_queue_ask_renewal(&q, &first, RESCAN_CPUS));
        assert_int_equal(q.next_scope, RESCAN_CPUS);
        assert_true(task_queue_ask_renewal(&q, NULL, RESCAN_HOST));
        assert_true(task_queue_ask_renewal(&q, &second, RESCAN_CPUS));
        assert_int_equal(q.next_scope, RESCAN_HOST);
        /* The kernel may have set the knobs of these CPUs nevertheless. */
        assert_int_equal(cpuset_count(&q.next_cpus), 2);
        task_queue_advance(&q);
        assert_int_equal(q.scope, RESCAN_HOST);
        assert_int_equal(q.next_scope, RESCAN_CPUS);
        assert_true(task_queue_ask_renewal(&q, NULL, RESCAN_ANEW));
        assert_true(task_queue_ask_renewal(&q, NULL, RESCAN_HOST));
        assert_int_equal(q.next_scope, RESCAN_ANEW);
        task_queue_done(&q);
        assert_int_equal(q.scope, RESCAN_CPUS);
        assert_int_equal(q.next_scope, RESCAN_CPUS);
}

static void test_queue_prefers_a_reload(void **state)
{
        _cleanup_cpuset_ CpuSet cpus = {};
        TaskQueue q = {};

        start(&q);
        assert_int_equal(cpuset_add(&cpus, 3), 0);
        assert_true(task_queue_ask_renewal(&q, &cpus, RESCAN_CPUS));
        task_queue_ask_reload(&q);
        assert_true(cpuset_is_empty(&q.next_cpus));
        assert_true(task_queue_ask_renewal(&q, &cpus, RESCAN_CPUS));
        assert_int_equal(q.next.kind, TASK_RELOAD);
        /* A reload that waits stays, whatever a person asks for. */
        assert_int_equal(task_queue_ask(&q, TASK_RESTORE), 0);
        assert_int_equal(q.next.kind, TASK_RELOAD);
        task_queue_forget_next(&q);
        assert_int_equal(task_queue_due(&q), TASK_NONE);
        task_queue_done(&q);
}

static void test_queue_renews_only_a_policy(void **state)
{
        TaskQueue q = {};

        assert_false(task_queue_ask_renewal(&q, NULL, RESCAN_HOST));
        start(&q);
        assert_true(task_queue_ask_renewal(&q, NULL, RESCAN_HOST));
        /* Restore() makes the waiting task pointless. */
        assert_int_equal(task_queue_ask(&q, TASK_RESTORE), 0);
        assert_int_equal(q.next.kind, TASK_NONE);
        assert_false(task_queue_ask_renewal(&q, NULL, RESCAN_HOST));
        assert_int_equal(task_queue_ask(&q, TASK_APPLY), 0);
        task_queue_ask_reload(&q);
        task_queue_stop(&q);
        assert_int_equal(q.next.kind, TASK_NONE);
        assert_false(task_queue_ask_renewal(&q, NULL, RESCAN_HOST));
        task_queue_done(&q);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_queue_has_one_person_at_a_time),
                cmocka_unit_test(test_queue_waits_for_the_task_at_work),
                cmocka_unit_test(test_queue_collects_cpus),
                cmocka_unit_test(test_queue_prefers_a_reload),
                cmocka_unit_test(test_queue_renews_only_a_policy),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
