/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * madehost: runs a command on a host that a text file describes. The server's mount namespace holds the FUSE mount
 * only; the binds over /sys, /proc and /dev are made in the command's own, so that the server can never wait for
 * itself.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine.h"
#include "serve.h"
#include "uname.h"
#include "vm.h"

enum {
        EXIT_USAGE = 2,
        /* As env(1) and timeout(1) have it. */
        EXIT_SETUP = 125,
        EXIT_CANNOT_RUN = 126,
        EXIT_NOT_FOUND = 127,
};

static int usage(void)
{
        fputs("usage: madehost HOSTFILE [-- COMMAND ARGS...]\n"
              "       madehost --mount DIR HOSTFILE\n"
              "       madehost --check HOSTFILE\n",
              stderr);
        return EXIT_USAGE;
}

static int bind_over(const char *mountpoint, const char *name, const char *target)
{
        char source[512];

        if (access(target, F_OK) < 0)
                return 0;
        snprintf(source, sizeof(source), "%s/%s", mountpoint, name);
        if (mount(source, target, NULL, MS_BIND, NULL) == 0)
                return 0;
        fprintf(stderr, "madehost: cannot bind over %s: %m\n", target);
        return -1;
}

static int make_private_namespace(void)
{
        if (unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
                return 0;
        fprintf(stderr, "madehost: no mount namespace of its own: %m\n");
        return -1;
}

static _Noreturn void run_command(const char *mountpoint, char **argv, const sigset_t *mask, pid_t server,
                                  const Host *host)
{
        static const char *const binds[][2] = {
                { "cpu", "/sys/devices/system/cpu" },
                { "clocksource0", "/sys/devices/system/clocksource/clocksource0" },
                { "cpuinfo", "/proc/cpuinfo" },
                { "cmdline", "/proc/cmdline" },
                { "kmsg", "/dev/kmsg" },
                { "cpu_dma_latency", "/dev/cpu_dma_latency" },
        };
        bool bound = true;

        /* A command that runs longer than its server has no made host any more. */
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != server || make_private_namespace() < 0)
                _exit(EXIT_SETUP);
        for (size_t i = 0; bound && i < sizeof(binds) / sizeof(binds[0]); i++)
                bound = bind_over(mountpoint, binds[i][0], binds[i][1]) == 0;
        if (!bound || (host->nodes && bind_over(mountpoint, "nodes", "/sys/devices/system/node/online") < 0))
                _exit(EXIT_SETUP);
        setenv("MADEHOST", mountpoint, 1);
        sigprocmask(SIG_SETMASK, mask, NULL);
        if (vms_start(host) < 0)
                _exit(EXIT_SETUP);
        execvp(argv[0], argv);
        fprintf(stderr, "madehost: cannot run %s: %m\n", argv[0]);
        _exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN);
}

