/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The drift monitor on a fake host, with a watch that reports what the test says
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/clocksource.h"
#include "fake-drift-watch.h"
#include "warden.h"
#include "watch/drift.h"

/* This clock is far behind the real one. sd-event calls every timer at once, and the monitor compares with this clock.
 */
static uint64_t now_usec;

int __wrap_clock_gettime(clockid_t id, struct timespec *ret);
int __wrap_clock_gettime(clockid_t id, struct timespec *ret)
{
        *ret = (struct timespec) {
                .tv_sec = (time_t)(now_usec / 1000000),
                .tv_nsec = (long)(now_usec % 1000000 * 1000),
        };
        return 0;
}

static FakeHost host;
static Warden warden;
static DriftMonitor *monitor;
static sd_event *event;
static unsigned n_reports, n_repaired, n_plans, n_repairs;
static char lines[4096];
static unsigned n_reads;

static int count_read(void *userdata, const KnobId *id, char buffer[static KNOB_VALUE_SIZE])
{
        n_reads++;
        return fake_host_ops.read(userdata, id, buffer);
}

static char clocksource[16];

int clocksource_read(char **ret_current, char **ret_available)
{
        *ret_current = strdup(clocksource);
        *ret_available = strdup("tsc hpet");
        return 0;
}

static int read_error;

static int on_read_host(Snapshot *ret, void *userdata)
{
        if (read_error < 0)
                return read_error;
        return fake_host_ops.enumerate(&host, ret);
}

static int on_plan_for(const Snapshot *snapshot, const SnapshotPart *part, Plan *ret, void *userdata)
{
        PlanInput input = {
                .snapshot = snapshot,
                .policy = &warden.policy,
                .originals = &warden.originals,
                .part = part,
                .halves = { .frequency = true, .idle = true },
        };

        n_plans++;
        return plan_build(&input, ret);
}

/* A task as the manager runs it. `written_meanwhile`: another program writes to this knob after the task has read it
 * and before the watch begins. */
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
        if (!repair && drift_expect(monitor, plan))
                while (drift_expect_more(monitor))
                        continue;
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
        assert_int_equal(on_plan_for(&snapshot, NULL, &plan, NULL), 0);
        run_task(&snapshot, &plan, false, written_meanwhile);
}

/* The task of an event; `anew`: as in drift_find_unheard(). */
static void event_task(const CpuSet *anew)
{
        _cleanup_snapshot_ Snapshot snapshot = {};
        _cleanup_plan_ Plan plan = {};

        assert_int_equal(on_read_host(&snapshot, NULL), 0);
        assert_int_equal(on_plan_for(&snapshot, NULL, &plan, NULL), 0);
        drift_find_unheard(monitor, &plan, &snapshot, anew);
        run_task(&snapshot, &plan, true, NULL);
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
                     const char *public_text, void *userdata)
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

        static CpuOps ops;

        ops = fake_host_ops;
        ops.read = count_read;
        fake_host_init(&host, 2, 2, "ondemand", 1400000);
        host.tsc_lives = false;
        warden_init(&warden, &host);
        warden_rule(&warden, NULL, "performance", 0, 0, "shallowest");
        n_reports = n_repaired = n_repairs = 0;
        lines[0] = '\0';
        now_usec = 5000000;
        strcpy(clocksource, "tsc");
        assert_true(sd_event_new(&event) >= 0);
        assert_int_equal(drift_monitor_new(&ops, &host, &callbacks, NULL, &monitor), 0);
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
        for (unsigned n = 0; n < 10 && sd_event_run(event, 0) > 0; n++)
                ;
}

static void write_governor(const char *first, const char *second)
{
        const char *paths[] = { first, second };
        the_watch.writer = (Writer) { .pid = 812, .comm = "tuned", .unit = "tuned.service" };
        for (unsigned i = 0; i < 2 && paths[i]; i++) {
                assert_int_equal(fake_host_drift(&host, paths[i], "powersave"), 0);
                the_watch.written[the_watch.n_written++] = paths[i];
        }
        fake_drift_watch_wake();
        turn();
}

static void wake_watch(void)
{
        fake_drift_watch_wake();
        turn();
}

static void repair(void)
{
        /* The task reads the host; the monitor does not. */
        if (repair_plan.n_wanted == 0) {
                assert_int_equal(on_read_host(&repair_snapshot, NULL), 0);
                assert_int_equal(on_plan_for(&repair_snapshot, NULL, &repair_plan, NULL), 0);
        }
        run_task(&repair_snapshot, &repair_plan, true, NULL);
        plan_done(&repair_plan);
        turn();
}

