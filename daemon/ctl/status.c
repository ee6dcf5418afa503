/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/status.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cpuset.h"
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
        const ClockInfo *clock = &input->state->clock;
        Verdict verdict = verdict_from_string(known(clock->verdict));
        const char *reason = known(clock->reason);
        const char *text = words[verdict < 0 ? VERDICT_UNKNOWN : verdict].text;
        const char *color = words[verdict < 0 ? VERDICT_UNKNOWN : verdict].color;
        bool harmless = urgency_from_string(known(clock->urgency)) == URGENCY_NONE;
        char line[128];

        /* In a guest the clock in use may be another one, which is as good as it was. */
        if (verdict == VERDICT_UNSTABLE && harmless)
                text = "given up, but another clock is in use";
        if (verdict > VERDICT_UNKNOWN && harmless)
                color = GREEN;

        snprintf(line, sizeof(line), "%s (%s%s%s%s)", text, clock->verdict ? clock->verdict : "unknown",
                 reason[0] ? ": " : "", reason, clock->expected && verdict > VERDICT_TRUSTED ? ", expected" : "");
        show_headline(out, input, "TSC", color, line);
        show_text(out, "", known(clock->reason_text));
        if (clock->firmware_faults.n > 0 &&
            show_format(out, "", "firmware changed the TSC (%zu line%s in the kernel's log): %s",
                        clock->firmware_faults.n, clock->firmware_faults.n == 1 ? "" : "s",
                        clock->firmware_faults.entries[0]) < 0)
                return -ENOMEM;
        if (known(clock->kernel_line)[0] && show_format(out, "", "kernel: %s", clock->kernel_line) < 0)
                return -ENOMEM;
        if (known(clock->watchdog)[0] && !known(clock->kernel_line)[0])
                return show_format(out, "", "watchdog %s%s%s", clock->watchdog,
                                   known(clock->watchdog_reason)[0] ? ": " : "", known(clock->watchdog_reason));
        return 0;
}

