/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "guests/vm-clock.h"

/* A command line as a C string: each argument ends with "|". */
static void parse(const char *line, bool cut, VmClock *ret)
{
        char buffer[1024];
        size_t size = strlen(line);

        assert_true(size < sizeof(buffer));
        for (size_t i = 0; i <= size; i++)
                buffer[i] = line[i] == '|' ? '\0' : line[i];
        assert_int_equal(vm_clock_parse(buffer, size, cut, ret), 0);
}

typedef struct Row {
        const char *line, *name;
        Vmm vmm;
        const char *told; /* NULL: the command line says nothing about the clock */
        uint64_t tsc_hz;
        bool confidential;
} Row;

#define Q "/usr/bin/qemu-system-x86_64|"

static const Row rows[] = {
        { Q "-cpu|host,+invtsc,tsc-frequency=2400000000|", NULL, VMM_QEMU, "invtsc, tsc-frequency 2400000000 Hz",
          2400000000, false },
        { Q "-cpu|host,invtsc=on|", NULL, VMM_QEMU, "invtsc", 0, false },
        { Q "--cpu|Skylake-Server,invtsc=off,kvmclock=off|", NULL, VMM_QEMU, "no kvm-clock", 0, false },
        { Q "-cpu|host,-kvmclock|", NULL, VMM_QEMU, "no kvm-clock", 0, false },
        { Q "-cpu|host,kvm=off|", NULL, VMM_QEMU, "no kvm-clock", 0, false },
        { Q "-cpu|host|", NULL, VMM_QEMU, "", 0, false },
        { Q, NULL, VMM_QEMU, "", 0, false },
        /* With migratable=off the guest gets all flags of the host. */
        { Q "-cpu|host,migratable=off|", NULL, VMM_QEMU, "invtsc", 0, false },
        { Q "-cpu|host,migratable=no,invtsc=off|", NULL, VMM_QEMU, "", 0, false },
        { Q "-cpu|EPYC,migratable=off|", NULL, VMM_QEMU, "", 0, false },
        { Q "-cpu|host,hv_time,hv-reenlightenment=on|-rtc|base=localtime,driftfix=slew|", NULL, VMM_QEMU,
          "hv-time, hv-reenlightenment, RTC on local time, lost RTC interrupts are sent later", 0, false },
        { Q "-cpu|host,hv-passthrough|", NULL, VMM_QEMU, "hv-time, hv-reenlightenment", 0, false },
        { Q "-rtc|base=utc,clock=vm|-localtime|", NULL, VMM_QEMU,
          "RTC on local time, RTC stops while the guest is paused", 0, false },
        { Q "-global|kvm-pit.lost_tick_policy=discard|", NULL, VMM_QEMU, "lost PIT interrupts are discarded", 0,
          false },
        { Q "-global|kvm-pit.lost_tick_policy=delay|-rtc|clock=host,driftfix=none|", NULL, VMM_QEMU, "", 0, false },
        { Q "-incoming|defer|", NULL, VMM_QEMU, "came by a migration or a restore", 0, false },
        { Q "-cpu|max,tsc-freq=2.4G|", NULL, VMM_QEMU, "tsc-frequency 2400000000 Hz", 2400000000, false },
        { Q "-cpu|max,tsc-frequency=|", NULL, VMM_QEMU, "", 0, false },
        { Q "-cpu|max,tsc-frequency=-5|", NULL, VMM_QEMU, "", 0, false },
        { Q "-cpu|max,tsc-frequency=2.4GHz|", NULL, VMM_QEMU, "", 0, false },
        /* The last -cpu counts, and of each feature the last word. */
        { Q "-cpu|host,+invtsc|-cpu|host|", NULL, VMM_QEMU, "", 0, false },
        { Q "-cpu|host,+invtsc,-invtsc|", NULL, VMM_QEMU, "", 0, false },
        { Q "-cpu|host,invtsc=maybe|", NULL, VMM_QEMU, "", 0, false },
        { Q "-cpu|,,=,+,-,=on|", NULL, VMM_QEMU, "", 0, false },
        { Q "-cpu|", NULL, VMM_QEMU, "", 0, false },
        { Q "-name|guest=web,debug-threads=on|", "web", VMM_QEMU, "", 0, false },
        { Q "-name|web,process=x|", "web", VMM_QEMU, "", 0, false },
        { Q "-name|guest=a,,b|", "a,b", VMM_QEMU, "", 0, false },
        { Q "-name|process=x|", NULL, VMM_QEMU, "", 0, false },
        { "/usr/bin/kvm|-id|109|-name|mail,debug-threads=on|-cpu|kvm64,+invtsc|", "mail", VMM_QEMU, "invtsc", 0,
          false },
        { "/usr/libexec/qemu-kvm|-name|guest=x|", "x", VMM_QEMU, "", 0, false },
        { Q "-object|{\"qom-type\":\"sev-snp-guest\",\"id\":\"lsec0\"}|", NULL, VMM_QEMU, "", 0, true },
        { Q "-object|tdx-guest,id=tdx|", NULL, VMM_QEMU, "", 0, true },
        { Q "-object|sev-guest,id=sev0|", NULL, VMM_QEMU, "", 0, false },
        /* The file may have the other options. */
        { Q "-readconfig|/etc/vm.cfg|", NULL, VMM_QEMU, NULL, 0, false },
        { "/usr/bin/firecracker|--id|vm-7|--api-sock|/run/x|", "vm-7", VMM_FIRECRACKER, NULL, 0, false },
        { "firecracker-v1.7|--id|", NULL, VMM_FIRECRACKER, NULL, 0, false },
        { "cloud-hypervisor|--cpus|boot=4|", NULL, VMM_CLOUD_HYPERVISOR, NULL, 0, false },
        { "crosvm|run|", NULL, VMM_OTHER, NULL, 0, false },
        { "", NULL, VMM_OTHER, NULL, 0, false },
        { "no end", NULL, VMM_OTHER, NULL, 0, false },
};

static void test_vm_clock_of_command_lines(void **state)
{
        for (const Row *row = rows; row < rows + ARRAY_SIZE(rows); row++) {
                _cleanup_vm_clock_ VmClock clock = {};
                _cleanup_free_ char *told = NULL;

                parse(row->line, false, &clock);
                told = vm_clock_format(&clock);
                if (clock.vmm != row->vmm || clock.tsc_hz != row->tsc_hz || clock.confidential != row->confidential ||
                    clock.known != (row->told != NULL) || strcmp(told, row->told ? row->told : "") != 0 ||
                    (row->name == NULL) != (clock.name == NULL) || (row->name && strcmp(row->name, clock.name) != 0))
                        fail_msg("'%s': %s, name '%s', told %d '%s'", row->line, vmm_to_string(clock.vmm), clock.name,
                                 clock.known, told);
        }
}

static void test_vm_clock_cut_tells_nothing(void **state)
{
        _cleanup_vm_clock_ VmClock clock = {};

        parse(Q "-name|web|-cpu|host,+inv", true, &clock);
        assert_false(clock.known);
        assert_string_equal(clock.name, "web");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_vm_clock_of_command_lines),
                cmocka_unit_test(test_vm_clock_cut_tells_nothing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