/* True once the command itself has ended, or when there is none and a signal asks to end. */
static bool handle_signal(int fd, pid_t command, int *status)
{
        struct signalfd_siginfo info;
        bool done = false;
        pid_t pid;
        int st;

        if (read(fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
                return false;
        if (info.ssi_signo != SIGCHLD) {
                if (command <= 0)
                        return true;
                /* Sent from the terminal, the command has it already. */
                if (info.ssi_signo != SIGINT || info.ssi_code != SI_KERNEL)
                        kill(command, (int)info.ssi_signo);
                return false;
        }
        while ((pid = waitpid(-1, &st, WNOHANG)) > 0)
                if (pid == command) {
                        *status = WIFSIGNALED(st) ? 128 + WTERMSIG(st) : WEXITSTATUS(st);
                        done = true;
                }
        return done;
}

static int serve_until_done(Machine *m, Server *server, int signals, pid_t command, int questions)
{
        int status = EXIT_SUCCESS;

        for (;;) {
                struct pollfd fds[] = { { .fd = server_fd(server), .events = POLLIN },
                                        { .fd = signals, .events = POLLIN },
                                        { .fd = questions, .events = POLLIN } };

                if (poll(fds, 3, timer_next(&m->host)) < 0 && errno != EINTR)
                        return EXIT_SETUP;
                timer_run(&m->host);
                if (fds[0].revents && !server_dispatch(server)) {
                        if (command <= 0)
                                return status;
                        fprintf(stderr, "madehost: somebody unmounted the made host\n");
                        return EXIT_SETUP;
                }
                if (fds[2].revents)
                        uname_answer(questions);
                if (fds[1].revents && handle_signal(signals, command, &status))
                        return status;
        }
}

/* Processes that the command left running have lost their host and would only disturb the next test. */
static void end_leftovers(void)
{
        char path[64], *end;
        FILE *f;

        snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
        for (unsigned round = 0; round < 100; round++) {
                char pids[4096] = "";

                f = fopen(path, "re");
                if (f) {
                        if (!fgets(pids, sizeof(pids), f))
                                pids[0] = '\0';
                        fclose(f);
                }
                for (char *p = pids; *p; p = end) {
                        long pid = strtol(p, &end, 10);

                        if (end == p)
                                break;
                        if (pid > 0)
                                kill((pid_t)pid, SIGKILL);
                }
                while (waitpid(-1, NULL, WNOHANG) > 0)
                        ;
                if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD)
                        return;
                usleep(10000);
        }
}

static int block_signals(sigset_t *ret_old)
{
        sigset_t mask;

        sigemptyset(&mask);
        sigaddset(&mask, SIGTERM);
        sigaddset(&mask, SIGINT);
        sigaddset(&mask, SIGHUP);
        sigaddset(&mask, SIGCHLD);
        sigprocmask(SIG_BLOCK, &mask, ret_old);
        return signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int serve_directory(Machine *m, const char *dir)
{
        sigset_t old;
        int signals = block_signals(&old), status;
        Server *server;

        if (signals < 0 || server_start(m, dir, &server) < 0)
                return EXIT_SETUP;
        printf("madehost: serving on %s\n", dir);
        fflush(stdout);
        status = serve_until_done(m, server, signals, 0, -1);
        server_stop(server);
        close(signals);
        return status;
}

static int serve_command(Machine *m, char **argv)
{
        const char *tmp = getenv("TMPDIR");
        char dir[256];
        sigset_t old;
        int signals = block_signals(&old), status = EXIT_SETUP, questions = -1;
        pid_t self = getpid(), command = -1;
        Server *server;

        if (signals < 0 || make_private_namespace() < 0)
                return EXIT_SETUP;
        if (snprintf(dir, sizeof(dir), "%s/madehost.XXXXXX", tmp && *tmp ? tmp : "/tmp") >= (int)sizeof(dir) ||
            !mkdtemp(dir)) {
                fprintf(stderr, "madehost: no temporary directory: %m\n");
                return EXIT_SETUP;
        }
        if (server_start(m, dir, &server) < 0) {
                rmdir(dir);
                return EXIT_SETUP;
        }
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        if (m->host.kernel)
                questions = uname_listen(m->host.kernel);
        if (m->host.kernel && questions < 0)
                fprintf(stderr, "madehost: uname(2) cannot say %s here: %s\n", m->host.kernel, strerror(-questions));
        else
                command = fork();
        if (command == 0)
                run_command(dir, argv, &old, self, &m->host);
        if (command > 0)
                status = serve_until_done(m, server, signals, command, questions);
        else if (!m->host.kernel || questions >= 0)
                fprintf(stderr, "madehost: cannot fork: %m\n");
        if (questions >= 0)
                close(questions);
        server_stop(server);
        end_leftovers();
        if (rmdir(dir) < 0)
                fprintf(stderr, "madehost: %s stays behind: %m\n", dir);
        close(signals);
        return status;
}

int main(int argc, char **argv)
{
        char *shell = getenv("SHELL"), *no_command[] = { shell && *shell ? shell : (char[]) { "/bin/sh" }, NULL };
        const char *dir = NULL, *file;
        bool check = false;
        Machine m;
        int i = 1, status;

        vm_pretend();
        if (i < argc && strcmp(argv[i], "--help") == 0)
                return usage(), EXIT_SUCCESS;
        if (i < argc && strcmp(argv[i], "--check") == 0) {
                check = true;
                i++;
        } else if (i + 1 < argc && strcmp(argv[i], "--mount") == 0) {
                dir = argv[i + 1];
                i += 2;
        }
        if (i >= argc || argv[i][0] == '-')
                return usage();
        file = argv[i++];
        if (i < argc && (check || dir || strcmp(argv[i], "--") != 0 || i + 1 == argc))
                return usage();
        if (machine_load(&m, file) < 0)
                return EXIT_FAILURE;
        if (check)
                status = EXIT_SUCCESS;
        else if (dir)
                status = serve_directory(&m, dir);
        else
                status = serve_command(&m, i < argc ? argv + i + 1 : no_command);
        machine_done(&m);
        return status;
}
