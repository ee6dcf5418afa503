/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check/boot-platform.h"
#include "check/boot-config.h"

static void test_boot_platform_detect_in_order(void **state)
{
        static const struct {
                BootFacts facts;
                const char *wanted;
        } cases[] = {
                { { .ostree_booted = true, .has_bootc = true, .has_rpm_ostree = true, .has_grubby = true, .bls = true },
                  "bootc" },
                { { .ostree_booted = true, .has_rpm_ostree = true, .has_grubby = true, .bls = true }, "rpm-ostree" },
                { { .has_bootc = true, .has_grubby = true, .bls = true }, "grubby" },
                { { .stub = true, .has_grubby = true, .bls = true, .kernel_cmdline = true }, "uki" },
                { { .has_grubby = true, .bls = true, .kernel_cmdline = true }, "grubby" },
                /* RHEL 7 has grubby, and may have another boot loader's tool installed that did not boot it. */
                { { .has_grubby = true }, "unknown" },
                { { .has_grubby = true, .has_update_grub = true, .grub_cfg = true }, "update-grub" },
                { { .has_update_grub = true, .kernel_cmdline = true }, "kernel-install" },
                { { .grub_cfg = true }, "unknown" },
                { { .has_update_grub = true, .grub_cfg = true, .kernel_cmdline = true }, "update-grub" },
                { { .kernel_cmdline = true }, "kernel-install" },
                /* GRUB is installed, but another boot loader has booted the machine. */
                { { .loader = "systemd-boot 252", .efi = true, .has_update_grub = true, .grub_cfg = true },
                  "kernel-install" },
                { { .loader = "systemd-boot 252",
                    .efi = true,
                    .has_update_grub = true,
                    .grub_cfg = true,
                    .proxmox = true },
                  "proxmox" },
                { { .loader = "rEFInd 0.14.0", .efi = true, .has_update_grub = true, .grub_cfg = true }, "refind" },
                { { .loader = "Limine 8", .efi = true, .has_grubby = true, .bls = true }, "other" },
                { { .efi = true, .has_update_grub = true, .grub_cfg = true }, "other" },
                { { .efi = true, .has_update_grub = true, .grub_cfg = true, .boot_image = true }, "update-grub" },
                { { .loader = "GRUB 2.12", .efi = true, .has_update_grub = true, .grub_cfg = true }, "update-grub" },
                { { .efi = true, .zfs_root = true, .has_update_grub = true, .grub_cfg = true }, "zfsbootmenu" },
                { { .zfs_root = true }, "zfsbootmenu" },
                { { .has_update_grub = true, .grub_cfg = true, .zfs_root = true, .boot_image = true }, "update-grub" },
                { { .grub2_cfg = true, .kernel_cmdline = true, .has_grubby = true }, "grub2-mkconfig" },
                { { .grub2_cfg = true }, "grub2-mkconfig" },
                { { .has_grubby = true, .default_grub = true, .kernel_cmdline = true }, "grub2-mkconfig" },
                { {}, "unknown" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                BootPlatform platform = boot_platform_detect(&cases[i].facts);
                const char *name = boot_platform_to_string(platform);

                if (strcmp(name, cases[i].wanted) != 0)
                        fail_msg("case %zu: %s instead of %s", i, name, cases[i].wanted);
                assert_int_equal(boot_platform_is_supported(platform),
                                 platform == BOOT_GRUBBY || platform == BOOT_UPDATE_GRUB);
                assert_non_null(boot_platform_describe(platform));
        }
}

static void test_boot_text_enables_bls(void **state)
{
        assert_true(boot_text_enables_bls("GRUB_TIMEOUT=5\nGRUB_ENABLE_BLSCFG=true\n"));
        assert_true(boot_text_enables_bls("GRUB_ENABLE_BLSCFG=\"true\""));
        assert_false(boot_text_enables_bls("GRUB_ENABLE_BLSCFG=true\nGRUB_ENABLE_BLSCFG=false\n"));
        assert_true(boot_text_enables_bls(" GRUB_ENABLE_BLSCFG=true # bls\n"));
        assert_false(boot_text_enables_bls("#GRUB_ENABLE_BLSCFG=true\n"));
        assert_false(boot_text_enables_bls(""));
        assert_false(boot_text_enables_bls(NULL));
}

static void test_boot_loader_decode(void **state)
{
        static const char bytes[] = "\6\0\0\0s\0y\0s\0\0\0x";
        char loader[BOOT_LOADER_SIZE];

        boot_loader_decode(bytes, sizeof(bytes), loader);
        assert_string_equal(loader, "sys");
        boot_loader_decode(bytes, 9, loader);
        assert_string_equal(loader, "sy");
        boot_loader_decode(bytes, 3, loader);
        assert_string_equal(loader, "");
        boot_loader_decode("\6\0\0\0a\1\n\0", 8, loader);
        assert_string_equal(loader, "??");
}

static BootParameters make_parameters(const char *first, const char *second)
{
        BootParameters parameters = {};

        assert_int_equal(boot_parameters_add(&parameters, first), 0);
        if (second)
                assert_int_equal(boot_parameters_add(&parameters, second), 0);
        return parameters;
}

static void test_boot_parameters(void **state)
{
        BootParameters parameters = make_parameters("a=1", "a=1");
        char text[BOOT_PARAMETERS_TEXT];

        assert_int_equal(parameters.n, 1);
        assert_int_equal(boot_parameters_add(&parameters, "b=2"), 0);
        assert_string_equal(boot_parameters_join(&parameters, text), "a=1 b=2");
        assert_true(boot_parameters_have(&parameters, "b=2"));
        assert_false(boot_parameters_have(&parameters, "b"));
        assert_int_equal(boot_parameters_add(&parameters, "c=3"), 0);
        assert_int_equal(boot_parameters_add(&parameters, "d=4"), 0);
        assert_int_equal(boot_parameters_add(&parameters, "e=5"), -ENOSPC);
        assert_int_equal(boot_parameters_add(&parameters, "d=4"), 0);
        assert_string_equal(boot_parameters_join(&parameters, text), "a=1 b=2 c=3 d=4");
}

#define MARK "# Written by tscwarden kargs apply; tscwarden kargs revert removes it.\n"

static void test_boot_store_is_read_as_written(void **state)
{
        static const struct {
                BootPlatform platform;
                const char *text;
        } cases[] = {
                { BOOT_UPDATE_GRUB,
                  MARK "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX processor.max_cstate=1 cpufreq.off=1\"\n" },
                { BOOT_GRUBBY, MARK "processor.max_cstate=1 cpufreq.off=1\n" },
        };
        BootParameters parameters = make_parameters("processor.max_cstate=1", "cpufreq.off=1");

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_free_ char *text = boot_store_format(cases[i].platform, &parameters, NULL);
                BootParameters found = {}, leaving = make_parameters("kept=1", NULL);

                assert_string_equal(text, cases[i].text);
                assert_int_equal(boot_store_parse(cases[i].platform, text, &found, &leaving), 0);
                assert_int_equal(leaving.n, 0);
                assert_int_equal(found.n, 2);
                assert_true(boot_parameters_have(&found, "processor.max_cstate=1"));
                assert_true(boot_parameters_have(&found, "cpufreq.off=1"));
        }
}

