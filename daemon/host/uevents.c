/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/uevents.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/macro.h"

/* What the kernel sends to (lib/kobject_uevent.c uevent_net_broadcast_untagged). udevd sends to another group. */
#define GROUP_KERNEL 1
/* Enough for "ACTION@DEVPATH" and the variables, DEVPATH among them, which have UEVENT_BUFFER_SIZE: 2048. */
#define MESSAGE_MAX 4096
/* So that the events of some thousand CPUs fit. Without CAP_NET_ADMIN net.core.rmem_max is the limit. */
#define QUEUE_BYTES (8 << 20)

/* Four bytes as BPF loads them. */
#define WORD(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* The filter's steps, in order; each is one instruction. Steps named IF_ compare what the step before has loaded. */
enum {
        PATH_AFTER_ADD, /* "add@": the path begins at byte 4 */
        LOAD_BYTE_3,
        IF_ADD,
        PATH_AFTER_REMOVE, /* "remove@", "online@" and "change@" */
        LOAD_BYTE_6,
        IF_REMOVE,
        PATH_AFTER_OFFLINE, /* "offline@" */
        LOAD_BYTE_7,
        IF_OFFLINE,

        LOAD_PATH,
        IF_MODULE,
        LOAD_SUBSYSTEM, /* behind "/devices/system" */
        IF_CPU,
        LOAD_DEVICE, /* behind "/devices/virtual/misc" */
        IF_KVM,

        ACCEPT,
        REFUSE,
};

#define PATH_BEGINS(offset) BPF_STMT(BPF_LDX | BPF_IMM, (offset))
#define LOAD_BYTE(offset) BPF_STMT(BPF_LD | BPF_B | BPF_ABS, (offset))
#define LOAD_OF_PATH(offset) BPF_STMT(BPF_LD | BPF_W | BPF_IND, (offset))
/* BPF counts a jump from the instruction after it. */
#define IF_EQUAL(step, value, then, otherwise) \
        [step] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (then) - (step)-1, (otherwise) - (step)-1)

/* Lets only messages pass that uevent_classify() may recognise: those below /module/, /devices/system/cpu/ and
 * /devices/virtual/misc/kvm. A busy host sends a message for each network device and each FUSE mount, and every one
 * would wake the daemon. Four bytes of each path are enough to tell it from those; uevent_classify() compares the rest.
 * A message begins with "ACTION@DEVPATH" (lib/kobject_uevent.c). BPF drops a message that is shorter than a load
 * needs. */
static int attach_filter(int fd)
{
        static struct sock_filter program[] = {
                [PATH_AFTER_ADD] = PATH_BEGINS(4),
                [LOAD_BYTE_3] = LOAD_BYTE(3),
                IF_EQUAL(IF_ADD, '@', LOAD_PATH, PATH_AFTER_REMOVE),
                [PATH_AFTER_REMOVE] = PATH_BEGINS(7),
                [LOAD_BYTE_6] = LOAD_BYTE(6),
                IF_EQUAL(IF_REMOVE, '@', LOAD_PATH, PATH_AFTER_OFFLINE),
                [PATH_AFTER_OFFLINE] = PATH_BEGINS(8),
                [LOAD_BYTE_7] = LOAD_BYTE(7),
                IF_EQUAL(IF_OFFLINE, '@', LOAD_PATH, REFUSE),

                [LOAD_PATH] = LOAD_OF_PATH(0),
                IF_EQUAL(IF_MODULE, WORD('/', 'm', 'o', 'd'), ACCEPT, LOAD_SUBSYSTEM),
                [LOAD_SUBSYSTEM] = LOAD_OF_PATH(15),
                IF_EQUAL(IF_CPU, WORD('/', 'c', 'p', 'u'), ACCEPT, LOAD_DEVICE),
                [LOAD_DEVICE] = LOAD_OF_PATH(21),
                IF_EQUAL(IF_KVM, WORD('/', 'k', 'v', 'm'), ACCEPT, REFUSE),

                [ACCEPT] = BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
                [REFUSE] = BPF_STMT(BPF_RET | BPF_K, 0),
        };
        const struct sock_fprog filter = { ARRAY_SIZE(program), program };

        return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) < 0 ? -errno : 0;
}

static void enlarge_queue(int fd)
{
        static const int bytes = QUEUE_BYTES;

        if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
                (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

int uevents_open(int *ret_fd)
{
        const struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = GROUP_KERNEL };
        int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT), r;

        if (fd < 0)
                return -errno;
        enlarge_queue(fd);
        /* Without the filter the daemon only wakes more often. */
        (void)attach_filter(fd);
        if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
                r = -errno;
                close(fd);
                return r;
        }
        *ret_fd = fd;
        return 0;
}

int uevents_receive(int fd, Uevent *ret)
{
        struct sockaddr_nl sender = {};
        socklen_t sender_length = sizeof(sender);
        char message[MESSAGE_MAX];
        /* MSG_TRUNC: the length that the message had, even if it did not fit. */
        ssize_t n = recvfrom(fd, message, sizeof(message) - 1, MSG_TRUNC, (struct sockaddr *)&sender, &sender_length);
        UeventText text;

        if (n < 0)
                return -errno;
        /* Only the kernel has port 0 (netlink(7)); processes can send to the socket as well. */
        if ((size_t)n >= sizeof(message) || sender_length != sizeof(sender) || sender.nl_pid != 0)
                return 0;
        message[n] = '\0';
        uevent_parse(message, (size_t)n, &text);
        return uevent_classify(&text, ret);
}
