/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "check/audit-steps.h"
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
#include "ctl/verbs.h"
#include "host/calibrations.h"
#include "host/config/config-fault.h"
#include "host/config/config-store.h"
#include "host/config/config.h"
#include "host/cpu.h"
#include "host/facts.h"
#include "model/clock-facts.h"
#include "model/clock-view.h"
#include "model/clock-words.h"
#include "model/facts.h"
#include "model/need.h"
#include "model/rate-boots.h"
#include "model/snapshot.h"

/* Everything that was read from this machine. */
typedef struct Here {
        Facts facts;
        Snapshot snapshot;
        Clock clock;
        ClockView view;
        MachineSetup setup;
        TimeInput time;
        char *reason_text, *remedy;
        Config config;
        bool config_refused;
        char *never; /* "FILE:LINE" of APPLY=never, or NULL */
        BootConfig boot;
        int rate_boots_error;
        RateBoots rate_boots;
} Here;

static void here_done(Here *here)
{
        free(here->never);
        facts_done(&here->facts);
        snapshot_done(&here->snapshot);
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

        here->config_refused = r < 0;
        if (r == 0 && here->config.apply == APPLY_NEVER &&
            asprintf(&here->never, "%s:%u", here->config.file, here->config.apply_line) < 0) {
                here->never = NULL;
                return -ENOMEM;
        }
        return r == -ENOMEM ? r : 0;
}

static int read_here(const char *config, Here *here)
{
        Calibrations calibrations = {};
        int r = facts_read(&here->facts);

        if (r == 0)
                r = cpu_ops.enumerate(NULL, &here->snapshot);
        if (r < 0)
                return r;
        clock_facts_add_snapshot(&here->facts, &here->snapshot);
        r = clock_here_read(&here->clock, &here->facts);
        if (r == 0)
                r = machine_setup_read(&here->setup);
        if (r == 0)
                r = timesync_read(&here->time);
        if (r == 0)
                r = read_config(config, here);
        if (r == 0)
                r = boot_config_read(&here->boot);
        if (r < 0)
                return r;
        here->rate_boots_error = calibrations_read(&calibrations);
        if (here->rate_boots_error == -ENOMEM)
                return -ENOMEM;
        rate_boots_find(calibrations.boots, calibrations.n, here->facts.constant_tsc, &here->rate_boots);
        clock_get(&here->clock, &here->view);
        here->reason_text = clock_reason_text(&here->clock);
        here->remedy = clock_remedy(&here->clock);
        return here->reason_text && here->remedy ? 0 : -ENOMEM;
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
static int compare(const Here *here, const char *host, Audit *audit)
{
        _cleanup_(ctl_bus_freep) CtlBus *bus = ctl_bus_open(host), *own_bus = NULL;
        _cleanup_warden_state_ WardenState state = {}, own = {};
        MigrationEnd there, end = {
                .verdict = here->view.verdict,
                .clocksource = here->view.clocksource,
                .tsc_khz = here->view.tsc_khz,
                .tsc_scaling = here->facts.tsc_scaling,
        };
        HostClock own_clock;
        HostClocks clocks;
        TimeView view;
        int r;

        if (ctl_bus_read_state(bus, /* with_cpus= */ false, &state) != BUS_OK) {
                audit_set(audit_add(audit, AUDIT_MIGRATION, "migration-verdict", "TSC there"), AUDIT_UNKNOWN, "%s",
                          ctl_bus_why(bus));
                return audit_find_error(audit);
        }
        own_bus = ctl_bus_open(NULL);
        if (ctl_bus_read_state(own_bus, /* with_cpus= */ false, &own) == BUS_OK)
                end = end_of_state(own.clock);
        there = end_of_state(state.clock);
        time_judge_here(&here->time, &here->setup, &view);
        own_clock = time_to_host_clock(&here->time, &view);
        r = clocks_there_read(host, bus, &own_clock, &clocks);
        return r < 0 ? r : audit_compare(&end, &there, &clocks, host, audit);
}

int verb_check(const CtlOptions *options)
{
        _cleanup_(here_done) Here here = {};
        _cleanup_audit_ Audit audit = {};
        AuditInput input;
        int r = read_here(options->config, &here);

        if (r < 0)
                return ctl_complain("Cannot read what this machine is: %s", strerror(-r));
        input = (AuditInput) {
                .facts = &here.facts,
                .clock = &here.view,
                .reason_text = here.reason_text,
                .remedy = here.remedy,
                .snapshot = &here.snapshot,
                .policy = here.config_refused ? NULL : &here.config.policy,
                .never = here.never,
                .setup = &here.setup,
                .time = &here.time,
                .boot = &here.boot,
                .rate_boots_error = here.rate_boots_error,
                .rate_boots = &here.rate_boots,
        };
        audit_find_roles(&here.facts, &here.setup, &input.host, &input.guest);
        if (options->role) {
                input.host = strcmp(options->role, "guest") != 0;
                input.guest = strcmp(options->role, "host") != 0;
        }
        r = audit_judge(&input, &audit);
        if (r == 0 && options->against)
                r = compare(&here, options->against, &audit);
        if (r == 0 && options->json)
                r = check_show_json(stdout, &input, &audit);
        else if (r == 0)
                check_show(stdout, &audit, ctl_wants_color());
        return ctl_finish(r, audit_exit_status(&audit));
}
