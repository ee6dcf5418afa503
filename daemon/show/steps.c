/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show/steps.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/cpuset.h"
#include "base/log.h"
#include "base/parse.h"
#include "model/frequency.h"
#include "model/knob.h"
#include "model/plan-types.h"
#include "model/snapshot.h"
#include "show/print.h"

void steps_done(Steps *steps)
{
        for (size_t i = 0; i < steps->n; i++)
                for (StepWord word = 0; word < STEP_WORD_MAX_; word++)
                        free(steps->entries[i].words[word]);
        free(steps->entries);
        *steps = (Steps) {};
}

int steps_add(Steps *steps, const char *const words[static STEP_WORD_MAX_])
{
        StepText *step;

        if (array_grow(&steps->entries, steps->n, sizeof(*steps->entries)) < 0)
                return -ENOMEM;
        step = &steps->entries[steps->n++];
        for (StepWord word = 0; word < STEP_WORD_MAX_; word++) {
                step->words[word] = strdup(words[word]);
                if (!step->words[word])
                        return -ENOMEM;
        }
        return 0;
}

int steps_from_plan(const Plan *plan, const Snapshot *snapshot, Steps *ret)
{
        for (size_t i = 0; i < plan->n_steps; i++) {
                const Step *step = &plan->steps[i];
                _cleanup_free_ char *reason = step_reason_format(step, snapshot);
                char object[KNOB_NAME_SIZE], effect[48];
                int r;

                if (!reason)
                        return -ENOMEM;
                snprintf(effect, sizeof(effect), "%s%s", effect_to_string(step->effect),
                         step->withheld ? "; withheld" : "");
                r = steps_add(ret, (const char *const[STEP_WORD_MAX_]) {
                                           [STEP_OBJECT] = knob_object_format(&step->id, object),
                                           [STEP_KNOB] = knob_to_string(step->id.knob),
                                           [STEP_FROM] = step->from,
                                           [STEP_TO] = step->to,
                                           [STEP_REASON] = reason,
                                           [STEP_EFFECT] = effect,
                                   });
                if (r < 0)
                        return r;
        }
        return 0;
}

/* An object's name, divided at its first number: "cpu3/cpuidle/state2" has the prefix "cpu", the id 3 and the suffix
 * "/cpuidle/state2". Equal steps of objects that differ only in the id are shown as one. */
typedef struct Place {
        size_t prefix; /* its length */
        const char *suffix;
        unsigned id;
} Place;

/* 0, or -EINVAL: the object's name has no such number. */
static int find_place(const char *object, Place *ret)
{
        size_t prefix = strcspn(object, "0123456789"), digits = strspn(object + prefix, "0123456789");
        char number[12];
        unsigned id;

        (void)snprintf(number, sizeof(number), "%.*s", (int)digits, object + prefix);
        if (parse_unsigned(number, 0, CPUSET_MAX - 1, &id) < 0)
                return -EINVAL;
        *ret = (Place) { prefix, object + prefix + digits, id };
        return 0;
}

static bool steps_alike(const StepText *a, const StepText *b)
{
        for (StepWord word = STEP_KNOB; word < STEP_WORD_MAX_; word++)
                if (strcmp(a->words[word], b->words[word]) != 0)
                        return false;
        return true;
}

/* Adds the ids of the entry `first` and of all later ones that differ from it only in the id. 0 or -ENOMEM. */
static int collect_alike(const Steps *steps, size_t first, const Place *place, bool *shown, CpuSet *ids)
{
        const StepText *step = &steps->entries[first];

        for (size_t i = first; i < steps->n; i++) {
                const char *object = steps->entries[i].words[STEP_OBJECT];
                Place there;

                if (shown[i] || !steps_alike(step, &steps->entries[i]) || find_place(object, &there) < 0 ||
                    there.prefix != place->prefix || strncmp(step->words[STEP_OBJECT], object, place->prefix) != 0 ||
                    strcmp(there.suffix, place->suffix) != 0)
                        continue;
                shown[i] = true;
                if (cpuset_add(ids, there.id) < 0)
                        return -ENOMEM;
        }
        return 0;
}

static int show_alike(FILE *out, const Steps *steps, size_t first, bool *shown)
{
        char *const *words = steps->entries[first].words;
        _cleanup_cpuset_ CpuSet ids = {};
        _cleanup_free_ char *list = NULL, *object = NULL, *line = NULL, *why = NULL;
        Place place;

        if (find_place(words[STEP_OBJECT], &place) < 0)
                object = strdup(words[STEP_OBJECT]);
        else if (collect_alike(steps, first, &place, shown, &ids) == 0 && (list = cpuset_format(&ids)))
                object = text_format("%.*s%s%s", (int)place.prefix, words[STEP_OBJECT], list, place.suffix);
        if (!object)
                return -ENOMEM;
        line = text_format("%s %s: %s -> %s", object, words[STEP_KNOB], words[STEP_FROM], words[STEP_TO]);
        why = text_format("%s; %s", words[STEP_REASON], words[STEP_EFFECT]);
        if (!line || !why)
                return -ENOMEM;
        print_wrapped(out, "  ", 2, line);
        print_wrapped(out, "      ", 6, why);
        return 0;
}

int steps_show(FILE *out, const char *verb, const Steps *steps)
{
        _cleanup_free_ bool *shown = calloc(steps->n + 1, sizeof(bool));

        if (!shown)
                return -ENOMEM;
        if (steps->n == 0)
                fprintf(out, "%-6s nothing to do\n", verb);
        else
                fprintf(out, "%-6s %zu step%s\n", verb, steps->n, steps->n == 1 ? "" : "s");
        for (size_t i = 0; i < steps->n; i++) {
                int r = shown[i] ? 0 : show_alike(out, steps, i, shown);

                if (r < 0)
                        return r;
        }
        return 0;
}
