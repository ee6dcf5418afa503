/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * docs/interop/qemu-ga-ref: guest-sync-delimited and guest-get-time answer {"return": NUMBER}.
 */
#include "guests/agent-reply.h"

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "base/parse.h"

AgentReply agent_reply_parse(const char *line, int64_t *ret_number, char **ret_error)
{
        struct json_object *object = json_tokener_parse(line), *value, *text;
        AgentReply reply = AGENT_REPLY_NONE;

        if (!json_object_is_type(object, json_type_object))
                goto finish;
        if (json_object_object_get_ex(object, "return", &value) && json_object_is_type(value, json_type_int)) {
                *ret_number = json_object_get_int64(value);
                reply = AGENT_REPLY_NUMBER;
        } else if (json_object_object_get_ex(object, "error", &value)) {
                *ret_error = json_object_is_type(value, json_type_object) &&
                                             json_object_object_get_ex(value, "desc", &text) &&
                                             json_object_is_type(text, json_type_string) ?
                                     strdup(json_object_get_string(text)) :
                                     NULL;
                reply = AGENT_REPLY_ERROR;
        }
finish:
        json_object_put(object);
        return reply;
}

int virsh_domtime_parse(const char *text, int64_t *ret_sec)
{
        char digits[24];
        uint64_t number;
        size_t length;

        text = strstr(text, "Time: ");
        if (!text)
                return -EINVAL;
        text += strlen("Time: ");
        length = strspn(text, "0123456789");
        if (length >= sizeof(digits) || text[length + strspn(text + length, "\n ")] != '\0')
                return -EINVAL;
        memcpy(digits, text, length);
        digits[length] = '\0';
        /* A later time would not fit into 64 bits of nanoseconds. */
        if (parse_u64(digits, 1, INT64_MAX / 1000000000, &number) < 0)
                return -EINVAL;
        *ret_sec = (int64_t)number;
        return 0;
}
