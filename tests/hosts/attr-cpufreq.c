/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * cpufreq/policyN as drivers/cpufreq/cpufreq.c of 6.1 shows it.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "text.h"
#include "tree.h"

static int show_number(FILE *out, uint64_t v)
{
        fprintf(out, "%llu\n", (unsigned long long)v);
        return 0;
}

static int show_affected(Host *host, const Node *node, FILE *out)
{
        const char *blank = "";

        for (size_t i = 0; i < node->policy->n_cpus; i++)
                if (host->cpus[node->policy->cpus[i]].online) {
                        fprintf(out, "%s%u", blank, node->policy->cpus[i]);
                        blank = " ";
                }
        fputc('\n', out);
        return 0;
}

static int show_related(Host *host, const Node *node, FILE *out)
{
        (void)host;
        for (size_t i = 0; i < node->policy->n_cpus; i++)
                fprintf(out, "%s%u", i ? " " : "", node->policy->cpus[i]);
        fputc('\n', out);
        return 0;
}

static int show_driver(Host *host, const Node *node, FILE *out)
{
        (void)host;
        fprintf(out, "%s\n", node->policy->driver);
        return 0;
}

static int show_hw_min(Host *host, const Node *node, FILE *out)
{
        (void)host;
        return show_number(out, node->policy->hw_min);
}

static int show_hw_max(Host *host, const Node *node, FILE *out)
{
        (void)host;
        return show_number(out, node->policy->hw_max);
}

static int show_hw_cur(Host *host, const Node *node, FILE *out)
{
        return show_number(out, policy_read_hardware(host, node->policy));
}

static int show_latency(Host *host, const Node *node, FILE *out)
{
        (void)host;
        return show_number(out, node->policy->latency_ns);
}

static int show_cur(Host *host, const Node *node, FILE *out)
{
        (void)host;
        return show_number(out, node->policy->cur);
}

static int set_cur(Host *host, Node *node, const char *value)
{
        (void)host;
        return parse_unsigned(value, UINT_MAX, &node->policy->cur);
}

static int show_min(Host *host, const Node *node, FILE *out)
{
        (void)host;
        return show_number(out, node->policy->min);
}

static int show_max(Host *host, const Node *node, FILE *out)
{
        (void)host;
        return show_number(out, node->policy->max);
}

static int store_limit(Host *host, Node *node, const char *value, bool is_max)
{
        uint64_t khz;
        int r = kernel_parse_uint(value, 0, UINT64_MAX, &khz);

        if (r < 0)
                return r;
        /* freq_qos_update_request() takes an s32. */
        if (khz > INT_MAX)
                return -EINVAL;
        return policy_write_limit(host, node->policy, is_max, (unsigned)khz);
}

static int store_min(Host *host, Node *node, const char *value, size_t len)
{
        (void)len;
        return store_limit(host, node, value, false);
}

static int store_max(Host *host, Node *node, const char *value, size_t len)
{
        (void)len;
        return store_limit(host, node, value, true);
}

static int set_limit(Host *host, Node *node, const char *value, bool is_max)
{
        unsigned khz;
        int r = parse_unsigned(value, INT_MAX, &khz);

        if (r >= 0)
                policy_cap_limit(host, node->policy, is_max, khz);
        return r;
}

static int set_min(Host *host, Node *node, const char *value)
{
        return set_limit(host, node, value, false);
}

static int set_max(Host *host, Node *node, const char *value)
{
        return set_limit(host, node, value, true);
}

static int show_governor(Host *host, const Node *node, FILE *out)
{
        (void)host;
        fprintf(out, "%s\n", node->policy->governor);
        return 0;
}

static int store_governor(Host *host, Node *node, const char *value, size_t len)
{
        (void)len;
        return policy_write_governor(host, node->policy, value);
}

static int set_governor(Host *host, Node *node, const char *value)
{
        (void)host;
        if (*value == '\0' || strlen(value) >= GOVERNOR_LEN)
                return -EINVAL;
        strcpy(node->policy->governor, value);
        return 0;
}

static int show_governors(Host *host, const Node *node, FILE *out)
{
        if (node->policy->setpolicy)
                fputs("performance powersave", out);
        else
                names_print(out, &host->governors);
        fputc('\n', out);
        return 0;
}

static int show_freqs(Host *host, const Node *node, FILE *out)
{
        (void)host;
        for (size_t i = node->policy->n_freqs; i > 0; i--)
                fprintf(out, "%u ", node->policy->freqs[i - 1]);
        fputc('\n', out);
        return 0;
}

static int show_setspeed(Host *host, const Node *node, FILE *out)
{
        (void)host;
        if (strcmp(node->policy->governor, "userspace") == 0)
                return show_number(out, node->policy->cur);
        fputs("<unsupported>\n", out);
        return 0;
}