static void test_boot_store_notes_what_is_taken_back(void **state)
{
        const BootParameters leaving = make_parameters("a=1", "b=2"), none = {}, ours = make_parameters("c=3", NULL);
        _cleanup_free_ char *all = boot_store_format(BOOT_UPDATE_GRUB, &none, &leaving);
        _cleanup_free_ char *some = boot_store_format(BOOT_UPDATE_GRUB, &ours, &leaving);
        BootParameters found, gone;

        assert_string_equal(all, MARK "# Being removed: a=1 b=2\n");
        assert_string_equal(some, MARK "# Being removed: a=1 b=2\nGRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX c=3\"\n");
        assert_int_equal(boot_store_parse(BOOT_UPDATE_GRUB, all, &found, &gone), 0);
        assert_int_equal(found.n, 0);
        assert_true(gone.n == 2 && boot_parameters_have(&gone, "a=1") && boot_parameters_have(&gone, "b=2"));
        assert_int_equal(boot_store_parse(BOOT_UPDATE_GRUB, some, &found, &gone), 0);
        assert_true(found.n == 1 && boot_parameters_have(&found, "c=3") && gone.n == 2);
}

static void test_boot_store_refuses_what_is_not_ours(void **state)
{
        static const char *const texts[] = {
                "",
                MARK,
                "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX a=1\"\n",
                MARK "GRUB_CMDLINE_LINUX=\"a=1\"\n",
                MARK "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX \"\n",
                MARK "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX a=1",
                MARK "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX a=1\"",
                MARK "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX a=1\"\nGRUB_TIMEOUT=1\n",
                MARK "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX a=1  b=2\"\n",
                MARK "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX a=1 b=2 c=3 d=4 e=5\"\n",
                MARK "# Being removed: \n",
                MARK "# Being removed: a=1",
                MARK "# Being removed: a=1\nGRUB_TIMEOUT=1\n",
                MARK "# Being removed: a=1\n# Being taken back: a=1\n",
        };

        for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
                BootParameters kept = make_parameters("kept=1", NULL), leaving = kept;

                if (boot_store_parse(BOOT_UPDATE_GRUB, texts[i], &kept, &leaving) != -EBADMSG)
                        fail_msg("taken: %s", texts[i]);
                assert_true(kept.n == 1 && boot_parameters_have(&kept, "kept=1"));
                assert_true(leaving.n == 1 && boot_parameters_have(&leaving, "kept=1"));
        }
}

