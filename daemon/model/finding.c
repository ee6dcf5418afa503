/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/finding.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/append.h"
#include "base/array.h"
#include "base/log.h"
#include "base/words.h"
#include "model/frequency.h"
#include "model/policy.h"

Finding finding_make(FindingKind kind, Knob knob, const char *wanted, const char *actual, const char *driver)
{
        Finding finding = { .kind = kind, .knob = knob };

        copy_text(finding.wanted, sizeof(finding.wanted), wanted ? wanted : "");
        copy_text(finding.actual, sizeof(finding.actual), actual ? actual : "");
        copy_text(finding.driver, sizeof(finding.driver), driver ? driver : "");
        return finding;
}

void findings_done(Findings *findings)
{
        for (unsigned i = 0; i < findings->n; i++) {
                cpuset_done(&findings->entries[i].cpus);
                free(findings->entries[i].offers);
                free(findings->entries[i].object);
        }
        free(findings->entries);
        *findings = (Findings) {};
}

static bool texts_equal(const char *a, const char *b)
{
        return a == b || (a && b && strcmp(a, b) == 0);
}

static bool finding_agrees(const Finding *a, const Finding *b)
{
        return a->kind == b->kind && a->knob == b->knob && a->error == b->error && strcmp(a->wanted, b->wanted) == 0 &&
               strcmp(a->actual, b->actual) == 0 && strcmp(a->driver, b->driver) == 0 &&
               texts_equal(a->offers, b->offers);
}

int findings_add(Findings *findings, const Finding *like, const CpuSet *cpus)
{
        Finding *new;

        for (unsigned i = 0; i < findings->n; i++)
                if (finding_agrees(&findings->entries[i], like)) {
                        findings->entries[i].n_objects += like->n_objects ? like->n_objects : 1;
                        return cpuset_add_all(&findings->entries[i].cpus, cpus);
                }

        if (array_grow(&findings->entries, findings->n, sizeof(Finding)) < 0)
                return -ENOMEM;
        new = &findings->entries[findings->n++];
        *new = *like;
        new->cpus = (CpuSet) {};
        new->n_objects = like->n_objects ? like->n_objects : 1;
        new->offers = like->offers ? strdup(like->offers) : NULL;
        new->object = like->object ? strdup(like->object) : NULL;
        if ((like->offers && !new->offers) || (like->object && !new->object))
                return -ENOMEM;
        return cpuset_copy(&new->cpus, cpus);
}

bool findings_have(const Findings *findings, const Finding *like)
{
        for (unsigned i = 0; i < findings->n; i++)
                if (finding_agrees(&findings->entries[i], like))
                        return cpuset_equal(&findings->entries[i].cpus, &like->cpus);
        return false;
}

bool finding_is_of_host(FindingKind kind)
{
        return kind == FINDING_NO_CPUFREQ || kind == FINDING_CPU_NOT_HERE || kind == FINDING_OFFLINE;
}

bool finding_is_waiting(FindingKind kind)
{
        return kind == FINDING_NO_CPUFREQ || kind == FINDING_NO_CPUIDLE || kind == FINDING_CPU_NOT_HERE;
}

bool finding_is_degraded(FindingKind kind)
{
        return !finding_is_waiting(kind) && !finding_is_note(kind) && kind != FINDING_OFFLINE &&
               kind != FINDING_LIMITED;
}

bool finding_is_note(FindingKind kind)
{
        return kind == FINDING_CLAMPED || kind == FINDING_ROUNDED || kind == FINDING_OVERRULED ||
               kind == FINDING_NO_SUCH_BIAS;
}

/* "performance powersave " -> "performance and powersave" */
static char *words_format(const char *words)
{
        char *text = NULL;
        const char *word;
        size_t size, length;
        bool first = true;
        FILE *stream = open_memstream(&text, &size);

        if (!stream)
                return NULL;
        while ((word = words_next(&words, &length))) {
                if (!first)
                        fputs(words[strspn(words, " ")] ? ", " : " and ", stream);
                fprintf(stream, "%.*s", (int)length, word);
                first = false;
        }
        return text_finish(stream, &text);
}

/* "cpufreq/policy0" or "cpufreq/policy0 and 3 more" */
static char *objects_format(const Finding *f)
{
        const char *object = f->object ? f->object : "?";

        if (f->n_objects < 2)
                return strdup(object);
        return text_format("%s and %u more", object, f->n_objects - 1);
}

/* The parts of a sentence. */
typedef struct FindingWords {
        const char *knob;
        char *cpus, *objects, *offers; /* offers: what the driver offers instead; NULL for nothing */
        bool one_cpu, one_object;
} FindingWords;

