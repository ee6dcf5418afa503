/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

typedef enum TaskKind {
        TASK_NONE,
        TASK_APPLY,       /* brings the knobs to the values that the configuration wants */
        TASK_STOP_POLICY, /* applies the options for the stop; TASK_RESTORE follows for the other knobs */
        TASK_RESTORE,     /* puts every knob back to its original */
        TASK_RELOAD,      /* reads the configuration again, then applies its policy */
} TaskKind;

typedef enum TaskOrigin {
        ORIGIN_PERSON, /* a person or systemd asked: start, reload, stop, a method on the bus */
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
