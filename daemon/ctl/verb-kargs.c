/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Boot parameters: plan, apply, revert. One vendor tool is run, and what was there before is put back when it fails.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check/boot-config.h"
#include "check/boot-loader.h"
#include "check/read/boot-config.h"
#include "ctl/kargs.h"
#include "ctl/verbs.h"
#include "host/runtime.h"
#include "host/tool.h"

/* os-prober, which update-grub runs, mounts every partition there is. */
#define TOOL_SECONDS 600

typedef struct Change {
        const CtlOptions *options;
        BootPlatform platform;
        int directory; /* the store's, locked; -1 */
} Change;

static int finish(const CtlOptions *options, const Kargs *kargs, int status)
{
        return ctl_finish(options->json ? kargs_show_json(stdout, kargs) : kargs_show(stdout, kargs), status);
}

/* With nothing missing: whether that is known. */
static int exit_status_of_complete(const Kargs *kargs)
{
        bool unread = kargs->n > 0 && kargs->config.error < 0 && kargs->config.error != -EOPNOTSUPP;

        return unread || kargs->verdict == VERDICT_UNKNOWN ? CTL_NO_ANSWER : CTL_FINE;
}

static int exit_status(const Kargs *kargs)
{
        BootParameters missing;

        kargs_missing(kargs, &missing);
        return missing.n > 0 || kargs->reboot || kargs->config.leaving.n > 0 ? CTL_WRONG :
                                                                               exit_status_of_complete(kargs);
}

static int read_kargs(Kargs *ret)
{
        int r = kargs_read(ret);

        if (r < 0)
                fprintf(stderr, "tscwarden: Cannot read what this host is: %s\n", strerror(-r));
        return r;
}

/* 0, or negative: told. */
static int open_store(Change *change)
{
        const char *path = boot_store_directory(change->platform);
        int r = runtime_open(path, &change->directory);

        if (r == 0)
                r = runtime_lock(change->directory);
        if (r == -EPERM)
                fprintf(stderr, "tscwarden: %s belongs to another user, or others may write to it\n", path);
        else if (r == -EBUSY)
                fprintf(stderr, "tscwarden: Another tscwarden kargs is at work\n");
        else if (r < 0)
                fprintf(stderr, "tscwarden: Cannot open %s: %s\n", path, strerror(-r));
        return r;
}

/* What a run that was killed while it wrote has left, if none is at work. */
static void forget_leftover(BootPlatform platform)
{
        if (boot_platform_is_supported(platform))
                runtime_remove_leftover(boot_store_directory(platform), boot_store_name(platform));
}

static void close_store(Change *change)
{
        if (change->directory >= 0)
                (void)close(change->directory);
}
#define _cleanup_change_ _cleanup_(close_store)

/* 0, or negative: told. */
static int write_store(const Change *change, const BootParameters *parameters, const BootParameters *leaving)
{
        const char *name = boot_store_name(change->platform);
        _cleanup_free_ char *text = boot_store_format(change->platform, parameters, leaving);
        int r;

        if (!text)
                r = -ENOMEM;
        else if (parameters->n == 0 && (!leaving || leaving->n == 0))
                r = runtime_remove_file(change->directory, name);
        else
                r = runtime_replace_file(change->directory, name, text, strlen(text), 0644);
        if (r < 0)
                fprintf(stderr, "tscwarden: Cannot write %s/%s: %s\n", boot_store_directory(change->platform), name,
                        strerror(-r));
        return r;
}

/* Runs update-grub, or grubby with that option for the parameters. 0, or negative: told. */
static int run_tool(const Change *change, const char *option, const BootParameters *parameters)
{
        char words[BOOT_PARAMETERS_TEXT], argument[BOOT_PARAMETERS_TEXT + 32];
        const char *const update_grub[] = { "update-grub", NULL };
        const char *const grubby[] = { "grubby", "--update-kernel=ALL", argument, NULL };
        bool uses_grubby = change->platform == BOOT_GRUBBY;
        const char *const *argv = uses_grubby ? grubby : update_grub;
        int status, r;

        snprintf(argument, sizeof(argument), "%s=%s", option, boot_parameters_join(parameters, words));
        fprintf(stderr, "tscwarden: Running %s%s%s%s\n", argv[0], uses_grubby ? " --update-kernel=ALL '" : "",
                uses_grubby ? argument : "", uses_grubby ? "'" : "");
        r = tool_run(argv, TOOL_SECONDS, change->options->json ? TOOL_TO_STDERR : TOOL_SHOW, &status, NULL);
        if (r < 0) {
                fprintf(stderr, "tscwarden: %s: %s\n", argv[0], strerror(-r));
        } else if (status != 0) {
                fprintf(stderr, "tscwarden: %s failed with exit status %d\n", argv[0], status);
                r = -EIO;
        }
        return r;
}

