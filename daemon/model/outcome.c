/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/outcome.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "model/frequency.h"

/* A reason has to fit on one screen; the journal has every finding. */
#define SENTENCES_MAX 3U

const char *policy_state_to_string(PolicyState state)
{
        static const char *const names[] = {
                [POLICY_STATE_NOT_NEEDED] = "not-needed", [POLICY_STATE_WAITING] = "waiting",
                [POLICY_STATE_APPLIED] = "applied",       [POLICY_STATE_DEGRADED] = "degraded",
                [POLICY_STATE_DISABLED] = "disabled",     [POLICY_STATE_RESTORED] = "restored",
        };

        return names[state];
}

static unsigned count_findings(const OutcomeInput *input, bool (*counts)(FindingKind kind))
{
        unsigned n = 0;

        for (unsigned i = 0; i < input->findings->n; i++)
                n += counts(input->findings->entries[i].kind);
        return n;
}

static int print_findings(FILE *out, const OutcomeInput *input, bool (*counts)(FindingKind kind))
{
        unsigned n = count_findings(input, counts), printed = 0;

        for (unsigned i = 0; i < input->findings->n; i++) {
                const Finding *finding = &input->findings->entries[i];
                _cleanup_free_ char *sentence = NULL;

                if (!counts(finding->kind) || printed == SENTENCES_MAX)
                        continue;
                sentence = finding_format(finding);
                if (!sentence)
                        return -ENOMEM;
                fprintf(out, "%s%s", printed++ ? " " : "", sentence);
        }
        if (n > printed)
                fprintf(out, " (And %u more.)", n - printed);
        return 0;
}

/* The first cpufreq policy whose governor changes the frequency by itself, or NULL. */
static const FreqDomain *find_moving(const OutcomeInput *input)
{
        for (unsigned i = 0; input->snapshot && input->halves.frequency && i < input->snapshot->n_domains; i++)
                if (frequency_moves(&input->snapshot->domains[i]))
                        return &input->snapshot->domains[i];
        return NULL;
}

/* " (GOVERNOR, /etc/x:3)": the line of this rule; "" for the built-in rule. */
static void print_rule_place(FILE *out, const PolicyRule *rule, PolicyKey key)
{
        if (rule && rule->file)
                fprintf(out, " (%s, %s:%u)", policy_key_to_string(key), rule->file, rule->lines[key]);
}

/* A policy whose governor changes the frequency does not keep the rate constant, whoever asked for it. A line is named
 * only if it asks for this governor. */
static void print_moving(FILE *out, const OutcomeInput *input, const FreqDomain *moving)
{
        int cpu = cpuset_next(&moving->cpus, 0);
        const PolicyRule *rule = NULL;
        CpuPolicy of_cpu;

        fprintf(out, " The governor %s", moving->governor);
        if (input->policy && cpu >= 0) {
                policy_for_cpu(input->policy, (unsigned)cpu, &of_cpu);
                rule = of_cpu.by[POLICY_GOVERNOR];
                if (!rule)
                        fputs(", which the configuration does not mention,", out);
        }
        if (rule && policy_rule_names_governor(rule, moving->governor))
                print_rule_place(out, rule, POLICY_GOVERNOR);
        fputs(" changes the frequency by itself, and the TSC of a CPU without constant_tsc follows it.", out);
}

/* The policy's own idle half lets CPUs enter a state in which the TSC may stop. */
static void print_deep(FILE *out, const OutcomeInput *input, const IdleState *deep, unsigned cpu)
{
        PolicyKey key = POLICY_MAX_CSTATE;
        CpuPolicy of_cpu = {};

        if (input->policy)
                policy_for_cpu(input->policy, cpu, &of_cpu);
        if (of_cpu.by[POLICY_IDLE_SET])
                key = POLICY_IDLE_SET;
        fprintf(out, " The C-state %s stays allowed", deep->name);
        print_rule_place(out, of_cpu.by[key], key);
        fputs(", and the TSC of a CPU without nonstop_tsc may stop in it.", out);
}

