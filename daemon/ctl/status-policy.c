/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/status-policy.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/cpuset.h"
#include "ctl/json.h"
#include "ctl/status-lines.h"
#include "show/print.h"

/* How many groups of CPUs with equal state are shown. */
#define GROUPS_SHOWN 4
/* Longer lists of CPUs are cut; --json has the whole lists. */
#define LIST_COLUMNS 60

/* Returns the list, or its beginning and the number of CPUs if it is long. Heap string owned by the caller, NULL when
 * out of memory. */
static char *shorten_list(const char *list)
{
        _cleanup_cpuset_ CpuSet set = {};
        int end = LIST_COLUMNS;

        if (strlen(list) <= LIST_COLUMNS || cpuset_parse(list, &set) < 0)
                return strdup(list);
        while (end > 0 && list[end - 1] != ',')
                end--;
        return text_format("%.*s... (%u CPUs)", end, list, cpuset_count(&set));
}

static bool same_text(struct json_object *a, struct json_object *b, const char *key)
{
        return strcmp(json_get_text(a, key), json_get_text(b, key)) == 0;
}

static bool cpus_alike(struct json_object *a, struct json_object *b)
{
        static const char *const keys[] = {
                "State", "Driver", "Governor", "WantedGovernor", "IdleDriver", "LastError"
        };
        struct json_object *a_states = json_get_list(a, "IdleStates"), *b_states = json_get_list(b, "IdleStates");

        for (unsigned i = 0; i < ARRAY_SIZE(keys); i++)
                if (!same_text(a, b, keys[i]))
                        return false;
        if (json_length(a_states) != json_length(b_states))
                return false;
        for (size_t i = 0; i < json_length(a_states); i++) {
                struct json_object *a_state = json_object_array_get_idx(a_states, i);
                struct json_object *b_state = json_object_array_get_idx(b_states, i);

                if (json_get_flag(a_state, "Disabled") != json_get_flag(b_state, "Disabled") ||
                    !same_text(a_state, b_state, "Name"))
                        return false;
        }
        return true;
}

/* Returns the line about CPUs that are like `cpu`. Heap string owned by the caller, NULL when out of memory. */
static char *format_group(struct json_object *cpu, const CpuSet *ids)
{
        _cleanup_free_ char *list = cpuset_format(ids), *shown = list ? shorten_list(list) : NULL;
        struct json_object *states = json_get_list(cpu, "IdleStates");
        const char *governor = json_get_text(cpu, "Governor"), *wanted = json_get_text(cpu, "WantedGovernor");
        const char *separator = " without ";
        char *text = NULL;
        size_t size;
        FILE *out;

        out = shown ? open_memstream(&text, &size) : NULL;
        if (!out)
                return NULL;
        fprintf(out, "CPU%s %s %s: %s", cpuset_count(ids) == 1 ? "" : "s", shown, json_get_text(cpu, "State"),
                json_get_text_or(cpu, "Driver", "no cpufreq"));
        if (governor[0])
                fprintf(out, " %s", governor);
        if (wanted[0] && strcmp(governor, wanted) != 0)
                fprintf(out, " (wanted: %s)", wanted);
        fprintf(out, ", %s", json_get_text_or(cpu, "IdleDriver", "no cpuidle"));
        for (size_t i = 0; i < json_length(states); i++) {
                struct json_object *state = json_object_array_get_idx(states, i);

                if (!json_get_flag(state, "Disabled"))
                        continue;
                fprintf(out, "%s%s", separator, json_get_text(state, "Name"));
                separator = " ";
        }
        if (json_get_text(cpu, "LastError")[0])
                fprintf(out, "; %s", json_get_text(cpu, "LastError"));
        return text_finish(out, &text);
}

/* Collects the CPUs that are like the first one of them that is not shown yet. -ENOMEM: not all of them. */
static int collect_alike(struct json_object *cpus, size_t first, bool *shown, CpuSet *ids)
{
        struct json_object *like = json_object_array_get_idx(cpus, first);

        for (size_t i = first; i < json_length(cpus); i++) {
                struct json_object *cpu = json_object_array_get_idx(cpus, i);

                if (shown[i] || !cpus_alike(like, cpu))
                        continue;
                shown[i] = true;
                /* A number that is too large for a CPU is not shown. */
                if (cpuset_add(ids, json_get_number(cpu, "Id")) == -ENOMEM)
                        return -ENOMEM;
        }
        return 0;
}

static void show_cpus(FILE *out, struct json_object *cpus)
{
        _cleanup_free_ bool *shown = calloc(json_length(cpus) + 1, sizeof(bool));
        unsigned n = 0;

        for (size_t i = 0; i < json_length(cpus); i++) {
                _cleanup_free_ char *group = NULL;
                _cleanup_cpuset_ CpuSet ids = {};

                if (shown && shown[i])
                        continue;
                if (n++ == GROUPS_SHOWN) {
                        status_text(out, "", "... and more: tscwarden status --json");
                        return;
                }
                if (shown && collect_alike(cpus, i, shown, &ids) == 0)
                        group = format_group(json_object_array_get_idx(cpus, i), &ids);
                status_text(out, "", group);
                if (!group)
                        return;
        }
}

void status_show_policy(FILE *out, const WardenState *state, bool color)
{
        struct json_object *manager = state->manager;
        const char *name = json_get_text_or(manager, "State", "unknown"),
                   *contested = json_get_text(manager, "ContestedCpus");
        _cleanup_free_ char *contested_list = shorten_list(contested);
        bool not_yet = strcmp(name, "waiting") == 0;
        uint64_t drifts = json_get_number(manager, "DriftCount");
        char line[96];

        snprintf(line, sizeof(line), "%s%s", name, contested[0] ? ", contested" : "");
        status_headline(out, color, "Policy", not_yet || warden_policy_is_wrong(state) ? STATUS_YELLOW : STATUS_GREEN,
                        line);
        status_text(out, "", json_get_text(manager, "StateReason"));
        if (json_get_text(manager, "ManagedCpus")[0])
                show_cpus(out, state->cpus);
        if (contested[0])
                print_format(out, "", STATUS_INDENT, "Contested CPUs (others keep writing there): %s",
                             contested_list ? contested_list : PRINT_NO_MEMORY);
        if (drifts > 0)
                print_format(out, "", STATUS_INDENT, "Changed by others: %" PRIu64 " time%s", drifts,
                             drifts == 1 ? "" : "s");
}
