/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/status.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cpuset.h"
#include "ctl/json.h"
#include "model/clock-words.h"
#include "show/print.h"
#include "model/urgency.h"

#define INDENT 10
#define EVENTS_SHOWN 4
#define LOSSES_SHOWN 3
#define GROUPS_SHOWN 4
/* Longer lists of CPUs are cut: the whole ones are in --json. */
#define LIST_COLUMNS 60
/* Of those that run now; RunningVMNames has the rest. */
#define VMS_SHOWN 8U

#define RED "\033[1;31m"
#define YELLOW "\033[1;33m"
#define GREEN "\033[1;32m"

/* A head, and the first line of its text: short, and the only thing that has a colour. */
static void show_headline(FILE *out, const StatusInput *input, const char *head, const char *color, const char *text)
{
        fprintf(out, "%-*s%s%s%s\n", INDENT, head, input->color ? color : "", text, input->color ? "\033[0m" : "");
}

static void show_text(FILE *out, const char *head, const char *text)
{
        if (text[0])
                print_wrapped(out, head, INDENT, text);
}

/* The same for a text put together: 0 or -ENOMEM. */
static int show_format(FILE *out, const char *head, const char *format, ...) _printf_(3, 4);
static int show_format(FILE *out, const char *head, const char *format, ...)
{
        _cleanup_free_ char *text = NULL;
        va_list ap;
        int r;

        va_start(ap, format);
        r = vasprintf(&text, format, ap);
        va_end(ap);
        if (r < 0) {
                text = NULL;
                return -ENOMEM;
        }
        show_text(out, head, text);
        return 0;
}

/* A text, or `otherwise` where it is empty or not known. */
static const char *text_or(struct json_object *object, const char *key, const char *otherwise)
{
        const char *text = json_get_text(object, key);

        return text[0] ? text : otherwise;
}

static Verdict verdict_of(const StatusInput *input)
{
        return verdict_from_string(json_get_text(input->state->clock, "Verdict"));
}

/* Who has to be called: the maker of the machine, or nobody. "design" is what "expected" says in the headline. */
static void show_suspect(FILE *out, struct json_object *clock)
{
        static const char *const texts[SUSPECT_MAX_] = {
                [SUSPECT_TSC] = "suspect: the TSC",
                [SUSPECT_REFERENCE] = "suspect: what the TSC was compared with, not the TSC",
                [SUSPECT_EITHER] = "suspect: the TSC or what it was compared with",
        };
        Suspect suspect = suspect_from_string(json_get_text(clock, "Suspect"));

        if (suspect >= 0 && texts[suspect])
                show_text(out, "", texts[suspect]);
}

static int show_verdict(FILE *out, const StatusInput *input)
{
        static const struct {
                const char *text, *color;
        } words[VERDICT_MAX_] = {
                [VERDICT_UNKNOWN] = { "not known", YELLOW },
                [VERDICT_STABLE] = { "fine", GREEN },
                [VERDICT_TRUSTED] = { "fine", GREEN },
                [VERDICT_UNVERIFIED] = { "in use, but nothing checks it", YELLOW },
                [VERDICT_UNUSED] = { "not marked, but not in use", YELLOW },
                [VERDICT_UNSTABLE] = { "LOST until the next boot", RED },
                [VERDICT_ABSENT] = { "not there", RED },
        };
        struct json_object *clock = input->state->clock;
        Verdict verdict = verdict_of(input);
        const char *reason = json_get_text(clock, "Reason"), *kernel_line = json_get_text(clock, "KernelLine");
        const char *watchdog = json_get_text(clock, "Watchdog");
        const char *watchdog_reason = json_get_text(clock, "WatchdogReason");
        size_t faults = json_length(json_get_list(clock, "FirmwareFaults"));
        const char *text = words[verdict < 0 ? VERDICT_UNKNOWN : verdict].text;
        const char *color = words[verdict < 0 ? VERDICT_UNKNOWN : verdict].color;
        bool harmless = urgency_from_string(json_get_text(clock, "Urgency")) == URGENCY_NONE;
        char line[128];

        /* In a guest the clock in use may be another one, which is as good as it was. */
        if (verdict == VERDICT_UNSTABLE && harmless)
                text = "given up, but another clock is in use";
        if (verdict > VERDICT_UNKNOWN && harmless)
                color = GREEN;

        snprintf(line, sizeof(line), "%s (%s%s%s%s)", text, text_or(clock, "Verdict", "unknown"), reason[0] ? ": " : "",
                 reason, json_get_flag(clock, "Expected") && verdict > VERDICT_TRUSTED ? ", expected" : "");
        show_headline(out, input, "TSC", color, line);
        show_text(out, "", json_get_text(clock, "ReasonText"));
        show_suspect(out, clock);
        if (faults > 0 &&
            show_format(out, "", "firmware changed the TSC (%zu line%s in the kernel's log): %s", faults,
                        faults == 1 ? "" : "s",
                        json_object_get_string(json_object_array_get_idx(json_get_list(clock, "FirmwareFaults"), 0))) <
                    0)
                return -ENOMEM;
        if (kernel_line[0])
                return show_format(out, "", "kernel: %s", kernel_line);
        if (watchdog[0])
                return show_format(out, "", "watchdog %s%s%s", watchdog, watchdog_reason[0] ? ": " : "",
                                   watchdog_reason);
        return 0;
}

