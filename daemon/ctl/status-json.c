/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/json.h"
#include "ctl/status.h"

int status_show_json(FILE *out, const StatusInput *input)
{
        const WardenState *state = input->state;
        struct json_object *json = json_object_new_object();

        json_add(json, "Manager", json_object_get(state->manager));
        json_add(json, "Clock", json_object_get(state->clock));
        json_add(json, "Cpus", json_object_get(state->cpus));
        json_add(json, "Events", json_object_get(state->events));
        json_add(json, "Rate", rate_here_to_json(input->rate));
        return json_print(out, json);
}
