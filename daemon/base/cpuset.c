/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/cpuset.h"

#include "base/log.h"
#include "base/macro.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#define WORD_BITS 64U

static uint64_t *cpuset_words(CpuSet *set)
{
        return set->n_words == 1 ? &set->word : set->words;
}

void cpuset_done(CpuSet *set)
{
        if (set->n_words > 1)
                free(set->words);
        *set = (CpuSet) {};
}

/* Makes room for the words `first` to `end` - 1. Only words between the lowest and the highest member are kept, so a
 * set of one high number has one word. */
static int cpuset_cover(CpuSet *set, unsigned first, unsigned end)
{
        CpuSet wider = {};

        if (set->n_words > 0) {
                first = first < set->first ? first : set->first;
                end = end > set->first + set->n_words ? end : set->first + set->n_words;
        }
        if (end - first == set->n_words)
                return 0;
        if (end - first > 1) {
                wider.words = calloc(end - first, sizeof(*wider.words));
                if (!wider.words)
                        return -ENOMEM;
        }
        wider.first = first;
        wider.n_words = end - first;
        if (set->n_words > 0)
                memcpy(cpuset_words(&wider) + (set->first - first), cpuset_words(set),
                       set->n_words * sizeof(*set->words));
        cpuset_done(set);
        *set = wider;
        return 0;
}

/* The bits of the numbers 64 × i to 64 × i + 63. */
static uint64_t cpuset_word(const CpuSet *set, unsigned i)
{
        if (i < set->first || i - set->first >= set->n_words)
                return 0;
        return set->n_words == 1 ? set->word : set->words[i - set->first];
}

int cpuset_add(CpuSet *set, unsigned cpu)
{
        unsigned word = cpu / WORD_BITS;
        int r;

        if (cpu >= CPUSET_MAX)
                return -ERANGE;
        r = cpuset_cover(set, word, word + 1);
        if (r < 0)
                return r;
        cpuset_words(set)[word - set->first] |= UINT64_C(1) << (cpu % WORD_BITS);
        return 0;
}

int cpuset_add_all(CpuSet *set, const CpuSet *other)
{
        int r;

        if (other->n_words == 0)
                return 0;
        r = cpuset_cover(set, other->first, other->first + other->n_words);
        if (r < 0)
                return r;
        for (unsigned i = other->first; i < other->first + other->n_words; i++)
                cpuset_words(set)[i - set->first] |= cpuset_word(other, i);
        return 0;
}

int cpuset_copy(CpuSet *set, const CpuSet *other)
{
        CpuSet copy = {};
        int r;

        r = cpuset_add_all(&copy, other);
        if (r < 0)
                return r;
        cpuset_done(set);
        *set = copy;
        return 0;
}

void cpuset_remove(CpuSet *set, unsigned cpu)
{
        if (cpuset_has(set, cpu))
                cpuset_words(set)[cpu / WORD_BITS - set->first] &= ~(UINT64_C(1) << (cpu % WORD_BITS));
}

void cpuset_keep(CpuSet *set, const CpuSet *other)
{
        for (unsigned i = set->first; i < set->first + set->n_words; i++)
                cpuset_words(set)[i - set->first] &= cpuset_word(other, i);
}

void cpuset_remove_all(CpuSet *set, const CpuSet *other)
{
        for (unsigned i = 0; i < set->n_words; i++)
                cpuset_words(set)[i] &= ~cpuset_word(other, set->first + i);
}

bool cpuset_overlap(const CpuSet *a, const CpuSet *b)
{
        for (unsigned i = a->first; i < a->first + a->n_words; i++)
                if (cpuset_word(a, i) & cpuset_word(b, i))
                        return true;
        return false;
}

bool cpuset_has(const CpuSet *set, unsigned cpu)
{
        return cpuset_word(set, cpu / WORD_BITS) >> (cpu % WORD_BITS) & 1;
}

bool cpuset_is_empty(const CpuSet *set)
{
        return cpuset_next(set, 0) < 0;
}

