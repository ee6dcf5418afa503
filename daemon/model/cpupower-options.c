/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds options as getopt_long() of glibc does for cpupower: long options by any unambiguous beginning, short ones
 * joined, and an argument either joined or in the next word, whatever that word is. Words that getopt_long() would
 * move to the end are refused.
 */
#include "model/cpupower-options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/macro.h"
#include "base/parse.h"

/* Two digits, as knob.c has room for. */
#define IDLE_STATE_MAX 99
#define IDLE_LATENCY_MAX UINT64_C(1000000000)

typedef struct Option {
        char letter;
        const char *name;
        bool argument;
        PolicyKey key;     /* what it sets; POLICY_KEY_INVALID_: nothing */
        IdleOpKind op;     /* of POLICY_IDLE_SET */
        const char *fault; /* why it is refused; NULL: it is not */
} Option;

typedef struct Verb {
        const char *name;
        const Option *options; /* ends without a name */
        const char *needs;
} Verb;

typedef struct Command {
        const Verb *verb;
        PolicyRule *rule;
        bool seen[256]; /* by letter */
        unsigned line;
        char *why;
} Command;

static int take_idle(Command *command, const Option *option, const char *value, CpupowerWhy reterr_fault)
{
        PolicyRule *rule = command->rule;
        bool latency = option->op == IDLE_OP_DISABLE_BY_LATENCY;

        if (rule->has[POLICY_IDLE_SET])
                return cpupower_refuse(reterr_fault,
                                       "is a second option; put each into an idle-set of its own, with ; between them");
        if (option->argument &&
            parse_u64(value, 0, latency ? IDLE_LATENCY_MAX : IDLE_STATE_MAX, &rule->idle_op.number) < 0)
                return cpupower_refuse(
                        reterr_fault, "%s",
                        latency ? "is not a latency; write whole microseconds without a unit, like 20" :
                                  "is not the index of an idle state; write 0, 1, 2 … as in cpuidle/stateN");
        rule->idle_op.kind = option->op;
        rule->has[POLICY_IDLE_SET] = true;
        rule->lines[POLICY_IDLE_SET] = command->line;
        return 0;
}

static int take_value(Command *command, const Option *option, const char *value, CpupowerWhy reterr_fault)
{
        if (option->fault)
                return cpupower_refuse(reterr_fault, "%s", option->fault);
        if (option->key == POLICY_KEY_INVALID_)
                return 0;
        if (option->key == POLICY_IDLE_SET)
                return take_idle(command, option, value, reterr_fault);
        return cpupower_set(command->rule, option->key, command->line, value, reterr_fault);
}

static const char one_switch[] =
        "is one switch for the whole machine, which tscwarden does not change; limit the frequency with "
        "frequency-set -u, or write cpufreq/boost or intel_pstate/no_turbo from a unit of your own";

static const Option frequency_options[] = {
        { 'd', "min", true, .key = POLICY_MIN_FREQ },
        { 'u', "max", true, .key = POLICY_MAX_FREQ },
        { 'g', "governor", true, .key = POLICY_GOVERNOR },
        { 'f', "freq", true, .key = POLICY_FREQ },
        /* Related CPUs: a cpufreq policy has one value for all its CPUs. */
        { 'r', "related", false, .key = POLICY_KEY_INVALID_ },
        {},
};
static const Option idle_options[] = {
        { 'd', "disable", true, .key = POLICY_IDLE_SET, .op = IDLE_OP_DISABLE },
        { 'e', "enable", true, .key = POLICY_IDLE_SET, .op = IDLE_OP_ENABLE },
        { 'D', "disable-by-latency", true, .key = POLICY_IDLE_SET, .op = IDLE_OP_DISABLE_BY_LATENCY },
        { 'E', "enable-all", false, .key = POLICY_IDLE_SET, .op = IDLE_OP_ENABLE_ALL },
        {},
};
static const Option set_options[] = {
        { 'b', "perf-bias", true, .key = POLICY_PERF_BIAS },
        { 'e', "epp", true, .key = POLICY_EPP },
        { 'm', "amd-pstate-mode", true,
          .fault = "exchanges the cpufreq driver under every policy; use the boot parameter amd_pstate= instead" },
        { 't', "turbo-boost", true, .fault = one_switch },
        { 't', "boost", true, .fault = one_switch },
        {},
};

static const Verb verbs[] = {
        { "frequency-set", frequency_options, "-d, -u, -g or -f" },
        { "idle-set", idle_options, "-d, -e, -D or -E" },
        { "set", set_options, "-b or -e" },
};

static const Verb *find_verb(const char *word)
{
        for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
                if (strcmp(verbs[i].name, word) == 0)
                        return &verbs[i];
        return NULL;
}

/* Words in messages are cut to this length. */
#define EXCERPT 40

