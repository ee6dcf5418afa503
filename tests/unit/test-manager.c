/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The manager and all its parts on a fake host: facts, kernel log, clocksources, uevents, the time asleep and the watch
 * of the knobs are the test's; signals, event loop, notify socket and the runtime directory are real.
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "fake-drift-watch.h"
#include "fake-host.h"
#include "host/clock-set.h"
#include "host/clocksource.h"
#include "host/facts.h"
#include "host/journal.h"
#include "host/kmsg.h"
#include "host/originals.h"
#include "host/uevents.h"
#include "host/vms.h"
#include "manager/manager.h"
#include "scratch.h"

#define MARK "tsc: Marking TSC unstable due to clocksource watchdog"
#define TURNS_MAX 2000

static FakeHost host;
static Scratch *scratch;
static sd_event *event;
static Manager *manager;
static int notify_fd;
static char told[8192]; /* the messages that systemd got */

/* These functions replace those of host/. */

static unsigned n_enumerated, n_parts_read;

static int enumerate(void *userdata, Snapshot *ret)
{
        n_enumerated++;
        return fake_host_ops.enumerate(userdata, ret);
}

static bool in_slices;
static unsigned n_slices;

/* With in_slices reading takes three slices, else one. */
static int read_some(void *userdata, CpuReading *reading, unsigned n)
{
        if (!in_slices)
                return enumerate(userdata, &reading->snapshot);
        n_slices++;
        if (!reading->begun)
                assert_int_equal(fake_host_ops.enumerate(userdata, &reading->snapshot), 0);
        reading->begun = true;
        return ++reading->next_cpu < 3;
}

static int read_part(void *userdata, SnapshotPart *part, Snapshot *ret)
{
        n_parts_read++;
        return fake_host_ops.read_part(userdata, part, ret);
}

static Facts the_facts;
static const char *current, *available;
static int facts_error;

int facts_read(Facts *ret)
{
        if (facts_error < 0)
                return facts_error;
        *ret = the_facts;
        ret->cmdline = strdup("");
        ret->clocksource = strdup(current);
        ret->available_clocksources = strdup(available);
        return 0;
}

int clocksource_read(char **ret_current, char **ret_available)
{
        *ret_current = strdup(current);
        *ret_available = strdup(available);
        return 0;
}

static int kmsg = -1;

int kmsg_open(int *ret_fd)
{
        int fds[2];

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0)
                return -errno;
        kmsg = fds[0];
        *ret_fd = fds[1];
        return 0;
}

int kmsg_read(int fd, char buffer[static KMSG_BUFFER_SIZE], KmsgRecord *ret)
{
        static uint64_t sequence;
        ssize_t n = read(fd, buffer, KMSG_BUFFER_SIZE - 1);

        if (n <= 0)
                return 0;
        buffer[n] = '\0';
        *ret = (KmsgRecord) { .priority = 6, .sequence = sequence++, .usec = 9000000, .text = buffer };
        return 1;
}

int klog_read(KlogLine line, void *userdata)
{
        return -EPERM;
}

int journal_read_kernel(KlogLine line, void *userdata)
{
        return 0;
}

static int uevents_sender = -1;

int uevents_open(int *ret_fd)
{
        int fds[2];

        assert_return_code(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), errno);
        if (uevents_sender >= 0)
                close(uevents_sender);
        uevents_sender = fds[1];
        *ret_fd = fds[0];
        return 0;
}

int uevents_receive(int fd, Uevent *ret)
{
        return read(fd, ret, sizeof(*ret)) == sizeof(*ret) ? 1 : -EAGAIN;
}

static uint64_t asleep_usec;

int clock_set_open(int *ret_fd)
{
        return -ENOSYS;
}

int clock_set_rearm(int fd)
{
        return 0;
}

uint64_t clock_asleep_usec(void)
{
        return asleep_usec;
}

uint32_t vms_probe(void)
{
        return 0;
}

char *vm_name_read(uint32_t pid)
{
        return strdup("web");
}

/* The observer. */

static unsigned n_news[MANAGER_LOOK_READY + 1];
static bool drift_repaired, is_restart, resumes;
static Verdict old_verdict;

