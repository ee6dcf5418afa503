/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The byte 0xFF makes the agent drop an unfinished request of an earlier client, which it answers with an error. Then
 * comes its answer to guest-sync-delimited: 0xFF, and the number that we sent (docs/interop/qemu-ga-ref; measured with
 * qemu-ga 7.2).
 */
#include "guests/agent-talk.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/macro.h"
#include "base/time.h"
#include "guests/agent-reply.h"

/* The agent's answers have less than 200 bytes together. More can come before them: what an earlier client did not
 * read. */
#define LISTEN_MAX 65536

typedef struct Talk {
        int fd;
        uint64_t deadline_usec; /* CLOCK_MONOTONIC */
        size_t heard;           /* in all */
        size_t have;
        char buffer[4096];
} Talk;

static int64_t now_nsec(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_REALTIME, &now);
        return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* 0, or -errno of connecting. *ret is the caller's. */
static int connect_to(const char *path, uint32_t pid, int *ret)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        struct ucred peer;
        socklen_t size = sizeof(peer);
        int fd, r = 0;

        if (strlen(path) >= sizeof(address.sun_path))
                return -ENAMETOOLONG;
        strcpy(address.sun_path, path);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return -errno;
        if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
            getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
                r = -errno;
        else if ((uint32_t)peer.pid != pid)
                r = -EPERM;
        if (r < 0) {
                (void)close(fd);
                return r;
        }
        *ret = fd;
        return 0;
}

/* Waits for more bytes and reads them. 0 or -errno. */
static int hear(Talk *talk)
{
        struct pollfd wait = { .fd = talk->fd, .events = POLLIN };
        ssize_t n;

        for (;;) {
                uint64_t now = time_usec(CLOCK_MONOTONIC);

                if (now >= talk->deadline_usec)
                        return -ETIMEDOUT;
                if (poll(&wait, 1, (int)((talk->deadline_usec - now) / 1000) + 1) <= 0)
                        continue;
                n = read(talk->fd, talk->buffer + talk->have, sizeof(talk->buffer) - talk->have);
                if (n < 0 && (errno == EAGAIN || errno == EINTR))
                        continue;
                if (n <= 0)
                        return n == 0 ? -ECONNRESET : -errno;
                talk->have += (size_t)n;
                talk->heard += (size_t)n;
                return talk->heard > LISTEN_MAX ? -EMSGSIZE : 0;
        }
}

/* Reads the next line into `line`, without its newline; a NUL byte ends it. 0 or -errno. */
static int hear_line(Talk *talk, char line[static sizeof(((Talk *)NULL)->buffer)])
{
        char *end;
        size_t length;

        while (!(end = memchr(talk->buffer, '\n', talk->have))) {
                int r = talk->have == sizeof(talk->buffer) ? -EMSGSIZE : hear(talk);

                if (r < 0)
                        return r;
        }
        length = (size_t)(end - talk->buffer);
        memcpy(line, talk->buffer, length);
        line[length] = '\0';
        talk->have -= length + 1;
        memmove(talk->buffer, end + 1, talk->have);
        return 0;
}

static int say(const Talk *talk, const char *text)
{
        ssize_t n = send(talk->fd, text, strlen(text), MSG_NOSIGNAL);

        if (n < 0)
                return -errno;
        return (size_t)n == strlen(text) ? 0 : -EIO;
}

/* Skips everything that earlier clients did not read. */
static int synchronize(Talk *talk)
{
        char line[sizeof(talk->buffer)], request[128];
        int64_t id = (int64_t)(time_usec(CLOCK_MONOTONIC) & INT32_MAX), number;
        int r;

        (void)snprintf(request, sizeof(request),
                       "\xff{\"execute\": \"guest-sync-delimited\", \"arguments\": {\"id\": %" PRId64 "}}\n", id);
        r = say(talk, request);
        while (r == 0) {
                _cleanup_free_ char *error = NULL;
                const char *reply;

                r = hear_line(talk, line);
                reply = r == 0 ? strrchr(line, '\xff') : NULL;
                if (reply && agent_reply_parse(reply + 1, &number, &error) == AGENT_REPLY_NUMBER && number == id)
                        break;
        }
        return r;
}

static int ask(Talk *talk, int64_t *ret_guest, int64_t *ret_before, int64_t *ret_after, char **ret_error)
{
        char line[sizeof(talk->buffer)];
        int64_t before, after, guest;
        int r = synchronize(talk);

        if (r < 0)
                return r;
        before = now_nsec();
        r = say(talk, "{\"execute\": \"guest-get-time\"}\n");
        if (r == 0)
                r = hear_line(talk, line);
        after = now_nsec();
        if (r < 0)
                return r;
        switch (agent_reply_parse(line, &guest, ret_error)) {
        case AGENT_REPLY_ERROR:
                return -EREMOTEIO;
        case AGENT_REPLY_NONE:
                return -EMSGSIZE;
        case AGENT_REPLY_NUMBER:
                break;
        }
        if (guest <= 0)
                return -EMSGSIZE;
        *ret_guest = guest;
        *ret_before = before;
        *ret_after = after;
        return 0;
}

int agent_ask_time(const char *socket, uint32_t pid, unsigned seconds, int64_t *ret_guest_nsec,
                   int64_t *ret_before_nsec, int64_t *ret_after_nsec, char **ret_error)
{
        Talk talk = { .deadline_usec = time_usec(CLOCK_MONOTONIC) + seconds * UINT64_C(1000000) };
        int r = connect_to(socket, pid, &talk.fd);

        if (r < 0)
                return r;
        r = ask(&talk, ret_guest_nsec, ret_before_nsec, ret_after_nsec, ret_error);
        (void)close(talk.fd);
        return r;
}
