/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/boot-config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "model/cmdline.h"

static const struct {
        const char *name, *description;
        /* The file of ours, and what stands around the parameters in it. */
        const char *directory, *file, *before, *after;
} platforms[BOOT_PLATFORM_MAX_] = {
        [BOOT_UNKNOWN] = { .name = "unknown", .description = "no boot loader that tscwarden knows" },
        [BOOT_BOOTC] = { .name = "bootc", .description = "bootc: the parameters belong to the image" },
        [BOOT_OSTREE] = { .name = "rpm-ostree", .description = "ostree: the parameters belong to the deployment" },
        [BOOT_UKI] = { .name = "uki", .description = "a unified kernel image: the parameters are part of it" },
        [BOOT_PROXMOX] = { .name = "proxmox",
                           .description = "systemd-boot by proxmox-boot-tool (/etc/kernel/cmdline)" },
        [BOOT_ZFSBOOTMENU] = { .name = "zfsbootmenu",
                               .description = "ZFSBootMenu: the parameters are a property of the data set" },
        [BOOT_REFIND] = { .name = "refind", .description = "rEFInd (/boot/refind_linux.conf)" },
        [BOOT_OTHER] = { .name = "other",
                         .description =
                                 "not GRUB has booted this machine (LoaderInfo, or no BOOT_IMAGE= in /proc/cmdline)" },
        [BOOT_GRUBBY] = { .name = "grubby",
                          .description = "GRUB with boot loader entries (grubby)",
                          .directory = "/var/lib/tscwarden",
                          .file = "boot-parameters",
                          .before = "",
                          .after = "" },
        /* Behind 50-cloudimg-settings.cfg and its like, which may set the variable anew. */
        [BOOT_UPDATE_GRUB] = { .name = "update-grub",
                               .description = "Debian's GRUB (/etc/default/grub.d, update-grub)",
                               .directory = "/etc/default/grub.d",
                               .file = "90-tscwarden.cfg",
                               .before = "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX ",
                               .after = "\"" },
        [BOOT_GRUB_MKCONFIG] = { .name = "grub2-mkconfig", .description = "GRUB (/etc/default/grub, grub2-mkconfig)" },
        [BOOT_KERNEL_INSTALL] = { .name = "kernel-install", .description = "kernel-install (/etc/kernel/cmdline)" },
};

#define STORE_MARK "# Written by tscwarden kargs apply; tscwarden kargs revert takes it back.\n"
#define STORE_LEAVING "# Being taken back: "

const char *boot_platform_to_string(BootPlatform platform)
{
        return platforms[platform].name;
}

const char *boot_platform_describe(BootPlatform platform)
{
        return platforms[platform].description;
}

bool boot_platform_is_supported(BootPlatform platform)
{
        return platforms[platform].file;
}

const char *boot_store_directory(BootPlatform platform)
{
        return platforms[platform].directory;
}

const char *boot_store_name(BootPlatform platform)
{
        return platforms[platform].file;
}

bool boot_parameters_have(const BootParameters *parameters, const char *word)
{
        for (unsigned i = 0; i < parameters->n; i++)
                if (strcmp(parameters->words[i], word) == 0)
                        return true;
        return false;
}

int boot_parameters_add(BootParameters *parameters, const char *word)
{
        if (boot_parameters_have(parameters, word))
                return 0;
        if (parameters->n == BOOT_PARAMETERS_MAX || strlen(word) >= sizeof(parameters->words[0]))
                return -ENOSPC;
        strcpy(parameters->words[parameters->n++], word);
        return 0;
}

const char *boot_parameters_join(const BootParameters *parameters, char buffer[static BOOT_PARAMETERS_TEXT])
{
        char *end = buffer;

        *end = '\0';
        for (unsigned i = 0; i < parameters->n; i++)
                end += sprintf(end, "%s%s", i > 0 ? " " : "", parameters->words[i]);
        return buffer;
}