static void on_news(Manager *m, const ManagerNews *news, void *userdata)
{
        n_news[news->change]++;
        if (news->change == MANAGER_CHANGED_VIEW && resumes)
                manager_on_resume(m);
        if (news->drift)
                drift_repaired = news->drift->repaired;
        if (news->clock)
                old_verdict = news->clock->old_verdict;
        if (news->change == MANAGER_CHANGED_STOPPING)
                manager_on_stop_job(m, is_restart);
}

static void read_notify(void)
{
        size_t n = strlen(told);
        ssize_t got;

        while ((got = recv(notify_fd, told + n, sizeof(told) - n - 2, MSG_DONTWAIT)) > 0) {
                n += (size_t)got;
                told[n++] = '\n';
                told[n] = '\0';
        }
}

static void wait_for(unsigned change, unsigned n)
{
        for (unsigned turns = 0; n_news[change] < n; turns++) {
                assert_true(turns < TURNS_MAX);
                assert_true(sd_event_run(event, 5000000) > 0);
        }
        read_notify();
}

static void wait_for_idle(void)
{
        wait_for(MANAGER_CHANGED_IDLE, n_news[MANAGER_CHANGED_IDLE] + 1);
}

static ManagerView look(void)
{
        ManagerView view;

        manager_get_view(manager, &view);
        return view;
}

static void write_config(const char *text)
{
        assert_int_equal(scratch_write(scratch, "config", text, strlen(text)), 0);
}

static void make(const char *text, int runtime_fd)
{
        static char path[sizeof(scratch->path) + 8];
        static CpuOps ops;
        _cleanup_config_faults_ ConfigFaults errors = {};
        _cleanup_config_ Config config = {};

        ops = fake_host_ops;
        ops.enumerate = enumerate;
        ops.read_part = read_part;
        ops.read_some = read_some;
        snprintf(path, sizeof(path), "%s/config", scratch->path);
        write_config(text);
        assert_int_equal(config_load(path, &config, &errors), 0);
        assert_int_equal(manager_new(event, &ops, &host, runtime_fd, path, &config, &manager), 0);
        manager_set_observer(manager, on_news, NULL);
}

static void start(const char *text)
{
        make(text, scratch->fd);
        assert_true(manager_start(manager) >= 0);
        wait_for_idle();
}

static int setup(void **state)
{
        in_slices = false;
        fake_host_init(&host, 2, 2, "ondemand", 1400000);
        host.tsc_lives = false;
        the_facts = (Facts) {
                .has_tsc = true,
                .n_cpus = 4,
                .vendor = "GenuineIntel",
                .family = 6,
                .microcode = "0x1",
                .n_possible = 4,
                .n_packages = 1,
                .n_nodes = 1,
        };
        facts_error = 0;
        asleep_usec = 0;
        current = "hpet";
        available = "hpet acpi_pm ";
        memset(n_news, 0, sizeof(n_news));
        drift_repaired = is_restart = resumes = false;
        told[0] = '\0';
        (void)unlinkat(scratch->fd, "originals", 0);
        (void)unlinkat(scratch->fd, "clock", 0);
        return sd_event_new(&event) < 0 ? -1 : 0;
}

static int teardown(void **state)
{
        manager = manager_free(manager);
        if (kmsg >= 0)
                close(kmsg);
        kmsg = -1;
        sd_event_unref(event);
        fake_host_done(&host);
        return 0;
}

/* Runs the loop until sd_event_exit() and returns its code. */
static int run_to_exit(void)
{
        int code;

        for (unsigned turns = 0; sd_event_get_state(event) != SD_EVENT_FINISHED; turns++) {
                assert_true(turns < TURNS_MAX);
                assert_true(sd_event_run(event, 5000000) >= 0);
        }
        read_notify();
        assert_int_equal(sd_event_get_exit_code(event, &code), 0);
        return code;
}

static const char *governor(void)
{
        return host.real.domains[0].governor;
}

static void test_start_and_stop(void **state)
{
        ManagerView view;

        start("MAX_CSTATE=C1\n");
        assert_string_equal(governor(), "performance");
        view = look();
        assert_int_equal(view.state, POLICY_STATE_APPLIED);
        assert_true(cpuset_has(view.managed_cpus, 3) && cpuset_has(view.present_cpus, 3));
        assert_true(cpuset_is_empty(view.degraded_cpus));
        assert_true(view.applied_usec > 0);
        assert_non_null(strstr(told, "READY=1\nSTATUS=applied"));
        assert_int_equal(faccessat(scratch->fd, "originals", F_OK, 0), 0);
        assert_non_null(manager_get_event(manager, 0));

        raise(SIGTERM);
        assert_int_equal(run_to_exit(), 0);
        assert_string_equal(governor(), "ondemand");
        assert_int_equal(faccessat(scratch->fd, "originals", F_OK, 0), -1);
        assert_non_null(strstr(told, "STOPPING=1"));
}