/* Two knobs with the same outcome give one log line and two signals. */
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
        assert_string_equal(host.real.domains[1].governor, "performance");
        assert_non_null(
                strstr(lines, "scaling_governor of cpufreq/policy0 and 1 more were changed to powersave by tuned"));
        assert_null(strchr(strchr(lines, '\n') + 1, '\n'));
}

/* No watch reported this write: the task had already read the file, and the watch began later. */
static void test_drift_monitor_reads_what_was_not_watched(void **state)
{
        apply(NULL);
        turn();
        /* The files were replaced: none is watched any more. */
        the_watch.n = 0;
        apply("cpufreq/policy2/scaling_governor");
        turn();
        assert_int_equal(n_repairs, 1);
        repair();
        assert_string_equal(host.real.domains[1].governor, "performance");
}

static int on_task_turn(sd_event_source *source, void *userdata)
{
        *(bool *)userdata = true;
        return 0;
}

/* A task has turns at this priority. One that is due does not wait for the comparison. */
static void task_turn_comes_first(void)
{
        sd_event_source *task = NULL;
        bool turned = false;

        assert_int_equal(sd_event_add_defer(event, &task, on_task_turn, &turned), 0);
        assert_true(sd_event_source_set_priority(task, SD_EVENT_PRIORITY_IDLE) >= 0);
        n_reads = 0;
        for (unsigned n = 0; n < 5 && !turned; n++)
                assert_true(sd_event_run(event, 0) >= 0);
        assert_true(turned);
        assert_int_equal(n_reads, 0);
        sd_event_source_unref(task);
}

/* 522 knobs are more than one slice. No watch reported the two writes: one is found in the first slice, one in the
 * last. */
static void test_drift_monitor_compares_in_slices(void **state)
{
        unsigned most = 0;

        fake_host_done(&host);
        fake_host_init(&host, 2, 130, "ondemand", 1400000);
        host.tsc_lives = false;
        apply(NULL);
        turn();
        assert_int_equal(the_watch.n, 2 + 260 * 2);
        assert_int_equal(fake_host_drift(&host, "cpufreq/policy0/scaling_governor", "powersave"), 0);
        assert_int_equal(fake_host_drift(&host, "cpu259/cpuidle/state3/disable", "0"), 0);
        now_usec += 2000000;
        fake_drift_watch_wake();
        for (unsigned n = 0; n < 20; n++) {
                n_reads = 0;
                assert_true(sd_event_run(event, 0) >= 0);
                if (most == 0 && n_reads > 0) {
                        most = n_reads;
                        task_turn_comes_first();
                }
                most = n_reads > most ? n_reads : most;
        }
        assert_in_range(most, 64, 128);
        now_usec += 200000;
        turn();
        repair();
        assert_int_equal(n_repairs, 1);
        assert_int_equal(n_reports, 2);
        assert_string_equal(host.real.domains[0].governor, "performance");
        assert_true(host.real.cpus[259].states[3].disabled);
}

/* The knobs are compared at a moment when the kernel has carried out a write and not yet reported it. */
static void write_unreported(const char *first, const char *second)
{
        apply(NULL);
        turn();
        now_usec += 2000000;
        assert_int_equal(fake_host_drift(&host, first, "powersave"), 0);
        if (second)
                assert_int_equal(fake_host_drift(&host, second, "powersave"), 0);
        wake_watch();
        assert_int_equal(n_repairs, 0);
}

/* The kernel reports a write after it has carried it out. The monitor waits for the report of a write that it has
 * found, because the report names the writer. */
static void test_drift_monitor_waits_for_the_writer(void **state)
{
        write_unreported("cpufreq/policy0/scaling_governor", NULL);
        now_usec += 100000;
        write_governor("cpufreq/policy0/scaling_governor", NULL);
        assert_int_equal(n_repairs, 1);
        repair();
        assert_non_null(strstr(lines, "changed to powersave by tuned"));
        assert_int_equal(n_reports, 1);
}

/* The monitor finds two writes, and the report of the second comes later. */
static void test_drift_monitor_waits_for_each_writer(void **state)
{
        write_unreported("cpufreq/policy0/scaling_governor", "cpufreq/policy2/scaling_governor");
        write_governor("cpufreq/policy0/scaling_governor", NULL);
        assert_int_equal(n_repairs, 0);
        write_governor("cpufreq/policy2/scaling_governor", NULL);
        assert_int_equal(n_repairs, 1);
        repair();
        assert_non_null(strstr(lines, "cpufreq/policy0 and 1 more were changed to powersave by tuned"));
}

