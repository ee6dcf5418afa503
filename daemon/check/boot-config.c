/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/boot-config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/array.h"
#include "base/words.h"
#include "model/cmdline.h"

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

/* The value that replaces $tuned_params: tuned's script /etc/grub.d/00_tuned sets this GRUB variable from
 * BOOT_TUNED_FILE. The text goes on behind the closing quote. "" if that file does not set it. */
static const char *tuned_params(const BootConfig *config)
{
        for (size_t i = 0; i < config->n_files; i++) {
                const char *line = config->files[i].text;

                if (strcmp(config->files[i].path, BOOT_TUNED_FILE) != 0)
                        continue;
                for (; line; line = text_next_line(line)) {
                        const char *value = text_after(line, "TUNED_BOOT_CMDLINE=\"");

                        if (value)
                                return value;
                }
        }
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
        expanded = text_format("%.*s%.*s%.*s", (int)(mark - args), args, (int)strcspn(params, "\"\n"), params,
                               (int)(args + size - mark - strlen(variable)), mark + strlen(variable));
        if (!expanded)
                return -ENOMEM;
        return add_cmdline(config, expanded, strlen(expanded));
}

int boot_config_parse_grubby(BootConfig *config, const char *text)
{
        for (const char *line = text; line; line = text_next_line(line)) {
                const char *args = text_after(line, "args=\"");
                size_t length = args ? strcspn(args, "\n") : 0;

                if (length == 0 || args[length - 1] != '"')
                        continue;
                /* On RHEL 8 older versions of grubby print the GRUB variable's name instead of its value. */
                if (text_after(args, "$kernelopts"))
                        return -EBADMSG;
                if (add_entry(config, args, length - 1) < 0)
                        return -ENOMEM;
        }
        return config->n > 0 ? 0 : -EBADMSG;
}

/* Returns the text after "linux", "linux16" or "linuxefi" at the beginning of the line, else NULL. */
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

/* Adds the entries that one script of /etc/grub.d has written, from `p` to `end`. */
static int parse_grub_section(BootConfig *config, const char *p, const char *end)
{
        bool recovery = false;

        for (; p < end; p += strcspn(p, "\n") + 1) {
                const char *word = p + strspn(p, " \t"), *mark;

                if (text_after(word, "menuentry ")) {
                        mark = strstr(word, "-recovery");
                        recovery = mark && mark < word + strcspn(word, "\n");
                }
                word = after_linux(word);
                if (recovery || !word)
                        continue;
                /* The line is "linux PATH PARAMETERS". */
                word += strspn(word, " \t");
                word += strcspn(word, " \t\n");
                word += strspn(word, " \t");
                if (add_cmdline(config, word, strcspn(word, "\n")) < 0)
                        return -ENOMEM;
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

                if (end && parse_grub_section(config, p + 1, end) < 0)
                        return -ENOMEM;
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

/* True if the text has `parameter` as a whole word outside of comments. */
static bool text_sets(const char *text, const char *parameter)
{
        size_t size = strlen(parameter);

        for (const char *line = text; line; line = text_next_line(line)) {
                const char *end = line + strcspn(line, "\n"), *p = line;

                if (line[strspn(line, " \t")] == '#')
                        continue;
                while ((p = memmem(p, (size_t)(end - p), parameter, size))) {
                        if (p > line && strchr(" \t\"'=", p[-1]) && strchr(" \t\"'\n", p[size]))
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
