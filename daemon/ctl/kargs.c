/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/kargs.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/macro.h"
#include "check/boot-config.h"
#include "check/boot-loader.h"
#include "check/read/boot-config.h"
#include "ctl/clock-here.h"
#include "model/clock-advice.h"
#include "model/cmdline.h"
#include "model/facts.h"

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

static int add_parameter(Kargs *kargs, const char *word, const char *cmdline)
{
        KargsParameter *parameter = &kargs->parameters[kargs->n++];
        char value[64];

        *parameter = (KargsParameter) {
                .word = word,
                .booted = cmdline_has_word(cmdline, word),
                .n_configured = boot_config_count(&kargs->config, word),
        };
        if (boot_config_contradicts(&kargs->config, word, value, sizeof(value))) {
                parameter->contradiction = text_format("%.*s=%s", (int)strcspn(word, "="), word, value);
                if (!parameter->contradiction)
                        return -ENOMEM;
        }
        return boot_parameter_in_force(word, &parameter->in_force);
}

static int find_missing_parameters(Kargs *kargs, const ClockHere *here)
{
        const Facts *facts = &here->facts;
        BootNeed *need = &kargs->need;
        Facts without_parameters = *facts; /* borrows */

        kargs->verdict = here->view.verdict;
        boot_need_find(facts, here->view.verdict, here->view.reason, &kargs->config, need);
        without_parameters.cmdline = NULL;
        kargs->reason = clock_boot_parameters_reason(&without_parameters, here->view.verdict, here->view.reason);
        if (!kargs->reason)
                return -ENOMEM;
        for (unsigned i = 0; need->wanted[i]; i++)
                /* Leaves out a parameter that is not needed because another one has the same effect, like
                 * cpufreq.default_governor=performance. */
                if (need->concerned >> i & 1 && add_parameter(kargs, need->wanted[i], facts->cmdline) < 0)
                        return -ENOMEM;
        kargs->reboot = need->unbooted & ~need->unconfigured;
        return 0;
}

int kargs_read(Kargs *ret)
{
        _cleanup_clock_here_ ClockHere here = {};
        _cleanup_kargs_ Kargs kargs = {};
        int r = clock_here_read(&here);

        if (r < 0)
                return r;
        r = boot_config_read(&kargs.config);
        if (r < 0)
                return r;
        r = find_missing_parameters(&kargs, &here);
        if (r < 0)
                return r;
        *ret = TAKE_STRUCT(kargs);
        return 0;
}

bool kargs_is_orphan(const Kargs *kargs, const KargsParameter *parameter)
{
        return kargs->config.platform == BOOT_UPDATE_GRUB && parameter->n_configured > 0 &&
               !boot_config_owner(&kargs->config, parameter->word);
}
