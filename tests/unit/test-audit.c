/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Every step of `check` with each of its results. Each case changes one thing on a machine without faults.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "check/audit.h"
#include "model/rival.h"
#include "model/urgency.h"

#define BIT(n) (1U << (n))
#define REBOOT "systemctl reboot"
#define KARGS "tscwarden kargs apply && systemctl reboot"
#define DAEMON "systemctl enable --now tscwarden"

/* The input of an audit, with the objects that its pointers refer to. */
typedef struct Machine {
        Facts facts;
        ClockView clock;
        Snapshot snapshot;
        CpuState cpu;
        IdleState states[3];
        FreqDomain domain;
        MachineSetup setup;
        TimeInput time;
        RateBoots rate_boots;
        BootConfig boot;
        char *cmdlines[2]; /* the parameters of each boot entry */
        AuditInput input;
} Machine;

static void machine_link(Machine *m)
{
        m->cpu.states = m->states;
        m->snapshot.cpus = &m->cpu;
        m->snapshot.domains = m->snapshot.n_domains ? &m->domain : NULL;
        m->input.facts = &m->facts;
        m->clock.suspect = clock_find_suspect(&m->facts, &m->clock);
        m->clock.urgency = clock_find_urgency(&m->facts, &m->clock);
        m->input.clock = &m->clock;
        m->input.snapshot = &m->snapshot;
        m->input.setup = &m->setup;
        m->input.time = &m->time;
        m->input.rate_boots = &m->rate_boots;
        m->input.boot = &m->boot;
        m->boot.cmdlines = m->cmdlines;
        m->boot.n = !!m->cmdlines[0] + !!m->cmdlines[1];
        m->boot.error = m->boot.n > 0 ? 0 : m->boot.platform == BOOT_UNKNOWN ? -EOPNOTSUPP : -EACCES;
}

static Machine host(void)
{
        return (Machine) {
                .facts = { .constant_tsc = true,
                           .nonstop_tsc = true,
                           .has_tsc = true,
                           .n_cpus = 2,
                           .n_possible = 2,
                           .n_packages = 1,
                           .vendor = "GenuineIntel",
                           .family = 6,
                           .cmdline = "ro quiet" },
                .clock = { .verdict = VERDICT_TRUSTED,
                           .kernel_line = "",
                           .clocksource = "tsc",
                           .available = "tsc hpet acpi_pm" },
                .snapshot = { .n_cpus = 1, .n_domains = 1, .idle_driver = "acpi_idle" },
                .cpu = { .online = true, .n_states = 3 },
                .states = { { .name = "POLL" },
                            { .index = 1, .name = "C1", .latency_usec = 2 },
                            { .index = 2, .name = "C2", .latency_usec = 100 } },
                .domain = { .governor = "performance" },
                .setup = { .kvm = true,
                           .processes_known = true,
                           .time_client_unit = true,
                           .chrony_service = "chrony",
                           .libvirt = true,
                           .sync_time_file = (char *)"/etc/default/libvirt-guests",
                           .libvirt_guests_enabled = true,
                           .sync_time_assigned = true,
                           .sync_time = true },
                .time = { .now_sec = 1000,
                          .clients_known = true,
                          .running = BIT(CLIENT_CHRONYD),
                          .steering = BIT(CLIENT_CHRONYD),
                          .kernel_known = true,
                          .kernel_max_error_usec = 1000,
                          .chrony = { .tracked = true,
                                      .normal = true,
                                      .refid = "C0000201",
                                      .reference_sec = 990,
                                      .interval_sec = 64,
                                      .root_dispersion_sec = 0.001,
                                      .n_sources = 1,
                                      .sources = { { .mode = '^',
                                                     .state = '*',
                                                     .name = "192.0.2.1",
                                                     .reach = 0377 } } } },
                .boot = { .platform = BOOT_UPDATE_GRUB, .source = "/boot/grub/grub.cfg" },
                .input = { .host = true, .reason_text = "Fine.", .remedy = "" },
        };
}

/* A host that needs the frequency and the idle policy and has both in force. */
static Machine old_host(void)
{
        Machine m = host();

        m.facts.constant_tsc = m.facts.nonstop_tsc = false;
        (void)cpuset_add(&m.facts.without_constant_tsc, 0);
        (void)cpuset_add(&m.facts.without_constant_tsc, 1);
        (void)cpuset_add(&m.facts.without_nonstop_tsc, 0);
        (void)cpuset_add(&m.facts.without_nonstop_tsc, 1);
        m.facts.cmdline = "ro processor.max_cstate=1 intel_idle.max_cstate=1 cpufreq.off=1";
        m.clock.verdict = VERDICT_STABLE;
        m.snapshot.n_domains = 0;
        m.cpu.n_states = 2;
        strcpy(m.setup.processor_max_cstate, "1");
        strcpy(m.setup.cpufreq_off, "1");
        return m;
}

static Machine guest(void)
{
        Machine m = host();

        m.facts.hypervisor = true;
        m.facts.nonstop_tsc = false;
        m.clock.verdict = VERDICT_UNUSED;
        m.clock.reason = REASON_GUEST_DEFAULT;
        m.clock.clocksource = "kvm-clock";
        m.clock.available = "kvm-clock tsc acpi_pm";
        m.input.host = false;
        m.input.guest = true;
        m.setup = (MachineSetup) {
                .processes_known = true,
                .agent_running = true,
                .agent_channel = true,
                .ptp_kvm = "ptp1",
                .ptp_kvm_link = true,
                .ptp_kvm_module = true,
                .ptp_kvm_persistent = (char *)"/etc/modules-load.d/ptp_kvm.conf",
                .refclock = (char *)"/dev/ptp_kvm",
                .refclock_file = (char *)"/etc/chrony/conf.d/kvm.conf",
                .refclock_ptp = "ptp1",
                .refclock_name = "PHC0",
                .refclock_kind = PHC_KVM,
                .refclocks = { { "PHC0", PHC_KVM, "ptp1" } },
                .n_refclocks = 1,
                .host_phc = "ptp1",
                .host_phc_kind = PHC_KVM,
                .has_modules = true,
                .makestep_file = (char *)"/etc/chrony/conf.d/kvm.conf",
                .makestep_endless = true,
                .chrony_config = (char *)"/etc/chrony/chrony.conf",
                .chrony_service = "chrony",
                .chrony_folder = "/etc/chrony/conf.d",
                .agent_unit = true,
                .chrony_confdir = (char *)"/etc/chrony/conf.d",
        };
        m.time.chrony.sources[0] =
                (ChronySource) { .mode = '#', .state = '*', .name = "PHC0", .reach = 0377, .offset_sec = 2e-7 };
        m.setup.late = (Late) { .stat_known = true, .steal_percent = 0.1 };
        return m;
}

/* The fixtures' strings are literals, so only the sets are freed. */
static void machine_done(Machine *m)
{
        cpuset_done(&m->facts.without_constant_tsc);
        cpuset_done(&m->facts.without_nonstop_tsc);
}
#define _cleanup_machine_ _cleanup_(machine_done)

