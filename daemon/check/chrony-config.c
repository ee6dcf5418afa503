/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/chrony-config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t\r\n"

ChronyWord chrony_line_judge(const char *line, const char **ret_rest)
{
        static const char *const words[CHRONY_WORD_MAX_] = {
                [CHRONY_REFCLOCK] = "refclock",   [CHRONY_INCLUDE] = "include",   [CHRONY_CONFDIR] = "confdir",
                [CHRONY_SOURCEDIR] = "sourcedir", [CHRONY_MAKESTEP] = "makestep", [CHRONY_RTCSYNC] = "rtcsync",
                [CHRONY_RTCFILE] = "rtcfile",
        };
        size_t length;

        line += strspn(line, BLANKS);
        length = strcspn(line, BLANKS);
        for (ChronyWord word = CHRONY_NOTHING + 1; word < CHRONY_WORD_MAX_; word++)
                if (strlen(words[word]) == length && strncasecmp(line, words[word], length) == 0) {
                        *ret_rest = line + length + strspn(line + length, BLANKS);
                        return word;
                }
        return CHRONY_NOTHING;
}

bool chrony_makestep_is_endless(const char *rest)
{
        const char *updates = rest + strcspn(rest, BLANKS);

        return strtol(updates, NULL, 10) < 0;
}

/* Copies the next word into `buffer`, cut to its size, and moves *text behind it. False at the end of the line. */
static bool next_word(const char **text, char *buffer, size_t size)
{
        size_t length;

        *text += strspn(*text, " \t\r");
        length = strcspn(*text, BLANKS);
        snprintf(buffer, size, "%.*s", (int)length, *text);
        *text += length;
        return length > 0;
}

bool chrony_refclock_parse(const char *rest, unsigned index, ChronyRefclock *ret)
{
        char driver[8], parameter[CHRONY_DEVICE_SIZE], word[32];
        ChronyRefclock clock = {};

        if (!next_word(&rest, driver, sizeof(driver)) || !next_word(&rest, parameter, sizeof(parameter)))
                return false;
        /* As in chrony's RCL_AddRefclock(): the driver's first three letters and the number. From ten on, the third
         * letter is 'A' plus the tens. */
        if (index < 10)
                snprintf(clock.name, sizeof(clock.name), "%.3s%u", driver, index);
        else
                snprintf(clock.name, sizeof(clock.name), "%.2s%c%u", driver, (char)('A' + index / 10 % 10), index % 10);
        /* A path that does not fit is dropped: cut off, it would name another device. */
        if (strcasecmp(driver, "PHC") == 0 && strcspn(parameter, ":") < sizeof(clock.device) - 1)
                snprintf(clock.device, sizeof(clock.device), "%.*s", (int)strcspn(parameter, ":"), parameter);
        while (next_word(&rest, word, sizeof(word)))
                if (strcasecmp(word, "refid") == 0)
                        (void)next_word(&rest, clock.name, 5);
                else if (strcasecmp(word, "tai") == 0)
                        clock.tai = true;
                else if (strcasecmp(word, "optional") == 0)
                        clock.optional = true;
        *ret = clock;
        return true;
}

bool chrony_next_refclock(const char **text, char device[static CHRONY_DEVICE_SIZE])
{
        while (**text) {
                const char *line = *text, *rest;
                ChronyRefclock clock;

                *text += strcspn(*text, "\n");
                *text += **text == '\n';
                if (chrony_line_judge(line, &rest) != CHRONY_REFCLOCK || rest >= *text ||
                    !chrony_refclock_parse(rest, 0, &clock) || !clock.device[0])
                        continue;
                strcpy(device, clock.device);
                return true;
        }
        return false;
}
