/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "base/cpuset.h"
#include "ctl/json.h"
#include "ctl/metric.h"
#include "ctl/status.h"
#include "model/clock-words.h"

static void show_verdict(FILE *out, struct json_object *clock)
{
        metric_head(
                out, "tsc_verdict",
                "Whether this is the verdict on the TSC, and whether CPU flags and boot parameters alone predict it.");
        for (Verdict verdict = 0; verdict < VERDICT_MAX_; verdict++)
                for (unsigned expected = 0; expected < 2; expected++)
                        fprintf(out, "tscwarden_tsc_verdict{verdict=\"%s\",expected=\"%s\"} %d\n",
                                verdict_to_string(verdict), expected ? "true" : "false",
                                strcmp(verdict_to_string(verdict), json_get_text(clock, "Verdict")) == 0 &&
                                        json_get_flag(clock, "Expected") == expected);
}

static void show_urgency(FILE *out, struct json_object *clock)
{
        metric_head(out, "urgency", "Whether this is how soon somebody has to act on the clock.");
        for (Urgency urgency = 0; urgency < URGENCY_MAX_; urgency++)
                fprintf(out, "tscwarden_urgency{urgency=\"%s\"} %d\n", urgency_to_string(urgency),
                        strcmp(urgency_to_string(urgency), json_get_text(clock, "Urgency")) == 0);
        metric_info(out, "tsc_suspect_info", "The clock that the evidence convicts.", "suspect",
                    json_get_text_or(clock, "Suspect", "none"));
}

static void show_clocksource(FILE *out, struct json_object *clock)
{
        struct json_object *clocksources = json_get_list(clock, "AvailableClocksources");
        _cleanup_free_ char *available = clocksources ? json_format(clocksources) : NULL;

        metric_info(out, "tsc_reason_info", "Why the verdict is what it is.", "reason",
                    json_get_text_or(clock, "Reason", "none"));
        metric_head(out, "clocksource_info", "The kernel's clocksource, those it offers, and what watches the TSC.");
        fputs("tscwarden_clocksource_info{", out);
        metric_label(out, "", "clocksource", json_get_text(clock, "Clocksource"));
        metric_label(out, ",", "available", available ? available : "");
        metric_label(out, ",", "watchdog", json_get_text(clock, "Watchdog"));
        fputs("} 1\n", out);
        if (json_has(clock, "ClocksourceChanges"))
                metric_value(out, "clocksource_changes_total", "Clocksource changes since tscwardend started.",
                             "%" PRIu64, json_get_number(clock, "ClocksourceChanges"));
}

static void show_drift(FILE *out, struct json_object *manager)
{
        static const char help[] = "Knobs that others changed after the policy had set them.";

        if (!json_has(manager, "DriftCounts")) {
                metric_value(out, "drift_total", help, "%" PRIu64, json_get_number(manager, "DriftCount"));
                return;
        }
        metric_head(out, "drift_total", help);
        json_object_object_foreach(json_object_object_get(manager, "DriftCounts"), knob, count)
        {
                fputs("tscwarden_drift_total{", out);
                metric_label(out, "", "knob", knob);
                fprintf(out, "} %" PRIu64 "\n", json_object_get_uint64(count));
        }
}

static unsigned count_cpus(const char *list)
{
        _cleanup_cpuset_ CpuSet set = {};

        return cpuset_parse(list, &set) == 0 ? cpuset_count(&set) : 0;
}

static void show_policy(FILE *out, struct json_object *manager)
{
        static const char *const states[] = { "not-needed", "waiting", "applied", "degraded", "disabled", "restored" };

        metric_head(out, "policy_state", "Whether this is the state of the policy.");
        for (unsigned i = 0; i < ARRAY_SIZE(states); i++)
                fprintf(out, "tscwarden_policy_state{state=\"%s\"} %d\n", states[i],
                        strcmp(states[i], json_get_text(manager, "State")) == 0);
        metric_value(out, "contested_cpus", "CPUs whose knobs somebody else keeps changing.", "%u",
                     count_cpus(json_get_text(manager, "ContestedCpus")));
}

static void show_probe(FILE *out, const ProbeRecord *probe)
{
        if (probe->has_bound)
                metric_value(out, "probe_offset_bound_seconds",
                             "How far apart any two CPUs' TSCs can have been at most.", "%" PRId64 ".%09" PRId64,
                             probe->bound_nsec / 1000000000, probe->bound_nsec % 1000000000);
        metric_value(out, "probe_convicted", "CPUs whose TSC was proved to differ.", "%u", probe->n_convicted);
        metric_value(out, "probe_timestamp_seconds",
                     "When root last ran tscwarden probe on this host, since it was booted.", "%" PRIu64,
                     probe->realtime_usec / 1000000);
}

static void show_rate(FILE *out, const RateHere *rate)
{
        if (!rate->utc.known && !rate->boots.known)
                return;
        metric_head(
                out, "tsc_rate_ppm",
                "By how much the TSC runs fast against what the kernel takes it for: by UTC, or by earlier boots' calibration.");
        if (rate->utc.known)
                fprintf(out, "tscwarden_tsc_rate_ppm{against=\"utc\"} %.3f\n", rate->utc.ppm);
        if (rate->boots.known)
                fprintf(out, "tscwarden_tsc_rate_ppm{against=\"boots\"} %.3f\n", rate->boots.ppm);
}

void status_show_metrics(FILE *out, const StatusInput *input)
{
        const WardenState *state = input->state;
        struct json_object *manager = state->manager;

        metric_info(out, "build_info", "The tscwardend that was asked.", "version", json_get_text(manager, "Version"));
        show_verdict(out, state->clock);
        show_urgency(out, state->clock);
        show_clocksource(out, state->clock);
        show_policy(out, manager);
        show_drift(out, manager);
        if (input->rate)
                show_rate(out, input->rate);
        if (input->probe)
                show_probe(out, input->probe);
        if (json_has(manager, "RunningVMs"))
                metric_value(out, "vms", "Virtual machines of KVM that run.", "%" PRIu64,
                             json_get_number(manager, "RunningVMs"));
}
