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

static void step_text_done(StepText *step)
{
        free(step->object);
        free(step->knob);
        free(step->from);
        free(step->to);
        free(step->reason);
        free(step->effect);
}

void steps_done(Steps *steps)
{
        for (size_t i = 0; i < steps->n; i++)
                step_text_done(&steps->entries[i]);
        free(steps->entries);
        *steps = (Steps) {};
}

int steps_add(Steps *steps, const char *const words[static 6])
{
        StepText step;

        if (array_grow(&steps->entries, steps->n, sizeof(*steps->entries)) < 0)
                return -ENOMEM;
        step = (StepText) {
                .object = strdup(words[0]),
                .knob = strdup(words[1]),
                .from = strdup(words[2]),
                .to = strdup(words[3]),
                .reason = strdup(words[4]),
                .effect = strdup(words[5]),
        };
        if (!step.object || !step.knob || !step.from || !step.to || !step.reason || !step.effect) {
                step_text_done(&step);
                return -ENOMEM;
        }
        steps->entries[steps->n++] = step;
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
                r = steps_add(ret, (const char *const[6]) { knob_object_format(&step->id, object),
                                                            knob_to_string(step->id.knob), step->from, step->to, reason,
                                                            effect });
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
        return strcmp(a->knob, b->knob) == 0 && strcmp(a->from, b->from) == 0 && strcmp(a->to, b->to) == 0 &&
               strcmp(a->reason, b->reason) == 0 && strcmp(a->effect, b->effect) == 0;
}

/* Adds the ids of the entry `first` and of all later ones that differ from it only in the id. 0 or -ENOMEM. */
static int collect_alike(const Steps *steps, size_t first, const Place *place, bool *shown, CpuSet *ids)
{
        const StepText *step = &steps->entries[first];

        for (size_t i = first; i < steps->n; i++) {
                const StepText *other = &steps->entries[i];
                Place there;

                if (shown[i] || !steps_alike(step, other) || find_place(other->object, &there) < 0 ||
                    there.prefix != place->prefix || strncmp(step->object, other->object, place->prefix) != 0 ||
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
        const StepText *step = &steps->entries[first];
        _cleanup_cpuset_ CpuSet ids = {};
        _cleanup_free_ char *list = NULL, *object = NULL, *line = NULL, *why = NULL;
        Place place;

        if (find_place(step->object, &place) < 0)
                object = strdup(step->object);
        else if (collect_alike(steps, first, &place, shown, &ids) == 0 && (list = cpuset_format(&ids)))
                object = text_format("%.*s%s%s", (int)place.prefix, step->object, list, place.suffix);
        if (!object)
                return -ENOMEM;
        line = text_format("%s %s: %s -> %s", object, step->knob, step->from, step->to);
        why = text_format("%s; %s", step->reason, step->effect);
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