static void test_a_restart_keeps_the_policy(void **state)
{
        start("");
        is_restart = true;
        raise(SIGTERM);
        raise(SIGTERM);
        assert_int_equal(run_to_exit(), 0);
        assert_string_equal(governor(), "performance");
        assert_int_equal(faccessat(scratch->fd, "originals", F_OK, 0), 0);
        assert_int_equal(manager_apply(manager), -EBUSY);
        assert_int_equal(manager_restore(manager), -EBUSY);
}

static void test_the_options_for_the_stop(void **state)
{
        start("CPUPOWER_START_OPTS=\"frequency-set -g performance\"\nCPUPOWER_STOP_OPTS=\"frequency-set -g powersave\"\n");
        assert_string_equal(governor(), "performance");
        raise(SIGINT);
        assert_int_equal(run_to_exit(), 0);
        assert_string_equal(governor(), "powersave");
        assert_non_null(strstr(look().state_reason, "CPUPOWER_STOP_OPTS"));
}

static void test_on_stop_keep(void **state)
{
        start("ON_STOP=keep\n");
        raise(SIGTERM);
        assert_int_equal(run_to_exit(), 0);
        assert_string_equal(governor(), "performance");
}

static void test_people_ask(void **state)
{
        start("");
        assert_int_equal(manager_restore(manager), 0);
        assert_int_equal(manager_apply(manager), -EBUSY);
        assert_string_equal(governor(), "performance");
        wait_for_idle();
        assert_string_equal(governor(), "ondemand");
        assert_int_equal(look().state, POLICY_STATE_RESTORED);

        /* Only a person's Apply() applies the policy again; a reload does not. */
        manager_on_resume(manager);
        raise(SIGHUP);
        wait_for_idle();
        assert_string_equal(governor(), "ondemand");

        assert_int_equal(manager_apply(manager), 0);
        wait_for_idle();
        assert_string_equal(governor(), "performance");
}

static void test_reloads(void **state)
{
        _cleanup_free_ char *why = NULL;

        start("");
        write_config("GOVERNOR=powersave\n");
        told[0] = '\0';
        raise(SIGHUP);
        wait_for_idle();
        assert_string_equal(governor(), "powersave");
        assert_non_null(strstr(told, "RELOADING=1"));
        assert_non_null(strstr(told, "READY=1"));

        write_config("GOVERNER=performance\n");
        assert_int_equal(manager_reload(manager, &why), -EBADMSG);
        assert_non_null(strstr(why, "GOVERNER"));
        told[0] = '\0';
        read_notify();
        assert_non_null(strstr(told, "was refused, the old policy stays"));
        assert_string_equal(governor(), "powersave");

        write_config("DRIFT=report\n");
        free(why);
        why = NULL;
        assert_int_equal(manager_reload(manager, &why), 0);
        assert_int_equal(manager_reload(manager, &why), -EBUSY);
        wait_for_idle();
        assert_string_equal(governor(), "performance");
}

/* Requests that come before the first task has begun are carried out after it, and READY=1 is sent once. An event does
 * not replace the reload that waits. */
static void test_what_is_asked_while_a_task_runs(void **state)
{
        const char *ready;

        make("", scratch->fd);
        assert_true(manager_start(manager) >= 0);
        write_config("GOVERNOR=powersave\n");
        raise(SIGHUP);
        resumes = true;
        wait_for_idle();
        resumes = false;
        assert_null(strstr(told, "READY=1"));
        assert_string_equal(governor(), "performance");
        wait_for_idle();
        assert_string_equal(governor(), "powersave");
        ready = strstr(told, "READY=1");
        assert_non_null(ready);
        assert_null(strstr(ready + 1, "READY=1"));
        assert_int_equal(look().state, POLICY_STATE_APPLIED);
}

