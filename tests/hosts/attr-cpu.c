/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * /sys/devices/system/cpu: hotplug, energy bias, and the tree around cpufreq and cpuidle.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "tree.h"

static bool member_any(const Host *host, unsigned cpu)
{
        (void)host;
        (void)cpu;
        return true;
}

static bool member_online(const Host *host, unsigned cpu)
{
        return host->cpus[cpu].online;
}

static bool member_offline(const Host *host, unsigned cpu)
{
        return !host->cpus[cpu].online;
}

static int show_all(Host *host, const Node *node, FILE *out)
{
        (void)node;
        print_cpu_list(out, host, member_any);
        fputc('\n', out);
        return 0;
}

static int show_online_list(Host *host, const Node *node, FILE *out)
{
        (void)node;
        print_cpu_list(out, host, member_online);
        fputc('\n', out);
        return 0;
}

static int show_offline_list(Host *host, const Node *node, FILE *out)
{
        (void)node;
        print_cpu_list(out, host, member_offline);
        fputc('\n', out);
        return 0;
}

static int show_kernel_max(Host *host, const Node *node, FILE *out)
{
        (void)host;
        (void)node;
        fputs("8191\n", out);
        return 0;
}

static const Attr root_attrs[] = {
        { .name = "possible", .mode = 0444, .show = show_all },
        { .name = "present", .mode = 0444, .show = show_all },
        { .name = "online", .mode = 0444, .show = show_online_list },
        { .name = "offline", .mode = 0444, .show = show_offline_list },
        { .name = "kernel_max", .mode = 0444, .show = show_kernel_max },
};

static int show_cpu_online(Host *host, const Node *node, FILE *out)
{
        (void)host;
        fprintf(out, "%d\n", node->cpu->online);
        return 0;
}

static int store_cpu_online(Host *host, Node *node, const char *value, size_t len)
{
        bool online;
        int r = kernel_parse_bool(value, &online);

        (void)len;
        return r < 0 ? r : cpu_set_online(host, node->cpu, online);
}

static const Attr online_attr = { .name = "online", .mode = 0644, .show = show_cpu_online, .store = store_cpu_online };

static int show_uevent(Host *host, const Node *node, FILE *out)
{
        (void)node;
        fprintf(out, "DRIVER=processor\nMODALIAS=cpu:type:x86,ven0000fam%04Xmod%04X:feature:\n",
                (unsigned)atoi(host->family), (unsigned)atoi(host->model));
        return 0;
}

static int store_uevent(Host *host, Node *node, const char *value, size_t len)
{
        static const char *const actions[] = {
                "add", "remove", "change", "move", "online", "offline", "bind", "unbind"
        };

        (void)host;
        (void)node;
        (void)len;
        for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
                size_t n = strlen(actions[i]);

                if (strncmp(value, actions[i], n) == 0 && strchr(" \n", value[n]))
                        return 0;
        }
        return -EINVAL;
}

static const Attr uevent_attr = { .name = "uevent", .mode = 0644, .show = show_uevent, .store = store_uevent };

static int show_epb(Host *host, const Node *node, FILE *out)
{
        (void)host;
        fprintf(out, "%d\n", node->cpu->epb);
        return 0;
}

static int store_epb(Host *host, Node *node, const char *value, size_t len)
{
        static const struct {
                const char *name;
                int value;
        } names[] = { { "performance", 0 },
                      { "balance-performance", 4 },
                      { "normal", 6 },
                      { "balance-power", 8 },
                      { "power", 15 } };
        size_t n = strcspn(value, "\n");
        uint64_t v;

        (void)host;
        (void)len;
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                if (strlen(names[i].name) == n && strncmp(value, names[i].name, n) == 0) {
                        node->cpu->epb = names[i].value;
                        return 0;
                }
        if (kernel_parse_uint(value, 0, 15, &v) < 0)
                return -EINVAL;
        node->cpu->epb = (int)v;
        return 0;
}

static const Attr epb_attr = { .name = "energy_perf_bias", .mode = 0644, .show = show_epb, .store = store_epb };

static int show_resume_latency(Host *host, const Node *node, FILE *out)
{
        (void)host;
        if (node->cpu->resume_latency < 0)
                fputs("n/a\n", out);
        else
                fprintf(out, "%d\n", node->cpu->resume_latency);
        return 0;
}

