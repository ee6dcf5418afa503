/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "serve-priv.h"

/* Modes and sizes never change without the kernel; names do, so they are asked for each time. */
#define ATTR_TIMEOUT 3600.0

static Server *server_of(fuse_req_t req)
{
        return fuse_req_userdata(req);
}

static Node *node_of(fuse_req_t req, fuse_ino_t ino)
{
        Server *s = server_of(req);
        Node *node = tree_by_ino(&s->machine->tree, ino);

        return node && node_is_here(&s->machine->tree, node) ? node : NULL;
}

static double fill_stat(const Server *s, const Node *node, struct stat *st)
{
        *st = (struct stat) { .st_ino = node->ino,
                              .st_mode = node->mode,
                              .st_nlink = node->kind == NODE_DIR ? 2 : 1,
                              .st_blksize = 4096 };
        if (node->kind == NODE_VALUE && strchr(node->path, '/'))
                st->st_size = 4096;
        if (node->kind == NODE_LINK)
                st->st_size = (off_t)strlen(node->link);
        if (node->kind != NODE_KMSG)
                return ATTR_TIMEOUT;
        st->st_size = kmsg_end_position(s);
        return 0;
}

static void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
        Server *s = server_of(req);
        Node *dir = tree_by_ino(&s->machine->tree, parent), *node = dir ? node_child(dir, name) : NULL;
        struct fuse_entry_param e = {};

        if (!node || !node_is_here(&s->machine->tree, node)) {
                fuse_reply_err(req, ENOENT);
                return;
        }
        e.ino = node->ino;
        e.attr_timeout = fill_stat(s, node, &e.attr);
        fuse_reply_entry(req, &e);
}

static void op_forget(fuse_req_t req, fuse_ino_t ino, uint64_t nlookup)
{
        (void)ino;
        (void)nlookup;
        fuse_reply_none(req);
}

static void op_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
        Server *s = server_of(req);
        Node *node = tree_by_ino(&s->machine->tree, ino);
        struct stat st;
        double timeout;

        if (!node) {
                /* fstat(2) of a removed sysfs file still works. */
                st = (struct stat) { .st_ino = ino, .st_mode = S_IFREG | 0444 };
                fuse_reply_attr(req, &st, 0);
                return;
        }
        timeout = fill_stat(s, node, &st);
        /* Only lseek(SEEK_END) asks through an open file. */
        if (fi && node->kind == NODE_KMSG)
                kmsg_seek_end(s, handle_of(fi));
        fuse_reply_attr(req, &st, timeout);
}

static void op_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int to_set, struct fuse_file_info *fi)
{
        Server *s = server_of(req);
        Node *node = node_of(req, ino);
        struct stat st;

        (void)fi;
        if (!node) {
                fuse_reply_err(req, ENOENT);
                return;
        }
        if (to_set & FUSE_SET_ATTR_MODE)
                node->mode = (node->mode & S_IFMT) | (attr->st_mode & 07777);
        if ((to_set & FUSE_SET_ATTR_SIZE) && node->kind == NODE_WRITES)
                s->machine->writes_len = 0;
        double timeout = fill_stat(s, node, &st);
        fuse_reply_attr(req, &st, timeout);
}

static void op_readlink(fuse_req_t req, fuse_ino_t ino)
{
        Node *node = node_of(req, ino);

        if (!node || !node->link)
                fuse_reply_err(req, ENOENT);
        else
                fuse_reply_readlink(req, node->link);
}

static void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
        Server *s = server_of(req);
        Node *dir = node_of(req, ino);
        char *buf;
        size_t used = 0;

        (void)fi;
        if (!dir) {
                fuse_reply_err(req, ENOENT);
                return;
        }
        buf = malloc(size);
        if (!buf) {
                fuse_reply_err(req, ENOMEM);
                return;
        }
        for (size_t i = (size_t)off; i < dir->n_children + 2; i++) {
                const Node *node = i == 0 ? dir : i == 1 ? (dir->parent ? dir->parent : dir) : dir->children[i - 2];
                const char *name = i == 0 ? "." : i == 1 ? ".." : node->name;
                struct stat st = { .st_ino = node->ino, .st_mode = node->mode };
                size_t n;

                if (i >= 2 && !node_is_here(&s->machine->tree, node))
                        continue;
                n = fuse_add_direntry(req, buf + used, size - used, name, &st, (off_t)i + 1);
                if (n > size - used)
                        break;
                used += n;
        }
        fuse_reply_buf(req, buf, used);
        free(buf);
}

static int open_error(Server *s, const Node *node, int flags)
{
        int mode = flags & O_ACCMODE;
        unsigned fault;

        /* kernfs_fop_open(): without any write bit not even root may open for writing. */
        if (mode != O_RDONLY && !(node->mode & 0222)) {
                machine_log_write(s->machine, node, "", 0, EACCES);
                return EACCES;
        }
        if (mode != O_WRONLY && !(node->mode & 0444))
                return EACCES;
        fault = machine_strike(s->machine, node, FAULT_OPEN);
        if (fault)
                return (int)fault;
        return node->kind == NODE_KMSG ? s->machine->host.kmsg_open_errno : 0;
}

static void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
        Server *s = server_of(req);
        Node *node = node_of(req, ino);
        int error = node ? open_error(s, node, fi->flags) : ENOENT;
        Handle *h = error ? NULL : calloc(1, sizeof(*h));

        if (!h) {
                fuse_reply_err(req, error ? error : ENOMEM);
                return;
        }
        h->ino = ino;
        h->seq = s->machine->host.kmsg.first;
        h->latency = 2000000000;
        h->next = s->handles;
        s->handles = h;
        if (node->kind == NODE_WRITES && (fi->flags & O_TRUNC))
                s->machine->writes_len = 0;
        fi->fh = (uint64_t)(uintptr_t)h;
        fi->direct_io = 1;
        fuse_reply_open(req, fi);
}

