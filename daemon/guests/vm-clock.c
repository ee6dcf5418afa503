/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * QEMU's options are described in qemu-options.hx, the properties of -cpu in target/i386/cpu.c (x86_cpu_properties). A
 * property is written `name=on`, `+name` or `-name` (x86_cpu_parse_featurestr), and `_` may stand for `-` everywhere.
 */
#include "guests/vm-clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/macro.h"
#include "base/parse.h"
#include "base/words.h"
#include "guests/qemu-options.h"

static const char *const vmm_names[] = {
        [VMM_OTHER] = "other",
        [VMM_QEMU] = "qemu",
        [VMM_FIRECRACKER] = "firecracker",
        [VMM_CLOUD_HYPERVISOR] = "cloud-hypervisor",
};
DEFINE_TO_STRING(vmm, Vmm, vmm_names);

void vm_clock_done(VmClock *clock)
{
        free(clock->name);
        *clock = (VmClock) {};
}

static Vmm find_vmm(const char *program)
{
        const char *name = basename(program);

        /* QEMU is /usr/bin/kvm on Proxmox and /usr/libexec/qemu-kvm on RHEL. */
        if (strcmp(name, "kvm") == 0 || strcmp(name, "qemu-kvm") == 0 || text_after(name, "qemu-system-"))
                return VMM_QEMU;
        if (text_after(name, "firecracker"))
                return VMM_FIRECRACKER;
        return text_after(name, "cloud-hypervisor") ? VMM_CLOUD_HYPERVISOR : VMM_OTHER;
}

/* 1, 0, or -1: neither word. */
static int parse_switch(const char *value)
{
        static const char *const words[] = { "off", "on", "no", "yes", "false", "true", "n", "y" };

        for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
                if (strcmp(value, words[i]) == 0)
                        return i % 2;
        return -1;
}

/* As qemu_strtosz_metric(): a fraction and a unit in steps of 1000 are allowed. Leaves *ret unchanged for other
 * texts. */
static void parse_hz(const char *value, uint64_t *ret)
{
        static const char units[] = "KMGT";
        char *end;
        double number;
        const char *unit;

        if (value[0] < '0' || value[0] > '9')
                return;
        number = strtod(value, &end);
        unit = *end ? strchr(units, *end & ~0x20) : NULL;
        if (*end && (!unit || end[1]))
                return;
        for (int i = unit ? (int)(unit - units) : -1; i >= 0; i--)
                number *= 1000;
        if (number >= 1 && number < 1e15)
                *ret = (uint64_t)(number + 0.5);
}

typedef struct CpuProperties {
        bool host;
        int migratable, hv_passthrough, hv_time, hv_reenlightenment, invtsc, kvmclock, kvm; /* -1: not given */
} CpuProperties;

static void take_cpu_property(char *part, VmClock *clock, CpuProperties *cpu)
{
        const struct {
                const char *name;
                int *value;
        } switches[] = {
                { "invtsc", &cpu->invtsc },
                { "kvmclock", &cpu->kvmclock },
                { "kvm", &cpu->kvm },
                { "migratable", &cpu->migratable },
                { "hv-passthrough", &cpu->hv_passthrough },
                { "hv-time", &cpu->hv_time },
                { "hv-reenlightenment", &cpu->hv_reenlightenment },
        };
        char *value = strchr(part, '='), *name = part;
        int on = 1;

        if (value)
                *value++ = '\0';
        for (char *p = part + 1; part[0] && *p; p++)
                if (*p == '_')
                        *p = '-';
        if (name[0] == '+' || name[0] == '-')
                on = *name++ == '+';
        else if (value)
                on = parse_switch(value);

        if (strcmp(name, "tsc-frequency") == 0 || strcmp(name, "tsc-freq") == 0)
                parse_hz(value ? value : "", &clock->tsc_hz);
        for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
                if (on >= 0 && strcmp(name, switches[i].name) == 0)
                        *switches[i].value = on;
}

static int take_cpu(const char *text, VmClock *clock)
{
        CpuProperties cpu = { .migratable = true, .invtsc = -1, .kvmclock = -1, .kvm = -1 };

        for (bool first = true; text; first = false) {
                _cleanup_free_ char *part = qemu_next_part(&text);

                if (!part)
                        return -ENOMEM;
                if (first)
                        cpu.host = strcmp(part, "host") == 0 || strcmp(part, "max") == 0;
                else
                        take_cpu_property(part, clock, &cpu);
        }
        /* With migratable=off the models `host` and `max` have invtsc if the host has it (target/i386/cpu.c
         * x86_cpu_expand_features()). */
        clock->invtsc = cpu.invtsc >= 0 ? cpu.invtsc : cpu.host && !cpu.migratable;
        /* kvm=off hides KVM's signature. A guest that does not find it does not look for kvm-clock. */
        clock->kvmclock = cpu.kvmclock != 0 && cpu.kvm != 0;
        clock->hv_time = cpu.hv_time || cpu.hv_passthrough;
        clock->hv_reenlightenment = cpu.hv_reenlightenment || cpu.hv_passthrough;
        return 0;
}

