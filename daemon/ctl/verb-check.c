/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "check/audit-steps.h"
#include "check/audit.h"
#include "check/boot-config.h"
#include "check/read/boot-config.h"
#include "check/read/machine-setup.h"
#include "check/read/timesync.h"
#include "check/machine-setup.h"
#include "check/timesync.h"
#include "ctl/check.h"
#include "ctl/clock-here.h"
#include "ctl/clocks-there.h"
#include "ctl/ctl-bus.h"
#include "ctl/json.h"
#include "ctl/rate-here.h"
#include "ctl/verbs.h"
#include "host/config/config-fault.h"
#include "host/config/config-store.h"
#include "host/config/config.h"
#include "model/clock-words.h"
#include "model/need.h"
#include "model/rate-boots.h"

/* Everything that was read from this machine. */
typedef struct Here {
        ClockHere clock;
        MachineSetup setup;
        TimeInput time;
        char *reason_text, *remedy;
        Config config;
        char *never; /* "FILE:LINE" of APPLY=never, or NULL */
        BootConfig boot;
        RateBoots rate_boots;
        AuditInput input; /* points to the others */
} Here;

static void here_done(Here *here)
{
        free(here->never);
        clock_here_done(&here->clock);
        machine_setup_done(&here->setup);
        free(here->reason_text);
        free(here->remedy);
        config_done(&here->config);
        boot_config_done(&here->boot);
}

/* 0 or -ENOMEM. Does not report errors of the configuration: `tscwardend --check-config` does. */
static int read_config(const char *path, Here *here)
{
        _cleanup_config_faults_ ConfigFaults faults = {};
        int r = config_load(path, &here->config, &faults);

        if (r < 0)
                return r == -ENOMEM ? r : 0;
        here->input.policy = &here->config.policy;
        if (here->config.apply != APPLY_NEVER)
                return 0;
        here->never = text_format("%s:%u", here->config.file, here->config.apply_line);
        here->input.never = here->never;
        return here->never ? 0 : -ENOMEM;
}

static int read_here(const char *config, Here *here)
{
        AuditInput *input = &here->input;
        int r = clock_here_read(&here->clock);

        if (r < 0)
                return r;
        if (machine_setup_read(&here->setup) < 0 || timesync_read(&here->time) < 0 || read_config(config, here) < 0 ||
            boot_config_read(&here->boot) < 0)
                return -ENOMEM;
        input->rate_boots_error = rate_boots_read(here->clock.facts.constant_tsc, &here->rate_boots);
        here->reason_text = clock_reason_text(&here->clock.clock);
        here->remedy = clock_remedy(&here->clock.clock);
        if (input->rate_boots_error == -ENOMEM || !here->reason_text || !here->remedy)
                return -ENOMEM;
        input->facts = &here->clock.facts;
        input->clock = &here->clock.view;
        input->reason_text = here->reason_text;
        input->remedy = here->remedy;
        input->snapshot = &here->clock.snapshot;
        input->setup = &here->setup;
        input->time = &here->time;
        input->boot = &here->boot;
        input->rate_boots = &here->rate_boots;
        audit_find_roles(input->facts, input->setup, &input->host, &input->guest);
        return 0;
}

static MigrationEnd end_of_state(struct json_object *clock)
{
        Verdict verdict = verdict_from_string(json_get_text(clock, "Verdict"));

        return (MigrationEnd) {
                .verdict = verdict < 0 ? VERDICT_UNKNOWN : verdict,
                .clocksource = json_get_text(clock, "Clocksource"),
                .tsc_khz = json_get_number(clock, "TscKHz"),
                .tsc_scaling = json_get_flag(clock, "TscScaling"),
        };
}

/* Compares this host with what the other host's tscwardend reports. If tscwardend runs here, its report is used for
 * this host too, since it may know more than the kernel's log still has. */
static int compare(const AuditInput *input, const char *host, Audit *audit)
{
        _cleanup_(ctl_bus_freep) CtlBus *bus = ctl_bus_open(host), *own_bus = NULL;
        _cleanup_warden_state_ WardenState state = {}, own = {};
        MigrationEnd there, here = {
                .verdict = input->clock->verdict,
                .clocksource = input->clock->clocksource,
                .tsc_khz = input->clock->tsc_khz,
                .tsc_scaling = input->facts->tsc_scaling,
        };
        HostClock clock = time_to_host_clock(input->time, &input->view);
        HostClocks clocks;
        int r;

        if (ctl_bus_read_state(bus, /* with_cpus= */ false, &state) != BUS_OK) {
                audit_set(audit_add(audit, AUDIT_MIGRATION, "migration-verdict", "TSC there"), AUDIT_UNKNOWN, "%s",
                          ctl_bus_why(bus));
                return audit_find_error(audit);
        }
        own_bus = ctl_bus_open(NULL);
        if (ctl_bus_read_state(own_bus, /* with_cpus= */ false, &own) == BUS_OK)
                here = end_of_state(own.clock);
        there = end_of_state(state.clock);
        r = clocks_there_read(host, bus, &clock, &clocks);
        return r < 0 ? r : audit_compare(&here, &there, &clocks, host, audit);
}

int verb_check(const CtlOptions *options)
{
        _cleanup_(here_done) Here here = {};
        _cleanup_audit_ Audit audit = {};
        AuditInput *input = &here.input;
        int r = read_here(options->config, &here);

        if (r < 0)
                return ctl_complain("Cannot read what this machine is: %s", strerror(-r));
        if (options->role) {
                input->host = strcmp(options->role, "guest") != 0;
                input->guest = strcmp(options->role, "host") != 0;
        }
        if (audit_judge(input, &audit) < 0 || (options->against && compare(input, options->against, &audit) < 0))
                return ctl_complain("Out of memory");
        if (options->json)
                return ctl_finish(check_show_json(stdout, input, &audit), audit_exit_status(&audit));
        check_show(stdout, &audit, ctl_wants_color());
        return ctl_finish(0, audit_exit_status(&audit));
}
