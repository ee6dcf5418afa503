/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/uevent.h"

#define CPUS "/devices/system/cpu/"
#define KVM "/devices/virtual/misc/kvm"
#define T(action_, devpath_, subsystem_)                                        \
        {                                                                       \
                .action = action_, .devpath = devpath_, .subsystem = subsystem_ \
        }
#define V(devpath_, event_, created_, count_, pid_)                                                                 \
        {                                                                                                           \
                .action = "change", .devpath = devpath_, .subsystem = "misc", .event = event_, .created = created_, \
                .count = count_, .pid = pid_                                                                        \
        }

static void test_uevent_is_ours(void **state)
{
        static const struct {
                UeventText text;
                Uevent uevent;
        } rows[] = {
                { T("online", CPUS "cpu3", "cpu"), { UEVENT_CPU, 3, 0, 0, 0 } },
                { T("offline", CPUS "cpu0", "cpu"), { UEVENT_CPU, 0, 0, 0, 0 } },
                { T("add", CPUS "cpu511", "cpu"), { UEVENT_CPU, 511, 0, 0, 0 } },
                { T("remove", CPUS "cpu8", "cpu"), { UEVENT_CPU, 8, 0, 0, 0 } },
                { T("add", "/module/acpi_cpufreq", "module"), { UEVENT_MODULE, 0, 0, 0, 0 } },
                { T("remove", "/module/acpi_cpufreq", "module"), { UEVENT_MODULE, 0, 0, 0, 0 } },
                { V(KVM, "create", "7", "1", "271"), { UEVENT_KVM_CREATE, 0, 7, 1, 271 } },
                { V(KVM, "destroy", "7", "0", "271"), { UEVENT_KVM_DESTROY, 0, 7, 0, 271 } },
                { V(KVM, "create", NULL, NULL, NULL), { UEVENT_KVM_CREATE, 0, 0, UINT32_MAX, 0 } },
                { V(KVM, "create", "x", "-1", "0"), { UEVENT_KVM_CREATE, 0, 0, UINT32_MAX, 0 } },
                { V(KVM, "create", "18446744073709551616", "4294967295", "4294967297"),
                  { UEVENT_KVM_CREATE, 0, 0, UINT32_MAX, 0 } },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                Uevent uevent = {};

                if (!uevent_classify(&rows[i].text, &uevent) || uevent.kind != rows[i].uevent.kind ||
                    uevent.cpu != rows[i].uevent.cpu || uevent.n_created != rows[i].uevent.n_created ||
                    uevent.n_vms != rows[i].uevent.n_vms || uevent.pid != rows[i].uevent.pid)
                        fail_msg("row %zu: kind %d, CPU %u, %ju of %u VMs, pid %u", i, uevent.kind, uevent.cpu,
                                 (uintmax_t)uevent.n_created, uevent.n_vms, uevent.pid);
        }
}

static void test_uevent_is_not_ours(void **state)
{
        static const UeventText rows[] = {
                {},
                T("online", NULL, "cpu"),
                T("online", CPUS "cpu3", NULL),
                T(NULL, CPUS "cpu3", "cpu"),
                T("change", CPUS "cpu3", "cpu"),
                T("online", CPUS "cpu", "cpu"),
                T("online", CPUS "cpu3x", "cpu"),
                T("online", CPUS "cpu-1", "cpu"),
                T("online", CPUS "cpu99999999", "cpu"),
                T("online", CPUS "cpu3/cache", "cpu"),
                T("online", "/devices/system/node/node0", "node"),
                T("change", "/module/loop", "module"),
                V(KVM, NULL, "1", "1", "2"),
                V(KVM, "pause", "1", "1", "2"),
                V("/devices/virtual/misc/kvm2", "create", "1", "1", "2"),
                T("add", "/devices/virtual/misc/fuse", "misc"),
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                Uevent uevent = { .cpu = 77 };

                if (uevent_classify(&rows[i], &uevent) || uevent.cpu != 77)
                        fail_msg("row %zu: kind %d", i, uevent.kind);
        }
}

static void is(const char *got, const char *wanted)
{
        if (!wanted)
                assert_null(got);
        else
                assert_string_equal(got ? got : "(none)", wanted);
}

static void test_properties_are_found_in_a_message(void **state)
{
        /* What KVM sends; keys that begin or end as ours do; nothing between two NULs; no NUL at the end. */
        static const char message[] =
                "change@" KVM "\0ACTION=change\0DEVPATH=" KVM "\0SUBSYSTEM=misc\0MAJOR=10\0"
                "\0CREATED=7\0COUNT=1\0XEVENT=no\0EVENT=create\0EVENTS=no\0PID=271\0STATS_PATH=PID=1";
        UeventText text;

        uevent_parse(message, sizeof(message) - 1, &text);
        is(text.action, "change");
        is(text.devpath, KVM);
        is(text.subsystem, "misc");
        is(text.event, "create");
        is(text.created, "7");
        is(text.count, "1");
        is(text.pid, "271");

        uevent_parse("online@" CPUS "cpu3\0PID", strlen("online@" CPUS "cpu3") + 1, &text);
        is(text.action, NULL);
        is(text.devpath, NULL);
        is(text.pid, NULL);

        uevent_parse("", 0, &text);
        is(text.subsystem, NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_uevent_is_ours),
                cmocka_unit_test(test_uevent_is_not_ours),
                cmocka_unit_test(test_properties_are_found_in_a_message),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
