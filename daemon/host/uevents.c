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

/* libudev's calls set errno. */
static int errno_or(int otherwise)
{
        return errno > 0 ? -errno : otherwise;
}

#define WORD(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* Only what uevent_classify() may know: a busy host sends an event for each network device and each mount of FUSE, and every one
 * would wake us. A message begins with "ACTION@DEVPATH" (lib/kobject_uevent.c); what is too short for a load is refused. */
static int attach_filter(int fd)
{
        static struct sock_filter program[] = {
                /* X: where DEVPATH begins, behind add; remove, online or change; offline */
                BPF_STMT(BPF_LDX | BPF_IMM, 4),
                BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 3),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, '@', 6, 0),
                BPF_STMT(BPF_LDX | BPF_IMM, 7),
                BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 6),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, '@', 3, 0),
                BPF_STMT(BPF_LDX | BPF_IMM, 8),
                BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 7),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, '@', 0, 17),

                BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, WORD('/', 'm', 'o', 'd'), 14, 0), /* /module/ */
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, WORD('/', 'd', 'e', 'v'), 0, 14),
                BPF_STMT(BPF_LD | BPF_W | BPF_IND, 8),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, WORD('/', 's', 'y', 's'), 0, 4), /* /devices/system/cpu/ */
                BPF_STMT(BPF_LD | BPF_W | BPF_IND, 12),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, WORD('t', 'e', 'm', '/'), 0, 10),
                BPF_STMT(BPF_LD | BPF_W | BPF_IND, 16),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, WORD('c', 'p', 'u', '/'), 7, 8),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, WORD('/', 'v', 'i', 'r'), 0, 7), /* /devices/virtual/misc/kvm */
                BPF_STMT(BPF_LD | BPF_W | BPF_IND, 12),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, WORD('t', 'u', 'a', 'l'), 0, 5),
                BPF_STMT(BPF_LD | BPF_W | BPF_IND, 16),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, WORD('/', 'm', 'i', 's'), 0, 3),
                BPF_STMT(BPF_LD | BPF_W | BPF_IND, 20),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, WORD('c', '/', 'k', 'v'), 0, 1),
                BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
                BPF_STMT(BPF_RET | BPF_K, 0),
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
        /* Without it there is more to read, that is all. */
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
        ours = uevent_classify(&(UeventText) {
                .action = udev_device_get_action(device),
                .devpath = udev_device_get_devpath(device),
                .subsystem = udev_device_get_subsystem(device),
                .event = udev_device_get_property_value(device, "EVENT"),
                .created = udev_device_get_property_value(device, "CREATED"),
                .count = udev_device_get_property_value(device, "COUNT"),
                .pid = udev_device_get_property_value(device, "PID"),
        }, ret);
        udev_device_unref(device);
        return ours;
}
