/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/uevents.h"

#include <errno.h>
#include <libudev.h>
#include <stdlib.h>

struct Uevents {
        struct udev *udev;
        struct udev_monitor *monitor;
};

/* libudev's calls set errno. */
static int errno_or(int otherwise)
{
        return errno > 0 ? -errno : otherwise;
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
