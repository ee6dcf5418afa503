/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names of the files that the daemon may write: an object below /sys/devices/system/cpu, and one knob of it, which is
 * the kernel's file name.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum Knob {
        KNOB_SCALING_MAX_FREQ, /* kHz */
        KNOB_SCALING_MIN_FREQ, /* kHz */
        KNOB_SCALING_GOVERNOR,
        KNOB_SCALING_SETSPEED,              /* kHz; there only under the governor userspace */
        KNOB_ENERGY_PERFORMANCE_PREFERENCE, /* a name, or 0 to 255; some drivers have it */
        KNOB_DISABLE,                       /* of an idle state: 0 or 1 */
        KNOB_ENERGY_PERF_BIAS,              /* of a CPU: 0 to 15; some Intel CPUs have it */
        KNOB_MAX_,
        KNOB_INVALID_ = -1,
} Knob;

/* Room for every value of every knob: governors have 15 characters (CPUFREQ_NAME_LEN, include/linux/cpufreq.h), kHz 20
 * digits, energy performance preferences 20 characters (drivers/cpufreq/intel_pstate.c). */
#define KNOB_VALUE_SIZE 24
/* "cpufreq/policy8191", "cpu8191/cpuidle/state99" and the longest knob. */
#define KNOB_NAME_SIZE 64

/* Four bytes: a large host has tens of thousands. */
typedef struct KnobId {
        Knob knob : 8;
        unsigned state : 8; /* M of stateM; 0 where there is none */
        unsigned id : 16;   /* N of policyN, or of cpuN: below CPUSET_MAX */
} KnobId;

/* Order: domains before CPUs, then by id, state, knob. */
int knob_id_compare(const KnobId *a, const KnobId *b);
/* The same for qsort(), bsearch() and array_find() in arrays whose elements are a KnobId or begin with one. */
int knob_element_compare(const void *a, const void *b);
/* A knob of a frequency domain; the others belong to a CPU. */
bool knob_is_of_domain(Knob knob);
/* The knob decides at which frequency a domain runs. */
bool knob_is_frequency(Knob knob);

const char *knob_to_string(Knob knob);
/* Writes "cpufreq/policy0", "cpu3/cpuidle/state2" or "cpu3/power" into a buffer of KNOB_NAME_SIZE and returns it. */
const char *knob_object_format(const KnobId *id, char buffer[static KNOB_NAME_SIZE]);
/* The same with "/knob" behind. */
const char *knob_path_format(const KnobId *id, char buffer[static KNOB_NAME_SIZE]);
/* The inverse of knob_path_format: 0 or -EINVAL (not a path we write; *ret untouched). */
int knob_path_parse(const char *path, KnobId *ret);

/* The form a value has in sysfs: 0, or -EINVAL for an empty or overlong value, one with a blank or control character,
 * or a number where the knob wants none. */
int knob_value_check(Knob knob, const char *value);