static const AuditStep *find_step(const Audit *audit, const char *id)
{
        for (unsigned i = 0; i < audit->n; i++)
                if (strcmp(audit->steps[i].id, id) == 0)
                        return &audit->steps[i];
        return NULL;
}

/* Checks one step. NULL for `fix`: no command; for `evidence`, of which a part is enough: any. */
static void expect(Machine *m, const char *id, AuditResult result, const char *fix, const char *evidence)
{
        _cleanup_audit_ Audit audit = {};
        const AuditStep *step;

        machine_link(m);
        assert_int_equal(audit_judge(&m->input, &audit), 0);
        step = find_step(&audit, id);
        assert_non_null(step);
        if (step->result != result)
                fail_msg("%s: %s: %s", id, audit_result_to_string(step->result), step->evidence);
        if (!!fix != !!step->fix || (fix && strcmp(fix, step->fix) != 0))
                fail_msg("%s: fix %s", id, step->fix);
        if (evidence && !strstr(step->evidence, evidence))
                fail_msg("%s: evidence %s", id, step->evidence);
}

static void expect_advice(Machine *m, const char *id, const char *advice)
{
        _cleanup_audit_ Audit audit = {};
        const AuditStep *step;

        machine_link(m);
        assert_int_equal(audit_judge(&m->input, &audit), 0);
        step = find_step(&audit, id);
        if (!!advice != !!step->advice || (advice && !strstr(step->advice, advice)))
                fail_msg("%s: advice %s", id, step->advice);
}

static void test_all_is_well(void **state)
{
        Machine (*const machines[])(void) = { host, old_host, guest };

        for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
                _cleanup_machine_ Machine m = machines[i]();
                _cleanup_audit_ Audit audit = {};

                machine_link(&m);
                assert_int_equal(audit_judge(&m.input, &audit), 0);
                assert_int_equal(audit_exit_status(&audit), 0);
                for (unsigned s = 0; s < audit.n; s++) {
                        if (audit.steps[s].result == AUDIT_FAIL || audit.steps[s].result == AUDIT_UNKNOWN)
                                fail_msg("%s: %s", audit.steps[s].id, audit.steps[s].evidence);
                        assert_true(strlen(audit.steps[s].title) <= 17);
                        assert_non_null(audit.steps[s].evidence);
                }
        }
}

static void test_flags_and_verdict(void **state)
{
        static const struct {
                Verdict verdict;
                ClockReason reason;
                AuditResult result;
                const char *fix;
        } cases[] = {
                { VERDICT_STABLE, REASON_NONE, AUDIT_PASS, NULL },
                { VERDICT_TRUSTED, REASON_NONE, AUDIT_PASS, NULL },
                { VERDICT_UNVERIFIED, REASON_NONE, AUDIT_WARN, NULL },
                { VERDICT_UNUSED, REASON_USER_SWITCH, AUDIT_FAIL,
                  "echo tsc > /sys/devices/system/clocksource/clocksource0/current_clocksource" },
                { VERDICT_UNUSED, REASON_GUEST_DEFAULT, AUDIT_PASS, NULL },
                { VERDICT_UNSTABLE, REASON_CLOCKSOURCE_WATCHDOG, AUDIT_FAIL, REBOOT },
                { VERDICT_UNSTABLE, REASON_WARP, AUDIT_FAIL, NULL },
                { VERDICT_ABSENT, REASON_UNBOUND, AUDIT_FAIL, REBOOT },
                { VERDICT_UNKNOWN, REASON_NONE, AUDIT_UNKNOWN, NULL },
        };
        _cleanup_machine_ Machine old = old_host(), lost = old_host(), m = host();

        expect(&m, "cpu-flags", AUDIT_PASS, NULL, "Every CPU");
        expect(&old, "cpu-flags", AUDIT_WARN, NULL, "constant_tsc is missing and nonstop_tsc is missing");
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                m.clock.verdict = cases[i].verdict;
                m.clock.reason = cases[i].reason;
                expect(&m, "tsc-verdict", cases[i].result, cases[i].fix, verdict_to_string(cases[i].verdict));
        }
        m.clock.kernel_line = "a\033[31mforged";
        expect(&m, "tsc-verdict", AUDIT_UNKNOWN, NULL, "a\033[31mforged");
        m.facts.hypervisor = true;
        expect(&m, "cpu-flags", AUDIT_NOT_APPLICABLE, NULL, NULL);

        lost.clock.verdict = VERDICT_UNSTABLE;
        lost.clock.reason = REASON_IDLE_HALT;
        lost.facts.cmdline = "ro";
        expect(&lost, "tsc-verdict", AUDIT_FAIL, KARGS, NULL);
        lost.cmdlines[0] = (char *)"ro processor.max_cstate=1 intel_idle.max_cstate=1 cpufreq.off=1";
        expect(&lost, "tsc-verdict", AUDIT_FAIL, REBOOT, NULL);
}

static void test_boot_parameters(void **state)
{
        _cleanup_machine_ Machine m = old_host(), good = host();

        expect(&good, "boot-parameters", AUDIT_NOT_APPLICABLE, NULL, NULL);
        good.facts.cmdline = "tsc=reliable";
        expect(&good, "boot-parameters", AUDIT_WARN, NULL, "tsc=reliable");
        expect(&m, "boot-parameters", AUDIT_PASS, NULL, "processor.max_cstate=1 intel_idle.max_cstate=1 cpufreq.off=1");
        strcpy(m.setup.cpufreq_off, "0");
        expect(&m, "boot-parameters", AUDIT_FAIL, NULL, "but /sys/module/cpufreq/parameters/off: 0");
        strcpy(m.setup.cpufreq_off, "");
        expect(&m, "boot-parameters", AUDIT_PASS, NULL, NULL);
        m.facts.cmdline = "ro processor.max_cstate=1 intel_idle.max_cstate=1";
        expect(&m, "boot-parameters", AUDIT_FAIL, KARGS,
               "missing: cpufreq.off=1; configured: not known (only root may read it)");
        m.cmdlines[0] = (char *)"ro processor.max_cstate=1 intel_idle.max_cstate=1";
        expect(&m, "boot-parameters", AUDIT_FAIL, KARGS, "configured: no (/boot/grub/grub.cfg);");
        m.boot.ours_error = -EBADMSG;
        expect(&m, "boot-parameters", AUDIT_FAIL, NULL, "configured: no");
        m.boot.ours_error = 0;
        m.boot.platform = BOOT_UNKNOWN;
        expect(&m, "boot-parameters", AUDIT_FAIL, NULL, NULL);
        m.boot.platform = BOOT_PROXMOX;
        expect(&m, "boot-parameters", AUDIT_FAIL,
               "sed -i --follow-symlinks '1s/$/ cpufreq.off=1/' /etc/kernel/cmdline && proxmox-boot-tool refresh && " REBOOT,
               NULL);
        m.boot.platform = BOOT_UPDATE_GRUB;
        m.cmdlines[1] = (char *)"ro processor.max_cstate=1 intel_idle.max_cstate=1 cpufreq.off=1";
        expect(&m, "boot-parameters", AUDIT_FAIL, KARGS, "configured: in 1 of 2 boot entries (/boot/grub/grub.cfg)");
        m.cmdlines[0] = (char *)"ro processor.max_cstate=1 intel_idle.max_cstate=1 cpufreq.off=0";
        expect(&m, "boot-parameters", AUDIT_FAIL, NULL, "configured: in 1 of 2 boot entries");
        m.cmdlines[0] = m.cmdlines[1];
        expect(&m, "boot-parameters", AUDIT_WARN, REBOOT, "configured: yes (/boot/grub/grub.cfg)");
        m.cmdlines[0] =
                (char *)"ro processor.max_cstate=1 intel_idle.max_cstate=1 cpufreq.default_governor=performance";
        expect(&m, "boot-parameters", AUDIT_WARN, REBOOT, "configured: yes");
        /* This boot has the parameters, but a boot entry lacks one: somebody typed them, or they were reverted. */
        m.facts.cmdline = m.cmdlines[1];
        m.cmdlines[0] = (char *)"ro processor.max_cstate=1 intel_idle.max_cstate=1";
        expect(&m, "boot-parameters", AUDIT_WARN, "tscwarden kargs apply",
               "missing at the next boot: cpufreq.off=1; configured: in 1 of 2 boot entries");
        m.facts.cmdline = "ro tsc=reliable";
        expect(&m, "boot-parameters", AUDIT_FAIL, KARGS, "/proc/cmdline: tsc=reliable");
        m.facts.cmdline = "ro";
        /* Boot parameters cannot help a TSC that the kernel rejects on every boot. */
        m.clock.verdict = VERDICT_UNSTABLE;
        m.clock.reason = REASON_UNSYNCHRONIZED;
        expect(&m, "boot-parameters", AUDIT_NOT_APPLICABLE, NULL, NULL);
}

