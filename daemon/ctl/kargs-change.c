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
                fprintf(stderr, "tscwarden: Cannot write %s/%s: %s\n", boot_store_directory(change->platform), name,
                        strerror(-r));
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

/* Checks that every boot entry has each parameter; if not `wanted`, that none has one unless another file sets it. */
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
        /* Makes boot_config_owner() below ignore what `kargs apply` has set. */
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

/* True if a boot entry has one of the parameters or if that is not known. */
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

/* With update-grub: removes `leaving` and keeps `ours`. The store lists `leaving` while update-grub runs: if this
 * process is killed, the next apply or revert finishes the removal. */
static int take_back(const KargsChange *change, const BootParameters *ours, const BootParameters *leaving)
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

int kargs_finish_earlier(const KargsChange *change, const BootConfig *config)
{
        char words[BOOT_PARAMETERS_TEXT];

        if (config->leaving.n == 0)
                return 0;
        fprintf(stderr, "tscwarden: An earlier tscwarden kargs was killed while it removed %s; finishing that\n",
                boot_parameters_join(&config->leaving, words));
        return take_back(change, &config->ours, &config->leaving);
}

int kargs_set(const KargsChange *change, const BootParameters *before, const BootParameters *missing)
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

int kargs_take_back(const KargsChange *change, const BootParameters *ours)
{
        const BootParameters none = {};
        bool grubby = change->platform == BOOT_GRUBBY;
        int r = grubby ? run_tool(change, "--remove-args", ours) : take_back(change, &none, ours);

        /* Not with update-grub, because another file may set the same parameters. */
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
