/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/task-queue.h"

#include <errno.h>

#include "base/macro.h"

void task_queue_done(TaskQueue *q)
{
        task_queue_end(q);
        task_queue_forget_next(q);
}

int task_queue_ask(TaskQueue *q, TaskKind kind)
{
        if (task_queue_is_busy(q))
                return -EBUSY;
        q->aim = kind;
        /* The new task reads the host anyway, so a task that waits for a change of the host is not needed. */
        if (q->next.kind != TASK_RELOAD)
                task_queue_forget_next(q);
        return 0;
}

void task_queue_ask_reload(TaskQueue *q)
{
        task_queue_forget_next(q);
        q->next = (Task) { .kind = TASK_RELOAD, .origin = ORIGIN_PERSON };
}

bool task_queue_ask_renewal(TaskQueue *q, const CpuSet *cpus, RescanScope scope)
{
        if (q->aim != TASK_APPLY)
                return false;
        /* A reload applies the policy too, so no second task is needed. */
        if (q->next.kind == TASK_RELOAD)
                return true;
        q->next = (Task) { .kind = TASK_APPLY, .origin = ORIGIN_EVENT };
        /* Out of memory the kernel may have set any knob anew. */
        if (cpus && cpuset_add_all(&q->next_cpus, cpus) < 0)
                scope = RESCAN_ANEW;
        if (scope > q->next_scope)
                q->next_scope = scope;
        return true;
}

void task_queue_stop(TaskQueue *q)
{
        q->aim = TASK_NONE;
        task_queue_forget_next(q);
}

void task_queue_begin(TaskQueue *q, Task task)
{
        task_queue_end(q);
        q->task = task;
}

void task_queue_end(TaskQueue *q)
{
        q->task = (Task) {};
        q->scope = RESCAN_CPUS;
        cpuset_done(&q->cpus);
}

TaskKind task_queue_due(const TaskQueue *q)
{
        return q->task.kind == TASK_NONE ? q->next.kind : TASK_NONE;
}

void task_queue_advance(TaskQueue *q)
{
        q->task = TAKE_STRUCT(q->next);
        q->cpus = TAKE_STRUCT(q->next_cpus);
        q->scope = q->next_scope;
        q->next_scope = RESCAN_CPUS;
}

void task_queue_forget_next(TaskQueue *q)
{
        q->next = (Task) {};
        q->next_scope = RESCAN_CPUS;
        cpuset_done(&q->next_cpus);
}

bool task_queue_is_busy(const TaskQueue *q)
{
        return q->task.kind != TASK_NONE && q->task.origin == ORIGIN_PERSON;
}