static int show_since(FILE *out, const StatusInput *input)
{
        const ClockInfo *clock = &input->state->clock;
        char time[PRINT_TIME_SIZE], ago[PRINT_TIME_SIZE], boot[PRINT_TIME_SIZE];
        bool unstable = verdict_from_string(known(clock->verdict)) == VERDICT_UNSTABLE;
        const char *use = !unstable ? "" : clock->lost_after_use ? "; it had been in use" : "; it had not been in use";

        if (clock->since_usec == 0) {
                show_text(out, "Since", unstable ? "not known: the kernel's log no longer says when" : "not known");
                return 0;
        }
        return show_format(
                out, "Since", "%s, %s ago (%s after boot)%s", print_time(clock->since_usec, time),
                print_span(input->now_usec > clock->since_usec ? input->now_usec - clock->since_usec : 0, ago),
                print_span(clock->since_monotonic_usec, boot), use);
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
static char *running_vms_format(const ManagerInfo *manager)
{
        const Words *names = &manager->running_vm_names;
        size_t n = names->n < VMS_SHOWN ? names->n : VMS_SHOWN;
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        if (!out)
                return NULL;
        for (size_t i = 0; i < n; i++)
                fprintf(out, "%s%s", i ? ", " : ": ", names->entries[i]);
        if (n > 0 && manager->running_vms > n)
                fprintf(out, " and %zu more", manager->running_vms - n);
        if (ferror(out) | fclose(out)) {
                free(text);
                return NULL;
        }
        return text;
}

static int show_guests(FILE *out, const StatusInput *input)
{
        const ManagerInfo *manager = &input->state->manager;
        _cleanup_free_ char *now = running_vms_format(manager);
        const char *then = known(manager->vms_when_lost);
        const char *also;

        if (!now)
                return -ENOMEM;
        /* The daemon that saw it may not run any more. */
        if (!then[0] && verdict_from_string(known(input->state->clock.verdict)) == VERDICT_UNSTABLE && !input->host &&
            input->losses_error == 0)
                for (size_t i = 0; i < input->losses->n; i++)
                        if (input->losses->entries[i].this_boot)
                                then = input->losses->entries[i].vms;
        also = then[0] ? "; when it was lost: " : "";
        if (!property_is_present(&manager_properties, manager, "RunningVMs"))
                return show_format(out, "Guests", "not known how many run%s%s", also, then);
        if (manager->running_vms == 0)
                return show_format(out, "Guests", "no VM runs now%s%s", also, then);
        return show_format(out, "Guests", "%" PRIu32 " VM%s now%s%s%s", manager->running_vms,
                           manager->running_vms == 1 ? " runs" : "s run", now, also, then);
}

static int show_cost(FILE *out, const StatusInput *input)
{
        const ClockInfo *clock = &input->state->clock;
        const char *clocksource = known(clock->clocksource)[0] ? clock->clocksource : "unknown";
        char rate[48] = "";

        if (!property_is_present(&clock_properties, clock, "VdsoClock"))
                return show_format(out, "Cost", "not known");
        if (clock->tsc_khz > 0)
                snprintf(rate, sizeof(rate), " TSC: %" PRIu32 ".%03" PRIu32 " MHz%s.", clock->tsc_khz / 1000,
                         clock->tsc_khz % 1000, clock->tsc_scaling ? ", scalable" : "");
        return show_format(out, "Cost", "clocksource %s: %s. %s.%s", clocksource,
                           clock->vdso_clock ? "programs read the time without a system call (vDSO)" :
                                               "every reading of the time is a system call",
                           clock->guest_clock_pairing ? "Guests can use ptp_kvm" : "Guests cannot use ptp_kvm", rate);
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

        if (!list || !list[0])
                return 0;
        if (shorten_list(list, &text) < 0)
                return -ENOMEM;
        return show_format(out, "", "%s: %s", what, text);
}

static bool same_text(const char *a, const char *b)
{
        return strcmp(known(a), known(b)) == 0;
}

static bool cpus_alike(const CpuInfo *a, const CpuInfo *b)
{
        if (!same_text(a->state, b->state) || !same_text(a->driver, b->driver) ||
            !same_text(a->governor, b->governor) || !same_text(a->wanted_governor, b->wanted_governor) ||
            !same_text(a->idle_driver, b->idle_driver) || !same_text(a->last_error, b->last_error) ||
            a->idle_states.n != b->idle_states.n)
                return false;
        for (size_t i = 0; i < a->idle_states.n; i++)
                if (a->idle_states.entries[i].disabled != b->idle_states.entries[i].disabled ||
                    !same_text(a->idle_states.entries[i].name, b->idle_states.entries[i].name))
                        return false;
        return true;
}

static int show_group(FILE *out, const CpuInfo *cpu, const CpuSet *ids)
{
        _cleanup_free_ char *list = cpuset_format(ids), *shown = NULL, *text = NULL;
        bool other = known(cpu->wanted_governor)[0] && !same_text(cpu->governor, cpu->wanted_governor);
        const char *separator = " without ";
        size_t size;
        FILE *stream;
        int r;

        if (!list || shorten_list(list, &shown) < 0)
                return -ENOMEM;
        stream = open_memstream(&text, &size);
        if (!stream)
                return -ENOMEM;
        fprintf(stream, "CPU%s %s %s: %s", cpuset_count(ids) == 1 ? "" : "s", shown, known(cpu->state),
                known(cpu->driver)[0] ? cpu->driver : "no cpufreq");
        if (known(cpu->governor)[0])
                fprintf(stream, " %s", cpu->governor);
        if (other)
                fprintf(stream, " (wanted: %s)", cpu->wanted_governor);
        fprintf(stream, ", %s", known(cpu->idle_driver)[0] ? cpu->idle_driver : "no cpuidle");
        for (size_t i = 0; i < cpu->idle_states.n; i++)
                if (cpu->idle_states.entries[i].disabled) {
                        fprintf(stream, "%s%s", separator, cpu->idle_states.entries[i].name);
                        separator = " ";
                }
        if (known(cpu->last_error)[0])
                fprintf(stream, "; %s", cpu->last_error);
        r = ferror(stream) | fclose(stream) ? -ENOMEM : 0;
        if (r == 0)
                show_text(out, "", text);
        return r;
}

static int collect_alike(const WardenState *state, size_t first, bool *shown, CpuSet *ids)
{
        for (size_t i = first; i < state->n_cpus; i++)
                if (!shown[i] && cpus_alike(&state->cpus[first], &state->cpus[i])) {
                        shown[i] = true;
                        /* A number no kernel has is not shown. */
                        if (cpuset_add(ids, state->cpus[i].id) == -ENOMEM)
                                return -ENOMEM;
                }
        return 0;
}

static int show_cpus(FILE *out, const WardenState *state)
{
        _cleanup_free_ bool *shown = calloc(state->n_cpus + 1, sizeof(bool));
        unsigned n = 0;

        if (!shown)
                return -ENOMEM;
        for (size_t i = 0; i < state->n_cpus; i++) {
                _cleanup_cpuset_ CpuSet ids = {};

                if (shown[i])
                        continue;
                if (n++ == GROUPS_SHOWN) {
                        show_text(out, "", "... and more: tscwarden status --json");
                        return 0;
                }
                if (collect_alike(state, i, shown, &ids) < 0 || show_group(out, &state->cpus[i], &ids) < 0)
                        return -ENOMEM;
        }
        return 0;
}

static int show_policy(FILE *out, const StatusInput *input)
{
        const ManagerInfo *manager = &input->state->manager;
        bool wrong = warden_policy_is_wrong(input->state), contested = known(manager->contested_cpus)[0];
        char line[96];

        snprintf(line, sizeof(line), "%s%s", manager->state ? manager->state : "unknown",
                 contested ? ", contested" : "");
        show_headline(out, input, "Policy",
                      wrong                                ? YELLOW :
                      same_text(manager->state, "waiting") ? YELLOW :
                                                             GREEN,
                      line);
        show_text(out, "", known(manager->state_reason));
        if (known(manager->managed_cpus)[0] && show_cpus(out, input->state) < 0)
                return -ENOMEM;
        if (show_list(out, "Contested CPUs (others keep writing there)", manager->contested_cpus) < 0)
                return -ENOMEM;
        if (manager->drift_count > 0)
                return show_format(out, "", "Changed by others: %" PRIu64 " time%s", manager->drift_count,
                                   manager->drift_count == 1 ? "" : "s");
        return 0;
}

/* Where a lost TSC would profit from them, the remedy names them. */
static int show_boot_parameters(FILE *out, const StatusInput *input)
{
        const ManagerInfo *manager = &input->state->manager;
        int i = property_find(&manager_properties, "BootParametersMissing");
        _cleanup_free_ char *missing = property_format(&manager_properties.entries[i], manager);

        if (!missing)
                return -ENOMEM;
        if (!missing[0] || verdict_from_string(known(input->state->clock.verdict)) == VERDICT_UNSTABLE)
                return 0;
        return show_format(out, "Boot", "for the next boot: %s. %s", missing, known(manager->boot_parameters_reason));
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
        const ClockInfo *clock = &input->state->clock;

        if (verdict_from_string(known(clock->verdict)) == VERDICT_UNSTABLE && clock->since_monotonic_usec > 0 &&
            clock->since_monotonic_usec < CLOCK_EARLY_USEC && was_lost_before(input))
                show_text(out, "",
                          "It was lost on earlier boots as well: it will be at every boot until this is mended.");
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
        const char *remedy = known(state->clock.remedy);

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

static void show_events(FILE *out, const WardenState *state)
{
        size_t first = state->n_events > EVENTS_SHOWN ? state->n_events - EVENTS_SHOWN : 0;
        char stamp[PRINT_TIME_SIZE];

        for (size_t i = first; i < state->n_events; i++) {
                const EventInfo *event = &state->events[i];
                int column = fprintf(out, "%-*s%s  %s  ", INDENT, i == first ? "Events" : "",
                                     print_stamp(event->realtime_usec, stamp), event->name);

                print_cut(out, column < 70 ? 80 - column : 10, event->text);
        }
}

int status_show(FILE *out, const StatusInput *input)
{
        static int (*const rows[])(FILE * out, const StatusInput *input) = {
                show_verdict, show_since,  show_earlier,         show_guests,
                show_cost,    show_policy, show_boot_parameters, show_probe,
        };

        for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
                int r = rows[i](out, input);

                if (r < 0)
                        return r;
        }
        show_advice(out, input);
        show_events(out, input->state);
        return 0;
}