static void test_idle_and_c1e(void **state)
{
        _cleanup_machine_ Machine m = old_host(), good = host();
        PolicyRule rule = { .all_cpus = true,
                            .has = { [POLICY_MAX_CSTATE] = true },
                            .lines = { [POLICY_MAX_CSTATE] = 4 },
                            .file = (char *)"/etc/default/tscwarden",
                            .idle = { .kind = IDLE_LIMIT_LATENCY, .latency_usec = 500 } };
        const Policy policy = { .rules = &rule, .n_rules = 1 }, nothing = {};

        expect(&good, "idle-states", AUDIT_NOT_APPLICABLE, NULL, NULL);
        expect(&m, "idle-states", AUDIT_PASS, NULL, "none deeper than C1");
        strcpy(m.facts.deep_state, "C2");
        m.cpu.n_states = 3;
        /* `check` does not offer a governor that the driver lacks or that changes the frequency. */
        expect_advice(&m, "idle-states", "tscwardend --check-config");
        m.input.policy = &nothing;
        m.input.never = "/etc/default/tscwarden:7";
        expect_advice(&m, "idle-states", "APPLY=never (/etc/default/tscwarden:7)");
        m.input.never = NULL;
        expect(&m, "idle-states", AUDIT_FAIL, DAEMON, "registered: C2");
        m.states[2].disabled = true;
        expect(&m, "idle-states", AUDIT_WARN, NULL, "switched off now");
        m.states[2].disabled = m.cpu.online = false;
        expect(&m, "idle-states", AUDIT_WARN, NULL, NULL);
        m.cpu.online = true;
        /* The policy asks for this governor, so `check` does not offer to start what runs already. */
        m.input.policy = &policy;
        expect(&m, "idle-states", AUDIT_FAIL, NULL, "policy (MAX_CSTATE, /etc/default/tscwarden:4) allows C2");
        rule.idle.latency_usec = 2;
        expect(&m, "idle-states", AUDIT_FAIL, DAEMON, "registered: C2");
        m.setup.warden_running = true;
        expect(&m, "idle-states", AUDIT_FAIL, NULL, "registered: C2");
        m.setup.warden_running = false;
        m.facts.cmdline = "ro";
        expect(&m, "idle-states", AUDIT_FAIL, KARGS, NULL);
        m.cmdlines[0] = (char *)"ro processor.max_cstate=1 intel_idle.max_cstate=1 cpufreq.off=1";
        expect(&m, "idle-states", AUDIT_FAIL, REBOOT, NULL);

        expect(&good, "c1e", AUDIT_NOT_APPLICABLE, NULL, NULL);
        expect(&m, "c1e", AUDIT_NOT_APPLICABLE, NULL, "only AMD");
        strcpy(m.facts.vendor, "AuthenticAMD");
        expect(&m, "c1e", AUDIT_PASS, NULL, NULL);
        m.setup.c1e = true;
        expect(&m, "c1e", AUDIT_FAIL, NULL, "apic_c1e");
}

static void test_governor_and_owners(void **state)
{
        _cleanup_machine_ Machine m = old_host(), good = host();

        char *performance[] = { (char *)"performance", NULL }, *ondemand[] = { (char *)"ondemand", NULL };
        PolicyRule rule = { .all_cpus = true,
                            .has = { [POLICY_GOVERNOR] = true },
                            .lines = { [POLICY_GOVERNOR] = 3 },
                            .file = (char *)"/etc/default/tscwarden",
                            .governors = performance };
        Policy policy = { .rules = &rule, .n_rules = 1 };

        expect(&good, "governor", AUDIT_NOT_APPLICABLE, NULL, "performance");
        expect(&m, "governor", AUDIT_PASS, NULL, "no policy");
        m.snapshot.n_domains = 1;
        m.domain.min_khz = 1000000;
        m.domain.max_khz = m.domain.hw_max_khz = m.domain.cur_khz = 2400000;
        expect(&m, "governor", AUDIT_PASS, NULL, "its file is refused");
        m.input.policy = &policy;
        expect(&m, "governor", AUDIT_PASS, NULL, "/etc/default/tscwarden:3");

        /* The policy asks for a governor that changes the frequency, so `check` does not offer to start what runs
         * already. */
        m.facts.available_clocksources = (char *)"hpet acpi_pm";
        strcpy(m.domain.governor, "ondemand");
        expect(&m, "governor", AUDIT_FAIL, DAEMON, "policy (/etc/default/tscwarden:3) is not in force");
        rule.governors = ondemand;
        expect(&m, "governor", AUDIT_FAIL, NULL, "policy (/etc/default/tscwarden:3) keeps it");
        rule.has[POLICY_GOVERNOR] = false;
        expect(&m, "governor", AUDIT_FAIL, NULL, "policy (no line of it names a governor) keeps it");

        /* While the TSC works the daemon cannot raise the frequency, so the CPU stays slow. */
        m.domain.max_khz = m.domain.cur_khz = 1000000;
        m.facts.clocksource = (char *)"tsc";
        m.facts.available_clocksources = (char *)"tsc hpet acpi_pm";
        expect(&m, "governor", AUDIT_PASS, NULL, "held at 1000 MHz of 2400 MHz until the next boot");
        rule.has[POLICY_GOVERNOR] = true;
        m.domain.max_khz = 2400000;
        /* While the TSC works the daemon keeps the frequency constant, whatever governor the policy asks for. */
        expect(&m, "governor", AUDIT_FAIL, DAEMON, "ondemand changes");
        rule.governors = performance;
        expect(&m, "governor", AUDIT_FAIL, DAEMON, "ondemand changes");

        expect(&m, "governor-owners", AUDIT_PASS, NULL, NULL);
        m.setup.owners = BIT(RIVAL_TUNED);
        /* The TSC still works: `check` must not stop anything. */
        expect(&m, "governor-owners", AUDIT_WARN, NULL, "tuned");
        m.setup.owners_enabled = BIT(RIVAL_TUNED);
        expect(&m, "governor-owners", AUDIT_WARN, DAEMON " && systemctl disable tuned", NULL);
        m.setup.warden_running = true;
        expect(&m, "governor-owners", AUDIT_WARN, "systemctl disable tuned", NULL);
        expect(&m, "governor", AUDIT_FAIL, NULL, "ondemand changes");
        m.clock.verdict = VERDICT_UNSTABLE;
        m.setup.owners = BIT(RIVAL_TLP) - 1;
        expect(&m, "governor-owners", AUDIT_WARN,
               "systemctl disable --now tuned power-profiles-daemon auto-cpufreq cpufrequtils cpupower", NULL);
        m.setup.warden_running = false;
        m.setup.owners = BIT(RIVAL_CPUPOWER);
        expect(&m, "governor-owners", AUDIT_WARN, DAEMON " && systemctl disable --now cpupower", NULL);
        good.setup.owners = BIT(RIVAL_TUNED);
        expect(&good, "governor-owners", AUDIT_NOT_APPLICABLE, NULL, "tuned");
        m.setup.owners = 0;
        m.setup.processes_known = false;
        expect(&m, "governor-owners", AUDIT_UNKNOWN, NULL, NULL);
}

