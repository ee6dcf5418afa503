/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/facts.h"

#define REV_F(n)                                                   \
        "processor\t: " n "\n"                                     \
        "vendor_id\t: AuthenticAMD\n"                              \
        "cpu family\t: 15\n"                                       \
        "model\t\t: 65\n"                                          \
        "model name\t: Dual-Core AMD Opteron(tm) Processor 2220\n" \
        "stepping\t: 3\n"                                          \
        "microcode\t: 0x62\n"                                      \
        "flags\t\t: fpu vme tsc msr rdtscp lm svm\n"               \
        "bugs\t\t: fxsave_leak\n"                                  \
        "power management: ts fid vid ttp tm stc\n\n"

#define CPU(n, flags)                 \
        "processor\t: " n "\n"        \
        "vendor_id\t: GenuineIntel\n" \
        "cpu family\t: 6\n"           \
        "model\t\t: 85\n"             \
        "flags\t\t: fpu tsc " flags "\n\n"

typedef struct FactsCase {
        const char *text;
        int r;
        unsigned n_cpus;
        bool constant_tsc;
        bool nonstop_tsc;
        bool hypervisor;
        const char *without_constant_tsc;
        const char *without_nonstop_tsc;
} FactsCase;

static const FactsCase cases[] = {
        { REV_F("0") REV_F("1"), 0, 2, false, false, false, "0-1", "0-1" },
        { CPU("0", "constant_tsc nonstop_tsc") CPU("1", "nonstop_tsc constant_tsc"), 0, 2, true, true, false, "", "" },
        { CPU("0", "constant_tsc") CPU("7", "constant_tsc nonstop_tsc"), 0, 2, true, false, false, "", "0" },
        { CPU("0", "constant_tsc nonstop_tsc") CPU("5", "lm"), 0, 2, false, false, false, "5", "5" },
        { CPU("0", "hypervisor") CPU("1", "hypervisor"), 0, 2, false, false, true, "0-1", "0-1" },
        { CPU("0", "hypervisor") CPU("1", "lm"), 0, 2, false, false, false, "0-1", "0-1" },
        { CPU("0", "lm") CPU("1", "hypervisor"), 0, 2, false, false, false, "0-1", "0-1" },
        /* Words that contain a flag's name and are no flag. */
        { CPU("0", "constant_tsc2 xnonstop_tsc nonstop_tsc_s3 hypervisors"), 0, 1, false, false, false, "0", "0" },
        /* The lines "vmx flags" and "model name" list no flags of the CPU. */
        { "processor\t: 0\nmodel name\t: constant_tsc nonstop_tsc\nvmx flags\t: constant_tsc\n", 0, 1, false, false,
          false, "0", "0" },
        /* The last line without a newline, no blank line between two CPUs. */
        { "processor\t: 0\nflags\t\t: constant_tsc\nprocessor\t: 1\nflags\t\t: constant_tsc", 0, 2, true, false, false,
          "", "0-1" },
        { "processor : 3\nflags : nonstop_tsc\n", 0, 1, false, true, false, "3", "" },
        { "flags\t\t: constant_tsc nonstop_tsc\nprocessor\t: 0\n", 0, 1, false, false, false, "0", "0" },
        { .text = "\n", .r = -EBADMSG },
        { .text = "no colon here\n", .r = -EBADMSG },
        { .text = "vendor_id\t: GenuineIntel\nflags\t\t: constant_tsc\n", .r = -EBADMSG },
        { .text = "processor\t: x\n", .r = -EBADMSG },
        { .text = "processor\t:\n", .r = -EBADMSG },
        { .text = "processor\t: 8192\n", .r = -EBADMSG },
};

static int parse_text(const char *text, Facts *facts)
{
        FILE *stream = fmemopen((void *)text, strlen(text), "r");
        int r;

        assert_non_null(stream);
        r = facts_parse_cpuinfo(stream, facts);
        fclose(stream);
        return r;
}

static void assert_set(const CpuSet *set, const char *expected)
{
        _cleanup_free_ char *text = cpuset_format(set);

        assert_non_null(text);
        assert_string_equal(text, expected);
}

static void test_facts_flags_of_every_cpu(void **state)
{
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_facts_ Facts facts = {};
                int r = parse_text(cases[i].text, &facts);

                if (r != cases[i].r)
                        print_error("expected %d, got %d:\n%s\n", cases[i].r, r, cases[i].text);
                assert_int_equal(r, cases[i].r);
                if (r < 0)
                        continue;
                assert_int_equal(facts.n_cpus, cases[i].n_cpus);
                assert_int_equal(facts.constant_tsc, cases[i].constant_tsc);
                assert_int_equal(facts.nonstop_tsc, cases[i].nonstop_tsc);
                assert_int_equal(facts.hypervisor, cases[i].hypervisor);
                assert_set(&facts.without_constant_tsc, cases[i].without_constant_tsc);
                assert_set(&facts.without_nonstop_tsc, cases[i].without_nonstop_tsc);
        }
}

