/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What those who call may cost. The bus hands over 2 KiB of our answers between two looks at its other connections (libdbus,
 * max_bytes_read_per_iteration), so a few users who ask for much, often, would keep everybody else waiting for seconds.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>

#include "model/allowance.h"

typedef struct Caller Caller;

#define CALLER_ACCOUNTS 32

typedef struct CallerAccount {
        uid_t uid;
        Allowance answers, refusals;
} CallerAccount;

/* All zero is ready for use. */
typedef struct Callers {
        Caller **entries; /* sorted by name */
        size_t n;
        CallerAccount accounts[CALLER_ACCOUNTS];
        unsigned n_accounts;
} Callers;

/* About how many KiB the answer to `member` (may be NULL) has on a host of `n_cpus`; 0: so few that nothing is counted. */
unsigned caller_cost(const char *member, unsigned n_cpus);

/* Before a method call is dispatched: 0 when its caller may cost that much now. 1: it is dealt with: nobody waits for the answer and
 * it would change nothing, or it was refused (LimitsExceeded; whoever goes on
 * all the same is not even answered). Each user has an allowance of
 * its own, root has no limit. Who calls is asked of the bus, once for each connection, without waiting: a call that is here before
 * the bus has said so is served out of what each new connection may have, then out of what all unknown ones share. */
int callers_admit(Callers *callers, sd_bus_message *call, unsigned n_cpus, uint64_t now_usec);

/* The connection goes. */
void callers_done(Callers *callers);
