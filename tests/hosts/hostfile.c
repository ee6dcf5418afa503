/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "hostfile.h"
#include "text.h"
#include "vm.h"

void hostfile_complain(HostFile *f, const char *format, ...)
{
        va_list ap;

        fprintf(stderr, "%s:%u: ", f->path, f->line);
        va_start(ap, format);
        vfprintf(stderr, format, ap);
        va_end(ap);
        fputc('\n', stderr);
        f->mistakes++;
}

bool *hostfile_cpus(HostFile *f, char **args)
{
        unsigned n = f->machine->host.n_cpus;
        char *list = next_word(args);
        bool *set = calloc(n, sizeof(*set));

        if (!set || !list || parse_cpu_list(list, n, set) < 0) {
                hostfile_complain(f, "'%s' is no list of CPUs; write one such as 0-1,3 or all, below %u",
                                  list ? list : "", n);
                free(set);
                return NULL;
        }
        return set;
}

static void on_cpus(HostFile *f, char *args)
{
        unsigned n;

        if (f->has_cpus)
                hostfile_complain(f, "cpus is given twice");
        else if (parse_unsigned(args, CPUS_MAX, &n) < 0 || n == 0)
                hostfile_complain(f, "'%s' is no number of CPUs", args);
        else if (host_init(&f->machine->host, n) < 0)
                hostfile_complain(f, "out of memory");
        else
                f->has_cpus = true;
}

static void on_offline(HostFile *f, char *args)
{
        bool *set = hostfile_cpus(f, &args);

        if (set && set[0])
                hostfile_complain(f, "CPU 0 cannot be offline");
        for (unsigned i = 1; set && i < f->machine->host.n_cpus; i++)
                if (set[i])
                        f->machine->host.cpus[i].online = false;
        free(set);
}

static void on_number(HostFile *f, const char *args, unsigned max, unsigned *where)
{
        if (parse_unsigned(args, max, where) < 0 || *where == 0)
                hostfile_complain(f, "'%s' is no number between 1 and %u", args, max);
}

static void on_packages(HostFile *f, char *args)
{
        on_number(f, args, f->machine->host.n_cpus, &f->machine->host.packages);
}

static void on_threads(HostFile *f, char *args)
{
        on_number(f, args, 8, &f->machine->host.threads);
}

static void on_mhz(HostFile *f, char *args)
{
        char *end;

        f->machine->host.mhz = strtod(args, &end);
        if (*end || f->machine->host.mhz <= 0)
                hostfile_complain(f, "'%s' is no frequency in MHz", args);
}

static void append_words(HostFile *f, char **where, const char *words)
{
        char *joined = NULL;

        if (asprintf(&joined, "%s%s%s", *where ? *where : "", *where ? " " : "", words) < 0) {
                hostfile_complain(f, "out of memory");
                return;
        }
        free(*where);
        *where = joined;
}

static void on_flags(HostFile *f, char *args)
{
        Host *host = &f->machine->host;
        char *colon = strchr(args, ':');
        bool *set;

        if (!colon) {
                append_words(f, &host->flags, args);
                return;
        }
        *colon = '\0';
        set = hostfile_cpus(f, &args);
        for (unsigned i = 0; set && i < host->n_cpus; i++)
                if (set[i])
                        append_words(f, &host->cpus[i].flags, trim(colon + 1));
        free(set);
}

static void on_clocksource(HostFile *f, char *args)
{
        Host *host = &f->machine->host;
        char *word;

        while ((word = next_word(&args))) {
                if (strncmp(word, "current=", 8) == 0 && clock_set_current(host, word + 8) >= 0)
                        continue;
                if (strncmp(word, "available=", 10) == 0 && clock_set_available(host, word + 10) >= 0)
                        continue;
                if (strncmp(word, "settle=", 7) == 0 && parse_unsigned(word + 7, 60000, &host->clock_settle_ms) >= 0)
                        continue;
                hostfile_complain(f, "'%s': expected current=NAME, available=NAME,NAME… or settle=MSEC", word);
        }
}

