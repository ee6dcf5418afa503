/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "base/log.h"
#include "bus/bus-internal.h"
#include "bus/bus.h"
#include "host/capabilities.h"
#include "host/config/config-fault.h"
#include "host/config/config-store.h"
#include "host/config/config.h"
#include "host/cpu.h"
#include "host/facts.h"
#include "host/helper.h"
#include "host/originals.h"
#include "host/runtime.h"
#include "manager/manager.h"
#include "manager/remarks.h"
#include "manager/run.h"
#include "model/facts.h"
#include "model/need.h"
#include "model/originals.h"
#include "model/plan-types.h"
#include "model/plan.h"
#include "model/policy.h"
#include "model/snapshot.h"
#include "show/dry-run.h"
#include "show/show.h"

#define EXIT_USAGE 2
/* EX_CONFIG of sysexits.h; the unit names it in RestartPreventExitStatus=. */
#define EXIT_CONFIG 78

enum { MODE_DAEMON, MODE_CHECK_CONFIG, MODE_DRY_RUN, MODE_RESTORE };

static const char *arg_config = TSCWARDEN_CONFIG_FILE;
static int arg_mode = MODE_DAEMON;

static void sd_event_unrefp_(sd_event **event)
{
        sd_event_unref(*event);
}

static void print_help(void)
{
        puts("tscwardend [OPTION]\n"
             "Keeps the clock of a KVM host fit for its guests: sets governor and C-states\n"
             "where the CPU's TSC needs it, and puts the original values back when stopped.\n\n"
             "  --config FILE    read FILE instead of " TSCWARDEN_CONFIG_FILE "\n"
             "  --check-config   print the policy the configuration means; write nothing\n"
             "  --dry-run        print facts, need and plan of this host; write nothing\n"
             "  --restore        put back the values that a killed daemon left changed\n"
             "  --version        print the version\n"
             "  --help           print this\n\n"
             "Exit status: 0 fine, 1 failed, 2 usage, 78 configuration refused.");
}

/* 0: go on. 1: done. -EINVAL: wrong usage, already reported on stderr. */
static int parse_argv(int argc, char **argv)
{
        enum { ARG_CONFIG = 0x100, ARG_VERSION, ARG_HELP };
        static const struct option options[] = {
                { "config", required_argument, NULL, ARG_CONFIG },
                { "check-config", no_argument, &arg_mode, MODE_CHECK_CONFIG },
                { "dry-run", no_argument, &arg_mode, MODE_DRY_RUN },
                { "restore", no_argument, &arg_mode, MODE_RESTORE },
                { "version", no_argument, NULL, ARG_VERSION },
                { "help", no_argument, NULL, ARG_HELP },
                {},
        };
        int c;

        while ((c = getopt_long(argc, argv, "", options, NULL)) >= 0)
                switch (c) {
                case 0:
                        break;
                case ARG_CONFIG:
                        arg_config = optarg;
                        break;
                case ARG_VERSION:
                        puts("tscwarden " TSCWARDEN_VERSION);
                        return 1;
                case ARG_HELP:
                        print_help();
                        return 1;
                default:
                        fputs("Try --help.\n", stderr);
                        return -EINVAL;
                }
        if (optind < argc) {
                fprintf(stderr, "tscwardend takes no arguments, only options: '%s'. Try --help.\n", argv[optind]);
                return -EINVAL;
        }
        return 0;
}

static void log_remarks(const Config *config, const ConfigFaults *faults)
{
        _cleanup_facts_ Facts facts = {};

        /* The level of a remark depends on what this host needs. Whoever needs the facts reports that they cannot be
         * read. */
        if (faults->n == 0)
                return;
        if (facts_read(&facts) < 0)
                remarks_log(faults, (Halves) { .frequency = true, .idle = true });
        else
                remarks_log(faults, need_under_mode(&facts, config->apply, config->filled));
}

