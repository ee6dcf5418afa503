/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/guests-show.h"

#include <inttypes.h>

#include "base/log.h"
#include "ctl/json.h"
#include "guests/judge.h"
#include "guests/vm-clock.h"
#include "show/print.h"

#define NAME_COLUMNS 15

static const char *format_nsec(const GuestVerdict *verdict, char buffer[static PRINT_TIME_SIZE])
{
        static const struct {
                const char *name;
                double nsec;
        } units[] = { { "s", 1e9 }, { "ms", 1e6 }, { "us", 1e3 } };
        double nsec = (double)verdict->spread_nsec;

        if (!verdict->has_spread_nsec) {
                (void)snprintf(buffer, PRINT_TIME_SIZE, "%s", verdict->has_spread ? "not 0" : "?");
                return buffer;
        }
        (void)snprintf(buffer, PRINT_TIME_SIZE, "%.0f ns", nsec);
        for (unsigned i = 0; i < ARRAY_SIZE(units); i++)
                if (nsec >= units[i].nsec) {
                        (void)snprintf(buffer, PRINT_TIME_SIZE, nsec < 100 * units[i].nsec ? "%.1f %s" : "%.0f %s",
                                       nsec / units[i].nsec, units[i].name);
                        break;
                }
        return buffer;
}

static void show_answer(FILE *out, const GuestAnswer *answer, bool utf8)
{
        char text[GUEST_ANSWER_SIZE];

        if (answer->answered)
                print_wrapped(out, "  its clock:", 13, guest_answer_format(answer, utf8, text));
        else
                print_wrapped(out, "  not asked:", 13, answer->why ? answer->why : "out of memory");
}

static void show_move(FILE *out, const GuestAnswer *move, bool utf8)
{
        char text[GUEST_ANSWER_SIZE];

        print_wrapped(out, "  since then:", 14,
                      move->answered ? guest_move_format(move, utf8, text) : "not known: it was not asked both times");
}

static void show_going(FILE *out, const GuestsView *view, size_t i)
{
        const char *reason;
        Going going = guest_can_go(&view->guests->entries[i], &view->verdicts[i], view->there, &reason);

        print_format(out, "  can go to", 12, "%s: %s: %s", view->there_name, going_to_string(going), reason);
}

static void show_row(FILE *out, const GuestsView *view, size_t i)
{
        const Guest *guest = &view->guests->entries[i];
        const GuestVerdict *verdict = &view->verdicts[i];
        _cleanup_free_ char *clock = vm_clock_format(&guest->clock);
        char up[PRINT_TIME_SIZE] = "?", spread[PRINT_TIME_SIZE], pid[12] = "?", mhz[24] = "?";

        if (guest->started_usec && guest->started_usec <= view->now_usec)
                (void)print_span(view->now_usec - guest->started_usec, up);
        if (guest->pid)
                (void)snprintf(pid, sizeof(pid), "%" PRIu32, guest->pid);
        if (verdict->tsc_khz)
                (void)snprintf(mhz, sizeof(mhz), "%u.%03u%s", verdict->tsc_khz / 1000, verdict->tsc_khz % 1000,
                               verdict->scaled == 1 ? "*" : "");
        print_cell(out, NAME_COLUMNS, guest->name);
        fprintf(out, " %-11.11s %7s %5zu %-11.11s %-7s %-8.8s %s\n", vmm_to_string(guest->clock.vmm), pid,
                guest->n_vcpus, up, tsc_stable_to_string(verdict->stable), format_nsec(verdict, spread), mhz);
        if (!clock || clock[0])
                print_wrapped(out, "  options:", 12, clock);
        if (view->answers)
                show_answer(out, &view->answers[i], view->utf8);
        if (view->moves)
                show_move(out, &view->moves[i], view->utf8);
        if (view->there)
                show_going(out, view, i);
}

/* Prints "  web, db: TEXT ADVICE". */
static void show_named(FILE *out, const char *names, const char *text, const char *advice)
{
        print_format(out, "", 2, "%s: %s%s%s", names, text, advice[0] ? " " : "", advice);
}

static bool has_problem(const GuestVerdict *verdict, unsigned problem)
{
        return verdict->problems & 1U << problem;
}

/* Returns the names of the guests that have this problem, "" for none. Heap string, NULL when out of memory. */
static char *list_names(const GuestsView *view, unsigned problem)
{
        const char *separator = "";
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        if (!out)
                return NULL;
        for (size_t i = 0; i < view->guests->n; i++) {
                if (!has_problem(&view->verdicts[i], problem))
                        continue;
                fprintf(out, "%s%s", separator, view->guests->entries[i].name);
                separator = ", ";
        }
        return text_finish(out, &text);
}

static void show_problems(FILE *out, const GuestsView *view)
{
        for (unsigned i = 0; i < GUEST_PROBLEM_MAX_; i++) {
                _cleanup_free_ char *names = list_names(view, i);

                if (!names || names[0])
                        show_named(out, names ? names : PRINT_NO_MEMORY, guest_problems[i].text,
                                   guest_problems[i].advice);
        }
}

/* Prints the guests whose TSC could not be judged, with the reasons. */
static void show_unknown(FILE *out, const GuestsView *view)
{
        for (size_t i = 0; i < view->guests->n; i++)
                if (view->verdicts[i].stable == TSC_STABLE_UNKNOWN)
                        show_named(out, view->guests->entries[i].name, "Not known:", view->verdicts[i].reason);
}

