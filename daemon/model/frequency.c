/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/frequency.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/append.h"
#include "base/parse.h"
#include "base/words.h"

const char *effect_to_string(Effect effect)
{
        static const char *const names[] = {
                [EFFECT_NONE] = "none",
                [EFFECT_HOLDS_FREQUENCY] = "holds-frequency",
                [EFFECT_LIMITS_IDLE] = "limits-idle",
                [EFFECT_MARKS_TSC_UNSTABLE] = "marks-tsc-unstable",
        };

        return names[effect];
}

bool freq_domain_offers_all(const FreqDomain *domain)
{
        return strcmp(domain->driver, "intel_pstate") == 0 || strcmp(domain->driver, "amd-pstate-epp") == 0 ||
               strcmp(domain->driver, "amd_pstate_epp") == 0;
}

bool freq_list_has(const char *list, const char *word)
{
        const char *other;
        size_t length;

        while ((other = words_next(&list, &length)))
                if (length == strlen(word) && strncasecmp(other, word, length) == 0)
                        return true;
        return false;
}

bool frequency_is_userspace(const FreqDomain *domain)
{
        return strcasecmp(domain->governor, "userspace") == 0;
}

uint64_t frequency_within_limits(const FreqDomain *domain, uint64_t khz)
{
        if (khz > domain->max_khz)
                return domain->max_khz;
        return khz < domain->min_khz ? domain->min_khz : khz;
}

/* The frequency at which a domain stays, or 0 if its governor changes the frequency by itself. userspace keeps the
 * present frequency within the limits; an unknown governor promises nothing. With drivers that have ->setpolicy,
 * powersave is the name of a governor that follows the load (Documentation/admin-guide/pm/intel_pstate.rst, amd-
 * pstate.rst). */
static uint64_t frequency_target(const FreqDomain *domain)
{
        if (domain->min_khz == domain->max_khz || strcasecmp(domain->governor, "performance") == 0)
                return domain->max_khz;
        if (strcasecmp(domain->governor, "powersave") == 0)
                return freq_domain_offers_all(domain) ? 0 : domain->min_khz;
        if (frequency_is_userspace(domain)) {
                return frequency_within_limits(domain, domain->setspeed_khz ? domain->setspeed_khz : domain->cur_khz);
        }
        return 0;
}

bool frequency_moves(const FreqDomain *domain)
{
        return domain->error == 0 && frequency_target(domain) == 0;
}

bool frequency_rests(const FreqDomain *domain)
{
        return domain->cur_khz > 0 && frequency_target(domain) == domain->cur_khz;
}

const FreqDomain *frequency_find_held_below(const Snapshot *snapshot)
{
        const FreqDomain *slowest = NULL;

        for (unsigned i = 0; i < snapshot->n_domains; i++) {
                const FreqDomain *domain = &snapshot->domains[i];

                if (frequency_rests(domain) && domain->cur_khz < domain->hw_max_khz &&
                    (!slowest || domain->cur_khz < slowest->cur_khz))
                        slowest = domain;
        }
        return slowest;
}

void frequency_format(uint64_t khz, const char *blank, char ret_text[static FREQUENCY_TEXT_SIZE])
{
        bool giga = khz >= 1000000;

        snprintf(ret_text, FREQUENCY_TEXT_SIZE, "%.16g%s%s", (double)khz / (giga ? 1e6 : 1e3), blank,
                 giga ? "GHz" : "MHz");
}

bool frequency_is_lower(const char *khz, const char *than)
{
        uint64_t a, b;

        return parse_u64(khz, 0, UINT64_MAX, &a) == 0 && parse_u64(than, 0, UINT64_MAX, &b) == 0 && a < b;
}

uint64_t frequency_find_nearest(const FreqDomain *domain, uint64_t khz, bool up)
{
        const char *table = domain->frequencies ? domain->frequencies : "", *word;
        uint64_t nearest = 0;
        size_t length;

        while ((word = words_next(&table, &length))) {
                uint64_t entry = strtoull(word, NULL, 10);

                if (up ? entry >= khz && (nearest == 0 || entry < nearest) : entry <= khz && entry > nearest)
                        nearest = entry;
        }
        return nearest;
}

