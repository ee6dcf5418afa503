/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ctl-bus.h"
#include "ctl/json.h"
#include "ctl/verbs.h"
#include "host/cpu.h"
#include "host/facts.h"
#include "host/vms.h"
#include "model/need.h"
#include "show/show.h"
#include "show/steps.h"

static int print_json(const Steps *steps)
{
        struct json_object *json = json_object_new_object(), *array = json_object_new_array();

        for (size_t i = 0; i < steps->n; i++) {
                const StepText *step = &steps->entries[i];
                struct json_object *entry = json_object_new_object();

                json_add(entry, "Object", json_string(step->object));
                json_add(entry, "Knob", json_string(step->knob));
                json_add(entry, "From", json_string(step->from));
                json_add(entry, "To", json_string(step->to));
                json_add(entry, "Reason", json_string(step->reason));
                json_add(entry, "Effect", json_string(step->effect));
                json_object_array_add(array, entry);
        }
        json_add(json, "Plan", array);
        return json_print(stdout, json);
}

static int load_config(const char *path, Config *ret)
{
        _cleanup_config_errors_ ConfigErrors errors = {};
        int r = config_load(path, ret, &errors);

        for (unsigned i = 0; i < errors.n; i++)
                fprintf(stderr, "tscwarden: %s\n", errors.lines[i]);
        if (r < 0 && errors.n == 0)
                fprintf(stderr, "tscwarden: Cannot read %s: %s\n", path, strerror(-r));
        return r;
}

static int print_host_plan(const CtlOptions *options, const Facts *facts, const Snapshot *snapshot, const Plan *plan)
{
        _cleanup_steps_ Steps steps = {};
        int r = steps_from_plan(plan, snapshot, &steps);

        if (r < 0)
                return r;
        if (options->json)
                return print_json(&steps);
        r = show_facts(stdout, facts);
        if (r == 0)
                r = steps_show(stdout, "Plan", &steps);
        return r < 0 ? r : show_findings(stdout, &plan->findings);
}

/* What a tscwardend would do if it were started now. */
static int plan_of_host(const CtlOptions *options)
{
        _cleanup_config_ Config config = {};
        _cleanup_plan_ Plan plan = {};
        _cleanup_snapshot_ Snapshot snapshot = {};
        _cleanup_facts_ Facts facts = {};
        Originals none = {};
        bool no_guests;
        Need halves;
        int r;

        if (load_config(options->config, &config) < 0)
                return CTL_NO_ANSWER;
        r = facts_read(&facts);
        if (r == 0)
                r = cpu_ops.enumerate(NULL, &snapshot);
        if (r < 0) {
                fprintf(stderr, "tscwarden: Cannot read what this host is: %s\n", strerror(-r));
                return CTL_NO_ANSWER;
        }
        cpu_read_energy(&cpu_ops, NULL, &config.policy, &none, &snapshot);
        no_guests = config.apply_when == APPLY_WHEN_GUESTS && vms_probe() == 0;
        halves = no_guests ? (Need) {} : need_under_mode(&facts, config.apply);
        PlanInput input = {
                .snapshot = &snapshot,
                .policy = &config.policy,
                .originals = &none,
                .frequency = halves.frequency,
                .idle = halves.idle,
                .fragile_tsc = facts_tsc_is_fragile(&facts),
        };
        r = plan_build(&input, &plan);
        if (r == 0)
                r = print_host_plan(options, &facts, &snapshot, &plan);
        if (r == 0 && no_guests && !options->json)
                show_no_guests(stdout);
        return ctl_finish(r, CTL_FINE);
}

int verb_plan(const CtlOptions *options)
{
        _cleanup_(ctl_bus_freep) CtlBus *bus = NULL;
        _cleanup_steps_ Steps steps = {};
        _cleanup_free_ char *why = NULL;
        BusAnswer answer = ctl_bus_open(options->host, &bus, &why);

        if (answer == BUS_OK)
                answer = ctl_bus_read_plan(bus, &steps, &why);
        if (answer == BUS_OK)
                return ctl_finish(options->json ? print_json(&steps) : steps_show(stdout, "Plan", &steps), CTL_FINE);
        if (options->host)
                return ctl_complain(why);
        (void)ctl_complain(why);
        fputs("tscwarden: What it would do, as read from this host:\n", stderr);
        return plan_of_host(options);
}