static int show_since(FILE *out, const StatusInput *input)
{
        struct json_object *clock = input->state->clock;
        char time[PRINT_TIME_SIZE], ago[PRINT_TIME_SIZE], boot[PRINT_TIME_SIZE];
        bool unstable = verdict_of(input) == VERDICT_UNSTABLE;
        uint64_t since = json_get_number(clock, "SinceUSec");
        const char *use = "";

        if (unstable)
                use = json_get_flag(clock, "LostAfterUse") ? "; it had been in use" : "; it had not been in use";
        if (since == 0) {
                show_text(out, "Since", unstable ? "not known: the kernel's log no longer says when" : "not known");
                return 0;
        }
        return show_format(out, "Since", "%s, %s ago (%s after boot)%s", print_time(since, time),
                           print_span(input->now_usec > since ? input->now_usec - since : 0, ago),
                           print_span(json_get_number(clock, "SinceMonotonicUSec"), boot), use);
}

static int show_losses(FILE *out, const Losses *losses)
{
        _cleanup_free_ char *text = NULL;
        char time[PRINT_TIME_SIZE];
        unsigned n = 0, shown = 0;
        size_t size;
        FILE *list;

        for (size_t i = 0; i < losses->n; i++)
                n += !losses->entries[i].this_boot;
        if (n == 0)
                return show_format(out, "Earlier", "no loss in the journal%s%s",
                                   losses->since_usec ? ", which begins " : "",
                                   losses->since_usec ? print_time(losses->since_usec, time) : "");
        list = open_memstream(&text, &size);
        if (!list)
                return -ENOMEM;
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
        if (ferror(list) | fclose(list))
                return -ENOMEM;
        show_text(out, "Earlier", text);
        return 0;
}

static int show_earlier(FILE *out, const StatusInput *input)
{
        if (input->host)
                return show_format(out, "Earlier", "not asked on another host: `ssh %s tscwarden status` tells",
                                   input->host);
        if (input->losses_error == 0)
                return show_losses(out, input->losses);
        if (input->losses_error == -EACCES)
                show_text(out, "Earlier",
                          "not known: the journal is readable for root and for the groups systemd-journal and adm "
                          "(usermod -aG systemd-journal USER, then log in again)");
        else if (input->losses_error == -ENOENT)
                show_text(out, "Earlier", "not known: there is no journal here");
        else
                return show_format(out, "Earlier", "not known: the journal cannot be read: %s",
                                   strerror(-input->losses_error));
        return 0;
}

/* ": web (271), db (280) and 3 more", or nothing. Heap string owned by the caller, NULL when out of memory. */
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
        if (ferror(out) | fclose(out)) {
                free(text);
                return NULL;
        }
        return text;
}

