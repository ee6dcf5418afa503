/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/status.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "ctl/json.h"
#include "ctl/status-lines.h"
#include "ctl/status-policy.h"
#include "model/clock-words.h"
#include "show/print.h"
#include "model/urgency.h"

#define EVENTS_SHOWN 4
#define LOSSES_SHOWN 3
/* How many names of running VMs are shown; --json has all (RunningVMNames). */
#define VMS_SHOWN 8U

static Verdict verdict_of(const StatusInput *input)
{
        return verdict_from_string(json_get_text(input->state->clock, "Verdict"));
}

/* Prints which clock is suspected, so that the reader knows which part to repair. For SUSPECT_DESIGN the headline
 * already says "expected". */
static void show_suspect(FILE *out, struct json_object *clock)
{
        static const char *const texts[SUSPECT_MAX_] = {
                [SUSPECT_TSC] = "suspect: the TSC",
                [SUSPECT_REFERENCE] = "suspect: what the TSC was compared with, not the TSC",
                [SUSPECT_EITHER] = "suspect: the TSC or what it was compared with",
        };
        Suspect suspect = suspect_from_string(json_get_text(clock, "Suspect"));

        if (suspect >= 0 && texts[suspect])
                status_text(out, "", texts[suspect]);
}

static void show_verdict(FILE *out, const StatusInput *input)
{
        static const struct {
                const char *text, *color;
        } words[VERDICT_MAX_] = {
                [VERDICT_UNKNOWN] = { "not known", STATUS_YELLOW },
                [VERDICT_STABLE] = { "fine", STATUS_GREEN },
                [VERDICT_TRUSTED] = { "fine", STATUS_GREEN },
                [VERDICT_UNVERIFIED] = { "in use, but nothing checks it", STATUS_YELLOW },
                [VERDICT_UNUSED] = { "not marked, but not in use", STATUS_YELLOW },
                [VERDICT_UNSTABLE] = { "LOST until the next boot", STATUS_RED },
                [VERDICT_ABSENT] = { "not there", STATUS_RED },
        };
        struct json_object *clock = input->state->clock;
        Verdict verdict = verdict_of(input);
        const char *reason = json_get_text(clock, "Reason"), *kernel_line = json_get_text(clock, "KernelLine");
        const char *watchdog = json_get_text(clock, "Watchdog");
        const char *watchdog_reason = json_get_text(clock, "WatchdogReason");
        struct json_object *faults = json_get_list(clock, "FirmwareFaults");
        size_t n_faults = json_length(faults);
        const char *text = words[verdict < 0 ? VERDICT_UNKNOWN : verdict].text;
        const char *color = words[verdict < 0 ? VERDICT_UNKNOWN : verdict].color;
        bool harmless = urgency_from_string(json_get_text(clock, "Urgency")) == URGENCY_NONE;
        char line[128];

        /* A guest may use another clock, which is as good as before. */
        if (verdict == VERDICT_UNSTABLE && harmless)
                text = "given up, but another clock is in use";
        if (verdict > VERDICT_UNKNOWN && harmless)
                color = STATUS_GREEN;

        snprintf(line, sizeof(line), "%s (%s%s%s%s)", text, json_get_text_or(clock, "Verdict", "unknown"),
                 reason[0] ? ": " : "", reason,
                 json_get_flag(clock, "Expected") && verdict > VERDICT_TRUSTED ? ", expected" : "");
        status_headline(out, input->color, "TSC", color, line);
        status_text(out, "", json_get_text(clock, "ReasonText"));
        show_suspect(out, clock);
        if (n_faults > 0)
                print_format(out, "", STATUS_INDENT, "firmware changed the TSC (%zu line%s in the kernel's log): %s",
                             n_faults, n_faults == 1 ? "" : "s",
                             json_object_get_string(json_object_array_get_idx(faults, 0)));
        if (kernel_line[0])
                print_format(out, "", STATUS_INDENT, "kernel: %s", kernel_line);
        else if (watchdog[0])
                print_format(out, "", STATUS_INDENT, "watchdog %s%s%s", watchdog, watchdog_reason[0] ? ": " : "",
                             watchdog_reason);
}