static void test_boot_config_from_grubby(void **state)
{
        _cleanup_boot_config_ BootConfig config = {};
        char value[16] = "";

        config.files = malloc(sizeof(*config.files));
        config.files[0] = (BootFile) {
                .path = strdup("/etc/tuned/bootcmdline"),
                .text = strdup(
                        "# TUNED_BOOT_CMDLINE=\"y\"\nTUNED_BOOT_CMDLINE=\"skew_tick=1 cpufreq.off=1\"\nX=\"z\"\n")
        };
        config.n_files = 1;
        assert_int_equal(boot_config_parse_grubby(&config,
                                                  "index=0\nkernel=\"/boot/vmlinuz-5.14\"\n"
                                                  "args=\"ro quiet processor.max_cstate=1 $tuned_params\"\n"
                                                  "root=\"/dev/vda\"\ntitle=\"args=\"x\"\"\n"
                                                  "index=1\nargs=\"ro processor.max_cstate=5\"\nindex=2\nargs=\"\"\n"),
                         0);
        assert_int_equal(config.n, 3);
        assert_string_equal(config.cmdlines[0], "ro quiet processor.max_cstate=1 skew_tick=1 cpufreq.off=1");
        assert_string_equal(boot_config_owner(&config, "cpufreq.off=1"), "/etc/tuned/bootcmdline");
        assert_string_equal(config.cmdlines[2], "");
        assert_int_equal(boot_config_count(&config, "processor.max_cstate=1"), 1);
        assert_int_equal(boot_config_count(&config, "quiet"), 0);
        assert_true(boot_config_contradicts(&config, "processor.max_cstate=1", value, sizeof(value)));
        assert_string_equal(value, "5");
        assert_false(boot_config_contradicts(&config, "cpufreq.off=1", value, sizeof(value)));
        assert_null(boot_config_owner(&config, "processor.max_cstate=1"));
        config.ours = make_parameters("processor.max_cstate=1", NULL);
        assert_string_equal(boot_config_owner(&config, "processor.max_cstate=1"), "tscwarden");
}

static void test_boot_config_from_grubby_not_understood(void **state)
{
        static const char *const texts[] = {
                "",
                "index=0\nnon linux entry\n",
                "args=\"$kernelopts quiet\"\n",
        };

        for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
                _cleanup_boot_config_ BootConfig config = {};

                if (boot_config_parse_grubby(&config, texts[i]) != -EBADMSG)
                        fail_msg("taken: %s", texts[i]);
        }
}

