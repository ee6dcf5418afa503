/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/guests-before.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/macro.h"
#include "ctl/json.h"

void guests_before_done(GuestsBefore *before)
{
        for (size_t i = 0; i < before->n; i++)
                free(before->entries[i].name);
        free(before->entries);
        *before = (GuestsBefore) {};
}

/* Adds one element of the array. 0, -EBADMSG or -ENOMEM. */
static int take_guest(struct json_object *guest, GuestsBefore *before)
{
        struct json_object *name = json_get(guest, "Name", json_type_string);
        struct json_object *offset = json_get(guest, "ClockOffsetNSec", json_type_int);
        struct json_object *bound = json_get(guest, "ClockBoundNSec", json_type_int);
        GuestBefore *entry;
        int r;

        if (!name || !json_object_object_get_ex(guest, "ClockOffsetNSec", NULL))
                return -EBADMSG;
        r = array_grow(&before->entries, before->n, sizeof(*before->entries));
        if (r < 0)
                return r;
        entry = &before->entries[before->n];
        entry->name = strdup(json_object_get_string(name));
        if (!entry->name)
                return -ENOMEM;
        before->n++;
        entry->answer.offset_nsec = json_object_get_int64(offset);
        entry->answer.bound_nsec = json_object_get_uint64(bound);
        entry->answer.answered = offset && bound && json_object_get_int64(bound) >= 0;
        return 0;
}

int guests_before_read(const char *path, GuestsBefore *ret)
{
        _cleanup_guests_before_ GuestsBefore before = {};
        _cleanup_json_ struct json_object *all = NULL;
        struct json_object *guests;
        int fd = open(path, O_RDONLY | O_CLOEXEC);

        if (fd < 0)
                return -errno;
        all = json_object_from_fd(fd);
        (void)close(fd);
        guests = json_get_list(all, "Guests");
        if (!guests)
                return -EBADMSG;
        for (size_t i = 0; i < json_length(guests); i++) {
                int r = take_guest(json_object_array_get_idx(guests, i), &before);

                if (r < 0)
                        return r;
        }
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

int guests_before_compare(const GuestsBefore *before, const Guests *guests, const GuestAnswer *answers,
                          GuestAnswer **ret)
{
        GuestAnswer *moves = calloc(guests->n + 1, sizeof(*moves));

        if (!moves)
                return -ENOMEM;
        /* A guest that did not run earlier has not answered. */
        for (size_t i = 0; i < guests->n; i++)
                for (size_t k = 0; k < before->n; k++)
                        if (strcmp(guests->entries[i].name, before->entries[k].name) == 0) {
                                moves[i] = guest_answer_move(&before->entries[k].answer, &answers[i]);
                                break;
                        }
        *ret = moves;
        return 0;
}
