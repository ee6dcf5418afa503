/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * chrony on the host's clock, in a guest.
 */
#include <math.h>
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

/* Debian's name of it, and everybody else's. */
const char *audit_chrony_service(const Surroundings *around)
{
        return around->chrony_config && strcmp(around->chrony_config, "/etc/chrony.conf") == 0 ? "chronyd" : "chrony";
}

static bool runs_chronyd(const AuditInput *input)
{
        return input->time->running >> CLIENT_CHRONYD & 1;
}

/* Names `guest setup` only where it would do it: it writes into the folder of chrony's confdir. */
void audit_fix_by_setup(const AuditInput *input, Audit *audit, AuditStep *step)
{
        const Surroundings *around = input->around;

        if (!around->chrony_config)
                audit_advise(audit, step, SETUP " does it, and needs chrony: install that first.");
        else if (!around->chrony_confdir && around->chrony_fixed)
                audit_advise(audit, step, CHRONY_BY_HAND, around->chrony_config);
        else if (!around->chrony_confdir)
                /* The file may lack the newline at its end. */
                audit_fix(audit, step, "mkdir -p /etc/chrony.d && printf '\\nconfdir /etc/chrony.d\\n' >> %s && " SETUP,
                          around->chrony_config);
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
        const Surroundings *around = input->around;
        bool kvm = around->ptp_kvm[0];
        AuditStep *step;

        step = audit_add(audit, AUDIT_GUEST, "chrony-refclock", "chrony's refclock", kvm ? AUDIT_FAIL : AUDIT_WARN,
                         "%s%s%s%s", around->chrony_config ? around->chrony_config : "chrony is not installed",
                         around->chrony_config ? " and what belongs to it: no `refclock PHC`" : "",
                         around->refclock_ignored ? "; chronyd ignores that of " : "",
                         around->refclock_ignored ? around->refclock_ignored : "");
        if (kvm)
                audit_fix_by_setup(input, audit, step);
        else
                audit_advise(audit, step, "chrony can follow %s: `refclock PHC /dev/%s poll 3%s`.",
                             phc_kind_describe(around->host_phc_kind), around->host_phc,
                             around->host_phc_kind == PHC_VMCLOCK ? " tai" : "");
}

/* One that is not the host's. */
static void judge_other_refclock(const AuditInput *input, Audit *audit)
{
        const Surroundings *around = input->around;
        bool there = around->refclock_ptp[0],
             kept = around->refclock_kind == PHC_NETWORK && time_phc_is_kept(input->time);
        AuditResult result = AUDIT_FAIL;
        const char *what;
        AuditStep *step;

        if (kept) {
                result = AUDIT_PASS;
                what = "a network interface's clock that PTP keeps";
        } else if (there) {
                what = "another clock than the host's";
        } else if (around->refclock_optional) {
                result = AUDIT_WARN;
                what = "not there; chronyd goes on without it";
        } else {
                what = "no clock: chronyd does not start with it";
        }
        step = audit_add(audit, AUDIT_GUEST, "chrony-refclock", "chrony's refclock", result,
                         "%s: refclock PHC %s, which is %s", around->refclock_file, around->refclock, what);
        if (kept)
                return;
        if (!there)
                audit_advise(audit, step, "%s",
                             around->ptp_kvm[0] ? "Take that line away; `" SETUP "` writes one with the host's clock." :
                                                  "Take that line away, or load ptp_kvm before chronyd starts.");
        else if (around->ptp_kvm[0]) {
                audit_advise(audit, step, "Take that line away; setup writes one with the host's clock.");
                audit_fix_by_setup(input, audit, step);
        } else
                audit_advise(audit, step, "Take that line away, unless ptp4l or ts2phc sets that clock right.");
}

static void judge_refclock(const AuditInput *input, Audit *audit)
{
        const Surroundings *around = input->around;
        AuditStep *step;

        if (follows_by_phc2sys(input))
                audit_add(audit, AUDIT_GUEST, "chrony-refclock", "chrony's refclock", AUDIT_NOT_APPLICABLE,
                          "phc2sys sets the clock from the host's; no chrony is wanted");
        else if (!around->refclock && !around->host_phc[0])
                audit_add(audit, AUDIT_GUEST, "chrony-refclock", "chrony's refclock", AUDIT_NOT_APPLICABLE,
                          "first the clock has to be there");
        else if (!around->refclock)
                judge_no_refclock(input, audit);
        else if (!phc_kind_is_of_host(around->refclock_kind))
                judge_other_refclock(input, audit);
        else if (around->refclock_kind == PHC_VMCLOCK && !around->refclock_tai) {
                step = audit_add(audit, AUDIT_GUEST, "chrony-refclock", "chrony's refclock", AUDIT_FAIL,
                                 "%s: refclock PHC %s, which counts TAI, 37 s before UTC", around->refclock_file,
                                 around->refclock);
                audit_advise(audit, step, "Add the word `tai` to that line.");
        } else
                audit_add(audit, AUDIT_GUEST, "chrony-refclock", "chrony's refclock", AUDIT_PASS,
                          "%s: refclock PHC %s, which is %s", around->refclock_file, around->refclock,
                          phc_kind_describe(around->refclock_kind));
}