static void write_by_another(void)
{
        assert_int_equal(fake_host_drift(&host, "cpufreq/policy0/scaling_governor", "powersave"), 0);
        the_watch.writer = (Writer) { .pid = 812, .comm = "tuned", .unit = "tuned.service" };
        the_watch.written[the_watch.n_written++] = "cpufreq/policy0/scaling_governor";
        fake_drift_watch_wake();
}

static void test_drift_is_repaired(void **state)
{
        const KnobId id = { .knob = KNOB_SCALING_GOVERNOR, .id = 0 };

        start("");
        n_enumerated = 0;
        write_by_another();
        wait_for(MANAGER_CHANGED_DRIFT, 1);
        assert_true(drift_repaired);
        /* The repair uses the values that the drift monitor has read; the host is not read again. */
        assert_int_equal(n_enumerated, 0);
        assert_string_equal(governor(), "performance");
        assert_int_equal(look().drift_counts[KNOB_SCALING_GOVERNOR], 1);
        assert_false(manager_has_drifted(manager, &id));
        assert_null(manager_contest_format(manager, 0));
}

static void test_drift_is_reported(void **state)
{
        const KnobId id = { .knob = KNOB_SCALING_GOVERNOR, .id = 0 };

        start("DRIFT=report\n");
        write_by_another();
        wait_for(MANAGER_CHANGED_DRIFT, 1);
        assert_false(drift_repaired);
        assert_string_equal(governor(), "powersave");
        assert_true(manager_has_drifted(manager, &id));
}

static void send_uevent(UeventKind kind)
{
        const Uevent uevent = { .kind = kind, .cpu = 3, .n_created = 1, .n_vms = kind == UEVENT_KVM_CREATE, .pid = 77 };

        assert_true(write(uevents_sender, &uevent, sizeof(uevent)) == sizeof(uevent));
}

static void test_guests_come(void **state)
{
        start("APPLY_WHEN=guests\n");
        assert_string_equal(governor(), "ondemand");
        send_uevent(UEVENT_MODULE);
        send_uevent(UEVENT_KVM_CREATE);
        wait_for_idle();
        assert_string_equal(governor(), "performance");
        assert_int_equal(look().vms->n, 1);
}

/* A CPU that came online gets the policy again, and no other CPU is read for it. */
static void test_a_cpu_comes(void **state)
{
        _cleanup_free_ char *reason = NULL;
        size_t n_watched;

        start("");
        reason = strdup(look().state_reason);
        n_watched = the_watch.n;
        assert_int_equal(fake_host_drift(&host, "cpufreq/policy0/scaling_governor", "powersave"), 0);
        assert_int_equal(fake_host_drift(&host, "cpufreq/policy2/scaling_governor", "powersave"), 0);
        assert_int_equal(fake_host_drift(&host, "cpu3/cpuidle/state2/disable", "0"), 0);
        n_enumerated = n_parts_read = 0;
        send_uevent(UEVENT_CPU);
        wait_for_idle();
        assert_string_equal(host.real.domains[1].governor, "performance");
        assert_true(host.real.cpus[3].states[2].disabled);
        assert_string_equal(governor(), "powersave");
        assert_int_equal(n_enumerated, 0);
        assert_int_equal(n_parts_read, 1);
        assert_int_equal(look().state, POLICY_STATE_APPLIED);
        assert_int_equal(cpuset_count(look().managed_cpus), 4);
        /* The reason still counts the knobs of the whole host. */
        assert_string_equal(look().state_reason, reason);
        assert_int_equal(the_watch.n, n_watched);
        /* After a module was loaded the whole host is read, because its driver may concern any CPU. */
        send_uevent(UEVENT_MODULE);
        wait_for_idle();
        assert_int_equal(n_enumerated, 1);
        assert_string_equal(governor(), "performance");
}

/* A look at the host is read in slices of the event loop. It is ready after the last one, and nothing blocks meanwhile.
 */
static void test_a_look_in_slices(void **state)
{
        in_slices = true;
        start("");
        n_enumerated = n_slices = 0;
        assert_true(manager_prepare_look(manager));
        assert_int_equal(n_slices, 0);
        assert_true(manager_prepare_look(manager));
        wait_for(MANAGER_LOOK_READY, n_news[MANAGER_LOOK_READY] + 1);
        assert_int_equal(n_slices, 3);
        assert_false(manager_prepare_look(manager));
        assert_string_equal(manager_look(manager)->snapshot.domains[0].governor, "performance");
        assert_int_equal(n_enumerated, 0);
}