/* The price of a fixed frequency. */
static void print_price(FILE *out, const OutcomeInput *input)
{
        const FreqDomain *slowest = input->snapshot ? frequency_find_held_below(input->snapshot) : NULL;

        fputs(" The TSC still works, so the CPUs keep their frequency", out);
        if (slowest)
                fprintf(out, ", %" PRIu64 " MHz of %" PRIu64 " MHz, until the next boot", slowest->cur_khz / 1000,
                        slowest->hw_max_khz / 1000);
        fputs(".", out);
}

/* Where the policy leaves the TSC's rate to change, and whether it holds the frequency of a TSC that still lives. */
typedef struct Effects {
        const FreqDomain *moving; /* NULL: none */
        const IdleState *deep;
        unsigned deep_cpu;
        bool frozen;
} Effects;

static Effects find_effects(const OutcomeInput *input)
{
        Effects effects = { .moving = find_moving(input) };

        if (input->snapshot && input->halves.idle)
                effects.deep = snapshot_find_allowed_deep(input->snapshot, &effects.deep_cpu);
        effects.frozen = facts_tsc_is_fragile(input->facts) && input->halves.frequency && !effects.moving &&
                         (!input->snapshot || input->snapshot->n_domains > 0);
        for (unsigned i = 0; i < input->findings->n; i++)
                effects.frozen = effects.frozen && input->findings->entries[i].kind != FINDING_NOT_HELD;
        return effects;
}

static void print_effects(FILE *out, const OutcomeInput *input, const Effects *effects)
{
        if (effects->moving && !input->facts->constant_tsc && !input->facts->hypervisor)
                print_moving(out, input, effects->moving);
        if (effects->deep && !input->facts->nonstop_tsc && !input->facts->hypervisor)
                print_deep(out, input, effects->deep, effects->deep_cpu);
        if (effects->frozen)
                print_price(out, input);
}

static const char *name_halves(Halves halves)
{
        if (halves.frequency && halves.idle)
                return "frequency and idle";
        return halves.frequency ? "frequency" : "idle";
}

/* What a policy can still do after the TSC is lost; it cannot save it. */
static void print_lost(FILE *out, const OutcomeInput *input, const Effects *effects)
{
        if (facts_tsc_lives(input->facts) || input->facts->hypervisor)
                return;
        fputs(" The kernel had given up the TSC before, and it stays lost until the next boot", out);
        if (effects->moving || effects->deep)
                fputs(".", out);
        else if (input->halves.frequency)
                fputs(": the policy keeps the CPUs' frequency constant and cannot bring the TSC back.", out);
        else
                fputs(": the policy keeps the CPUs out of deep C-states and cannot bring the TSC back.", out);
}

static void print_applied(FILE *out, const OutcomeInput *input)
{
        const char *what = name_halves(input->halves);
        Effects effects = find_effects(input);

        if (input->n_knobs == 0)
                fprintf(out, "There is nothing to set for the %s policy.", what);
        else if (effects.moving || effects.deep)
                fprintf(out, "%u knob%s that the %s policy sets.", input->n_knobs,
                        input->n_knobs == 1 ? " has the value" : "s have the values", what);
        else
                fprintf(out, "%u knob%s the %s policy.", input->n_knobs, input->n_knobs == 1 ? " holds" : "s hold",
                        what);
        print_effects(out, input, &effects);
        print_lost(out, input, &effects);
        if (input->for_guests)
                fputs(input->guests_unknown ?
                              " The number of virtual machines is not known; some are assumed to run "
                              "(APPLY_WHEN=guests)." :
                              " It was applied after the first virtual machine had started (APPLY_WHEN=guests).",
                      out);
}

static void print_no_guests(FILE *out, const OutcomeInput *input)
{
        fputs("No virtual machine runs, and the policy waits for one (APPLY_WHEN=guests).", out);
        if (facts_tsc_is_fragile(input->facts))
                fputs(" Until then the first change of a CPU's frequency costs this host its TSC; APPLY_WHEN=always "
                      "would keep it.",
                      out);
}

