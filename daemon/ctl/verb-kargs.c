/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The verb `kargs`: shows, sets and removes boot parameters.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check/boot-config.h"
#include "check/boot-platform.h"
#include "check/boot-store.h"
#include "check/read/boot-config.h"
#include "ctl/kargs-change.h"
#include "ctl/kargs.h"
#include "ctl/verbs.h"

static int finish(const CtlOptions *options, const Kargs *kargs, int status)
{
        return ctl_finish(options->json ? kargs_show_json(stdout, kargs) : kargs_show(stdout, kargs), status);
}

/* The exit status if no parameter is missing, as far as is known. */
static int exit_status_of_complete(const Kargs *kargs)
{
        bool unread = kargs->n > 0 && kargs->config.error < 0 && kargs->config.error != -EOPNOTSUPP;

        return unread || kargs->verdict == VERDICT_UNKNOWN ? CTL_NO_ANSWER : CTL_FINE;
}

static int exit_status(const Kargs *kargs)
{
        return kargs->need.unconfigured || kargs->reboot || kargs->config.leaving.n > 0 ?
                       CTL_WRONG :
                       exit_status_of_complete(kargs);
}

static int read_kargs(Kargs *ret)
{
        int r = kargs_read(ret);

        return r < 0 ? ctl_complain_errno(r, "Cannot read what this host is") : 0;
}

/* -1 if there is no obstacle; otherwise the exit status, after a message on stderr. */
static int refuse(const char *obstacle)
{
        if (!obstacle)
                return -1;
        (void)ctl_complain("%s", obstacle);
        return CTL_WRONG;
}

/* -1: `kargs apply` can go on. Otherwise the exit status, after a message on stderr. */
static int refuse_apply(const Kargs *kargs)
{
        _cleanup_free_ char *obstacle = NULL;

        if (kargs->verdict == VERDICT_UNKNOWN)
                return ctl_complain("The clocksources cannot be read: what this host needs is not known.");
        if (!boot_platform_is_supported(kargs->config.platform)) {
                (void)ctl_complain("kargs apply does not support this boot loader (%s). Do this:",
                                   boot_platform_describe(kargs->config.platform));
                return CTL_WRONG;
        }
        if (kargs->config.error < 0)
                return ctl_complain("Cannot read what is configured (%s): %s", kargs->config.source,
                                    strerror(-kargs->config.error));
        if (boot_need_obstacle(&kargs->need, &kargs->config, &obstacle) < 0)
                return ctl_complain("Out of memory");
        return refuse(obstacle);
}

/* The same. If nothing is missing, there is nothing to apply, and the exit status says so. */
static int decide_apply(const Kargs *kargs)
{
        return kargs->need.unconfigured ? refuse_apply(kargs) : exit_status_of_complete(kargs);
}

/* Called with the lock held. 0, or negative after a message on stderr. */
static int read_and_finish_earlier(const KargsChange *change)
{
        _cleanup_boot_config_ BootConfig config = {};
        int r = boot_config_read(&config);

        if (r < 0)
                return ctl_complain_errno(r, "Cannot read what is configured");
        ctl_hold_signals();
        return kargs_finish_earlier(change, &config);
}

static int kargs_apply(const CtlOptions *options)
{
        _cleanup_kargs_ Kargs seen = {}, kargs = {}, now = {};
        _cleanup_kargs_change_ KargsChange change = { .options = options, .directory = -1 };
        BootParameters missing;
        int status;

        if (read_kargs(&seen) < 0)
                return CTL_NO_ANSWER;
        kargs_forget_leftover(seen.config.platform);
        status = decide_apply(&seen);
        if (status >= 0 && seen.config.leaving.n == 0)
                return finish(options, &seen, status);
        change.platform = seen.config.platform;
        if (kargs_change_open(&change) < 0 || read_and_finish_earlier(&change) < 0)
                return CTL_WRONG;
        /* Reads everything again: another `kargs` may have changed it before this one got the lock. */
        if (read_kargs(&kargs) < 0)
                return CTL_NO_ANSWER;
        status = decide_apply(&kargs);
        if (status >= 0)
                return finish(options, &kargs, status);
        ctl_hold_signals();
        missing = boot_need_take(&kargs.need, kargs.need.unconfigured);
        if (kargs_set(&change, &kargs.config.ours, &missing) < 0)
                return CTL_WRONG;
        return read_kargs(&now) < 0 ? CTL_NO_ANSWER : finish(options, &now, CTL_FINE);
}

