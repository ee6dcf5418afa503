/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A second process, the helper, that writes the knobs for the daemon. Writing takes CAP_DAC_OVERRIDE and, for idle
 * states, CAP_SYS_ADMIN; the process that parses what others say keeps CAP_SYSLOG alone. Between the two is a pair of
 * sockets (SOCK_SEQPACKET): a request is one knob with one value, the answer is one errno and what the knob then reads.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"
#include "host/cpu.h"

typedef struct Helper {
        /* As cpu_ops, but the helper writes; their userdata is this Helper. -EPIPE or -ECONNRESET: it has ended. */
        CpuOps ops;
        int fd; /* hangs up when the helper has ended */
        pid_t pid;
        int fanotify; /* opened with CAP_SYS_ADMIN, for ops.watch; -1: none, or the watch has it */
} Helper;

/* Opens fanotify, starts the helper and takes all capabilities from this process but CAP_SYSLOG. To be called when
 * SIGTERM, SIGINT and SIGHUP are blocked, for the helper has to outlive a stop's signal, before there is a thread, and
 * with the lock of the runtime directory taken: the helper shares it, so a killed daemon's lock ends behind its last
 * write. The helper ends with this process. 0 and *ret (for helper_done()), or -errno with nothing changed. */
int helper_start(Helper *ret);
/* The helper ends. */
void helper_done(Helper *helper);
#define _cleanup_helper_ _cleanup_(helper_done)
