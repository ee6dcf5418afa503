/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/ntp-report.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Seconds from 1900, the beginning of NTP's time, to 1970. */
#define NTP_TO_UNIX_SEC 2208988800.0
/* log2 of the longest poll interval in seconds: the limit of RFC 5905, and ntpd's default. */
#define NTP_MAXPOLL 17
#define NTP_DEFAULT_MAXPOLL 10

/* Copies the value of NAME=, up to a comma, a blank or the end of the line, into `buffer`. */
static bool find(const char *text, const char *name, char *buffer, size_t size)
{
        size_t length = strlen(name);

        for (const char *at = text; (at = strstr(at, name)); at += length) {
                if ((at > text && !strchr(", \n\r", at[-1])) || at[length] != '=')
                        continue;
                snprintf(buffer, size, "%.*s", (int)strcspn(at + length + 1, ", \n\r"), at + length + 1);
                return true;
        }
        return false;
}

static double number(const char *text, const char *name)
{
        char buffer[64], *end;
        double value;

        if (!find(text, name, buffer, sizeof(buffer)))
                return 0;
        value = strtod(buffer, &end);
        return end > buffer && !*end && isfinite(value) ? value : 0;
}

/* reftime is "eca9b1f2.8f3c1d2e": seconds and their fraction, in hexadecimal. */
static double reference(const char *text)
{
        char buffer[64], *end;
        unsigned long seconds;

        if (!find(text, "reftime", buffer, sizeof(buffer)))
                return 0;
        seconds = strtoul(buffer, &end, 16);
        return *end == '.' && seconds <= 0xffffffff ? seconds - NTP_TO_UNIX_SEC : 0;
}

void ntp_parse(const char *text, NtpReport *ret)
{
        char leap[64], stratum[64], *leap_end, *stratum_end;
        char frequency[64];
        double tc;

        *ret = (NtpReport) {};
        if (!find(text, "leap", leap, sizeof(leap)) || !find(text, "stratum", stratum, sizeof(stratum)))
                return;
        ret->leap = strtoul(leap, &leap_end, 2) & 3;
        ret->stratum = strtoul(stratum, &stratum_end, 10) & 0xff;
        if (!leap[0] || *leap_end || !stratum[0] || *stratum_end)
                return;
        ret->answered = true;
        (void)find(text, "refid", ret->refid, sizeof(ret->refid));
        ret->reference_sec = reference(text);
        ret->offset_sec = number(text, "offset") / 1000;
        ret->root_delay_sec = number(text, "rootdelay") / 1000;
        ret->root_dispersion_sec = number(text, "rootdisp") / 1000;
        ret->frequency_known = find(text, "frequency", frequency, sizeof(frequency));
        ret->frequency_ppm = number(text, "frequency");
        ret->wander_ppm = number(text, "clk_wander");
        tc = number(text, "tc");
        ret->interval_sec = UINT64_C(1) << (tc > 0 && tc <= NTP_MAXPOLL ? (unsigned)tc : NTP_DEFAULT_MAXPOLL);
}

bool ntp_is_local(const NtpReport *report)
{
        return strncmp(report->refid, "127.127.1.", 10) == 0 || strcmp(report->refid, "LOCL") == 0 ||
               strcmp(report->refid, "LOCAL") == 0 || strcmp(report->refid, "LCL") == 0;
}
