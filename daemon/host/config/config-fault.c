/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/config/config-fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "base/macro.h"

void config_faults_done(ConfigFaults *faults)
{
        for (unsigned i = 0; i < faults->n; i++)
                free(faults->entries[i].text);
        free(faults->entries);
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

void config_faults_add(ConfigFaults *faults, bool refuses, unsigned line, const char *format, ...)
{
        ConfigFault fault = { .line = line, .refuses = refuses };
        va_list args;
        unsigned at;

        *(refuses ? &faults->n_refusals : &faults->n_remarks) += 1;
        if (!faults_make_room(faults, refuses, line))
                return;
        va_start(args, format);
        fault.text = text_format_valist(format, args);
        va_end(args);
        if (!fault.text || array_grow(&faults->entries, faults->n, sizeof(fault)) < 0) {
                free(fault.text);
                faults->error = -ENOMEM;
                return;
        }
        for (at = faults->n++; at > 0 && faults->entries[at - 1].line > line; at--)
                faults->entries[at] = faults->entries[at - 1];
        faults->entries[at] = fault;
}

/* Takes over *fault. */
static int append(ConfigFaults *faults, ConfigFault *fault)
{
        if (array_grow(&faults->entries, faults->n, sizeof(*faults->entries)) < 0)
                return -ENOMEM;
        faults->entries[faults->n++] = TAKE_STRUCT(*fault);
        return 0;
}

static int append_more(ConfigFaults *faults, bool refuses, unsigned n_found, const char *what)
{
        ConfigFault more = { .refuses = refuses };
        unsigned n_kept = 0;
        int r;

        for (unsigned i = 0; i < faults->n; i++)
                n_kept += faults->entries[i].refuses == refuses;
        if (n_found <= n_kept)
                return 0;
        more.text = text_format("and %u more %s", n_found - n_kept, what);
        if (!more.text)
                return -ENOMEM;
        r = append(faults, &more);
        free(more.text);
        return r;
}

static int finish_text(ConfigFault *fault, const char *file)
{
        _cleanup_free_ char *line = NULL;
        char number[16] = "", *safe;

        if (fault->line > 0)
                snprintf(number, sizeof(number), ":%u", fault->line);
        line = text_format("%s%s: %s", file, number, fault->text);
        safe = line ? text_escape(line) : NULL;
        if (!safe)
                return -ENOMEM;
        free(fault->text);
        fault->text = safe;
        return 0;
}

int config_faults_finish(ConfigFaults *faults, const char *file)
{
        int r = faults->error;

        if (r == 0)
                r = append_more(faults, true, faults->n_refusals, "errors");
        if (r == 0)
                r = append_more(faults, false, faults->n_remarks, "remarks");
        for (unsigned i = 0; i < faults->n && r == 0; i++)
                r = finish_text(&faults->entries[i], file);
        if (r < 0)
                config_faults_done(faults);
        return r;
}

int config_faults_move(ConfigFaults *to, ConfigFaults *from)
{
        for (unsigned i = 0; i < from->n; i++) {
                from->entries[i].foreign = true;
                if (append(to, &from->entries[i]) < 0)
                        return -ENOMEM;
        }
        config_faults_done(from);
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