static int show_guests(FILE *out, const StatusInput *input)
{
        struct json_object *manager = input->state->manager;
        _cleanup_free_ char *now = running_vms_format(manager);
        const char *then = json_get_text(manager, "VMsWhenLost");
        uint64_t running = json_get_number(manager, "RunningVMs");
        const char *also;

        if (!now)
                return -ENOMEM;
        /* The daemon that saw it may not run any more. */
        if (!then[0] && verdict_of(input) == VERDICT_UNSTABLE && !input->host && input->losses_error == 0)
                for (size_t i = 0; i < input->losses->n; i++)
                        if (input->losses->entries[i].this_boot)
                                then = input->losses->entries[i].vms;
        also = then[0] ? "; when it was lost: " : "";
        if (!json_has(manager, "RunningVMs"))
                return show_format(out, "Guests", "number of VMs unknown%s%s", also, then);
        if (running == 0)
                return show_format(out, "Guests", "no VM runs now%s%s", also, then);
        return show_format(out, "Guests", "%" PRIu64 " VM%s now%s%s%s", running, running == 1 ? " runs" : "s run", now,
                           also, then);
}

static int show_cost(FILE *out, const StatusInput *input)
{
        struct json_object *clock = input->state->clock;
        uint64_t khz = json_get_number(clock, "TscKHz");
        char rate[48] = "";

        if (!json_has(clock, "VdsoClock"))
                return show_format(out, "Cost", "not known");
        if (khz > 0)
                snprintf(rate, sizeof(rate), " TSC: %" PRIu64 ".%03" PRIu64 " MHz%s.", khz / 1000, khz % 1000,
                         json_get_flag(clock, "TscScaling") ? ", scalable" : "");
        return show_format(out, "Cost", "clocksource %s: %s. %s.%s", text_or(clock, "Clocksource", "unknown"),
                           json_get_flag(clock, "VdsoClock") ? "programs read the time without a system call (vDSO)" :
                                                               "every reading of the time is a system call",
                           json_get_flag(clock, "GuestClockPairing") ? "Guests can use ptp_kvm" :
                                                                       "Guests cannot use ptp_kvm",
                           rate);
}

/* "0-511", or the beginning of a longer list and how many there are. */
static int shorten_list(const char *list, char **ret)
{
        _cleanup_cpuset_ CpuSet set = {};
        char *text = NULL;
        int end = LIST_COLUMNS;

        if (strlen(list) <= LIST_COLUMNS || cpuset_parse(list, &set) < 0) {
                text = strdup(list);
        } else {
                while (end > 0 && list[end - 1] != ',')
                        end--;
                if (asprintf(&text, "%.*s... (%u CPUs)", end, list, cpuset_count(&set)) < 0)
                        text = NULL;
        }
        if (!text)
                return -ENOMEM;
        *ret = text;
        return 0;
}

static int show_list(FILE *out, const char *what, const char *list)
{
        _cleanup_free_ char *text = NULL;

        if (!list[0])
                return 0;
        if (shorten_list(list, &text) < 0)
                return -ENOMEM;
        return show_format(out, "", "%s: %s", what, text);
}

static bool same_text(struct json_object *a, struct json_object *b, const char *key)
{
        return strcmp(json_get_text(a, key), json_get_text(b, key)) == 0;
}

static bool cpus_alike(struct json_object *a, struct json_object *b)
{
        static const char *const keys[] = {
                "State", "Driver", "Governor", "WantedGovernor", "IdleDriver", "LastError"
        };
        struct json_object *a_states = json_get_list(a, "IdleStates"), *b_states = json_get_list(b, "IdleStates");

        for (unsigned i = 0; i < ARRAY_SIZE(keys); i++)
                if (!same_text(a, b, keys[i]))
                        return false;
        if (json_length(a_states) != json_length(b_states))
                return false;
        for (size_t i = 0; i < json_length(a_states); i++) {
                struct json_object *a_state = json_object_array_get_idx(a_states, i);
                struct json_object *b_state = json_object_array_get_idx(b_states, i);

                if (json_get_flag(a_state, "Disabled") != json_get_flag(b_state, "Disabled") ||
                    !same_text(a_state, b_state, "Name"))
                        return false;
        }
        return true;
}