static void test_what_guests_get(void **state)
{
        _cleanup_machine_ Machine m = host();

        expect(&m, "clock-pairing", AUDIT_PASS, NULL, "tsc");
        m.clock.clocksource = "hyperv_clocksource_tsc_page";
        expect(&m, "clock-pairing", AUDIT_PASS, NULL, "hyperv");
        m.clock.clocksource = "hpet";
        expect(&m, "clock-pairing", AUDIT_FAIL, NULL, "hpet");
        m.clock.clocksource = "";
        expect(&m, "clock-pairing", AUDIT_UNKNOWN, NULL, NULL);

        expect(&m, "guest-resync", AUDIT_PASS, NULL, "SYNC_TIME=1");
        m.setup.sync_time = false;
        expect(&m, "guest-resync", AUDIT_WARN,
               "sed -i --follow-symlinks 's/^[[:space:]]*SYNC_TIME=.*/SYNC_TIME=1/' /etc/default/libvirt-guests",
               "SYNC_TIME=0");
        m.setup.sync_time_assigned = false;
        expect(&m, "guest-resync", AUDIT_WARN, "printf '\\nSYNC_TIME=1\\n' >> /etc/default/libvirt-guests",
               "no SYNC_TIME");
        m.setup.libvirt_guests_enabled = false;
        expect(&m, "guest-resync", AUDIT_WARN, NULL, "not enabled");
        expect_advice(&m, "guest-resync", "ON_SHUTDOWN=");
        m.setup.sync_time = true;
        expect(&m, "guest-resync", AUDIT_WARN, NULL, "not enabled");
        m.setup.libvirt = false;
        expect(&m, "guest-resync", AUDIT_NOT_APPLICABLE, NULL, NULL);
}

static void test_guest(void **state)
{
        _cleanup_machine_ Machine m = guest();

        expect(&m, "guest-clocksource", AUDIT_PASS, NULL, "kvm-clock");
        m.clock.clocksource = "tsc";
        expect(&m, "guest-clocksource", AUDIT_PASS, NULL, "tsc");
        expect(&m, "tsc-verdict", AUDIT_PASS, NULL, "unused");
        m.clock.verdict = VERDICT_UNSTABLE;
        m.clock.clocksource = "kvm-clock";
        expect(&m, "tsc-verdict", AUDIT_WARN, NULL, "unstable");
        m.clock.clocksource = "acpi_pm";
        expect(&m, "tsc-verdict", AUDIT_FAIL, NULL, "unstable");
        expect(&m, "guest-clocksource", AUDIT_FAIL,
               "echo kvm-clock > /sys/devices/system/clocksource/clocksource0/current_clocksource", "acpi_pm");
        m.clock.available = "acpi_pm";
        expect(&m, "guest-clocksource", AUDIT_FAIL, NULL, NULL);
        expect_advice(&m, "guest-clocksource", "virsh edit");
        expect_advice(&m, "tsc-verdict", "virsh edit");
        m.setup.xen = true;
        expect_advice(&m, "guest-clocksource", "xen_nopv");
        m.setup.xen = false;
        strcpy(m.setup.vendor, "Microsoft Corporation");
        expect_advice(&m, "guest-clocksource", "hyperv_clocksource_tsc_page");
        strcpy(m.setup.vendor, "VMware, Inc.");
        expect_advice(&m, "guest-clocksource", "VMware decides");
        m.clock.available = "tsc acpi_pm";
        m.clock.verdict = VERDICT_UNUSED;
        expect(&m, "guest-clocksource", AUDIT_FAIL,
               "echo tsc > /sys/devices/system/clocksource/clocksource0/current_clocksource", "acpi_pm");
        m.setup.vendor[0] = '\0';
        m.clock.clocksource = "";
        expect(&m, "guest-clocksource", AUDIT_UNKNOWN, NULL, NULL);

        m = guest();
        expect(&m, "ptp-kvm-clock", AUDIT_PASS, NULL,
               "/sys/class/ptp/ptp1/clock_name: KVM virtual PTP; device: /dev/ptp_kvm -> ptp1");
        expect(&m, "ptp-kvm-at-boot", AUDIT_PASS, NULL, "/etc/modules-load.d/ptp_kvm.conf");
        m.setup.ptp_kvm_persistent = NULL;
        expect(&m, "ptp-kvm-at-boot", AUDIT_FAIL, "tscwarden guest setup", NULL);
        m.setup.ptp_kvm_builtin = true;
        expect(&m, "ptp-kvm-at-boot", AUDIT_PASS, NULL, "built into");
        m = guest();
        m.setup.ptp_kvm[0] = m.setup.host_phc[0] = '\0';
        expect(&m, "ptp-kvm-clock", AUDIT_FAIL, "tscwarden guest setup", "is there");
        expect(&m, "ptp-kvm-at-boot", AUDIT_WARN, NULL, "may make systemd-modules-load.service fail");
        m.setup.ptp_kvm_persistent = NULL;
        expect(&m, "ptp-kvm-at-boot", AUDIT_NOT_APPLICABLE, NULL, NULL);
        m.setup.ptp_kvm_module = false;
        expect(&m, "ptp-kvm-clock", AUDIT_FAIL, NULL, "not installed");
        strcpy(m.setup.vendor, "Amazon EC2");
        expect(&m, "ptp-kvm-clock", AUDIT_NOT_APPLICABLE, NULL, "a guest of AWS");
        expect_advice(&m, "ptp-kvm-clock", "phc_enable=1");
        m.setup.vendor[0] = '\0';
        m.clock.available = "tsc hpet";
        expect(&m, "ptp-kvm-clock", AUDIT_NOT_APPLICABLE, NULL, "no guest of KVM");

        m = guest();
        expect(&m, "guest-agent", AUDIT_PASS, NULL, NULL);
        m.setup.agent.refuses = "guest-set-time";
        expect(&m, "guest-agent", AUDIT_WARN, NULL, "is configured to refuse guest-set-time");
        m.setup.agent = (AgentFound) { .vsock = true };
        m.setup.agent_channel = false;
        expect(&m, "guest-agent", AUDIT_PASS, NULL, "vsock");
        m.setup.agent_channel = true;
        m.setup.agent_running = false;
        expect(&m, "guest-agent", AUDIT_WARN, "systemctl start qemu-guest-agent", NULL);
        m.setup.agent_unit = false;
        expect(&m, "guest-agent", AUDIT_WARN, NULL, "does not run");
        expect_advice(&m, "guest-agent", "Install the package qemu-guest-agent");
        m.setup.agent_channel = false;
        expect(&m, "guest-agent", AUDIT_WARN, NULL, NULL);
        m.clock.available = "xen tsc";
        expect(&m, "guest-agent", AUDIT_NOT_APPLICABLE, NULL, "a guest of Xen");
        m.setup.ptp_kvm[0] = m.setup.host_phc[0] = '\0';
        expect(&m, "ptp-kvm-clock", AUDIT_NOT_APPLICABLE, NULL, "a guest of Xen");
        m.clock.available = "hyperv_clocksource_tsc_page acpi_pm";
        expect(&m, "guest-agent", AUDIT_NOT_APPLICABLE, NULL, "a guest of Hyper-V");
}

