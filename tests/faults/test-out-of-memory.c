/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The manager on a fake host, its start, a reload, Restore(), Apply() and the stop, once for each allocation on the
 * way, which fails: never a crash, nothing written whose original is not kept, and everything comes back in the end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <systemd/sd-journal.h>

#include "failing.h"
#include "host/originals.h"
#include "host/config/config.h"
#include "manager/manager.h"
#include "unit/fake-host.h"
#include "unit/scratch.h"

/* Limits one run, which has hundreds. */
#define ALLOCATIONS_MAX 100000UL

static FakeHost host;
static Scratch *scratch;
static int notify_fd, log_fd, stderr_fd;
static bool through, idle;
static sigset_t signals;

/* No journal: the daemon reads it where the kernel's log has lost its beginning, so on some machines and not on others,
 * and libsystemd 252 itself aborts when an allocation fails in sd_journal_add_match(). */
int __wrap_sd_journal_open(sd_journal **ret, int flags);
int __wrap_sd_journal_open(sd_journal **ret, int flags)
{
        return -ENOENT;
}

/* The daemon reads its kernel's log at each start. This machine's may have thousands of lines, and this test starts the
 * daemon thousands of times. The first lines are gone, so that it also looks for the journal. */
int __wrap_kmsg_open(int *ret_fd);
int __wrap_kmsg_open(int *ret_fd)
{
        static const char *const lines[] = {
                "6,100,1000,-;Memory: 1000000K/1048576K available",
                "5,101,2000,-;tsc: Marking TSC unstable due to TSC halts in idle",
        };
        static int kernel = -1;
        int fds[2];

        if (kernel >= 0)
                close(kernel);
        assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
        kernel = fds[0];
        for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
                assert_int_equal(send(kernel, lines[i], strlen(lines[i]), 0), (ssize_t)strlen(lines[i]));
        *ret_fd = fds[1];
        return 0;
}

/* The fake host must not run out of memory; an allocation of the real one counts as one of the others. */
static int enumerate(void *userdata, Snapshot *ret)
{
        _cleanup_free_ char *probe = malloc(16);
        int r;

        if (!probe)
                return -ENOMEM;
        failing_pause(true);
        r = fake_host_ops.enumerate(userdata, ret);
        failing_pause(false);
        return r;
}

static int read_some(void *userdata, CpuReading *reading, unsigned n)
{
        return enumerate(userdata, &reading->snapshot);
}

static void start_clean(const char *config)
{
        assert_int_equal(scratch_write(scratch, "config", config, strlen(config)), 0);
        fake_host_init(&host, 2, 2, "ondemand", 1400000);
        host.tsc_lives = false;
        (void)unlinkat(scratch->fd, "originals", 0);
        (void)unlinkat(scratch->fd, "clock", 0);
        assert_int_equal(ftruncate(log_fd, 0), 0);
        assert_int_equal(lseek(log_fd, 0, SEEK_SET), 0);
}

/* Whether systemd was told READY=1; what it was told is read away. */
static bool was_ready(void)
{
        char text[4096];
        bool ready = false;
        ssize_t n;

        while ((n = recv(notify_fd, text, sizeof(text) - 1, MSG_DONTWAIT)) >= 0) {
                text[n] = '\0';
                ready = ready || strncmp(text, "READY=1", 7) == 0;
        }
        return ready;
}

static void on_news(Manager *m, const ManagerNews *news, void *userdata)
{
        if (news->change == MANAGER_CHANGED_IDLE)
                idle = true;
        else if (news->change == MANAGER_CHANGED_STOPPING)
                manager_on_stop_job(m, /* restart= */ false);
}

/* Runs until the task is done; false if the event loop itself failed, which ends the daemon. */
static bool run_until_idle(sd_event *event)
{
        int r = 0;

        while (r >= 0 && !idle)
                r = sd_event_run(event, 5000000);
        return r >= 0;
}

