/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/read/boot-config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/array.h"
#include "base/macro.h"
#include "base/time.h"
#include "check/layout.h"
#include "check/read/files.h"
#include "host/runtime.h"
#include "host/sysfs.h"
#include "host/tool.h"

#define FILE_MAX (4U << 20)
#define GRUBBY_SECONDS 60

/* systemd-stub(7) sets stub_info, the boot loader sets loader_info. */
static const char default_grub[] = "/etc/default/grub";
static const char stub_info[] = "/sys/firmware/efi/efivars/StubInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";
static const char loader_info[] = "/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";
static const char kernel_cmdline[] = "/etc/kernel/cmdline";

static int read_text(const char *path, char **ret)
{
        size_t size;

        return runtime_read_file(AT_FDCWD, path, FILE_MAX, ret, &size);
}

/* Reads which boot loader started the running kernel, and with which parameters. */
static int read_booted(BootFacts *facts)
{
        _cleanup_free_ char *loader = NULL, *cmdline = NULL;
        size_t size;
        int r = runtime_read_file(AT_FDCWD, loader_info, FILE_MAX, &loader, &size);

        if (r == 0)
                boot_loader_decode(loader, (unsigned)size, facts->loader);
        if (r == -ENOMEM || read_text("/proc/cmdline", &cmdline) == -ENOMEM)
                return -ENOMEM;
        facts->efi = file_exists("/sys/firmware/efi");
        facts->boot_image = cmdline && strstr(cmdline, "BOOT_IMAGE=");
        facts->zfs_root = cmdline && (strcasestr(cmdline, "root=zfs:") || strcasestr(cmdline, "root=zfs="));
        facts->proxmox = file_exists("/etc/kernel/proxmox-boot-uuids");
        facts->refind = file_exists("/boot/refind_linux.conf");
        return 0;
}

static void find_kernel_image(char *buffer, size_t size)
{
        struct utsname name;

        if (uname(&name) < 0)
                return;
        snprintf(buffer, size, "/lib/modules/%s/vmlinuz", name.release);
        if (!file_exists(buffer))
                snprintf(buffer, size, "/boot/vmlinuz-%s", name.release);
        if (!file_exists(buffer))
                buffer[0] = '\0';
}

static int read_facts(BootFacts *ret)
{
        _cleanup_free_ char *text = NULL;
        char path[PATH_MAX];
        int r = read_text(default_grub, &text);

        if (r == -ENOMEM)
                return r;
        *ret = (BootFacts) {
                .ostree_booted = file_exists("/run/ostree-booted"),
                .has_bootc = tool_find("bootc", path),
                .has_rpm_ostree = tool_find("rpm-ostree", path),
                .has_grubby = tool_find("grubby", path),
                .has_update_grub = tool_find("update-grub", path),
                .stub = file_exists(stub_info),
                .bls = boot_text_enables_bls(text),
                .grub_cfg = file_exists(layouts[LAYOUT_DEBIAN].grub_config),
                .default_grub = file_exists(default_grub),
                .grub2_cfg = file_exists(layouts[LAYOUT_RED_HAT].grub_config),
                .kernel_cmdline = file_exists(kernel_cmdline),
                .default_grub_quoted = boot_text_has_quoted_cmdline(text),
        };
        find_kernel_image(ret->kernel_image, sizeof(ret->kernel_image));
        return read_booted(ret);
}

static int read_grubby(BootConfig *config)
{
        static const char *const argv[] = { "grubby", "--info=ALL", NULL };
        _cleanup_free_ char *text = NULL;
        int status, r = tool_run(argv, GRUBBY_SECONDS, TOOL_TAKE, &status, &text);

        if (r < 0)
                return r;
        /* For other users than root, grubby fails because it cannot read the boot entries. */
        if (status != 0)
                return geteuid() == 0 ? -EIO : -EACCES;
        return boot_config_parse_grubby(config, text);
}