static void test_chrony_in_a_guest(void **state)
{
        _cleanup_machine_ Machine m = guest();

        expect(&m, "chrony-refclock", AUDIT_PASS, NULL, "/etc/chrony/conf.d/kvm.conf: refclock PHC /dev/ptp_kvm");
        m.setup.refclock_kind = PHC_VMCLOCK;
        expect(&m, "chrony-refclock", AUDIT_FAIL, NULL, "counts TAI");
        m.setup.refclock_tai = true;
        expect(&m, "chrony-refclock", AUDIT_PASS, NULL, "vmclock");
        strcpy(m.setup.refclock_ptp, "ptp0");
        m.setup.refclock_kind = PHC_NETWORK;
        expect(&m, "chrony-refclock", AUDIT_FAIL, "tscwarden guest setup", "another clock");
        strcpy(m.time.phcs.names, "eth1 ptp1");
        expect(&m, "chrony-refclock", AUDIT_FAIL, "tscwarden guest setup", "another clock");
        m.time.phcs.others = true;
        expect(&m, "chrony-refclock", AUDIT_UNKNOWN, NULL, "not known whether it sets this one");
        expect_advice(&m, "chrony-refclock", "ethtool -T");
        strcpy(m.time.phcs.names, "eth0 ptp0");
        expect(&m, "chrony-refclock", AUDIT_PASS, NULL, "PTP keeps");
        strcpy(m.setup.refclock_ptp, "");
        m.setup.refclock_kind = PHC_UNKNOWN;
        expect(&m, "chrony-refclock", AUDIT_FAIL, NULL, "missing, so chronyd does not start");
        m.setup.refclock_optional = true;
        expect(&m, "chrony-refclock", AUDIT_WARN, NULL, "runs without it");
        m.setup.refclock = NULL;
        expect(&m, "chrony-refclock", AUDIT_FAIL, "tscwarden guest setup", "no `refclock PHC`");
        m.setup.chrony_confdir = NULL;
        expect(&m, "chrony-refclock", AUDIT_FAIL,
               "mkdir -p /etc/chrony/conf.d && printf '\\nconfdir /etc/chrony/conf.d\\n' >> /etc/chrony/chrony.conf && tscwarden guest setup",
               NULL);
        m.setup.chrony_config = NULL;
        expect(&m, "chrony-refclock", AUDIT_FAIL, NULL, "chrony is not installed");
        expect(&m, "chronyd-alive", AUDIT_NOT_APPLICABLE, NULL, NULL);
        expect(&m, "chrony-selected", AUDIT_NOT_APPLICABLE, NULL, NULL);
        m.setup.ptp_kvm[0] = '\0';
        m.setup.host_phc_kind = PHC_HYPERV;
        expect(&m, "chrony-refclock", AUDIT_WARN, NULL, "not installed");
        expect(&m, "ptp-kvm-clock", AUDIT_PASS, NULL, "Hyper-V");
        expect(&m, "ptp-kvm-at-boot", AUDIT_NOT_APPLICABLE, NULL, "Hyper-V");
        m.setup.host_phc[0] = '\0';
        expect(&m, "chrony-refclock", AUDIT_NOT_APPLICABLE, NULL, NULL);

        m = guest();
        m.setup.refclock = NULL;
        m.time.running = m.time.steering = BIT(CLIENT_PHC2SYS);
        m.time.phc2sys_from_host = true;
        expect(&m, "chrony-refclock", AUDIT_NOT_APPLICABLE, NULL, "phc2sys");
        expect(&m, "time-synchronized", AUDIT_PASS, NULL, "phc2sys");

        m = guest();
        expect(&m, "chrony-makestep", AUDIT_PASS, NULL, NULL);
        m.setup.makestep_endless = false;
        expect(&m, "chrony-makestep", AUDIT_WARN,
               "sed -i --follow-symlinks 's/^[[:space:]]*makestep[[:space:]].*/makestep 1 -1/I' /etc/chrony/conf.d/kvm.conf && systemctl restart chrony",
               "first updates");
        m.setup.makestep_file = NULL;
        expect(&m, "chrony-makestep", AUDIT_WARN,
               "printf '\\nmakestep 1 -1\\n' >> /etc/chrony/chrony.conf && systemctl restart chrony", "no makestep");

        m = guest();
        expect(&m, "chronyd-alive", AUDIT_PASS, NULL, NULL);
        expect(&m, "chrony-selected", AUDIT_PASS, NULL, "#* PHC0, reach 377, off by 200 ns");
        m.time.chrony.sources[0].offset_sec = -2e-6;
        expect(&m, "chrony-selected", AUDIT_WARN, NULL, "-2000 ns");
        m.time.chrony.sources[0].offset_sec = -300;
        expect(&m, "chrony-selected", AUDIT_FAIL, "chronyc makestep", "-300.000 s");
        m.time.chrony.sources[0].reach = 0;
        expect(&m, "chrony-selected", AUDIT_FAIL, NULL, "reach 0");
        m.time.chrony.sources[0] = (ChronySource) { .mode = '#', .state = '-', .name = "PHC0", .reach = 0377 };
        expect(&m, "chrony-selected", AUDIT_FAIL, NULL, "#-");
        m.time.chrony.n_sources = 0;
        expect(&m, "chrony-selected", AUDIT_FAIL, "systemctl restart chrony", NULL);
        m.time.chrony.tracked = false;
        strcpy(m.time.chrony.complaint, "506 Cannot talk to daemon");
        expect(&m, "chrony-selected", AUDIT_UNKNOWN, NULL, "506");
        m.time.running = m.time.steering = 0;
        expect(&m, "chronyd-alive", AUDIT_FAIL, "systemctl restart chrony", NULL);
        m.time.running = m.time.steering = BIT(CLIENT_TIMESYNCD);
        expect(&m, "chronyd-alive", AUDIT_FAIL, NULL, NULL);
        expect_advice(&m, "chronyd-alive", "work against each other");
        m.time.running = m.time.steering = 0;
        m.setup.chrony_service = "chronyd";
        expect(&m, "chronyd-alive", AUDIT_FAIL, "systemctl restart chronyd", NULL);
        expect(&m, "chrony-selected", AUDIT_NOT_APPLICABLE, NULL, NULL);
}

