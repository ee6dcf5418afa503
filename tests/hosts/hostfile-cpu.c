/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The host file's cpufreq and idle lines.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "hostfile.h"
#include "text.h"

static int by_khz(const void *a, const void *b)
{
        unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

        return x < y ? -1 : x > y;
}

static int parse_freqs(Policy *p, const char *list)
{
        NameList names = {};
        int r = names_split(&names, list, ",");

        p->freqs = calloc(names.n + 1, sizeof(*p->freqs));
        if (!p->freqs)
                r = -ENOMEM;
        for (size_t i = 0; r >= 0 && i < names.n; i++)
                r = parse_unsigned(names.names[i], INT_MAX, &p->freqs[p->n_freqs++]);
        names_done(&names);
        if (r < 0 || p->n_freqs == 0)
                return -EINVAL;
        qsort(p->freqs, p->n_freqs, sizeof(*p->freqs), by_khz);
        return 0;
}

static int parse_limits(Policy *p, const char *value)
{
        p->strict = strcmp(value, "strict") == 0;
        return p->strict || strcmp(value, "clamp") == 0 ? 0 : -EINVAL;
}

static int policy_option(Host *host, Policy *p, const char *key, const char *value)
{
        const struct {
                const char *key;
                unsigned *where;
        } numbers[] = { { "min", &p->boot.min },     { "max", &p->boot.max },      { "cur", &p->boot.cur },
                        { "hw-min", &p->hw_min },    { "hw-max", &p->hw_max },     { "hw-cur", &p->hw_cur },
                        { "settle", &p->settle_ms }, { "latency", &p->latency_ns } };

        for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
                if (strcmp(key, numbers[i].key) == 0)
                        return parse_unsigned(value, INT_MAX, numbers[i].where);
        if (strcmp(key, "driver") == 0)
                return replace_string(&p->driver, value);
        if (strcmp(key, "governor") == 0)
                return snprintf(p->boot.governor, sizeof(p->boot.governor), "%s", value) < (int)GOVERNOR_LEN ? 0 :
                                                                                                               -EINVAL;
        if (strcmp(key, "governors") == 0)
                return names_split(&host->governors, value, ",");
        if (strcmp(key, "loadable") == 0)
                return names_split(&host->loadable, value, ",");
        if (strcmp(key, "freqs") == 0)
                return parse_freqs(p, value);
        if (strcmp(key, "epp") == 0)
                return replace_string(&p->boot.epp, value);
        if (strcmp(key, "epps") == 0)
                return replace_string(&p->epps, value);
        if (strcmp(key, "limits") == 0)
                return parse_limits(p, value);
        return -EINVAL;
}

static const char *policy_complete(Host *host, Policy *p)
{
        if (!p->driver)
                return "no driver=";
        /* These two set no frequencies themselves: the processor does, inside the limits. */
        p->setpolicy = strcmp(p->driver, "intel_pstate") == 0 || strcmp(p->driver, "amd-pstate-epp") == 0;
        if (p->n_freqs > 0) {
                p->hw_min = p->freqs[0];
                p->hw_max = p->freqs[p->n_freqs - 1];
        }
        if (p->hw_min == 0 || p->hw_max < p->hw_min)
                return "no freqs=, and no hw-min= hw-max= instead";
        if (p->boot.min == 0)
                p->boot.min = p->hw_min;
        if (p->boot.max == 0)
                p->boot.max = p->hw_max;
        if (p->boot.cur == 0)
                p->boot.cur = p->boot.max;
        if (p->boot.min > p->boot.max || p->boot.cur < p->boot.min || p->boot.cur > p->boot.max)
                return "min, cur and max are not in this order";
        if (p->boot.min < p->hw_min || p->boot.max > p->hw_max)
                return "min or max is outside the processor's limits";
        if (p->boot.governor[0] == '\0')
                strcpy(p->boot.governor, p->setpolicy ? "powersave" : "performance");
        if (p->epps && !p->boot.epp)
                return "epps= without epp=";
        if (p->setpolicy)
                return strcmp(p->boot.governor, "performance") == 0 || strcmp(p->boot.governor, "powersave") == 0 ?
                               NULL :
                               "this driver knows only performance and powersave";
        if (names_find(&host->governors, p->boot.governor) < 0 &&
            names_insert(&host->governors, 0, p->boot.governor) < 0)
                return "out of memory";
        return NULL;
}

static Policy *policy_copy(const Policy *from)
{
        Policy *p = malloc(sizeof(*p));

        if (!p)
                return NULL;
        *p = *from;
        p->cpus = NULL;
        p->driver = strdup(from->driver);
        p->freqs = malloc(from->n_freqs * sizeof(*p->freqs) + 1);
        p->epps = from->epps ? strdup(from->epps) : NULL;
        p->boot.epp = from->boot.epp ? strdup(from->boot.epp) : NULL;
        if (p->freqs && from->freqs)
                memcpy(p->freqs, from->freqs, from->n_freqs * sizeof(*p->freqs));
        if (!p->driver || !p->freqs || !p->epps != !from->epps || !p->boot.epp != !from->boot.epp) {
                policy_free(p);
                return NULL;
        }
        return p;
}

