/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Preloaded into a program, this puts false time stamp counters under it. RDTSC and RDTSCP are made to trap in every
 * thread (PR_SET_TSC, prctl(2)) and are emulated, with an offset and a rate of its own for one CPU. What the vDSO reads
 * stays true: it is the clock that the result is measured by. FALSE_TSC="CPU OFFSET_NSEC RATE_PPM HALT_NSEC": after
 * half a second that CPU's counter has lost HALT_NSEC, as one that halts between rounds has.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define VDSO_SIZE 0x4000 /* of the kernel's vDSO text and what surrounds it, more than it has */

static unsigned false_cpu;
static long false_offset; /* ticks, as halt_after and halt are */
static double false_rate;
static uint64_t start, halt_after;
static long halt;

/* The counter and the number of the CPU that it was read on, at one moment. */
static uint64_t read_true(unsigned *ret_cpu)
{
        uint32_t low, high, aux;

        __asm__ volatile("rdtscp\n\tlfence" : "=a"(low), "=d"(high), "=c"(aux) : : "memory");
        /* arch/x86/include/asm/segment.h VDSO_CPUNODE_BITS: the node stands above twelve bits of the CPU's number. */
        *ret_cpu = aux & 0xfff;
        return (uint64_t)high << 32 | low;
}

static uint64_t falsify(uint64_t tsc, unsigned cpu)
{
        if (cpu != false_cpu)
                return tsc;
        return tsc + (uint64_t)false_offset + (uint64_t)(int64_t)((double)(int64_t)(tsc - start) * false_rate / 1e6) -
               (tsc - start > halt_after ? (uint64_t)halt : 0);
}

static void on_segv(int signal_number, siginfo_t *info, void *context)
{
        greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
        const unsigned char *at = (const unsigned char *)registers[REG_RIP];
        uintptr_t vdso = getauxval(AT_SYSINFO_EHDR), rip = (uintptr_t)at;
        bool scp = at[0] == 0x0f && at[1] == 0x01 && at[2] == 0xf9;
        unsigned cpu;
        uint64_t tsc;

        if (!scp && !(at[0] == 0x0f && at[1] == 0x31)) {
                (void)signal(SIGSEGV, SIG_DFL);
                return;
        }
        (void)prctl(PR_SET_TSC, PR_TSC_ENABLE);
        tsc = read_true(&cpu);
        (void)prctl(PR_SET_TSC, PR_TSC_SIGSEGV);
        if (rip < vdso || rip >= vdso + VDSO_SIZE)
                tsc = falsify(tsc, cpu);
        registers[REG_RAX] = (greg_t)(tsc & UINT32_MAX);
        registers[REG_RDX] = (greg_t)(tsc >> 32);
        if (scp)
                registers[REG_RCX] = cpu;
        registers[REG_RIP] += scp ? 3 : 2;
}

typedef struct Thread {
        void *(*run)(void *);
        void *userdata;
} Thread;

static void *run_trapped(void *userdata)
{
        Thread thread = *(Thread *)userdata;

        free(userdata);
        (void)prctl(PR_SET_TSC, PR_TSC_SIGSEGV);
        return thread.run(thread.userdata);
}

typedef int create_t(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

int pthread_create(pthread_t *ret, const pthread_attr_t *attributes, void *(*run)(void *), void *userdata)
{
        create_t *create = (create_t *)dlsym(RTLD_NEXT, "pthread_create");
        Thread *thread = malloc(sizeof(Thread));

        *thread = (Thread) { run, userdata };
        return create(ret, attributes, run_trapped, thread);
}

static uint64_t raw_nsec(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_MONOTONIC_RAW, &now);
        return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Ticks in a nanosecond. A pair of readings that was interrupted is done again. */
static double measure_rate(void)
{
        uint64_t tsc[2], nsec[2];
        unsigned cpu;

        for (unsigned i = 0; i < 2; i++) {
                uint64_t after;

                if (i > 0)
                        usleep(200000);
                do {
                        tsc[i] = read_true(&cpu);
                        nsec[i] = raw_nsec();
                        after = read_true(&cpu);
                } while (after - tsc[i] > 1000);
        }
        return (double)(tsc[1] - tsc[0]) / (double)(nsec[1] - nsec[0]);
}

__attribute__((constructor)) static void begin(void)
{
        struct sigaction action = { .sa_sigaction = on_segv, .sa_flags = SA_SIGINFO | SA_NODEFER };
        const char *text = getenv("FALSE_TSC");
        double ticks = measure_rate();
        long offset, halted;
        unsigned cpu;

        if (!text || sscanf(text, "%u %ld %lf %ld", &false_cpu, &offset, &false_rate, &halted) != 4)
                abort();
        false_offset = (long)((double)offset * ticks);
        halt = (long)((double)halted * ticks);
        start = read_true(&cpu);
        halt_after = (uint64_t)(5e8 * ticks);
        (void)sigaction(SIGSEGV, &action, NULL);
        (void)prctl(PR_SET_TSC, PR_TSC_SIGSEGV);
}