/* A task that ends while a look is being read makes the look begin again: its first slices are older than the change.
 */
static void task_ends_during_a_look(unsigned after)
{
        unsigned n_ready;

        in_slices = true;
        start("");
        n_slices = 0;
        n_ready = n_news[MANAGER_LOOK_READY];
        assert_true(manager_prepare_look(manager));
        while (n_slices < after)
                assert_true(sd_event_run(event, UINT64_MAX) >= 0);
        assert_int_equal(manager_restore(manager), 0);
        wait_for(MANAGER_LOOK_READY, n_ready + 1);
        assert_string_equal(manager_look(manager)->snapshot.domains[0].governor, "ondemand");
}

static void test_a_task_ends_while_the_host_is_read(void **state)
{
        task_ends_during_a_look(2);
}

static void test_a_task_ends_before_the_plan_is_made(void **state)
{
        task_ends_during_a_look(3);
}

/* Of a large host. Returns when the last slice was read. */
static void read_all_slices(void)
{
        in_slices = true;
        n_slices = 0;
        make("", scratch->fd);
        assert_true(manager_start(manager) >= 0);
        while (n_slices < 3)
                assert_true(sd_event_run(event, UINT64_MAX) >= 0);
}

/* The plan, the originals and the marks each wait for a turn of the event loop. */
static void test_others_are_heard_before_the_first_write(void **state)
{
        unsigned n_turns = 0;

        read_all_slices();
        for (; host.n_writes == 0; n_turns++)
                assert_true(sd_event_run(event, UINT64_MAX) >= 0);
        assert_true(n_turns >= 4);
        assert_string_equal(governor(), "performance");
}

static void test_a_stop_comes_before_the_first_write(void **state)
{
        read_all_slices();
        while (faccessat(scratch->fd, "originals", F_OK, 0) < 0)
                assert_true(sd_event_run(event, UINT64_MAX) >= 0);
        assert_int_equal(host.n_writes, 0);
        raise(SIGTERM);
        assert_int_equal(run_to_exit(), 0);
        assert_int_equal(host.n_writes, 0);
        assert_int_equal(faccessat(scratch->fd, "originals", F_OK, 0), -1);
}

/* The write comes after the task has read this knob, so the task reads the host again. */
static void test_another_program_writes_while_the_host_is_read(void **state)
{
        in_slices = true;
        start("");
        n_slices = 0;
        assert_int_equal(manager_apply(manager), 0);
        while (n_slices < 2)
                assert_true(sd_event_run(event, UINT64_MAX) >= 0);
        assert_int_equal(fake_host_drift(&host, "cpufreq/policy0/scaling_governor", "powersave"), 0);
        the_watch.written[0] = "cpufreq/policy0/scaling_governor";
        the_watch.n_written = 1;
        the_watch.writer.pid = 4711;
        fake_drift_watch_wake();
        wait_for_idle();
        assert_string_equal(governor(), "performance");
        assert_int_equal(n_slices, 2 + 3);
}

/* When a CPU comes online only its own faults are tried again; those of the other CPUs stay reported. */
static void test_a_cpu_comes_to_a_degraded_host(void **state)
{
        fake_host_fault(&host, "cpu0/cpuidle/state2/disable", FAKE_FAULT_ERROR, -EIO);
        fake_host_fault(&host, "cpufreq/policy2/scaling_governor", FAKE_FAULT_ERROR, -EIO);
        start("");
        assert_int_equal(cpuset_count(look().degraded_cpus), 3);
        host.n_faults = 1;
        send_uevent(UEVENT_CPU);
        wait_for_idle();
        assert_string_equal(host.real.domains[1].governor, "performance");
        assert_int_equal(look().state, POLICY_STATE_DEGRADED);
        assert_int_equal(cpuset_count(look().degraded_cpus), 1);
        assert_true(cpuset_has(look().degraded_cpus, 0));
        host.n_faults = 0;
        send_uevent(UEVENT_CPU);
        wait_for_idle();
        assert_true(cpuset_has(look().degraded_cpus, 0));
        send_uevent(UEVENT_MODULE);
        wait_for_idle();
        assert_int_equal(look().state, POLICY_STATE_APPLIED);
}

