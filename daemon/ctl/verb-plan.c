/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "ctl/ctl-bus.h"
#include "ctl/json.h"
#include "ctl/verbs.h"
#include "host/config/config-fault.h"
#include "host/config/config-store.h"
#include "host/config/config.h"
#include "show/dry-run.h"
#include "show/print.h"
#include "show/steps.h"

static int print_json(const Steps *steps)
{
        static const char *const keys[STEP_WORD_MAX_] = { "Object", "Knob", "From", "To", "Reason", "Effect" };
        struct json_object *json = json_object_new_object(), *list = json_add_list(json, "Plan");

        for (size_t i = 0; i < steps->n; i++) {
                struct json_object *entry = json_append_object(list);

                for (StepWord word = 0; word < STEP_WORD_MAX_; word++)
                        json_add(entry, keys[word], json_string(steps->entries[i].words[word]));
        }
        return json_print(stdout, json);
}

static int load_config(const char *path, Config *ret)
{
        _cleanup_config_faults_ ConfigFaults faults = {};
        int r = config_load(path, ret, &faults);

        for (unsigned i = 0; i < faults.n; i++)
                (void)ctl_complain("%s", faults.entries[i].text);
        if (r < 0 && faults.n == 0)
                (void)ctl_complain_errno(r, "Cannot read %s", path);
        return r;
}

/* Makes the plan here, like `tscwardend --dry-run`, because no tscwardend can be queried. */
static int plan_of_host(const CtlOptions *options)
{
        _cleanup_config_ Config config = {};
        _cleanup_dry_run_ DryRun dry = {};
        _cleanup_steps_ Steps steps = {};
        int r;

        if (load_config(options->config, &config) < 0)
                return CTL_NO_ANSWER;
        r = dry_run_make(&config, &dry);
        if (r < 0)
                return ctl_complain("Cannot read what this host is: %s", strerror(-r));
        if (!options->json)
                return ctl_finish(dry_run_show(stdout, &dry), CTL_FINE);
        r = steps_from_plan(&dry.plan, &dry.snapshot, &steps);
        return ctl_finish(r < 0 ? r : print_json(&steps), CTL_FINE);
}

/* Prints the state of the policy and its reason, since an empty plan alone does not say what the policy holds. */
static void show_state(CtlBus *bus)
{
        _cleanup_warden_state_ WardenState state = {};

        if (ctl_bus_read_state(bus, /* with_cpus= */ false, &state) == BUS_OK)
                print_format(stdout, "Note", 7, "%s: %s", json_get_text(state.manager, "State"),
                             json_get_text(state.manager, "StateReason"));
}

static int show_answer(CtlBus *bus, const Steps *steps)
{
        int r = steps_show(stdout, "Plan", steps);

        if (r == 0)
                show_state(bus);
        return r;
}

int verb_plan(const CtlOptions *options)
{
        _cleanup_(ctl_bus_freep) CtlBus *bus = ctl_bus_open(options->host);
        _cleanup_steps_ Steps steps = {};

        if (ctl_bus_read_plan(bus, &steps) == BUS_OK)
                return ctl_finish(options->json ? print_json(&steps) : show_answer(bus, &steps), CTL_FINE);
        (void)ctl_complain("%s", ctl_bus_why(bus));
        if (options->host)
                return CTL_NO_ANSWER;
        (void)ctl_complain("What it would do, as read from this host:");
        return plan_of_host(options);
}
