/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/time-client.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/macro.h"
#include "base/words.h"

/* The options that ptp4l.c, ts2phc.c and phc2sys.c of linuxptp 4 give to getopt(3). */
static const char ptp4l_options[] = "AEP246HSf:i:p:sl:mqvh", ts2phc_options[] = "ac:f:hi:l:mqs:v",
                  phc2sys_options[] = "arc:d:f:s:E:P:I:S:F:R:N:O:L:M:i:u:wn:xz:l:t:mqvh";

static const struct {
        const char *command; /* cut at 15 characters, like /proc/PID/comm */
        TimeClient client;
        bool keeps_phc;
} programs[] = {
        { "chronyd", CLIENT_CHRONYD, false },
        { "ntpd", CLIENT_NTPD, false },
        { "systemd-timesyn", CLIENT_TIMESYNCD, false },
        { "timemaster", CLIENT_TIMEMASTER, false },
        { "phc2sys", CLIENT_PHC2SYS, false },
        { "ptp4l", CLIENT_PTP4L, false },
        /* tscwarden cannot query the following ones. */
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

typedef void (*OnValue)(const char *value, int length, void *userdata);

/* Returns how often an option is given, alone or in a cluster ("-mS"), and passes each of its values to on_value
 * unless that is NULL. */
static unsigned each_option(const char *arguments, const char *options, char option, OnValue on_value, void *userdata)
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
                        if (p[0] == option && on_value)
                                on_value(value, (int)(end - value), userdata);
                        break;
                }
                p = end;
        }
        return n;
}

static void take_value(const char *value, int length, void *userdata)
{
        char *buffer = userdata;

        snprintf(buffer, TIME_OPTION_SIZE, "%.*s", length, value);
}

/* The same. `buffer`, unless NULL, gets the value of the last one. */
static unsigned count_option(const char *arguments, const char *options, char option, char *buffer)
{
        return each_option(arguments, options, option, buffer ? take_value : NULL, buffer);
}

static void take_kept(const char *value, int length, void *userdata)
{
        TimeProcess *process = userdata;
        char name[TIME_OPTION_SIZE];

        snprintf(name, sizeof(name), "%.*s", length, value);
        process->keeps_others |= !phc_list_add(process->keeps, name);
}

/* In linuxptp's config.c a section is an interface unless it has one of these names. */
static bool is_port_section(const char *name, size_t length)
{
        static const char *const others[] = { "global", "nmea", "unicast_master_table" };

        for (size_t i = 0; i < ARRAY_SIZE(others); i++)
                if (strlen(others[i]) == length && strncasecmp(name, others[i], length) == 0)
                        return false;
        return length > 0;
}

/* Adds the interfaces of the file's sections: "[eth0]". `file` may be NULL. */
static void take_sections(const char *file, TimeProcess *process)
{
        for (const char *line = file; line; line = text_next_line(line)) {
                const char *name = line + strspn(line, " \t");
                size_t length;

                if (*name++ != '[')
                        continue;
                name += strspn(name, " \t");
                length = strcspn(name, " \t]\r\n");
                if (is_port_section(name, length))
                        take_kept(name, (int)length, process);
        }
}

/* Finds "--NAME=VALUE" or "--NAME VALUE" among the arguments, else the last line "NAME VALUE" of the file. */
static bool find_setting(const char *arguments, const char *file, const char *name,
                         char buffer[static TIME_OPTION_SIZE])
{
        bool found = false;

        for (const char *p = arguments; (p = strstr(p, " --")); p += 3) {
                const char *value = text_after(p + 3, name);

                if (!value || (*value != '=' && *value != ' '))
                        continue;
                snprintf(buffer, TIME_OPTION_SIZE, "%.*s", (int)strcspn(value + 1, " "), value + 1);
                return true;
        }
        for (const char *line = file; line; line = text_next_line(line)) {
                const char *value = text_after(line + strspn(line, " \t"), name);

                if (!value || (*value != ' ' && *value != '\t'))
                        continue;
                value += strspn(value, " \t");
                snprintf(buffer, TIME_OPTION_SIZE, "%.*s", (int)strcspn(value, " \t\r\n"), value);
                found = true;
        }
        return found;
}

static bool setting_is(const char *arguments, const char *file, const char *name, const char *value)
{
        char buffer[TIME_OPTION_SIZE];

        return find_setting(arguments, file, name, buffer) && strcmp(buffer, value) == 0;
}

/* True if the servo only passes the offset to an NTP daemon (ptp4l.conf(5)). */
static bool servo_hands_over(const char *servo)
{
        return strcmp(servo, "ntpshm") == 0 || strcmp(servo, "refclock_sock") == 0;
}

