/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/task.h"

const char *task_kind_to_string(TaskKind kind)
{
        static const char *const names[] = { "none", "apply", "stop policy", "restore", "reload" };

        return names[kind];
}

const char *task_origin_to_string(TaskOrigin origin)
{
        static const char *const names[] = { "a person", "an event", "a repair" };

        return names[origin];
}