static void test_drift_monitor_finds_what_nobody_reports(void **state)
{
        write_unreported("cpufreq/policy0/scaling_governor", NULL);
        now_usec += 200000;
        turn();
        assert_int_equal(n_repairs, 1);
        repair();
        assert_non_null(strstr(lines, "changed to powersave by somebody who cannot be named"));
}

/* A task that another event began finds it first, and sets it at once. Its writer may still be reported. */
static void test_drift_monitor_tells_what_a_task_found(void **state)
{
        apply(NULL);
        turn();
        assert_int_equal(fake_host_drift(&host, "cpufreq/policy0/scaling_governor", "powersave"), 0);
        event_task(&(CpuSet) {});
        assert_string_equal(host.real.domains[0].governor, "performance");
        turn();
        assert_int_equal(n_reports, 0);
        now_usec += 200000;
        turn();
        assert_int_equal(n_reports, 1);
        assert_int_equal(n_repaired, 1);
        assert_non_null(
                strstr(lines, "changed to powersave by somebody who cannot be named: set to performance again"));
        assert_int_equal(drift_get_counts(monitor)[KNOB_SCALING_GOVERNOR], 1);
        assert_int_equal(n_repairs, 0);
        event_task(&(CpuSet) {});
        now_usec += 200000;
        turn();
        assert_int_equal(n_reports, 1);
}

static void test_drift_monitor_names_who_a_task_found(void **state)
{
        write_unreported("cpufreq/policy0/scaling_governor", NULL);
        event_task(&(CpuSet) {});
        the_watch.writer = (Writer) { .pid = 812, .comm = "tuned", .unit = "tuned.service" };
        the_watch.written[the_watch.n_written++] = "cpufreq/policy0/scaling_governor";
        wake_watch();
        assert_non_null(strstr(lines, "changed to powersave by tuned"));
        assert_int_equal(n_reports, 1);
        assert_int_equal(n_repairs, 0);
        assert_int_equal(drift_get_counts(monitor)[KNOB_SCALING_GOVERNOR], 1);
        now_usec += 400000;
        turn();
        assert_int_equal(n_reports, 1);
}

/* The daemon is about to end, and does not wait for the writer. */
static void test_drift_monitor_tells_before_it_stops(void **state)
{
        write_unreported("cpufreq/policy0/scaling_governor", NULL);
        event_task(&(CpuSet) {});
        drift_stop(monitor);
        assert_int_equal(n_reports, 1);
        assert_int_equal(n_repaired, 1);
}

/* It is left, reported once, and not set by a later task either. */
static void test_drift_monitor_leaves_what_a_task_found(void **state)
{
        drift_set_report_only(monitor, true);
        apply(NULL);
        turn();
        for (unsigned i = 0; i < 2; i++) {
                assert_int_equal(fake_host_drift(&host, "cpufreq/policy0/scaling_governor", "powersave"), 0);
                event_task(&(CpuSet) {});
                now_usec += 200000;
                turn();
        }
        assert_string_equal(host.real.domains[0].governor, "powersave");
        assert_int_equal(n_reports, 1);
        assert_int_equal(n_repaired, 0);
        assert_true(drift_is_left(monitor, &(KnobId) { .knob = KNOB_SCALING_GOVERNOR, .id = 0 }));
}

/* Somebody whom no watch hears sets it whenever the daemon has set it. */
static void test_drift_monitor_contest_that_tasks_found(void **state)
{
        apply(NULL);
        turn();
        for (unsigned i = 0; i < DRIFT_LOSSES_MAX; i++) {
                assert_int_equal(fake_host_drift(&host, "cpufreq/policy0/scaling_governor", "powersave"), 0);
                event_task(&(CpuSet) {});
        }
        assert_string_equal(host.real.domains[0].governor, "powersave");
        assert_true(cpuset_has(drift_get_contested_cpus(monitor), 0));
        now_usec += 200000;
        turn();
        assert_non_null(strstr(lines, "changed 5 times within a minute"));
}

/* The maximum is this one when the task of an event begins. Nobody is blamed, and the task sets the policy's. */
static void blames_nobody(const char *max, const CpuSet *anew)
{
        assert_int_equal(fake_host_drift(&host, "cpufreq/policy0/scaling_max_freq", max), 0);
        event_task(anew);
        assert_int_equal(host.real.domains[0].max_khz, 2000000);
        now_usec += 2000000;
        turn();
        assert_int_equal(n_reports, 0);
        assert_int_equal(drift_get_counts(monitor)[KNOB_SCALING_MAX_FREQ], 0);
}

