/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/helper.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/append.h"
#include "base/cpuset.h"
#include "host/capabilities.h"
#include "host/drift-watch.h"

typedef struct Request {
        KnobId id;
        unsigned cpu;
        char value[KNOB_VALUE_SIZE];
} Request;

typedef struct Answer {
        int result;
        char actual[KNOB_VALUE_SIZE]; /* as CpuOps.write gives it */
} Answer;

/* The daemon may have been taken over: nothing in a request is sure. */
static int serve_request(const Request *request, size_t size, char actual[static KNOB_VALUE_SIZE])
{
        if (size != sizeof(*request) || request->id.knob < 0 || request->id.knob >= KNOB_MAX_ ||
            request->cpu >= CPUSET_MAX || !memchr(request->value, '\0', sizeof(request->value)))
                return -EBADMSG;
        return cpu_ops.write(NULL, &request->id, request->cpu, request->value, actual);
}

_Noreturn static void serve(int fd)
{
        /* The signals are blocked that stop the daemon: at a stop it still has originals to put back. */
        (void)prctl(PR_SET_NAME, "tscwarden-write");
        (void)capabilities_keep(UINT64_C(1) << CAP_DAC_OVERRIDE | UINT64_C(1) << CAP_SYS_ADMIN);
        for (;;) {
                Request request;
                ssize_t n = TEMP_FAILURE_RETRY(recv(fd, &request, sizeof(request), MSG_TRUNC));

                /* The daemon has ended. */
                if (n <= 0)
                        _exit(0);
                Answer answer = {};
                answer.result = serve_request(&request, (size_t)n, answer.actual);
                if (send(fd, &answer, sizeof(answer), MSG_NOSIGNAL) < 0)
                        _exit(0);
        }
}

static void close_once(int *fd)
{
        if (*fd >= 0)
                (void)close(*fd);
        *fd = -1;
}

static int helper_write(void *userdata, const KnobId *id, unsigned cpu, const char *value,
                        char actual[static KNOB_VALUE_SIZE])
{
        const Helper *helper = userdata;
        Request request = { .id = *id, .cpu = cpu };
        Answer answer;
        ssize_t n;

        if (strlen(value) >= sizeof(request.value))
                return -EINVAL;
        copy_text(request.value, sizeof(request.value), value);
        n = send(helper->fd, &request, sizeof(request), MSG_NOSIGNAL);
        if (n >= 0)
                n = TEMP_FAILURE_RETRY(recv(helper->fd, &answer, sizeof(answer), 0));
        if (n < 0)
                return -errno;
        if (n != sizeof(answer))
                return -EPIPE;
        memcpy(actual, answer.actual, KNOB_VALUE_SIZE);
        return answer.result;
}

static int helper_watch(void *userdata, DriftWatch **ret)
{
        Helper *helper = userdata;
        int fanotify = helper->fanotify;

        helper->fanotify = -1;
        return drift_watch_new(fanotify, helper->pid, ret);
}

int helper_start(Helper *ret)
{
        Helper helper = { .ops = cpu_ops, .fanotify = drift_watch_open_fanotify() };
        int ends[2], r;

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
                r = -errno;
                close_once(&helper.fanotify);
                return r;
        }
        helper.pid = fork();
        if (helper.pid == 0) {
                /* Without them it would not see the end of the daemon, and fanotify would collect events for nobody. */
                close_once(&ends[0]);
                close_once(&helper.fanotify);
                serve(ends[1]);
        }
        r = helper.pid < 0 ? -errno : capabilities_keep(UINT64_C(1) << CAP_SYSLOG);
        (void)close(ends[1]);
        helper.fd = ends[0];
        helper.ops.write = helper_write;
        helper.ops.watch = helper_watch;
        if (r < 0) {
                helper_done(&helper);
                if (helper.pid > 0)
                        (void)waitpid(helper.pid, NULL, 0);
                return r;
        }
        *ret = helper;
        return 0;
}

void helper_done(Helper *helper)
{
        close_once(&helper->fd);
        close_once(&helper->fanotify);
}