/* Every entry has each of them; or `wanted` false: none has, but from somebody else's file. 0, or negative: told. */
static int verify(const BootParameters *parameters, bool wanted)
{
        _cleanup_boot_config_ BootConfig config = {};
        int r = boot_config_read(&config);

        if (r == 0)
                r = config.error;
        if (r < 0) {
                fprintf(stderr, "tscwarden: Cannot read back what is configured now: %s\n", strerror(-r));
                return r;
        }
        /* Who else has set it. */
        config.ours.n = 0;
        for (unsigned i = 0; i < parameters->n; i++) {
                size_t n = boot_config_count(&config, parameters->words[i]);

                if (n == (wanted ? config.n : 0) || (!wanted && boot_config_owner(&config, parameters->words[i])))
                        continue;
                fprintf(stderr, "tscwarden: %s stands in %zu of %zu boot entries after that (%s)\n",
                        parameters->words[i], n, config.n, config.source);
                return -EIO;
        }
        return 0;
}

/* Whether an entry has one of them, or what they have is not known. */
static bool stand_somewhere(const BootParameters *parameters)
{
        _cleanup_boot_config_ BootConfig config = {};

        if (boot_config_read(&config) < 0 || config.error < 0)
                return true;
        for (unsigned i = 0; i < parameters->n; i++)
                if (boot_config_count(&config, parameters->words[i]) > 0)
                        return true;
        return false;
}

/* With update-grub: `ours` stay, `leaving` go. What is under way stands in the file before update-grub runs, so that the next apply or
 * revert finishes it if we are killed. 0, or negative: told. */
static int take_back(const Change *change, const BootParameters *ours, const BootParameters *leaving)
{
        int r = write_store(change, ours, leaving), written;

        if (r < 0)
                return r;
        r = run_tool(change, "--remove-args", leaving);
        if (r < 0 && stand_somewhere(leaving))
                return r;
        written = write_store(change, ours, NULL);
        return r < 0 ? r : written;
}

/* What an earlier run began and did not live to end. 0, or negative: told. */
static int finish_earlier(const Change *change, const BootConfig *config)
{
        char words[BOOT_PARAMETERS_TEXT];

        if (config->leaving.n == 0)
                return 0;
        fprintf(stderr, "tscwarden: An earlier tscwarden kargs was cut off while it took back %s; finishing that\n",
                boot_parameters_join(&config->leaving, words));
        return take_back(change, &config->ours, &config->leaving);
}

static int apply(const Change *change, const BootParameters *before, const BootParameters *missing)
{
        BootParameters after = *before;
        int r = 0;

        for (unsigned i = 0; r == 0 && i < missing->n; i++)
                r = boot_parameters_add(&after, missing->words[i]);
        if (r == 0)
                r = write_store(change, &after, NULL);
        if (r < 0)
                return r;
        r = run_tool(change, "--args", missing);
        if (r == 0)
                r = verify(missing, true);
        if (r == 0)
                return 0;

        fprintf(stderr, "tscwarden: Taking it back\n");
        if ((change->platform == BOOT_UPDATE_GRUB ? take_back(change, before, missing) :
                                                    run_tool(change, "--remove-args", missing)) < 0)
                fprintf(stderr,
                        "tscwarden: That did not work either. `tscwarden kargs plan` says what is configured.\n");
        else if (change->platform == BOOT_GRUBBY)
                (void)write_store(change, before, NULL);
        return r;
}

static int revert(const Change *change, const BootParameters *ours)
{
        const BootParameters none = {};
        bool grubby = change->platform == BOOT_GRUBBY;
        int r = grubby ? run_tool(change, "--remove-args", ours) : take_back(change, &none, ours);

        /* With update-grub, others may have set the same. */
        if (r == 0 && grubby)
                r = verify(ours, false);
        if (r == 0 && grubby)
                r = write_store(change, &none, NULL);
        if (r == 0)
                return 0;
        fprintf(stderr, "tscwarden: Putting it back\n");
        if (!grubby)
                (void)write_store(change, ours, NULL);
        if (run_tool(change, "--args", ours) < 0)
                fprintf(stderr,
                        "tscwarden: That did not work either. `tscwarden kargs plan` says what is configured.\n");
        return r;
}

/* -1: go on. */
static int refuse_apply(const Kargs *kargs)
{
        _cleanup_free_ char *obstacle = NULL;

        if (kargs->verdict == VERDICT_UNKNOWN)
                return ctl_complain("The clocksources cannot be read: what this host needs is not known.");
        if (!boot_platform_is_supported(kargs->config.platform)) {
                fprintf(stderr, "tscwarden: Not done here (%s); what to do:\n",
                        boot_platform_describe(kargs->config.platform));
                return CTL_WRONG;
        }
        if (kargs->config.error < 0) {
                fprintf(stderr, "tscwarden: Cannot read what is configured (%s): %s\n", kargs->config.source,
                        strerror(-kargs->config.error));
                return CTL_NO_ANSWER;
        }
        if (boot_need_obstacle(&kargs->need, &kargs->config, &obstacle) < 0)
                return ctl_complain(NULL);
        if (!obstacle)
                return -1;
        fprintf(stderr, "tscwarden: %s\n", obstacle);
        return CTL_WRONG;
}

