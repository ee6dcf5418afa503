/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The parts of `tscwarden guest`: what it finds, which files it writes, which programs it runs.
 */
#pragma once

#include <stdbool.h>

#include "base/macro.h"
#include "check/guest-clock.h"
#include "check/read/phc.h"
#include "check/machine-setup.h"
#include "ctl/verbs.h"

typedef struct GuestFile {
        char *directory; /* owned; NULL: not wanted */
        const char *name;
        char *text;   /* what it is to be; owned */
        char *before; /* what stood there; owned, NULL none */
        GuestFileState state;
} GuestFile;

typedef struct GuestSetup {
        const CtlOptions *options;
        char phc[PHC_NAME_SIZE];        /* "ptp1"; "" not there yet */
        char device[PHC_NAME_SIZE + 5]; /* of it; "" not there yet */
        char unit[32];                  /* chrony.service or chronyd.service */
        bool active;                    /* it ran before */
        bool loaded;                    /* ptp_kvm, by us */
        MachineSetup setup;             /* the configuration of chrony and of modules */
        GuestFile files[GUEST_FILE_MAX_];
} GuestSetup;

void guest_done(GuestSetup *guest);
#define _cleanup_guest_ _cleanup_(guest_done)

/* Runs it; what it printed goes to stderr, escaped, when it fails. 0, or -EIO: told. */
int guest_run(const char *const *argv, unsigned seconds);

/* All return 0, or a negative number after a complaint on stderr. */

/* systemd runs this machine; where it does not, what is to be done by hand is told. */
int guest_check_systemd(GuestSetup *guest);
/* Loads ptp_kvm when there is no such clock yet; with --dry-run it stays unknown. */
int guest_find_clock(GuestSetup *guest);
/* The unit of chronyd, and where its configuration takes files. */
int guest_find_chrony(GuestSetup *guest);
/* What is to be written, and what stands there. Refuses what somebody else wrote. */
int guest_plan_files(GuestSetup *guest);
/* Is there anything of ours: the same without any text. */
int guest_find_files(GuestSetup *guest);

int guest_write_file(const GuestFile *file, const char *text);
/* chronyd accepts its configuration, and that leads to a refclock on the host's clock. */
int guest_check_config(const GuestSetup *guest);

/* What chronyd says of the host's clock. */
typedef enum GuestFollows {
        GUEST_FOLLOWS,    /* it is what the clock follows */
        GUEST_NO_ANSWER,  /* chronyc gets no answer */
        GUEST_NOT_LISTED, /* it is not among the sources */
        GUEST_NO_SAMPLE,  /* and has given no time */
        GUEST_NOT_CHOSEN, /* and is not followed */
        GUEST_FOLLOWS_MAX_,
} GuestFollows;

GuestFollows guest_look(void);
/* So many looks a second apart are waited for what may still come, and why it did not. */
unsigned guest_patience(GuestFollows follows);
const char *guest_explain(GuestFollows follows);
