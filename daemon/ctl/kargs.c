/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/kargs.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "ctl/clock-here.h"
#include "host/boot-config.h"
#include "host/cpu.h"
#include "host/facts.h"
#include "model/cmdline.h"

void kargs_done(Kargs *kargs)
{
        for (unsigned i = 0; i < kargs->n; i++) {
                free(kargs->parameters[i].in_force);
                free(kargs->parameters[i].contradiction);
        }
        free(kargs->reason);
        boot_config_done(&kargs->config);
        *kargs = (Kargs) {};
}

/* Bits of `wanted` that a kernel booted with `cmdline` lacks: another parameter may do as well. */
static unsigned lacking(const ClockFacts *facts, const char *cmdline, Verdict verdict, ClockReason reason,
                        const char *const *wanted)
{
        const char *missing[BOOT_PARAMETERS_MAX + 1];
        ClockFacts booted = *facts;
        unsigned lacks = 0;

        booted.cmdline = cmdline;
        (void)clock_boot_parameters_missing(&booted, verdict, reason, missing);
        for (unsigned i = 0; wanted[i]; i++)
                for (unsigned j = 0; missing[j]; j++)
                        if (strcmp(wanted[i], missing[j]) == 0)
                                lacks |= 1U << i;
        return lacks;
}

static bool stands_in(const char *cmdline, const char *parameter)
{
        char name[48];
        size_t length = strcspn(parameter, "=");

        snprintf(name, sizeof(name), "%.*s", (int)length, parameter);
        return cmdline_has(cmdline, name, parameter + length + 1);
}

static int add_parameter(Kargs *kargs, const char *word, const char *cmdline, bool to_configure)
{
        KargsParameter *parameter = &kargs->parameters[kargs->n++];
        _cleanup_free_ char *in_force = NULL;
        char value[64];
        int r = boot_parameter_in_force(word, &in_force);
        bool contradicted = boot_config_contradicts(&kargs->config, word, value, sizeof(value));

        *parameter = (KargsParameter) {
                .word = word,
                .booted = stands_in(cmdline, word),
                .n_configured = boot_config_count(&kargs->config, word),
                /* Of several values the kernel takes the last. */
                .to_configure = to_configure || contradicted,
        };
        if (r < 0)
                return r;
        if (in_force && !(parameter->in_force = text_escape(in_force)))
                return -ENOMEM;
        if (contradicted) {
                _cleanup_free_ char *other = NULL;

                if (asprintf(&other, "%.*s=%s", (int)strcspn(word, "="), word, value) < 0)
                        return -ENOMEM;
                parameter->contradiction = text_escape(other);
                if (!parameter->contradiction)
                        return -ENOMEM;
        }
        return 0;
}

static int judge(Kargs *kargs, ClockFacts *facts, const char *cmdline, Verdict verdict, ClockReason reason)
{
        const char *wanted[BOOT_PARAMETERS_MAX + 1];
        unsigned booted, configured = 0, shown;
        int r = 0;

        kargs->verdict = verdict;
        facts->cmdline = NULL;
        (void)clock_boot_parameters_missing(facts, verdict, reason, wanted);
        kargs->reason = clock_boot_parameters_reason(facts, verdict, reason);
        facts->cmdline = cmdline;
        if (!kargs->reason)
                return -ENOMEM;

        booted = lacking(facts, cmdline, verdict, reason, wanted);
        for (size_t i = 0; i < kargs->config.n; i++)
                configured |= lacking(facts, kargs->config.cmdlines[i], verdict, reason, wanted);
        if (kargs->config.error < 0)
                configured = booted;
        shown = configured | booted;
        for (unsigned i = 0; r == 0 && wanted[i]; i++)
                /* Where another parameter does it (cpufreq.default_governor=performance), this one is not wanted. */
                if (shown & 1U << i || stands_in(cmdline, wanted[i]) || boot_config_count(&kargs->config, wanted[i]) > 0)
                        r = add_parameter(kargs, wanted[i], cmdline, configured & 1U << i);
        kargs->reboot = booted & ~configured;
        return r;
}

int kargs_read(Kargs *ret)
{
        _cleanup_snapshot_ Snapshot snapshot = {};
        _cleanup_facts_ Facts facts = {};
        _cleanup_kargs_ Kargs kargs = {};
        ClockFacts clock_facts;
        ClockView view;
        Clock clock;
        int r;

        r = facts_read(&facts);
        if (r == 0)
                r = cpu_ops.enumerate(NULL, &snapshot);
        if (r == 0)
                r = boot_config_read(&kargs.config);
        if (r < 0)
                return r;
        clock_facts_fill(&clock_facts, &facts, &snapshot);
        clock_init(&clock, &clock_facts);
        r = clock_here_read(&clock);
        if (r < 0)
                return r;
        clock_get(&clock, &view);
        r = judge(&kargs, &clock_facts, facts.cmdline, view.verdict, view.reason);
        if (r < 0)
                return r;
        *ret = kargs;
        kargs = (Kargs) {};
        return 0;
}

void kargs_missing(const Kargs *kargs, BootParameters *ret)
{
        *ret = (BootParameters) {};
        for (unsigned i = 0; i < kargs->n; i++)
                if (kargs->parameters[i].to_configure)
                        (void)boot_parameters_add(ret, kargs->parameters[i].word);
}

int kargs_store_obstacle(const BootConfig *config, char **ret)
{
        char *text = NULL;
        int r = 0;

        if (config->ours_error == -EBADMSG)
                r = asprintf(&text, "%s/%s is not what kargs apply writes, or was changed since: take it away first",
                             boot_store_directory(config->platform), boot_store_name(config->platform));
        else if (config->ours_error < 0)
                r = asprintf(&text, "Cannot read %s/%s: %s", boot_store_directory(config->platform),
                             boot_store_name(config->platform), strerror(-config->ours_error));
        if (r < 0)
                return -ENOMEM;
        *ret = text;
        return 0;
}

/* Neither would be given back by `kargs revert`: grubby replaces a value, and knows no "only where it was missing". */
static int parameter_obstacle(const BootConfig *config, const KargsParameter *parameter, char **ret)
{
        const char *word = parameter->contradiction ? parameter->contradiction : parameter->word;
        bool grubby = config->platform == BOOT_GRUBBY;
        const char *owner = boot_config_owner(config, word);
        size_t n = boot_config_count(config, word);
        _cleanup_free_ char *text = NULL;
        int r = 0;

        if (parameter->contradiction || (grubby && n > 0 && n < config->n))
                r = asprintf(&text, "%s stands in %zu of %zu boot entries%s%s: take it out first%s%s", word, n, config->n,
                             owner ? ", set by " : "", owner ? owner : "",
                             grubby ? ": grubby --update-kernel=ALL --remove-args=" : "", grubby ? word : "");
        if (r < 0)
                return -ENOMEM;
        *ret = text ? text_escape_again(text) : NULL;
        return text && !*ret ? -ENOMEM : 0;
}

int kargs_obstacle(const Kargs *kargs, char **ret)
{
        char *text = NULL;
        int r = kargs_store_obstacle(&kargs->config, &text);

        for (unsigned i = 0; r == 0 && !text && i < kargs->n; i++)
                r = parameter_obstacle(&kargs->config, &kargs->parameters[i], &text);
        if (r == 0)
                *ret = text;
        return r;
}