char *boot_store_format(BootPlatform platform, const BootParameters *parameters, const BootParameters *leaving)
{
        char words[BOOT_PARAMETERS_TEXT], others[BOOT_PARAMETERS_TEXT] = "", *text;
        bool leaves = leaving && leaving->n > 0, sets = parameters->n > 0;

        if (asprintf(&text, STORE_MARK "%s%s%s%s%s%s%s", leaves ? STORE_LEAVING : "",
                     leaves ? boot_parameters_join(leaving, others) : "", leaves ? "\n" : "",
                     sets ? platforms[platform].before : "", boot_parameters_join(parameters, words),
                     sets ? platforms[platform].after : "", sets ? "\n" : "") < 0)
                return NULL;
        return text;
}

/* Words from *p up to something else, to where *p moves: 0 or -EBADMSG. */
static int parse_words(const char **p, BootParameters *ret)
{
        for (;;) {
                char word[sizeof(ret->words[0])];
                size_t length = strcspn(*p, " \"\n");

                if (length == 0 || length >= sizeof(word))
                        return -EBADMSG;
                memcpy(word, *p, length);
                word[length] = '\0';
                if (boot_parameters_add(ret, word) < 0)
                        return -EBADMSG;
                *p += length;
                if (**p != ' ')
                        return 0;
                (*p)++;
        }
}

/* What stands between `before` and `after`, from *p to behind it: 0 or -EBADMSG. */
static int parse_line(const char **p, const char *before, const char *after, BootParameters *ret)
{
        if (strncmp(*p, before, strlen(before)) != 0)
                return -EBADMSG;
        *p += strlen(before);
        if (parse_words(p, ret) < 0 || strncmp(*p, after, strlen(after)) != 0 || (*p)[strlen(after)] != '\n')
                return -EBADMSG;
        *p += strlen(after) + 1;
        return 0;
}

int boot_store_parse(BootPlatform platform, const char *text, BootParameters *ret, BootParameters *ret_leaving)
{
        BootParameters parameters = {}, leaving = {};
        const char *p = text + strlen(STORE_MARK);

        if (strncmp(text, STORE_MARK, strlen(STORE_MARK)) != 0)
                return -EBADMSG;
        if (strncmp(p, STORE_LEAVING, strlen(STORE_LEAVING)) == 0 && parse_line(&p, STORE_LEAVING, "", &leaving) < 0)
                return -EBADMSG;
        if ((*p || leaving.n == 0) &&
            parse_line(&p, platforms[platform].before, platforms[platform].after, &parameters) < 0)
                return -EBADMSG;
        if (*p)
                return -EBADMSG;
        *ret = parameters;
        *ret_leaving = leaving;
        return 0;
}

void boot_config_done(BootConfig *config)
{
        for (size_t i = 0; i < config->n; i++)
                free(config->cmdlines[i]);
        free(config->cmdlines);
        for (size_t i = 0; i < config->n_files; i++) {
                free(config->files[i].path);
                free(config->files[i].text);
        }
        free(config->files);
        *config = (BootConfig) {};
}

static int add_cmdline(BootConfig *config, const char *text, size_t length)
{
        if (array_grow(&config->cmdlines, config->n, sizeof(*config->cmdlines)) < 0)
                return -ENOMEM;
        config->cmdlines[config->n] = strndup(text, length);
        if (!config->cmdlines[config->n])
                return -ENOMEM;
        config->n++;
        return 0;
}

int boot_config_parse_cmdline(BootConfig *config, const char *text)
{
        return add_cmdline(config, text, strlen(text));
}

/* What GRUB puts for $tuned_params: tuned's 00_tuned sets the variable from this file. "" where it does not. */
static const char *tuned_params(const BootConfig *config)
{
        static const char key[] = "TUNED_BOOT_CMDLINE=\"";

        for (size_t i = 0; i < config->n_files; i++)
                if (strcmp(config->files[i].path, BOOT_TUNED_FILE) == 0)
                        for (const char *p = config->files[i].text; *p; p += strcspn(p, "\n"), p += *p == '\n')
                                if (strncmp(p, key, strlen(key)) == 0)
                                        return p + strlen(key);
        return "";
}

static int add_entry(BootConfig *config, const char *args, size_t size)
{
        static const char variable[] = "$tuned_params";
        const char *mark = memmem(args, size, variable, strlen(variable));
        _cleanup_free_ char *expanded = NULL;
        const char *params = tuned_params(config);

        if (!mark)
                return add_cmdline(config, args, size);
        if (asprintf(&expanded, "%.*s%.*s%.*s", (int)(mark - args), args, (int)strcspn(params, "\"\n"), params,
                     (int)(args + size - mark - strlen(variable)), mark + strlen(variable)) < 0) {
                expanded = NULL;
                return -ENOMEM;
        }
        return add_cmdline(config, expanded, strlen(expanded));
}

