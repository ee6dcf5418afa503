/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/convicted.h"

#include <string.h>

#include "base/cpuset.h"
#include "host/runtime.h"

/* The longest list, every second one of 8192 CPUs, has 20 kB. */
#define LIST_MAX (64U << 10)

bool convicted_read(int dirfd)
{
        _cleanup_cpuset_ CpuSet cpus = {};
        _cleanup_free_ char *list = NULL;

        return runtime_read_file(dirfd, CONVICTED_FILE, LIST_MAX, &list, NULL) == 0 && cpuset_parse(list, &cpus) == 0 &&
               !cpuset_is_empty(&cpus);
}

int convicted_write(int dirfd, const char *list)
{
        return runtime_replace_file(dirfd, CONVICTED_FILE, list, strlen(list), 0644);
}
