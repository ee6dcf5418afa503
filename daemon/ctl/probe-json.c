/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/json.h"
#include "ctl/probe-show.h"
#include "probe/result.h"
#include "probe/track.h"

static const char *const fate_reasons[PROBE_FATE_MAX_] = {
        [PROBE_OFFLINE] = "offline",
        [PROBE_ISOLATED] = "isolated",
        [PROBE_FORBIDDEN] = "cpuset",
        [PROBE_NO_ANSWER] = "busy",
};

static void cpu_to_json(const ProbeResult *result, const ProbeCpu *cpu, struct json_object *entry)
{
        const Track *track = &cpu->track;
        double low = 0, high = 0;
        bool rate = track_get_rate(track, &low, &high);

        json_add(entry, "Id", json_object_new_int64(cpu->id));
        json_add(entry, "LowNSec", json_object_new_int64(probe_nsec(result, track->last.low)));
        json_add(entry, "HighNSec", json_object_new_int64(probe_nsec(result, track->last.high)));
        json_add(entry, "RatePpm", json_number(rate, (low + high) / 2));
        json_add(entry, "RateLowPpm", json_number(rate, low));
        json_add(entry, "RateHighPpm", json_number(rate, high));
        json_add(entry, "Moved", json_object_new_boolean(track->moved || track->jumped));
        json_add(entry, "Rounds", json_object_new_int64(track->n_rounds));
        json_add(entry, "RoundsWithoutZero", json_object_new_int64(track->n_excluded));
        json_add(entry, "Convicted", json_object_new_boolean(track_is_convicted(track)));
}

static void unmeasured_to_json(const ProbeResult *result, struct json_object *list)
{
        for (size_t i = 0; i < result->n; i++) {
                struct json_object *entry;

                if (result->cpus[i].fate == PROBE_MEASURED)
                        continue;
                entry = json_append_object(list);
                json_add(entry, "Id", json_object_new_int64(result->cpus[i].id));
                json_add(entry, "Reason", json_string(fate_reasons[result->cpus[i].fate]));
        }
}

struct json_object *probe_to_json(const ProbeView *view)
{
        const ProbeResult *result = view->result;
        struct json_object *json = json_object_new_object(), *probe = json_object_new_object(), *cpus;
        _cleanup_free_ char *convicted = cpuset_format(view->convicted);
        size_t n = probe_count(result, PROBE_MEASURED);

        json_add(json, "Probe", probe);
        json_add(probe, "TimestampUSec", json_object_new_int64((int64_t)view->now_usec));
        json_add(probe, "Guest", json_object_new_boolean(view->facts->hypervisor));
        json_add(probe, "TscKHz", json_object_new_int64((int64_t)result->tsc_khz));
        json_add(probe, "Rounds", json_object_new_int64(result->n_rounds));
        json_add(probe, "Reference", json_object_new_int64(result->cpus[result->reference].id));
        json_add(probe, "Measured", json_object_new_int64((int64_t)n));
        json_add(probe, "BoundNSec", json_integer(n > 1, n > 1 ? probe_bound_nsec(result) : 0));
        json_add(probe, "Convicted", json_string(convicted));
        cpus = json_add_list(probe, "Cpus");
        for (size_t i = 0; i < result->n; i++)
                if (i != result->reference && result->cpus[i].fate == PROBE_MEASURED)
                        cpu_to_json(result, &result->cpus[i], json_append_object(cpus));
        unmeasured_to_json(result, json_add_list(probe, "Unmeasured"));
        json_add(probe, "RateUtcPpm", json_number(view->rate->utc.known, view->rate->utc.ppm));
        json_add(probe, "RateBootsPpm", json_number(view->rate->boots.known, view->rate->boots.ppm));
        if (convicted)
                return json;
        json_object_put(json);
        return NULL;
}