/* A CPU that is removed from the machine leaves the snapshot. */
static void test_a_cpu_is_taken_out(void **state)
{
        start("");
        n_enumerated = 0;
        host.real.n_cpus--;
        send_uevent(UEVENT_CPU);
        wait_for_idle();
        assert_int_equal(n_enumerated, 1);
        assert_false(cpuset_has(look().present_cpus, 3));
        host.real.n_cpus++;
}

/* To freeze the frequency, it is read anew on every CPU. */
static void test_a_cpu_comes_to_a_living_tsc(void **state)
{
        the_facts.constant_tsc = false;
        available = "tsc hpet acpi_pm ";
        host.tsc_lives = true;
        start("");
        n_enumerated = n_parts_read = 0;
        send_uevent(UEVENT_CPU);
        wait_for_idle();
        assert_int_equal(n_enumerated, 1);
        assert_int_equal(n_parts_read, 0);
}

/* No watch heard this write. The task that finds it says so; one after a sleep does not, as firmware may have done it.
 */
static void test_a_task_tells_what_nobody_heard(void **state)
{
        start("");
        assert_int_equal(fake_host_drift(&host, "cpufreq/policy0/scaling_governor", "powersave"), 0);
        send_uevent(UEVENT_MODULE);
        wait_for_idle();
        assert_string_equal(governor(), "performance");
        wait_for(MANAGER_CHANGED_DRIFT, 1);
        assert_true(drift_repaired);
        assert_int_equal(look().drift_counts[KNOB_SCALING_GOVERNOR], 1);

        assert_int_equal(fake_host_drift(&host, "cpufreq/policy0/scaling_governor", "powersave"), 0);
        asleep_usec = 60000000;
        manager_on_resume(manager);
        wait_for_idle();
        assert_string_equal(governor(), "performance");
        assert_int_equal(look().drift_counts[KNOB_SCALING_GOVERNOR], 1);
}

static void test_the_host_slept(void **state)
{
        start("");
        assert_int_equal(fake_host_drift(&host, "cpufreq/policy0/scaling_governor", "powersave"), 0);
        send_uevent(UEVENT_KVM_CREATE);
        wait_for(MANAGER_CHANGED_VIEW, n_news[MANAGER_CHANGED_VIEW] + 1);
        asleep_usec = 60000000;
        manager_on_resume(manager);
        wait_for_idle();
        assert_string_equal(governor(), "performance");
}

/* While the TSC lives the frequency is only frozen; once it is lost the whole policy applies. */
static void test_the_tsc_is_lost(void **state)
{
        host.tsc_lives = true;
        current = "tsc";
        available = "tsc hpet acpi_pm ";
        start("");
        assert_int_equal(host.lost_by_us, 0);
        assert_int_equal(host.real.domains[0].max_khz, 1400000);
        send_uevent(UEVENT_KVM_CREATE);
        wait_for(MANAGER_CHANGED_VIEW, n_news[MANAGER_CHANGED_VIEW] + 1);

        host.tsc_lives = false;
        current = "hpet";
        available = "hpet acpi_pm ";
        assert_true(write(kmsg, MARK, strlen(MARK)) > 0);
        wait_for(MANAGER_CHANGED_CLOCK, n_news[MANAGER_CHANGED_CLOCK] + 1);
        assert_int_equal(look().clock->verdict, VERDICT_UNSTABLE);
        assert_int_not_equal(old_verdict, VERDICT_UNSTABLE);
        assert_string_equal(look().vms_when_lost, "web (77)");
        assert_int_equal(look().clocksource_changes, 1);
        wait_for_idle();
        assert_true(host.real.domains[0].max_khz > 1400000);
}

/* The TSC was lost while a plan ran that protected it: the task starts again. */
static void test_the_tsc_dies_meanwhile(void **state)
{
        host.tsc_lives = true;
        current = "tsc";
        available = "tsc hpet acpi_pm ";
        make("", scratch->fd);
        assert_true(manager_start(manager) >= 0);
        host.tsc_lives = false;
        the_facts.constant_tsc = false;
        available = "hpet acpi_pm ";
        wait_for_idle();
        assert_true(host.real.domains[0].max_khz > 1400000);
}