static void judge_chronyd(const AuditInput *input, Audit *audit)
{
        bool runs = runs_chronyd(input);
        AuditStep *step;

        if (!input->around->refclock || follows_by_phc2sys(input)) {
                audit_add(audit, AUDIT_GUEST, "chronyd-alive", "chronyd", AUDIT_NOT_APPLICABLE,
                          "%s; it has no refclock", runs ? "runs" : "does not run");
                return;
        }
        step = audit_add(audit, AUDIT_GUEST, "chronyd-alive", "chronyd", runs ? AUDIT_PASS : AUDIT_FAIL, "%s",
                         runs ? "runs with its refclock" : "does not run");
        if (runs)
                return;
        audit_advise(
                audit, step,
                "A device that is not there ends it at its start: `journalctl -u chrony -u chronyd` says 'Could not "
                "open PHC'.");
        audit_fix(audit, step, "systemctl restart %s", audit_chrony_service(input->around));
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

static void judge_selected(const AuditInput *input, Audit *audit)
{
        const ChronySource *source = chrony_find_refclock(&input->time->chrony, input->around->refclock_name);
        AuditResult result = AUDIT_WARN;
        AuditStep *step;
        double off;

        if (!input->around->refclock || !runs_chronyd(input)) {
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
                                 "chronyc sources: no refclock %s among them", input->around->refclock_name);
                audit_advise(audit, step, "chronyd has started before the line was written: a restart takes it up.");
                audit_fix(audit, step, "systemctl restart %s", audit_chrony_service(input->around));
                return;
        }
        off = fabs(source->offset_sec);
        if (source->state != '*' || source->reach == 0 || off > TIME_CORRECTION_MAX_SEC)
                result = AUDIT_FAIL;
        else if (off < MICROSECOND)
                result = AUDIT_PASS;
        step = audit_add(audit, AUDIT_GUEST, "chrony-selected", "follows the host", result,
                         "chronyc sources: %c%c %s, reach %o, off by %.0f ns", source->mode, source->state,
                         source->name, source->reach, source->offset_sec * 1e9);
        advise_source(input, audit, step, source);
}

/* Without a limit chronyd sets a clock that a resume left behind; by the usual `makestep 1 3` only right after its start. */
static void judge_makestep(const AuditInput *input, Audit *audit)
{
        const Surroundings *around = input->around;
        const char *what = "no makestep";
        AuditStep *step;

        if (!around->chrony_config || !runs_chronyd(input)) {
                audit_add(audit, AUDIT_GUEST, "chrony-makestep", "set after resume", AUDIT_NOT_APPLICABLE,
                          "chronyd does not run");
                return;
        }
        if (!around->refclock && !around->makestep_file && audit_is_kvm(input)) {
                audit_add(audit, AUDIT_GUEST, "chrony-makestep", "set after resume", AUDIT_NOT_APPLICABLE,
                          "setup writes it together with the refclock");
                return;
        }
        if (around->makestep_endless)
                what = "makestep without a limit";
        else if (around->makestep_file)
                what = "makestep for the first updates only";
        step = audit_add(audit, AUDIT_GUEST, "chrony-makestep", "set after resume",
                         around->makestep_endless ? AUDIT_PASS : AUDIT_WARN, "%s: %s",
                         around->makestep_file ? around->makestep_file : around->chrony_config, what);
        if (around->makestep_endless)
                return;
        audit_advise(
                audit, step,
                "A guest falls behind whenever it is paused and resumed; chronyd then only slews it, for hours or days.");
        if (around->makestep_file ? around->makestep_fixed : around->chrony_fixed)
                audit_advise(audit, step, CHRONY_BY_HAND,
                             around->makestep_file ? around->makestep_file : around->chrony_config);
        else if (around->makestep_file)
                audit_fix(audit, step,
                          "sed -i 's/^[[:space:]]*makestep[[:space:]].*/makestep 1 -1/I' %s && systemctl restart %s",
                          around->makestep_file, audit_chrony_service(around));
        else
                /* The file may lack the newline at its end. */
                audit_fix(audit, step, "printf '\\nmakestep 1 -1\\n' >> %s && systemctl restart %s",
                          around->chrony_config, audit_chrony_service(around));
}

void audit_chrony(const AuditInput *input, Audit *audit)
{
        judge_refclock(input, audit);
        judge_chronyd(input, audit);
        judge_selected(input, audit);
        judge_makestep(input, audit);
}
