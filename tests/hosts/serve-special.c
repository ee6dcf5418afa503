/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The files that are no values: /dev/kmsg, /dev/cpu_dma_latency and ctl.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve-priv.h"
#include "text.h"

/* FUSE moves the file position itself and never tells us of a seek: only the offset of the next read shows it. So each
 * end of the log gets a file size of its own, far from any offset that reading from the start could reach. */
#define END_BASE ((off_t)1 << 40)
#define END_SHIFT 20

#define RECORD_MAX 8192U

off_t kmsg_end_position(const Server *s)
{
        return END_BASE + (off_t)(s->machine->host.kmsg.next << END_SHIFT);
}

void kmsg_seek_end(const Server *s, Handle *h)
{
        h->seq = s->machine->host.kmsg.next;
        h->expected = kmsg_end_position(s);
}

static void kmsg_follow_seek(const Server *s, Handle *h, off_t off)
{
        if (off == h->expected)
                return;
        h->seq = off >= END_BASE ? (uint64_t)(off - END_BASE) >> END_SHIFT : s->machine->host.kmsg.first;
        h->expected = off;
}

/* False: nothing to read yet, and no reply sent. */
static bool kmsg_try(Server *s, fuse_req_t req, Handle *h, size_t size)
{
        char buf[RECORD_MAX];
        ssize_t n = kmsg_read(&s->machine->host.kmsg, &h->seq, buf, size < sizeof(buf) ? size : sizeof(buf));

        if (n == -EAGAIN)
                return false;
        if (n < 0) {
                fuse_reply_err(req, (int)-n);
        } else {
                h->expected += n;
                fuse_reply_buf(req, buf, (size_t)n);
        }
        return true;
}

static void on_interrupt(fuse_req_t req, void *data)
{
        Waiting *w = data;

        (void)req;
        /* libfuse holds its lock here: the reply comes after the dispatch. */
        w->interrupted = true;
}

void kmsg_handle_read(Server *s, fuse_req_t req, Handle *h, size_t size, off_t off, int flags)
{
        unsigned fault = machine_strike(s->machine, tree_by_ino(&s->machine->tree, h->ino), FAULT_READ);
        Waiting *w;

        if (fault) {
                fuse_reply_err(req, (int)fault);
                return;
        }
        kmsg_follow_seek(s, h, off);
        if (kmsg_try(s, req, h, size))
                return;
        if (flags & O_NONBLOCK) {
                fuse_reply_err(req, EAGAIN);
                return;
        }
        w = malloc(sizeof(*w));
        if (!w) {
                fuse_reply_err(req, ENOMEM);
                return;
        }
        *w = (Waiting) { .next = s->waiting, .req = req, .handle = h, .size = size };
        s->waiting = w;
        fuse_req_interrupt_func(req, on_interrupt, w);
}

void kmsg_handle_write(Server *s, fuse_req_t req, Handle *h, const char *buf, size_t size, off_t off, int flags)
{
        unsigned fault = machine_strike(s->machine, tree_by_ino(&s->machine->tree, h->ino), FAULT_WRITE);
        int r;

        /* A write moves the file position too, and must not look like a seek to the next read. */
        if (!(flags & O_APPEND))
                kmsg_follow_seek(s, h, off);
        r = fault ? -(int)fault : kmsg_write(&s->machine->host.kmsg, buf, size);
        if (r < 0) {
                fuse_reply_err(req, -r);
                return;
        }
        h->expected = off + (off_t)size;
        fuse_reply_write(req, size);
}

void kmsg_answer_interrupted(Server *s)
{
        for (Waiting **at = &s->waiting; *at;) {
                Waiting *w = *at;

                if (!w->interrupted) {
                        at = &w->next;
                        continue;
                }
                *at = w->next;
                fuse_reply_err(w->req, EINTR);
                free(w);
        }
}

unsigned kmsg_poll_events(const Server *s, const Handle *h)
{
        const Kmsg *k = &s->machine->host.kmsg;

        if (h->seq < k->first)
                return POLLIN | POLLRDNORM | POLLERR | POLLPRI;
        return h->seq < k->next ? POLLIN | POLLRDNORM : 0;
}

void kmsg_wake(void *server)
{
        Server *s = server;

        for (Waiting **at = &s->waiting; *at;) {
                Waiting *w = *at;

                if (!kmsg_try(s, w->req, w->handle, w->size)) {
                        at = &w->next;
                        continue;
                }
                *at = w->next;
                free(w);
        }
        for (Handle *h = s->handles; h; h = h->next) {
                struct fuse_pollhandle *ph = h->poll;

                if (!ph)
                        continue;
                h->poll = NULL;
                fuse_lowlevel_notify_poll(ph);
                fuse_pollhandle_destroy(ph);
        }
}

void latency_read(Server *s, fuse_req_t req, size_t size, off_t off)
{
        int32_t least = 2000000000;

        for (const Handle *h = s->handles; h; h = h->next)
                if (h->latency < least)
                        least = h->latency;
        if (off < 0 || (size_t)off >= sizeof(least))
                fuse_reply_buf(req, NULL, 0);
        else
                fuse_reply_buf(req, (const char *)&least + off,
                               size < sizeof(least) - (size_t)off ? size : sizeof(least) - (size_t)off);
}

void latency_write(Server *s, fuse_req_t req, Handle *h, const char *buf, size_t size)
{
        int32_t us;

        (void)s;
        /* cpu_latency_qos_write(): four bytes are binary, anything else is hexadecimal text. */
        if (size == sizeof(us)) {
                memcpy(&us, buf, sizeof(us));
        } else {
                char text[24];
                uint64_t v;

                if (size >= sizeof(text)) {
                        fuse_reply_err(req, EINVAL);
                        return;
                }
                memcpy(text, buf, size);
                text[size] = '\0';
                if (kernel_parse_uint(text, 16, INT32_MAX, &v) < 0) {
                        fuse_reply_err(req, EINVAL);
                        return;
                }
                us = (int32_t)v;
        }
        h->latency = us < 0 ? 2000000000 : us;
        fuse_reply_write(req, size);
}

void ctl_write(Server *s, fuse_req_t req, const char *buf, size_t size)
{
        char *text = strndup(buf, size), *line, *rest = text;
        int r = text ? 0 : -ENOMEM;

        while (r >= 0 && (line = strsep(&rest, "\n")))
                r = machine_command(s->machine, line);
        free(text);
        if (r < 0)
                fuse_reply_err(req, -r);
        else
                fuse_reply_write(req, size);
}
