/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the answer of a guest's agent, or of virsh for it. Pure. The answer comes from the guest and may contain
 * anything.
 */
#pragma once

#include <stdint.h>

typedef enum AgentReply {
        AGENT_REPLY_NONE,   /* not an answer of an agent */
        AGENT_REPLY_NUMBER, /* {"return": NUMBER} */
        AGENT_REPLY_ERROR,  /* {"error": {"desc": TEXT}} */
} AgentReply;

/* Parses a line without its newline. *ret_number is set with AGENT_REPLY_NUMBER. *ret_error is set with
 * AGENT_REPLY_ERROR: a heap string owned by the caller, not escaped; NULL if the error has no description, or out of
 * memory. */
AgentReply agent_reply_parse(const char *line, int64_t *ret_number, char **ret_error);

/* Parses the output of `virsh domtime`: "Time: 1732900000", perhaps after a warning. 0 or -EINVAL. */
int virsh_domtime_parse(const char *text, int64_t *ret_sec);