static void on_nodes(HostFile *f, char *args)
{
        bool nodes[NODES_MAX] = { false };

        if (parse_cpu_list(args, NODES_MAX, nodes) < 0 || strcmp(args, "all") == 0)
                hostfile_complain(f, "'%s' is no list of nodes below %u; write one such as 0-3", args, NODES_MAX);
        else if (replace_string(&f->machine->host.nodes, args) < 0)
                hostfile_complain(f, "out of memory");
}

static void on_cpufreq_driver(HostFile *f, char *args)
{
        if (strcmp(args, "unloaded") != 0)
                hostfile_complain(f, "'%s': only `cpufreq-driver unloaded` is known", args);
        f->machine->host.cpufreq_loaded = false;
}

static void on_idle_governor(HostFile *f, char *args)
{
        Host *host = &f->machine->host;
        char *name = next_word(&args), *list = next_word(&args);

        if (!name || replace_string(&host->idle_governor, name) < 0)
                hostfile_complain(f, "expected: idle-governor NAME [available=NAME,NAME…]");
        if (list && (strncmp(list, "available=", 10) != 0 || names_split(&host->idle_governors, list + 10, ",") < 0))
                hostfile_complain(f, "'%s': expected available=NAME,NAME…", list);
}

static void on_epb(HostFile *f, char *args)
{
        Host *host = &f->machine->host;
        bool *set = hostfile_cpus(f, &args);
        unsigned v;

        if (set && parse_unsigned(trim(args), 15, &v) < 0)
                hostfile_complain(f, "'%s' is no energy bias between 0 and 15", args);
        else
                for (unsigned i = 0; set && i < host->n_cpus; i++)
                        if (set[i])
                                host->cpus[i].epb = (int)v;
        free(set);
}

static void on_kmsg(HostFile *f, char *args)
{
        Kmsg *k = &f->machine->host.kmsg;
        uint64_t usec = k->next > k->first ? k->ring[(k->next - 1) % k->size].usec + 1000 : 1000;
        unsigned prio;
        const char *text = kmsg_parse_prefix(args, &prio, &usec);

        if (!text)
                hostfile_complain(f, "a kernel line starts with its priority, as in: kmsg <6>[    1.234567] text");
        else if (kmsg_add_at(k, prio, usec, text) < 0)
                hostfile_complain(f, "out of memory");
}

static void on_kmsg_ring(HostFile *f, char *args)
{
        Kmsg *k = &f->machine->host.kmsg;
        char *size = next_word(&args), *first = next_word(&args);
        unsigned n, seq = 0;

        if (k->next != k->first)
                hostfile_complain(f, "kmsg-ring belongs before the first kmsg line");
        else if (!size || parse_unsigned(size, 1U << 20, &n) < 0 || n == 0 ||
                 (first && (strncmp(first, "first=", 6) != 0 || parse_unsigned(first + 6, INT_MAX, &seq) < 0)))
                hostfile_complain(f, "expected: kmsg-ring RECORDS [first=SEQUENCE]");
        else {
                kmsg_done(k);
                if (kmsg_init(k, n, seq) < 0)
                        hostfile_complain(f, "out of memory");
        }
}

static void on_kmsg_open(HostFile *f, char *args)
{
        int e = parse_errno(args);

        if (e < 0)
                hostfile_complain(f, "'%s' is no errno name", args);
        else
                f->machine->host.kmsg_open_errno = e;
}

static void on_fault(HostFile *f, char *args)
{
        void *more = reallocarray(f->faults, f->n_faults + 1, sizeof(*f->faults));

        if (!more) {
                hostfile_complain(f, "out of memory");
                return;
        }
        f->faults = more;
        f->faults[f->n_faults].line = f->line;
        f->faults[f->n_faults++].text = strdup(args);
}

