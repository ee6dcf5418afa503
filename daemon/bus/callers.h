/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Limits what callers may cost. The bus delivers 2 KiB of our answers before it serves its other connections (libdbus,
 * max_bytes_read_per_iteration). So without a limit a few users with many large requests would keep all others waiting
 * for seconds.
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

/* About how many KiB the answer to `member` (may be NULL) has on a host of `n_cpus`; 0: too few to count. */
unsigned caller_cost(const char *member, unsigned n_cpus);

/* To be called before a method call is dispatched. 0: its caller may cost that much now. 1: nothing is left to do:
 * nobody waits for the answer and the call would change nothing, or it was refused (LimitsExceeded, or without an
 * answer if the user goes on). Each user has a separate allowance; root has no limit. The bus is asked once per
 * connection who calls, without waiting. Until it has answered, a call uses the allowance of a new connection, and then
 * the one that all unknown users share. */
int callers_admit(Callers *callers, sd_bus_message *call, unsigned n_cpus, uint64_t now_usec);

/* To be called when the connection goes. */
void callers_done(Callers *callers);
