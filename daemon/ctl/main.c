/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "base/words.h"
#include "ctl/verbs.h"

static CtlOptions arg_options = { .config = TSCWARDEN_CONFIG_FILE };

typedef struct Verb {
        const char *name;
        int (*run)(const CtlOptions *options);
        const char *help;
        const char *words; /* one of these has to follow; NULL: none */
        const char *local; /* why it does not take -H; NULL: it does */
} Verb;

#define CHANGES_THIS_MACHINE "-H does not work with this verb: run it on that host by ssh"

static const Verb verbs[] = {
        { "status", verb_status, "is the TSC fine, since when, what it costs, what to do", NULL, NULL },
        { "plan", verb_plan, "what tscwardend would change now", NULL, NULL },
        { "watch", verb_watch, "a line for each change, until interrupted", NULL, NULL },
        { "check", verb_check, "check against the KVM timekeeping recommendations", NULL,
          "check reads files of its own machine: `ssh HOST tscwarden check` asks another" },
        { "guests", verb_guests, "each virtual machine's clock, seen from this host", NULL,
          "guests reads files of its own machine: `ssh HOST tscwarden guests` asks another" },
        { "kargs", verb_kargs, "plan, apply or revert the boot parameters that keep the TSC", "plan apply revert",
          CHANGES_THIS_MACHINE },
        { "probe", verb_probe, "measure whether the CPUs' TSCs differ", NULL,
          "probe measures its own machine: `ssh HOST tscwarden probe` measures another" },
        { "guest", verb_guest, "setup or undo: in a guest, chrony on the host's clock", "setup undo",
          CHANGES_THIS_MACHINE },
};

typedef struct Option {
        const char *name;
        const char **value;  /* set to its argument; NULL: it takes none */
        bool *flag;          /* set to true, if it takes no argument */
        const char *verbs;   /* which take it; NULL: all of them */
        const char *refusal; /* the message if another verb gets it */
} Option;

static const Option options[] = {
        { "host", &arg_options.host, NULL, NULL, NULL },
        { "config", &arg_options.config, NULL, NULL, NULL },
        { "textfile", &arg_options.textfile, NULL, NULL, NULL },
        { "json", NULL, &arg_options.json, NULL, NULL },
        { "metrics", NULL, &arg_options.metrics, "status guests", "--metrics belongs to status and guests" },
        { "labels", NULL, &arg_options.labels, "status", "--labels belongs to status" },
        { "dry-run", NULL, &arg_options.dry_run, "guest",
          "--dry-run belongs to guest; kargs plan says what kargs apply would do" },
        { "role", &arg_options.role, NULL, "check", "--role belongs to check" },
        { "against", &arg_options.against, NULL, "check guests", "--against belongs to check and guests" },
        { "cpus", &arg_options.cpus, NULL, "probe", "--cpus, --seconds and --all belong to probe" },
        { "seconds", &arg_options.seconds, NULL, "probe", "--cpus, --seconds and --all belong to probe" },
        { "all", NULL, &arg_options.all, "probe", "--cpus, --seconds and --all belong to probe" },
        { "ask", NULL, &arg_options.ask, "guests", "--ask and --compare belong to guests" },
        { "compare", &arg_options.compare, NULL, "guests", "--ask and --compare belong to guests" },
};

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
        enum { ARG_VERSION = ARRAY_SIZE(options), ARG_HELP, ARG_MAX_ };
        struct option known[ARG_MAX_ + 1] = {
                [ARG_VERSION] = { "version", no_argument, NULL, ARG_VERSION },
                [ARG_HELP] = { "help", no_argument, NULL, ARG_HELP },
        };
        int c;

        for (int i = 0; i < ARG_VERSION; i++)
                known[i] = (struct option) {
                        options[i].name,
                        options[i].value ? required_argument : no_argument,
                        NULL,
                        i,
                };
        while ((c = getopt_long(argc, argv, "H:h", known, NULL)) >= 0)
                switch (c) {
                case 'H':
                        arg_options.host = optarg;
                        break;
                case ARG_VERSION:
                        puts("tscwarden " TSCWARDEN_VERSION);
                        return 1;
                case 'h':
                case ARG_HELP:
                        print_help();
                        return 1;
                case '?':
                        fputs("Try --help.\n", stderr);
                        return -EINVAL;
                default:
                        if (options[c].value)
                                *options[c].value = optarg;
                        else
                                *options[c].flag = true;
                }
        return 0;
}

/* The message about an option that this verb does not take, or NULL. */
static const char *find_conflict(const Verb *verb)
{
        for (unsigned i = 0; i < ARRAY_SIZE(options); i++)
                if ((options[i].value ? *options[i].value != NULL : *options[i].flag) && options[i].verbs &&
                    !words_have(options[i].verbs, verb->name))
                        return options[i].refusal;
        if (arg_options.metrics + arg_options.labels + arg_options.json > 1)
                return "--metrics, --labels and --json are three formats: choose one";
        if (arg_options.textfile && !arg_options.metrics && !arg_options.labels)
                return "--textfile needs --metrics or --labels";
        if (arg_options.host && verb->local)
                return verb->local;
        if (arg_options.host && !arg_options.host[0])
                return "-H needs the name of a host";
        if (arg_options.against && arg_options.metrics)
                return "--against and --metrics exclude each other";
        if (arg_options.role && !words_have("host guest both", arg_options.role))
                return "--role is host, guest or both";
        if (arg_options.against && !arg_options.against[0])
                return "--against needs the name of a host";
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
        const char *allowed = verb->words;

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
