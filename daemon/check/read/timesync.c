/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/read/timesync.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <systemd/sd-login.h>
#include <unistd.h>

#include "base/macro.h"
#include "base/time.h"
#include "base/words.h"
#include "check/read/phc.h"
#include "check/time-client.h"
#include "host/processes.h"
#include "host/runtime.h"
#include "host/tool.h"

/* systemd-timesyncd touches this file whenever it has set the clock (systemd's src/timesync/timesyncd-manager.c). */
#define TIMESYNCD_FILE "/run/systemd/timesync/synchronized"

/* With the options below chronyc tries three addresses for 0.2 s each. ntpq tries one address for 5 s. */
#define CHRONYC_SECONDS 3
#define NTPQ_SECONDS 4

/* Limit for files of other programs, which may be damaged or hostile. */
#define FILE_MAX (64U << 10)

/* True if the device is a clock that the hypervisor keeps right. */
static bool is_of_host(const char *device)
{
        char name[PHC_NAME_SIZE];

        if (phc_of_device(device, name) == 0)
                return phc_kind_is_of_host(phc_kind(name));
        /* A running phc2sys keeps its device open even if udev has removed the link meanwhile. */
        return strcmp(device, KVM_CLOCK_LINK) == 0 || strcmp(device, "/dev/ptp_hyperv") == 0;
}

/* Notes how long the oldest process of a client has run. A client that has just started does not know the clock's rate
 * yet, or only from a file. */
static void note_age(const Process *process, TimeClient client, TimeInput *input)
{
        uint64_t now = time_usec(CLOCK_BOOTTIME), started = process_started_usec(process->proc, process->pid);
        double age = started > 0 && started < now ? (double)(now - started) / 1e6 : 0;

        if (age > input->client_age_sec[client])
                input->client_age_sec[client] = age;
}

/* Notes the service to which the process belongs, from its control group. Not if a user's own service manager, a
 * container or a shell has started it, and not if the name has characters that a shell would interpret. */
static void note_unit(const Process *process, TimeClient client, TimeInput *input)
{
        static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:_.@-";
        _cleanup_free_ char *unit = NULL;
        const char *dot;

        if (sd_pid_get_unit((pid_t)process->pid, &unit) < 0)
                return;
        dot = strrchr(unit, '.');
        if (dot && strcmp(dot, ".service") == 0 && strncmp(unit, "user@", 5) != 0 && !unit[strspn(unit, plain)])
                snprintf(input->unit[client], sizeof(input->unit[client]), "%s", unit);
}

/* Writes the name of an interface or device and, if /sys/class/ptp has it, the name of its clock into `list`: "eth0
 * ptp0". False if the clock was not found. */
static bool name_clock(const char *device, char list[static PHC_LIST_SIZE])
{
        char ptp[PHC_NAME_SIZE];

        snprintf(list, PHC_LIST_SIZE, "%s", device);
        return phc_of_device(device, ptp) == 0 && phc_list_add(list, ptp);
}

/* Notes the clocks that the process sets. If the clock of an interface is not found (a bond, a port that shares the
 * clock of another), it may set any other clock. */
static void note_kept(const TimeProcess *process, PhcsKept *kept)
{
        char list[PHC_LIST_SIZE], names[PHC_LIST_SIZE] = "", device[TIME_OPTION_SIZE];
        char clock[PHC_NAME_SIZE] = "", ptp[PHC_NAME_SIZE];
        bool several = false, others = process->keeps_others;
        const char *words = process->keeps, *word;
        size_t length;

        while ((word = words_next(&words, &length))) {
                snprintf(device, sizeof(device), "%.*s", (int)length, word);
                others |= !name_clock(device, list) || !phc_list_add(names, list);
                if (phc_of_device(device, ptp) == 0) {
                        several |= clock[0] && strcmp(clock, ptp) != 0;
                        strcpy(clock, ptp);
                }
        }
        /* Of several clocks, ptp4l sets only that of the port that follows another machine (ptp4l.conf(5),
         * boundary_clock_jbod). */
        if (several && process->client == CLIENT_PTP4L)
                others = true;
        else
                others |= !phc_list_add(kept->names, names);
        kept->others |= others;
}

