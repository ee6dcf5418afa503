/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/guests-before.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/macro.h"
#include "guests/judge.h"

void guests_before_done(GuestsBefore *before)
{
        for (size_t i = 0; i < before->n; i++)
                free(before->entries[i].name);
        free(before->entries);
        *before = (GuestsBefore) {};
}

static bool read_number(struct json_object *guest, const char *key, int64_t *ret)
{
        struct json_object *value;

        if (!json_object_object_get_ex(guest, key, &value) || !json_object_is_type(value, json_type_int))
                return false;
        *ret = json_object_get_int64(value);
        return true;
}

/* Adds one element of the array. 0, -EBADMSG or -ENOMEM. */
static int take_guest(struct json_object *guest, GuestsBefore *before)
{
        struct json_object *name;
        GuestBefore *entry;
        int64_t bound = 0;
        int r;

        if (!json_object_is_type(guest, json_type_object) || !json_object_object_get_ex(guest, "Name", &name) ||
            !json_object_is_type(name, json_type_string) || !json_object_object_get_ex(guest, "ClockOffsetNSec", NULL))
                return -EBADMSG;
        r = array_grow(&before->entries, before->n, sizeof(*before->entries));
        if (r < 0)
                return r;
        entry = &before->entries[before->n];
        entry->name = strdup(json_object_get_string(name));
        if (!entry->name)
                return -ENOMEM;
        before->n++;
        entry->answer.answered = read_number(guest, "ClockOffsetNSec", &entry->answer.offset_nsec) &&
                                 read_number(guest, "ClockBoundNSec", &bound) && bound >= 0;
        entry->answer.bound_nsec = (uint64_t)bound;
        return 0;
}

int guests_before_read(const char *path, GuestsBefore *ret)
{
        _cleanup_guests_before_ GuestsBefore before = {};
        struct json_object *all, *guests;
        int fd = open(path, O_RDONLY | O_CLOEXEC), r = 0;

        if (fd < 0)
                return -errno;
        all = json_object_from_fd(fd);
        (void)close(fd);
        if (!json_object_is_type(all, json_type_object) || !json_object_object_get_ex(all, "Guests", &guests) ||
            !json_object_is_type(guests, json_type_array))
                r = -EBADMSG;
        for (size_t i = 0; r == 0 && i < json_object_array_length(guests); i++)
                r = take_guest(json_object_array_get_idx(guests, i), &before);
        json_object_put(all);
        if (r < 0)
                return r;
        *ret = TAKE_STRUCT(before);
        return 0;
}

bool guests_before_is_here(const GuestBefore *before, const Guests *guests)
{
        for (size_t i = 0; i < guests->n; i++)
                if (strcmp(guests->entries[i].name, before->name) == 0)
                        return true;
        return false;
}

/* Not answered if the guest did not run earlier. */
static GuestAnswer compare_guest(const GuestsBefore *before, const Guest *guest, const GuestAnswer *now)
{
        for (size_t i = 0; i < before->n; i++)
                if (strcmp(guest->name, before->entries[i].name) == 0)
                        return guest_answer_move(&before->entries[i].answer, now);
        return (GuestAnswer) {};
}

int guests_before_compare(const GuestsBefore *before, const Guests *guests, const GuestAnswer *answers,
                          GuestAnswer **ret)
{
        GuestAnswer *moves = calloc(guests->n + 1, sizeof(*moves));

        if (!moves)
                return -ENOMEM;
        for (size_t i = 0; i < guests->n; i++)
                moves[i] = compare_guest(before, &guests->entries[i], &answers[i]);
        *ret = moves;
        return 0;
}