bool frequency_maximum_is_lowered(const FreqDomain *domain, const char *max)
{
        uint64_t khz, taken;

        if (parse_u64(max, 0, UINT64_MAX, &khz) < 0)
                return false;
        taken = frequency_find_nearest(domain, khz, false);
        return domain->max_khz < (taken ? taken : khz);
}

void frequency_round_limits(const FreqDomain *domain, uint64_t *min_khz, uint64_t *max_khz)
{
        uint64_t top, down;

        if (*min_khz == 0 && *max_khz == 0)
                return;
        top = frequency_find_nearest(domain, UINT64_MAX, false);
        if (top == 0)
                return;
        /* Boost frequencies are higher than the table; another file lists them. */
        if (*max_khz > 0 && (*max_khz <= top || domain->hw_max_khz <= top)) {
                down = frequency_find_nearest(domain, *max_khz, false);
                *max_khz = down ? down : frequency_find_nearest(domain, 0, true);
        }
        if (*min_khz > top)
                *min_khz = domain->hw_max_khz > top ? domain->hw_max_khz : top;
        else if (*min_khz > 0)
                *min_khz = frequency_find_nearest(domain, *min_khz, true);
        if (*max_khz > 0 && *min_khz > *max_khz)
                *max_khz = *min_khz;
}

void frequency_set(FreqDomain *domain, Knob knob, const char *value)
{
        uint64_t khz = 0;

        if (knob == KNOB_SCALING_GOVERNOR) {
                copy_text(domain->governor, sizeof(domain->governor), value);
                /* userspace starts from the present frequency. */
                domain->setspeed_is_sure = frequency_is_userspace(domain);
                domain->setspeed_khz = domain->setspeed_is_sure ? domain->cur_khz : 0;
                return;
        }
        (void)parse_u64(value, 0, UINT64_MAX, &khz);
        if (knob == KNOB_SCALING_MIN_FREQ)
                domain->min_khz = khz;
        else if (knob == KNOB_SCALING_MAX_FREQ)
                domain->max_khz = khz;
        else {
                domain->setspeed_khz = khz;
                domain->setspeed_is_sure = true;
        }
}

bool frequency_widens_unsurely(const FreqDomain *domain, uint64_t min_khz, uint64_t max_khz)
{
        return frequency_is_userspace(domain) && !domain->setspeed_is_sure &&
               ((domain->cur_khz >= domain->max_khz && max_khz > domain->max_khz) ||
                (domain->cur_khz <= domain->min_khz && min_khz < domain->min_khz));
}

Effect frequency_effect(const FreqDomain *domain, bool fragile_tsc, Knob knob, const char *value)
{
        FreqDomain next = *domain;
        bool narrows, moves;

        frequency_set(&next, knob, value);
        /* If the limits cross, the kernel shows the narrower range but remembers what was asked for
         * (include/linux/pm_qos.h). The frequency goes there as soon as the other limit allows it. */
        moves = !frequency_rests(&next) || next.min_khz > next.max_khz ||
                (knob != KNOB_SCALING_GOVERNOR && frequency_widens_unsurely(domain, next.min_khz, next.max_khz));
        /* Narrowing the limits around the current frequency adds no risk if the governor may change the frequency at
         * any moment. */
        narrows = !frequency_rests(domain) && knob != KNOB_SCALING_GOVERNOR && domain->cur_khz > 0 &&
                  next.min_khz >= domain->min_khz && next.max_khz <= domain->max_khz &&
                  next.min_khz <= domain->cur_khz && domain->cur_khz <= next.max_khz && frequency_target(&next) == 0;
        if (fragile_tsc && moves && !narrows)
                return EFFECT_MARKS_TSC_UNSTABLE;
        return frequency_target(&next) > 0 ? EFFECT_HOLDS_FREQUENCY : EFFECT_NONE;
}
