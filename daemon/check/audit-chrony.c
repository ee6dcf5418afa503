/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whether chrony in a guest follows the host's clock.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/audit-parts.h"
#include "check/guest-clock.h"
#include "model/kernel-line.h"

#define SETUP "tscwarden guest setup"
#define MICROSECOND 1e-6
/* NixOS and Fedora CoreOS among others; the placeholder is the file. */
#define CHRONY_BY_HAND                                                                                                             \
        "%s is made by the system anew, or cannot be written. Where that is declared (NixOS: services.chrony.extraConfig; Fedora " \
        "CoreOS: /etc/chrony.conf), add the lines `refclock PHC " KVM_CLOCK_LINK " poll 2` and `makestep 1 -1`."

static bool runs_chronyd(const AuditInput *input)
{
        return input->time->running >> CLIENT_CHRONYD & 1;
}

/* Names `guest setup` only where it would do it: it writes into the folder of chrony's confdir. */
void audit_fix_by_setup(const AuditInput *input, Audit *audit, AuditStep *step)
{
        const MachineSetup *setup = input->setup;

        if (!setup->chrony_config)
                audit_advise(audit, step, SETUP " does it, and needs chrony: install that first.");
        else if (!setup->chrony_confdir && setup->chrony_fixed)
                audit_advise(audit, step, CHRONY_BY_HAND, setup->chrony_config);
        else if (!setup->chrony_confdir)
                /* The file may lack the newline at its end. */
                audit_fix(audit, step, "mkdir -p %s && printf '\\nconfdir %s\\n' >> %s && " SETUP, setup->chrony_folder,
                          setup->chrony_folder, setup->chrony_config);
        else
                audit_fix(audit, step, SETUP);
}

static bool follows_by_phc2sys(const AuditInput *input)
{
        return input->time->phc2sys_from_host && !runs_chronyd(input);
}

/* The hypervisor's clock is there, and chrony has no line for it. */
static void judge_no_refclock(const AuditInput *input, Audit *audit)
{
        const MachineSetup *setup = input->setup;
        bool kvm = setup->ptp_kvm[0];
        AuditStep *step;

        step = audit_add(audit, AUDIT_GUEST, "chrony-refclock", "chrony's refclock", kvm ? AUDIT_FAIL : AUDIT_WARN,
                         "%s%s%s%s", setup->chrony_config ? setup->chrony_config : "chrony is not installed",
                         setup->chrony_config ? " and what belongs to it: no `refclock PHC`" : "",
                         setup->refclock_ignored ? "; chronyd ignores that of " : "",
                         setup->refclock_ignored ? setup->refclock_ignored : "");
        if (kvm)
                audit_fix_by_setup(input, audit, step);
        else
                audit_advise(audit, step, "chrony can follow %s: `refclock PHC /dev/%s poll 3%s`.",
                             phc_kind_describe(setup->host_phc_kind), setup->host_phc,
                             setup->host_phc_kind == PHC_VMCLOCK ? " tai" : "");
}

/* One that is not the host's. */
static void judge_other_refclock(const AuditInput *input, Audit *audit)
{
        const MachineSetup *setup = input->setup;
        bool there = setup->refclock_ptp[0];
        int kept = setup->refclock_kind == PHC_NETWORK ? time_phc_is_kept(input->time, setup->refclock_ptp) : 0;
        AuditResult result = AUDIT_FAIL;
        const char *what;
        AuditStep *step;

        if (kept == 1) {
                result = AUDIT_PASS;
                what = "a network interface's clock that PTP keeps";
        } else if (kept < 0) {
                result = AUDIT_UNKNOWN;
                what = "a network interface's clock; a program sets such clocks, and which is not known";
        } else if (there) {
                what = "another clock than the host's";
        } else if (setup->refclock_optional) {
                result = AUDIT_WARN;
                what = "not there; chronyd goes on without it";
        } else {
                what = "no clock: chronyd does not start with it";
        }
        step = audit_add(audit, AUDIT_GUEST, "chrony-refclock", "chrony's refclock", result,
                         "%s: refclock PHC %s, which is %s", setup->refclock_file, setup->refclock, what);
        if (kept == 1)
                return;
        if (kept < 0)
                audit_advise(audit, step,
                             "Find out whether that program's interface has this clock: `ethtool -T` names "
                             "the number of an interface's clock.");
        else if (!there)
                audit_advise(audit, step, "%s",
                             setup->ptp_kvm[0] ? "Take that line away; `" SETUP "` writes one with the host's clock." :
                                                 "Take that line away, or load ptp_kvm before chronyd starts.");
        else if (setup->ptp_kvm[0]) {
                audit_advise(audit, step, "Take that line away; setup writes one with the host's clock.");
                audit_fix_by_setup(input, audit, step);
        } else
                audit_advise(audit, step, "Take that line away, unless ptp4l or ts2phc sets that clock right.");
}

