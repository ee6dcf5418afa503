/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/probe-record.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cpuset.h"
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

int probe_record_write(int dirfd, const char *json, const char *convicted)
{
        int fd = dirfd < 0 ? open_directory(/* make= */ true) : dirfd, r;

        if (fd < 0)
                return fd;
        r = convicted_write(fd, convicted);
        if (r == 0)
                r = runtime_replace_file(fd, PROBE_RECORD, json, strlen(json), 0644);
        if (dirfd < 0)
                (void)close(fd);
        return r;
}

static bool get_int(struct json_object *object, const char *key, int64_t *ret)
{
        struct json_object *value;

        if (!json_object_object_get_ex(object, key, &value) || !json_object_is_type(value, json_type_int))
                return false;
        *ret = json_object_get_int64(value);
        return true;
}

static int take(struct json_object *probe, ProbeRecord *ret)
{
        ProbeRecord record = {};
        _cleanup_cpuset_ CpuSet convicted = {};
        struct json_object *list, *guest;
        int64_t time, measured;
        int r;

        if (!get_int(probe, "TimestampUSec", &time) || time <= 0 || !get_int(probe, "Measured", &measured) ||
            measured < 0 || !json_object_object_get_ex(probe, "Convicted", &list) ||
            !json_object_is_type(list, json_type_string))
                return -EBADMSG;
        r = cpuset_parse(json_object_get_string(list), &convicted);
        if (r < 0)
                return r == -ENOMEM ? r : -EBADMSG;
        record.realtime_usec = (uint64_t)time;
        record.n_measured = (unsigned)measured;
        record.has_bound = get_int(probe, "BoundNSec", &record.bound_nsec);
        record.n_convicted = cpuset_count(&convicted);
        record.guest = json_object_object_get_ex(probe, "Guest", &guest) && json_object_get_boolean(guest);
        record.convicted = cpuset_format(&convicted);
        if (!record.convicted)
                return -ENOMEM;
        *ret = record;
        return 0;
}

int probe_record_parse(const char *text, ProbeRecord *ret)
{
        struct json_object *json = json_tokener_parse(text), *probe;
        int r = -EBADMSG;

        if (json_object_object_get_ex(json, "Probe", &probe) && json_object_is_type(probe, json_type_object))
                r = take(probe, ret);
        json_object_put(json);
        return r;
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
