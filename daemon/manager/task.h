/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

typedef enum TaskKind {
        TASK_NONE,
        TASK_APPLY,       /* what stands becomes what the configuration wants */
        TASK_STOP_POLICY, /* the options for the stop; TASK_RESTORE follows for what they left */
        TASK_RESTORE,     /* everything goes back to its original */
        TASK_RELOAD,      /* the configuration is read anew, and the policy applied as it says then */
} TaskKind;

typedef enum TaskOrigin {
        ORIGIN_PERSON, /* a person or systemd asked: start, reload, stop, a method of the bus */
        ORIGIN_EVENT,  /* the host has changed: a CPU, a driver, a guest, the TSC, a sleep */
        ORIGIN_REPAIR, /* another program changed a knob */
} TaskOrigin;

typedef struct Task {
        TaskKind kind;
        TaskOrigin origin;
} Task;

/* For people: "apply"; "a person". */
const char *task_kind_to_string(TaskKind kind);
const char *task_origin_to_string(TaskOrigin origin);