static void test_time(void **state)
{
        _cleanup_machine_ Machine m = host();

        expect(&m, "time-client", AUDIT_PASS, NULL, "chronyd");
        expect(&m, "time-synchronized", AUDIT_PASS, NULL, "selected: 192.0.2.1; adjtimex: maxerror below 16 s");
        expect(&m, "time-error-bound", AUDIT_PASS, NULL, "1.000 ms");
        expect(&m, "hardware-stamps", AUDIT_NOT_APPLICABLE, NULL, NULL);
        m.time.chrony.root_dispersion_sec = 0.2;
        expect(&m, "time-error-bound", AUDIT_WARN, NULL, "200.000 ms");
        m.time.chrony.correction_sec = 300.1;
        expect(&m, "time-synchronized", AUDIT_FAIL, "chronyc makestep", "10 s ago, 300.100 s to be corrected");
        m.time.chrony.correction_sec = 0;
        m.time.chrony.sources[0].state = 'x';
        expect(&m, "time-synchronized", AUDIT_FAIL, NULL, "contradict");
        m.time.chrony.sources[0].reach = 0;
        expect(&m, "time-synchronized", AUDIT_FAIL, NULL, "no longer answer");
        expect(&m, "time-error-bound", AUDIT_NOT_APPLICABLE, NULL, NULL);
        strcpy(m.time.chrony.refid, CHRONY_REFID_LOCAL);
        expect(&m, "time-synchronized", AUDIT_FAIL, NULL, "its own clock");
        m.time.chrony.normal = false;
        expect(&m, "time-synchronized", AUDIT_FAIL, NULL, "not synchronised");
        m.time.chrony.tracked = false;
        expect(&m, "time-synchronized", AUDIT_UNKNOWN, NULL, NULL);

        m = host();
        m.time.steering = 0;
        m.time.kernel_max_error_usec = TIME_MAX_ERROR_USEC;
        expect(&m, "time-client", AUDIT_FAIL, NULL, "which is configured not to set the clock");
        expect(&m, "time-synchronized", AUDIT_FAIL, NULL, "does not set the clock");
        m.time.running = 0;
        expect(&m, "time-client", AUDIT_FAIL, "timedatectl set-ntp true", "none");
        expect(&m, "time-synchronized", AUDIT_FAIL, "timedatectl set-ntp true", "no program sets the clock");
        m.setup.time_client_unit = false;
        expect(&m, "time-client", AUDIT_FAIL, NULL, "none");
        expect_advice(&m, "time-client", "install chrony");
        expect(&m, "time-synchronized", AUDIT_FAIL, NULL, "no program sets the clock");
        m.time.running = BIT(CLIENT_PTP4L);
        strcpy(m.time.phcs.names, "eth0 ptp0");
        expect(&m, "time-client", AUDIT_FAIL, NULL, "ptp4l, which sets a network interface's clock; no program here");
        expect_advice(&m, "time-client", "phc2sys -a -r");
        expect(&m, "time-synchronized", AUDIT_FAIL, NULL, "no program sets the clock");
        expect_advice(&m, "time-synchronized", "phc2sys -a -r");
        m.time.phcs.names[0] = '\0';
        expect(&m, "time-client", AUDIT_FAIL, NULL, "ptp4l, which is configured not to set the clock");
        m.time.running = 0;
        m.time.kernel_max_error_usec = 1;
        expect(&m, "time-synchronized", AUDIT_WARN, NULL, "none that runs here");
        expect(&m, "time-client", AUDIT_WARN, NULL, "some program sets the clock");
        m.time.running = m.time.steering = BIT(CLIENT_OTHER);
        strcpy(m.time.other, "ntp-daemon");
        expect(&m, "time-client", AUDIT_WARN, NULL, "running: ntp-daemon;");
        expect(&m, "time-synchronized", AUDIT_WARN, NULL, "cannot be asked; ntp-daemon");
        m.time.running = m.time.steering = BIT(CLIENT_CHRONYD) | BIT(CLIENT_TIMESYNCD);
        expect(&m, "time-client", AUDIT_FAIL, "systemctl disable --now systemd-timesyncd", "work against each other");
        m.time.running = m.time.steering = BIT(CLIENT_CHRONYD) | BIT(CLIENT_PHC2SYS);
        strcpy(m.time.unit[CLIENT_PHC2SYS], "phc2sys@eth0.service");
        expect(&m, "time-client", AUDIT_FAIL, "systemctl disable --now phc2sys@eth0.service",
               "work against each other");
        m.time.running = m.time.steering = BIT(CLIENT_TIMESYNCD);
        m.time.timesyncd_synchronized = true;
        expect(&m, "time-error-bound", AUDIT_WARN, NULL, "systemd-timesyncd does not report one");
        m.time.clients_known = false;
        expect(&m, "time-client", AUDIT_UNKNOWN, NULL, NULL);
}

static void test_rate(void **state)
{
        _cleanup_machine_ Machine m = host();

        m.time.client_age_sec[CLIENT_CHRONYD] = 3600;
        m.time.chrony.frequency_ppm = 34.021;
        m.time.chrony.skew_ppm = 0.012;
        expect(&m, "tsc-rate-utc", AUDIT_PASS, NULL,
               "the TSC runs 34.02 ppm fast, give or take 0.01; chronyc tracking: Frequency 34.02 ppm fast");
        expect_advice(&m, "tsc-rate-utc", NULL);
        m.time.chrony.frequency_ppm = -120;
        expect(&m, "tsc-rate-utc", AUDIT_PASS, NULL, "120.00 ppm slow");
        expect_advice(&m, "tsc-rate-utc", "loses 10.4 s a day");
        m.time.chrony.frequency_ppm = 300;
        expect(&m, "tsc-rate-utc", AUDIT_WARN, NULL, "300.00 ppm fast");
        expect_advice(&m, "tsc-rate-utc", "gains 25.9 s a day");
        m.time.chrony.frequency_ppm = -450;
        expect(&m, "tsc-rate-utc", AUDIT_FAIL, NULL, "450.00 ppm slow");
        m.time.chrony.skew_ppm = 50;
        expect(&m, "tsc-rate-utc", AUDIT_NOT_APPLICABLE, NULL,
               "cannot say: the rate that chronyd has found is still uncertain");
        m.clock.clocksource = "hpet";
        expect(&m, "tsc-rate-utc", AUDIT_NOT_APPLICABLE, NULL, "cannot say: the clocksource is hpet, not tsc");
}