static void finding_words_done(FindingWords *words)
{
        free(words->cpus);
        free(words->objects);
        free(words->offers);
}

/* 0 or -ENOMEM; *ret is the caller's in both cases. */
static int finding_words_init(FindingWords *words, const Finding *f)
{
        bool offers = f->offers && f->offers[strspn(f->offers, " ")];

        *words = (FindingWords) {
                .knob = knob_to_string(f->knob),
                .cpus = cpuset_format_named(&f->cpus),
                .objects = objects_format(f),
                .offers = offers ? words_format(f->offers) : NULL,
                .one_cpu = cpuset_count(&f->cpus) == 1,
                .one_object = f->n_objects < 2,
        };
        return words->cpus && words->objects && (words->offers || !offers) ? 0 : -ENOMEM;
}

/* "2.1 GHz asked, 2 GHz is " */
static void print_asked(FILE *out, const Finding *f, const FindingWords *w)
{
        char asked[FREQUENCY_TEXT_SIZE], got[FREQUENCY_TEXT_SIZE];

        frequency_format(strtoull(f->wanted, NULL, 10), " ", asked);
        frequency_format(strtoull(f->actual, NULL, 10), " ", got);
        fprintf(out, "%s on %s: %s asked for, %s is ", policy_key_to_string(policy_key_of_knob(f->knob)), w->cpus,
                asked, got);
}

/* Formats a value for people: a frequency with its unit, into `buffer`; any other value stays as it is. */
static const char *value_format(Knob knob, const char *value, char buffer[static FREQUENCY_TEXT_SIZE])
{
        if (!knob_is_frequency(knob) || knob == KNOB_SCALING_GOVERNOR || !*value)
                return value;
        frequency_format(strtoull(value, NULL, 10), " ", buffer);
        return buffer;
}

/* What the configuration asks for but these CPUs do not have. */
static void finding_print_mismatch(FILE *out, const Finding *f, const FindingWords *w)
{
        char khz[FREQUENCY_TEXT_SIZE];

        switch (f->kind) {
        case FINDING_REFUSED:
                fprintf(out, "Governor '%s' is refused by %s on %s, which offers %s.", f->wanted, f->driver, w->cpus,
                        w->offers ? w->offers : "nothing else");
                if (w->offers)
                        fputs(" Set GOVERNOR= (frequency-set -g) to one of these.", out);
                break;
        case FINDING_NO_SUCH_CSTATE:
                fprintf(out, "C-state '%s' does not exist on %s, which %s %s", f->wanted, w->cpus,
                        w->one_cpu ? "has" : "have", w->offers ? w->offers : "none that can be read");
                if (f->actual[0])
                        fprintf(out, "; nothing deeper than %s is allowed instead", f->actual);
                fprintf(out, ". Set MAX_CSTATE= to %sa latency such as %s.", w->offers ? "one of these or to " : "",
                        f->driver[0] ? f->driver : "20us");
                break;
        case FINDING_NO_SUCH_STATE:
                fprintf(out,
                        "There is no idle state %s on %s, which %s %s from 0 up. Choose by latency instead: idle-set "
                        "-D, or MAX_CSTATE=.",
                        f->wanted, w->cpus, w->one_cpu ? "has" : "have", w->offers ? w->offers : "none");
                break;
        case FINDING_NO_SUCH_KNOB:
                fprintf(out, "There is no %s on %s (%s), so it is not set to %s.", w->knob, w->cpus, w->objects,
                        f->wanted);
                break;
        case FINDING_NO_SUCH_BIAS:
                fprintf(out, "There is no energy_perf_bias on %s, so it is not set to %s.", w->cpus, f->wanted);
                break;
        case FINDING_OVERRULED:
                fprintf(out,
                        "Under the governor performance %s accepts no other energy preference: '%s' has no effect on "
                        "%s. Remove it, or choose another governor.",
                        f->driver, f->wanted, w->cpus);
                break;
        case FINDING_ROUNDED:
                print_asked(out, f, w);
                fprintf(out, "this driver's nearest (%s).", f->driver);
                break;
        case FINDING_SHARED_POLICY:
                fprintf(out,
                        "%s share %s but the configuration sets different values of %s for them; %s is used for all of "
                        "them.",
                        w->cpus, w->objects, w->knob, value_format(f->knob, f->wanted, khz));
                break;
        default:
                if (f->knob == KNOB_DISABLE && !f->wanted[0])
                        fprintf(out,
                                "Only POLL would be left to %s; %s stays allowed, because with POLL alone a CPU never "
                                "halts.",
                                w->cpus, f->actual);
                else if (f->knob == KNOB_DISABLE)
                        fprintf(out,
                                "MAX_CSTATE=%s is below every C-state of %s; %s stays allowed, because with POLL alone "
                                "a CPU never halts.",
                                f->wanted, w->cpus, f->actual);
                else {
                        print_asked(out, f, w);
                        fputs("the hardware's nearest.", out);
                }
        }
}

