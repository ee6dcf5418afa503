/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Shared by the FUSE operations only: open files, and replies that wait.
 */
#pragma once

#define FUSE_USE_VERSION 35
#include <fuse_lowlevel.h>

#include "machine.h"
#include "serve.h"

typedef struct Handle Handle;
typedef struct Waiting Waiting;

struct Handle {
        Handle *next;
        uint64_t ino;
        /* What the current run of reads returns; made anew at offset 0, as kernfs does. */
        char *text;
        size_t len;
        /* kmsg-read.c */
        uint64_t seq;
        off_t expected;
        struct fuse_pollhandle *poll;
        int32_t latency;
};

struct Waiting {
        Waiting *next;
        fuse_req_t req;
        Handle *handle;
        size_t size;
        bool interrupted;
};

struct Server {
        Machine *machine;
        struct fuse_session *session;
        struct fuse_buf buf;
        Handle *handles;
        Waiting *waiting;
        bool mounted;
};

static inline Handle *handle_of(const struct fuse_file_info *fi)
{
        return (Handle *)(uintptr_t)fi->fh;
}

/* serve-value.c */
void value_read(Server *s, fuse_req_t req, Handle *h, size_t size, off_t off);
void value_write(Server *s, fuse_req_t req, Handle *h, const char *buf, size_t size);

/* serve-special.c */
off_t kmsg_end_position(const Server *s);
void kmsg_seek_end(const Server *s, Handle *h);
void kmsg_handle_read(Server *s, fuse_req_t req, Handle *h, size_t size, off_t off, int flags);
void kmsg_handle_write(Server *s, fuse_req_t req, Handle *h, const char *buf, size_t size, off_t off, int flags);
unsigned kmsg_poll_events(const Server *s, const Handle *h);
void kmsg_wake(void *server);
/* Answers readers whose wait a signal ended. */
void kmsg_answer_interrupted(Server *s);
void latency_read(Server *s, fuse_req_t req, size_t size, off_t off);
void latency_write(Server *s, fuse_req_t req, Handle *h, const char *buf, size_t size);
void ctl_write(Server *s, fuse_req_t req, const char *buf, size_t size);