static void test_boot_config_from_grub_cfg(void **state)
{
        static const char text[] =
                "set default=0\n"
                "### BEGIN /etc/grub.d/10_linux ###\n"
                "set linux_gfx_mode=auto\n"
                "menuentry 'Debian' --class debian $menuentry_id_option 'gnulinux-simple-x' {\n"
                "\tlinux\t/boot/vmlinuz-6.1 root=UUID=x ro  quiet processor.max_cstate=1\n"
                "\tinitrd\t/boot/initrd.img-6.1\n}\n"
                "submenu 'Advanced' $menuentry_id_option 'gnulinux-advanced-x' {\n"
                "\tmenuentry 'Debian, 6.1' $menuentry_id_option 'gnulinux-6.1-advanced-x' {\n"
                "\t\tlinux /boot/vmlinuz-6.1 root=UUID=x ro\n\t}\n"
                "\tmenuentry 'Debian (recovery mode)' $menuentry_id_option 'gnulinux-6.1-recovery-x' {\n"
                "\t\tlinux /boot/vmlinuz-6.1 root=UUID=x ro single\n\t}\n}\n"
                "### END /etc/grub.d/10_linux ###\n"
                "menuentry 'memtest' {\n\tlinux /boot/memtest86+\n}\n";
        _cleanup_boot_config_ BootConfig config = {}, other = {};

        assert_int_equal(boot_config_parse_grub_cfg(&config, text), 0);
        assert_int_equal(config.n, 2);
        assert_string_equal(config.cmdlines[0], "root=UUID=x ro  quiet processor.max_cstate=1");
        assert_string_equal(config.cmdlines[1], "root=UUID=x ro");
        assert_int_equal(boot_config_parse_grub_cfg(&other, "menuentry 'x' {\n\tlinux /vmlinuz\n}\n"), -EBADMSG);
        assert_int_equal(other.n, 0);
}

static void test_boot_config_owner_is_a_file(void **state)
{
        BootFile files[] = {
                { (char *)"/etc/default/grub", (char *)"#GRUB_CMDLINE_LINUX=\"b=2\"\nGRUB_CMDLINE_LINUX=\"ro a=1\"\n" },
                { (char *)"/etc/default/grub.d/x.cfg", (char *)"GRUB_CMDLINE_LINUX='xa=1 c=31 d=4'" },
        };
        BootConfig config = { .files = files, .n_files = 2 };

        assert_string_equal(boot_config_owner(&config, "a=1"), "/etc/default/grub");
        assert_null(boot_config_owner(&config, "b=2"));
        assert_null(boot_config_owner(&config, "c=3"));
        assert_string_equal(boot_config_owner(&config, "d=4"), "/etc/default/grub.d/x.cfg");
}

static void test_boot_platform_advice(void **state)
{
        static const struct {
                BootPlatform platform;
                bool rpm_ostree;
                const char *wanted;
        } cases[] = {
                { BOOT_OSTREE, true, "rpm-ostree kargs --append-if-missing=a=1 --append-if-missing=b=2" },
                { BOOT_BOOTC, false, "kargs = [\"a=1\", \"b=2\"]" },
                { BOOT_BOOTC, true, "rpm-ostree kargs --append-if-missing=a=1 --append-if-missing=b=2\n" },
                { BOOT_UKI, false, "\na=1 b=2" },
                { BOOT_GRUBBY, false, "grubby --update-kernel=ALL --args=\"a=1 b=2\"" },
                { BOOT_UPDATE_GRUB, false, "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX a=1 b=2\"\nThen: update-grub" },
                { BOOT_KERNEL_INSTALL, false, "/etc/kernel/cmdline:\na=1 b=2\n" },
                { BOOT_UNKNOWN, false, "\na=1 b=2" },
        };
        BootParameters parameters = make_parameters("a=1", "b=2");

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                BootFacts facts = { .has_rpm_ostree = cases[i].rpm_ostree };
                _cleanup_free_ char *text = boot_platform_advice(&facts, cases[i].platform, &parameters);

                if (!strstr(text, cases[i].wanted))
                        fail_msg("%s, not: %s", text, cases[i].wanted);
        }
}