static void show_since(FILE *out, const StatusInput *input)
{
        struct json_object *clock = input->state->clock;
        char time[PRINT_TIME_SIZE], ago[PRINT_TIME_SIZE], boot[PRINT_TIME_SIZE];
        bool unstable = verdict_of(input) == VERDICT_UNSTABLE;
        uint64_t since = json_get_number(clock, "SinceUSec");
        const char *use = "";

        if (unstable)
                use = json_get_flag(clock, "LostAfterUse") ? "; it had been in use" : "; it had not been in use";
        if (since == 0) {
                status_text(out, "Since", unstable ? "not known: the kernel's log no longer says when" : "not known");
                return;
        }
        print_format(out, "Since", STATUS_INDENT, "%s, %s ago (%s after boot)%s", print_time(since, time),
                     print_span(input->now_usec > since ? input->now_usec - since : 0, ago),
                     print_span(json_get_number(clock, "SinceMonotonicUSec"), boot), use);
}

static void show_losses(FILE *out, const Losses *losses)
{
        _cleanup_free_ char *text = NULL;
        char time[PRINT_TIME_SIZE];
        unsigned n = 0, shown = 0;
        size_t size;
        FILE *list;

        for (size_t i = 0; i < losses->n; i++)
                n += !losses->entries[i].this_boot;
        if (n == 0) {
                print_format(out, "Earlier", STATUS_INDENT, "no loss in the journal%s%s",
                             losses->since_usec ? ", which begins " : "",
                             losses->since_usec ? print_time(losses->since_usec, time) : "");
                return;
        }
        list = open_memstream(&text, &size);
        if (!list) {
                status_text(out, "Earlier", NULL);
                return;
        }
        fprintf(list, "lost on %u earlier boot%s: ", n, n == 1 ? "" : "s");
        for (size_t i = losses->n; i > 0 && shown < LOSSES_SHOWN; i--) {
                const Loss *loss = &losses->entries[i - 1];

                if (loss->this_boot)
                        continue;
                fprintf(list, "%s%s%s%s%s", shown++ ? ", " : "", print_stamp(loss->realtime_usec, time),
                        loss->reason[0] ? " (" : "", loss->reason, loss->reason[0] ? ")" : "");
        }
        if (n > shown)
                fputs(", ...", list);
        text = text_finish(list, &text);
        status_text(out, "Earlier", text);
}

static void show_earlier(FILE *out, const StatusInput *input)
{
        if (input->host)
                print_format(out, "Earlier", STATUS_INDENT,
                             "not asked on another host: `ssh %s tscwarden status` tells", input->host);
        else if (input->losses_error == 0)
                show_losses(out, input->losses);
        else if (input->losses_error == -EACCES)
                status_text(
                        out, "Earlier",
                        "not known: the journal is readable for root and for the groups systemd-journal and adm (usermod -aG systemd-journal USER, then log in again)");
        else if (input->losses_error == -ENOENT)
                status_text(out, "Earlier", "not known: there is no journal here");
        else
                print_format(out, "Earlier", STATUS_INDENT, "not known: the journal cannot be read: %s",
                             strerror(-input->losses_error));
}

/* Returns ": web (271), db (280) and 3 more", or "" if the names are not known. Heap string owned by the caller, NULL
 * when out of memory. */
static char *running_vms_format(struct json_object *manager)
{
        struct json_object *names = json_get_list(manager, "RunningVMNames");
        size_t n = json_length(names) < VMS_SHOWN ? json_length(names) : VMS_SHOWN;
        uint64_t running = json_get_number(manager, "RunningVMs");
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        if (!out)
                return NULL;
        for (size_t i = 0; i < n; i++)
                fprintf(out, "%s%s", i ? ", " : ": ", json_object_get_string(json_object_array_get_idx(names, i)));
        if (n > 0 && running > n)
                fprintf(out, " and %" PRIu64 " more", running - n);
        return text_finish(out, &text);
}

