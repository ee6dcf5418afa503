/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/capabilities.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/macro.h"

int capabilities_keep(uint64_t mask)
{
        struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

        if (syscall(SYS_capget, &header, data) < 0)
                return -errno;
        for (unsigned i = 0; i < ARRAY_SIZE(data); i++) {
                data[i].permitted &= (uint32_t)(mask >> (32 * i));
                data[i].effective = data[i].permitted;
                /* Without this no ambient capability stays either. */
                data[i].inheritable = 0;
        }
        return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}
