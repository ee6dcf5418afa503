/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/knob.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/append.h"
#include "base/cpuset.h"
#include "base/macro.h"
#include "base/parse.h"

/* The kernel has at most ten states (CPUIDLE_STATE_MAX, include/linux/cpuidle.h); two digits also allow more. */
#define IDLE_STATE_MAX 99U

_Static_assert(CPUSET_MAX <= 1U << 16 && IDLE_STATE_MAX < 1U << 8, "KnobId has room for both");

static const char *const knob_names[] = {
        [KNOB_SCALING_MAX_FREQ] = "scaling_max_freq",
        [KNOB_SCALING_MIN_FREQ] = "scaling_min_freq",
        [KNOB_SCALING_GOVERNOR] = "scaling_governor",
        [KNOB_SCALING_SETSPEED] = "scaling_setspeed",
        [KNOB_ENERGY_PERFORMANCE_PREFERENCE] = "energy_performance_preference",
        [KNOB_DISABLE] = "disable",
        [KNOB_ENERGY_PERF_BIAS] = "energy_perf_bias",
};
_Static_assert(ARRAY_SIZE(knob_names) == KNOB_MAX_, "every knob has a name");

/* The compiler may inline it, unlike the public one (-fPIC): the order of knobs is asked for very often. */
static bool is_of_domain(Knob knob)
{
        return knob <= KNOB_ENERGY_PERFORMANCE_PREFERENCE;
}

bool knob_is_of_domain(Knob knob)
{
        return is_of_domain(knob);
}

bool knob_is_frequency(Knob knob)
{
        return knob <= KNOB_SCALING_SETSPEED;
}

/* A number that orders knobs as knob_id_compare() does. */
static uint64_t knob_rank(const KnobId *id)
{
        return (uint64_t)!is_of_domain(id->knob) << 32 | (uint64_t)id->id << 16 | (uint64_t)id->state << 8 |
               (uint64_t)id->knob;
}

int knob_element_compare(const void *a, const void *b)
{
        uint64_t left = knob_rank(a), right = knob_rank(b);

        return left < right ? -1 : left > right;
}

int knob_id_compare(const KnobId *a, const KnobId *b)
{
        return knob_element_compare(a, b);
}

const char *knob_to_string(Knob knob)
{
        return knob_names[knob];
}

/* Returns the position of the NUL. */
static char *append_object(char *at, const KnobId *id)
{
        if (knob_is_of_domain(id->knob))
                return append_number(stpcpy(at, "cpufreq/policy"), id->id);
        at = append_number(stpcpy(at, "cpu"), id->id);
        if (id->knob == KNOB_ENERGY_PERF_BIAS)
                return stpcpy(at, "/power");
        return append_number(stpcpy(at, "/cpuidle/state"), id->state);
}

const char *knob_object_format(const KnobId *id, char buffer[static KNOB_NAME_SIZE])
{
        (void)append_object(buffer, id);
        return buffer;
}

const char *knob_path_format(const KnobId *id, char buffer[static KNOB_NAME_SIZE])
{
        /* The longest object has 23 characters, the longest knob 29. */
        strcpy(stpcpy(append_object(buffer, id), "/"), knob_names[id->knob]);
        return buffer;
}

int knob_path_parse(const char *path, KnobId *ret)
{
        char canonical[KNOB_NAME_SIZE];
        unsigned number, state = 0;
        KnobId id;

        if (sscanf(path, "cpufreq/policy%5u", &number) != 1 &&
            sscanf(path, "cpu%5u/cpuidle/state%3u", &number, &state) < 1)
                return -EINVAL;
        if (number >= CPUSET_MAX || state > IDLE_STATE_MAX)
                return -EINVAL;
        id = (KnobId) { .id = number, .state = state };
        /* sscanf() takes more than is written here; the comparison with the whole path does not. */
        for (id.knob = 0; id.knob < KNOB_MAX_; id.knob++)
                if (strcmp(path, knob_path_format(&id, canonical)) == 0) {
                        *ret = id;
                        return 0;
                }
        return -EINVAL;
}

int knob_value_check(Knob knob, const char *value)
{
        size_t length = strlen(value);
        uint64_t number;

        if (length == 0 || length >= KNOB_VALUE_SIZE)
                return -EINVAL;
        switch (knob) {
        case KNOB_SCALING_GOVERNOR:
        case KNOB_ENERGY_PERFORMANCE_PREFERENCE:
                for (const char *c = value; *c; c++)
                        if (!isgraph((unsigned char)*c))
                                return -EINVAL;
                return 0;
        case KNOB_DISABLE:
                return strcmp(value, "0") == 0 || strcmp(value, "1") == 0 ? 0 : -EINVAL;
        default:
                return parse_u64(value, 0, UINT64_MAX, &number) < 0 ? -EINVAL : 0;
        }
}
