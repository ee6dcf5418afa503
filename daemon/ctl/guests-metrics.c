/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "ctl/guests-show.h"
#include "ctl/metric.h"
#include "guests/judge.h"
#include "show/print.h"

/* True if another guest has the same name; the guests are sorted by name. Collectors refuse a file that has the same
 * series twice. */
static bool shares_its_name(const Guests *guests, size_t i)
{
        const char *name = guests->entries[i].name;

        return (i > 0 && strcmp(name, guests->entries[i - 1].name) == 0) ||
               (i + 1 < guests->n && strcmp(name, guests->entries[i + 1].name) == 0);
}

/* `tscwarden_METRIC{vm="NAME"} VALUE`. */
static void show_vm(FILE *out, const char *metric, const Guests *guests, size_t i, const char *value)
{
        const Guest *guest = &guests->entries[i];
        _cleanup_free_ char *name =
                shares_its_name(guests, i) ? text_format("%s#%" PRIu32, guest->name, guest->pid) : strdup(guest->name);

        fprintf(out, "tscwarden_%s{", metric);
        metric_label(out, "", "vm", name ? name : PRINT_NO_MEMORY);
        fprintf(out, "} %s\n", value);
}

#define VALUE_SIZE 48
/* Writes the value of guest `i` into the buffer. False: it is not known. */
typedef bool (*FormatValue)(const GuestsView *view, size_t i, char buffer[static VALUE_SIZE]);

static bool format_stable(const GuestsView *view, size_t i, char buffer[static VALUE_SIZE])
{
        TscStable stable = view->verdicts[i].stable;

        snprintf(buffer, VALUE_SIZE, "%d", stable == TSC_STABLE_YES);
        return stable == TSC_STABLE_YES || stable == TSC_STABLE_NO;
}

static bool format_spread(const GuestsView *view, size_t i, char buffer[static VALUE_SIZE])
{
        uint64_t nsec = view->verdicts[i].spread_nsec;

        snprintf(buffer, VALUE_SIZE, "%" PRIu64 ".%09" PRIu64, nsec / 1000000000, nsec % 1000000000);
        return view->verdicts[i].has_spread_nsec;
}

static bool format_rate(const GuestsView *view, size_t i, char buffer[static VALUE_SIZE])
{
        snprintf(buffer, VALUE_SIZE, "%u", view->verdicts[i].tsc_khz);
        return view->verdicts[i].tsc_khz > 0;
}

static bool format_clock(const GuestsView *view, size_t i, char buffer[static VALUE_SIZE])
{
        if (!view->answers || !view->answers[i].answered)
                return false;
        snprintf(buffer, VALUE_SIZE, "%.9f", (double)view->answers[i].offset_nsec / 1e9);
        return true;
}

static const struct {
        const char *name, *help;
        FormatValue format;
} metrics[] = {
        { "vm_tsc_stable", "Whether the TSCs of its vCPUs are alike, and KVM can derive its clock from them.",
          format_stable },
        { "vm_tsc_offset_spread_seconds", "How far apart the TSCs of its vCPUs are at most.", format_spread },
        { "vm_tsc_khz", "The rate of its TSC.", format_rate },
        { "vm_clock_offset_seconds", "Its clock minus the host's, as its agent says.", format_clock },
};

void guests_show_metrics(FILE *out, const GuestsView *view)
{
        for (size_t metric = 0; metric < ARRAY_SIZE(metrics); metric++) {
                bool begun = false;

                for (size_t i = 0; i < view->guests->n; i++) {
                        char value[VALUE_SIZE];

                        if (!metrics[metric].format(view, i, value))
                                continue;
                        if (!begun)
                                metric_head(out, metrics[metric].name, metrics[metric].help);
                        begun = true;
                        show_vm(out, metrics[metric].name, view->guests, i, value);
                }
        }
}
