/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/exchange.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cpuset.h"
#include "base/time.h"

#define STOP UINT32_MAX
#define SPINS 400        /* of a PAUSE each: some ten microseconds, far more than an answer takes */
#define SPIN_USEC 5000   /* of the caller's CPU time for one pair */
#define PAIR_USEC 250000 /* until the other gets to run */
#define SLEEP_NSEC 1000000
#define EXCHANGES_MIN 16 /* the first ones find cold caches */
#define EXCHANGES_MAX 20000

/* One writer, one reader, a cache line of its own. A reader that has waited for long sleeps, so that nobody is kept from the CPU. */
typedef struct Mailbox {
        _Alignas(64) _Atomic uint32_t value;
        _Atomic bool asleep;
} Mailbox;

typedef struct Link {
        Mailbox request, reply;
        uint64_t tsc; /* of the other, before its reply */
        unsigned other;
        _Atomic bool strayed; /* the other was not where it belongs */
} Link;

static int pin_set(unsigned cpu, cpu_set_t **ret, size_t *ret_size)
{
        size_t size = CPU_ALLOC_SIZE(CPUSET_MAX);
        cpu_set_t *set = CPU_ALLOC(CPUSET_MAX);

        if (!set)
                return -ENOMEM;
        CPU_ZERO_S(size, set);
        CPU_SET_S(cpu, size, set);
        *ret = set;
        *ret_size = size;
        return 0;
}

int exchange_pin(unsigned cpu)
{
        cpu_set_t *set;
        size_t size;
        int r = pin_set(cpu, &set, &size);

        if (r < 0)
                return r;
        if (sched_setaffinity(0, size, set) < 0)
                r = -errno;
        CPU_FREE(set);
        return r;
}

/* That a sleeper is missed, as nothing orders the two accesses, costs one SLEEP_NSEC; a fence here would widen every bound. */
static void mailbox_put(Mailbox *box, uint32_t value)
{
        atomic_store_explicit(&box->value, value, memory_order_release);
        if (atomic_load_explicit(&box->asleep, memory_order_relaxed))
                (void)syscall(SYS_futex, &box->value, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* Waits until something else than `old` is there, or for some ten microseconds and one SLEEP_NSEC. */
static uint32_t mailbox_wait(Mailbox *box, uint32_t old)
{
        static const struct timespec timeout = { .tv_nsec = SLEEP_NSEC };
        uint32_t value;

        for (unsigned i = 0; i < SPINS; i++) {
                value = atomic_load_explicit(&box->value, memory_order_acquire);
                if (value != old)
                        return value;
                __builtin_ia32_pause();
        }
        atomic_store(&box->asleep, true);
        (void)syscall(SYS_futex, &box->value, FUTEX_WAIT_PRIVATE, old, &timeout, NULL, 0);
        atomic_store(&box->asleep, false);
        return atomic_load_explicit(&box->value, memory_order_acquire);
}

static void *answer(void *userdata)
{
        Link *link = userdata;
        uint32_t done = 0;

        for (;;) {
                uint32_t asked = mailbox_wait(&link->request, done);

                if (asked == STOP)
                        return NULL;
                if (asked == done)
                        continue;
                link->tsc = tsc_read();
                mailbox_put(&link->reply, asked);
                done = asked;
                if (sched_getcpu() != (int)link->other)
                        atomic_store(&link->strayed, true);
        }
}

/* False: no time is left. */
static bool ask(Link *link, uint32_t number, uint64_t deadline, Round *round)
{
        uint64_t t1 = tsc_read(), t3;

        mailbox_put(&link->request, number);
        while (mailbox_wait(&link->reply, number - 1) != number)
                if (time_usec(CLOCK_MONOTONIC) > deadline)
                        return false;
        t3 = tsc_read();
        round_add(round, t1, link->tsc, t3);
        return true;
}

static bool is_enough(const Round *round, uint64_t enough)
{
        return round->n >= EXCHANGES_MIN && (uint64_t)(round->bound.high - round->bound.low) <= enough;
}

static int ask_until_enough(Link *link, unsigned base, uint64_t enough, Round *round)
{
        uint64_t deadline = time_usec(CLOCK_MONOTONIC) + PAIR_USEC;
        uint64_t spun = time_usec(CLOCK_THREAD_CPUTIME_ID) + SPIN_USEC;

        for (uint32_t i = 1; i <= EXCHANGES_MAX && !is_enough(round, enough); i++) {
                if (!ask(link, i, deadline, round))
                        break;
                if (sched_getcpu() != (int)base)
                        return -ENODEV;
                if (i % 16 == 0 && (time_usec(CLOCK_MONOTONIC) > deadline || time_usec(CLOCK_THREAD_CPUTIME_ID) > spun))
                        break;
        }
        return round->n > 0 ? 0 : -ETIME;
}

static int start(Link *link, pthread_t *ret)
{
        pthread_attr_t attributes;
        cpu_set_t *set;
        size_t size;
        int r = pin_set(link->other, &set, &size);

        if (r < 0)
                return r;
        r = -pthread_attr_init(&attributes);
        if (r == 0) {
                r = -pthread_attr_setaffinity_np(&attributes, size, set);
                if (r == 0)
                        r = -pthread_create(ret, &attributes, answer, link);
                (void)pthread_attr_destroy(&attributes);
        }
        CPU_FREE(set);
        return r;
}

int exchange_run(unsigned base, unsigned other, uint64_t enough, Round *ret)
{
        Link link = { .other = other };
        Round round = {};
        pthread_t thread;
        int r = start(&link, &thread);

        if (r != 0)
                return r;
        r = ask_until_enough(&link, base, enough, &round);
        mailbox_put(&link.request, STOP);
        (void)pthread_join(thread, NULL);
        if (r < 0)
                return r;
        if (atomic_load(&link.strayed))
                return -ENODEV;
        *ret = round;
        return 0;
}