static int show_group(FILE *out, struct json_object *cpu, const CpuSet *ids)
{
        _cleanup_free_ char *list = cpuset_format(ids), *shown = NULL, *text = NULL;
        struct json_object *states = json_get_list(cpu, "IdleStates");
        const char *governor = json_get_text(cpu, "Governor"), *wanted = json_get_text(cpu, "WantedGovernor");
        const char *separator = " without ";
        size_t size;
        FILE *stream;
        int r;

        if (!list || shorten_list(list, &shown) < 0)
                return -ENOMEM;
        stream = open_memstream(&text, &size);
        if (!stream)
                return -ENOMEM;
        fprintf(stream, "CPU%s %s %s: %s", cpuset_count(ids) == 1 ? "" : "s", shown, json_get_text(cpu, "State"),
                text_or(cpu, "Driver", "no cpufreq"));
        if (governor[0])
                fprintf(stream, " %s", governor);
        if (wanted[0] && strcmp(governor, wanted) != 0)
                fprintf(stream, " (wanted: %s)", wanted);
        fprintf(stream, ", %s", text_or(cpu, "IdleDriver", "no cpuidle"));
        for (size_t i = 0; i < json_length(states); i++) {
                struct json_object *state = json_object_array_get_idx(states, i);

                if (!json_get_flag(state, "Disabled"))
                        continue;
                fprintf(stream, "%s%s", separator, json_get_text(state, "Name"));
                separator = " ";
        }
        if (json_get_text(cpu, "LastError")[0])
                fprintf(stream, "; %s", json_get_text(cpu, "LastError"));
        r = ferror(stream) | fclose(stream) ? -ENOMEM : 0;
        if (r == 0)
                show_text(out, "", text);
        return r;
}

static int collect_alike(struct json_object *cpus, size_t first, bool *shown, CpuSet *ids)
{
        struct json_object *like = json_object_array_get_idx(cpus, first);

        for (size_t i = first; i < json_length(cpus); i++) {
                struct json_object *cpu = json_object_array_get_idx(cpus, i);

                if (shown[i] || !cpus_alike(like, cpu))
                        continue;
                shown[i] = true;
                /* A number no kernel has is not shown. */
                if (cpuset_add(ids, json_get_number(cpu, "Id")) == -ENOMEM)
                        return -ENOMEM;
        }
        return 0;
}

static int show_cpus(FILE *out, struct json_object *cpus)
{
        _cleanup_free_ bool *shown = calloc(json_length(cpus) + 1, sizeof(bool));
        unsigned n = 0;

        if (!shown)
                return -ENOMEM;
        for (size_t i = 0; i < json_length(cpus); i++) {
                _cleanup_cpuset_ CpuSet ids = {};

                if (shown[i])
                        continue;
                if (n++ == GROUPS_SHOWN) {
                        show_text(out, "", "... and more: tscwarden status --json");
                        return 0;
                }
                if (collect_alike(cpus, i, shown, &ids) < 0 ||
                    show_group(out, json_object_array_get_idx(cpus, i), &ids) < 0)
                        return -ENOMEM;
        }
        return 0;
}

static int show_policy(FILE *out, const StatusInput *input)
{
        struct json_object *manager = input->state->manager;
        const char *state = text_or(manager, "State", "unknown"), *contested = json_get_text(manager, "ContestedCpus");
        bool not_yet = strcmp(state, "waiting") == 0;
        uint64_t drifts = json_get_number(manager, "DriftCount");
        char line[96];

        snprintf(line, sizeof(line), "%s%s", state, contested[0] ? ", contested" : "");
        show_headline(out, input, "Policy", not_yet || warden_policy_is_wrong(input->state) ? YELLOW : GREEN, line);
        show_text(out, "", json_get_text(manager, "StateReason"));
        if (json_get_text(manager, "ManagedCpus")[0] && show_cpus(out, input->state->cpus) < 0)
                return -ENOMEM;
        if (show_list(out, "Contested CPUs (others keep writing there)", contested) < 0)
                return -ENOMEM;
        if (drifts > 0)
                return show_format(out, "", "Changed by others: %" PRIu64 " time%s", drifts, drifts == 1 ? "" : "s");
        return 0;
}

