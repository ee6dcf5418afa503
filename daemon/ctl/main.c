/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/parse.h"
#include "base/words.h"
#include "ctl/verbs.h"
#include "model/facts.h"

typedef struct Verb {
        const char *name;
        int (*run)(const CtlOptions *options);
        const char *help;
} Verb;

static const Verb verbs[] = {
        { "status", verb_status, "is the TSC fine, since when, what it costs, what to do" },
        { "plan", verb_plan, "what tscwardend would change now" },
        { "watch", verb_watch, "a line for each change, until interrupted" },
        { "check", verb_check, "check against the KVM timekeeping recommendations" },
        { "guests", verb_guests, "each virtual machine's clock, seen from this host" },
        { "kargs", verb_kargs, "plan, apply or revert the boot parameters that keep the TSC" },
        { "probe", verb_probe, "measure whether the CPUs' TSCs differ" },
        { "guest", verb_guest, "setup or undo: in a guest, chrony on the host's clock" },
};

/* Verbs after which one of the words has to follow. They act only on this machine. */
static const struct {
        int (*run)(const CtlOptions *options);
        const char *words;
} actions[] = {
        { verb_kargs, "plan apply revert" },
        { verb_guest, "setup undo" },
};

/* The words one of which has to follow the verb, or NULL. */
static const char *words_of(const Verb *verb)
{
        for (unsigned i = 0; i < ARRAY_SIZE(actions); i++)
                if (actions[i].run == verb->run)
                        return actions[i].words;
        return NULL;
}

static CtlOptions arg_options = { .config = TSCWARDEN_CONFIG_FILE };

static void print_help(void)
{
        puts("tscwarden [OPTION...] VERB\n"
             "Asks tscwardend, which keeps the clock of a KVM host fit for its guests.\n");
        for (unsigned i = 0; i < ARRAY_SIZE(verbs); i++)
                printf("  %-18s %s\n", verbs[i].name, verbs[i].help);
        puts("\n"
             "  -H, --host [USER@]HOST   ask that host, by ssh\n"
             "  --json                   print JSON\n"
             "  --metrics                status or guests as Prometheus metrics\n"
             "  --labels                 status as labels for node feature discovery\n"
             "  --textfile FILE          replace FILE with the metrics or labels\n"
             "  --config FILE            plan without tscwardend: read FILE instead of\n"
             "                           " TSCWARDEN_CONFIG_FILE "\n"
             "  --role ROLE              check as host, guest or both; else check finds out\n"
             "  --against [USER@]HOST    check or guests: can guests migrate there, by ssh\n"
             "  --cpus LIST              probe these CPUs, isolated ones too\n"
             "  --seconds N              probe for N seconds, a round each\n"
             "  --all                    probe isolated CPUs too\n"
             "  --ask                    guests: ask each one's agent for its time\n"
             "  --compare FILE           guests: ask, and print what each clock lost or gained\n"
             "                           since `guests --ask --json` printed FILE\n"
             "  --dry-run                guest: say what would be done, and do nothing\n"
             "  --version                print the version\n"
             "  -h, --help               print this\n\n"
             "Examples:\n"
             "  tscwarden status\n"
             "  tscwarden -H root@kvm7 status\n"
             "  tscwarden status --json | jq -r .Clock.Verdict\n"
             "  tscwarden watch\n"
             "  tscwarden kargs plan\n"
             "  sudo tscwarden check\n"
             "  sudo tscwarden check --against root@kvm8\n\n"
             "Exit status: 0 fine, 1 something is wrong on this host, 2 usage, 3 could not\n"
             "find out. tscwarden(1) says what counts as wrong.");
}

/* 0: go on; 1: nothing else to do; -EINVAL after a message on stderr. */
static int parse_options(int argc, char **argv)
{
        enum {
                ARG_JSON = 0x100,
                ARG_METRICS,
                ARG_LABELS,
                ARG_TEXTFILE,
                ARG_CONFIG,
                ARG_ROLE,
                ARG_AGAINST,
                ARG_DRY_RUN,
                ARG_CPUS,
                ARG_SECONDS,
                ARG_ALL,
                ARG_ASK,
                ARG_COMPARE,
                ARG_VERSION
        };
        static const struct option options[] = {
                { "host", required_argument, NULL, 'H' },
                { "json", no_argument, NULL, ARG_JSON },
                { "metrics", no_argument, NULL, ARG_METRICS },
                { "labels", no_argument, NULL, ARG_LABELS },
                { "textfile", required_argument, NULL, ARG_TEXTFILE },
                { "config", required_argument, NULL, ARG_CONFIG },
                { "role", required_argument, NULL, ARG_ROLE },
                { "against", required_argument, NULL, ARG_AGAINST },
                { "cpus", required_argument, NULL, ARG_CPUS },
                { "seconds", required_argument, NULL, ARG_SECONDS },
                { "all", no_argument, NULL, ARG_ALL },
                { "ask", no_argument, NULL, ARG_ASK },
                { "compare", required_argument, NULL, ARG_COMPARE },
                { "dry-run", no_argument, NULL, ARG_DRY_RUN },
                { "version", no_argument, NULL, ARG_VERSION },
                { "help", no_argument, NULL, 'h' },
                {},
        };
        int c;

        while ((c = getopt_long(argc, argv, "H:h", options, NULL)) >= 0)
                switch (c) {
                case 'H':
                        arg_options.host = optarg;
                        break;
                case ARG_JSON:
                        arg_options.json = true;
                        break;
                case ARG_METRICS:
                        arg_options.metrics = true;
                        break;
                case ARG_LABELS:
                        arg_options.labels = true;
                        break;
                case ARG_TEXTFILE:
                        arg_options.textfile = optarg;
                        break;
                case ARG_CONFIG:
                        arg_options.config = optarg;
                        break;
                case ARG_ROLE:
                        arg_options.role = optarg;
                        break;
                case ARG_AGAINST:
                        arg_options.against = optarg;
                        break;
                case ARG_CPUS:
                        arg_options.cpus = optarg;
                        break;
                case ARG_SECONDS:
                        arg_options.seconds = optarg;
                        break;
                case ARG_ALL:
                        arg_options.all = true;
                        break;
                case ARG_ASK:
                        arg_options.ask = true;
                        break;
                case ARG_COMPARE:
                        arg_options.compare = optarg;
                        break;
                case ARG_DRY_RUN:
                        arg_options.dry_run = true;
                        break;
                case ARG_VERSION:
                        puts("tscwarden " TSCWARDEN_VERSION);
                        return 1;
                case 'h':
                        print_help();
                        return 1;
                default:
                        fputs("Try --help.\n", stderr);
                        return -EINVAL;
                }
        return 0;
}