int boot_config_parse_grubby(BootConfig *config, const char *text)
{
        static const char key[] = "args=\"";

        for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
                size_t length = strcspn(text, "\n");
                int r;

                if (strncmp(text, key, strlen(key)) != 0 || text[length - 1] != '"' || length == strlen(key))
                        continue;
                /* Older grubby prints RHEL 8's variable by its name. */
                if (strncmp(text + strlen(key), "$kernelopts", strlen("$kernelopts")) == 0)
                        return -EBADMSG;
                r = add_entry(config, text + strlen(key), length - strlen(key) - 1);
                if (r < 0)
                        return r;
        }
        return config->n > 0 ? 0 : -EBADMSG;
}

/* Behind "linux", "linux16" or "linuxefi" at the beginning of a line, else NULL. */
static const char *after_linux(const char *line)
{
        static const char *const words[] = { "linux", "linux16", "linuxefi" };
        size_t length;

        line += strspn(line, " \t");
        length = strcspn(line, " \t\n");
        for (size_t i = 0; i < ARRAY_SIZE(words); i++)
                if (length == strlen(words[i]) && strncmp(line, words[i], length) == 0)
                        return line + length;
        return NULL;
}

/* What one script of /etc/grub.d has made. */
static int parse_grub_section(BootConfig *config, const char *p, const char *end)
{
        bool recovery = false;

        for (; p < end; p += strcspn(p, "\n") + 1) {
                const char *word = p + strspn(p, " \t"), *mark;
                int r;

                if (strncmp(word, "menuentry ", 10) == 0) {
                        mark = strstr(word, "-recovery");
                        recovery = mark && mark < word + strcspn(word, "\n");
                }
                word = after_linux(word);
                if (recovery || !word)
                        continue;
                /* "linux PATH PARAMETERS" */
                word += strspn(word, " \t");
                word += strcspn(word, " \t\n");
                word += strspn(word, " \t");
                r = add_cmdline(config, word, strcspn(word, "\n"));
                if (r < 0)
                        return r;
        }
        return 0;
}

int boot_config_parse_grub_cfg(BootConfig *config, const char *text)
{
        static const char *const sections[][2] = {
                { "\n### BEGIN /etc/grub.d/10_linux ###\n", "\n### END /etc/grub.d/10_linux ###" },
                { "\n### BEGIN /etc/grub.d/10_linux_zfs ###\n", "\n### END /etc/grub.d/10_linux_zfs ###" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
                const char *p = strstr(text, sections[i][0]), *end = p ? strstr(p, sections[i][1]) : NULL;
                int r = end ? parse_grub_section(config, p + 1, end) : 0;

                if (r < 0)
                        return r;
        }
        return config->n > 0 ? 0 : -EBADMSG;
}

size_t boot_config_count(const BootConfig *config, const char *parameter)
{
        size_t n = 0;

        for (size_t i = 0; i < config->n; i++)
                n += cmdline_has_word(config->cmdlines[i], parameter);
        return n;
}

bool boot_config_contradicts(const BootConfig *config, const char *parameter, char *buffer, size_t size)
{
        size_t length = strcspn(parameter, "=");
        char name[48];

        snprintf(name, sizeof(name), "%.*s", (int)length, parameter);
        for (size_t i = 0; i < config->n; i++)
                if (cmdline_get(config->cmdlines[i], name, buffer, size) && strcmp(buffer, parameter + length + 1) != 0)
                        return true;
        return false;
}

/* As a whole word, outside of comments. */
static bool text_sets(const char *text, const char *parameter)
{
        size_t size = strlen(parameter);

        for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
                const char *end = text + strcspn(text, "\n"), *p = text;

                if (text[strspn(text, " \t")] == '#')
                        continue;
                while ((p = memmem(p, (size_t)(end - p), parameter, size))) {
                        if (p > text && strchr(" \t\"'=", p[-1]) && strchr(" \t\"'\n", p[size]))
                                return true;
                        p += size;
                }
        }
        return false;
}

