/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/config/config-fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/macro.h"

void config_faults_done(ConfigFaults *faults)
{
        for (unsigned i = 0; i < faults->n; i++)
                free(faults->entries[i].text);
        *faults = (ConfigFaults) {};
}

static void faults_remove(ConfigFaults *faults, unsigned index)
{
        free(faults->entries[index].text);
        faults->n--;
        memmove(&faults->entries[index], &faults->entries[index + 1], (faults->n - index) * sizeof(*faults->entries));
}

/* Returns false if CONFIG_FAULTS_MAX faults of this kind are kept and none of them has a later line. */
static bool faults_make_room(ConfigFaults *faults, bool refuses, unsigned line)
{
        unsigned n = 0, last = 0;

        for (unsigned i = 0; i < faults->n; i++)
                if (faults->entries[i].refuses == refuses) {
                        n++;
                        last = i;
                }
        if (n < CONFIG_FAULTS_MAX)
                return true;
        if (faults->entries[last].line <= line)
                return false;
        faults_remove(faults, last);
        return true;
}

static void faults_add(ConfigFaults *faults, bool refuses, unsigned line, const char *format, va_list args)
        _printf_(4, 0);

static void faults_add(ConfigFaults *faults, bool refuses, unsigned line, const char *format, va_list args)
{
        unsigned at;
        char *text;

        if (!faults_make_room(faults, refuses, line))
                return;
        text = text_format_valist(format, args);
        if (!text) {
                faults->error = -ENOMEM;
                return;
        }
        /* faults_make_room() has left at least one place free. */
        for (at = faults->n; at > 0 && faults->entries[at - 1].line > line; at--)
                faults->entries[at] = faults->entries[at - 1];
        faults->entries[at] = (ConfigFault) { .line = line, .refuses = refuses, .text = text };
        faults->n++;
}

void config_faults_refuse(ConfigFaults *faults, unsigned line, const char *format, ...)
{
        va_list args;

        faults->n_refusals++;
        va_start(args, format);
        faults_add(faults, true, line, format, args);
        va_end(args);
}

void config_faults_remark(ConfigFaults *faults, unsigned line, const char *format, ...)
{
        va_list args;

        faults->n_remarks++;
        va_start(args, format);
        faults_add(faults, false, line, format, args);
        va_end(args);
}

static int errors_append(ConfigErrors *errors, const char *format, ...) _printf_(2, 3);

static int errors_append(ConfigErrors *errors, const char *format, ...)
{
        _cleanup_free_ char *text = NULL;
        va_list args;

        va_start(args, format);
        text = text_format_valist(format, args);
        va_end(args);
        errors->lines[errors->n] = text ? text_escape(text) : NULL;
        if (!errors->lines[errors->n])
                return -ENOMEM;
        errors->n++;
        return 0;
}

static int errors_append_more(ConfigErrors *errors, const char *file, unsigned n, const char *what)
{
        return n > CONFIG_FAULTS_MAX ? errors_append(errors, "%s: and %u more %s", file, n - CONFIG_FAULTS_MAX, what) :
                                       0;
}

int config_faults_format(const ConfigFaults *faults, const char *file, ConfigErrors *ret)
{
        _cleanup_config_errors_ ConfigErrors errors = { .n_refusals = faults->n_refusals };
        int r;

        if (faults->error < 0)
                return faults->error;
        errors.lines = calloc(faults->n + 2, sizeof(*errors.lines));
        if (!errors.lines)
                return -ENOMEM;
        for (unsigned i = 0; i < faults->n; i++) {
                const ConfigFault *fault = &faults->entries[i];

                if (fault->line > 0)
                        r = errors_append(&errors, "%s:%u: %s", file, fault->line, fault->text);
                else
                        r = errors_append(&errors, "%s: %s", file, fault->text);
                if (r < 0)
                        return r;
        }
        r = errors_append_more(&errors, file, faults->n_refusals, "errors");
        if (r < 0)
                return r;
        r = errors_append_more(&errors, file, faults->n_remarks, "remarks");
        if (r < 0)
                return r;
        *ret = TAKE_STRUCT(errors);
        return 0;
}

const char *config_excerpt(const char *text, size_t length, char buffer[static CONFIG_EXCERPT_SIZE])
{
        size_t cut = CONFIG_EXCERPT_SIZE - sizeof("...");

        if (length < CONFIG_EXCERPT_SIZE) {
                memcpy(buffer, text, length);
                buffer[length] = '\0';
                return buffer;
        }
        /* A UTF-8 sequence is not cut. */
        while (cut > 0 && (text[cut] & 0xc0) == 0x80)
                cut--;
        memcpy(buffer, text, cut);
        strcpy(buffer + cut, "...");
        return buffer;
}
