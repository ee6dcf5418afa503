/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/check.h"

#include "check/audit-steps.h"
#include "check/timesync.h"
#include "ctl/json.h"
#include "ctl/status-lines.h"
#include "model/host-clocks.h"
#include "show/print.h"

#define INDENT 26
#define FIX_HEAD "        # "

static const char *const group_heads[AUDIT_GROUP_MAX_] = {
        [AUDIT_HOST] = "Host",
        [AUDIT_GUEST] = "Guest",
        [AUDIT_TIME] = "Time",
        [AUDIT_MIGRATION] = "Migration",
};

static const struct {
        const char *word, *color, *in_sum;
} results[AUDIT_RESULT_MAX_] = {
        [AUDIT_PASS] = { "pass", STATUS_GREEN, "passed" },
        [AUDIT_FAIL] = { "FAIL", STATUS_RED, "failed" },
        [AUDIT_WARN] = { "warn", STATUS_YELLOW, "to look at" },
        [AUDIT_NOT_APPLICABLE] = { "n/a", "", "not applicable" },
        [AUDIT_UNKNOWN] = { "?", STATUS_YELLOW, "not known" },
};

static void show_step(FILE *out, const AuditStep *step, bool color)
{
        const char *begin = color ? results[step->result].color : "";

        fprintf(out, "  %s%-4s%s  %-*s", begin, results[step->result].word, begin[0] ? "\033[0m" : "", INDENT - 8,
                step->title);
        print_words(out, INDENT, INDENT, step->evidence);
        if (step->advice)
                print_wrapped(out, "", INDENT, step->advice);
        if (step->fix)
                print_line(out, FIX_HEAD, step->fix);
}

static void show_sum(FILE *out, const Audit *audit)
{
        static const AuditResult order[] = {
                AUDIT_FAIL, AUDIT_WARN, AUDIT_UNKNOWN, AUDIT_PASS, AUDIT_NOT_APPLICABLE,
        };
        unsigned n[AUDIT_RESULT_MAX_] = {};
        const char *separator = "";

        for (unsigned i = 0; i < audit->n; i++)
                n[audit->steps[i].result]++;
        fputc('\n', out);
        for (size_t i = 0; i < ARRAY_SIZE(order); i++)
                if (n[order[i]] > 0) {
                        fprintf(out, "%s%u %s", separator, n[order[i]], results[order[i]].in_sum);
                        separator = ", ";
                }
        fputs(".\n", out);
}

void check_show(FILE *out, const Audit *audit, bool color)
{
        for (unsigned i = 0; i < audit->n; i++) {
                if (i == 0 || audit->steps[i].group != audit->steps[i - 1].group)
                        fprintf(out, "%s%s\n", i ? "\n" : "", group_heads[audit->steps[i].group]);
                show_step(out, &audit->steps[i], color);
        }
        show_sum(out, audit);
}

/* `check --against` on another host reads this. */
static struct json_object *time_to_json(const AuditInput *input)
{
        struct json_object *json = json_object_new_object();
        HostClock clock = time_to_host_clock(input->time, &input->view);

        json_add(json, "Synchronized", clock.right >= 0 ? json_object_new_boolean(clock.right) : NULL);
        json_add(json, "BoundSec", json_number(clock.bound_sec >= 0, clock.bound_sec));
        return json;
}

int check_show_json(FILE *out, const AuditInput *input, const Audit *audit)
{
        struct json_object *json = json_object_new_object(), *roles = json_add_list(json, "Roles"), *steps;

        json_add(json, "Time", time_to_json(input));
        steps = json_add_list(json, "Steps");
        if (input->host)
                json_object_array_add(roles, json_string("host"));
        if (input->guest)
                json_object_array_add(roles, json_string("guest"));
        for (unsigned i = 0; i < audit->n; i++) {
                const AuditStep *step = &audit->steps[i];
                struct json_object *entry = json_append_object(steps);

                json_add(entry, "Group", json_string(audit_group_to_string(step->group)));
                json_add(entry, "Id", json_string(step->id));
                json_add(entry, "Title", json_string(step->title));
                json_add(entry, "Result", json_string(audit_result_to_string(step->result)));
                json_add(entry, "Evidence", json_string(step->evidence));
                json_add(entry, "Advice", json_string(step->advice));
                json_add(entry, "Fix", json_string(step->fix));
        }
        return json_print(out, json);
}