/* -1: `kargs revert` can go on. Otherwise the exit status, after a message on stderr. */
static int read_ours(BootConfig *ret)
{
        _cleanup_free_ char *obstacle = NULL;

        if (boot_config_read(ret) < 0 || boot_store_obstacle(ret, &obstacle) < 0)
                return ctl_complain("Out of memory");
        return refuse(obstacle);
}

/* Called with the lock held. `config` was read with the lock held. 0, or negative after a message on stderr. */
static int finish_and_revert(const KargsChange *change, const BootConfig *config)
{
        int r;

        ctl_hold_signals();
        r = kargs_finish_earlier(change, config);
        return r < 0 || config->ours.n == 0 ? r : kargs_remove(change, &config->ours);
}

/* Prints the parameters that boot entries still have though no file sets them, as after somebody removed tscwarden's
 * file by hand. */
static void print_orphans(const Kargs *kargs)
{
        for (unsigned i = 0; i < kargs->n; i++)
                if (kargs_is_orphan(kargs, &kargs->parameters[i]))
                        printf("%s is in %zu of %zu boot entries, but no file in /etc/default sets it: update-grub will remove it.\n",
                               kargs->parameters[i].word, kargs->parameters[i].n_configured, kargs->config.n);
}

static int print_reverted(const BootConfig *config)
{
        _cleanup_kargs_ Kargs now = {};
        char words[BOOT_PARAMETERS_TEXT], leaving[BOOT_PARAMETERS_TEXT];

        boot_parameters_join(&config->ours, words);
        boot_parameters_join(&config->leaving, leaving);
        if (words[0] || leaving[0])
                printf("Removed: %s%s%s. The running kernel keeps what it was booted with.\n", words,
                       words[0] && leaving[0] ? " " : "", leaving);
        else
                puts("Nothing to remove: tscwarden kargs apply has set no parameter here.");
        if (read_kargs(&now) < 0)
                return CTL_NO_ANSWER;
        print_orphans(&now);
        return ctl_finish(0, CTL_FINE);
}

static int kargs_revert(const CtlOptions *options)
{
        _cleanup_boot_config_ BootConfig seen = {}, config = {};
        _cleanup_kargs_change_ KargsChange change = { .options = options, .directory = -1 };
        _cleanup_kargs_ Kargs now = {};
        int status = read_ours(&seen);

        kargs_forget_leftover(seen.platform);
        if (status < 0 && seen.ours.n + seen.leaving.n > 0) {
                change.platform = seen.platform;
                if (kargs_change_open(&change) < 0)
                        return CTL_WRONG;
                status = read_ours(&config);
        }
        if (status >= 0)
                return status;
        if (finish_and_revert(&change, &config) < 0)
                return CTL_WRONG;
        if (options->json)
                return read_kargs(&now) < 0 ? CTL_NO_ANSWER : finish(options, &now, CTL_FINE);
        return print_reverted(&config);
}

int verb_kargs(const CtlOptions *options)
{
        _cleanup_kargs_ Kargs kargs = {};

        if (strcmp(options->word, "plan") == 0)
                return read_kargs(&kargs) < 0 ? CTL_NO_ANSWER : finish(options, &kargs, exit_status(&kargs));
        if (geteuid() != 0)
                return ctl_complain("This changes boot parameters and needs root: sudo tscwarden kargs …");
        return strcmp(options->word, "apply") == 0 ? kargs_apply(options) : kargs_revert(options);
}