/* The message about an option that this verb does not take, or NULL. */
static const char *find_conflict(const Verb *verb)
{
        if (arg_options.metrics && verb->run != verb_status && verb->run != verb_guests)
                return "--metrics belongs to status and guests";
        if (arg_options.labels && verb->run != verb_status)
                return "--labels belongs to status";
        if (arg_options.metrics + arg_options.labels + arg_options.json > 1)
                return "--metrics, --labels and --json are three formats: choose one";
        if (arg_options.textfile && !arg_options.metrics && !arg_options.labels)
                return "--textfile needs --metrics or --labels";
        if (arg_options.dry_run && verb->run != verb_guest)
                return "--dry-run belongs to guest; kargs plan says what kargs apply would do";
        if (arg_options.host && words_of(verb))
                return "-H does not work with this verb: run it on that host by ssh";
        if (arg_options.host && !arg_options.host[0])
                return "-H needs the name of a host";
        if (arg_options.role && verb->run != verb_check)
                return "--role belongs to check";
        if (arg_options.against && verb->run != verb_check && verb->run != verb_guests)
                return "--against belongs to check and guests";
        if (arg_options.against && arg_options.metrics)
                return "--against and --metrics exclude each other";
        if (arg_options.role && strcmp(arg_options.role, "host") != 0 && strcmp(arg_options.role, "guest") != 0 &&
            strcmp(arg_options.role, "both") != 0)
                return "--role is host, guest or both";
        if (arg_options.against && !arg_options.against[0])
                return "--against needs the name of a host";
        if (arg_options.host && verb->run == verb_guests)
                return "guests reads files of its own machine: `ssh HOST tscwarden guests` asks another";
        if ((arg_options.cpus || arg_options.seconds || arg_options.all) && verb->run != verb_probe)
                return "--cpus, --seconds and --all belong to probe";
        if ((arg_options.ask || arg_options.compare) && verb->run != verb_guests)
                return "--ask and --compare belong to guests";
        if (arg_options.host && verb->run == verb_probe)
                return "probe measures its own machine: `ssh HOST tscwarden probe` measures another";
        if (arg_options.host && verb->run == verb_check)
                return "check reads files of its own machine: `ssh HOST tscwarden check` asks another";
        return NULL;
}

static const Verb *find_verb(const char *name)
{
        const Verb *nearest = NULL;
        unsigned least = 4;

        for (const Verb *verb = verbs; verb < verbs + ARRAY_SIZE(verbs); verb++) {
                unsigned distance = text_distance(name, verb->name);

                if (strcmp(name, verb->name) == 0)
                        return verb;
                if (distance < least) {
                        least = distance;
                        nearest = verb;
                }
        }
        if (nearest)
                (void)ctl_complain("There is no verb '%s'; did you mean %s?", name, nearest->name);
        else
                (void)ctl_complain("There is no verb '%s'. Try --help.", name);
        return NULL;
}

/* Reads the arguments after the verb. 0, or -EINVAL after a message on stderr. */
static int parse_word(const Verb *verb, char **words, int n)
{
        const char *allowed = words_of(verb);

        if (allowed && (n == 0 || !words_have(allowed, words[0]))) {
                (void)ctl_complain("%s takes one of: %s", verb->name, allowed);
                return -EINVAL;
        }
        if (verb->run == verb_guests) {
                arg_options.names = words;
                arg_options.n_names = (unsigned)n;
                return 0;
        }
        if (n > (allowed != NULL)) {
                (void)ctl_complain("%s takes no %sargument: '%s'", verb->name, allowed ? "further " : "",
                                   words[allowed != NULL]);
                return -EINVAL;
        }
        arg_options.word = allowed ? words[0] : NULL;
        return 0;
}

int main(int argc, char **argv)
{
        const char *conflict;
        const Verb *verb;
        int r = parse_options(argc, argv);

        if (r != 0)
                return r < 0 ? CTL_USAGE : ctl_finish(0, CTL_FINE);
        if (optind == argc) {
                (void)ctl_complain("Which verb? Try `tscwarden status` or --help.");
                return CTL_USAGE;
        }
        verb = find_verb(argv[optind]);
        if (!verb)
                return CTL_USAGE;
        if (parse_word(verb, argv + optind + 1, argc - optind - 1) < 0)
                return CTL_USAGE;
        conflict = find_conflict(verb);
        if (conflict) {
                (void)ctl_complain("%s", conflict);
                return CTL_USAGE;
        }
        return verb->run(&arg_options);
}
