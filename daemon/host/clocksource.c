/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/clocksource.h"

#include <errno.h>
#include <fcntl.h>

#include "base/macro.h"
#include "host/sysfs.h"

#define CLOCKSOURCE_PATH "/sys/devices/system/clocksource/clocksource0/"

int clocksource_read(char **ret_current, char **ret_available)
{
        _cleanup_free_ char *current = NULL, *available = NULL;

        if (sysfs_read_string_at(AT_FDCWD, CLOCKSOURCE_PATH "current_clocksource", &current) == -ENOMEM ||
            sysfs_read_string_at(AT_FDCWD, CLOCKSOURCE_PATH "available_clocksource", &available) == -ENOMEM)
                return -ENOMEM;
        *ret_current = TAKE_PTR(current);
        *ret_available = TAKE_PTR(available);
        return 0;
}
