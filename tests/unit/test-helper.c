/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake-drift-watch.h"

#include "base/cpuset.h"
#include "base/macro.h"
#include "host/helper.h"
#include "host/runtime.h"
#include "host/sysfs.h"

/* The format that the helper reads. */
typedef struct Request {
        KnobId id;
        unsigned cpu;
        char value[KNOB_VALUE_SIZE];
} Request;

typedef struct Answer {
        int result;
        char actual[KNOB_VALUE_SIZE];
} Answer;

/* No machine has this CPU, so nothing is written. */
static const Request absent = { .id = { .knob = KNOB_DISABLE, .id = CPUSET_MAX - 1 }, .value = "1" };

/* The first test starts the helper and drops this process's capabilities; the last tests end the helper. */
static Helper helper = { .fd = -1 };

static int ask(const void *request, size_t size)
{
        Answer answer = { .result = 1, .actual = "?" };

        assert_true(send(helper.fd, request, size, 0) == (ssize_t)size);
        assert_true(recv(helper.fd, &answer, sizeof(answer), 0) == sizeof(answer));
        assert_string_equal(answer.actual, "");
        return answer.result;
}

static uint64_t capabilities(pid_t pid, const char *set)
{
        char path[64], status[8192], *value;

        (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
        assert_int_equal(sysfs_read_at(AT_FDCWD, path, status, sizeof(status)), 0);
        value = strstr(status, set);
        assert_non_null(value);
        value += strlen(set);
        return strtoull(value, NULL, 16);
}

static void test_helper_splits_capabilities(void **state)
{
        const uint64_t before = capabilities(getpid(), "CapPrm:\t");
        const uint64_t writes = UINT64_C(1) << CAP_DAC_OVERRIDE | UINT64_C(1) << CAP_SYS_ADMIN;
        static const char *const held[] = { "CapPrm:\t", "CapEff:\t" }, *const handed_on[] = { "CapInh:\t",
                                                                                               "CapAmb:\t" };

        assert_int_equal(helper_start(&helper), 0);
        /* The helper drops its capabilities before its first answer. */
        assert_int_equal(ask(&absent, sizeof(absent)), -ENOENT);
        for (size_t i = 0; i < 2; i++) {
                assert_int_equal(capabilities(getpid(), held[i]), before & UINT64_C(1) << CAP_SYSLOG);
                assert_int_equal(capabilities(helper.pid, held[i]), before & writes);
                assert_int_equal(capabilities(getpid(), handed_on[i]), 0);
                assert_int_equal(capabilities(helper.pid, handed_on[i]), 0);
        }
}

static void test_helper_refuses(void **state)
{
        char longer[sizeof(Request) + 1] = {};
        Request request = absent;

        assert_int_equal(ask(&request, sizeof(request) - 1), -EBADMSG);
        assert_int_equal(ask(longer, sizeof(longer)), -EBADMSG);
        assert_int_equal(ask("x", 1), -EBADMSG);

        request.id.knob = KNOB_MAX_;
        assert_int_equal(ask(&request, sizeof(request)), -EBADMSG);
        request.id.knob = KNOB_INVALID_;
        assert_int_equal(ask(&request, sizeof(request)), -EBADMSG);

        request = absent;
        request.cpu = CPUSET_MAX;
        assert_int_equal(ask(&request, sizeof(request)), -EBADMSG);

        request = absent;
        memset(request.value, '1', sizeof(request.value));
        assert_int_equal(ask(&request, sizeof(request)), -EBADMSG);

        /* A value that this knob does not accept. */
        request = absent;
        strcpy(request.value, "one");
        assert_int_equal(ask(&request, sizeof(request)), -EINVAL);
        strcpy(request.value, "");
        assert_int_equal(ask(&request, sizeof(request)), -EINVAL);

        assert_int_equal(ask(&absent, sizeof(absent)), -ENOENT);
}

/* Random bytes and random knobs do not end the helper. No knob accepts the value, so this machine stays as it is. */
static void test_helper_survives_noise(void **state)
{
        srand(1);
        for (unsigned i = 0; i < 20000; i++) {
                unsigned char noise[sizeof(Request) + 8];

                for (size_t k = 0; k < sizeof(noise); k++)
                        noise[k] = (unsigned char)rand();
                noise[offsetof(Request, value)] = ' ';
                assert_true(ask(noise, 1 + (size_t)rand() % sizeof(noise)) < 0);
        }
}

static void test_helper_writes(void **state)
{
        char actual[KNOB_VALUE_SIZE] = "?";

        assert_int_equal(helper.ops.write(&helper, &absent.id, absent.cpu, absent.value, actual), -ENOENT);
        assert_string_equal(actual, "");
        assert_int_equal(
                helper.ops.write(&helper, &absent.id, absent.cpu, "a value that has no room in a request", actual),
                -EINVAL);
}

/* A write by the helper is no drift. */
static void test_helper_is_who_writes(void **state)
{
        DriftWatch *watch = NULL;

        assert_int_equal(helper.ops.watch(&helper, &watch), 0);
        assert_int_equal(watch->self, helper.pid);
        drift_watch_free(watch);
}

static void test_helper_outlives_the_signals_of_a_stop(void **state)
{
        static const int signals[] = { SIGTERM, SIGINT, SIGHUP };

        for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
                assert_int_equal(kill(helper.pid, signals[i]), 0);
        assert_int_equal(ask(&absent, sizeof(absent)), -ENOENT);
}

static void test_helper_is_killed(void **state)
{
        struct pollfd end = { .fd = helper.fd };
        char actual[KNOB_VALUE_SIZE];
        int status;

        assert_int_equal(kill(helper.pid, SIGKILL), 0);
        assert_true(waitpid(helper.pid, &status, 0) == helper.pid);
        assert_int_equal(poll(&end, 1, 0), 1);
        assert_true(end.revents & POLLHUP);
        assert_int_equal(helper.ops.write(&helper, &absent.id, absent.cpu, absent.value, actual), -EPIPE);
        helper_done(&helper);
}

/* A write of a daemon that was killed may still be under way when the next one starts: the lock says so. */
static void test_helper_ends_with_the_daemon(void **state)
{
        char directory[] = "/tmp/test-helper-XXXXXX";
        int ours, other, status;

        assert_non_null(mkdtemp(directory));
        ours = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        other = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_true(ours >= 0 && other >= 0);
        assert_int_equal(runtime_lock(ours), 0);
        assert_int_equal(helper_start(&helper), 0);
        assert_int_equal(ask(&absent, sizeof(absent)), -ENOENT);

        assert_int_equal(kill(helper.pid, SIGSTOP), 0);
        close(ours);
        assert_int_equal(runtime_lock(other), -EBUSY);
        assert_int_equal(kill(helper.pid, SIGCONT), 0);
        helper_done(&helper);
        assert_true(waitpid(helper.pid, &status, 0) == helper.pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
        assert_int_equal(runtime_lock(other), 0);
        close(other);
        assert_int_equal(rmdir(directory), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_helper_splits_capabilities),
                cmocka_unit_test(test_helper_refuses),
                cmocka_unit_test(test_helper_survives_noise),
                cmocka_unit_test(test_helper_writes),
                cmocka_unit_test(test_helper_is_who_writes),
                cmocka_unit_test(test_helper_outlives_the_signals_of_a_stop),
                cmocka_unit_test(test_helper_is_killed),
                cmocka_unit_test(test_helper_ends_with_the_daemon),
        };
        sigset_t signals;

        /* The daemon blocks the same signals. */
        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGINT);
        sigaddset(&signals, SIGHUP);
        sigprocmask(SIG_BLOCK, &signals, NULL);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