/* Prints the guests of the earlier output that do not run here now. */
static void show_gone(FILE *out, const GuestsView *view)
{
        for (size_t i = 0; view->before && i < view->before->n; i++)
                if (!guests_before_is_here(&view->before->entries[i], view->guests))
                        show_named(out, view->before->entries[i].name, "It ran then, and does not run here.", "");
}

/* Prints the guests whose time differs from the host's. The command that would set it is printed only if the host's
 * own clock is right. */
static void show_wrong_clocks(FILE *out, const GuestsView *view)
{
        for (size_t i = 0; view->answers && i < view->guests->n; i++) {
                const Guest *guest = &view->guests->entries[i];
                char text[128] = "In the guest, `chronyc makestep` or its like sets it.";

                if (!view->answers[i].answered || guest_answer_is_right(&view->answers[i]))
                        continue;
                if (guest->agent.libvirt)
                        (void)snprintf(text, sizeof(text), "`virsh domtime %s --now` sets it.", guest->agent.uuid);
                show_named(out, guest->name, "Its time is not the host's.", view->host_right ? text : "");
        }
}

void guests_show(FILE *out, const GuestsView *view)
{
        bool scaled = false;

        if (view->guests->n == 0) {
                fputs("KVM runs no virtual machine here.\n", out);
                show_gone(out, view);
                return;
        }
        if (view->answers && !view->host_right) {
                print_wrapped(
                        out, "", 0,
                        "This host's own clock is not known to be right (`tscwarden check` says why). The guests' clocks are compared with it all the same.");
                fputc('\n', out);
        }
        fprintf(out, "%-*s %-11s %7s %5s %-11s %-7s %-8s %s\n", NAME_COLUMNS, "NAME", "VMM", "PID", "VCPUS", "RUNS FOR",
                "STABLE", "SPREAD", "TSC MHZ");
        for (size_t i = 0; i < view->guests->n; i++) {
                scaled |= view->verdicts[i].scaled == 1;
                show_row(out, view, i);
        }
        if (scaled)
                fputs("* scaled by the CPU\n", out);
        fputc('\n', out);
        show_gone(out, view);
        show_wrong_clocks(out, view);
        show_problems(out, view);
        show_unknown(out, view);
}

static void problems_to_json(const GuestVerdict *verdict, struct json_object *problems)
{
        for (unsigned i = 0; i < GUEST_PROBLEM_MAX_; i++) {
                struct json_object *problem;

                if (!has_problem(verdict, i))
                        continue;
                problem = json_append_object(problems);
                json_add(problem, "Id", json_string(guest_problems[i].name));
                json_add(problem, "Text", json_string(guest_problems[i].text));
                json_add(problem, "Advice", json_string(guest_problems[i].advice[0] ? guest_problems[i].advice : NULL));
        }
}

/* null if the guest did not answer. */
static void answer_to_json(const GuestAnswer *answer, const char *offset, const char *bound, struct json_object *object)
{
        json_add(object, offset, json_integer(answer->answered, answer->offset_nsec));
        json_add(object, bound, json_integer(answer->answered, (int64_t)answer->bound_nsec));
}

static void going_to_json(const GuestsView *view, size_t i, struct json_object *object)
{
        const char *reason;
        Going going = guest_can_go(&view->guests->entries[i], &view->verdicts[i], view->there, &reason);

        json_add(object, "CanGo", json_string(going_to_string(going)));
        json_add(object, "CanGoReason", json_string(reason));
}

static void guest_to_json(const Guest *guest, const GuestVerdict *verdict, struct json_object *object)
{
        json_add(object, "Name", json_string(guest->name));
        json_add(object, "Pid", json_integer(guest->pid, guest->pid));
        json_add(object, "Vmm", json_string(vmm_to_string(guest->clock.vmm)));
        json_add(object, "Vcpus", json_object_new_int64((int64_t)guest->n_vcpus));
        json_add(object, "StartedUSec", json_integer(guest->started_usec, (int64_t)guest->started_usec));
        json_add(object, "TscStable", json_string(tsc_stable_to_string(verdict->stable)));
        json_add(object, "TscReason", json_string(verdict->reason));
        json_add(object, "OffsetSpreadNSec", json_integer(verdict->has_spread_nsec, (int64_t)verdict->spread_nsec));
        json_add(object, "TscKHz", json_integer(verdict->tsc_khz, verdict->tsc_khz));
        json_add(object, "Scaled", verdict->scaled >= 0 ? json_object_new_boolean(verdict->scaled) : NULL);
        json_add(object, "Migration", json_string(migration_to_string(verdict->migration)));
        problems_to_json(verdict, json_add_list(object, "Problems"));
}

int guests_show_json(FILE *out, const GuestsView *view)
{
        struct json_object *all = json_object_new_object(), *guests = json_add_list(all, "Guests");

        for (size_t i = 0; i < view->guests->n; i++) {
                struct json_object *guest = json_append_object(guests);

                guest_to_json(&view->guests->entries[i], &view->verdicts[i], guest);
                if (view->answers)
                        answer_to_json(&view->answers[i], "ClockOffsetNSec", "ClockBoundNSec", guest);
                if (view->moves)
                        answer_to_json(&view->moves[i], "ClockMovedNSec", "ClockMovedBoundNSec", guest);
                if (view->there)
                        going_to_json(view, i, guest);
        }
        return json_print(out, all);
}