static void test_drift_monitor_blames_nobody_for_the_kernel(void **state)
{
        _cleanup_cpuset_ CpuSet none = {}, anew = {};

        warden_rule(&warden, NULL, NULL, 0, 2000000, NULL);
        apply(NULL);
        turn();
        /* Firmware has lowered it. */
        blames_nobody("1400000", &none);
        /* A CPU of this domain came online. */
        assert_int_equal(cpuset_add(&anew, 1), 0);
        blames_nobody("2600000", &anew);
        /* Boost was switched on. */
        host.real.domains[0].hw_max_khz = 2800000;
        blames_nobody("2600000", &none);
        strcpy(host.real.domains[0].driver, "amd-pstate");
        blames_nobody("2600000", &none);
        the_watch.is_replaced = true;
        blames_nobody("2600000", &none);
        the_watch.is_replaced = false;

        assert_int_equal(fake_host_drift(&host, "cpufreq/policy0/scaling_max_freq", "2600000"), 0);
        event_task(&none);
        assert_int_equal(drift_get_counts(monitor)[KNOB_SCALING_MAX_FREQ], 1);
}

/* A sleep may have changed everything, also what was found just before it was noticed. */
static void test_drift_monitor_blames_nobody_for_a_sleep(void **state)
{
        write_unreported("cpufreq/policy0/scaling_governor", "cpufreq/policy2/scaling_governor");
        drift_forget_left(monitor);
        now_usec += 2000000;
        wake_watch();
        assert_int_equal(n_repairs, 0);
        event_task(&(CpuSet) {});
        assert_string_equal(host.real.domains[0].governor, "performance");
        now_usec += 200000;
        turn();
        assert_int_equal(n_reports, 0);
        assert_int_equal(drift_get_counts(monitor)[KNOB_SCALING_GOVERNOR], 0);
}

/* A write that a watch reported has its writer, whatever else happened. */
static void test_drift_monitor_blames_a_writer_after_a_sleep(void **state)
{
        write_unreported("cpufreq/policy0/scaling_governor", "cpufreq/policy2/scaling_governor");
        write_governor("cpufreq/policy0/scaling_governor", NULL);
        drift_forget_left(monitor);
        now_usec += 200000;
        turn();
        assert_int_equal(n_repairs, 1);
        repair();
        assert_non_null(strstr(lines, "scaling_governor of cpufreq/policy0 was changed to powersave by tuned"));
        assert_int_equal(n_reports, 1);
}

/* A task that starts over after a part of its steps finds its own values. */
static void test_drift_monitor_knows_the_values_of_a_task(void **state)
{
        _cleanup_snapshot_ Snapshot snapshot = {};
        _cleanup_plan_ Plan plan = {};

        apply(NULL);
        turn();
        assert_int_equal(on_read_host(&snapshot, NULL), 0);
        assert_int_equal(on_plan_for(&snapshot, NULL, &plan, NULL), 0);
        drift_find_unheard(monitor, &plan, &snapshot, &(CpuSet) {});
        drift_filter(monitor, &plan, true, false);
        assert_int_equal(fake_host_drift(&host, "cpufreq/policy0/scaling_governor", "powersave"), 0);
        event_task(&(CpuSet) {});
        now_usec += 200000;
        turn();
        assert_int_equal(n_reports, 0);
        assert_string_equal(host.real.domains[0].governor, "performance");
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
        assert_string_equal(host.real.domains[0].governor, "performance");
}

/* The monitor leaves the knob alone for a while, then sets it again. The contest ends when the value stays. */
static void test_drift_monitor_ends_a_contest(void **state)
{
        apply(NULL);
        turn();
        for (unsigned i = 0; i < DRIFT_LOSSES_MAX; i++) {
                write_governor("cpufreq/policy0/scaling_governor", NULL);
                if (n_repairs == i + 1)
                        repair();
        }
        assert_non_null(strstr(lines, "changed 5 times within a minute, the last time to powersave by tuned"));
        n_repairs = 0;
        now_usec += DRIFT_BACKOFF_MIN_USEC - 1000000;
        turn();
        assert_int_equal(n_repairs, 0);
        now_usec += 2000000;
        turn();
        assert_int_equal(n_repairs, 1);
        repair();
        assert_string_equal(host.real.domains[0].governor, "performance");
        now_usec += DRIFT_BACKOFF_MAX_USEC;
        turn();
        assert_true(cpuset_is_empty(drift_get_contested_cpus(monitor)));
        assert_null(drift_format_contest(monitor, 0));
}

