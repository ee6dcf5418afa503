/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * clocksource0 and what is bound over /proc.
 */
#include <errno.h>
#include <string.h>

#include "text.h"
#include "tree.h"

static int show_current(Host *host, const Node *node, FILE *out)
{
        (void)node;
        fprintf(out, "%s\n", host->clocksource);
        return 0;
}

static int show_available(Host *host, const Node *node, FILE *out)
{
        (void)node;
        names_print(out, &host->clocksources);
        fputc('\n', out);
        return 0;
}

/* sysfs_get_uname(): CS_NAME_LEN counts the newline, and no other blank is cut. */
static int get_uname(const char *value, size_t len, char name[32])
{
        if (len == 0 || len >= 32)
                return -EINVAL;
        if (value[len - 1] == '\n')
                len--;
        memcpy(name, value, len);
        name[len] = '\0';
        return 0;
}

static int store_current(Host *host, Node *node, const char *value, size_t len)
{
        char name[32];
        int r = get_uname(value, len, name);

        (void)node;
        if (r >= 0)
                clock_override(host, name);
        return r;
}

static int set_current(Host *host, Node *node, const char *value)
{
        (void)node;
        return clock_set_current(host, value);
}

static int set_available(Host *host, Node *node, const char *value)
{
        (void)node;
        return clock_set_available(host, value);
}

static int store_unbind(Host *host, Node *node, const char *value, size_t len)
{
        char name[32];
        int r = get_uname(value, len, name);

        (void)node;
        return r < 0 ? r : clock_unbind(host, name);
}

static const Attr clock_attrs[] = {
        { .name = "available_clocksource", .mode = 0444, .show = show_available, .set = set_available },
        { .name = "current_clocksource",
          .mode = 0644,
          .show = show_current,
          .store = store_current,
          .set = set_current },
        { .name = "unbind_clocksource", .mode = 0200, .store = store_unbind },
};

int attr_add_clocksource(Tree *tree, Node *dir)
{
        return tree_add_attrs(tree, dir, clock_attrs);
}

static int show_cpuinfo(Host *host, const Node *node, FILE *out)
{
        unsigned per_package = (host->n_cpus + host->packages - 1) / host->packages;

        (void)node;
        for (unsigned i = 0; i < host->n_cpus; i++) {
                const Cpu *c = &host->cpus[i];
                bool moves = c->policy && policy_is_active(host, c->policy);

                if (!c->online)
                        continue;
                fprintf(out,
                        "processor\t: %u\n"
                        "vendor_id\t: %s\n"
                        "cpu family\t: %s\n"
                        "model\t\t: %s\n"
                        "model name\t: %s\n"
                        "stepping\t: %s\n",
                        i, host->vendor, host->family, host->model, host->model_name, host->stepping);
                if (host->microcode)
                        fprintf(out, "microcode\t: %s\n", host->microcode);
                fprintf(out,
                        "cpu MHz\t\t: %.3f\n"
                        "cache size\t: 1024 KB\n"
                        "physical id\t: %u\n"
                        "siblings\t: %u\n"
                        "core id\t\t: %u\n"
                        "cpu cores\t: %u\n"
                        "apicid\t\t: %u\n"
                        "initial apicid\t: %u\n"
                        "fpu\t\t: yes\n"
                        "fpu_exception\t: yes\n"
                        "cpuid level\t: 1\n"
                        "wp\t\t: yes\n"
                        "flags\t\t: %s\n"
                        "bugs\t\t: %s\n"
                        "bogomips\t: %.2f\n"
                        "clflush size\t: 64\n"
                        "cache_alignment\t: 64\n"
                        "address sizes\t: 40 bits physical, 48 bits virtual\n"
                        "power management:\n\n",
                        moves ? c->policy->cur / 1000.0 : host->mhz, i / per_package, per_package,
                        i % per_package / host->threads, per_package / host->threads, i, i, cpu_flags(host, c),
                        host->bugs, host->mhz * 2);
        }
        return 0;
}

static int show_cmdline(Host *host, const Node *node, FILE *out)
{
        (void)node;
        fprintf(out, "%s\n", host->cmdline);
        return 0;
}

static int show_nodes(Host *host, const Node *node, FILE *out)
{
        (void)node;
        fprintf(out, "%s\n", host->nodes ? host->nodes : "0");
        return 0;
}

static const Attr proc_attrs[] = {
        { .name = "cpuinfo", .mode = 0444, .show = show_cpuinfo },
        { .name = "cmdline", .mode = 0444, .show = show_cmdline },
        { .name = "nodes", .mode = 0444, .show = show_nodes },
};

int attr_add_proc(Tree *tree, Node *dir)
{
        return tree_add_attrs(tree, dir, proc_attrs);
}