static void show_guests(FILE *out, const StatusInput *input)
{
        struct json_object *manager = input->state->manager;
        _cleanup_free_ char *now = running_vms_format(manager);
        const char *then = json_get_text(manager, "VMsWhenLost");
        uint64_t running = json_get_number(manager, "RunningVMs");
        const char *also;

        /* If tscwardend was restarted after the loss, only the journal knows the VMs of that time. */
        if (!then[0] && verdict_of(input) == VERDICT_UNSTABLE && !input->host && input->losses_error == 0)
                for (size_t i = 0; i < input->losses->n; i++)
                        if (input->losses->entries[i].this_boot)
                                then = input->losses->entries[i].vms;
        also = then[0] ? "; when it was lost: " : "";
        if (!json_has(manager, "RunningVMs"))
                print_format(out, "Guests", STATUS_INDENT, "number of VMs unknown%s%s", also, then);
        else if (running == 0)
                print_format(out, "Guests", STATUS_INDENT, "no VM runs now%s%s", also, then);
        else
                print_format(out, "Guests", STATUS_INDENT, "%" PRIu64 " VM%s now%s%s%s", running,
                             running == 1 ? " runs" : "s run", now ? now : ": " PRINT_NO_MEMORY, also, then);
}

static void show_cost(FILE *out, const StatusInput *input)
{
        struct json_object *clock = input->state->clock;
        uint64_t khz = json_get_number(clock, "TscKHz");
        char rate[48] = "";

        if (!json_has(clock, "VdsoClock")) {
                status_text(out, "Cost", "not known");
                return;
        }
        if (khz > 0)
                snprintf(rate, sizeof(rate), " TSC: %" PRIu64 ".%03" PRIu64 " MHz%s.", khz / 1000, khz % 1000,
                         json_get_flag(clock, "TscScaling") ? ", scalable" : "");
        print_format(out, "Cost", STATUS_INDENT, "clocksource %s: %s. %s.%s",
                     json_get_text_or(clock, "Clocksource", "unknown"),
                     json_get_flag(clock, "VdsoClock") ? "programs read the time without a system call (vDSO)" :
                                                         "every reading of the time is a system call",
                     json_get_flag(clock, "GuestClockPairing") ? "Guests can use ptp_kvm" : "Guests cannot use ptp_kvm",
                     rate);
}

/* Not for a lost TSC: its remedy already names the boot parameters. */
static void show_boot_parameters(FILE *out, const StatusInput *input)
{
        struct json_object *manager = input->state->manager;
        struct json_object *parameters = json_get_list(manager, "BootParametersMissing");
        _cleanup_free_ char *missing = json_format(parameters);

        if (json_length(parameters) > 0 && verdict_of(input) != VERDICT_UNSTABLE)
                print_format(out, "Boot", STATUS_INDENT, "for the next boot: %s. %s",
                             missing ? missing : PRINT_NO_MEMORY, json_get_text(manager, "BootParametersReason"));
}

static bool was_lost_before(const StatusInput *input)
{
        if (input->host || input->losses_error != 0)
                return false;
        for (size_t i = 0; i < input->losses->n; i++)
                if (!input->losses->entries[i].this_boot)
                        return true;
        return false;
}

/* If this loss came early after boot and the TSC was lost on earlier boots too, it will happen at every boot. */
static void show_every_boot(FILE *out, const StatusInput *input)
{
        uint64_t since = json_get_number(input->state->clock, "SinceMonotonicUSec");

        if (verdict_of(input) == VERDICT_UNSTABLE && since > 0 && since < CLOCK_EARLY_USEC && was_lost_before(input))
                status_text(out, "",
                            "It was lost on earlier boots as well: it will be at every boot until this is mended.");
}