static void judge_refclock(const AuditInput *input, Audit *audit)
{
        const MachineSetup *setup = input->setup;
        AuditStep *step;

        if (follows_by_phc2sys(input))
                audit_add(audit, AUDIT_GUEST, "chrony-refclock", "chrony's refclock", AUDIT_NOT_APPLICABLE,
                          "phc2sys sets the clock from the host's; no chrony is wanted");
        else if (!setup->refclock && !setup->host_phc[0])
                audit_add(audit, AUDIT_GUEST, "chrony-refclock", "chrony's refclock", AUDIT_NOT_APPLICABLE,
                          "first the clock has to be there");
        else if (!setup->refclock)
                judge_no_refclock(input, audit);
        else if (!phc_kind_is_of_host(setup->refclock_kind))
                judge_other_refclock(input, audit);
        else if (setup->refclock_kind == PHC_VMCLOCK && !setup->refclock_tai) {
                step = audit_add(audit, AUDIT_GUEST, "chrony-refclock", "chrony's refclock", AUDIT_FAIL,
                                 "%s: refclock PHC %s, which counts TAI, 37 s before UTC", setup->refclock_file,
                                 setup->refclock);
                audit_advise(audit, step, "Add the word `tai` to that line.");
        } else
                audit_add(audit, AUDIT_GUEST, "chrony-refclock", "chrony's refclock", AUDIT_PASS,
                          "%s: refclock PHC %s, which is %s", setup->refclock_file, setup->refclock,
                          phc_kind_describe(setup->refclock_kind));
}

static void judge_chronyd(const AuditInput *input, Audit *audit)
{
        bool runs = runs_chronyd(input);
        AuditStep *step;

        if (!input->setup->refclock || follows_by_phc2sys(input)) {
                audit_add(audit, AUDIT_GUEST, "chronyd-alive", "chronyd", AUDIT_NOT_APPLICABLE,
                          "%s; it has no refclock", runs ? "runs" : "does not run");
                return;
        }
        step = audit_add(audit, AUDIT_GUEST, "chronyd-alive", "chronyd", runs ? AUDIT_PASS : AUDIT_FAIL, "%s",
                         runs ? "runs with its refclock" : "does not run");
        if (runs)
                return;
        if (input->time->steering) {
                audit_advise(
                        audit, step,
                        "Another client keeps the time (the step \"one time client\" names it), and chronyd would fight with it: "
                        "disable one of them.");
                return;
        }
        audit_advise(
                audit, step,
                "A device that is not there ends it at its start: `journalctl -u chrony -u chronyd` says 'Could not "
                "open PHC'.");
        audit_fix(audit, step, "systemctl restart %s", input->setup->chrony_service);
}

/* What is to be done about a refclock that is not as it should be. */
static void advise_source(const AuditInput *input, Audit *audit, AuditStep *step, const ChronySource *source)
{
        if (source->reach == 0)
                audit_advise(
                        audit, step,
                        "It is not answering any more: the host may have lost its TSC, which `tscwarden check` there "
                        "tells.");
        else if (source->state != '*')
                audit_advise(audit, step,
                             "chronyd trusts another source more: `chronyc sources -v` explains the marks.");
        else if (fabs(source->offset_sec) > TIME_CORRECTION_MAX_SEC) {
                audit_advise(
                        audit, step,
                        "This clock has fallen behind, as at a resume, and chronyd only slews it: makestep sets it.");
                audit_fix(audit, step, "chronyc makestep");
        } else if (fabs(source->offset_sec) >= MICROSECOND)
                audit_advise(audit, step, "Below a microsecond is usual %s.",
                             clocksource_is_tsc(input->clock->clocksource) ?
                                     "with kvm-clock as the clocksource; with tsc it is read less exactly" :
                                     "here after some minutes");
}

/* "-300.000 s", "17.3 ms", "466 ns" in `buffer`, which is returned. */
static const char *offset_words(double sec, char buffer[static 32])
{
        if (fabs(sec) >= 1)
                snprintf(buffer, 32, "%.3f s", sec);
        else if (fabs(sec) >= 1e-3)
                snprintf(buffer, 32, "%.3f ms", sec * 1e3);
        else
                snprintf(buffer, 32, "%.0f ns", sec * 1e9);
        return buffer;
}

