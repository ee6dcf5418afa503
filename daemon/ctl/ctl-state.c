/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/ctl-state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define M(name, type, member)                                        \
        {                                                            \
                name, PROPERTY_##type, offsetof(ManagerInfo, member) \
        }
#define C(name, type, member)                                      \
        {                                                          \
                name, PROPERTY_##type, offsetof(ClockInfo, member) \
        }
#define P(name, type, member)                                    \
        {                                                        \
                name, PROPERTY_##type, offsetof(CpuInfo, member) \
        }

static const Property manager_entries[] = {
        M("Version", STRING, version),
        M("State", STRING, state),
        M("StateReason", STRING, state_reason),
        M("FrequencyPolicyNeeded", BOOL, frequency_policy_needed),
        M("IdlePolicyNeeded", BOOL, idle_policy_needed),
        M("NeedReason", STRING, need_reason),
        M("ConfigFiles", WORDS, config_files),
        M("LastAppliedUSec", U64, last_applied_usec),
        M("LastAppliedMonotonicUSec", U64, last_applied_monotonic_usec),
        M("ManagedCpus", STRING, managed_cpus),
        M("DegradedCpus", STRING, degraded_cpus),
        M("ContestedCpus", STRING, contested_cpus),
        M("DriftCount", U64, drift_count),
        M("DriftCounts", COUNTS, drift_counts),
        M("RunningVMs", U32, running_vms),
        M("RunningVMNames", WORDS, running_vm_names),
        M("VMsWhenLost", STRING, vms_when_lost),
        M("BootParametersMissing", WORDS, boot_parameters_missing),
        M("BootParametersReason", STRING, boot_parameters_reason),
};

static const Property clock_entries[] = {
        C("Verdict", STRING, verdict),
        C("Reason", STRING, reason),
        C("Suspect", STRING, suspect),
        C("Urgency", STRING, urgency),
        C("ReasonText", STRING, reason_text),
        C("Remedy", STRING, remedy),
        C("FirmwareFaults", WORDS, firmware_faults),
        C("KernelLine", STRING, kernel_line),
        C("SinceUSec", U64, since_usec),
        C("SinceMonotonicUSec", U64, since_monotonic_usec),
        C("Expected", BOOL, expected),
        C("LostAfterUse", BOOL, lost_after_use),
        C("Witness", STRING, witness),
        C("Clocksource", STRING, clocksource),
        C("AvailableClocksources", WORDS, available_clocksources),
        C("ClocksourceChanges", U64, clocksource_changes),
        C("Watchdog", STRING, watchdog),
        C("WatchdogReason", STRING, watchdog_reason),
        C("ConstantTsc", BOOL, constant_tsc),
        C("NonstopTsc", BOOL, nonstop_tsc),
        C("TscKHz", U32, tsc_khz),
        C("TscScaling", BOOL, tsc_scaling),
        C("GuestClockPairing", BOOL, guest_clock_pairing),
        C("VdsoClock", BOOL, vdso_clock),
};

static const Property cpu_entries[] = {
        P("Id", U32, id),
        P("Online", BOOL, online),
        P("State", STRING, state),
        P("Driver", STRING, driver),
        P("Governor", STRING, governor),
        P("WantedGovernor", STRING, wanted_governor),
        P("IdleDriver", STRING, idle_driver),
        P("IdleStates", IDLE, idle_states),
        P("LastError", STRING, last_error),
};

const PropertyTable manager_properties = { manager_entries, ARRAY_SIZE(manager_entries) };
const PropertyTable clock_properties = { clock_entries, ARRAY_SIZE(clock_entries) };
const PropertyTable cpu_properties = { cpu_entries, ARRAY_SIZE(cpu_entries) };

static void words_done(Words *words)
{
        for (size_t i = 0; i < words->n; i++)
                free(words->entries[i]);
        free(words->entries);
        *words = (Words) {};
}

static void counts_done(Counts *counts)
{
        for (size_t i = 0; i < counts->n; i++)
                free(counts->entries[i].name);
        free(counts->entries);
        *counts = (Counts) {};
}

static void idle_infos_done(IdleInfos *states)
{
        for (size_t i = 0; i < states->n; i++)
                free(states->entries[i].name);
        free(states->entries);
        *states = (IdleInfos) {};
}