const char *boot_config_owner(const BootConfig *config, const char *parameter)
{
        if (boot_parameters_have(&config->ours, parameter))
                return "tscwarden";
        for (size_t i = config->n_files; i > 0; i--)
                if (text_sets(config->files[i - 1].text, parameter))
                        return config->files[i - 1].path;
        return NULL;
}

const char *boot_config_explain_error(const BootConfig *config)
{
        switch (config->error) {
        case -EOPNOTSUPP:
                return "not read on this platform";
        case -EBADMSG:
                return "no boot entry was understood";
        case -EACCES:
                return "only root may read it";
        default:
                return strerror(-config->error);
        }
}

/* "BEFORE a=1 BETWEEN b=2 AFTER" */
static char *list(const BootParameters *parameters, const char *before, const char *between, const char *after)
{
        _cleanup_free_ char *middle = strdup("");
        char *text;

        for (unsigned i = 0; middle && i < parameters->n; i++) {
                char *longer;

                if (asprintf(&longer, "%s%s%s", middle, i > 0 ? between : "", parameters->words[i]) < 0)
                        return NULL;
                free(middle);
                middle = longer;
        }
        if (!middle || asprintf(&text, "%s%s%s", before, middle, after) < 0)
                return NULL;
        return text;
}

char *boot_platform_advice(const BootFacts *facts, BootPlatform platform, const BootParameters *parameters)
{
        switch (platform) {
        case BOOT_BOOTC:
                if (facts->has_rpm_ostree)
                        return list(
                                parameters, "rpm-ostree kargs --append-if-missing=", " --append-if-missing=",
                                "\nOr, for every host of this image, in /usr/lib/bootc/kargs.d/10-tscwarden.toml of it: the "
                                "same as a list, kargs = [\"NAME=VALUE\"].");
                return list(parameters, "In the image, /usr/lib/bootc/kargs.d/10-tscwarden.toml:\nkargs = [\"",
                            "\", \"", "\"]");
        case BOOT_OSTREE:
                return list(parameters, "rpm-ostree kargs --append-if-missing=", " --append-if-missing=", "");
        case BOOT_UKI:
                return list(parameters,
                            "Add to the command line that ukify(1) builds the image with, and build it anew; or, "
                            "an addon beside it (systemd-stub(7)), signed under Secure Boot:\n",
                            " ", "");
        case BOOT_PROXMOX:
                return list(parameters, "Add to the line in /etc/kernel/cmdline:\n", " ",
                            "\nThen: proxmox-boot-tool refresh");
        case BOOT_ZFSBOOTMENU:
                return list(
                        parameters,
                        "Add to the property org.zfsbootmenu:commandline of the data set that is booted "
                        "(zfs get org.zfsbootmenu:commandline; zfs set keeps only what it is given, so repeat what stands there):\n",
                        " ", "");
        case BOOT_REFIND:
                return list(parameters, "Add to the quoted parameters of each line in /boot/refind_linux.conf:\n", " ",
                            "");
        case BOOT_OTHER:
                return list(
                        parameters,
                        "GRUB has not booted this machine, so its files have no effect. Add to the kernel's command "
                        "line where the loader that did, or the firmware's boot entry (efibootmgr -v), has it:\n",
                        " ", "");
        case BOOT_GRUB_MKCONFIG:
                return list(parameters, "Add to GRUB_CMDLINE_LINUX in /etc/default/grub:\n", " ",
                            "\nThen: grub2-mkconfig -o /boot/grub2/grub.cfg");
        case BOOT_GRUBBY:
                return list(parameters, "grubby --update-kernel=ALL --args=\"", " ", "\"");
        case BOOT_UPDATE_GRUB:
                return list(parameters,
                            "In /etc/default/grub.d/90-tscwarden.cfg:\nGRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX ", " ",
                            "\"\nThen: update-grub");
        case BOOT_KERNEL_INSTALL:
                return list(parameters, "Add to the line in /etc/kernel/cmdline:\n", " ",
                            "\nThen, for the kernel that runs: kernel-install add \"$(uname -r)\" "
                            "\"/lib/modules/$(uname -r)/vmlinuz\"");
        default:
                return list(parameters, "Add to the kernel's command line in your boot loader's configuration:\n", " ",
                            "");
        }
}
