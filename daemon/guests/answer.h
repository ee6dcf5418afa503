/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The difference between a guest's clock and the host's, from the guest's answer. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct GuestAnswer {
        bool answered;
        int64_t offset_nsec; /* the guest's clock minus the host's: positive is ahead */
        /* The true offset is offset_nsec ± this: half of the time that the answer took, and half a second where virsh
         * answered. */
        uint64_t bound_nsec;
        char *why; /* if not answered: why; owned, NULL when out of memory */
} GuestAnswer;

/* Frees the array; NULL is allowed. */
void guest_answers_free(GuestAnswer *answers, unsigned long n);

/* Whether the guest's clock differs by at most a second, or by no more than the bound. Only for a guest that has
 * answered. */
bool guest_answer_is_right(const GuestAnswer *answer);

/* What a guest's clock has gained or lost since `before`, in offset_nsec. Answered only if both are. */
GuestAnswer guest_answer_move(const GuestAnswer *before, const GuestAnswer *now);

#define GUEST_ANSWER_SIZE 96
/* Writes "behind by 5 min 12.4 s ± 3.0 ms" or "the same as the host's ± 0.4 ms" into `buffer` and returns it; "+-"
 * without `utf8`. Only for a guest that has answered. */
const char *guest_answer_format(const GuestAnswer *answer, bool utf8, char buffer[static GUEST_ANSWER_SIZE]);
/* The same for the result of guest_answer_move(): "lost 11.2 s ± 3.0 ms", "gained 2.0 s ± 1.0 ms", "kept time with the
 * host ± 0.4 ms". */
const char *guest_move_format(const GuestAnswer *move, bool utf8, char buffer[static GUEST_ANSWER_SIZE]);