static void test_drift_monitor_leaves_a_thermal_limit(void **state)
{
        warden_rule(&warden, NULL, NULL, 0, 2600000, NULL);
        apply(NULL);
        turn();
        assert_int_equal(fake_host_drift(&host, "cpufreq/policy0/scaling_max_freq", "1400000"), 0);
        the_watch.writer = (Writer) { .pid = 700, .comm = "thermald" };
        the_watch.written[the_watch.n_written++] = "cpufreq/policy0/scaling_max_freq";
        wake_watch();
        assert_int_equal(n_repairs, 0);
        assert_non_null(strstr(lines, "lowered to 1400000 by thermald"));
        /* Apply() does not raise the limit either. */
        apply(NULL);
        assert_int_equal(host.real.domains[0].max_khz, 1400000);
}

/* After lost events the monitor reads all knobs and repairs those that differ; their writer is not known. */
static void test_drift_monitor_reads_all_when_events_were_lost(void **state)
{
        apply(NULL);
        turn();
        assert_int_equal(fake_host_drift(&host, "cpufreq/policy2/scaling_governor", "powersave"), 0);
        the_watch.has_lost = true;
        wake_watch();
        assert_int_equal(n_repairs, 1);
        repair();
        assert_int_equal(n_reports, 1);
        assert_string_equal(host.real.domains[1].governor, "performance");
}

/* A knob that cannot be read is read again after ten seconds. */
static void test_drift_monitor_reads_again_later(void **state)
{
        apply(NULL);
        turn();
        assert_int_equal(fake_host_drift(&host, "cpufreq/policy0/scaling_governor", "powersave"), 0);
        read_error = -EMFILE;
        the_watch.has_lost = true;
        wake_watch();
        the_watch.has_lost = false;
        assert_int_equal(n_repairs, 0);
        read_error = 0;
        turn();
        assert_int_equal(n_repairs, 0);
        now_usec += 10000000;
        turn();
        assert_int_equal(n_repairs, 1);
        repair();
        assert_string_equal(host.real.domains[0].governor, "performance");
}

/* The log gets eight lines a minute, and one line that counts the others. */
static void test_drift_monitor_sums_up_a_storm(void **state)
{
        int stderr_fd = dup(STDERR_FILENO), log_fd = memfd_create("log", MFD_CLOEXEC);
        char log[8192] = "";
        unsigned n = 0;

        apply(NULL);
        turn();
        assert_true(dup2(log_fd, STDERR_FILENO) >= 0);
        for (unsigned i = 0; i < 11; i++) {
                the_watch.writer = (Writer) { .pid = 900, .comm = "sh" };
                strcpy(clocksource, i % 2 ? "tsc" : "hpet");
                the_watch.writes_clocksource = true;
                wake_watch();
        }
        /* The watch also reports a program that only opened the file. */
        the_watch.writes_clocksource = true;
        wake_watch();
        now_usec += 61000000;
        turn();
        assert_true(dup2(stderr_fd, STDERR_FILENO) >= 0);
        assert_true(pread(log_fd, log, sizeof(log) - 1, 0) > 0);
        for (const char *at = log; (at = strstr(at, "tscwardend: sh, pid 900 wrote to current_clocksource")); at++)
                n++;
        assert_int_equal(n, 8);
        assert_non_null(strstr(log, "3 more events of this kind in the last minute; the last: sh, pid 900"));
        close(stderr_fd);
        close(log_fd);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_drift_monitor_groups_alike_lines, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_reads_what_was_not_watched, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_compares_in_slices, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_waits_for_the_writer, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_waits_for_each_writer, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_finds_what_nobody_reports, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_tells_what_a_task_found, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_names_who_a_task_found, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_tells_before_it_stops, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_leaves_what_a_task_found, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_contest_that_tasks_found, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_blames_nobody_for_the_kernel, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_blames_nobody_for_a_sleep, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_blames_a_writer_after_a_sleep, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_knows_the_values_of_a_task, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_leaves_it_in_report_mode, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_rests_after_stop, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_contest, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_ends_a_contest, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_leaves_a_thermal_limit, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_reads_all_when_events_were_lost, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_reads_again_later, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drift_monitor_sums_up_a_storm, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
