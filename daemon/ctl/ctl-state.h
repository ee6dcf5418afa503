/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What tscwardend says of itself and of the host, as plain structs: one table per D-Bus interface, by which the properties
 * are read from the bus and written as JSON.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macro.h"
#include "model/clock-words.h"

typedef enum PropertyType {
        PROPERTY_BOOL,   /* b, bool */
        PROPERTY_U32,    /* u, uint32_t */
        PROPERTY_U64,    /* t, uint64_t */
        PROPERTY_STRING, /* s, char *, escaped; NULL as long as it is not known */
        PROPERTY_WORDS,  /* as, Words */
        PROPERTY_COUNTS, /* a{st}, Counts */
        PROPERTY_IDLE,   /* a(usubb), IdleInfos */
} PropertyType;

/* A PROPERTY_U32 of this value was not told. */
#define PROPERTY_U32_UNKNOWN UINT32_MAX

typedef struct Property {
        const char *name;
        PropertyType type;
        size_t offset;
} Property;

typedef struct PropertyTable {
        const Property *entries;
        unsigned n; /* at most 64 */
} PropertyTable;

/* The first member of each struct that a table describes: bit i, the i-th property was told. */
typedef uint64_t Present;

typedef struct Words {
        char **entries;
        size_t n;
} Words;

typedef struct Count {
        char *name;
        uint64_t value;
} Count;

typedef struct Counts {
        Count *entries;
        size_t n;
} Counts;

typedef struct IdleInfo {
        uint32_t index;
        char *name;
        uint32_t latency_usec;
        bool disabled, wanted_disabled;
} IdleInfo;

typedef struct IdleInfos {
        IdleInfo *entries;
        size_t n;
} IdleInfos;

typedef struct ManagerInfo {
        Present present;
        char *version;
        char *state;
        char *state_reason;
        bool frequency_policy_needed, idle_policy_needed;
        char *need_reason;
        Words config_files;
        uint64_t last_applied_usec, last_applied_monotonic_usec;
        char *managed_cpus, *degraded_cpus, *contested_cpus;
        uint64_t drift_count;
        Counts drift_counts;
        uint32_t running_vms;
        Words running_vm_names;
        char *vms_when_lost;
        Words boot_parameters_missing;
        char *boot_parameters_reason;
} ManagerInfo;

typedef struct ClockInfo {
        Present present;
        char *verdict;
        char *reason;
        char *suspect;
        char *urgency;
        char *reason_text;
        char *remedy;
        Words firmware_faults;
        char *kernel_line;
        uint64_t since_usec, since_monotonic_usec;
        bool expected;
        bool lost_after_use;
        char *witness;
        char *clocksource;
        Words available_clocksources;
        uint64_t clocksource_changes;
        char *watchdog;
        char *watchdog_reason;
        bool constant_tsc, nonstop_tsc;
        uint32_t tsc_khz;
        bool tsc_scaling;
        bool guest_clock_pairing;
        bool vdso_clock;
} ClockInfo;

typedef struct CpuInfo {
        Present present;
        uint32_t id;
        bool online;
        char *state;
        char *driver;
        char *governor, *wanted_governor;
        char *idle_driver;
        IdleInfos idle_states;
        char *last_error;
} CpuInfo;

typedef struct EventInfo {
        uint64_t realtime_usec, monotonic_usec;
        char *name;
        char *text;
} EventInfo;

typedef struct WardenState {
        ManagerInfo manager;
        ClockInfo clock;
        CpuInfo *cpus; /* by id */
        size_t n_cpus;
        bool cpus_known;
        EventInfo *events; /* oldest first */
        size_t n_events;
        bool events_known;
} WardenState;

extern const PropertyTable manager_properties, clock_properties, cpu_properties;

void warden_state_done(WardenState *state);
#define _cleanup_warden_state_ _cleanup_(warden_state_done)

/* What one property holds, freed, and as it is in an empty struct. `object` is the struct the table describes. */
void property_clear(const PropertyTable *table, unsigned i, void *object);
/* Its index, or -1. */
int property_find(const PropertyTable *table, const char *name);
bool property_is_present(const PropertyTable *table, const void *object, const char *name);
/* As one line of text: "yes", "3", "a b". Heap string owned by the caller, NULL when out of memory. */
char *property_format(const Property *property, const void *object);

static inline const void *property_value(const Property *property, const void *object)
{
        return (const char *)object + property->offset;
}

/* A string property, "" while it is not known. */
static inline const char *known(const char *text)
{
        return text ? text : "";
}

typedef enum WardenAdvice {
        WARDEN_FINE,     /* nothing to do */
        WARDEN_TICKET,   /* to be mended when convenient */
        WARDEN_EVACUATE, /* the guests that run here have a worse clock than they were promised */
        WARDEN_UNKNOWN,  /* the verdict is not known */
} WardenAdvice;

WardenAdvice warden_advice(const WardenState *state);
/* The policy needs somebody's eye. */
bool warden_policy_is_wrong(const WardenState *state);
/* 0 fine, 1 something is wrong on this host, 3 could not find out. */
int warden_exit_status(const WardenState *state);
