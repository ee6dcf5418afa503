/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "text.h"

int host_init(Host *host, unsigned n_cpus)
{
        *host = (Host) { .n_cpus = n_cpus, .packages = 1, .threads = 1, .mhz = 2000, .cpufreq_loaded = true };
        host->cpus = calloc(n_cpus, sizeof(*host->cpus));
        if (!host->cpus)
                return -ENOMEM;
        for (unsigned i = 0; i < n_cpus; i++)
                host->cpus[i] = (Cpu) { .id = i, .online = true, .epb = -1 };
        return kmsg_init(&host->kmsg, 4096, 0);
}

void host_done(Host *host)
{
        for (unsigned i = 0; i < host->n_cpus; i++) {
                Cpu *c = &host->cpus[i];

                for (size_t k = 0; k < c->n_states; k++) {
                        free(c->states[k].name);
                        free(c->states[k].desc);
                }
                free(c->states);
                free(c->flags);
        }
        free(host->cpus);
        for (size_t i = 0; i < host->n_policies; i++)
                policy_free(host->policies[i]);
        free(host->policies);
        names_done(&host->governors);
        names_done(&host->loadable);
        names_done(&host->idle_governors);
        names_done(&host->clocksources);
        char *strings[] = { host->vendor,        host->family,      host->model,
                            host->model_name,    host->stepping,    host->microcode,
                            host->flags,         host->bugs,        host->cmdline,
                            host->kernel,        host->nodes,       host->idle_driver,
                            host->idle_governor, host->clocksource, host->clocksource_override };
        for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
                free(strings[i]);
        timer_done(host);
        kmsg_done(&host->kmsg);
        *host = (Host) {};
}

static int set_default(char **where, const char *text)
{
        return *where ? 0 : replace_string(where, text);
}

int host_settle_defaults(Host *host)
{
        bool has_states = false;
        int r = 0;

        for (unsigned i = 0; i < host->n_cpus; i++)
                has_states = has_states || host->cpus[i].n_states > 0;
        if (set_default(&host->vendor, "AuthenticAMD") < 0 || set_default(&host->family, "15") < 0 ||
            set_default(&host->model, "65") < 0 || set_default(&host->model_name, "Made CPU") < 0 ||
            set_default(&host->stepping, "2") < 0 || set_default(&host->flags, "fpu tsc msr") < 0 ||
            set_default(&host->bugs, "") < 0 ||
            set_default(&host->cmdline, "BOOT_IMAGE=/vmlinuz root=/dev/vda ro") < 0 ||
            set_default(&host->idle_driver, has_states ? "acpi_idle" : "none") < 0 ||
            set_default(&host->idle_governor, "menu") < 0)
                return -ENOMEM;
        if (host->idle_governors.n == 0)
                r = names_split(&host->idle_governors, "ladder menu teo", " ");
        if (r >= 0 && names_find(&host->idle_governors, host->idle_governor) < 0)
                r = names_insert(&host->idle_governors, host->idle_governors.n, host->idle_governor);
        if (r >= 0 && host->clocksources.n == 0)
                r = clock_set_available(host, "tsc,hpet,acpi_pm");
        if (r >= 0 && !host->clocksource)
                r = clock_set_current(host, host->clocksources.names[0]);
        host->tsc_marked = !clock_has(host, "tsc") && !clock_has(host, "tsc-early");
        for (size_t i = 0; i < host->n_policies; i++)
                policy_reset(host->policies[i]);
        return r;
}

const char *cpu_flags(const Host *host, const Cpu *cpu)
{
        return cpu->flags ? cpu->flags : host->flags;
}

bool host_has_flag(const Host *host, const char *flag)
{
        const char *at = cpu_flags(host, &host->cpus[0]);
        size_t len = strlen(flag);

        while (*at) {
                size_t n = strcspn(at, " ");

                if (n == len && strncmp(at, flag, n) == 0)
                        return true;
                at += n;
                at += strspn(at, " ");
        }
        return false;
}

unsigned host_count_online(const Host *host)
{
        unsigned n = 0;

        for (unsigned i = 0; i < host->n_cpus; i++)
                n += host->cpus[i].online;
        return n;
}

int cpu_set_online(Host *host, Cpu *cpu, bool online)
{
        bool was_active;

        if (cpu->id == 0)
                return -EINVAL;
        if (cpu->online == online)
                return 0;
        was_active = cpu->policy && policy_is_active(host, cpu->policy);
        cpu->online = online;
        if (online)
                (void)kmsg_addf(&host->kmsg, 6, "smpboot: Booting Node 0 Processor %u APIC 0x%x", cpu->id, cpu->id);
        else
                (void)kmsg_addf(&host->kmsg, 6, "smpboot: CPU %u is now offline", cpu->id);
        /* The last governor and the limit requests survive; the governor starts anew (cpufreq_online). */
        if (cpu->policy && !was_active && policy_is_active(host, cpu->policy))
                policy_start(host, cpu->policy);
        return 0;
}
