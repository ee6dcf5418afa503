/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guests/ask.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "guests/agent-reply.h"
#include "guests/agent-talk.h"
#include "host/tool.h"

#define AT_ONCE 16U
#define NSEC_PER_SEC INT64_C(1000000000)

typedef struct Round {
        const Guests *guests;
        GuestAnswer *answers;
        atomic_size_t next;
} Round;

__attribute__((format(printf, 2, 3))) static void say_why(GuestAnswer *answer, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        answer->why = text_format_valist(format, ap);
        va_end(ap);
}

static void set_offset(GuestAnswer *answer, int64_t guest_nsec, int64_t before_nsec, int64_t after_nsec)
{
        answer->answered = true;
        /* If the host's clock is set back in between, the difference is negative. Its size is used then, so that the
         * bound does not become 0. */
        answer->bound_nsec = (uint64_t)llabs(after_nsec - before_nsec) / 2 + 1;
        answer->offset_nsec = guest_nsec - (before_nsec / 2 + after_nsec / 2);
}

static void explain_virsh(GuestAnswer *answer, const char *output)
{
        const char *text = strstr(output, "error: ");
        const char *line = text ? text + strlen("error: ") : output;
        size_t length = strcspn(line, "\n");

        if (length > 0)
                say_why(answer, "virsh says: %.*s", (int)length, line);
        else
                say_why(answer, "virsh says nothing");
}

/* virsh prints whole seconds, cut off. So the middle of the second is taken, and half a second is added to the
 * bound. */
static void ask_libvirt(const Guest *guest, GuestAnswer *answer)
{
        const char *const argv[] = { "virsh", "-q", "-c", "qemu:///system", "domtime", guest->agent.uuid, NULL };
        int64_t before = (int64_t)time_usec(CLOCK_REALTIME) * 1000, after, sec;
        _cleanup_free_ char *output = NULL;
        int status, r = tool_run(argv, GUEST_ASK_SECONDS, TOOL_TAKE_ALL, &status, &output);

        after = (int64_t)time_usec(CLOCK_REALTIME) * 1000;
        if (r == -ENOENT)
                say_why(answer, "libvirt uses the guest's agent, and virsh, which could ask it, is not installed");
        else if (r == -ETIMEDOUT)
                say_why(answer, "virsh did not answer within %d s", GUEST_ASK_SECONDS);
        else if (r < 0)
                say_why(answer, "virsh cannot be run: %s", strerror(-r));
        else if (status != 0 || virsh_domtime_parse(output, &sec) < 0)
                explain_virsh(answer, output);
        else {
                set_offset(answer, sec * NSEC_PER_SEC + NSEC_PER_SEC / 2, before, after);
                answer->bound_nsec += NSEC_PER_SEC / 2;
        }
}

static void explain_agent(GuestAnswer *answer, const char *socket, int error, const char *text)
{
        switch (error) {
        case ETIMEDOUT:
                say_why(answer, "no answer within %d s: the guest's agent does not run, or another program uses %s",
                        GUEST_ASK_SECONDS, socket);
                break;
        case EAGAIN:
                say_why(answer, "another program uses %s", socket);
                break;
        case EPERM:
                say_why(answer, "a process other than the guest's QEMU listens on %s", socket);
                break;
        case EPIPE:
        case ECONNRESET:
                say_why(answer, "QEMU closed the connection to %s", socket);
                break;
        case EMSGSIZE:
                say_why(answer, "the answer from %s is not one of a guest agent", socket);
                break;
        case EREMOTEIO:
                say_why(answer, "the guest's agent refuses: %s", text ? text : "without a reason");
                break;
        default:
                say_why(answer, "%s: %s", socket, strerror(error));
        }
}

static void ask_agent(const Guest *guest, GuestAnswer *answer)
{
        _cleanup_free_ char *text = NULL;
        int64_t time_nsec, before, after;
        int r = agent_ask_time(guest->agent.socket, guest->pid, GUEST_ASK_SECONDS, &time_nsec, &before, &after, &text);

        if (r < 0)
                explain_agent(answer, guest->agent.socket, -r, text);
        else
                set_offset(answer, time_nsec, before, after);
}

static const char *why_no_socket(VmAgentPort port)
{
        switch (port) {
        case VM_AGENT_HANDED:
                return "QEMU got the agent's socket as an open descriptor (fd=), so its path is not known; "
                       "the program that started QEMU can ask";
        case VM_AGENT_NO_SOCKET:
                return "the agent's port is not connected to a Unix socket with an absolute path on which QEMU listens";
        default:
                return "QEMU has no port for a guest agent (a virtserialport named org.qemu.guest_agent.0); in the "
                       "guest, `date -u` shows the time";
        }
}

static void ask_one(const Guest *guest, GuestAnswer *answer)
{
        if (guest->clock.vmm != VMM_QEMU)
                say_why(answer, "only guests of QEMU have an agent that can be asked");
        else if (guest->agent.libvirt && guest->agent.uuid[0])
                ask_libvirt(guest, answer);
        else if (guest->agent.socket)
                ask_agent(guest, answer);
        else
                say_why(answer, "%s", why_no_socket(guest->agent.port));
}

static void *work(void *userdata)
{
        Round *round = userdata;
        size_t i;

        while ((i = atomic_fetch_add(&round->next, 1)) < round->guests->n)
                ask_one(&round->guests->entries[i], &round->answers[i]);
        return NULL;
}

int guests_ask(const Guests *guests, GuestAnswer **ret)
{
        Round round = { .guests = guests, .answers = calloc(guests->n + 1, sizeof(*round.answers)) };
        pthread_t threads[AT_ONCE - 1];
        unsigned n = 0;

        if (!round.answers)
                return -ENOMEM;
        while (n < AT_ONCE - 1 && n + 1 < guests->n && pthread_create(&threads[n], NULL, work, &round) == 0)
                n++;
        (void)work(&round);
        for (unsigned i = 0; i < n; i++)
                (void)pthread_join(threads[i], NULL);
        *ret = round.answers;
        return 0;
}