static void test_rate_over_boots(void **state)
{
        static const BootCalibration boots[] = {
                { CALIBRATION_REFINED, 2500000, 4000000000000, "", "" },
                { CALIBRATION_REFINED, 2500001, 3000000000000, "", "" },
                { CALIBRATION_REFINED, 2517250, 1700000000000000, "", "" }, /* 2023-11-14 */
        };
        const BootCalibration bad[] = { boots[2], boots[0], boots[1] }, two[] = { boots[2], boots[0] };
        _cleanup_machine_ Machine m = host();

        rate_boots_find(boots, 2, true, &m.rate_boots);
        expect(&m, "tsc-rate-boots", AUDIT_PASS, NULL,
               "refined to 2500.000 MHz: -0.40 ppm from the median with 1 earlier boot (");
        expect_advice(&m, "tsc-rate-boots", NULL);
        rate_boots_find(boots, 3, true, &m.rate_boots);
        expect(&m, "tsc-rate-boots", AUDIT_WARN, NULL, "2 earlier boots");
        expect_advice(&m, "tsc-rate-boots", "1 of 2 earlier boots calibrated it wrongly, worst on 2023-11-1");
        rate_boots_find(bad, 3, true, &m.rate_boots);
        expect(&m, "tsc-rate-boots", AUDIT_FAIL, NULL, "2517.250 MHz: +6852.32 ppm from the median");
        expect_advice(&m, "tsc-rate-boots", "a clock that runs 6852.32 ppm slow");
        rate_boots_find(two, 2, true, &m.rate_boots);
        expect(&m, "tsc-rate-boots", AUDIT_WARN, NULL, "1 earlier boot (");
        rate_boots_find(NULL, 0, true, &m.rate_boots);
        expect(&m, "tsc-rate-boots", AUDIT_NOT_APPLICABLE, NULL, "no line of this boot's calibration");
        m.input.rate_boots_error = -EACCES;
        expect(&m, "tsc-rate-boots", AUDIT_NOT_APPLICABLE, NULL, "this user may not read");
        m.input.rate_boots_error = -ENOENT;
        expect(&m, "tsc-rate-boots", AUDIT_NOT_APPLICABLE, NULL, "no journal");
}

static void test_hardware_stamps(void **state)
{
        _cleanup_machine_ Machine m = host();

        strcpy(m.setup.ptp_interface, "ptp0");
        expect(&m, "hardware-stamps", AUDIT_UNKNOWN, NULL, "root");
        m.time.chrony.sources[0].mode = '#';
        expect(&m, "hardware-stamps", AUDIT_NOT_APPLICABLE, NULL, "reference clocks only");
        strcpy(m.time.chrony.sources[0].name, "PHC0");
        expect(&m, "time-synchronized", AUDIT_FAIL, NULL, "which no program sets");
        strcpy(m.time.phcs.names, "eth0 ptp0");
        /* Without the kernel's line that names the device, the audit cannot say that it is this one. */
        expect(&m, "time-synchronized", AUDIT_UNKNOWN, NULL, "not known whether a program sets that");
        expect_advice(&m, "time-synchronized", "ethtool -T");
        m.setup.refclocks[0] = (RefclockFound) { "PHC0", PHC_NETWORK, "ptp1" };
        m.setup.n_refclocks = 1;
        expect(&m, "time-synchronized", AUDIT_FAIL, NULL, "which no program sets");
        strcpy(m.setup.refclocks[0].ptp, "ptp0");
        expect(&m, "time-synchronized", AUDIT_PASS, NULL, NULL);
        m.time.chrony.sources[0].mode = '^';
        m.time.chrony.stamps_known = true;
        expect(&m, "hardware-stamps", AUDIT_WARN, NULL, "Kernel");
        m.time.chrony.hardware_stamps = true;
        expect(&m, "hardware-stamps", AUDIT_PASS, NULL, NULL);
        m.time.running = m.time.steering = BIT(CLIENT_NTPD);
        expect(&m, "hardware-stamps", AUDIT_NOT_APPLICABLE, NULL, "ptp0");
}

static void test_late_interrupts(void **state)
{
        _cleanup_machine_ Machine m = guest();

        expect(&m, "late-interrupts", AUDIT_PASS, NULL, "steal 0.1 %");
        m.setup.late.steal_percent = 7;
        expect(&m, "late-interrupts", AUDIT_WARN, NULL, "steal 7.0 %, softirq 0.0 %; /proc/pressure/irq: not there");
        expect_advice(&m, "late-interrupts", "The host makes this guest's CPUs wait");
        m.setup.late = (Late) { .stat_known = true, .pressure_known = true, .irq_percent = 9 };
        expect(&m, "late-interrupts", AUDIT_WARN, NULL, "full avg300: 9.0 %");
        m.setup.late.stat_known = false;
        expect(&m, "late-interrupts", AUDIT_UNKNOWN, NULL, NULL);
}

static void test_rtc(void **state)
{
        _cleanup_machine_ Machine m = host();

        expect(&m, "rtc", AUDIT_NOT_APPLICABLE, NULL, NULL);
        m.setup.rtc = (Rtc) { .there = true, .known = true };
        expect(&m, "rtc", AUDIT_PASS, NULL, "+0 s");
        m.setup.rtc.off_sec = -3600;
        expect(&m, "rtc", AUDIT_WARN, "hwclock --systohc --utc", "-3600 s");
        m.time.chrony.normal = false;
        expect(&m, "rtc", AUDIT_WARN, NULL, "-3600 s");
        m.setup.rtc.local = true;
        expect(&m, "rtc", AUDIT_WARN, "timedatectl set-local-rtc 0", "/etc/adjtime: LOCAL");
        m.setup.rtc = (Rtc) { .there = true, .known = true };
        m.setup.chrony_config = (char *)"/etc/chrony.conf";
        m.setup.chrony_service = "chronyd";
        expect(&m, "rtc", AUDIT_WARN, "printf '\\nrtcsync\\n' >> /etc/chrony.conf && systemctl restart chronyd",
               "neither rtcsync");
        m.setup.rtcsync = true;
        expect(&m, "rtc", AUDIT_PASS, NULL, NULL);
}