/* What happened, or would happen, at a read or write. */
static void finding_print_knob(FILE *out, const Finding *f, const FindingWords *w)
{
        char wanted_khz[FREQUENCY_TEXT_SIZE], actual_khz[FREQUENCY_TEXT_SIZE];
        const char *wanted = value_format(f->knob, f->wanted, wanted_khz);
        const char *actual = value_format(f->knob, f->actual, actual_khz);

        switch (f->kind) {
        case FINDING_FAILED:
                if (f->wanted[0])
                        fprintf(out, "%s of %s could not be set to %s on %s: %s.", w->knob, w->objects, wanted, w->cpus,
                                strerror(-f->error));
                else
                        fprintf(out, "%s cannot be read on %s: %s.", w->objects, w->cpus, strerror(-f->error));
                break;
        case FINDING_IGNORED:
                fprintf(out, "%s of %s %s %s on %s and still %s %s.", w->knob, w->objects,
                        w->one_object ? "accepts" : "accept", wanted, w->cpus, w->one_object ? "reads" : "read",
                        actual);
                break;
        case FINDING_LIMITED:
                fprintf(out,
                        "%s of %s %s limited to %s on %s, below the %s that the policy asks for: by firmware (then "
                        "bios_limit in the same folder shows it) or because of heat. tscwarden does not raise it.",
                        w->knob, w->objects, w->one_object ? "is" : "are", actual, w->cpus, wanted);
                break;
        case FINDING_WITHHELD:
                fprintf(out,
                        "%s of %s %s %s on %s instead of %s: the change would cost this host its TSC, which still "
                        "works, until the next boot.",
                        w->knob, w->objects, w->one_object ? "stays" : "stay", actual, w->cpus, wanted);
                break;
        default:
                fprintf(out, "The frequency of %s cannot be held at its present value (", w->cpus);
                if (strcmp(f->actual, "0") == 0)
                        fprintf(out, "%s does not report it", f->driver);
                else {
                        frequency_format(strtoull(f->actual, NULL, 10), " ", actual_khz);
                        fprintf(out, "%s is not one that %s offers", actual_khz, f->driver);
                }
                fputs("), so the governor stays: changing it could cost the TSC.", out);
        }
}

static void finding_print(FILE *out, const Finding *f, const FindingWords *w)
{
        switch (f->kind) {
        case FINDING_NO_CPUFREQ:
                fputs("No cpufreq driver has registered: the frequency policy waits for one. If none fits this CPU, "
                      "the frequency stays as the firmware set it.",
                      out);
                break;
        case FINDING_NO_CPUIDLE:
                fprintf(out,
                        "No cpuidle driver has registered for %s: the idle policy waits for one. If none fits this "
                        "CPU, there are no C-states to limit.",
                        w->cpus);
                break;
        case FINDING_CPU_NOT_HERE:
                fprintf(out, "The configuration names %s, which this host does not have.", w->cpus);
                break;
        case FINDING_OFFLINE:
                fprintf(out, "%s: offline, not changed.", w->cpus);
                break;
        case FINDING_IDLE_GOVERNOR:
                fprintf(out,
                        "The cpuidle governor %s ignores disabled C-states, so the idle policy does not hold. Write "
                        "another name from /sys/devices/system/cpu/cpuidle/available_governors to current_governor in "
                        "the same folder.",
                        f->actual);
                break;
        case FINDING_REFUSED:
        case FINDING_NO_SUCH_CSTATE:
        case FINDING_NO_SUCH_STATE:
        case FINDING_NO_SUCH_KNOB:
        case FINDING_SHARED_POLICY:
        case FINDING_NO_SUCH_BIAS:
        case FINDING_OVERRULED:
        case FINDING_ROUNDED:
        case FINDING_CLAMPED:
                finding_print_mismatch(out, f, w);
                break;
        case FINDING_FAILED:
        case FINDING_IGNORED:
        case FINDING_LIMITED:
        case FINDING_WITHHELD:
        case FINDING_NOT_HELD:
                finding_print_knob(out, f, w);
                break;
        }
}

char *finding_format(const Finding *finding)
{
        _cleanup_(finding_words_done) FindingWords words;
        char *text = NULL;
        size_t size;
        FILE *stream;

        if (finding_words_init(&words, finding) < 0)
                return NULL;
        stream = open_memstream(&text, &size);
        if (!stream)
                return NULL;
        finding_print(stream, finding, &words);
        return text_finish(stream, &text);
}