static void op_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *fi)
{
        (void)parent;
        (void)name;
        (void)mode;
        (void)fi;
        fuse_reply_err(req, EACCES);
}

static void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
        Server *s = server_of(req);
        Node *node = node_of(req, ino);

        if (!node)
                fuse_reply_err(req, ENODEV);
        else if (node->kind == NODE_KMSG)
                kmsg_handle_read(s, req, handle_of(fi), size, off, fi->flags);
        else if (node->kind == NODE_LATENCY)
                latency_read(s, req, size, off);
        else
                value_read(s, req, handle_of(fi), size, off);
}

static void op_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t size, off_t off, struct fuse_file_info *fi)
{
        Server *s = server_of(req);
        Node *node = node_of(req, ino);

        if (!node) {
                fuse_reply_err(req, ENODEV);
                return;
        }
        switch (node->kind) {
        case NODE_KMSG:
                kmsg_handle_write(s, req, handle_of(fi), buf, size, off, fi->flags);
                break;
        case NODE_LATENCY:
                latency_write(s, req, handle_of(fi), buf, size);
                break;
        case NODE_CTL:
                ctl_write(s, req, buf, size);
                break;
        case NODE_WRITES:
                s->machine->writes_len = 0;
                fuse_reply_write(req, size);
                break;
        default:
                value_write(s, req, handle_of(fi), buf, size);
        }
}

static void op_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
        Server *s = server_of(req);
        Handle *h = handle_of(fi), **at = &s->handles;

        (void)ino;
        while (*at && *at != h)
                at = &(*at)->next;
        if (*at)
                *at = h->next;
        if (h->poll)
                fuse_pollhandle_destroy(h->poll);
        free(h->text);
        free(h);
        fuse_reply_err(req, 0);
}

static void op_poll(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi, struct fuse_pollhandle *ph)
{
        Server *s = server_of(req);
        Node *node = node_of(req, ino);
        Handle *h = handle_of(fi);

        if (!node || node->kind != NODE_KMSG) {
                if (ph)
                        fuse_pollhandle_destroy(ph);
                /* Values never wake a poller: no sysfs_notify in kernel/time or cpufreq. */
                fuse_reply_poll(req, POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM);
                return;
        }
        if (ph) {
                if (h->poll)
                        fuse_pollhandle_destroy(h->poll);
                h->poll = ph;
        }
        fuse_reply_poll(req, kmsg_poll_events(s, h));
}

static void op_lseek(fuse_req_t req, fuse_ino_t ino, off_t off, int whence, struct fuse_file_info *fi)
{
        Node *node = node_of(req, ino);

        (void)whence;
        (void)fi;
        /* SEEK_DATA means "after the last clear", and nobody clears this ring. */
        if (!node || node->kind != NODE_KMSG || off != 0)
                fuse_reply_err(req, EINVAL);
        else
                fuse_reply_lseek(req, 0);
}

static const struct fuse_lowlevel_ops operations = {
        .lookup = op_lookup,
        .forget = op_forget,
        .getattr = op_getattr,
        .setattr = op_setattr,
        .readlink = op_readlink,
        .readdir = op_readdir,
        .open = op_open,
        .create = op_create,
        .read = op_read,
        .write = op_write,
        .release = op_release,
        .poll = op_poll,
        .lseek = op_lseek,
};

int server_start(Machine *machine, const char *mountpoint, Server **ret)
{
        char name[] = "madehost", opt[] = "-o",
             options[] = "allow_other,default_permissions,fsname=madehost,subtype=madehost";
        char *argv[] = { name, opt, options, NULL };
        struct fuse_args args = FUSE_ARGS_INIT(3, argv);
        Server *s = calloc(1, sizeof(*s));

        if (!s)
                return -ENOMEM;
        s->machine = machine;
        s->session = fuse_session_new(&args, &operations, sizeof(operations), s);
        fuse_opt_free_args(&args);
        if (!s->session || fuse_session_mount(s->session, mountpoint) != 0) {
                server_stop(s);
                return -EIO;
        }
        s->mounted = true;
        machine->host.kmsg.notify = kmsg_wake;
        machine->host.kmsg.notify_data = s;
        /* Another thread of a client may take the request that poll(2) promised. */
        (void)fcntl(fuse_session_fd(s->session), F_SETFL, O_NONBLOCK);
        *ret = s;
        return 0;
}

int server_fd(const Server *s)
{
        return fuse_session_fd(s->session);
}

int server_dispatch(Server *s)
{
        int r = fuse_session_receive_buf(s->session, &s->buf);

        if (r == -EINTR || r == -EAGAIN)
                return 1;
        if (r <= 0)
                return 0;
        fuse_session_process_buf(s->session, &s->buf);
        kmsg_answer_interrupted(s);
        return !fuse_session_exited(s->session);
}

void server_stop(Server *s)
{
        if (!s)
                return;
        s->machine->host.kmsg.notify = NULL;
        if (s->mounted)
                fuse_session_unmount(s->session);
        if (s->session)
                fuse_session_destroy(s->session);
        while (s->handles) {
                Handle *h = s->handles;

                s->handles = h->next;
                if (h->poll)
                        fuse_pollhandle_destroy(h->poll);
                free(h->text);
                free(h);
        }
        while (s->waiting) {
                Waiting *w = s->waiting;

                s->waiting = w->next;
                free(w);
        }
        free(s->buf.mem);
        free(s);
}
