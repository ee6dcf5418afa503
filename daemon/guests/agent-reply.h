/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the answer of a guest's agent, or of virsh for it. Pure. The answer comes from the guest and may contain
 * anything.
 */
#pragma once

#include <stdint.h>

typedef enum AgentReply {
        AGENT_REPLY_NONE,   /* no answer of an agent's */
        AGENT_REPLY_NUMBER, /* {"return": NUMBER} */
        AGENT_REPLY_ERROR,  /* {"error": {"desc": TEXT}} */
} AgentReply;

/* A line without its newline. *ret_number with AGENT_REPLY_NUMBER; *ret_error with AGENT_REPLY_ERROR: a heap string owned by the caller,
 * unescaped, NULL when it says nothing, or memory is out. */
AgentReply agent_reply_parse(const char *line, int64_t *ret_number, char **ret_error);

/* What `virsh domtime` prints: "Time: 1732900000", perhaps behind a warning. 0 or -EINVAL. */
int virsh_domtime_parse(const char *text, int64_t *ret_sec);