/* The same with what is missing; nothing: done. */
static int decide_apply(const Kargs *kargs, BootParameters *ret_missing)
{
        kargs_missing(kargs, ret_missing);
        return ret_missing->n == 0 ? exit_status_of_complete(kargs) : refuse_apply(kargs);
}

/* Under the lock. 0, or negative: told. */
static int read_and_finish_earlier(const Change *change)
{
        _cleanup_boot_config_ BootConfig config = {};
        int r = boot_config_read(&config);

        if (r < 0) {
                fprintf(stderr, "tscwarden: Cannot read what is configured: %s\n", strerror(-r));
                return r;
        }
        ctl_hold_signals();
        return finish_earlier(change, &config);
}

static int kargs_apply(const CtlOptions *options)
{
        _cleanup_kargs_ Kargs seen = {}, kargs = {}, now = {};
        _cleanup_change_ Change change = { .options = options, .directory = -1 };
        BootParameters missing;
        int status;

        if (read_kargs(&seen) < 0)
                return CTL_NO_ANSWER;
        forget_leftover(seen.config.platform);
        status = decide_apply(&seen, &missing);
        if (status >= 0 && seen.config.leaving.n == 0)
                return finish(options, &seen, status);
        change.platform = seen.config.platform;
        if (open_store(&change) < 0 || read_and_finish_earlier(&change) < 0)
                return CTL_WRONG;
        /* Until the lock was ours, another may have been at work. */
        if (read_kargs(&kargs) < 0)
                return CTL_NO_ANSWER;
        status = decide_apply(&kargs, &missing);
        if (status >= 0)
                return finish(options, &kargs, status);
        ctl_hold_signals();
        if (apply(&change, &kargs.config.ours, &missing) < 0)
                return CTL_WRONG;
        return read_kargs(&now) < 0 ? CTL_NO_ANSWER : finish(options, &now, CTL_FINE);
}

/* -1: go on. */
static int read_ours(BootConfig *ret)
{
        _cleanup_free_ char *obstacle = NULL;

        if (boot_config_read(ret) < 0 || boot_store_obstacle(ret, &obstacle) < 0)
                return ctl_complain(NULL);
        if (!obstacle)
                return -1;
        fprintf(stderr, "tscwarden: %s\n", obstacle);
        return CTL_WRONG;
}

/* Under the lock, with what it had found before. 0, or negative: told. */
static int finish_and_revert(const Change *change, const BootConfig *config)
{
        int r;

        ctl_hold_signals();
        r = finish_earlier(change, config);
        return r < 0 || config->ours.n == 0 ? r : revert(change, &config->ours);
}

/* Entries that still have what nobody sets, as after a file of ours was removed by hand. */
static void tell_orphans(const Kargs *kargs)
{
        for (unsigned i = 0; i < kargs->n; i++)
                if (kargs_is_orphan(kargs, &kargs->parameters[i]))
                        printf("%s stands in %zu of %zu boot entries, and no file in /etc/default sets it: update-grub takes "
                               "it out.\n",
                               kargs->parameters[i].word, kargs->parameters[i].n_configured, kargs->config.n);
}

static int tell_revert(const BootConfig *config)
{
        _cleanup_kargs_ Kargs now = {};
        char words[BOOT_PARAMETERS_TEXT], leaving[BOOT_PARAMETERS_TEXT];

        boot_parameters_join(&config->ours, words);
        boot_parameters_join(&config->leaving, leaving);
        if (words[0] || leaving[0])
                printf("Taken back: %s%s%s. The running kernel keeps what it was booted with.\n", words,
                       words[0] && leaving[0] ? " " : "", leaving);
        else
                puts("Nothing to take back: tscwarden kargs apply has set no parameter here.");
        if (read_kargs(&now) < 0)
                return CTL_NO_ANSWER;
        tell_orphans(&now);
        return ctl_finish(0, CTL_FINE);
}

static int kargs_revert(const CtlOptions *options)
{
        _cleanup_boot_config_ BootConfig seen = {}, config = {};
        _cleanup_change_ Change change = { .options = options, .directory = -1 };
        _cleanup_kargs_ Kargs now = {};
        int status = read_ours(&seen);

        forget_leftover(seen.platform);
        if (status < 0 && seen.ours.n + seen.leaving.n > 0) {
                change.platform = seen.platform;
                if (open_store(&change) < 0)
                        return CTL_WRONG;
                status = read_ours(&config);
        }
        if (status >= 0)
                return status;
        if (finish_and_revert(&change, &config) < 0)
                return CTL_WRONG;
        if (options->json)
                return read_kargs(&now) < 0 ? CTL_NO_ANSWER : finish(options, &now, CTL_FINE);
        return tell_revert(&config);
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
