/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/finding.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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
               strcmp(a->actual, b->actual) == 0 && strcmp(a->driver, b->driver) == 0 && texts_equal(a->offers, b->offers);
}

int findings_add(Findings *findings, const Finding *like, const CpuSet *cpus)
{
        Finding *entries, *new;

        for (unsigned i = 0; i < findings->n; i++)
                if (finding_agrees(&findings->entries[i], like))
                        return cpuset_add_all(&findings->entries[i].cpus, cpus);

        entries = reallocarray(findings->entries, findings->n + 1, sizeof(Finding));
        if (!entries)
                return -ENOMEM;
        findings->entries = entries;
        new = &entries[findings->n++];
        *new = *like;
        new->cpus = (CpuSet) {};
        new->offers = like->offers ? strdup(like->offers) : NULL;
        new->object = like->object ? strdup(like->object) : NULL;
        if ((like->offers && !new->offers) || (like->object && !new->object))
                return -ENOMEM;
        return cpuset_copy(&new->cpus, cpus);
}

bool finding_is_waiting(FindingKind kind)
{
        return kind == FINDING_NO_CPUFREQ || kind == FINDING_NO_CPUIDLE || kind == FINDING_CPU_NOT_HERE;
}

bool finding_is_degraded(FindingKind kind)
{
        return !finding_is_waiting(kind) && kind != FINDING_OFFLINE && kind != FINDING_CLAMPED;
}

/* "performance powersave " -> "performance and powersave" */
static char *words_format(const char *words)
{
        char *text = NULL;
        size_t size;
        bool first = true;
        FILE *stream = open_memstream(&text, &size);

        if (!stream)
                return NULL;
        for (const char *word = words + strspn(words, " "); *word;) {
                size_t length = strcspn(word, " ");
                const char *next = word + length + strspn(word + length, " ");

                fprintf(stream, "%s%.*s", first ? "" : *next ? ", " : " and ", (int)length, word);
                first = false;
                word = next;
        }
        if (ferror(stream) | fclose(stream)) {
                free(text);
                return NULL;
        }
        return text;
}

/* "CPU 3" or "CPUs 0-3,8" */
static char *cpus_format(const CpuSet *cpus)
{
        _cleanup_free_ char *list = cpuset_format(cpus);
        char *text;

        return list && asprintf(&text, "CPU%s %s", cpuset_count(cpus) == 1 ? "" : "s", list) >= 0 ? text : NULL;
}

static void finding_print_failure(FILE *out, const Finding *f, const char *cpus)
{
        const char *knob = knob_to_string(f->knob), *object = f->object ? f->object : "?";

        if (f->wanted[0])
                fprintf(out, "%s of %s could not be set to %s on %s: %s.", knob, object, f->wanted, cpus,
                        strerror(-f->error));
        else
                fprintf(out, "%s of %s cannot be read on %s: %s.", knob, object, cpus, strerror(-f->error));
}

static void finding_print(FILE *out, const Finding *f, const char *cpus, const char *offers)
{
        const char *knob = knob_to_string(f->knob), *object = f->object ? f->object : "?";

        switch (f->kind) {
        case FINDING_NO_CPUFREQ:
                fputs("No cpufreq driver has registered: the frequency policy waits for one. If none is meant to come "
                      "(cpufreq.off=1, or none fits this CPU), the firmware's frequency stands.", out);
                break;
        case FINDING_NO_CPUIDLE:
                fprintf(out, "%s: no C-states to limit: no cpuidle driver has registered, the idle policy waits "
                        "for one.", cpus);
                break;
        case FINDING_CPU_NOT_HERE:
                fprintf(out, "The configuration names %s, not present on this host.", cpus);
                break;
        case FINDING_OFFLINE:
                fprintf(out, "%s: offline, left alone.", cpus);
                break;
        case FINDING_REFUSED:
                fprintf(out, "Governor '%s' is refused by %s on %s, which offers %s. Set GOVERNOR= (frequency-set -g) "
                        "to one of these.", f->wanted, f->driver, cpus, offers ? offers : "nothing else");
                break;
        case FINDING_NO_SUCH_CSTATE:
                fprintf(out, "C-state '%s' does not exist on %s, which have %s. Set MAX_CSTATE= to one of these or to "
                        "a latency such as 20us.", f->wanted, cpus, offers ? offers : "none");
                break;
        case FINDING_NO_SUCH_STATE:
                fprintf(out, "There is no idle state %s on %s, which have %s from 0 up. Choose by latency instead: "
                        "idle-set -D, or MAX_CSTATE=.", f->wanted, cpus, offers ? offers : "none");
                break;
        case FINDING_NO_SUCH_KNOB:
                fprintf(out, "There is no %s on %s (%s), so it is not set to %s.", knob, cpus, object, f->wanted);
                break;
        case FINDING_SHARED_POLICY:
                fprintf(out, "%s share %s but the configuration tells them different values of %s; %s holds for all "
                        "of them.", cpus, object, knob, f->wanted);
                break;
        case FINDING_FAILED:
                finding_print_failure(out, f, cpus);
                break;
        case FINDING_IGNORED:
                fprintf(out, "%s of %s accepts %s on %s and still reads %s.", knob, object, f->wanted, cpus, f->actual);
                break;
        case FINDING_WITHHELD:
                fprintf(out, "%s of %s stays %s on %s instead of %s: the change would cost this host its TSC, which "
                        "still lives and would be lost until the next boot.", knob, object, f->actual, cpus, f->wanted);
                break;
        case FINDING_NOT_HELD:
                fprintf(out, "The frequency of %s cannot be frozen where it stands (%s kHz is not one that %s offers), "
                        "so their governor stays: changing it could cost the TSC.", cpus, f->actual, f->driver);
                break;
        case FINDING_CLAMPED:
                if (f->knob == KNOB_DISABLE && !f->wanted[0])
                        fprintf(out, "Only POLL would be left to %s; %s stays allowed, since POLL alone burns power.",
                                cpus, f->actual);
                else if (f->knob == KNOB_DISABLE)
                        fprintf(out, "MAX_CSTATE=%s is below every C-state of %s; %s stays allowed, since POLL alone "
                                "burns power.", f->wanted, cpus, f->actual);
                else
                        fprintf(out, "%s=%s kHz is outside what %s can do; %s kHz holds.",
                                f->knob == KNOB_SCALING_MIN_FREQ ? "MIN_FREQ" :
                                f->knob == KNOB_SCALING_MAX_FREQ ? "MAX_FREQ" : "FREQ", f->wanted, cpus, f->actual);
                break;
        case FINDING_IDLE_GOVERNOR:
                fprintf(out, "The cpuidle governor %s ignores disabled C-states; write another one of "
                        "cpuidle/available_governors to cpuidle/current_governor.", f->actual);
                break;
        }
}

char *finding_format(const Finding *finding)
{
        _cleanup_free_ char *cpus = cpus_format(&finding->cpus), *offers = NULL;
        char *text = NULL;
        size_t size;
        FILE *stream;

        if (finding->offers && finding->offers[0])
                offers = words_format(finding->offers);
        if (!cpus || (finding->offers && finding->offers[0] && !offers))
                return NULL;
        stream = open_memstream(&text, &size);
        if (!stream)
                return NULL;
        finding_print(stream, finding, cpus, offers);
        if (ferror(stream) | fclose(stream)) {
                free(text);
                return NULL;
        }
        return text;
}
