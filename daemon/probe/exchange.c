/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/exchange.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/time.h"
#include "probe/cpus.h"

#define STOP UINT32_MAX
#define SPINS 400        /* with one PAUSE each: some ten microseconds, far longer than an answer takes */
#define SPIN_USEC 5000   /* CPU time that the caller may use for one pair */
#define PAIR_USEC 250000 /* time that one pair may take; the other thread may have to wait for its CPU */
#define SLEEP_NSEC 1000000
#define EXCHANGES_MIN 16 /* the caches are cold during the first ones */
#define EXCHANGES_MAX 20000

/* A mailbox has one writer, one reader and a cache line of its own. A reader that has waited for long sleeps, so that
 * it leaves the CPU to others. */
typedef struct Mailbox {
        _Alignas(64) _Atomic uint32_t value;
        _Atomic bool asleep;
} Mailbox;

typedef struct Link {
        Mailbox request, reply;
        uint64_t tsc; /* read by the other thread, before its reply */
        unsigned other;
        _Atomic bool moved_away; /* the other thread ran on another CPU than `other` */
} Link;

int exchange_pin(unsigned cpu)
{
        CpuMask mask = {};

        CPU_SET_S(cpu, sizeof(mask), mask);
        return sched_setaffinity(0, sizeof(mask), mask) < 0 ? -errno : 0;
}

/* Nothing orders the two accesses, so a reader that is about to sleep may be missed; then it sleeps for SLEEP_NSEC. A
 * fence here would prevent that, but would widen every bound. */
static void mailbox_put(Mailbox *box, uint32_t value)
{
        atomic_store_explicit(&box->value, value, memory_order_release);
        if (atomic_load_explicit(&box->asleep, memory_order_relaxed))
                (void)syscall(SYS_futex, &box->value, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* Waits until the value is another one than `old`, but no longer than some ten microseconds and one SLEEP_NSEC. */
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
                        atomic_store(&link->moved_away, true);
        }
}

/* Returns false if no time is left. */
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
        CpuMask mask = {};
        int r = -pthread_attr_init(&attributes);

        if (r < 0)
                return r;
        CPU_SET_S(link->other, sizeof(mask), mask);
        r = -pthread_attr_setaffinity_np(&attributes, sizeof(mask), mask);
        if (r == 0)
                r = -pthread_create(ret, &attributes, answer, link);
        (void)pthread_attr_destroy(&attributes);
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
        if (atomic_load(&link.moved_away))
                return -ENODEV;
        *ret = round;
        return 0;
}