/* Notes that phc2sys copies one clock to an interface's clock. */
static void note_copy(const TimeProcess *process, PhcsKept *kept)
{
        if (kept->copy_to[0])
                kept->others = true;
        else if (is_of_host(process->source)) {
                (void)name_clock(process->sink, kept->copy_to);
                kept->others |= !phc_list_add(kept->names, kept->copy_to);
                kept->copy_to[0] = '\0';
        } else {
                (void)name_clock(process->source, kept->copy_from);
                (void)name_clock(process->sink, kept->copy_to);
        }
}

static void on_process(const Process *found, void *userdata)
{
        const char *command = found->command, *arguments = found->arguments;
        TimeInput *input = userdata;
        char path[TIME_OPTION_SIZE] = "";
        _cleanup_free_ char *file = NULL;
        TimeProcess process;
        size_t size;

        if (time_client_file(command, arguments, path))
                (void)runtime_read_file(AT_FDCWD, path, FILE_MAX, &file, &size);
        time_client_judge(command, arguments, file, &process);
        if (process.keeps_phc)
                note_kept(&process, &input->phcs);
        if (process.sink[0])
                note_copy(&process, &input->phcs);
        if (process.client == CLIENT_NONE)
                return;
        input->running |= 1U << process.client;
        input->steering |= (unsigned)process.steers << process.client;
        if (process.steers) {
                note_age(found, process.client, input);
                note_unit(found, process.client, input);
        }
        if (process.client == CLIENT_OTHER)
                snprintf(input->other, sizeof(input->other), "%s", command);
        if (process.client == CLIENT_PHC2SYS && process.steers) {
                input->phc2sys_from_host |= is_of_host(process.source);
                (void)name_clock(process.source, input->phc2sys_source);
        }
}

int timesync_ask_chrony(ChronyReport *ret)
{
        static const char *const ask[] = {
                "chronyc", "-c", "-n", "-m", "timeout 200", "retries 0", "tracking", "sources", "ntpdata", NULL,
        };
        _cleanup_free_ char *output = NULL;
        int status, r = tool_run(ask, CHRONYC_SECONDS, TOOL_TAKE_ALL, &status, &output);

        if (r < 0)
                return r;
        /* The exit status is ignored: it is that of `ntpdata`, which chronyd answers only to root. */
        chrony_parse(output, ret);
        return 0;
}

static int ask_ntp(TimeInput *input)
{
        static const char variables[] = "rv 0 " NTP_VARIABLES;
        static const char *const ask[] = { "ntpq", "-n", "-c", variables, NULL };
        _cleanup_free_ char *output = NULL;
        int status, r = tool_run(ask, NTPQ_SECONDS, TOOL_TAKE_ALL, &status, &output);

        if (r < 0)
                return r;
        ntp_parse(output, &input->ntp);
        return 0;
}

int timesync_read(TimeInput *ret)
{
        TimeInput input = {};
        struct timex kernel = {};

        input.clients_known = processes_list(time_client_may_be, on_process, &input) == 0;
        input.kernel_known = adjtimex(&kernel) >= 0;
        input.kernel_max_error_usec = kernel.maxerror;
        input.kernel_freq = kernel.freq;
        input.kernel_tick = kernel.tick;
        if (input.running & 1U << CLIENT_CHRONYD)
                input.chrony_error = timesync_ask_chrony(&input.chrony);
        if (input.running & 1U << CLIENT_NTPD)
                input.ntp_error = ask_ntp(&input);
        if (input.chrony_error == -ENOMEM || input.ntp_error == -ENOMEM)
                return -ENOMEM;
        input.timesyncd_synchronized = access(TIMESYNCD_FILE, F_OK) == 0;
        input.now_sec = (double)time_usec(CLOCK_REALTIME) / 1e6;
        *ret = input;
        return 0;
}
