/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/time-client.h"

#include <stdio.h>
#include <string.h>

#include "base/macro.h"

/* getopt(3)'s, of linuxptp 4: ptp4l.c and phc2sys.c. */
static const char ptp4l_options[] = "AEP246HSf:i:p:sl:mqvh",
                  phc2sys_options[] = "arc:d:f:s:E:P:I:S:F:R:N:O:L:M:i:u:wn:xz:l:t:mqvh";

static const struct {
        const char *command; /* as the kernel cuts it */
        TimeClient client;
        bool keeps_phc;
} programs[] = {
        { "chronyd", CLIENT_CHRONYD, false },
        { "ntpd", CLIENT_NTPD, false },
        { "systemd-timesyn", CLIENT_TIMESYNCD, false },
        { "timemaster", CLIENT_TIMEMASTER, false },
        { "phc2sys", CLIENT_PHC2SYS, false },
        { "ptp4l", CLIENT_PTP4L, false },
        /* These set the clock right, and nobody here knows how to ask them. */
        { "ntp-daemon", CLIENT_OTHER, false }, /* ntpd-rs */
        { "openntpd", CLIENT_OTHER, false },
        { "ptpd", CLIENT_OTHER, false },
        { "ptpd2", CLIENT_OTHER, false },
        { "sfptpd", CLIENT_OTHER, true },
        { "connmand", CLIENT_OTHER, false },
        { "vmtoolsd", CLIENT_OTHER, false },
        { "VBoxService", CLIENT_OTHER, false },
        { "ts2phc", CLIENT_NONE, true },
};

/* How often an option is given, in a cluster ("-mS") too; the value of the last into buffer unless that is NULL. */
static unsigned count_option(const char *arguments, const char *options, char option, char *buffer)
{
        const char *p = arguments + strcspn(arguments, " ");
        unsigned n = 0;

        while (*(p += strspn(p, " "))) {
                size_t length = strcspn(p, " ");
                const char *end = p + length;

                if (p[0] != '-' || p[1] == '-' || length < 2) {
                        p = end;
                        continue;
                }
                for (p++; p < end; p++) {
                        const char *known = strchr(options, *p);
                        bool takes_value = known && known[1] == ':';
                        const char *value = p + 1;

                        if (*p == option)
                                n++;
                        if (!takes_value)
                                continue;
                        if (value == end)
                                value += strspn(value, " ");
                        end = value + strcspn(value, " ");
                        if (p[0] == option && buffer)
                                snprintf(buffer, TIME_OPTION_SIZE, "%.*s", (int)(end - value), value);
                        break;
                }
                p = end;
        }
        return n;
}

/* "--NAME=VALUE" or "--NAME VALUE" among the arguments, else "NAME VALUE" on a line of the file. */
static bool find_setting(const char *arguments, const char *file, const char *name,
                         char buffer[static TIME_OPTION_SIZE])
{
        size_t length = strlen(name);
        bool found = false;

        for (const char *p = arguments; (p = strstr(p, " --")); p += 3)
                if (strncmp(p + 3, name, length) == 0 && p[3 + length] && strchr("= ", p[3 + length])) {
                        const char *value = p + 3 + length + 1;

                        snprintf(buffer, TIME_OPTION_SIZE, "%.*s", (int)strcspn(value, " "), value);
                        return true;
                }
        for (; file && *file; file += strcspn(file, "\n"), file += *file == '\n') {
                const char *p = file + strspn(file, " \t");

                if (strncmp(p, name, length) != 0 || !p[length] || !strchr(" \t", p[length]))
                        continue;
                p += length + strspn(p + length, " \t");
                snprintf(buffer, TIME_OPTION_SIZE, "%.*s", (int)strcspn(p, " \t\r\n"), p);
                found = true;
        }
        return found;
}

static bool setting_is(const char *arguments, const char *file, const char *name, const char *value)
{
        char buffer[TIME_OPTION_SIZE];

        return find_setting(arguments, file, name, buffer) && strcmp(buffer, value) == 0;
}

