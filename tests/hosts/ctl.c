/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "text.h"

static int command_kmsg(Machine *m, const char *text)
{
        unsigned prio;
        uint64_t usec = KMSG_NOW;
        const char *rest = kmsg_parse_prefix(text, &prio, &usec);

        return rest ? kmsg_add_at(&m->host.kmsg, prio, usec, rest) : -EINVAL;
}

static int command_set(Machine *m, char *args)
{
        char *path = next_word(&args), *value = trim(args);
        Node *node = path ? tree_find(&m->tree, path) : NULL;

        if (!node || !node->attr)
                return -EINVAL;
        free(node->pinned);
        node->pinned = NULL;
        if (node->attr->set)
                return node->attr->set(&m->host, node, value);
        node->pinned = strdup(value);
        return node->pinned ? 0 : -ENOMEM;
}

static int command_clocksource(Machine *m, char *args)
{
        char *what = next_word(&args), *value = trim(args);

        if (!what)
                return -EINVAL;
        if (strcmp(what, "available") == 0)
                return clock_set_available(&m->host, value);
        if (strcmp(what, "current") == 0)
                return clock_set_current(&m->host, value);
        return -EINVAL;
}

static int command_cpu(Machine *m, char *args)
{
        char *cpu = next_word(&args), *what = next_word(&args);
        unsigned id;

        if (!cpu || !what || next_word(&args) || parse_unsigned(cpu, m->host.n_cpus - 1, &id) < 0)
                return -EINVAL;
        if (strcmp(what, "online") != 0 && strcmp(what, "offline") != 0)
                return -EINVAL;
        return cpu_set_online(&m->host, &m->host.cpus[id], strcmp(what, "online") == 0);
}

static int command_driver(Machine *m, char *args)
{
        char *what = next_word(&args), *which = next_word(&args);
        bool load;
        int r;

        if (!what || !which || next_word(&args) || strcmp(which, "cpufreq") != 0)
                return -EINVAL;
        load = strcmp(what, "load") == 0;
        if (!load && strcmp(what, "unload") != 0)
                return -EINVAL;
        r = host_load_cpufreq(&m->host, load);
        if (r >= 0 && load) {
                Node *dir = tree_find(&m->tree, "cpu/cpufreq");

                for (size_t i = 0; i < dir->n_children; i++)
                        tree_renumber(&m->tree, dir->children[i]);
        }
        return r;
}

int machine_command(Machine *m, char *line)
{
        const char *ignored;
        char *args = line, *verb = next_word(&args);

        if (!verb)
                return 0;
        if (strcmp(verb, "kmsg") == 0)
                return command_kmsg(m, args);
        if (strcmp(verb, "set") == 0)
                return command_set(m, args);
        if (strcmp(verb, "clocksource") == 0)
                return command_clocksource(m, args);
        if (strcmp(verb, "cpu") == 0)
                return command_cpu(m, args);
        if (strcmp(verb, "driver") == 0)
                return command_driver(m, args);
        if (strcmp(verb, "fault") == 0)
                return machine_add_fault(m, args, &ignored);
        if (strcmp(verb, "delay") == 0)
                return machine_add_delay(m, args, &ignored);
        args = trim(args);
        if (strcmp(verb, "mark-tsc") == 0 && *args != '\0') {
                clock_mark_tsc(&m->host, args);
                return 0;
        }
        if (*args != '\0')
                return -EINVAL;
        if (strcmp(verb, "tick") == 0)
                host_tick(&m->host);
        else if (strcmp(verb, "clear-faults") == 0)
                machine_clear_faults(m);
        else
                return -EINVAL;
        return 0;
}