/* Where a lost TSC would profit from them, the remedy names them. */
static int show_boot_parameters(FILE *out, const StatusInput *input)
{
        struct json_object *manager = input->state->manager;
        struct json_object *parameters = json_get_list(manager, "BootParametersMissing");
        _cleanup_free_ char *missing = json_format(parameters);

        if (!missing)
                return -ENOMEM;
        if (json_length(parameters) == 0 || verdict_of(input) == VERDICT_UNSTABLE)
                return 0;
        return show_format(out, "Boot", "for the next boot: %s. %s", missing,
                           json_get_text(manager, "BootParametersReason"));
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

/* What a mark this early makes likely, earlier boots make certain. */
static void show_every_boot(FILE *out, const StatusInput *input)
{
        uint64_t since = json_get_number(input->state->clock, "SinceMonotonicUSec");

        if (verdict_of(input) == VERDICT_UNSTABLE && since > 0 && since < CLOCK_EARLY_USEC && was_lost_before(input))
                show_text(out, "",
                          "It was lost on earlier boots as well: it will be at every boot until this is mended.");
}

static int show_rate(FILE *out, const StatusInput *input)
{
        _cleanup_free_ char *text = NULL;

        if (!input->rate)
                return 0;
        text = rate_here_text(input->rate);
        if (!text)
                return -ENOMEM;
        show_text(out, "Rate", text);
        return 0;
}

/* "Probed 2 h ago: ...": a measurement ages, and never changes the verdict. */
static int show_probe(FILE *out, const StatusInput *input)
{
        const ProbeRecord *probe = input->probe;
        char span[PRINT_TIME_SIZE];

        if (!probe)
                return 0;
        print_span(input->now_usec > probe->realtime_usec ? input->now_usec - probe->realtime_usec : 0, span);
        if (probe->n_convicted > 0)
                return show_format(
                        out, "Probe",
                        "Probed %s ago: the TSC of CPU%s %s was not that of the others. See tscwarden probe.", span,
                        probe->n_convicted == 1 ? "" : "s", probe->convicted);
        if (!probe->has_bound)
                return show_format(out, "Probe", "Probed %s ago: no two CPUs could be measured", span);
        return show_format(out, "Probe",
                           "Probed %s ago: no offset provable within %" PRId64 " ns between any two of %u CPUs", span,
                           probe->bound_nsec, probe->n_measured);
}

static void show_advice(FILE *out, const StatusInput *input)
{
        const WardenState *state = input->state;
        const char *remedy = json_get_text(state->clock, "Remedy");

        switch (warden_advice(state)) {
        case WARDEN_FINE:
                show_headline(out, input, "To do", GREEN, "nothing");
                break;
        case WARDEN_EVACUATE:
                show_headline(out, input, "To do", RED, "evacuate and reboot");
                break;
        case WARDEN_TICKET:
                show_headline(out, input, "To do", YELLOW, "a ticket");
                break;
        case WARDEN_UNKNOWN:
                show_headline(out, input, "To do", YELLOW,
                              "find out why the verdict is not known: journalctl -u tscwarden");
                break;
        }
        show_text(out, "", remedy);
        if (warden_advice(state) == WARDEN_TICKET)
                show_every_boot(out, input);
        if (warden_policy_is_wrong(state))
                show_text(out, "", "The policy is not in force as it should be: see above.");
}

static void show_events(FILE *out, struct json_object *events)
{
        size_t n = json_length(events), first = n > EVENTS_SHOWN ? n - EVENTS_SHOWN : 0;
        char stamp[PRINT_TIME_SIZE];

        for (size_t i = first; i < n; i++) {
                struct json_object *event = json_object_array_get_idx(events, i);
                int column = fprintf(out, "%-*s%s  %s  ", INDENT, i == first ? "Events" : "",
                                     print_stamp(json_get_number(event, "RealtimeUSec"), stamp),
                                     json_get_text(event, "Name"));

                print_cut(out, column < 70 ? 80 - column : 10, json_get_text(event, "Text"));
        }
}

int status_show(FILE *out, const StatusInput *input)
{
        static int (*const rows[])(FILE * out, const StatusInput *input) = {
                show_verdict, show_since,           show_earlier, show_guests, show_cost,
                show_policy,  show_boot_parameters, show_rate,    show_probe,
        };

        for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
                int r = rows[i](out, input);

                if (r < 0)
                        return r;
        }
        show_advice(out, input);
        show_events(out, input->state->events);
        return 0;
}