static int store_resume_latency(Host *host, Node *node, const char *value, size_t len)
{
        uint64_t v;

        (void)host;
        (void)len;
        if (strcmp(value, "n/a") == 0 || strcmp(value, "n/a\n") == 0) {
                node->cpu->resume_latency = -1;
                return 0;
        }
        if (kernel_parse_uint(value, 0, INT_MAX - 1, &v) < 0)
                return -EINVAL;
        node->cpu->resume_latency = (int)v;
        return 0;
}

static const Attr resume_attr = {
        .name = "pm_qos_resume_latency_us", .mode = 0644, .show = show_resume_latency, .store = store_resume_latency
};

static bool present_online(const Host *host, const Node *node)
{
        (void)host;
        return node->cpu->online;
}

static unsigned package_of(const Host *host, unsigned cpu)
{
        return cpu / ((host->n_cpus + host->packages - 1) / host->packages);
}

static int show_package(Host *host, const Node *node, FILE *out)
{
        fprintf(out, "%u\n", package_of(host, node->cpu->id));
        return 0;
}

static int show_siblings(Host *host, const Node *node, FILE *out)
{
        const char *separator = "";

        for (unsigned i = 0; i < host->n_cpus; i++) {
                unsigned first = i;

                while (i < host->n_cpus && host->cpus[i].online &&
                       package_of(host, i) == package_of(host, node->cpu->id))
                        i++;
                if (i == first)
                        continue;
                fprintf(out, "%s%u-%u", separator, first, i - 1);
                separator = ",";
        }
        fputc('\n', out);
        return 0;
}

static int show_core(Host *host, const Node *node, FILE *out)
{
        fprintf(out, "%u\n", node->cpu->id % ((host->n_cpus + host->packages - 1) / host->packages) / host->threads);
        return 0;
}

static const Attr topology_attrs[] = {
        { .name = "physical_package_id", .mode = 0444, .show = show_package },
        { .name = "core_siblings_list", .mode = 0444, .show = show_siblings },
        { .name = "core_id", .mode = 0444, .show = show_core },
};

static bool present_cpufreq(const Host *host, const Node *node)
{
        (void)node;
        return host->cpufreq_loaded;
}

int attr_add_cpu(Tree *tree, Node *dir, Cpu *cpu)
{
        Node *power, *node;

        dir->cpu = cpu;
        if (!tree_add_attr(tree, dir, &uevent_attr) || (cpu->id != 0 && !tree_add_attr(tree, dir, &online_attr)))
                return -ENOMEM;
        power = tree_add(tree, dir, "power", NODE_DIR, 0755);
        if (!power || !tree_add_attr(tree, power, &resume_attr))
                return -ENOMEM;
        node = tree_add(tree, dir, "topology", NODE_DIR, 0755);
        if (!node || tree_add_attrs(tree, node, topology_attrs) < 0)
                return -ENOMEM;
        node->present = present_online;
        if (cpu->epb >= 0) {
                node = tree_add_attr(tree, power, &epb_attr);
                if (!node)
                        return -ENOMEM;
                /* intel_epb.c merges and unmerges its group as the CPU comes and goes. */
                node->present = present_online;
        }
        if (cpu->policy) {
                node = tree_add(tree, dir, "cpufreq", NODE_LINK, 0777);
                if (!node || asprintf(&node->link, "../cpufreq/policy%u", cpu->policy->id) < 0)
                        return -ENOMEM;
                node->present = present_cpufreq;
        }
        return attr_add_idle(tree, dir, cpu);
}

int attr_add_cpu_root(Tree *tree, Node *dir)
{
        Host *host = tree->host;
        Node *cpufreq = tree_add(tree, dir, "cpufreq", NODE_DIR, 0755);
        Node *node;
        char name[32];

        if (!cpufreq || tree_add_attrs(tree, dir, root_attrs) < 0 || attr_add_idle_root(tree, dir) < 0)
                return -ENOMEM;
        for (size_t i = 0; i < host->n_policies; i++) {
                snprintf(name, sizeof(name), "policy%u", host->policies[i]->id);
                node = tree_add(tree, cpufreq, name, NODE_DIR, 0755);
                if (!node || attr_add_policy(tree, node, host->policies[i]) < 0)
                        return -ENOMEM;
                node->present = present_cpufreq;
        }
        for (unsigned i = 0; i < host->n_cpus; i++) {
                snprintf(name, sizeof(name), "cpu%u", i);
                node = tree_add(tree, dir, name, NODE_DIR, 0755);
                if (!node || attr_add_cpu(tree, node, &host->cpus[i]) < 0)
                        return -ENOMEM;
        }
        return 0;
}