static void hostfile_directive(HostFile *f, const char *verb, char *args, char *line)
{
        Host *host = &f->machine->host;
        const struct {
                const char *verb;
                char **where;
        } strings[] = { { "vendor", &host->vendor },     { "family", &host->family },
                        { "model", &host->model },       { "model-name", &host->model_name },
                        { "stepping", &host->stepping }, { "microcode", &host->microcode },
                        { "bugs", &host->bugs },         { "cmdline", &host->cmdline },
                        { "kernel", &host->kernel },     { "idle-driver", &host->idle_driver } };
        static const struct {
                const char *verb;
                void (*fn)(HostFile *f, char *args);
        } table[] = { { "offline", on_offline },
                      { "packages", on_packages },
                      { "threads", on_threads },
                      { "mhz", on_mhz },
                      { "flags", on_flags },
                      { "clocksource", on_clocksource },
                      { "nodes", on_nodes },
                      { "cpufreq", hostfile_cpufreq },
                      { "cpufreq-driver", on_cpufreq_driver },
                      { "idle-governor", on_idle_governor },
                      { "idle", hostfile_idle },
                      { "epb", on_epb },
                      { "vm", hostfile_vm },
                      { "kmsg", on_kmsg },
                      { "kmsg-ring", on_kmsg_ring },
                      { "kmsg-open", on_kmsg_open } };

        if (strcmp(verb, "cpus") == 0) {
                on_cpus(f, args);
                return;
        }
        if (!f->has_cpus) {
                hostfile_complain(f, "a host file starts with `cpus N`");
                return;
        }
        if (strcmp(verb, "fault") == 0 || strcmp(verb, "delay") == 0) {
                on_fault(f, line);
                return;
        }
        for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
                if (strcmp(verb, strings[i].verb) == 0) {
                        if (replace_string(strings[i].where, args) < 0)
                                hostfile_complain(f, "out of memory");
                        return;
                }
        for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
                if (strcmp(verb, table[i].verb) == 0) {
                        if (*args == '\0')
                                hostfile_complain(f, "%s says nothing", verb);
                        else
                                table[i].fn(f, args);
                        return;
                }
        hostfile_complain(f, "unknown word '%s'", verb);
}

/* A '#' that follows text is a comment too, except in kernel lines: "[CPU#0 -> CPU#1]" is one. */
static void cut_comment(char *line)
{
        if (strncmp(line, "kmsg ", 5) == 0)
                return;
        for (char *p = line; *p; p++)
                if (*p == '#' && (p == line || p[-1] == ' ' || p[-1] == '\t')) {
                        *p = '\0';
                        return;
                }
}

static void hostfile_finish(HostFile *f)
{
        Machine *m = f->machine;

        if (!f->has_cpus) {
                hostfile_complain(f, "no `cpus N` in this file");
                return;
        }
        if (f->mistakes > 0)
                return;
        if (host_settle_defaults(&m->host) < 0 || tree_build(&m->tree, &m->host) < 0) {
                hostfile_complain(f, "out of memory");
                return;
        }
        if (!clock_has(&m->host, m->host.clocksource))
                hostfile_complain(f, "clocksource current=%s is not among the available ones", m->host.clocksource);
        for (size_t i = 0; i < f->n_faults; i++) {
                char *args = f->faults[i].text, *verb = args ? next_word(&args) : NULL;
                const char *why = "out of memory";
                int r = -ENOMEM;

                f->line = f->faults[i].line;
                if (verb)
                        r = strcmp(verb, "fault") == 0 ? machine_add_fault(m, args, &why) :
                                                         machine_add_delay(m, args, &why);
                if (r < 0)
                        hostfile_complain(f, "%s", why);
        }
}

int machine_load(Machine *m, const char *path)
{
        HostFile f = { .machine = m, .path = path };
        FILE *in = fopen(path, "re");
        char *line = NULL;
        size_t size = 0;

        *m = (Machine) {};
        if (!in) {
                int r = -errno;

                fprintf(stderr, "madehost: %s: %m\n", path);
                return r;
        }
        while (getline(&line, &size, in) >= 0) {
                char *text, *whole, *args, *verb;

                f.line++;
                text = trim(line);
                cut_comment(text);
                text = trim(text);
                if (*text == '\0')
                        continue;
                whole = strdup(text);
                args = text;
                verb = next_word(&args);
                if (whole)
                        hostfile_directive(&f, verb, trim(args), whole);
                free(whole);
        }
        free(line);
        fclose(in);
        hostfile_finish(&f);
        for (size_t i = 0; i < f.n_faults; i++)
                free(f.faults[i].text);
        free(f.faults);
        if (f.mistakes == 0)
                return 0;
        machine_done(m);
        return -EINVAL;
}
