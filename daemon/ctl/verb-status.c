/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "ctl/ctl-bus.h"
#include "ctl/json.h"
#include "ctl/status.h"
#include "ctl/verbs.h"
#include "host/runtime.h"

/* What is known of this machine besides what its daemon says. */
typedef struct Around {
        RateHere rate;
        ProbeRecord probe;
        StatusInput input;
} Around;

static void around_done(Around *around)
{
        probe_record_done(&around->probe);
}

/* Of another host nothing is read. 0 or -ENOMEM. */
static int read_around(const CtlOptions *options, const WardenState *state, Around *around)
{
        int r;

        around->input = (StatusInput) {
                .state = state,
                .now_usec = time_usec(CLOCK_REALTIME),
                .color = ctl_wants_color(),
        };
        if (options->host)
                return 0;
        r = rate_here_read(json_get_text(state->clock, "Clocksource"), &around->rate);
        if (r < 0)
                return r;
        around->input.rate = &around->rate;
        around->input.probe = probe_record_read(&around->probe) == 0 ? &around->probe : NULL;
        return 0;
}

static int show(const CtlOptions *options, StatusInput *input)
{
        _cleanup_free_ char *host = options->host ? text_escape(options->host) : NULL;
        _cleanup_losses_ Losses losses = {};

        if (options->host && !host)
                return -ENOMEM;
        input->host = host;
        input->losses = &losses;
        input->losses_error = options->host ? 0 : losses_read(&losses);
        return status_show(stdout, input);
}

/* The collector reads every *.prom of its directory at any time: hence a rename, and another name until then. */
static int replace_textfile(const char *path, const char *text, size_t size)
{
        _cleanup_free_ char *directory = strdup(path);
        const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
        struct stat st;
        int fd, r;

        if (!directory)
                return -ENOMEM;
        /* A rename would put a file in the place of /dev/null. */
        if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
                return -ENOTSUP;
        directory[name - path] = '\0';
        fd = open(directory[0] ? directory : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        r = runtime_replace_file(fd, name, text, size, 0644);
        close(fd);
        return r;
}

static int write_metrics(const CtlOptions *options, const StatusInput *input)
{
        _cleanup_free_ char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        int r;

        if (!out)
                return ctl_complain(NULL);
        status_show_metrics(out, input);
        if (ferror(out) | fclose(out))
                return ctl_complain(NULL);
        if (!options->textfile || strcmp(options->textfile, "-") == 0) {
                fputs(text, stdout);
                return ctl_finish(0, CTL_FINE);
        }
        r = replace_textfile(options->textfile, text, size);
        if (r < 0) {
                fprintf(stderr, "tscwarden: Cannot write %s: %s\n", options->textfile,
                        r == -ENOTSUP ? "it is no regular file; - is standard output" : strerror(-r));
                return CTL_NO_ANSWER;
        }
        return CTL_FINE;
}

int verb_status(const CtlOptions *options)
{
        _cleanup_(ctl_bus_freep) CtlBus *bus = NULL;
        _cleanup_warden_state_ WardenState state = {};
        _cleanup_(around_done) Around around = {};
        _cleanup_free_ char *why = NULL;

        if (ctl_bus_open(options->host, &bus, &why) != BUS_OK ||
            ctl_bus_read_state(bus, /* with_cpus= */ !options->metrics, &state, &why) != BUS_OK)
                return ctl_complain(why);
        if (read_around(options, &state, &around) < 0)
                return ctl_complain(NULL);
        if (options->metrics)
                return write_metrics(options, &around.input);
        return ctl_finish(options->json ? status_show_json(stdout, &around.input) : show(options, &around.input),
                          warden_exit_status(&state));
}