static int command_take(Command *command, const Option *option, const char *value)
{
        CpupowerWhy fault;
        int r;

        if (command->seen[(unsigned char)option->letter])
                return cpupower_refuse(command->why, "%s has --%s twice; keep one of the two", command->verb->name,
                                       option->name);
        command->seen[(unsigned char)option->letter] = true;
        r = take_value(command, option, value, fault);
        if (r != -EINVAL)
                return r;
        return cpupower_refuse(command->why, "%s --%s%s%.*s%s %s", command->verb->name, option->name, value ? " '" : "",
                               EXCERPT, value ? value : "", value ? "'" : "", fault);
}

/* Finds the option that a long word names, with or without "=value". NULL: none or several; *ret_several says which. */
static const Option *find_long(const Verb *verb, const char *name, size_t length, bool *ret_several)
{
        const Option *found = NULL;

        *ret_several = false;
        for (const Option *option = verb->options; option->name; option++) {
                if (strncmp(option->name, name, length) != 0)
                        continue;
                if (strlen(option->name) == length)
                        return option;
                *ret_several = *ret_several || (found && found->letter != option->letter);
                found = option;
        }
        return *ret_several ? NULL : found;
}

/* "--name", "--name=value", "--name value". Returns the number of words taken. */
static int command_take_long(Command *command, char *const *words, unsigned n)
{
        const char *name = words[0] + 2;
        size_t length = strcspn(name, "=");
        const char *value = name[length] ? name + length + 1 : NULL;
        bool several;
        const Option *option = find_long(command->verb, name, length, &several);
        int taken = 1, r;

        if (!option)
                return cpupower_refuse(command->why,
                                       several ? "%s has several options that begin with '%.*s'; write one in full" :
                                                 "%s has no option '%.*s'; its options are %s",
                                       command->verb->name, EXCERPT, words[0], command->verb->needs);
        if (value && !option->argument)
                return cpupower_refuse(command->why, "%s --%s takes no value; remove the text after it",
                                       command->verb->name, option->name);
        if (!value && option->argument) {
                if (n < 2)
                        return cpupower_refuse(command->why, "%s --%s has no value; write one after it",
                                               command->verb->name, option->name);
                value = words[taken++];
        }
        r = command_take(command, option, value);
        return r < 0 ? r : taken;
}

/* "-rgNAME", "-g NAME". Returns the number of words taken. */
static int command_take_short(Command *command, char *const *words, unsigned n)
{
        for (const char *letter = words[0] + 1; *letter; letter++) {
                const Option *option = command->verb->options;
                const char *value = NULL;
                int r, taken = 1;

                while (option->name && option->letter != *letter)
                        option++;
                if (!option->name && *letter == 'c')
                        return cpupower_refuse(command->why, "-c comes after %s; write it before, as in -c 0-3 %s …",
                                               command->verb->name, command->verb->name);
                if (!option->name)
                        return cpupower_refuse(command->why, "%s has no option '-%.1s'; its options are %s",
                                               command->verb->name, letter, command->verb->needs);
                if (option->argument) {
                        if (letter[1])
                                value = letter + 1;
                        else if (n > 1)
                                value = words[taken++];
                        if (!value)
                                return cpupower_refuse(command->why, "%s -%c has no value; write one after it",
                                                       command->verb->name, *letter);
                }
                r = command_take(command, option, value);
                if (r < 0)
                        return r;
                if (value)
                        return taken;
        }
        return 1;
}

/* "--max 1.8 GHz": two words for one value. */
static int command_check_units(const Command *command, char *const *words, unsigned n)
{
        char value[2 * EXCERPT];
        uint64_t khz;

        for (unsigned i = 1; i < n && command->verb->options == frequency_options; i++) {
                const char *number = words[i - 1] + strcspn(words[i - 1], "0123456789");

                if (!*number || strlen(number) >= EXCERPT || !*words[i] || strlen(words[i]) >= EXCERPT ||
                    strchr("0123456789", *words[i]))
                        continue;
                snprintf(value, sizeof(value), "%s%s", number, words[i]);
                if (parse_frequency(value, &khz) == 0)
                        return cpupower_refuse(command->why, "'%s %s' has a blank before its unit; write %s", number,
                                               words[i], value);
        }
        return 0;
}

static int command_check(const Command *command)
{
        const PolicyRule *rule = command->rule;
        bool any = false;

        for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++)
                any = any || rule->has[key];
        if (!any)
                return cpupower_refuse(command->why, "%s sets nothing; it needs %s", command->verb->name,
                                       command->verb->needs);
        if (rule->has[POLICY_FREQ] && (rule->has[POLICY_MIN_FREQ] || rule->has[POLICY_MAX_FREQ]))
                return cpupower_refuse(
                        command->why,
                        "frequency-set has -f together with -d or -u; put them into two commands, with ; between them");
        if (rule->has[POLICY_MIN_FREQ] && rule->has[POLICY_MAX_FREQ] && rule->min_khz > rule->max_khz)
                return cpupower_refuse(
                        command->why,
                        "frequency-set has a minimum (-d) above its maximum (-u); lower the one or raise the other");
        return 0;
}

