/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Checks the boot parameters that may save the TSC: whether they are needed, configured for the next boot, on the
 * running kernel's command line, and in effect.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "check/audit-parts.h"
#include "check/boot-platform.h"
#include "model/clock-advice.h"
#include "model/cmdline.h"
#include "model/need.h"

#define MISSING_SIZE (BOOT_PARAMETERS_TEXT + 32)
/* Advice instead of "reboot", which would change nothing. */
#define NOT_TAKEN                                                                                                           \
        "They were configured before this boot, but the boot loader did not pass them to the kernel: it reads another "     \
        "configuration, or somebody chose an older entry. `tscwarden kargs plan` names the file; compare it with what the " \
        "loader shows."

bool audit_needs_only_reboot(const BootNeed *need)
{
        return need->unbooted && !need->unconfigured && !need->not_taken;
}

void audit_fix_by_parameters(const AuditInput *input, AuditStep *step)
{
        const BootNeed *need = &input->need;
        const char *reboot = need->unbooted ? " && systemctl reboot" : "";
        const BootConfig *boot = input->boot;
        _cleanup_free_ char *obstacle = NULL, *command = NULL;
        BootParameters missing = boot_need_take(need, need->unconfigured);

        if (boot_need_obstacle(need, boot, &obstacle) < 0 || boot_command_format(boot, &missing, &command) < 0)
                step->out_of_memory = true;
        else if (need->not_taken && !need->unconfigured)
                audit_advise(step, NOT_TAKEN);
        else if (audit_needs_only_reboot(need))
                audit_fix(step, "systemctl reboot");
        else if (obstacle)
                /* The step "boot-parameters" says what prevents it. */
                return;
        else if (command)
                audit_fix(step, "%s%s", command, reboot);
        else if (boot_platform_is_supported(boot->platform) && (boot->error == 0 || boot->error == -EACCES))
                audit_fix(step, "tscwarden kargs apply%s", reboot);
}

/* The boot parameters that affect the TSC, and the files in which the kernel shows their current values. */
static const struct {
        const char *name, *value; /* value NULL: any value */
        const char *path;         /* NULL: the kernel does not show it */
        size_t member;
        const char *effect; /* the content of the file if the parameter took effect */
} boot_parameters[] = {
        { "processor.max_cstate", "1", "/sys/module/processor/parameters/max_cstate",
          offsetof(MachineSetup, processor_max_cstate), "1" },
        { "intel_idle.max_cstate", "1", "/sys/module/intel_idle/parameters/max_cstate",
          offsetof(MachineSetup, intel_idle_max_cstate), "1" },
        { "cpufreq.off", "1", "/sys/module/cpufreq/parameters/off", offsetof(MachineSetup, cpufreq_off), "1" },
        { "cpufreq.default_governor", "performance", NULL, 0, "" },
        { "idle", NULL, NULL, 0, "" },
        { "tsc", NULL, NULL, 0, "" },
};

#define BOOTED_SIZE (ARRAY_SIZE(boot_parameters) * 96)

/* Writes those that the running kernel was booted with into `buffer`. Returns the index of the first one that had no
 * effect, or -1. */
static int list_booted(const AuditInput *input, char buffer[static BOOTED_SIZE])
{
        char *at = buffer;
        int dead = -1;

        for (size_t i = 0; i < ARRAY_SIZE(boot_parameters); i++) {
                const char *shown = (const char *)input->setup + boot_parameters[i].member;
                char value[64] = "";

                if (!cmdline_has(input->facts->cmdline, boot_parameters[i].name, boot_parameters[i].value))
                        continue;
                (void)cmdline_get(input->facts->cmdline, boot_parameters[i].name, value, sizeof(value));
                at += sprintf(at, "%s%s=%s", at > buffer ? " " : "", boot_parameters[i].name, value);
                if (dead < 0 && boot_parameters[i].path && shown[0] && strcmp(shown, boot_parameters[i].effect) != 0)
                        dead = i;
        }
        if (at == buffer)
                strcpy(buffer, "no parameter for the TSC");
        return dead;
}

/* Returns "configured: no (/boot/grub/grub.cfg)". */
static char *describe_configured(const AuditInput *input, const BootNeed *need)
{
        const BootConfig *boot = input->boot;
        size_t n;

        if (boot->error < 0)
                return text_format("configured: not known (%s)", boot->error == -EOPNOTSUPP ?
                                                                         boot_platform_describe(boot->platform) :
                                                                         boot_config_explain_error(boot));
        if (!need->unconfigured)
                return text_format("configured: yes (%s)", boot->source);
        n = boot_config_count(boot, need->wanted[__builtin_ctz(need->unconfigured)]);
        if (n == 0)
                return text_format("configured: no (%s)", boot->source);
        return text_format("configured: in %zu of %zu boot entries (%s)", n, boot->n, boot->source);
}