static int read_cmdlines(BootConfig *config)
{
        _cleanup_free_ char *text = NULL;
        int r;

        switch (config->platform) {
        case BOOT_GRUBBY:
                config->source = "grubby --info=ALL";
                return read_grubby(config);
        case BOOT_UPDATE_GRUB:
        case BOOT_GRUB_MKCONFIG:
                config->source = boot_grub_layout(&config->facts)->grub_config;
                r = read_text(config->source, &text);
                return r < 0 ? r : boot_config_parse_grub_cfg(config, text);
        case BOOT_PROXMOX:
        case BOOT_KERNEL_INSTALL:
                config->source = kernel_cmdline;
                r = read_text(kernel_cmdline, &text);
                return r < 0 ? r : boot_config_parse_cmdline(config, text);
        default:
                return -EOPNOTSUPP;
        }
}

/* True if the file is older than this boot by more than a second. The margin is for small steps of the clock at boot.
 */
static bool is_older_than_boot(const char *path)
{
        double since_boot = (double)time_usec(CLOCK_BOOTTIME) / 1e6, now = (double)time_usec(CLOCK_REALTIME) / 1e6;
        struct stat st;

        return stat(path, &st) == 0 && (double)st.st_mtime + 1 < now - since_boot;
}

static int read_ours(BootConfig *config)
{
        _cleanup_free_ char *text = NULL;
        char path[PATH_MAX];
        int r;

        if (!boot_platform_is_supported(config->platform))
                return 0;
        snprintf(path, sizeof(path), "%s/%s", boot_store_directory(config->platform),
                 boot_store_name(config->platform));
        r = read_text(path, &text);
        if (r < 0)
                return r == -ENOENT ? 0 : r;
        config->ours_before_boot = is_older_than_boot(path);
        return boot_store_parse(config->platform, text, &config->ours, &config->leaving);
}

static int add_file(BootConfig *config, const char *path)
{
        _cleanup_free_ char *text = NULL, *name = strdup(path);
        int r;

        if (!name || array_grow(&config->files, config->n_files, sizeof(*config->files)) < 0)
                return -ENOMEM;
        r = read_text(path, &text);
        if (r < 0)
                return r == -ENOMEM ? r : 0;
        config->files[config->n_files++] = (BootFile) { .path = TAKE_PTR(name), .text = TAKE_PTR(text) };
        return 0;
}

/* Reads the files that may set parameters, in the order in which grub-mkconfig sources them. */
static int read_files(BootConfig *config)
{
        _cleanup_glob_ glob_t found = {};
        int r;

        if (config->platform == BOOT_GRUBBY)
                return add_file(config, BOOT_TUNED_FILE);
        if (config->platform != BOOT_UPDATE_GRUB)
                return 0;
        r = add_file(config, default_grub);
        if (r == 0)
                r = files_find("/etc/default/grub.d/*.cfg", &found);
        for (size_t i = 0; r == 0 && i < found.gl_pathc; i++)
                r = add_file(config, found.gl_pathv[i]);
        return r;
}

int boot_config_read(BootConfig *ret)
{
        _cleanup_boot_config_ BootConfig config = {};
        int r = read_facts(&config.facts);

        if (r < 0)
                return r;
        config.platform = boot_platform_detect(&config.facts);
        r = read_files(&config);
        if (r < 0)
                return r;
        config.ours_error = read_ours(&config);
        config.error = read_cmdlines(&config);
        if (config.error == -ENOMEM || config.ours_error == -ENOMEM)
                return -ENOMEM;
        if (config.error < 0) {
                for (size_t i = 0; i < config.n; i++)
                        free(config.cmdlines[i]);
                config.n = 0;
        }
        *ret = TAKE_STRUCT(config);
        return 0;
}

int boot_parameter_in_force(const char *parameter, char **ret)
{
        size_t module = strcspn(parameter, "."), name;
        char path[PATH_MAX];
        char *value = NULL;
        int r;

        if (parameter[module] != '.') {
                *ret = NULL;
                return 0;
        }
        name = strcspn(parameter + module + 1, "=");
        snprintf(path, sizeof(path), "/sys/module/%.*s/parameters/%.*s", (int)module, parameter, (int)name,
                 parameter + module + 1);
        r = sysfs_read_string_at(AT_FDCWD, path, &value);
        if (r == -ENOMEM)
                return r;
        *ret = value;
        return 0;
}