/* 0, or the exit status of a refusal that is already reported. */
static int load_config(Config *ret)
{
        _cleanup_config_faults_ ConfigFaults faults = {};
        int r = config_load(arg_config, ret, &faults);

        if (r == 0) {
                log_remarks(ret, &faults);
                return 0;
        }
        for (unsigned i = 0; i < faults.n; i++)
                log_message(LOG_ERR, "%s", faults.entries[i].text);
        if (faults.n == 0)
                (void)log_error_errno(r, "Cannot read %s", arg_config);
        return EXIT_CONFIG;
}

static int finish_output(int r)
{
        if (r < 0) {
                (void)log_error_errno(r, "Failed");
                return EXIT_FAILURE;
        }
        if (fflush(stdout) != 0 || ferror(stdout)) {
                (void)log_error_errno(errno > 0 ? -errno : -EIO, "Cannot write the output");
                return EXIT_FAILURE;
        }
        return EXIT_SUCCESS;
}

static int cannot_read_host(int error)
{
        (void)log_error_errno(
                error, "Cannot read the facts of this host (/proc/cpuinfo, /proc/cmdline, /sys/devices/system/cpu)");
        return EXIT_FAILURE;
}

static int dry_run(const Config *config)
{
        _cleanup_dry_run_ DryRun dry = {};
        int r = dry_run_make(config, &dry);

        return r < 0 ? cannot_read_host(r) : finish_output(dry_run_show(stdout, &dry));
}

/* A killed daemon holds its lock until the kernel has closed its files. */
#define LOCK_MSEC 2000

/* 0: locked, and *ret_fd is open. Or a negative errno that is already reported. */
static int open_runtime(int *ret_fd)
{
        int fd, r = runtime_open(NULL, &fd);

        if (r < 0)
                return log_error_errno(r, "Cannot open the runtime directory (/run/tscwarden, or $RUNTIME_DIRECTORY)");
        r = runtime_lock_within(fd, LOCK_MSEC);
        if (r < 0) {
                close(fd);
                return r == -EBUSY ?
                               log_error_errno(r, "Another tscwardend is running; systemctl stop tscwarden first") :
                               log_error_errno(r, "Cannot lock the runtime directory");
        }
        *ret_fd = fd;
        return 0;
}

static int restore_originals(int fd, Originals *originals)
{
        _cleanup_(run_done) Run run = {};
        _cleanup_plan_ Plan plan = {};
        _cleanup_snapshot_ Snapshot snapshot = {};
        _cleanup_facts_ Facts facts = {};
        Policy nothing = {};
        int r = facts_read(&facts);

        if (r < 0)
                return cannot_read_host(r);
        r = cpu_ops.enumerate(NULL, &snapshot);
        if (r < 0)
                return cannot_read_host(r);
        cpu_read_energy(&cpu_ops, NULL, &nothing, originals, &snapshot);
        PlanInput input = {
                .snapshot = &snapshot,
                .policy = &nothing,
                .originals = originals,
                .fragile_tsc = facts_tsc_is_fragile(&facts),
        };
        r = plan_build(&input, &plan);
        if (r < 0)
                return finish_output(r);
        r = show_plan(stdout, "Restore", &plan, &snapshot);
        if (r < 0)
                return finish_output(r);
        run_init(&run, &cpu_ops, NULL, &plan, &snapshot, input.fragile_tsc);
        r = run_to_end(&run);
        if (r < 0)
                return finish_output(r);
        r = show_findings(stdout, &plan.findings);
        if (r < 0)
                return finish_output(r);
        r = show_findings(stdout, &run.findings);
        if (r < 0)
                return finish_output(r);
        (void)originals_drop_returned(originals, &plan, &snapshot, true);
        r = finish_output(host_originals_save(fd, originals));
        return r == EXIT_SUCCESS && originals->n > 0 ? EXIT_FAILURE : r;
}

static int restore(void)
{
        _cleanup_originals_ Originals originals = {};
        int fd = -1, r;

        if (open_runtime(&fd) < 0)
                return EXIT_FAILURE;
        r = host_originals_load(fd, &originals);
        if (r < 0) {
                (void)log_error_errno(r, "Cannot read the original values in the runtime directory");
                r = EXIT_FAILURE;
        } else if (originals.n == 0) {
                puts("Nothing to restore: there are no original values of this boot.");
                r = finish_output(0);
        } else
                r = restore_originals(fd, &originals);
        close(fd);
        return r;
}

