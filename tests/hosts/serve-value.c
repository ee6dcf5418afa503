/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads and writes of one-value files, with the faults and delays that lie on them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve-priv.h"

/* A store sees one page at most. */
#define PAGE 4096U

typedef struct Late {
        Server *server;
        fuse_req_t req;
        Handle *handle;
        bool is_write;
        size_t size;
        char data[];
} Late;

static void read_now(fuse_req_t req, const Handle *h, size_t size, off_t off)
{
        if ((size_t)off >= h->len)
                fuse_reply_buf(req, NULL, 0);
        else
                fuse_reply_buf(req, h->text + off, h->len - (size_t)off < size ? h->len - (size_t)off : size);
}

static int handle_fill(Server *s, Handle *h)
{
        Machine *m = s->machine;
        Node *node = tree_by_ino(&m->tree, h->ino);
        char *text = NULL;
        size_t len = 0;
        FILE *out;
        unsigned fault;
        int r = 0;

        if (!node || !node_is_here(&m->tree, node))
                return -ENODEV;
        fault = machine_strike(m, node, FAULT_READ);
        if (fault)
                return -(int)fault;
        out = open_memstream(&text, &len);
        if (!out)
                return -ENOMEM;
        if (node->kind == NODE_WRITES && m->writes)
                fwrite(m->writes, 1, m->writes_len, out);
        else if (node->kind == NODE_VALUE)
                r = node_show(&m->tree, node, out);
        if (fclose(out) != 0)
                r = -ENOMEM;
        if (r < 0) {
                free(text);
                return r;
        }
        free(h->text);
        h->text = text;
        h->len = len;
        return 0;
}

static void value_read_now(Server *s, fuse_req_t req, Handle *h, size_t size)
{
        int r = handle_fill(s, h);

        if (r < 0)
                fuse_reply_err(req, -r);
        else
                read_now(req, h, size, 0);
}

/* `disable` wants CAP_SYS_ADMIN besides the file mode; FUSE tells only who asks. */
static bool caller_is_admin(fuse_req_t req)
{
        char path[64], line[256];
        unsigned long long caps = ~0ULL;
        FILE *f;

        snprintf(path, sizeof(path), "/proc/%d/status", (int)fuse_req_ctx(req)->pid);
        f = fopen(path, "re");
        if (!f)
                return true;
        while (fgets(line, sizeof(line), f))
                if (sscanf(line, "CapEff: %llx", &caps) == 1)
                        break;
        fclose(f);
        return caps >> 21 & 1U;
}

static int store(Machine *m, Node *node, const char *buf, size_t size, bool is_admin)
{
        unsigned fault = machine_strike(m, node, FAULT_WRITE);
        char value[PAGE + 1];
        int r;

        if (fault)
                return -(int)fault;
        if (machine_strike(m, node, FAULT_IGNORE))
                return 0;
        if (node->policy && !policy_is_active(&m->host, node->policy))
                return -EBUSY;
        if (!node->attr || !node->attr->store)
                return -EIO;
        if (node->attr->needs_admin && !is_admin)
                return -EPERM;
        memcpy(value, buf, size);
        value[size] = '\0';
        r = node->attr->store(&m->host, node, value, size);
        if (r >= 0) {
                free(node->pinned);
                node->pinned = NULL;
        }
        return r;
}

static void value_write_now(Server *s, fuse_req_t req, const Handle *h, const char *buf, size_t size)
{
        Machine *m = s->machine;
        Node *node = tree_by_ino(&m->tree, h->ino);
        int r;

        if (!node || !node_is_here(&m->tree, node)) {
                fuse_reply_err(req, ENODEV);
                return;
        }
        r = store(m, node, buf, size, caller_is_admin(req));
        machine_log_write(m, node, buf, size, -r);
        if (r < 0)
                fuse_reply_err(req, -r);
        else
                fuse_reply_write(req, size);
}

static void on_late(Host *host, void *data)
{
        Late *late = data;

        (void)host;
        if (late->is_write)
                value_write_now(late->server, late->req, late->handle, late->data, late->size);
        else
                value_read_now(late->server, late->req, late->handle, late->size);
        free(late);
}

static void postpone(Server *s, fuse_req_t req, Handle *h, unsigned ms, const char *buf, size_t size)
{
        Late *late = malloc(sizeof(*late) + (buf ? size : 0));

        if (!late) {
                fuse_reply_err(req, ENOMEM);
                return;
        }
        *late = (Late) { .server = s, .req = req, .handle = h, .is_write = buf != NULL, .size = size };
        if (buf)
                memcpy(late->data, buf, size);
        if (timer_add(&s->machine->host, ms, on_late, late) < 0) {
                fuse_reply_err(req, ENOMEM);
                free(late);
        }
}

void value_read(Server *s, fuse_req_t req, Handle *h, size_t size, off_t off)
{
        Node *node = tree_by_ino(&s->machine->tree, h->ino);
        unsigned ms;

        if (off != 0) {
                read_now(req, h, size, off);
                return;
        }
        ms = node ? machine_strike(s->machine, node, DELAY_READ) : 0;
        if (ms)
                postpone(s, req, h, ms, NULL, size);
        else
                value_read_now(s, req, h, size);
}

void value_write(Server *s, fuse_req_t req, Handle *h, const char *buf, size_t size)
{
        Node *node = tree_by_ino(&s->machine->tree, h->ino);
        unsigned ms = node ? machine_strike(s->machine, node, DELAY_WRITE) : 0;

        if (size > PAGE)
                size = PAGE;
        if (ms)
                postpone(s, req, h, ms, buf, size);
        else
                value_write_now(s, req, h, buf, size);
}