/* If a value is not the original one, the original is saved for the next process, and it is right. */
static void check_originals_cover(const Snapshot *before)
{
        static const Knob knobs[] = { KNOB_SCALING_GOVERNOR, KNOB_SCALING_MIN_FREQ, KNOB_SCALING_MAX_FREQ };
        _cleanup_originals_ Originals kept = {};

        assert_true(host_originals_load(scratch->fd, &kept) >= 0);
        for (unsigned i = 0; i < before->n_domains; i++)
                for (unsigned k = 0; k < ARRAY_SIZE(knobs); k++) {
                        KnobId id = { .knob = knobs[k], .id = before->domains[i].id };
                        char was[KNOB_VALUE_SIZE], is[KNOB_VALUE_SIZE];

                        assert_int_equal(snapshot_get(before, &id, was), 0);
                        assert_int_equal(snapshot_get(&host.real, &id, is), 0);
                        if (strcmp(was, is) != 0)
                                assert_string_equal(originals_get(&kept, &id) ?: "nothing kept", was);
                }
        for (unsigned i = 0; i < before->n_cpus; i++)
                for (unsigned s = 0; s < before->cpus[i].n_states; s++) {
                        const IdleState *state = snapshot_find_state(&host.real, before->cpus[i].id, s);
                        KnobId id = { .knob = KNOB_DISABLE, .id = before->cpus[i].id, .state = s };

                        if (state->disabled != before->cpus[i].states[s].disabled)
                                assert_string_equal(originals_get(&kept, &id) ?: "nothing kept",
                                                    before->cpus[i].states[s].disabled ? "1" : "0");
                }
}

/* The state is "applied" only if the policy is in force. */
static void check_state(const ManagerView *view)
{
        if (view->state != POLICY_STATE_APPLIED)
                return;
        for (unsigned i = 0; i < host.real.n_domains; i++)
                assert_string_equal(host.real.domains[i].governor, "performance");
        for (unsigned i = 0; i < host.real.n_cpus; i++)
                assert_true(host.real.cpus[i].states[3].disabled);
}

static bool log_has(const char *needle)
{
        static char text[65536];
        ssize_t n = pread(log_fd, text, sizeof(text) - 1, 0);

        text[n > 0 ? n : 0] = '\0';
        return strstr(text, needle);
}

static bool check(sd_event *event, const Manager *m, const Snapshot *before, bool ready)
{
        bool runs = run_until_idle(event);
        ManagerView view;

        failing_pause(true);
        manager_get_view(m, &view);
        check_originals_cover(before);
        if (runs)
                check_state(&view);
        if (runs && ready) {
                assert_true(was_ready());
                if (view.state != POLICY_STATE_APPLIED && !log_has("memory"))
                        fail_msg("%s: %s", policy_state_to_string(view.state), view.state_reason);
        }
        failing_pause(false);
        return runs;
}

static void serve(sd_event *event, Manager *m, const Snapshot *before)
{
        _cleanup_free_ char *why = NULL;
        int r = 0;

        manager_set_observer(m, on_news, NULL);
        idle = false;
        if (manager_start(m) < 0 || !check(event, m, before, true))
                return;
        idle = false;
        if (manager_reload(m, &why) < 0)
                idle = true;
        if (!check(event, m, before, true))
                return;
        idle = false;
        assert_int_equal(manager_restore(m), 0);
        if (!check(event, m, before, false))
                return;
        idle = false;
        assert_int_equal(manager_apply(m), 0);
        if (!check(event, m, before, false))
                return;
        raise(SIGTERM);
        while (r >= 0 && sd_event_get_state(event) != SD_EVENT_FINISHED)
                r = sd_event_run(event, 5000000);
        assert_true(r < 0 || sd_event_get_state(event) == SD_EVENT_FINISHED);
}