static int cannot_start(int error, const char *what)
{
        (void)log_error_errno(error, "Cannot start: %s", what);
        return EXIT_FAILURE;
}

static int on_helper_gone(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        log_message(
                LOG_ERR,
                "The process that writes the knobs for the daemon has ended, and so the daemon ends. The policy stays in force; systemd starts both again.");
        return sd_event_exit(sd_event_source_get_event(source), EXIT_FAILURE);
}

/* A process of uid 0 gains nothing by it: PID 1 and others obey it without capabilities. */
static void start_helper(const Config *config, Helper *helper)
{
        int r;

        if (geteuid() == 0)
                return;
        /* access(2) asks for the user without its capabilities. */
        for (unsigned i = 0; i < config->n_files; i++)
                if (access(config->files[i], R_OK) < 0)
                        log_message(
                                LOG_WARNING,
                                "Only root may read %s. The daemon has read it before it dropped its capabilities, but a reload cannot; chmod a+r %s mends that.",
                                config->files[i], config->files[i]);
        r = helper_start(helper);
        if (r < 0)
                (void)log_error_errno(
                        r,
                        "Cannot split off a process that writes the knobs, so the daemon writes them and keeps all of its capabilities");
}

static int run_daemon(Config *config)
{
        _cleanup_helper_ Helper helper = { .ops = cpu_ops, .fd = -1, .fanotify = -1 };
        _cleanup_(sd_event_unrefp_) sd_event *event = NULL;
        _cleanup_(manager_freep) Manager *manager = NULL;
        _cleanup_(bus_freep) Bus *bus = NULL;
        int fd = -1, r;

        /* Without a directory for the originals nothing may be written, but the daemon can still watch. */
        r = open_runtime(&fd);
        if (r == -EBUSY)
                return EXIT_FAILURE;
        start_helper(config, &helper);
        r = sd_event_default(&event);
        if (r < 0)
                return cannot_start(r, "the event loop");
        r = helper.fd < 0 ? 0 : sd_event_add_io(event, NULL, helper.fd, 0, on_helper_gone, NULL);
        if (r < 0)
                return cannot_start(r, "the watch on the process that writes the knobs");
        r = sd_event_set_watchdog(event, true);
        if (r < 0)
                return cannot_start(r, "the service's watchdog");
        r = manager_new(event, &helper.ops, &helper, fd, arg_config, config, &manager);
        if (r < 0)
                return cannot_start(r, "the manager");
        r = bus_new(event, manager, TSCWARDEN_VERSION, &bus);
        if (r < 0)
                return cannot_start(r, "the bus");
        if (manager_start(manager) < 0)
                return EXIT_FAILURE;
        r = sd_event_loop(event);
        if (r < 0) {
                (void)log_error_errno(r, "The event loop failed");
                return EXIT_FAILURE;
        }
        return r;
}

int main(int argc, char **argv)
{
        _cleanup_config_ Config config = {};
        sigset_t signals;
        int r = parse_argv(argc, argv);

        if (r != 0)
                return r < 0 ? EXIT_USAGE : EXIT_SUCCESS;
        log_init();

        /* Before anything else, so that a SIGTERM during the start also stops the daemon in order. */
        sigemptyset(&signals);
        sigaddset(&signals, SIGHUP);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGINT);
        if (arg_mode == MODE_DAEMON)
                sigprocmask(SIG_BLOCK, &signals, NULL);

        if (arg_mode == MODE_RESTORE)
                return restore();
        /* systemd runs it before a reload, with the daemon's user and capabilities. It says what the daemon will be
         * able to read. */
        if (arg_mode == MODE_CHECK_CONFIG && geteuid() != 0)
                (void)capabilities_keep(0);
        r = load_config(&config);
        if (r != 0)
                return r;
        switch (arg_mode) {
        case MODE_CHECK_CONFIG:
                return finish_output(show_config(stdout, &config));
        case MODE_DRY_RUN:
                return dry_run(&config);
        default:
                return run_daemon(&config);
        }
}