/* "-c LIST" before the verb: only these two spellings, each as a separate word (utils/cpupower.c handle_options).
 * Returns the number of words taken. */
static int take_cpus(char *const *words, unsigned n, PolicyRule *rule, char *why)
{
        int r;

        if (strcmp(words[0], "-c") != 0 && strcmp(words[0], "--cpu") != 0)
                return words[0][0] != '-' ?
                               0 :
                               cpupower_refuse(
                                       why,
                                       "'%.*s' is before the command, where only -c LIST may be; write frequency-set, "
                                       "idle-set or set before it",
                                       EXCERPT, words[0]);
        if (n < 2)
                return cpupower_refuse(why, "%s has no list of CPUs; write it like -c 0-3,8", words[0]);
        if (strcmp(words[1], "all") == 0)
                return 2;
        r = cpuset_parse(words[1], &rule->cpus);
        if (r == -ENOMEM)
                return r;
        if (r < 0 || cpuset_is_empty(&rule->cpus))
                return cpupower_refuse(why, "'%.*s' is no list of CPUs%s; write it like all, 0-3,8 or 0-7:2", EXCERPT,
                                       words[1], r == -ERANGE ? " below 8192" : "");
        rule->all_cpus = false;
        if (n > 2 && (strcmp(words[2], "-c") == 0 || strcmp(words[2], "--cpu") == 0))
                return cpupower_refuse(why, "there are two -c before one command; put all CPUs into one list");
        return 2;
}

/* Reads one command. It ends at a separator, or where the next verb begins without one, as in the files of some sites.
 * Returns the number of words taken. */
static int parse_command(const CpupowerWords *all, unsigned first, unsigned line, PolicyRule *rule, char *why)
{
        Command command = { .rule = rule, .line = line, .why = why };
        char *const *words = all->words;
        unsigned end = first, at;
        int r;

        while (end < all->n && !all->separators[end])
                end++;
        r = take_cpus(words + first, end - first, rule, why);
        if (r < 0)
                return r;
        at = first + (unsigned)r;
        if (at == end)
                return cpupower_refuse(why,
                                       "-c LIST and no command; write one after it, like frequency-set -g performance");
        command.verb = find_verb(words[at]);
        if (!command.verb)
                return cpupower_refuse(
                        why, "'%.*s' is no command that sets something; there are frequency-set, idle-set and set%s",
                        EXCERPT, words[at], strcmp(words[at], "cpupower") == 0 ? " (remove the word cpupower)" : "");

        r = command_check_units(&command, words + at, end - at);
        if (r < 0)
                return r;
        for (at++; at < end && !find_verb(words[at]); at += (unsigned)r) {
                if (words[at][0] != '-' || !words[at][1] || strcmp(words[at], "--") == 0)
                        return cpupower_refuse(
                                why, "'%.*s' belongs to no option of %s; remove it, or put ; before a second command",
                                EXCERPT, words[at], command.verb->name);
                r = words[at][1] == '-' ? command_take_long(&command, words + at, end - at) :
                                          command_take_short(&command, words + at, end - at);
                if (r < 0)
                        return r;
        }
        r = command_check(&command);
        return r < 0 ? r : (int)(at - first);
}

int cpupower_options_parse(const char *text, const char *file, unsigned line, Policy *policy, CpupowerWhy reterr_why)
{
        _cleanup_cpupower_words_ CpupowerWords words = {};
        _cleanup_policy_ Policy new = {};
        int r = cpupower_words_split(text, &words, reterr_why);

        for (unsigned at = 0; r >= 0 && at < words.n; at += (unsigned)r) {
                PolicyRule *rule;

                r = 1;
                if (words.separators[at])
                        continue;
                rule = policy_add_rule(&new);
                if (!rule || !(rule->file = strdup(file)))
                        return -ENOMEM;
                rule->line = line;
                /* Without `;` between commands, cpupower uses one -c for all of them. */
                if (at > 0 && !words.separators[at - 1]) {
                        rule->all_cpus = rule[-1].all_cpus;
                        if (cpuset_copy(&rule->cpus, &rule[-1].cpus) < 0)
                                return -ENOMEM;
                }
                r = parse_command(&words, at, line, rule, reterr_why);
        }
        if (r < 0)
                return r;
        if (new.n_rules == 0)
                return cpupower_refuse(reterr_why, "no command; write one like frequency-set -g performance");
        return policy_append(policy, &new);
}
