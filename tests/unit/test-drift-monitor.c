/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The monitor of drift on a fake host, with a watch that hears what the test says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/drift-watch.h"
#include "warden.h"
#include "watch/drift.h"

/* In the place of host/drift-watch.c. */
struct DriftWatch {
        int fd;
        KnobId kept[64];
        size_t n;
        const char *written[64];
        size_t n_written;
        Writer writer;
};

static DriftWatch the_watch;
static FakeHost host;
static Warden warden;
static DriftMonitor *monitor;
static sd_event *event;
static unsigned n_reports, n_repaired, n_plans, n_repairs;
static char lines[4096];

int drift_watch_new(DriftWatch **ret)
{
        the_watch = (DriftWatch) { .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
        *ret = &the_watch;
        return the_watch.fd < 0 ? -1 : 0;
}

DriftWatch *drift_watch_free(DriftWatch *watch)
{
        close(watch->fd);
        return NULL;
}

bool drift_watch_names_writers(const DriftWatch *watch)
{
        return true;
}

int drift_watch_get_fd(const DriftWatch *watch)
{
        return watch->fd;
}

int drift_watch_set(DriftWatch *watch, const KnobId *ids, size_t n, DriftWatched watched, void *userdata)
{
        assert_true(n <= 64);
        watch->n = n;
        for (size_t i = 0; i < n; i++) {
                watch->kept[i] = ids[i];
                watched(&ids[i], userdata);
        }
        return 0;
}

const KnobId *drift_watch_get(const DriftWatch *watch, size_t i)
{
        return i < watch->n ? &watch->kept[i] : NULL;
}

int drift_watch_read(DriftWatch *watch, DriftSeen seen, void *userdata)
{
        uint64_t count;

        assert_true(read(watch->fd, &count, sizeof(count)) == sizeof(count));
        for (size_t i = 0; i < watch->n_written; i++) {
                KnobId id;

                assert_int_equal(knob_path_parse(watch->written[i], &id), 0);
                seen(&id, &watch->writer, userdata);
        }
        watch->n_written = 0;
        return 0;
}

static int on_read_host(Snapshot *ret, void *userdata)
{
        return fake_host_ops.enumerate(&host, ret);
}

static int on_plan_for(const Snapshot *snapshot, Plan *ret, void *userdata)
{
        PlanInput input = {
                .snapshot = snapshot,
                .policy = &warden.policy,
                .originals = &warden.originals,
                .frequency = true,
                .idle = true,
        };

        n_plans++;
        return plan_build(&input, ret);
}

/* A task as the manager runs it. `written_meanwhile`: another program writes there between the reading and the watch. */
static void run_task(Snapshot *snapshot, Plan *plan, bool repair, const char *written_meanwhile)
{
        _cleanup_findings_ Findings findings = {};
        TaskResult result = {
                .is_apply = true,
                .in_force = true,
                .asked_by_person = !repair,
                .plan = plan,
                .snapshot = snapshot,
                .findings = &findings,
        };
        Run run;

        drift_filter(monitor, plan, true, !repair);
        if (written_meanwhile)
                assert_int_equal(fake_host_drift(&host, written_meanwhile, "powersave"), 0);
        if (!repair)
                drift_expect(monitor, plan->wanted, plan->n_wanted);
        run_init(&run, &fake_host_ops, &host, plan, snapshot, false);
        assert_int_equal(run_to_end(&run), 0);
        run_done(&run);
        drift_task_done(monitor, &result);
}

static void apply(const char *written_meanwhile)
{
        _cleanup_snapshot_ Snapshot snapshot = {};
        _cleanup_plan_ Plan plan = {};

        assert_int_equal(on_read_host(&snapshot, NULL), 0);
        assert_int_equal(on_plan_for(&snapshot, &plan, NULL), 0);
        run_task(&snapshot, &plan, false, written_meanwhile);
}

static Snapshot repair_snapshot;
static Plan repair_plan;

static void on_repair_wanted(Snapshot *snapshot, Plan *plan, void *userdata)
{
        n_repairs++;
        repair_snapshot = *snapshot;
        repair_plan = *plan;
        *snapshot = (Snapshot) {};
        *plan = (Plan) {};
}

static void on_report(const DriftReport *report, void *userdata)
{
        n_reports++;
        n_repaired += report->repaired;
}

static void on_contested(void *userdata)
{
}

static void on_event(int level, const char *name, const char *message_id, const char *const *fields, const char *text,
                     const char *told, void *userdata)
{
        strncat(lines, text, sizeof(lines) - strlen(lines) - 1);
        strncat(lines, "\n", sizeof(lines) - strlen(lines) - 1);
}

static int setup(void **state)
{
        static const DriftCallbacks callbacks = {
                .read_host = on_read_host,
                .plan_for = on_plan_for,
                .on_repair_wanted = on_repair_wanted,
                .on_report = on_report,
                .on_contested = on_contested,
                .on_event = on_event,
        };

        fake_host_init(&host, 2, 2, "ondemand", 1400000);
        host.tsc_lives = false;
        warden_init(&warden, &host);
        warden_rule(&warden, NULL, "performance", 0, 0, "shallowest");
        n_reports = n_repaired = n_repairs = 0;
        lines[0] = '\0';
        assert_true(sd_event_new(&event) >= 0);
        assert_int_equal(drift_monitor_new(&fake_host_ops, &host, &callbacks, NULL, &monitor), 0);
        assert_true(drift_start(monitor, event) >= 0);
        return 0;
}

static int teardown(void **state)
{
        drift_monitor_free(monitor);
        sd_event_unref(event);
        snapshot_done(&repair_snapshot);
        plan_done(&repair_plan);
        warden_done(&warden);
        fake_host_done(&host);
        return 0;
}

static void turn(void)
{
        while (sd_event_run(event, 0) > 0)
                ;
}

static void write_governor(const char *first, const char *second)
{
        const char *paths[] = { first, second };
        const uint64_t one = 1;

        the_watch.writer = (Writer) { .pid = 812, .comm = "tuned", .unit = "tuned.service" };
        for (unsigned i = 0; i < 2 && paths[i]; i++) {
                assert_int_equal(fake_host_drift(&host, paths[i], "powersave"), 0);
                the_watch.written[the_watch.n_written++] = paths[i];
        }
        assert_true(write(the_watch.fd, &one, sizeof(one)) == sizeof(one));
        turn();
}

static void repair(void)
{
        run_task(&repair_snapshot, &repair_plan, true, NULL);
        plan_done(&repair_plan);
        turn();
}

/* Two knobs with the same fate are one line, and two signals. */
static void test_drift_monitor_groups_alike_lines(void **state)
{
        apply(NULL);
        turn();
        n_plans = 0;
        write_governor("cpufreq/policy0/scaling_governor", "cpufreq/policy2/scaling_governor");
        assert_int_equal(n_repairs, 1);
        repair();
        assert_int_equal(n_plans, 1);
        assert_int_equal(n_reports, 2);
        assert_int_equal(n_repaired, 2);
        assert_string_equal(host.real.policies[1].governor, "performance");
        assert_non_null(
                strstr(lines, "scaling_governor of cpufreq/policy0 and 1 more were changed to powersave by tuned"));
        assert_null(strchr(strchr(lines, '\n') + 1, '\n'));
}

/* Nobody heard of this write: the task had read the file, and the watch began after it. */
static void test_drift_monitor_reads_what_was_not_watched(void **state)
{
        apply(NULL);
        turn();
        apply("cpufreq/policy2/scaling_governor");
        turn();
        assert_int_equal(n_repairs, 1);
        repair();
        assert_string_equal(host.real.policies[1].governor, "performance");
}

static void test_drift_monitor_leaves_it_in_report_mode(void **state)
{
        drift_set_report_only(monitor, true);
        apply(NULL);
        turn();
        write_governor("cpufreq/policy0/scaling_governor", NULL);
        assert_int_equal(n_repairs, 0);
        assert_int_equal(n_reports, 1);
        assert_int_equal(n_repaired, 0);
        assert_non_null(strstr(lines, "(DRIFT=report)"));
        assert_int_equal(drift_get_counts(monitor)[KNOB_SCALING_GOVERNOR], 1);
        assert_true(drift_is_left(monitor, &(KnobId) { .knob = KNOB_SCALING_GOVERNOR, .id = 0 }));
}

static void test_drift_monitor_rests_after_stop(void **state)
{
        apply(NULL);
        turn();
        drift_stop(monitor);
        write_governor("cpufreq/policy0/scaling_governor", NULL);
        assert_int_equal(n_repairs, 0);
}

static void test_drift_monitor_contest(void **state)
{
        _cleanup_free_ char *who = NULL;

        apply(NULL);
        turn();
        for (unsigned i = 0; i < 5; i++) {
                write_governor("cpufreq/policy0/scaling_governor", NULL);
                if (n_repairs == i + 1)
                        repair();
        }
        assert_int_equal(n_repairs, 4);
        assert_true(cpuset_has(drift_get_contested_cpus(monitor), 0));
        who = drift_format_contest(monitor, 0);
        assert_non_null(strstr(who, "tuned"));
        drift_reset(monitor);
        apply(NULL);
        assert_true(cpuset_is_empty(drift_get_contested_cpus(monitor)));
        assert_string_equal(host.real.policies[0].governor, "performance");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_drift_monitor_groups_alike_lines, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_reads_what_was_not_watched, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_leaves_it_in_report_mode, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_rests_after_stop, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_contest, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