static void test_roles(void **state)
{
        static const struct {
                bool hypervisor, kvm, host, guest, dom0;
        } cases[] = {
                { true, false, true, false, true },  { false, false, true, false, false },
                { false, true, true, false, false }, { true, false, false, true, false },
                { true, true, true, true, false },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                Facts facts = { .hypervisor = cases[i].hypervisor };
                MachineSetup setup = { .kvm = cases[i].kvm, .dom0 = cases[i].dom0 };
                bool is_host, is_guest;

                audit_find_roles(&facts, &setup, &is_host, &is_guest);
                assert_int_equal(is_host, cases[i].host);
                assert_int_equal(is_guest, cases[i].guest);
        }
}

static void test_exit_status(void **state)
{
        Audit audit = { .n = 3 };

        audit.steps[1].result = AUDIT_WARN;
        audit.steps[2].result = AUDIT_NOT_APPLICABLE;
        assert_int_equal(audit_exit_status(&audit), 0);
        audit.steps[0].result = AUDIT_UNKNOWN;
        assert_int_equal(audit_exit_status(&audit), 3);
        audit.steps[2].result = AUDIT_FAIL;
        assert_int_equal(audit_exit_status(&audit), 1);
}

static void test_migration(void **state)
{
        static const struct {
                MigrationEnd here, there;
                AuditResult verdict, rate;
        } cases[] = {
#define END(verdict, khz, scaling) { VERDICT_##verdict, "tsc", khz, scaling }
                { END(TRUSTED, 2400000, false), END(STABLE, 2400000, false), AUDIT_PASS, AUDIT_PASS },
                { END(TRUSTED, 2400000, false), END(TRUSTED, 2400600, false), AUDIT_PASS, AUDIT_PASS },
                { END(TRUSTED, 2400000, false), END(TRUSTED, 2400601, false), AUDIT_PASS, AUDIT_FAIL },
                { END(TRUSTED, 2400000, false), END(TRUSTED, 2399400, false), AUDIT_PASS, AUDIT_FAIL },
                { END(TRUSTED, 2400000, false), END(TRUSTED, 2399401, false), AUDIT_PASS, AUDIT_PASS },
                { END(TRUSTED, 2400000, false), END(TRUSTED, 3000000, true), AUDIT_PASS, AUDIT_PASS },
                { END(TRUSTED, 2400000, true), END(TRUSTED, 3000000, false), AUDIT_PASS, AUDIT_FAIL },
                { END(TRUSTED, 2400000, false), END(UNSTABLE, 2400000, false), AUDIT_FAIL, AUDIT_PASS },
                { END(UNSTABLE, 2400000, false), END(UNSTABLE, 2400000, false), AUDIT_FAIL, AUDIT_PASS },
                { END(TRUSTED, 2400000, false), END(UNUSED, 2400000, false), AUDIT_FAIL, AUDIT_PASS },
                { END(TRUSTED, 2400000, false), END(UNVERIFIED, 2400000, false), AUDIT_WARN, AUDIT_PASS },
                { END(UNVERIFIED, 2400000, false), END(UNVERIFIED, 2400000, false), AUDIT_PASS, AUDIT_PASS },
                { END(TRUSTED, 2400000, false), END(UNKNOWN, 0, false), AUDIT_UNKNOWN, AUDIT_UNKNOWN },
                { END(TRUSTED, 0, false), END(TRUSTED, 2400000, false), AUDIT_PASS, AUDIT_UNKNOWN },
                { END(TRUSTED, 0, false), END(TRUSTED, 2400000, true), AUDIT_PASS, AUDIT_PASS },
#undef END
        };

        static const HostClocks clocks = { { 1, 0.003 }, { 1, 0.004 }, true, 0.0021, 0.001 };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_audit_ Audit audit = {};

                assert_int_equal(audit_compare(&cases[i].here, &cases[i].there, &clocks, "kvm8", &audit), 0);
                if (find_step(&audit, "migration-verdict")->result != cases[i].verdict ||
                    find_step(&audit, "migration-rate")->result != cases[i].rate)
                        fail_msg("case %zu: %s", i, find_step(&audit, "migration-rate")->evidence);
        }
}

static void expect_clocks(HostClocks clocks, AuditResult result, const char *evidence, const char *advice)
{
        static const MigrationEnd end = { VERDICT_TRUSTED, "tsc", 2400000, false };
        _cleanup_audit_ Audit audit = {};
        const AuditStep *step;

        assert_int_equal(audit_compare(&end, &end, &clocks, "kvm8", &audit), 0);
        step = find_step(&audit, "migration-clocks");
        assert_int_equal(step->result, result);
        assert_string_equal(step->evidence, evidence);
        assert_true(advice ? step->advice && strstr(step->advice, advice) : !step->advice);
}

static void test_migration_clocks(void **state)
{
        expect_clocks(
                (HostClocks) { { 1, 0.003 }, { 1, 0.004 }, true, -0.0021, 0.001 }, AUDIT_PASS,
                "here synchronised (off by no more than 3.000 ms), on kvm8 synchronised (off by no more than 4.000 ms); the clock "
                "there is 2.100 ms behind, give or take 1.000 ms",
                NULL);
        expect_clocks(
                (HostClocks) { { 1, 0.003 }, { 1, 0.004 }, true, 2, 0.001 }, AUDIT_FAIL,
                "here synchronised (off by no more than 3.000 ms), on kvm8 synchronised (off by no more than 4.000 ms); the clock "
                "there is 2000.000 ms ahead, give or take 1.000 ms",
                "one of them is wrong");
        expect_clocks(
                (HostClocks) { { 1, 0.003 }, { 0, -1 }, true, 0, 0.001 }, AUDIT_FAIL,
                "here synchronised (off by no more than 3.000 ms), on kvm8 not synchronised; the clock there is 0.000 ms ahead, "
                "give or take 1.000 ms",
                "`tscwarden check` there says");
        expect_clocks(
                (HostClocks) { { 0, -1 }, { 1, 1 }, false, 0, 0 }, AUDIT_FAIL,
                "here not synchronised, on kvm8 synchronised (off by no more than 1000.000 ms); their difference is not known",
                "`tscwarden check` here says");
        expect_clocks((HostClocks) { { 1, -1 }, { -1, -1 }, false, 0, 0 }, AUDIT_UNKNOWN,
                      "here synchronised, on kvm8 not known whether synchronised; their difference is not known",
                      "`ssh kvm8 tscwarden check --json` has to work");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_all_is_well),
                cmocka_unit_test(test_flags_and_verdict),
                cmocka_unit_test(test_boot_parameters),
                cmocka_unit_test(test_idle_and_c1e),
                cmocka_unit_test(test_governor_and_owners),
                cmocka_unit_test(test_what_guests_get),
                cmocka_unit_test(test_guest),
                cmocka_unit_test(test_chrony_in_a_guest),
                cmocka_unit_test(test_time),
                cmocka_unit_test(test_rate),
                cmocka_unit_test(test_rate_over_boots),
                cmocka_unit_test(test_hardware_stamps),
                cmocka_unit_test(test_late_interrupts),
                cmocka_unit_test(test_rtc),
                cmocka_unit_test(test_roles),
                cmocka_unit_test(test_exit_status),
                cmocka_unit_test(test_migration),
                cmocka_unit_test(test_migration_clocks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
