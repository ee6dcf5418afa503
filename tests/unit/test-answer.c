/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What tscwarden reads from the answers of a guest agent and of virsh, and what it prints about them.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "guests/agent-reply.h"
#include "guests/answer.h"

#define MS INT64_C(1000000)
#define SEC (1000 * MS)

static void test_guest_answer_format(void **state)
{
        static const struct {
                int64_t offset;
                uint64_t bound;
                bool right;
                const char *text;
        } rows[] = {
                { 0, 3 * MS, true, "the same as the host's +- 3.0 ms" },
                { -3 * MS, 3 * MS, true, "the same as the host's +- 3.0 ms" },
                { 12 * MS, 400000, true, "ahead by 12.0 ms +- 0.4 ms" },
                { -SEC, MS, true, "behind by 1.0 s +- 1.0 ms" },
                { -SEC - 1, MS, false, "behind by 1.0 s +- 1.0 ms" },
                { 999 * MS + 999999, 1, true, "ahead by 1.0 s +- 0.0 ms" },
                { 2 * SEC, 3 * SEC, true, "the same as the host's +- 3.0 s" },
                { -312 * SEC - 400 * MS, 3 * MS, false, "behind by 5 min 12.4 s +- 3.0 ms" },
                { 59 * SEC + 960 * MS, MS, false, "ahead by 1 min 0.0 s +- 1.0 ms" },
                { 7200 * SEC, MS, false, "ahead by 2 h 0 min +- 1.0 ms" },
                { -90061 * SEC, MS, false, "behind by 1 d 1 h +- 1.0 ms" },
                { INT64_MIN, MS, false, "behind by 106751 d 23 h +- 1.0 ms" },
        };

        for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
                GuestAnswer answer = { .answered = true, .offset_nsec = rows[i].offset, .bound_nsec = rows[i].bound };
                char buffer[GUEST_ANSWER_SIZE];

                assert_string_equal(guest_answer_format(&answer, /* utf8= */ false, buffer), rows[i].text);
                if (guest_answer_is_right(&answer) != rows[i].right)
                        fail_msg("%s: right %d", rows[i].text, !rows[i].right);
        }
}

static void test_guest_answer_move(void **state)
{
        static const struct {
                GuestAnswer before, now;
                const char *text; /* NULL: whether the clock moved is not known */
                bool right;
        } rows[] = {
                { { true, 0, MS, NULL }, { true, -11 * SEC, 2 * MS, NULL }, "lost 11.0 s +- 3.0 ms", false },
                { { true, -11 * SEC, MS, NULL },
                  { true, -11 * SEC, 2 * MS, NULL },
                  "kept time with the host +- 3.0 ms",
                  true },
                { { true, -2 * SEC, MS, NULL },
                  { true, -SEC - 500 * MS, MS, NULL },
                  "gained 500.0 ms +- 2.0 ms",
                  true },
                { { true, INT64_MAX, MS, NULL }, { true, -2, MS, NULL }, "lost 106751 d 23 h +- 2.0 ms", false },
                { { true, -2, MS, NULL }, { true, INT64_MAX, MS, NULL }, "gained 106751 d 23 h +- 2.0 ms", false },
                { { false, 0, 0, NULL }, { true, 0, MS, NULL }, NULL, false },
                { { true, 0, MS, NULL }, { false, 0, 0, NULL }, NULL, false },
        };

        for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
                GuestAnswer move = guest_answer_move(&rows[i].before, &rows[i].now);
                char buffer[GUEST_ANSWER_SIZE];

                assert_int_equal(move.answered, rows[i].text != NULL);
                if (!move.answered)
                        continue;
                assert_string_equal(guest_move_format(&move, /* utf8= */ false, buffer), rows[i].text);
                assert_int_equal(guest_answer_is_right(&move), rows[i].right);
        }
}

static void test_agent_reply_parse(void **state)
{
        static const struct {
                const char *line;
                AgentReply reply;
                int64_t number;
                const char *error;
        } rows[] = {
                { "{\"return\": 1732900000123456789}", AGENT_REPLY_NUMBER, 1732900000123456789, NULL },
                { "{\"return\":-1}\r", AGENT_REPLY_NUMBER, -1, NULL },
                { "{\"error\": {\"class\": \"X\", \"desc\": \"no\"}}", AGENT_REPLY_ERROR, 0, "no" },
                { "{\"error\": {\"desc\": 5}}", AGENT_REPLY_ERROR, 0, NULL },
                { "{\"error\": []}", AGENT_REPLY_ERROR, 0, NULL },
                { "{\"return\": {}}", AGENT_REPLY_NONE, 0, NULL },
                { "{\"return\": 1.5}", AGENT_REPLY_NONE, 0, NULL },
                { "{\"return\": \"1\"}", AGENT_REPLY_NONE, 0, NULL },
                { "[1]", AGENT_REPLY_NONE, 0, NULL },
                { "{\"return\": 1", AGENT_REPLY_NONE, 0, NULL },
                { "", AGENT_REPLY_NONE, 0, NULL },
                { "null", AGENT_REPLY_NONE, 0, NULL },
        };

        for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_free_ char *error = NULL;
                int64_t number = 0;
                AgentReply reply = agent_reply_parse(rows[i].line, &number, &error);

                if (reply != rows[i].reply || number != rows[i].number || !error != !rows[i].error ||
                    (error && strcmp(error, rows[i].error) != 0))
                        fail_msg("'%s': %d, %lld, %s", rows[i].line, reply, (long long)number, error ? error : "none");
        }
}

static void test_virsh_domtime_parse(void **state)
{
        static const struct {
                const char *text;
                int r;
                int64_t sec;
        } rows[] = {
                { "Time: 1732900000\n\n", 0, 1732900000 },
                { "warning: x\nTime: 1", 0, 1 },
                { "Time: 1 s", -EINVAL, 0 },
                { "Time: 2024-11-29 17:06:40", -EINVAL, 0 },
                { "Time: -5", -EINVAL, 0 },
                { "Time: 9223372037", -EINVAL, 0 },
                { "Time: 99999999999999999999999999", -EINVAL, 0 },
                { "Time: ", -EINVAL, 0 },
                { "", -EINVAL, 0 },
        };

        for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
                int64_t sec = 0;
                int r = virsh_domtime_parse(rows[i].text, &sec);

                if (r != rows[i].r || sec != rows[i].sec)
                        fail_msg("'%s': %d, %lld", rows[i].text, r, (long long)sec);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_guest_answer_format),
                cmocka_unit_test(test_guest_answer_move),
                cmocka_unit_test(test_agent_reply_parse),
                cmocka_unit_test(test_virsh_domtime_parse),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