/* Writes "PREFIX: a=1 b=2; " into `buffer`, or "" if no bit is set, and returns it. */
static const char *list_missing(const BootNeed *need, unsigned bits, const char *prefix,
                                char buffer[static MISSING_SIZE])
{
        BootParameters parameters = boot_need_take(need, bits);
        char words[BOOT_PARAMETERS_TEXT];

        buffer[0] = '\0';
        if (bits)
                snprintf(buffer, MISSING_SIZE, "%s: %s; ", prefix, boot_parameters_join(&parameters, words));
        return buffer;
}

/* `harm`: what a parameter on the command line does that it should not; NULL for nothing. */
static void judge_missing(const AuditInput *input, AuditStep *step, const char *booted, const char *harm)
{
        const BootNeed *need = &input->need;
        _cleanup_free_ char *configured = describe_configured(input, need), *obstacle = NULL;
        const char *blank = harm ? " " : "", *last = harm ? harm : "";
        char now[MISSING_SIZE], later[MISSING_SIZE];

        if (!configured || boot_need_obstacle(need, input->boot, &obstacle) < 0) {
                step->out_of_memory = true;
                return;
        }
        audit_set(step, need->unbooted && (need->unconfigured || need->not_taken) ? AUDIT_FAIL : AUDIT_WARN,
                  "%s%s%s; /proc/cmdline: %s", list_missing(need, need->unbooted, "missing", now),
                  list_missing(need, need->unconfigured & ~need->unbooted, "missing at the next boot", later),
                  configured, booted);
        audit_fix_by_parameters(input, step);
        if (need->not_taken && !need->unconfigured)
                audit_advise(step, NOT_TAKEN "%s%s", blank, last);
        else if (audit_needs_only_reboot(need))
                audit_advise(step, "Reboot: the next boot has the missing parameters.%s%s", blank, last);
        else if (obstacle)
                audit_advise(step, "tscwarden kargs apply refuses that: %s.%s%s", obstacle, blank, last);
        else if (!step->fix)
                audit_advise(step,
                             "`tscwarden kargs apply` does not support this boot loader; `tscwarden kargs plan` says "
                             "what to do by hand.%s%s",
                             blank, last);
        else if (harm)
                audit_advise(step, "%s", harm);
}

void audit_boot_parameters(const AuditInput *input, AuditStep *step)
{
        _cleanup_free_ char *reason =
                clock_boot_parameters_reason(input->facts, input->clock->verdict, input->clock->reason);
        Halves of_cpu = need_from_facts(input->facts);
        unsigned advice = clock_advice(input->facts);
        _cleanup_free_ char *harm = NULL;
        char booted[BOOTED_SIZE];
        int dead = list_booted(input, booted);

        for (AdviceKind kind = ADVICE_RELIABLE_UNFIT; kind <= ADVICE_GOOD_TSC_REFUSED && !harm; kind++)
                if (advice >> kind & 1)
                        harm = clock_advice_format(input->facts, kind);
        if (!reason)
                step->out_of_memory = true;
        else if (input->need.unbooted)
                judge_missing(input, step, booted, harm);
        else if (harm) {
                audit_set(step, AUDIT_WARN, "/proc/cmdline: %s", harm);
                audit_advise(step, "Remove it from the kernel command line.");
        } else if (dead >= 0) {
                audit_set(step, AUDIT_FAIL, "/proc/cmdline: %s, but %s: %s", booted, boot_parameters[dead].path,
                          (const char *)input->setup + boot_parameters[dead].member);
                audit_advise(step,
                             "%s had no effect: a later parameter of that name replaced it, or its value is misspelt.",
                             boot_parameters[dead].name);
        } else if (input->need.unconfigured)
                judge_missing(input, step, booted, harm);
        else
                /* If the TSC was lost for another reason, the parameters prove nothing: not applicable. */
                audit_set(step,
                          (of_cpu.frequency || of_cpu.idle) && verdict_in_use(input->clock->verdict) ?
                                  AUDIT_PASS :
                                  AUDIT_NOT_APPLICABLE,
                          "/proc/cmdline: %s. %s", booted, reason);
}