static void live(const char *path, const Snapshot *before)
{
        const CpuOps ops = { .enumerate = enumerate,
                             .read_some = read_some,
                             .read_part = fake_host_ops.read_part,
                             .read = fake_host_ops.read,
                             .write = fake_host_ops.write,
                             .watch = fake_host_ops.watch };
        _cleanup_config_faults_ ConfigFaults errors = {};
        _cleanup_config_ Config config = {};
        sd_event *event = NULL;
        Manager *m = NULL;

        if (config_load(path, &config, &errors) == 0 && sd_event_new(&event) >= 0 &&
            manager_new(event, &ops, &host, scratch->fd, path, &config, &m) >= 0) {
                serve(event, m, before);
                manager_free(m);
        }
        sd_event_unref(event);
        /* One that the loop did not live to see is not the next life's. */
        while (sigtimedwait(&signals, NULL, &(struct timespec) {}) > 0)
                ;
        failing_pause(true);
        check_originals_cover(before);
        failing_pause(false);
}

static void live_through(const char *config, bool rest)
{
        char path[sizeof(scratch->path) + 8];
        unsigned long n, at;
        bool failed = true;

        through = false;
        snprintf(path, sizeof(path), "%s/config", scratch->path);
        for (at = 0; failed; at++) {
                _cleanup_snapshot_ Snapshot before = {};
                _cleanup_free_ char *dump = NULL, *after = NULL;

                assert_true(at < ALLOCATIONS_MAX);
                start_clean(config);
                dump = fake_host_dump(&host);
                assert_int_equal(fake_host_ops.enumerate(&host, &before), 0);
                dup2(log_fd, STDERR_FILENO);
                failing_start(at, rest);
                live(path, &before);
                n = failing_stop();
                failed = at == 0 || failing_has_failed();

                /* A run without failures, to undo what the last one left. */
                live(path, &before);
                dup2(stderr_fd, STDERR_FILENO);
                after = fake_host_dump(&host);
                assert_string_equal(after, dump);
                assert_int_equal(faccessat(scratch->fd, "originals", F_OK, 0), -1);
                fake_host_done(&host);
        }
        print_message("%lu allocations, %lu lives\n", n, at);
        assert_true(at > 100);
        through = true;
}

static void test_out_of_memory_own_keys(void **state)
{
        live_through("APPLY=always\nMIN_FREQ=1.4GHz\nMAX_CSTATE=C1\n", false);
}

/* From now on every allocation fails. */
static void test_out_of_memory_from_then_on(void **state)
{
        live_through("APPLY=always\nMAX_CSTATE=C1\n", true);
}

static void test_out_of_memory_cpupower_options(void **state)
{
        live_through("APPLY=always\nCPUPOWER_START_OPTS=\"frequency-set -g performance ; idle-set -D 10\"\n"
                     "CPUPOWER_STOP_OPTS=\"frequency-set -g ondemand\"\n",
                     false);
}

/* Whoever failed, in the middle of a life, was heard by the log alone. */
static int test_teardown(void **state)
{
        static char text[65536];
        ssize_t n = pread(log_fd, text, sizeof(text), 0);

        if (dup2(stderr_fd, STDERR_FILENO) < 0)
                return -1;
        failing_stop();
        if (!through && n > 0)
                (void)fwrite(text, 1, (size_t)n, stderr);
        return 0;
}

static int setup(void **state)
{
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
        sigprocmask(SIG_BLOCK, &signals, NULL);
        log_fd = memfd_create("log", MFD_CLOEXEC);
        stderr_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
        return log_fd < 0 || stderr_fd < 0 ? -1 : 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_teardown(test_out_of_memory_own_keys, test_teardown),
                cmocka_unit_test_teardown(test_out_of_memory_from_then_on, test_teardown),
                cmocka_unit_test_teardown(test_out_of_memory_cpupower_options, test_teardown),
        };

        return cmocka_run_group_tests(tests, setup, scratch_teardown);
}
