/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The rules of the kernel's cpufreq that decide whether a write changes the frequency (drivers/cpufreq/cpufreq.c and
 * its governors).
 */
#pragma once

#include "model/snapshot.h"

typedef enum Effect {
        EFFECT_NONE,
        EFFECT_HOLDS_FREQUENCY,
        EFFECT_LIMITS_IDLE,
        EFFECT_MARKS_TSC_UNSTABLE,
} Effect;

const char *effect_to_string(Effect effect);

/* Drivers with ->setpolicy: their list of governors is complete, no other can be loaded. */
bool freq_domain_offers_all(const FreqDomain *domain);
/* Whether a blank-separated list, as sysfs has it, contains `word` in upper or lower case. */
bool freq_list_has(const char *list, const char *word);
bool frequency_is_userspace(const FreqDomain *domain);
/* Whether the governor keeps the present frequency by itself. */
bool frequency_rests(const FreqDomain *domain);
/* Whether the governor changes the frequency by itself. */
bool frequency_moves(const FreqDomain *domain);
/* The frequency nearest to this one that the domain's present limits allow, in kHz. */
uint64_t frequency_within_limits(const FreqDomain *domain, uint64_t khz);
/* The domain whose frequency is farthest below what its hardware can do, or NULL: the price of a fixed frequency. */
const FreqDomain *frequency_find_held_below(const Snapshot *snapshot);
/* The state after a write, as far as it follows from the write alone. */
void frequency_set(FreqDomain *domain, Knob knob, const char *value);
/* True if these limits are wider and could let the governor userspace jump to a pending target. */
bool frequency_widens_unsurely(const FreqDomain *domain, uint64_t min_khz, uint64_t max_khz);

/* The entry of the driver's table that is nearest to `khz` and not below it (`up`) or not above it; 0: there is none.
 */
uint64_t frequency_find_nearest(const FreqDomain *domain, uint64_t khz, bool up);

/* The limits that the kernel makes of two requested ones, in kHz, 0 for one that was not requested
 * (drivers/cpufreq/cpufreq.c cpufreq_set_policy, freq_table.c cpufreq_frequency_table_verify). It rounds the minimum up
 * and the maximum down to an entry of the driver's table; if no entry lies between them, both go to the next one above.
 * A driver without a table accepts any value. */
void frequency_round_limits(const FreqDomain *domain, uint64_t *min_khz, uint64_t *max_khz);

#define FREQUENCY_TEXT_SIZE 32
/* Writes "2.4", `blank` and "GHz"; below 1 GHz in MHz. Nothing is rounded. */
void frequency_format(uint64_t khz, const char *blank, char ret_text[static FREQUENCY_TEXT_SIZE]);

/* Compares values as sysfs has them, in kHz. */
bool frequency_is_lower(const char *khz, const char *than);
/* Whether the maximum that sysfs shows is below a `max` that the kernel accepted. sysfs shows the lowest of what user
 * space, firmware and thermal limits ask for (include/linux/pm_qos.h), rounded down to the driver's table. */
bool frequency_maximum_is_lowered(const FreqDomain *domain, const char *max);

/* What a write would do to a domain in this state. With a fragile TSC (facts_tsc_is_fragile()) every frequency change
 * marks it. Called for the plan, and again before each write with the values that were read back, because the kernel
 * may have changed or ignored a limit. */
Effect frequency_effect(const FreqDomain *domain, bool fragile_tsc, Knob knob, const char *value);