static int store_setspeed(Host *host, Node *node, const char *value, size_t len)
{
        unsigned khz;

        (void)len;
        if (sscanf(value, "%9u", &khz) != 1)
                return -EINVAL;
        return policy_write_setspeed(host, node->policy, khz);
}

static int show_total_trans(Host *host, const Node *node, FILE *out)
{
        (void)host;
        return show_number(out, node->policy->total_trans);
}

static int store_reset(Host *host, Node *node, const char *value, size_t len)
{
        (void)host;
        (void)value;
        (void)len;
        node->policy->total_trans = 0;
        return 0;
}

static bool is_performance(const Policy *p)
{
        return p->setpolicy && strcmp(p->governor, "performance") == 0;
}

static int show_epp(Host *host, const Node *node, FILE *out)
{
        (void)host;
        fprintf(out, "%s\n", is_performance(node->policy) ? "performance" : node->policy->epp);
        return 0;
}

static int store_epp(Host *host, Node *node, const char *value, size_t len)
{
        NameList known = {};
        char name[21];
        uint64_t raw;
        bool found;
        int r;

        (void)host;
        (void)len;
        if (sscanf(value, "%20s", name) != 1)
                return -EINVAL;
        r = names_split(&known, node->policy->epps, ", ");
        found = r >= 0 && names_find(&known, name) >= 0;
        names_done(&known);
        if (r < 0)
                return r;
        if (!found && kernel_parse_uint(name, 10, 255, &raw) < 0)
                return -EINVAL;
        /* intel_pstate and amd-pstate in active mode hold EPP at performance under that policy. */
        if (is_performance(node->policy) && strcmp(name, "performance") != 0 && strcmp(name, "0") != 0)
                return -EBUSY;
        return replace_string(&node->policy->epp, name);
}

static int show_epps(Host *host, const Node *node, FILE *out)
{
        NameList known = {};
        int r = names_split(&known, node->policy->epps, ", ");

        (void)host;
        names_print(out, &known);
        names_done(&known);
        fputc('\n', out);
        return r;
}

static const Attr policy_attrs[] = {
        { .name = "affected_cpus", .mode = 0444, .show = show_affected },
        { .name = "related_cpus", .mode = 0444, .show = show_related },
        { .name = "scaling_driver", .mode = 0444, .show = show_driver },
        { .name = "cpuinfo_min_freq", .mode = 0444, .show = show_hw_min },
        { .name = "cpuinfo_max_freq", .mode = 0444, .show = show_hw_max },
        { .name = "cpuinfo_transition_latency", .mode = 0444, .show = show_latency },
        { .name = "scaling_cur_freq", .mode = 0444, .show = show_cur, .set = set_cur },
        { .name = "scaling_min_freq", .mode = 0644, .show = show_min, .store = store_min, .set = set_min },
        { .name = "scaling_max_freq", .mode = 0644, .show = show_max, .store = store_max, .set = set_max },
        { .name = "scaling_governor",
          .mode = 0644,
          .show = show_governor,
          .store = store_governor,
          .set = set_governor },
        { .name = "scaling_available_governors", .mode = 0444, .show = show_governors },
        { .name = "scaling_setspeed", .mode = 0644, .show = show_setspeed, .store = store_setspeed },
};

/* Only drivers with ->get. */
static const Attr hw_cur_attr = { .name = "cpuinfo_cur_freq", .mode = 0400, .show = show_hw_cur };

static const Attr freqs_attr = { .name = "scaling_available_frequencies", .mode = 0444, .show = show_freqs };

static const Attr stats_attrs[] = {
        { .name = "total_trans", .mode = 0444, .show = show_total_trans },
        { .name = "reset", .mode = 0200, .store = store_reset },
};

static const Attr epp_attrs[] = {
        { .name = "energy_performance_preference", .mode = 0644, .show = show_epp, .store = store_epp },
        { .name = "energy_performance_available_preferences", .mode = 0444, .show = show_epps },
};

int attr_add_policy(Tree *tree, Node *dir, Policy *policy)
{
        Node *stats;

        dir->policy = policy;
        if (tree_add_attrs(tree, dir, policy_attrs) < 0)
                return -ENOMEM;
        if (!policy->setpolicy && !tree_add_attr(tree, dir, &hw_cur_attr))
                return -ENOMEM;
        if (policy->epps && tree_add_attrs(tree, dir, epp_attrs) < 0)
                return -ENOMEM;
        if (policy->n_freqs == 0)
                return 0;
        /* Both exist only where the driver has a frequency table. */
        stats = tree_add(tree, dir, "stats", NODE_DIR, 0755);
        if (!stats || !tree_add_attr(tree, dir, &freqs_attr))
                return -ENOMEM;
        return tree_add_attrs(tree, stats, stats_attrs);
}
