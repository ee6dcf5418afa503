/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/probe-record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cpuset.h"
#include "ctl/json.h"
#include "host/convicted.h"
#include "host/runtime.h"

#define DIRECTORY "/run/tscwarden"
/* Enough for 8192 CPUs, each of which takes some 150 bytes. */
#define RECORD_MAX (2U << 20)

void probe_record_done(ProbeRecord *record)
{
        free(record->convicted);
        *record = (ProbeRecord) {};
}

/* The directory may belong to the daemon's user, so runtime_open(), which accepts only the caller's own directories,
 * cannot open it. This is safe for root: runtime_replace_file() makes a new file, renames it, and follows no link. */
static int open_directory(bool make)
{
        int fd;

        if (make && mkdir(DIRECTORY, 0755) < 0 && errno != EEXIST)
                return -errno;
        fd = open(DIRECTORY, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
}

int probe_record_write(const char *json, const char *convicted)
{
        int fd = open_directory(/* make= */ true), r;

        if (fd < 0)
                return fd;
        r = convicted_write(fd, convicted);
        if (r == 0)
                r = runtime_replace_file(fd, PROBE_RECORD, json, strlen(json), 0644);
        (void)close(fd);
        return r;
}

static int take(struct json_object *probe, ProbeRecord *ret)
{
        struct json_object *time = json_get(probe, "TimestampUSec", json_type_int);
        struct json_object *measured = json_get(probe, "Measured", json_type_int);
        struct json_object *bound = json_get(probe, "BoundNSec", json_type_int);
        struct json_object *list = json_get(probe, "Convicted", json_type_string);
        _cleanup_cpuset_ CpuSet convicted = {};
        ProbeRecord record;
        int r;

        if (json_object_get_int64(time) <= 0 || !measured || json_object_get_int64(measured) < 0 || !list)
                return -EBADMSG;
        r = cpuset_parse(json_object_get_string(list), &convicted);
        if (r < 0)
                return r == -ENOMEM ? r : -EBADMSG;
        record = (ProbeRecord) {
                .realtime_usec = json_object_get_uint64(time),
                .has_bound = bound,
                .bound_nsec = json_object_get_int64(bound),
                .n_measured = (unsigned)json_object_get_int64(measured),
                .n_convicted = cpuset_count(&convicted),
                .convicted = cpuset_format(&convicted),
        };
        if (!record.convicted)
                return -ENOMEM;
        *ret = record;
        return 0;
}

int probe_record_parse(const char *text, ProbeRecord *ret)
{
        _cleanup_json_ struct json_object *json = json_tokener_parse(text);

        return take(json_get(json, "Probe", json_type_object), ret);
}

int probe_record_read(ProbeRecord *ret)
{
        _cleanup_free_ char *text = NULL;
        size_t size;
        int fd = open_directory(/* make= */ false), r;

        if (fd < 0)
                return fd;
        r = runtime_read_file(fd, PROBE_RECORD, RECORD_MAX, &text, &size);
        (void)close(fd);
        return r < 0 ? r : probe_record_parse(text, ret);
}
