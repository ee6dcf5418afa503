/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "check/boot-need.h"

/* Two CPUs without both flags: all three parameters are needed. */
static const Facts facts = {
        .has_tsc = true, .n_possible = 2, .family = 6, .vendor = "GenuineIntel", .idle_driver = "intel_idle"
};

enum { IDLE = 1, INTEL_IDLE = 2, FREQUENCY = 4, ALL = 7 };

static BootNeed find(const char *booted, BootConfig *config)
{
        Facts here = facts;
        BootNeed need;

        here.cmdline = booted;
        boot_need_find(&here, VERDICT_STABLE, REASON_NONE, config, &need);
        return need;
}

static void test_boot_need_find(void **state)
{
        static const char all[] = "processor.max_cstate=1 intel_idle.max_cstate=1 cpufreq.off=1", none[] = "ro quiet";
        static const char idle[] = "processor.max_cstate=1 intel_idle.max_cstate=1",
                          other[] = "idle=poll cpufreq.off=1";
        static const struct {
                const char *booted, *entries[2];
                unsigned unbooted, unconfigured, concerned;
        } cases[] = {
                { none, { none, none }, ALL, ALL, ALL },
                { all, { all, all }, 0, 0, ALL },
                { none, { all, all }, ALL, 0, ALL },
                { all, { none, none }, 0, ALL, ALL },
                { none, { all, idle }, ALL, FREQUENCY, ALL },
                /* No boot entry can be read: the next boot counts as this one. */
                { none, { NULL }, ALL, ALL, ALL },
                { idle, { NULL }, FREQUENCY, FREQUENCY, ALL },
                /* Parameters with the same effect count too. */
                { other, { other, other }, 0, 0, FREQUENCY },
                { "cpufreq.default_governor=performance",
                  { "processor.max_cstate=1 cpufreq.default_governor=performance" },
                  IDLE | INTEL_IDLE,
                  INTEL_IDLE,
                  IDLE | INTEL_IDLE },
                /* The last of two values counts. */
                { all,
                  { all, "processor.max_cstate=1 intel_idle.max_cstate=1 cpufreq.off=1 cpufreq.off=0" },
                  0,
                  FREQUENCY,
                  ALL },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                char *entries[] = { (char *)cases[i].entries[0], (char *)cases[i].entries[1] };
                BootConfig config = { .cmdlines = entries, .n = !!entries[0] + !!entries[1] };
                BootNeed need;

                config.error = config.n == 0 ? -EACCES : 0;
                need = find(cases[i].booted, &config);
                assert_string_equal(need.wanted[0], "processor.max_cstate=1");
                assert_string_equal(need.wanted[2], "cpufreq.off=1");
                assert_null(need.wanted[3]);
                if (need.unbooted != cases[i].unbooted || need.unconfigured != cases[i].unconfigured ||
                    need.concerned != cases[i].concerned)
                        fail_msg("case %zu: %u %u %u", i, need.unbooted, need.unconfigured, need.concerned);
        }
}

static void test_boot_need_obstacle(void **state)
{
        static const struct {
                BootPlatform platform;
                int ours_error;
                const char *entries[2], *wanted;
        } cases[] = {
                { BOOT_UPDATE_GRUB, 0, { "ro", "ro" }, NULL },
                { BOOT_UPDATE_GRUB, 0, { "cpufreq.off=1", "ro" }, NULL },
                { BOOT_GRUBBY,
                  0,
                  { "cpufreq.off=1", "ro" },
                  "cpufreq.off=1 is in 1 of 2 boot entries: remove it first: grubby --update-kernel=ALL --remove-args=cpufreq.off=1" },
                { BOOT_UPDATE_GRUB,
                  0,
                  { "ro", "processor.max_cstate=\033" },
                  "processor.max_cstate=\033 is in 1 of 2 boot entries: remove it first" },
                { BOOT_UPDATE_GRUB,
                  -EBADMSG,
                  { "ro", "ro" },
                  "/etc/default/grub.d/90-tscwarden.cfg was not written by kargs apply, or was changed since: remove it first" },
                { BOOT_GRUBBY,
                  -EACCES,
                  { "ro", "ro" },
                  "Cannot read /var/lib/tscwarden/boot-parameters: Permission denied" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                char *entries[] = { (char *)cases[i].entries[0], (char *)cases[i].entries[1] };
                BootConfig config = {
                        .platform = cases[i].platform, .cmdlines = entries, .n = 2, .ours_error = cases[i].ours_error
                };
                BootNeed need = find("ro", &config);
                _cleanup_free_ char *text = NULL;

                assert_int_equal(boot_need_obstacle(&need, &config, &text), 0);
                if (cases[i].wanted)
                        assert_string_equal(text, cases[i].wanted);
                else
                        assert_null(text);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_boot_need_find),
                cmocka_unit_test(test_boot_need_obstacle),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
