/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "guests/read.h"
#include "scratch.h"

/* A simulated debugfs and /proc in the scratch directory. */
static void put(const Scratch *scratch, const char *path, const char *content, size_t size)
{
        char full[512];
        FILE *out;

        (void)snprintf(full, sizeof(full), "%s/%s", scratch->path, path);
        for (char *slash = strchr(full + strlen(scratch->path) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
                *slash = '\0';
                (void)mkdir(full, 0700);
                *slash = '/';
        }
        out = fopen(full, "we");
        assert_non_null(out);
        assert_int_equal(fwrite(content, 1, size, out), size);
        fclose(out);
}

static void put_text(const Scratch *scratch, const char *path, const char *text)
{
        put(scratch, path, text, strlen(text));
}

static void put_vm(const Scratch *scratch, unsigned task, unsigned process, const char *arguments, size_t size)
{
        char path[64], text[256];

        (void)snprintf(path, sizeof(path), "proc/%u/status", task);
        (void)snprintf(text, sizeof(text), "Name:\tx\nTgid:\t%u\nPid:\t%u\n", process, task);
        put_text(scratch, path, text);
        (void)snprintf(path, sizeof(path), "proc/%u/stat", process);
        (void)snprintf(text, sizeof(text), "%u (a) 1 (b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 100 20 21\n",
                       process);
        put_text(scratch, path, text);
        (void)snprintf(path, sizeof(path), "proc/%u/cmdline", process);
        put(scratch, path, arguments, size);
}

static void put_vcpu(const Scratch *scratch, const char *vm, unsigned vcpu, const char *file, const char *text)
{
        char path[128];

        (void)snprintf(path, sizeof(path), "kvm/%s/vcpu%u/%s", vm, vcpu, file);
        put_text(scratch, path, text);
}

static int read_made(const Scratch *scratch, Guests *ret)
{
        int kvm = openat(scratch->fd, "kvm", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int proc = openat(scratch->fd, "proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int r = guests_read(kvm, proc, ret);

        close(kvm);
        close(proc);
        return r;
}

#define WEB "/usr/bin/kvm\0-name\0web\0-cpu\0host,+invtsc\0"

static void test_guests_read(void **state)
{
        const Scratch *scratch = *state;
        _cleanup_guests_ Guests guests = {};
        const Guest *web;

        /* The thread that created the VM belongs to process 41. */
        put_vm(scratch, 42, 41, WEB, sizeof(WEB) - 1);
        put_vcpu(scratch, "42-13", 0, "tsc-offset", "-23829440\n");
        put_vcpu(scratch, "42-13", 0, "tsc-scaling-ratio", "4294967296\n");
        put_vcpu(scratch, "42-13", 0, "tsc-scaling-ratio-frac-bits", "32\n");
        put_vcpu(scratch, "42-13", 1, "tsc-offset", "0\n");
        put_vcpu(scratch, "42-13", 1, "tsc-scaling-ratio", "4294967296\n");
        put_text(scratch, "kvm/42-13/mmu_cache_miss", "7\n");
        put_text(scratch, "kvm/exits", "7\n");
        put_text(scratch, "kvm/12-x/vcpu0/tsc-offset", "7\n");
        put_text(scratch, "kvm/-12-3/vcpu0/tsc-offset", "7\n");
        assert_int_equal(read_made(scratch, &guests), 0);

        assert_int_equal(guests.n, 1);
        web = &guests.entries[0];
        assert_int_equal(web->pid, 41);
        assert_string_equal(web->name, "web");
        assert_true(web->clock.known && web->clock.invtsc);
        assert_int_equal(web->n_vcpus, 2);
        assert_int_equal(web->frac_bits, 32);
        assert_int_equal(web->vcpus[0].offset + web->vcpus[1].offset, -UINT64_C(23829440));
        assert_int_equal(web->vcpus[1].ratio, UINT64_C(1) << 32);
        /* The process started 100 clock ticks after the boot. */
        assert_in_range(time_usec(CLOCK_REALTIME) - web->started_usec,
                        time_usec(CLOCK_BOOTTIME) - 100 * 1000000 / sysconf(_SC_CLK_TCK) - 2000000,
                        time_usec(CLOCK_BOOTTIME) - 100 * 1000000 / sysconf(_SC_CLK_TCK) + 2000000);
}

/* The formats of debugfs may change: an unknown format counts as not known. */
static void test_guests_read_what_is_no_number(void **state)
{
        static const char *const texts[] = { "",
                                             "\n",
                                             "-\n",
                                             "--5\n",
                                             "5 6\n",
                                             "0x10\n",
                                             "+5\n",
                                             "18446744073709551616\n",
                                             "\xff\x1b[2J\n",
                                             "99999999999999999999999999999999999999999999\n" };
        const Scratch *scratch = *state;

        put_vm(scratch, 42, 42, WEB, sizeof(WEB) - 1);
        for (unsigned i = 0; i < ARRAY_SIZE(texts); i++) {
                _cleanup_guests_ Guests guests = {};

                put_vcpu(scratch, "42-13", 0, "tsc-offset", texts[i]);
                put_vcpu(scratch, "42-13", 0, "tsc-scaling-ratio", texts[i]);
                put_vcpu(scratch, "42-13", 0, "tsc-scaling-ratio-frac-bits", texts[i]);
                assert_int_equal(read_made(scratch, &guests), 0);
                assert_int_equal(guests.n, 1);
                if (guests.entries[0].vcpus[0].has_offset || guests.entries[0].vcpus[0].has_ratio ||
                    guests.entries[0].frac_bits)
                        fail_msg("'%s' counts as a number", texts[i]);
        }
}

/* A VM whose process has ended while its directory is still there, and a VM without vCPUs. */
static void test_guests_read_half_gone(void **state)
{
        const Scratch *scratch = *state;
        _cleanup_guests_ Guests guests = {};

        put_text(scratch, "proc/version", "");
        put_vcpu(scratch, "2147483646-13", 0, "tsc-offset", "5\n");
        put_text(scratch, "kvm/42-9/exits", "5\n");
        put_vm(scratch, 42, 42, "\0\xff\n\0", 4);
        assert_int_equal(read_made(scratch, &guests), 0);
        assert_int_equal(guests.n, 2);
        for (size_t i = 0; i < guests.n; i++) {
                assert_true(strlen(guests.entries[i].name) > 0);
                assert_false(guests.entries[i].clock.known);
                assert_int_equal(guests.entries[i].n_vcpus, guests.entries[i].pid == 42 ? 0 : 1);
        }
}

static void test_guests_read_many(void **state)
{
        const Scratch *scratch = *state;
        _cleanup_guests_ Guests guests = {};
        uint64_t start, usec;

        for (unsigned vm = 1; vm <= 1000; vm++) {
                char name[32];

                put_vm(scratch, vm, vm, WEB, sizeof(WEB) - 1);
                (void)snprintf(name, sizeof(name), "%u-13", vm);
                for (unsigned vcpu = 0; vcpu < 8; vcpu++) {
                        put_vcpu(scratch, name, vcpu, "tsc-offset", "-5\n");
                        put_vcpu(scratch, name, vcpu, "tsc-scaling-ratio", "4294967296\n");
                }
                put_vcpu(scratch, name, 0, "tsc-scaling-ratio-frac-bits", "32\n");
        }
        start = time_usec(CLOCK_MONOTONIC);
        assert_int_equal(read_made(scratch, &guests), 0);
        usec = time_usec(CLOCK_MONOTONIC) - start;
        print_message("1000 VMs of 8 vCPUs: %" PRIu64 " ms\n", usec / 1000);
        assert_int_equal(guests.n, 1000);
        assert_int_equal(guests.entries[0].pid, 1);
        assert_int_equal(guests.entries[999].pid, 1000);
        assert_int_equal(guests.entries[999].n_vcpus, 8);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, scratch_setup, scratch_teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(test_guests_read),
                TEST(test_guests_read_what_is_no_number),
                TEST(test_guests_read_half_gone),
                TEST(test_guests_read_many),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