static void test_facts_name_the_first_cpu(void **state)
{
        _cleanup_facts_ Facts facts = {}, odd = {};

        assert_int_equal(parse_text(REV_F("0") CPU("1", "lm"), &facts), 0);
        assert_string_equal(facts.vendor, "AuthenticAMD");
        assert_int_equal(facts.family, 15);
        assert_int_equal(facts.model, 65);
        assert_true(facts_is_amd_rev_f(&facts));
        assert_string_equal(facts.microcode, "0x62");

        assert_int_equal(parse_text("processor\t: 0\nvendor_id\t: 0123456789abcdefXYZ\nmodel\t\t: unknown\n", &odd), 0);
        assert_string_equal(odd.vendor, "0123456789abcde");
        assert_int_equal(odd.model, 0);
        assert_string_equal(odd.microcode, "");
}

static void test_facts_more_flags(void **state)
{
        static const char all[] = CPU("0", "tsc_adjust tsc_reliable");
        static const char *const lacking[] = {
                CPU("1", "tsc_reliable"),
                CPU("1", "tsc_adjust"),
        };
        char text[1024];

        for (size_t i = 0; i <= ARRAY_SIZE(lacking); i++) {
                _cleanup_facts_ Facts facts = {};

                snprintf(text, sizeof(text), "%s%s%s", all, i < ARRAY_SIZE(lacking) ? lacking[i] : all, all);
                assert_int_equal(parse_text(text, &facts), 0);
                assert_true(facts.has_tsc);
                assert_int_equal(facts.tsc_adjust, i != 0);
                assert_int_equal(facts.tsc_reliable, i != 1);
        }

        _cleanup_facts_ Facts facts = {};
        assert_int_equal(parse_text("processor\t: 0\nflags\t\t: fpu msr tsc_adjust\n", &facts), 0);
        assert_false(facts.has_tsc);
}

static void test_facts_tsc_scaling(void **state)
{
        static const struct {
                const char *text;
                bool wanted;
        } scaling[] = {
                { CPU("0", "svm tsc_scale"), true },
                { "processor\t: 0\nflags\t\t: vmx\nvmx flags\t: vnmi tsc_offset tsc_scaling usr_wait_pause\n", true },
                { "processor\t: 0\nflags\t\t: vmx\nvmx flags\t: vnmi tsc_offset\n", false },
                { "processor\t: 0\nflags\t\t: tsc_scaling\nvmx flags\t: tsc_scale\n", false },
                { CPU("0", "tsc_scale") CPU("1", "svm"), false },
        };

        for (size_t i = 0; i < ARRAY_SIZE(scaling); i++) {
                _cleanup_facts_ Facts facts = {};

                assert_int_equal(parse_text(scaling[i].text, &facts), 0);
                if (facts.tsc_scaling != scaling[i].wanted)
                        fail_msg("%s", scaling[i].text);
        }
}

static ssize_t fail_to_read(void *cookie, char *buffer, size_t size)
{
        errno = EIO;
        return -1;
}

static void test_facts_report_a_failing_stream(void **state)
{
        FILE *stream = fopencookie(NULL, "r", (cookie_io_functions_t) { .read = fail_to_read });
        _cleanup_facts_ Facts facts = {};

        assert_non_null(stream);
        assert_int_equal(facts_parse_cpuinfo(stream, &facts), -EIO);
        fclose(stream);
}

static void test_facts_of_this_host(void **state)
{
        _cleanup_facts_ Facts facts = {};

        assert_int_equal(facts_read(&facts), 0);
        assert_true(facts.n_cpus > 0);
        assert_non_null(facts.cmdline);
        assert_null(strchr(facts.cmdline, '\n'));
        assert_int_equal(facts.constant_tsc, cpuset_is_empty(&facts.without_constant_tsc));
        assert_true(facts.kernel_major >= 3);
        /* Where packages are built there may be no /sys: then the number is 0, not known. */
        if (access("/sys/devices/system/cpu/possible", R_OK) == 0)
                assert_true(facts.n_possible >= facts.n_cpus);
        assert_true(facts.n_packages <= facts.n_cpus);
        if (access("/sys/devices/system/cpu/cpu0/topology/core_siblings_list", R_OK) == 0)
                assert_true(facts.n_packages > 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_facts_flags_of_every_cpu),
                cmocka_unit_test(test_facts_name_the_first_cpu),
                cmocka_unit_test(test_facts_more_flags),
                cmocka_unit_test(test_facts_tsc_scaling),
                cmocka_unit_test(test_facts_report_a_failing_stream),
                cmocka_unit_test(test_facts_of_this_host),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
