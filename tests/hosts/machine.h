/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The whole made host: the model, its files, what goes wrong on them, and who wrote what.
 */
#pragma once

#include "host.h"
#include "tree.h"

typedef enum FaultKind {
        FAULT_OPEN,
        FAULT_READ,
        FAULT_WRITE,
        FAULT_IGNORE,
        FAULT_VANISH,
        DELAY_READ,
        DELAY_WRITE,
} FaultKind;

typedef struct Fault {
        char *pattern;
        FaultKind kind;
        int error;
        unsigned ms;
        /* 0: for ever. */
        unsigned times;
} Fault;

typedef struct Machine {
        Host host;
        Tree tree;
        Fault *faults;
        size_t n_faults;
        char *writes;
        size_t writes_len, writes_size;
} Machine;

void machine_done(Machine *m);

/* hostfile.c: complains on stderr as FILE:LINE: message, all mistakes at once. -EINVAL, or why it cannot be read. */
int machine_load(Machine *m, const char *path);

/* fault.c: `fault PATH …` and `delay PATH …` without their first word. *reterr says what is wrong with -EINVAL. */
int machine_add_fault(Machine *m, char *args, const char **reterr);
int machine_add_delay(Machine *m, char *args, const char **reterr);
void machine_clear_faults(Machine *m);
/* Whether a fault of this kind applies now; counts it. Returns its errno, or the milliseconds of a delay, else 0. */
unsigned machine_strike(Machine *m, const Node *node, FaultKind kind);

/* error is 0 or positive. */
void machine_log_write(Machine *m, const Node *node, const char *value, size_t len, int error);

/* ctl.c: one command. 0 or negative errno. */
int machine_command(Machine *m, char *line);