/* ptp4l.conf(5): these servos hand the offset to an NTP daemon. */
static bool servo_hands_over(const char *servo)
{
        return strcmp(servo, "ntpshm") == 0 || strcmp(servo, "refclock_sock") == 0;
}

static bool phc2sys_steers(const char *arguments, const char *file, TimeProcess *process)
{
        char servo[TIME_OPTION_SIZE] = "", sink[TIME_OPTION_SIZE] = "CLOCK_REALTIME";

        (void)count_option(arguments, phc2sys_options, 's', process->source);
        (void)count_option(arguments, phc2sys_options, 'c', sink);
        if (!count_option(arguments, phc2sys_options, 'E', servo))
                (void)find_setting(arguments, file, "clock_servo", servo);
        if (servo_hands_over(servo) || setting_is(arguments, file, "free_running", "1"))
                return false;
        /* phc2sys(8): with -a the system's clock is left alone without -r; with a second one it may be the source. */
        if (count_option(arguments, phc2sys_options, 'a', NULL))
                return count_option(arguments, phc2sys_options, 'r', NULL) == 1;
        return strcmp(sink, "CLOCK_REALTIME") == 0 && strcmp(process->source, "CLOCK_REALTIME") != 0;
}

/* ptp4l(8): with software time stamping it moves the system's clock itself, otherwise that of the interface, as long as it may follow
 * another one. */
static void judge_ptp4l(const char *arguments, const char *file, TimeProcess *process)
{
        static const char *const masters[] = { "serverOnly", "masterOnly" };
        char servo[TIME_OPTION_SIZE] = "", stamping[TIME_OPTION_SIZE] = "hardware";
        bool software;

        if (count_option(arguments, ptp4l_options, 'S', NULL))
                strcpy(stamping, "software");
        else if (!count_option(arguments, ptp4l_options, 'H', NULL))
                (void)find_setting(arguments, file, "time_stamping", stamping);
        (void)find_setting(arguments, file, "clock_servo", servo);
        for (size_t i = 0; i < ARRAY_SIZE(masters); i++)
                if (setting_is(arguments, file, masters[i], "1"))
                        return;
        if (servo_hands_over(servo) || setting_is(arguments, file, "free_running", "1"))
                return;
        software = strcmp(stamping, "software") == 0;
        process->steers = software;
        process->keeps_phc = !software;
}

/* In "busybox ntpd -n" the program is an argument. */
static bool is_busybox_ntpd(const char *command, const char *arguments)
{
        const char *second = strchr(arguments, ' ');

        return strcmp(command, "busybox") == 0 && second && strncmp(second + 1, "ntpd", 4) == 0 &&
               (!second[5] || second[5] == ' ');
}

static bool has_word(const char *arguments, const char *word)
{
        size_t length = strlen(word);

        for (const char *at = arguments; (at = strstr(at, word)); at += length)
                if (at > arguments && at[-1] == ' ' && (at[length] == ' ' || !at[length]))
                        return true;
        return false;
}

void time_client_judge(const char *command, const char *arguments, const char *file, TimeProcess *ret)
{
        *ret = (TimeProcess) { .client = is_busybox_ntpd(command, arguments) ? CLIENT_OTHER : CLIENT_NONE };
        for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
                if (strcmp(command, programs[i].command) == 0) {
                        ret->client = programs[i].client;
                        ret->keeps_phc = programs[i].keeps_phc;
                }
        if (ret->client == CLIENT_PHC2SYS)
                ret->steers = phc2sys_steers(arguments, file, ret);
        else if (ret->client == CLIENT_PTP4L)
                judge_ptp4l(arguments, file, ret);
        else if (ret->client == CLIENT_CHRONYD)
                ret->steers = !has_word(arguments, "-x");
        else
                ret->steers = ret->client != CLIENT_NONE;
}

bool time_client_file(const char *command, const char *arguments, char buffer[static TIME_OPTION_SIZE])
{
        if (strcmp(command, "phc2sys") == 0)
                return count_option(arguments, phc2sys_options, 'f', buffer) > 0;
        return strcmp(command, "ptp4l") == 0 && count_option(arguments, ptp4l_options, 'f', buffer) > 0;
}
