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

/* With on_user, all else zero, it is ready for use. */
typedef struct Callers {
        void (*on_user)(void *userdata); /* calls that were told to wait may be admitted now */
        void *userdata;
        Caller **entries; /* sorted by name */
        size_t n;
        CallerAccount accounts[CALLER_ACCOUNTS];
        unsigned n_accounts;
} Callers;

/* About how many KiB the answer to `member` (may be NULL) has on a host of `n_cpus`; 0: too few to count. */
unsigned caller_cost(const char *member, unsigned n_cpus);

enum {
        CALLERS_ADMITTED, /* its caller may cost that much now */
        CALLERS_DONE,     /* nobody waits for the answer and the call would change nothing, or it was refused
                           * (LimitsExceeded, or without an answer if the user goes on) */
        CALLERS_WAIT,     /* to be admitted again after on_user() */
};

/* To be called before a method call is dispatched. Each user has a separate allowance; root has no limit. The bus is
 * asked once per connection who calls, without waiting. Until it has answered, small calls use the allowance of a new
 * connection, larger ones wait, and beyond a number of them use the allowance that all unknown users share. */
int callers_admit(Callers *callers, sd_bus_message *call, unsigned n_cpus, uint64_t now_usec);

/* To be called when the connection goes. */
void callers_done(Callers *callers);
