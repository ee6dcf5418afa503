/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Parts of `tscwarden guest`: finding the clock and chrony, the files to write, and running programs.
 */
#pragma once

#include <stdbool.h>

#include "base/macro.h"
#include "check/guest-clock.h"
#include "check/read/phc.h"
#include "check/machine-setup.h"
#include "ctl/verbs.h"

typedef struct GuestFile {
        char *directory; /* owned; NULL: this file is not needed */
        const char *name;
        char *text;   /* its new content; owned */
        char *before; /* its present content; owned, NULL: no such file */
        GuestFileState state;
        bool chosen; /* to be written, or to be removed */
} GuestFile;

typedef struct GuestSetup {
        const CtlOptions *options;
        char phc[PHC_NAME_SIZE];        /* the host's clock: "ptp1"; "" if there is none yet */
        char device[PHC_NAME_SIZE + 5]; /* its device; "" if there is none yet */
        char unit[32];                  /* chronyd's service: chrony.service or chronyd.service */
        bool active;                    /* chronyd ran before */
        bool loaded;                    /* this process has loaded ptp_kvm */
        MachineSetup setup;             /* the configuration of chrony and of modules */
        GuestFile files[GUEST_FILE_MAX_];
} GuestSetup;

void guest_done(GuestSetup *guest);
#define _cleanup_guest_ _cleanup_(guest_done)

/* Runs a program. 0, or a negative number after a message and, if the program failed, its output on stderr.
 * *ret_output is that output, owned by the caller, also after -EIO: the program failed. ret_output may be NULL. */
int guest_run(const char *const *argv, unsigned seconds, char **ret_output);

/* The following functions return 0, or a negative number after a message on stderr. */

/* Checks that systemd is running. If not, the message says what to do by hand. */
int guest_check_systemd(GuestSetup *guest);
/* Finds the host's clock. If there is none yet, loads ptp_kvm, except with --dry-run. */
int guest_find_clock(GuestSetup *guest);
/* Finds chronyd's service and the folder from which chronyd reads further files. */
int guest_find_chrony(GuestSetup *guest);
/* Decides which files to write. Fails if somebody else has written one of them. */
int guest_plan_files(GuestSetup *guest);
/* Finds the files that `guest setup` has written. */
int guest_find_files(GuestSetup *guest);

/* Replaces the file; removes it if `text` is NULL. */
int guest_write_file(const GuestFile *file, const char *text);
/* Checks that chronyd accepts its configuration and that this has a refclock for the host's clock. */
int guest_check_config(const GuestSetup *guest);

/* What chronyd reports about the host's clock. */
typedef enum GuestFollows {
        GUEST_FOLLOWS,    /* chronyd follows it */
        GUEST_NO_ANSWER,  /* chronyc gets no answer */
        GUEST_NOT_LISTED, /* it is not one of chronyd's sources */
        GUEST_NO_SAMPLE,  /* chronyd has read no time from it */
        GUEST_NOT_CHOSEN, /* chronyd reads it but does not follow it */
        GUEST_FOLLOWS_MAX_,
} GuestFollows;

GuestFollows guest_look(void);
typedef struct GuestPatience {
        unsigned seconds; /* how long to wait for a state to change */
        const char *why;  /* the explanation if it did not */
} GuestPatience;

extern const GuestPatience guest_patience[GUEST_FOLLOWS_MAX_];
