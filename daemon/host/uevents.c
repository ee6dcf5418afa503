/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/uevents.h"

#include <errno.h>
#include <libudev.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <sys/socket.h>

struct Uevents {
        struct udev *udev;
        struct udev_monitor *monitor;
};

/* libudev reports an error in errno only. */
static int errno_or(int otherwise)
{
        return errno > 0 ? -errno : otherwise;
}

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
        IF_DEVICES,
        LOAD_PATH_8,
        IF_SYSTEM,
        LOAD_PATH_12,
        IF_SYSTEM_END,
        LOAD_PATH_16,
        IF_CPU,

        IF_VIRTUAL,
        LOAD_VIRTUAL_12,
        IF_VIRTUAL_END,
        LOAD_VIRTUAL_16,
        IF_MISC,
        LOAD_VIRTUAL_20,
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
 * would wake the daemon. A message begins with "ACTION@DEVPATH" (lib/kobject_uevent.c). BPF drops a message that is
 * shorter than a load needs. */
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
                IF_EQUAL(IF_MODULE, WORD('/', 'm', 'o', 'd'), ACCEPT, IF_DEVICES),
                IF_EQUAL(IF_DEVICES, WORD('/', 'd', 'e', 'v'), LOAD_PATH_8, REFUSE),
                [LOAD_PATH_8] = LOAD_OF_PATH(8),
                IF_EQUAL(IF_SYSTEM, WORD('/', 's', 'y', 's'), LOAD_PATH_12, IF_VIRTUAL),
                [LOAD_PATH_12] = LOAD_OF_PATH(12),
                IF_EQUAL(IF_SYSTEM_END, WORD('t', 'e', 'm', '/'), LOAD_PATH_16, REFUSE),
                [LOAD_PATH_16] = LOAD_OF_PATH(16),
                IF_EQUAL(IF_CPU, WORD('c', 'p', 'u', '/'), ACCEPT, REFUSE),

                IF_EQUAL(IF_VIRTUAL, WORD('/', 'v', 'i', 'r'), LOAD_VIRTUAL_12, REFUSE),
                [LOAD_VIRTUAL_12] = LOAD_OF_PATH(12),
                IF_EQUAL(IF_VIRTUAL_END, WORD('t', 'u', 'a', 'l'), LOAD_VIRTUAL_16, REFUSE),
                [LOAD_VIRTUAL_16] = LOAD_OF_PATH(16),
                IF_EQUAL(IF_MISC, WORD('/', 'm', 'i', 's'), LOAD_VIRTUAL_20, REFUSE),
                [LOAD_VIRTUAL_20] = LOAD_OF_PATH(20),
                IF_EQUAL(IF_KVM, WORD('c', '/', 'k', 'v'), ACCEPT, REFUSE),

                [ACCEPT] = BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
                [REFUSE] = BPF_STMT(BPF_RET | BPF_K, 0),
        };
        const struct sock_fprog filter = { ARRAY_SIZE(program), program };

        return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) < 0 ? -errno : 0;
}

int uevents_new(Uevents **ret)
{
        _cleanup_(uevents_freep) Uevents *uevents = calloc(1, sizeof(*uevents));

        if (!uevents)
                return -ENOMEM;
        errno = 0;
        uevents->udev = udev_new();
        if (!uevents->udev)
                return errno_or(-ENOMEM);
        errno = 0;
        uevents->monitor = udev_monitor_new_from_netlink(uevents->udev, "kernel");
        if (!uevents->monitor)
                return errno_or(-EIO);
        errno = 0;
        if (udev_monitor_enable_receiving(uevents->monitor) < 0)
                return errno_or(-EIO);
        /* Without the filter the daemon only wakes more often. */
        (void)attach_filter(udev_monitor_get_fd(uevents->monitor));
        *ret = TAKE_PTR(uevents);
        return 0;
}

Uevents *uevents_free(Uevents *uevents)
{
        if (uevents->monitor)
                udev_monitor_unref(uevents->monitor);
        if (uevents->udev)
                udev_unref(uevents->udev);
        free(uevents);
        return NULL;
}

int uevents_get_fd(const Uevents *uevents)
{
        return udev_monitor_get_fd(uevents->monitor);
}

int uevents_receive(Uevents *uevents, Uevent *ret)
{
        struct udev_device *device;
        bool ours;

        errno = 0;
        device = udev_monitor_receive_device(uevents->monitor);
        if (!device)
                return errno_or(-EAGAIN);
        ours = uevent_classify(
                &(UeventText) {
                        .action = udev_device_get_action(device),
                        .devpath = udev_device_get_devpath(device),
                        .subsystem = udev_device_get_subsystem(device),
                        .event = udev_device_get_property_value(device, "EVENT"),
                        .created = udev_device_get_property_value(device, "CREATED"),
                        .count = udev_device_get_property_value(device, "COUNT"),
                        .pid = udev_device_get_property_value(device, "PID"),
                },
                ret);
        udev_device_unref(device);
        return ours;
}
