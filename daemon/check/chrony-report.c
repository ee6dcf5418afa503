/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/chrony-report.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"

enum {
        TRACKING_COLUMNS = 14,
        SOURCE_COLUMNS = 10,
        /* Column 29 and 30 name who stamped the packets. chrony 4.3 prints 34 columns. */
        NTPDATA_COLUMNS = 30,
        COLUMNS_MAX = 40,
        LINE_MAX_ = 1024,
};

static bool take_number(const char *text, double *ret)
{
        char *end;
        double number = strtod(text, &end);

        if (end == text || *end || !isfinite(number))
                return false;
        *ret = number;
        return true;
}

static void take_tracking(char **columns, ChronyReport *report)
{
        ChronyReport fresh = *report;

        if (!take_number(columns[3], &fresh.reference_sec) || !take_number(columns[4], &fresh.correction_sec) ||
            !take_number(columns[10], &fresh.root_delay_sec) || !take_number(columns[11], &fresh.root_dispersion_sec) ||
            !take_number(columns[12], &fresh.interval_sec) || !take_number(columns[7], &fresh.frequency_ppm) ||
            !take_number(columns[8], &fresh.residual_ppm) || !take_number(columns[9], &fresh.skew_ppm) ||
            parse_unsigned(columns[2], 0, 255, &fresh.stratum) < 0)
                return;
        snprintf(fresh.refid, sizeof(fresh.refid), "%s", columns[0]);
        snprintf(fresh.name, sizeof(fresh.name), "%s", columns[1]);
        fresh.normal = strcmp(columns[13], "Not synchronised") != 0;
        fresh.tracked = true;
        *report = fresh;
}

static void take_source(char **columns, ChronyReport *report)
{
        ChronySource source = { .mode = columns[0][0], .state = columns[1][0] };
        char *end;
        unsigned long reach = strtoul(columns[5], &end, 8);

        if (report->n_sources == CHRONY_SOURCES_MAX || !source.mode || !strchr("^=#", source.mode) || !source.state ||
            !strchr("*+-?x~", source.state) || !isdigit((unsigned char)columns[5][0]) || *end || reach > 0377 ||
            !take_number(columns[8], &source.offset_sec) || !take_number(columns[9], &source.error_sec))
                return;
        source.poll = (int)strtol(columns[4], NULL, 10);
        source.reach = reach;
        snprintf(source.name, sizeof(source.name), "%s", columns[2]);
        report->sources[report->n_sources++] = source;
}

static bool is_stamp(const char *word)
{
        return strcmp(word, "Daemon") == 0 || strcmp(word, "Kernel") == 0 || strcmp(word, "Hardware") == 0;
}

static void take_ntpdata(char **columns, ChronyReport *report)
{
        if (!is_stamp(columns[28]) || !is_stamp(columns[29]))
                return;
        report->stamps_known = true;
        report->hardware_stamps |= strcmp(columns[28], "Hardware") == 0 && strcmp(columns[29], "Hardware") == 0;
}

static void take_line(char *line, ChronyReport *report)
{
        char *columns[COLUMNS_MAX], *rest = line;
        unsigned n = 0;

        while (rest && n < COLUMNS_MAX)
                columns[n++] = strsep(&rest, ",");
        if (n >= NTPDATA_COLUMNS)
                take_ntpdata(columns, report);
        else if (n == TRACKING_COLUMNS)
                take_tracking(columns, report);
        else if (n == SOURCE_COLUMNS)
                take_source(columns, report);
        else if (n == 1 && line[0] && !report->complaint[0])
                snprintf(report->complaint, sizeof(report->complaint), "%.63s", line);
}

void chrony_parse(const char *text, ChronyReport *ret)
{
        *ret = (ChronyReport) {};
        while (*text) {
                char line[LINE_MAX_];
                size_t length = strcspn(text, "\n");

                /* chronyc prints no longer lines. */
                if (length < sizeof(line)) {
                        memcpy(line, text, length);
                        line[length] = '\0';
                        take_line(line, ret);
                }
                text += length + (text[length] == '\n');
        }
}

const ChronySource *chrony_selected(const ChronyReport *report)
{
        for (unsigned i = 0; i < report->n_sources; i++)
                if (report->sources[i].state == '*')
                        return &report->sources[i];
        return NULL;
}

const ChronySource *chrony_find_refclock(const ChronyReport *report, const char *name)
{
        for (unsigned i = 0; i < report->n_sources; i++)
                if (report->sources[i].mode == '#' && strcmp(report->sources[i].name, name) == 0)
                        return &report->sources[i];
        return NULL;
}
