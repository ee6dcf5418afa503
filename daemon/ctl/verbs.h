/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The verbs of the command. Each one prints its result and returns the exit status.
 */
#pragma once

#include <stdbool.h>

#include "base/macro.h"

#define CTL_FINE 0
#define CTL_WRONG 1 /* something is wrong on this host */
#define CTL_USAGE 2
#define CTL_NO_ANSWER 3 /* tscwarden could not find it out */

typedef struct CtlOptions {
        const char *host;     /* -H; NULL: this host */
        const char *config;   /* tscwardend's configuration file, which verbs read that work without tscwardend */
        const char *textfile; /* NULL: standard output */
        const char *word;     /* the word after the verb: "apply" in "kargs apply"; NULL if the verb takes none */
        char *const *names;   /* guests: only these VMs; all if n_names is 0 */
        unsigned n_names;
        const char *role;    /* check: "host", "guest" or "both"; NULL: check finds out */
        const char *against; /* check, guests: the other host of a migration, or NULL */
        const char *cpus;    /* probe: a list, or NULL */
        const char *seconds; /* probe: a number, or NULL */
        bool json, metrics, dry_run, all;
        bool labels;         /* status */
        bool ask;            /* guests */
        const char *compare; /* guests: a file, or NULL */
} CtlOptions;

int verb_status(const CtlOptions *options);
int verb_plan(const CtlOptions *options);
int verb_watch(const CtlOptions *options);
int verb_kargs(const CtlOptions *options);
int verb_guest(const CtlOptions *options);
int verb_check(const CtlOptions *options);
int verb_guests(const CtlOptions *options);
int verb_probe(const CtlOptions *options);

/* True if stdout is a terminal and NO_COLOR is unset or empty (https://no-color.org). */
bool ctl_wants_color(void);

/* True if stdout is a terminal that shows UTF-8. */
bool ctl_shows_utf8(void);

/* Prints "tscwarden: MESSAGE" on stderr and returns CTL_NO_ANSWER. The message may quote text from outside: it is
 * escaped here. */
int ctl_complain(const char *format, ...) _printf_(1, 2);
/* The same with ": CAUSE" behind it. Returns `error` (a negative errno). */
int ctl_complain_errno(int error, const char *format, ...) _printf_(2, 3);
/* Ignores signals from now on, because what follows would have to be undone if it were interrupted. Programs that it
 * runs do not ignore them. */
void ctl_hold_signals(void);
/* Ends a verb. `r` is the result of printing, 0 or -ENOMEM. Returns `status`, or CTL_NO_ANSWER after a message on
 * stderr if printing failed. */
int ctl_finish(int r, int status);