/* Finds the interfaces of ptp4l or ts2phc: the values of `option` and the sections of the file. */
static void find_interfaces(const char *arguments, const char *options, char option, const char *file,
                            TimeProcess *process)
{
        (void)each_option(arguments, options, option, take_kept, process);
        take_sections(file, process);
        /* It has a file that cannot be read, or it gets its interfaces from another program. */
        process->keeps_others |= !file && count_option(arguments, options, 'f', NULL);
        process->keeps_others |= !process->keeps[0];
}

static void judge_ts2phc(const char *arguments, const char *file, TimeProcess *process)
{
        static const char *const sources[] = { "ts2phc.master", "ts2phc.server" };
        char value[TIME_OPTION_SIZE];

        find_interfaces(arguments, ts2phc_options, 'c', file, process);
        /* With these settings one of the sections is the source, which ts2phc does not set; with -a ptp4l decides
         * which. */
        for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
                if (find_setting(arguments, file, sources[i], value) && strcmp(value, "0") != 0)
                        process->keeps[0] = '\0';
        if (count_option(arguments, ts2phc_options, 'a', NULL))
                process->keeps[0] = '\0';
        process->keeps_others |= !process->keeps[0];
}

static bool phc2sys_steers(const char *arguments, const char *file, TimeProcess *process)
{
        char servo[TIME_OPTION_SIZE] = "", source[TIME_OPTION_SIZE] = "", sink[TIME_OPTION_SIZE] = "CLOCK_REALTIME";

        (void)count_option(arguments, phc2sys_options, 's', source);
        strcpy(process->source, source);
        (void)count_option(arguments, phc2sys_options, 'c', sink);
        if (!count_option(arguments, phc2sys_options, 'E', servo))
                (void)find_setting(arguments, file, "clock_servo", servo);
        if (servo_hands_over(servo) || setting_is(arguments, file, "free_running", "1"))
                return false;
        /* phc2sys(8): with -a it sets the system's clock only if -r is given; a second -r lets that clock be the
         * source. */
        if (count_option(arguments, phc2sys_options, 'a', NULL))
                return count_option(arguments, phc2sys_options, 'r', NULL) == 1;
        if (strcmp(source, "CLOCK_REALTIME") == 0)
                return false;
        if (strcmp(sink, "CLOCK_REALTIME") != 0)
                strcpy(process->sink, sink);
        return !process->sink[0];
}

/* ptp4l(8): unless it only serves time, it sets the system's clock if time stamps are made by software, otherwise the
 * interface's clock. */
static void judge_ptp4l(const char *arguments, const char *file, TimeProcess *process)
{
        static const char *const masters[] = { "serverOnly", "masterOnly" };
        char servo[TIME_OPTION_SIZE] = "", stamping[TIME_OPTION_SIZE] = "hardware", device[TIME_OPTION_SIZE];
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
        if (software)
                return;
        find_interfaces(arguments, ptp4l_options, 'i', file, process);
        /* These options name another clock than the interface's own. */
        if (count_option(arguments, ptp4l_options, 'p', NULL) || find_setting(arguments, file, "phc_index", device)) {
                process->keeps[0] = '\0';
                process->keeps_others = true;
        }
}

/* In "busybox ntpd -n" the command is busybox, and ntpd is an argument. */
static bool is_busybox_ntpd(const char *command, const char *arguments)
{
        const char *second = strchr(arguments, ' ');

        return strcmp(command, "busybox") == 0 && second && strncmp(second + 1, "ntpd", 4) == 0 &&
               (!second[5] || second[5] == ' ');
}

bool time_client_may_be(const char *command)
{
        for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
                if (strcmp(command, programs[i].command) == 0)
                        return true;
        return strcmp(command, "busybox") == 0;
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
        else if (strcmp(command, "ts2phc") == 0)
                judge_ts2phc(arguments, file, ret);
        else if (ret->client == CLIENT_CHRONYD)
                ret->steers = !words_have(arguments, "-x");
        else {
                ret->steers = ret->client != CLIENT_NONE;
                ret->keeps_others = ret->keeps_phc;
        }
}

bool time_client_file(const char *command, const char *arguments, char buffer[static TIME_OPTION_SIZE])
{
        static const struct {
                const char *command, *options;
        } readers[] = { { "phc2sys", phc2sys_options }, { "ptp4l", ptp4l_options }, { "ts2phc", ts2phc_options } };

        for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
                if (strcmp(command, readers[i].command) == 0)
                        return count_option(arguments, readers[i].options, 'f', buffer) > 0;
        return false;
}