bool cpuset_equal(const CpuSet *a, const CpuSet *b)
{
        unsigned a_end = a->first + a->n_words, b_end = b->first + b->n_words;

        for (unsigned i = 0; i < a_end || i < b_end; i++)
                if (cpuset_word(a, i) != cpuset_word(b, i))
                        return false;
        return true;
}

unsigned cpuset_count(const CpuSet *set)
{
        unsigned n = 0;

        for (unsigned i = set->first; i < set->first + set->n_words; i++)
                n += (unsigned)__builtin_popcountll(cpuset_word(set, i));
        return n;
}

int cpuset_next(const CpuSet *set, unsigned from)
{
        unsigned end = set->first + set->n_words, i = MAX(from / WORD_BITS, set->first);
        uint64_t mask = ~UINT64_C(0);

        if (i == from / WORD_BITS)
                mask <<= from % WORD_BITS;
        for (; i < end; i++) {
                uint64_t word = cpuset_word(set, i) & mask;

                if (word)
                        return (int)(i * WORD_BITS + (unsigned)__builtin_ctzll(word));
                mask = ~UINT64_C(0);
        }
        return -1;
}

/* Parses digits at *text and moves it behind them. A number above CPUSET_MAX becomes CPUSET_MAX. */
static int parse_number(const char **text, unsigned *ret)
{
        const char *p = *text;
        unsigned n = 0;

        if (*p < '0' || *p > '9')
                return -EINVAL;
        for (; *p >= '0' && *p <= '9'; p++) {
                n = n * 10 + (unsigned)(*p - '0');
                if (n > CPUSET_MAX)
                        n = CPUSET_MAX;
        }
        *text = p;
        *ret = n;
        return 0;
}

/* Parses "8", "0-3" or "0-7:2" at *text and moves it behind them. */
static int parse_range(const char **text, CpuSet *set)
{
        unsigned first, last, step = 1;
        int r;

        r = parse_number(text, &first);
        if (r < 0)
                return r;
        last = first;
        if (**text == '-') {
                (*text)++;
                r = parse_number(text, &last);
                if (r < 0)
                        return r;
                if (**text == ':') {
                        (*text)++;
                        r = parse_number(text, &step);
                        if (r < 0)
                                return r;
                }
        }
        if (last < first || step == 0)
                return -EINVAL;
        if (last >= CPUSET_MAX)
                return -ERANGE;
        for (unsigned cpu = first; cpu <= last; cpu += step) {
                r = cpuset_add(set, cpu);
                if (r < 0)
                        return r;
        }
        return 0;
}

int cpuset_parse(const char *text, CpuSet *ret)
{
        _cleanup_cpuset_ CpuSet set = {};
        int r;

        while (*text) {
                r = parse_range(&text, &set);
                if (r < 0)
                        return r;
                if (*text == '\0')
                        break;
                if (text[0] != ',' || text[1] == '\0')
                        return -EINVAL;
                text++;
        }
        *ret = TAKE_STRUCT(set);
        return 0;
}

char *cpuset_format(const CpuSet *set)
{
        /* A member takes four digits and a separator at most. */
        size_t size = cpuset_count(set) * sizeof("8191") + 1;
        char *text, *p;

        text = p = malloc(size);
        if (!text)
                return NULL;
        *p = '\0';
        for (int cpu = cpuset_next(set, 0); cpu >= 0;) {
                unsigned end = (unsigned)cpu + 1;

                while (cpuset_has(set, end))
                        end++;
                p += snprintf(p, size - (size_t)(p - text), p == text ? "%d" : ",%d", cpu);
                if (end > (unsigned)cpu + 1)
                        p += snprintf(p, size - (size_t)(p - text), "-%u", end - 1);
                cpu = cpuset_next(set, end);
        }
        return text;
}

char *cpuset_format_named(const CpuSet *set)
{
        _cleanup_free_ char *list = cpuset_format(set);

        return list ? text_format("CPU%s %s", cpuset_count(set) == 1 ? "" : "s", list) : NULL;
}
