/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Files for node feature discovery in features.d: one NAMESPACE/NAME=VALUE per line, and a line "# +expiry-time=",
 * after whose time the lines below it no longer count (docs/usage/customization-guide, source/local/local.go; since
 * 0.14).
 */
#include <inttypes.h>
#include <time.h>

#include "ctl/json.h"
#include "ctl/status.h"
#include "model/clock-words.h"

#define NAMESPACE "tscwarden.org"
/* Much longer than the minute after which the timer writes again, and than a restart of tscwardend. */
#define VALID_SECONDS 600

static void show_text(FILE *out, const char *name, const char *value)
{
        if (value[0])
                fprintf(out, NAMESPACE "/%s=%s\n", name, value);
}

void status_show_labels(FILE *out, const StatusInput *input)
{
        struct json_object *clock = input->state->clock;
        const char *verdict = json_get_text(clock, "Verdict");
        time_t until = (time_t)(input->now_usec / 1000000) + VALID_SECONDS;
        struct tm utc;
        char text[32];

        if (!gmtime_r(&until, &utc) || strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
                return;
        fprintf(out, "# +expiry-time=%s\n", text);
        show_text(out, "tsc-verdict", verdict);
        show_text(out, "tsc-usable", verdict_in_use(verdict_from_string(verdict)) ? "true" : "false");
        if (json_get_number(clock, "TscKHz") > 0)
                fprintf(out, NAMESPACE "/tsc-khz=%" PRIu64 "\n", json_get_number(clock, "TscKHz"));
        if (json_has(clock, "TscScaling"))
                show_text(out, "tsc-scalable", json_get_flag(clock, "TscScaling") ? "true" : "false");
        show_text(out, "urgency", json_get_text(clock, "Urgency"));
}