static void show_rate(FILE *out, const StatusInput *input)
{
        _cleanup_free_ char *text = input->rate ? rate_here_text(input->rate) : NULL;

        if (input->rate)
                status_text(out, "Rate", text);
}

/* Prints "Probed 2 h ago: ...". The age matters because a probe is never repeated automatically. */
static void show_probe(FILE *out, const StatusInput *input)
{
        const ProbeRecord *probe = input->probe;
        char span[PRINT_TIME_SIZE];

        if (!probe)
                return;
        print_span(input->now_usec > probe->realtime_usec ? input->now_usec - probe->realtime_usec : 0, span);
        if (probe->n_convicted > 0)
                print_format(out, "Probe", STATUS_INDENT,
                             "Probed %s ago: the TSC of CPU%s %s was not that of the others. See tscwarden probe.",
                             span, probe->n_convicted == 1 ? "" : "s", probe->convicted);
        else if (!probe->has_bound)
                print_format(out, "Probe", STATUS_INDENT, "Probed %s ago: no two CPUs could be measured", span);
        else
                print_format(out, "Probe", STATUS_INDENT,
                             "Probed %s ago: no offset provable within %" PRId64 " ns between any two of %u CPUs", span,
                             probe->bound_nsec, probe->n_measured);
}

static void show_advice(FILE *out, const StatusInput *input)
{
        static const struct {
                const char *text, *color;
        } words[URGENCY_MAX_] = {
                [URGENCY_NONE] = { "nothing", STATUS_GREEN },
                [URGENCY_TICKET] = { "a ticket", STATUS_YELLOW },
                [URGENCY_EVACUATE] = { "evacuate and reboot", STATUS_RED },
        };
        const WardenState *state = input->state;
        Urgency urgency = warden_urgency(state);
        const char *remedy = json_get_text(state->clock, "Remedy");

        if (urgency < 0)
                status_headline(out, input->color, "To do", STATUS_YELLOW,
                                "find out why the verdict is not known: journalctl -u tscwarden");
        else
                status_headline(out, input->color, "To do", words[urgency].color, words[urgency].text);
        status_text(out, "", remedy);
        if (urgency == URGENCY_TICKET)
                show_every_boot(out, input);
        if (warden_policy_is_wrong(state))
                status_text(out, "", "The policy is not in force as it should be: see above.");
}

static void show_events(FILE *out, struct json_object *events)
{
        size_t n = json_length(events), first = n > EVENTS_SHOWN ? n - EVENTS_SHOWN : 0;
        char stamp[PRINT_TIME_SIZE];

        for (size_t i = first; i < n; i++) {
                struct json_object *event = json_object_array_get_idx(events, i);
                int column = fprintf(out, "%-*s%s  %s  ", STATUS_INDENT, i == first ? "Events" : "",
                                     print_stamp(json_get_number(event, "RealtimeUSec"), stamp),
                                     json_get_text(event, "Name"));

                print_cut(out, column < 70 ? 80 - column : 10, json_get_text(event, "Text"));
        }
}

void status_show(FILE *out, const StatusInput *input)
{
        show_verdict(out, input);
        show_since(out, input);
        show_earlier(out, input);
        show_guests(out, input);
        show_cost(out, input);
        status_show_policy(out, input->state, input->color);
        show_boot_parameters(out, input);
        show_rate(out, input);
        show_probe(out, input);
        show_advice(out, input);
        show_events(out, input->state->events);
}

int status_show_json(FILE *out, const StatusInput *input)
{
        const WardenState *state = input->state;
        struct json_object *json = json_object_new_object();

        json_add(json, "Manager", json_object_get(state->manager));
        json_add(json, "Clock", json_object_get(state->clock));
        json_add(json, "Cpus", json_object_get(state->cpus));
        json_add(json, "Events", json_object_get(state->events));
        json_add(json, "Rate", rate_here_to_json(input->rate));
        return json_print(out, json);
}
