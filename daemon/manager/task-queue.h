/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Decides which task runs and which one follows: one is at work, and at most one waits behind it.
 */
#pragma once

#include <stdbool.h>

#include "base/cpuset.h"
#include "manager/task.h"
#include "model/rescan.h"

/* All zero: nothing is at work, nothing waits, and nobody has asked for anything. */
typedef struct TaskQueue {
        /* What a person asked for last: TASK_APPLY or TASK_RESTORE. TASK_NONE: the daemon stops, or has not started. */
        TaskKind aim;
        Task task, next; /* the one at work, the one that waits; TASK_NONE: none */
        /* Of a task that an event began: what has changed, as in apply_renew(). */
        CpuSet cpus, next_cpus;
        RescanScope scope, next_scope;
} TaskQueue;

void task_queue_done(TaskQueue *q);

/* A person wants this task, which replaces the one at work: task_queue_begin() has to follow. 0; -EBUSY: a person's
 * task is at work. */
int task_queue_ask(TaskQueue *q, TaskKind kind);
/* A reload waits, and nothing else does. */
void task_queue_ask_reload(TaskQueue *q);
/* The host has changed: a task that applies the policy waits. `cpus` and `scope` as in apply_renew(). False: no policy
 * is to be in force, so nothing was changed. */
bool task_queue_ask_renewal(TaskQueue *q, const CpuSet *cpus, RescanScope scope);
/* From now on nothing waits, and changes of the host no longer count. */
void task_queue_stop(TaskQueue *q);

/* This task is at work from now on. */
void task_queue_begin(TaskQueue *q, Task task);
/* No task is at work any more. */
void task_queue_end(TaskQueue *q);
/* The kind of the task that waits, if none is at work; else TASK_NONE. */
TaskKind task_queue_due(const TaskQueue *q);
/* None is at work: the one that waits is from now on. */
void task_queue_advance(TaskQueue *q);
/* Nothing waits any more. */
void task_queue_forget_next(TaskQueue *q);

/* A task is at work for a person. */
bool task_queue_is_busy(const TaskQueue *q);