static void judge_selected(const AuditInput *input, Audit *audit)
{
        char words[32];
        const ChronySource *source = chrony_find_refclock(&input->time->chrony, input->setup->refclock_name);
        AuditResult result = AUDIT_WARN;
        AuditStep *step;
        double off;

        if (!input->setup->refclock || !runs_chronyd(input)) {
                audit_add(audit, AUDIT_GUEST, "chrony-selected", "follows the host", AUDIT_NOT_APPLICABLE,
                          "first chronyd has to run with the refclock");
                return;
        }
        if (input->time->chrony_error < 0 || !input->time->chrony.tracked) {
                audit_add(audit, AUDIT_GUEST, "chrony-selected", "follows the host", AUDIT_UNKNOWN,
                          "chronyc sources: %s",
                          input->time->chrony_error < 0 ? "cannot be run" : input->time->chrony.complaint);
                return;
        }
        if (!source) {
                step = audit_add(audit, AUDIT_GUEST, "chrony-selected", "follows the host", AUDIT_FAIL,
                                 "chronyc sources: no refclock %s among them", input->setup->refclock_name);
                audit_advise(audit, step, "chronyd has started before the line was written: a restart takes it up.");
                audit_fix(audit, step, "systemctl restart %s", input->setup->chrony_service);
                return;
        }
        off = fabs(source->offset_sec);
        if (source->state != '*' || source->reach == 0 || off > TIME_CORRECTION_MAX_SEC)
                result = AUDIT_FAIL;
        else if (off < MICROSECOND)
                result = AUDIT_PASS;
        step = audit_add(audit, AUDIT_GUEST, "chrony-selected", "follows the host", result,
                         "chronyc sources: %c%c %s, reach %o, off by %s", source->mode, source->state, source->name,
                         source->reach, offset_words(source->offset_sec, words));
        advise_source(input, audit, step, source);
}

/* Without a limit chronyd sets a clock that a resume left behind; by the usual `makestep 1 3` only right after its start. */
static void judge_makestep(const AuditInput *input, Audit *audit)
{
        const MachineSetup *setup = input->setup;
        const char *what = "no makestep";
        AuditStep *step;

        if (!setup->chrony_config || !runs_chronyd(input)) {
                audit_add(audit, AUDIT_GUEST, "chrony-makestep", "set after resume", AUDIT_NOT_APPLICABLE,
                          "chronyd does not run");
                return;
        }
        if (!setup->refclock && !setup->makestep_file && audit_is_kvm(input)) {
                audit_add(audit, AUDIT_GUEST, "chrony-makestep", "set after resume", AUDIT_NOT_APPLICABLE,
                          "setup writes it together with the refclock");
                return;
        }
        if (setup->makestep_endless)
                what = "makestep without a limit";
        else if (setup->makestep_file)
                what = "makestep for the first updates only";
        step = audit_add(audit, AUDIT_GUEST, "chrony-makestep", "set after resume",
                         setup->makestep_endless ? AUDIT_PASS : AUDIT_WARN, "%s: %s",
                         setup->makestep_file ? setup->makestep_file : setup->chrony_config, what);
        if (setup->makestep_endless)
                return;
        audit_advise(
                audit, step,
                "A guest falls behind whenever it is paused and resumed; chronyd then only slews it, for hours or days.");
        if (setup->makestep_file ? setup->makestep_fixed : setup->chrony_fixed)
                audit_advise(audit, step, CHRONY_BY_HAND,
                             setup->makestep_file ? setup->makestep_file : setup->chrony_config);
        else if (setup->makestep_file)
                audit_fix(
                        audit, step,
                        "sed -i --follow-symlinks 's/^[[:space:]]*makestep[[:space:]].*/makestep 1 -1/I' %s && systemctl restart %s",
                        setup->makestep_file, setup->chrony_service);
        else
                /* The file may lack the newline at its end. */
                audit_fix(audit, step, "printf '\\nmakestep 1 -1\\n' >> %s && systemctl restart %s",
                          setup->chrony_config, setup->chrony_service);
}

void audit_chrony(const AuditInput *input, Audit *audit)
{
        judge_refclock(input, audit);
        judge_chronyd(input, audit);
        judge_selected(input, audit);
        judge_makestep(input, audit);
}