void property_clear(const PropertyTable *table, unsigned i, void *object)
{
        void *value = (char *)object + table->entries[i].offset;

        switch (table->entries[i].type) {
        case PROPERTY_BOOL:
                *(bool *)value = false;
                break;
        case PROPERTY_U32:
                *(uint32_t *)value = 0;
                break;
        case PROPERTY_U64:
                *(uint64_t *)value = 0;
                break;
        case PROPERTY_STRING:
                free(*(char **)value);
                *(char **)value = NULL;
                break;
        case PROPERTY_WORDS:
                words_done(value);
                break;
        case PROPERTY_COUNTS:
                counts_done(value);
                break;
        case PROPERTY_IDLE:
                idle_infos_done(value);
                break;
        }
        *(Present *)object &= ~(UINT64_C(1) << i);
}

static void properties_clear(const PropertyTable *table, void *object)
{
        for (unsigned i = 0; i < table->n; i++)
                property_clear(table, i, object);
}

void warden_state_done(WardenState *state)
{
        properties_clear(&manager_properties, &state->manager);
        properties_clear(&clock_properties, &state->clock);
        for (size_t i = 0; i < state->n_cpus; i++)
                properties_clear(&cpu_properties, &state->cpus[i]);
        free(state->cpus);
        for (size_t i = 0; i < state->n_events; i++) {
                free(state->events[i].name);
                free(state->events[i].text);
        }
        free(state->events);
        *state = (WardenState) {};
}

int property_find(const PropertyTable *table, const char *name)
{
        for (unsigned i = 0; i < table->n; i++)
                if (strcmp(table->entries[i].name, name) == 0)
                        return i;
        return -1;
}

bool property_is_present(const PropertyTable *table, const void *object, const char *name)
{
        int i = property_find(table, name);

        return i >= 0 && *(const Present *)object >> i & 1;
}

char *property_format(const Property *property, const void *object)
{
        const void *value = property_value(property, object);
        const Words *words = value;
        const Counts *counts = value;
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        if (!out)
                return NULL;
        switch (property->type) {
        case PROPERTY_BOOL:
                fputs(*(const bool *)value ? "yes" : "no", out);
                break;
        case PROPERTY_U32:
                if (*(const uint32_t *)value == PROPERTY_U32_UNKNOWN)
                        fputs("not known", out);
                else
                        fprintf(out, "%" PRIu32, *(const uint32_t *)value);
                break;
        case PROPERTY_U64:
                fprintf(out, "%" PRIu64, *(const uint64_t *)value);
                break;
        case PROPERTY_STRING:
                fputs(known(*(char *const *)value), out);
                break;
        case PROPERTY_WORDS:
                for (size_t i = 0; i < words->n; i++)
                        fprintf(out, "%s%s", i ? " " : "", words->entries[i]);
                break;
        case PROPERTY_COUNTS:
                for (size_t i = 0; i < counts->n; i++)
                        fprintf(out, "%s%s=%" PRIu64, i ? " " : "", counts->entries[i].name, counts->entries[i].value);
                break;
        case PROPERTY_IDLE:
                fprintf(out, "%zu states", ((const IdleInfos *)value)->n);
                break;
        }
        if (ferror(out) | fclose(out)) {
                free(text);
                return NULL;
        }
        return text;
}

bool warden_policy_is_wrong(const WardenState *state)
{
        return strcmp(known(state->manager.state), "degraded") == 0 || known(state->manager.contested_cpus)[0];
}

static WardenAdvice clock_advice_of(const ClockInfo *clock)
{
        if (verdict_from_string(known(clock->verdict)) <= VERDICT_UNKNOWN)
                return WARDEN_UNKNOWN;
        switch (urgency_from_string(known(clock->urgency))) {
        case URGENCY_NONE:
                return WARDEN_FINE;
        case URGENCY_TICKET:
                return WARDEN_TICKET;
        case URGENCY_EVACUATE:
                return WARDEN_EVACUATE;
        default:
                return WARDEN_UNKNOWN;
        }
}

WardenAdvice warden_advice(const WardenState *state)
{
        WardenAdvice advice = clock_advice_of(&state->clock);

        return (advice == WARDEN_FINE || advice == WARDEN_UNKNOWN) && warden_policy_is_wrong(state) ? WARDEN_TICKET :
                                                                                                      advice;
}

int warden_exit_status(const WardenState *state)
{
        switch (warden_advice(state)) {
        case WARDEN_FINE:
                return 0;
        case WARDEN_UNKNOWN:
                return 3;
        default:
                return 1;
        }
}