/* Halves that would be applied if a driver loaded. */
static void print_without_driver(FILE *out, const OutcomeInput *input)
{
        Halves need = need_from_facts(input->facts), without = need_without_driver(input->facts);

        if (need.frequency && without.frequency)
                fputs(" cpufreq.off=1 on the kernel command line lets no cpufreq driver register: the frequency stays "
                      "as the firmware set it, and there is nothing to set.",
                      out);
        if (need.idle && without.idle)
                fputs(" cpuidle.off=1 or idle= on the kernel command line lets no cpuidle driver register: there are "
                      "no C-states to limit.",
                      out);
}

static void print_unused(FILE *out, const OutcomeInput *input)
{
        if (input->unused.frequency || input->unused.idle)
                fprintf(out,
                        " The configured %s policy is not applied: this host does not need it. With APPLY=always it is "
                        "applied in any case.",
                        name_halves(input->unused));
}

static int print_notes(FILE *out, const OutcomeInput *input)
{
        if (count_findings(input, finding_is_note) == 0)
                return 0;
        fputs(" ", out);
        return print_findings(out, input, finding_is_note);
}

/* First the reasons why the policy is not in force, then what is in force nevertheless. */
static int print_obstacles(FILE *out, const OutcomeInput *input, bool (*counts)(FindingKind kind))
{
        Effects effects = find_effects(input);
        int r = print_findings(out, input, counts);

        if (r < 0)
                return r;
        print_effects(out, input, &effects);
        return print_notes(out, input);
}

static int print_reason(FILE *out, const OutcomeInput *input, PolicyState state, const char *summary)
{
        _cleanup_free_ char *need = NULL;
        int r = 0;

        switch (state) {
        case POLICY_STATE_DISABLED:
                fputs("APPLY=never.", out);
                return 0;
        case POLICY_STATE_NOT_NEEDED:
                need = need_reason(input->facts);
                if (!need)
                        return -ENOMEM;
                fputs(need, out);
                break;
        case POLICY_STATE_DEGRADED:
                r = print_obstacles(out, input, finding_is_degraded);
                break;
        case POLICY_STATE_WAITING:
                if (input->no_guests)
                        print_no_guests(out, input);
                else
                        r = print_obstacles(out, input, finding_is_waiting);
                break;
        default:
                fputs(summary, out);
                r = print_notes(out, input);
        }
        if (r < 0)
                return r;
        print_without_driver(out, input);
        print_unused(out, input);
        return 0;
}

static char *format(const OutcomeInput *input, void (*print)(FILE *out, const OutcomeInput *input))
{
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        if (!out)
                return NULL;
        print(out, input);
        return text_finish(out, &text);
}

int outcome_judge(const OutcomeInput *input, PolicyState *ret_state, char **ret_reason, char **ret_summary)
{
        _cleanup_free_ char *reason = NULL, *summary = NULL;
        PolicyState state;
        size_t size;
        FILE *out;
        int r;

        if (input->never)
                state = POLICY_STATE_DISABLED;
        else if (count_findings(input, finding_is_degraded) > 0)
                state = POLICY_STATE_DEGRADED;
        else if (input->no_guests)
                state = POLICY_STATE_WAITING;
        else if (!input->halves.frequency && !input->halves.idle)
                state = POLICY_STATE_NOT_NEEDED;
        else if (count_findings(input, finding_is_waiting) > 0)
                state = POLICY_STATE_WAITING;
        else
                state = POLICY_STATE_APPLIED;

        if (state == POLICY_STATE_APPLIED) {
                summary = format(input, print_applied);
                if (!summary)
                        return -ENOMEM;
        }
        out = open_memstream(&reason, &size);
        if (!out)
                return -ENOMEM;
        r = print_reason(out, input, state, summary);
        reason = text_finish(out, &reason);
        if (!reason || r < 0)
                return -ENOMEM;
        *ret_state = state;
        *ret_reason = TAKE_PTR(reason);
        *ret_summary = TAKE_PTR(summary);
        return 0;
}

static void print_all_effects(FILE *out, const OutcomeInput *input)
{
        Effects effects = find_effects(input);

        if (input->never) {
                fputs(" APPLY=never.", out);
                return;
        }
        print_effects(out, input, &effects);
        print_without_driver(out, input);
        print_unused(out, input);
}

char *outcome_format_effects(const OutcomeInput *input)
{
        return format(input, print_all_effects);
}
