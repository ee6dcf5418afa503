/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "base/log.h"
#include "base/time.h"
#include "ctl/ctl-bus.h"
#include "ctl/json.h"
#include "ctl/status.h"
#include "ctl/textfile.h"
#include "ctl/verbs.h"

/* What is read from this machine in addition to what its daemon reports. */
typedef struct HereInput {
        RateHere rate;
        ProbeRecord probe;
        Losses losses;
        StatusInput input;
} HereInput;

static void here_input_done(HereInput *here)
{
        probe_record_done(&here->probe);
        losses_done(&here->losses);
}

/* Reads nothing for another host, nor for labels, which do not need it. 0 or -ENOMEM. */
static int read_here(const CtlOptions *options, const WardenState *state, HereInput *here)
{
        StatusInput *input = &here->input;
        int r;

        *input = (StatusInput) {
                .state = state,
                .host = options->host,
                .losses = &here->losses,
                .now_usec = time_usec(CLOCK_REALTIME),
                .color = ctl_wants_color(),
        };
        if (options->host || options->labels)
                return 0;
        r = rate_here_read(&(RateCounter) { json_get_text(state->clock, "Clocksource"),
                                            json_get_flag(state->clock, "ConstantTsc") },
                           &here->rate);
        if (r < 0)
                return r;
        input->rate = &here->rate;
        input->probe = probe_record_read(&here->probe) == 0 ? &here->probe : NULL;
        /* Takes long, and only the screen shows them. */
        if (!options->json && !options->metrics)
                input->losses_error = losses_read(&here->losses);
        return 0;
}

static int write_text(const CtlOptions *options, const StatusInput *input)
{
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        if (!out)
                return ctl_complain("Out of memory");
        if (options->labels)
                status_show_labels(out, input);
        else
                status_show_metrics(out, input);
        return textfile_write(options->textfile, text_finish(out, &text));
}

int verb_status(const CtlOptions *options)
{
        _cleanup_(ctl_bus_freep) CtlBus *bus = ctl_bus_open(options->host);
        _cleanup_warden_state_ WardenState state = {};
        _cleanup_(here_input_done) HereInput here = {};

        if (ctl_bus_read_state(bus, /* with_cpus= */ !options->metrics && !options->labels, &state) != BUS_OK)
                return ctl_complain("%s", ctl_bus_why(bus));
        if (read_here(options, &state, &here) < 0)
                return ctl_complain("Out of memory");
        if (options->metrics || options->labels)
                return write_text(options, &here.input);
        if (options->json)
                return ctl_finish(status_show_json(stdout, &here.input), warden_exit_status(&state));
        status_show(stdout, &here.input);
        return ctl_finish(0, warden_exit_status(&state));
}
