/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "ctl/guests-show.h"
#include "ctl/metric.h"
#include "guests/judge.h"

/* True if another guest has the same name; the guests are sorted by name. Collectors refuse a file that has the same
 * series twice. */
static bool shares_its_name(const Guests *guests, size_t i)
{
        const char *name = guests->entries[i].name;

        return (i > 0 && strcmp(name, guests->entries[i - 1].name) == 0) ||
               (i + 1 < guests->n && strcmp(name, guests->entries[i + 1].name) == 0);
}

/* `tscwarden_METRIC{vm="NAME"} `. 0 or -ENOMEM. */
static int show_vm(FILE *out, const char *metric, const Guests *guests, size_t i)
{
        const char *name = guests->entries[i].name;
        _cleanup_free_ char *unique = NULL;

        if (shares_its_name(guests, i) && asprintf(&unique, "%s#%" PRIu32, name, guests->entries[i].pid) < 0) {
                unique = NULL;
                return -ENOMEM;
        }
        fprintf(out, "tscwarden_%s{", metric);
        metric_label(out, "", "vm", unique ? unique : name);
        fputs("} ", out);
        return 0;
}

/* Prints the value of guest `i` and a newline. */
typedef void (*ShowValue)(FILE *out, const GuestsView *view, size_t i);
typedef bool (*HasValue)(const GuestsView *view, size_t i);

static bool stable_is_known(const GuestsView *view, size_t i)
{
        return view->verdicts[i].stable == TSC_STABLE_YES || view->verdicts[i].stable == TSC_STABLE_NO;
}

static void show_stable(FILE *out, const GuestsView *view, size_t i)
{
        fprintf(out, "%d\n", view->verdicts[i].stable == TSC_STABLE_YES);
}

static bool spread_is_known(const GuestsView *view, size_t i)
{
        return view->verdicts[i].has_spread_nsec;
}

static void show_spread(FILE *out, const GuestsView *view, size_t i)
{
        uint64_t nsec = view->verdicts[i].spread_nsec;

        fprintf(out, "%" PRIu64 ".%09" PRIu64 "\n", nsec / 1000000000, nsec % 1000000000);
}

static bool rate_is_known(const GuestsView *view, size_t i)
{
        return view->verdicts[i].tsc_khz > 0;
}

static void show_rate(FILE *out, const GuestsView *view, size_t i)
{
        fprintf(out, "%u\n", view->verdicts[i].tsc_khz);
}

static bool clock_is_known(const GuestsView *view, size_t i)
{
        return view->answers && view->answers[i].answered;
}

static void show_clock(FILE *out, const GuestsView *view, size_t i)
{
        fprintf(out, "%.9f\n", (double)view->answers[i].offset_nsec / 1e9);
}

static const struct {
        const char *name, *help;
        HasValue has;
        ShowValue show;
} metrics[] = {
        { "vm_tsc_stable", "Whether the TSCs of its vCPUs are alike, and KVM can derive its clock from them.",
          stable_is_known, show_stable },
        { "vm_tsc_offset_spread_seconds", "How far apart the TSCs of its vCPUs are at most.", spread_is_known,
          show_spread },
        { "vm_tsc_khz", "The rate of its TSC.", rate_is_known, show_rate },
        { "vm_clock_offset_seconds", "Its clock minus the host's, as its agent says.", clock_is_known, show_clock },
};

int guests_show_metrics(FILE *out, const GuestsView *view)
{
        for (size_t metric = 0; metric < ARRAY_SIZE(metrics); metric++) {
                bool begun = false;

                for (size_t i = 0; i < view->guests->n; i++) {
                        if (!metrics[metric].has(view, i))
                                continue;
                        if (!begun)
                                metric_head(out, metrics[metric].name, "gauge", metrics[metric].help);
                        begun = true;
                        if (show_vm(out, metrics[metric].name, view->guests, i) < 0)
                                return -ENOMEM;
                        metrics[metric].show(out, view, i);
                }
        }
        return 0;
}
