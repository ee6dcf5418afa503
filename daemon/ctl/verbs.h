/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The verbs of the command. Each one prints its result and returns the exit status.
 */
#pragma once

#include <stdbool.h>

#define CTL_FINE 0
#define CTL_WRONG 1 /* something is wrong on this host */
#define CTL_USAGE 2
#define CTL_NO_ANSWER 3 /* could not find out */

typedef struct CtlOptions {
        const char *host;     /* NULL: this one */
        const char *config;   /* of the daemon, for what works without it */
        const char *textfile; /* NULL: stdout */
        const char *word;     /* what stands behind the verb, one of those it takes; NULL where it takes none */
        char *const *names;   /* guests: those VMs alone */
        unsigned n_names;
        const char *role;    /* NULL: as it is found */
        const char *against; /* the other host of a migration, or NULL */
        const char *cpus;    /* of probe, or NULL */
        const char *seconds; /* of probe, or NULL */
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

/* Colour on a terminal, unless NO_COLOR is set (https://no-color.org: to any value but the empty one). */
bool ctl_wants_color(void);

/* A terminal that shows more than ASCII. */
bool ctl_shows_utf8(void);

/* A sentence on stderr: "tscwarden: …". NULL: out of memory. Returns CTL_NO_ANSWER. */
int ctl_complain(const char *why);
/* What follows has something to take back: it is not to be interrupted. The programs it runs still are. */
void ctl_hold_signals(void);
/* `r`: 0 or -ENOMEM of what printed. `status`, or CTL_NO_ANSWER after a complaint: memory or the stream failed. */
int ctl_finish(int r, int status);