static void test_a_cpu_goes_meanwhile(void **state)
{
        fake_host_fault(&host, "cpufreq/policy2/scaling_governor", FAKE_FAULT_ERROR, -EBUSY);
        start("");
        /* The governor was written twice. */
        assert_non_null(strstr(strstr(host.log, "policy2/scaling_governor") + 1, "policy2/scaling_governor"));
        assert_int_equal(look().state, POLICY_STATE_DEGRADED);
        assert_true(cpuset_has(look().degraded_cpus, 2));
        assert_true(look().findings->n > 0);
}

static void test_without_a_runtime_directory_nothing_is_written(void **state)
{
        make("", -1);
        assert_true(manager_start(manager) >= 0);
        wait_for_idle();
        assert_int_equal(look().state, POLICY_STATE_DEGRADED);
        assert_int_equal(host.n_writes, 0);
        assert_non_null(strstr(told, "READY=1"));
}

static void test_broken_originals_stay(void **state)
{
        assert_int_equal(scratch_write(scratch, "originals", "nonsense", 8), 0);
        start("");
        assert_int_equal(look().state, POLICY_STATE_DEGRADED);
        assert_int_equal(host.n_writes, 0);
        assert_int_equal(faccessat(scratch->fd, "originals", F_OK, 0), 0);
        raise(SIGTERM);
        assert_int_equal(run_to_exit(), 0);
}

static void test_no_facts(void **state)
{
        start("");
        facts_error = -EIO;
        assert_int_equal(manager_apply(manager), 0);
        wait_for_idle();
        assert_int_equal(look().state, POLICY_STATE_DEGRADED);
        raise(SIGTERM);
        assert_int_equal(run_to_exit(), EXIT_FAILURE);
}

static void test_what_others_see(void **state)
{
        const char *const rivals[] = { "tuned.service", "thermald.service", NULL };
        const ManagerLook *first;

        start("");
        first = manager_look(manager);
        assert_non_null(first);
        assert_int_equal(first->snapshot.n_cpus, 4);
        assert_int_equal(first->plan.n_steps, 0);
        n_enumerated = 0;
        assert_ptr_equal(manager_look(manager), first);
        assert_int_equal(n_enumerated, 0);
        /* A look is kept for a second. */
        while (n_enumerated == 0) {
                assert_true(sd_event_run(event, 3000000) > 0);
                assert_non_null(manager_look(manager));
        }
        manager_on_rivals(manager, rivals);
        manager_on_rivals(manager, rivals);
        assert_string_equal(look().witness, "kmsg");
        assert_int_equal(look().n_config_files, 1);
}

static int setup_all(void **state)
{
        sigset_t signals;

        if (scratch_setup(state) < 0)
                return -1;
        scratch = *state;
        notify_fd = scratch_listen_notify(scratch);
        if (notify_fd < 0)
                return -1;
        sigemptyset(&signals);
        sigaddset(&signals, SIGHUP);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGINT);
        return sigprocmask(SIG_BLOCK, &signals, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(test_start_and_stop),
                TEST(test_a_restart_keeps_the_policy),
                TEST(test_the_options_for_the_stop),
                TEST(test_on_stop_keep),
                TEST(test_people_ask),
                TEST(test_reloads),
                TEST(test_what_is_asked_while_a_task_runs),
                TEST(test_drift_is_repaired),
                TEST(test_drift_is_reported),
                TEST(test_guests_come),
                TEST(test_a_cpu_comes),
                TEST(test_a_look_in_slices),
                TEST(test_others_are_heard_before_the_first_write),
                TEST(test_a_stop_comes_before_the_first_write),
                TEST(test_a_task_ends_while_the_host_is_read),
                TEST(test_a_task_ends_before_the_plan_is_made),
                TEST(test_another_program_writes_while_the_host_is_read),
                TEST(test_a_cpu_comes_to_a_degraded_host),
                TEST(test_a_cpu_is_taken_out),
                TEST(test_a_cpu_comes_to_a_living_tsc),
                TEST(test_a_task_tells_what_nobody_heard),
                TEST(test_the_host_slept),
                TEST(test_the_tsc_is_lost),
                TEST(test_the_tsc_dies_meanwhile),
                TEST(test_a_cpu_goes_meanwhile),
                TEST(test_without_a_runtime_directory_nothing_is_written),
                TEST(test_broken_originals_stay),
                TEST(test_no_facts),
                TEST(test_what_others_see),
        };

        return cmocka_run_group_tests(tests, setup_all, scratch_teardown);
}
