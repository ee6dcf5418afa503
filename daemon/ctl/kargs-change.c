/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/kargs-change.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check/boot-config.h"
#include "check/boot-loader.h"
#include "check/boot-store.h"
#include "check/read/boot-config.h"
#include "host/runtime.h"
#include "host/tool.h"

/* Long, because update-grub runs os-prober, which mounts every partition. */
#define TOOL_SECONDS 600

int kargs_change_open(KargsChange *change)
{
        const char *path = boot_store_directory(change->platform);
        int r = runtime_open(path, &change->directory);

        if (r == -EPERM)
                (void)ctl_complain("%s belongs to another user, or others may write to it", path);
        else if (r < 0)
                (void)ctl_complain_errno(r, "Cannot open %s", path);
        if (r < 0)
                return r;
        r = runtime_lock(change->directory);
        if (r == -EBUSY)
                (void)ctl_complain("Another tscwarden kargs is at work");
        else if (r < 0)
                (void)ctl_complain_errno(r, "Cannot lock %s", path);
        return r;
}

void kargs_forget_leftover(BootPlatform platform)
{
        if (boot_platform_is_supported(platform))
                runtime_remove_leftover(boot_store_directory(platform), boot_store_name(platform));
}

void kargs_change_close(KargsChange *change)
{
        if (change->directory >= 0)
                (void)close(change->directory);
}

/* Writes the store, or removes it if it would be empty. */
static int write_store(const KargsChange *change, const BootParameters *parameters, const BootParameters *leaving)
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
                (void)ctl_complain_errno(r, "Cannot write %s/%s", boot_store_directory(change->platform), name);
        return r;
}

/* Runs update-grub, or grubby with `option` (--args, --remove-args) for the parameters. */
static int run_tool(const KargsChange *change, const char *option, const BootParameters *parameters)
{
        char words[BOOT_PARAMETERS_TEXT], argument[BOOT_PARAMETERS_TEXT + 32];
        const char *const update_grub[] = { "update-grub", NULL };
        const char *const grubby[] = { "grubby", "--update-kernel=ALL", argument, NULL };
        bool uses_grubby = change->platform == BOOT_GRUBBY;
        const char *const *argv = uses_grubby ? grubby : update_grub;
        int status, r;

        snprintf(argument, sizeof(argument), "%s=%s", option, boot_parameters_join(parameters, words));
        if (uses_grubby)
                (void)ctl_complain("Running grubby --update-kernel=ALL '%s'", argument);
        else
                (void)ctl_complain("Running update-grub");
        r = tool_run(argv, TOOL_SECONDS, change->options->json ? TOOL_TO_STDERR : TOOL_SHOW, &status, NULL);
        if (r < 0)
                return ctl_complain_errno(r, "%s", argv[0]);
        if (status == 0)
                return 0;
        (void)ctl_complain("%s failed with exit status %d", argv[0], status);
        return -EIO;
}

/* Checks that every boot entry has each parameter; if not `wanted`, that none has one unless another file sets it. */
static int verify(const BootParameters *parameters, bool wanted)
{
        _cleanup_boot_config_ BootConfig config = {};
        int r = boot_config_read(&config);

        if (r == 0)
                r = config.error;
        if (r < 0)
                return ctl_complain_errno(r, "Cannot read back what is configured now");
        /* Makes boot_config_owner() below ignore what `kargs apply` has set. */
        config.ours.n = 0;
        for (unsigned i = 0; i < parameters->n; i++) {
                size_t n = boot_config_count(&config, parameters->words[i]);

                if (n == (wanted ? config.n : 0) || (!wanted && boot_config_owner(&config, parameters->words[i])))
                        continue;
                (void)ctl_complain("%s is in %zu of %zu boot entries afterwards (%s)", parameters->words[i], n,
                                   config.n, config.source);
                return -EIO;
        }
        return 0;
}

/* True if a boot entry has one of the parameters or if that is not known. */
static bool are_configured(const BootParameters *parameters)
{
        _cleanup_boot_config_ BootConfig config = {};

        if (boot_config_read(&config) < 0 || config.error < 0)
                return true;
        for (unsigned i = 0; i < parameters->n; i++)
                if (boot_config_count(&config, parameters->words[i]) > 0)
                        return true;
        return false;
}

/* With update-grub: removes `leaving` and keeps `ours`. The store lists `leaving` while update-grub runs: if this
 * process is killed, the next apply or revert finishes the removal. */
static int remove_from_store(const KargsChange *change, const BootParameters *ours, const BootParameters *leaving)
{
        int r = write_store(change, ours, leaving), written;

        if (r < 0)
                return r;
        r = run_tool(change, "--remove-args", leaving);
        if (r < 0 && are_configured(leaving))
                return r;
        written = write_store(change, ours, NULL);
        return r < 0 ? r : written;
}

int kargs_finish_earlier(const KargsChange *change, const BootConfig *config)
{
        char words[BOOT_PARAMETERS_TEXT];

        if (config->leaving.n == 0)
                return 0;
        (void)ctl_complain("An earlier tscwarden kargs was killed while it removed %s; finishing that",
                           boot_parameters_join(&config->leaving, words));
        return remove_from_store(change, &config->ours, &config->leaving);
}

/* Sets or removes the parameters in the boot entries. */
static int run_and_verify(const KargsChange *change, const BootParameters *parameters, bool wanted)
{
        int r = run_tool(change, wanted ? "--args" : "--remove-args", parameters);

        return r < 0 ? r : verify(parameters, wanted);
}

static void complain_again(void)
{
        (void)ctl_complain("That did not work either. `tscwarden kargs plan` says what is configured.");
}

int kargs_set(const KargsChange *change, const BootParameters *before, const BootParameters *missing)
{
        BootParameters after = *before;
        int r;

        for (unsigned i = 0; i < missing->n; i++) {
                r = boot_parameters_add(&after, missing->words[i]);
                if (r < 0)
                        return ctl_complain_errno(r, "Cannot add %s", missing->words[i]);
        }
        r = write_store(change, &after, NULL);
        if (r < 0)
                return r;
        r = run_and_verify(change, missing, true);
        if (r == 0)
                return 0;

        (void)ctl_complain("Removing what was set");
        if ((change->platform == BOOT_UPDATE_GRUB ? remove_from_store(change, before, missing) :
                                                    run_tool(change, "--remove-args", missing)) < 0)
                complain_again();
        else if (change->platform == BOOT_GRUBBY)
                (void)write_store(change, before, NULL);
        return r;
}

static int remove_with_grubby(const KargsChange *change, const BootParameters *ours)
{
        const BootParameters none = {};
        int r = run_and_verify(change, ours, false);

        return r < 0 ? r : write_store(change, &none, NULL);
}

int kargs_remove(const KargsChange *change, const BootParameters *ours)
{
        const BootParameters none = {};
        bool grubby = change->platform == BOOT_GRUBBY;
        /* With update-grub another file may set the same parameters, so they are not looked for afterwards. */
        int r = grubby ? remove_with_grubby(change, ours) : remove_from_store(change, &none, ours);

        if (r == 0)
                return 0;
        (void)ctl_complain("Restoring what was removed");
        if (!grubby)
                (void)write_store(change, ours, NULL);
        if (run_tool(change, "--args", ours) < 0)
                complain_again();
        return r;
}