static int take_name(const char *text, VmClock *clock)
{
        for (bool first = true; text; first = false) {
                _cleanup_free_ char *part = qemu_next_part(&text);
                const char *name;

                if (!part)
                        return -ENOMEM;
                name = text_after(part, "guest=");
                if (first && !strchr(part, '='))
                        name = part;
                if (!name || !name[0])
                        continue;
                free(clock->name);
                clock->name = strdup(name);
                if (!clock->name)
                        return -ENOMEM;
        }
        return 0;
}

static int take_rtc(const char *text, VmClock *clock)
{
        while (text) {
                _cleanup_free_ char *part = qemu_next_part(&text);

                if (!part)
                        return -ENOMEM;
                if (text_after(part, "base="))
                        clock->rtc_localtime = strcmp(part, "base=localtime") == 0;
                else if (text_after(part, "clock="))
                        clock->rtc_stands = strcmp(part, "clock=vm") == 0;
                else if (text_after(part, "driftfix="))
                        clock->rtc_catches_up = strcmp(part, "driftfix=slew") == 0;
        }
        return 0;
}

/* Takes "kvm-pit.lost_tick_policy=discard"; the default is "delay" (hw/i386/kvm/i8254.c). */
static void take_global(const char *text, VmClock *clock)
{
        const char *policy = text_after(text, "kvm-pit.lost_tick_policy=");

        if (policy)
                clock->pit_discards = strcmp(policy, "discard") == 0;
}

/* Takes one option of QEMU without its dashes; `value` is the argument after it, or "". */
static int take_qemu_option(const char *option, const char *value, VmClock *clock)
{
        if (strcmp(option, "cpu") == 0)
                return take_cpu(value, clock);
        if (strcmp(option, "name") == 0)
                return take_name(value, clock);
        if (strcmp(option, "rtc") == 0)
                return take_rtc(value, clock);
        if (strcmp(option, "localtime") == 0)
                clock->rtc_localtime = true;
        else if (strcmp(option, "global") == 0)
                take_global(value, clock);
        else if (strcmp(option, "incoming") == 0)
                clock->incoming = true;
        else if (strcmp(option, "readconfig") == 0)
                clock->known = false; /* further options are in a file, which may have been changed since */
        else if (strcmp(option, "object") == 0 && (strstr(value, "sev-snp-guest") || strstr(value, "tdx-guest")))
                clock->confidential = true;
        return 0;
}

static int take_option(const char *argument, const char *value, VmClock *clock)
{
        const char *option = argument + strspn(argument, "-");
        bool names = clock->vmm == VMM_FIRECRACKER && strcmp(option, "id") == 0;

        if (argument[0] != '-')
                return 0;
        if (clock->vmm == VMM_QEMU)
                return take_qemu_option(option, value, clock);
        if (!names || !value[0])
                return 0;
        free(clock->name);
        clock->name = strdup(value);
        return clock->name ? 0 : -ENOMEM;
}

int vm_clock_parse(const char *arguments, size_t size, bool cut, VmClock *ret)
{
        _cleanup_vm_clock_ VmClock clock = { .kvmclock = true };
        const char *end = arguments + size;

        /* The last argument may lack its NUL: the text was cut, or the program has overwritten it. */
        while (end > arguments && end[-1] != '\0')
                end--;
        if (end > arguments)
                clock.vmm = find_vmm(arguments);
        clock.known = clock.vmm == VMM_QEMU && !cut;
        for (const char *argument = arguments; argument < end;) {
                const char *next = argument + strlen(argument) + 1;
                int r = take_option(argument, next < end ? next : "", &clock);

                if (r < 0)
                        return r;
                argument = next;
        }
        *ret = TAKE_STRUCT(clock);
        return 0;
}

char *vm_clock_format(const VmClock *clock)
{
        const struct {
                bool said;
                const char *text;
        } parts[] = {
                { clock->invtsc, "invtsc" },
                { !clock->kvmclock, "no kvm-clock" },
                { clock->hv_time, "hv-time" },
                { clock->hv_reenlightenment, "hv-reenlightenment" },
                { clock->rtc_localtime, "RTC on local time" },
                { clock->rtc_stands, "RTC stops while the guest is paused" },
                { clock->rtc_catches_up, "lost RTC interrupts are sent later" },
                { clock->pit_discards, "lost PIT interrupts are discarded" },
                { clock->incoming, "came by a migration or a restore" },
        };
        char text[512], *end = text;

        *end = '\0';
        for (unsigned i = 0; clock->known && i < ARRAY_SIZE(parts); i++)
                if (parts[i].said)
                        end += sprintf(end, "%s%s", end > text ? ", " : "", parts[i].text);
        if (clock->known && clock->tsc_hz)
                sprintf(end, "%stsc-frequency %" PRIu64 " Hz", end > text ? ", " : "", clock->tsc_hz);
        return strdup(text);
}