static int add_policies(Host *host, const Policy *pattern, const bool *set, bool shared)
{
        Policy *p = NULL;

        for (unsigned i = 0; i < host->n_cpus; i++) {
                unsigned *more;

                if (!set[i])
                        continue;
                if (!p || !shared) {
                        p = policy_copy(pattern);
                        if (!p)
                                return -ENOMEM;
                        p->id = i;
                        if (host_add_policy(host, p) < 0)
                                return -ENOMEM;
                }
                more = reallocarray(p->cpus, p->n_cpus + 1, sizeof(*more));
                if (!more)
                        return -ENOMEM;
                p->cpus = more;
                p->cpus[p->n_cpus++] = i;
                host->cpus[i].policy = p;
        }
        return 0;
}

void hostfile_cpufreq(HostFile *f, char *args)
{
        Host *host = &f->machine->host;
        Policy pattern = { .latency_ns = 10000 };
        bool *set = hostfile_cpus(f, &args);
        char *how = next_word(&args), *word;
        const char *why;

        if (!how || (strcmp(how, "shared") != 0 && strcmp(how, "each") != 0))
                hostfile_complain(f, "after the CPUs comes `shared` (one policy) or `each` (a policy per CPU)");
        while ((word = next_word(&args))) {
                char *value = strchr(word, '=');

                if (value)
                        *value++ = '\0';
                if (!value || policy_option(host, &pattern, word, value) < 0)
                        hostfile_complain(f, "'%s' with value '%s' is not understood", word, value ? value : "");
        }
        why = policy_complete(host, &pattern);
        if (why)
                hostfile_complain(f, "%s", why);
        for (unsigned i = 0; set && i < host->n_cpus; i++)
                if (set[i] && host->cpus[i].policy)
                        hostfile_complain(f, "CPU %u has a cpufreq line already", i);
        if (set && f->mistakes == 0 && add_policies(host, &pattern, set, strcmp(how, "shared") == 0) < 0)
                hostfile_complain(f, "out of memory");
        free(set);
        free(pattern.driver);
        free(pattern.freqs);
        free(pattern.epps);
        free(pattern.boot.epp);
}

static char *describe_state(const char *name, unsigned number)
{
        char *text = NULL;
        int r;

        if (strcmp(name, "POLL") == 0)
                return strdup("CPUIDLE CORE POLL IDLE");
        if (strcmp(name, "C1") == 0 || strcmp(name, "haltpoll idle") == 0)
                return strdup(*name == 'C' ? "ACPI HLT" : "default architecture idle");
        if (strstr(name, "_ACPI"))
                r = asprintf(&text, "ACPI FFH MWAIT 0x%x", (number - 1) << 4);
        else if (strcmp(name, "C2") == 0 || strcmp(name, "C3") == 0)
                r = asprintf(&text, "ACPI IOPORT 0x%x", 0x812 + number);
        else
                r = asprintf(&text, "MWAIT 0x%02x", (number - 1) << 4);
        return r < 0 ? NULL : text;
}

static int parse_state(char *word, unsigned number, IdleState *ret)
{
        char *name = strsep(&word, ":"), *latency = strsep(&word, ":"), *field;
        IdleState s = { .residency = UINT_MAX };

        if (!latency || *name == '\0' || parse_unsigned(latency, INT_MAX, &s.latency) < 0)
                return -EINVAL;
        while ((field = strsep(&word, ":"))) {
                if (strcmp(field, "disabled") == 0)
                        s.disabled = true;
                else if (strcmp(field, "off") == 0)
                        s.disabled = s.off = true;
                else if (s.residency != UINT_MAX || parse_unsigned(field, INT_MAX, &s.residency) < 0)
                        return -EINVAL;
        }
        if (s.residency == UINT_MAX)
                s.residency = s.latency * 2;
        s.usage = 1000U * (number + 1);
        s.time = 100000U * (number + 1);
        s.name = strdup(name);
        s.desc = describe_state(name, number);
        *ret = s;
        return s.name && s.desc ? 0 : -ENOMEM;
}

void hostfile_idle(HostFile *f, char *args)
{
        Host *host = &f->machine->host;
        bool *set = hostfile_cpus(f, &args);

        for (unsigned i = 0; set && i < host->n_cpus; i++) {
                Cpu *c = &host->cpus[i];
                char *copy, *rest, *word;

                if (!set[i])
                        continue;
                if (c->n_states > 0) {
                        hostfile_complain(f, "CPU %u has an idle line already", i);
                        break;
                }
                copy = rest = strdup(args);
                while (rest && (word = next_word(&rest))) {
                        IdleState *more = reallocarray(c->states, c->n_states + 1, sizeof(*more));

                        if (!more)
                                break;
                        c->states = more;
                        if (parse_state(word, (unsigned)c->n_states, &more[c->n_states]) < 0) {
                                hostfile_complain(f, "'%s': expected NAME:LATENCY[:RESIDENCY][:disabled|:off]", word);
                                break;
                        }
                        c->n_states++;
                }
                free(copy);
                if (f->mistakes > 0)
                        break;
                if (c->n_states == 0) {
                        hostfile_complain(f, "no states");
                        break;
                }
        }
        free(set);
}
