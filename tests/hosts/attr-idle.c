/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * cpuidle as drivers/cpuidle/sysfs.c of 6.1 shows it.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "text.h"
#include "tree.h"

static int show_idle_driver(Host *host, const Node *node, FILE *out)
{
        (void)node;
        fprintf(out, "%s\n", host->idle_driver);
        return 0;
}

static int show_idle_governor(Host *host, const Node *node, FILE *out)
{
        (void)node;
        fprintf(out, "%s\n", host->idle_governor);
        return 0;
}

static int store_idle_governor(Host *host, Node *node, const char *value, size_t len)
{
        char name[17];

        (void)node;
        (void)len;
        if (sscanf(value, "%16s", name) != 1 || names_find(&host->idle_governors, name) < 0)
                return -EINVAL;
        return replace_string(&host->idle_governor, name);
}

static int show_idle_governors(Host *host, const Node *node, FILE *out)
{
        (void)node;
        names_print(out, &host->idle_governors);
        fputc('\n', out);
        return 0;
}

static const Attr idle_root_attrs[] = {
        { .name = "available_governors", .mode = 0444, .show = show_idle_governors },
        { .name = "current_driver", .mode = 0444, .show = show_idle_driver },
        { .name = "current_governor", .mode = 0644, .show = show_idle_governor, .store = store_idle_governor },
        { .name = "current_governor_ro", .mode = 0444, .show = show_idle_governor },
};

static int show_state_name(Host *host, const Node *node, FILE *out)
{
        (void)host;
        fprintf(out, "%s\n", node->state->name);
        return 0;
}

static int show_state_desc(Host *host, const Node *node, FILE *out)
{
        (void)host;
        fprintf(out, "%s\n", node->state->desc);
        return 0;
}

static int show_state_latency(Host *host, const Node *node, FILE *out)
{
        (void)host;
        fprintf(out, "%u\n", node->state->latency);
        return 0;
}

static int show_state_residency(Host *host, const Node *node, FILE *out)
{
        (void)host;
        fprintf(out, "%u\n", node->state->residency);
        return 0;
}

static int show_state_power(Host *host, const Node *node, FILE *out)
{
        (void)host;
        /* POLL's -1, printed as unsigned (drivers/cpuidle/poll_state.c). */
        fprintf(out, "%u\n", strcmp(node->state->name, "POLL") == 0 ? UINT_MAX : 0U);
        return 0;
}

static int show_state_usage(Host *host, const Node *node, FILE *out)
{
        (void)host;
        fprintf(out, "%llu\n", (unsigned long long)node->state->usage);
        return 0;
}

static int show_state_time(Host *host, const Node *node, FILE *out)
{
        (void)host;
        fprintf(out, "%llu\n", (unsigned long long)node->state->time);
        return 0;
}

static int show_zero(Host *host, const Node *node, FILE *out)
{
        (void)host;
        (void)node;
        fputs("0\n", out);
        return 0;
}

static int show_state_disable(Host *host, const Node *node, FILE *out)
{
        (void)host;
        fprintf(out, "%d\n", node->state->disabled);
        return 0;
}

static int store_state_disable(Host *host, Node *node, const char *value, size_t len)
{
        uint64_t v;
        int r = kernel_parse_uint(value, 0, UINT_MAX, &v);

        (void)host;
        (void)len;
        if (r < 0)
                return r;
        node->state->disabled = v != 0;
        return 0;
}

static int set_state_disable(Host *host, Node *node, const char *value)
{
        return store_state_disable(host, node, value, strlen(value));
}

static int show_state_default(Host *host, const Node *node, FILE *out)
{
        (void)host;
        fputs(node->state->off ? "disabled\n" : "enabled\n", out);
        return 0;
}

static const Attr state_attrs[] = {
        { .name = "name", .mode = 0444, .show = show_state_name },
        { .name = "desc", .mode = 0444, .show = show_state_desc },
        { .name = "latency", .mode = 0444, .show = show_state_latency },
        { .name = "residency", .mode = 0444, .show = show_state_residency },
        { .name = "power", .mode = 0444, .show = show_state_power },
        { .name = "usage", .mode = 0444, .show = show_state_usage },
        { .name = "time", .mode = 0444, .show = show_state_time },
        { .name = "above", .mode = 0444, .show = show_zero },
        { .name = "below", .mode = 0444, .show = show_zero },
        { .name = "rejected", .mode = 0444, .show = show_zero },
        { .name = "disable",
          .mode = 0644,
          .show = show_state_disable,
          .store = store_state_disable,
          .set = set_state_disable,
          .needs_admin = true },
        { .name = "default_status", .mode = 0444, .show = show_state_default },
};

int attr_add_idle(Tree *tree, Node *dir, Cpu *cpu)
{
        Node *idle, *node;
        char name[32];

        if (cpu->n_states == 0)
                return 0;
        idle = tree_add(tree, dir, "cpuidle", NODE_DIR, 0755);
        for (size_t i = 0; idle && i < cpu->n_states; i++) {
                snprintf(name, sizeof(name), "state%zu", i);
                node = tree_add(tree, idle, name, NODE_DIR, 0755);
                if (!node)
                        return -ENOMEM;
                node->state = &cpu->states[i];
                if (tree_add_attrs(tree, node, state_attrs) < 0)
                        return -ENOMEM;
        }
        return idle ? 0 : -ENOMEM;
}

int attr_add_idle_root(Tree *tree, Node *dir)
{
        Node *idle = tree_add(tree, dir, "cpuidle", NODE_DIR, 0755);

        return idle ? tree_add_attrs(tree, idle, idle_root_attrs) : -ENOMEM;
}