static void test_boot_command(void **state)
{
        static const struct {
                BootConfig config;
                const char *wanted;
        } cases[] = {
                { { .platform = BOOT_OSTREE, .error = -EOPNOTSUPP, .facts = { .has_rpm_ostree = true } },
                  "rpm-ostree kargs --append-if-missing=a.b=1 --append-if-missing=c=2" },
                { { .platform = BOOT_BOOTC, .error = -EOPNOTSUPP }, NULL },
                { { .platform = BOOT_UKI, .error = -EOPNOTSUPP }, NULL },
                { { .platform = BOOT_GRUBBY }, NULL },
                { { .platform = BOOT_PROXMOX },
                  "sed -i --follow-symlinks '1s/$/ a.b=1 c=2/' /etc/kernel/cmdline && proxmox-boot-tool refresh" },
                { { .platform = BOOT_PROXMOX, .error = -ENOENT }, NULL },
                { { .platform = BOOT_KERNEL_INSTALL }, NULL },
                { { .platform = BOOT_KERNEL_INSTALL, .facts = { .kernel_image = "/boot/vmlinuz-6" } },
                  "sed -i --follow-symlinks '1s/$/ a.b=1 c=2/' /etc/kernel/cmdline && kernel-install add \"$(uname -r)\" /boot/vmlinuz-6" },
                { { .platform = BOOT_GRUB_MKCONFIG },
                  "printf '\\nGRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX a.b=1 c=2\"\\n' >> /etc/default/grub && "
                  "grub2-mkconfig -o /boot/grub2/grub.cfg" },
                { { .platform = BOOT_GRUB_MKCONFIG, .facts = { .default_grub_quoted = true } },
                  "sed -i --follow-symlinks 's/^GRUB_CMDLINE_LINUX=\"/&a.b=1 c=2 /' /etc/default/grub && "
                  "grub2-mkconfig -o /boot/grub2/grub.cfg" },
                { { .platform = BOOT_GRUB_MKCONFIG, .error = -EBADMSG }, NULL },
        };
        static const BootParameters parameters = { .n = 2, .words = { "a.b=1", "c=2" } };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                char *command = NULL;

                assert_int_equal(boot_command_format(&cases[i].config, &parameters, &command), 0);
                if (cases[i].wanted)
                        assert_string_equal(command, cases[i].wanted);
                else
                        assert_null(command);
                free(command);
        }
        assert_true(boot_text_has_quoted_cmdline("A=1\nGRUB_CMDLINE_LINUX=\"quiet\"\n"));
        assert_false(boot_text_has_quoted_cmdline("GRUB_CMDLINE_LINUX='quiet'\n"));
        assert_false(boot_text_has_quoted_cmdline("  GRUB_CMDLINE_LINUX=\"\"\n"));
        assert_false(boot_text_has_quoted_cmdline("GRUB_CMDLINE_LINUX=\"\"\nGRUB_CMDLINE_LINUX=\"a\"\n"));
        assert_false(boot_text_has_quoted_cmdline("GRUB_CMDLINE_LINUX_DEFAULT=\"\"\n"));
        assert_false(boot_text_has_quoted_cmdline(NULL));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_boot_command),
                cmocka_unit_test(test_boot_platform_detect_in_order),
                cmocka_unit_test(test_boot_text_enables_bls),
                cmocka_unit_test(test_boot_loader_decode),
                cmocka_unit_test(test_boot_parameters),
                cmocka_unit_test(test_boot_store_is_read_as_written),
                cmocka_unit_test(test_boot_store_notes_what_is_taken_back),
                cmocka_unit_test(test_boot_store_refuses_what_is_not_ours),
                cmocka_unit_test(test_boot_config_from_grubby),
                cmocka_unit_test(test_boot_config_from_grubby_not_understood),
                cmocka_unit_test(test_boot_config_from_grub_cfg),
                cmocka_unit_test(test_boot_config_owner_is_a_file),
                cmocka_unit_test(test_boot_platform_advice),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
