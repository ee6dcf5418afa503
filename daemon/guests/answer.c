/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guests/answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define NSEC_PER_SEC UINT64_C(1000000000)
#define AMOUNT_SIZE 32

void guest_answers_free(GuestAnswer *answers, unsigned long n)
{
        for (unsigned long i = 0; answers && i < n; i++)
                free(answers[i].why);
        free(answers);
}

static uint64_t distance(const GuestAnswer *answer)
{
        return answer->offset_nsec < 0 ? -(uint64_t)answer->offset_nsec : (uint64_t)answer->offset_nsec;
}

bool guest_answer_is_right(const GuestAnswer *answer)
{
        return distance(answer) <= NSEC_PER_SEC || distance(answer) <= answer->bound_nsec;
}

static const char *format_amount(uint64_t nsec, char buffer[static AMOUNT_SIZE])
{
        /* Rounds before choosing the unit, so that 59.96 s becomes a minute. */
        uint64_t tenths = (nsec + NSEC_PER_SEC / 20) / (NSEC_PER_SEC / 10), sec = tenths / 10;

        if (nsec < NSEC_PER_SEC - NSEC_PER_SEC / 20000)
                (void)snprintf(buffer, AMOUNT_SIZE, "%.1f ms", (double)nsec / 1e6);
        else if (sec < 60)
                (void)snprintf(buffer, AMOUNT_SIZE, "%" PRIu64 ".%" PRIu64 " s", sec, tenths % 10);
        else if (sec < 3600)
                (void)snprintf(buffer, AMOUNT_SIZE, "%" PRIu64 " min %" PRIu64 ".%" PRIu64 " s", sec / 60, sec % 60,
                               tenths % 10);
        else if (sec < 86400)
                (void)snprintf(buffer, AMOUNT_SIZE, "%" PRIu64 " h %" PRIu64 " min", sec / 3600, sec / 60 % 60);
        else
                (void)snprintf(buffer, AMOUNT_SIZE, "%" PRIu64 " d %" PRIu64 " h", sec / 86400, sec / 3600 % 24);
        return buffer;
}

GuestAnswer guest_answer_move(const GuestAnswer *before, const GuestAnswer *now)
{
        GuestAnswer move = { .answered = before->answered && now->answered };

        if (move.answered && __builtin_sub_overflow(now->offset_nsec, before->offset_nsec, &move.offset_nsec))
                move.offset_nsec = now->offset_nsec < 0 ? -INT64_MAX : INT64_MAX;
        if (move.answered)
                move.bound_nsec = now->bound_nsec + before->bound_nsec;
        return move;
}

/* Writes `same`, or `less` or `more` with the amount. */
static const char *format(const GuestAnswer *answer, bool utf8, const char *same, const char *less, const char *more,
                          char buffer[static GUEST_ANSWER_SIZE])
{
        char amount[AMOUNT_SIZE], bound[AMOUNT_SIZE];
        const char *sign = utf8 ? "±" : "+-";

        (void)format_amount(answer->bound_nsec, bound);
        if (distance(answer) <= answer->bound_nsec)
                (void)snprintf(buffer, GUEST_ANSWER_SIZE, "%s %s %s", same, sign, bound);
        else
                (void)snprintf(buffer, GUEST_ANSWER_SIZE, "%s %s %s %s", answer->offset_nsec < 0 ? less : more,
                               format_amount(distance(answer), amount), sign, bound);
        return buffer;
}

const char *guest_answer_format(const GuestAnswer *answer, bool utf8, char buffer[static GUEST_ANSWER_SIZE])
{
        return format(answer, utf8, "the same as the host's", "behind by", "ahead by", buffer);
}

const char *guest_move_format(const GuestAnswer *move, bool utf8, char buffer[static GUEST_ANSWER_SIZE])
{
        return format(move, utf8, "kept time with the host", "lost", "gained", buffer);
}
