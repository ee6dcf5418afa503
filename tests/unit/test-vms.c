/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/vms.h"

#define CREATE UEVENT_KVM_CREATE
#define DESTROY UEVENT_KVM_DESTROY

typedef struct Row {
        UeventKind kind;
        uint64_t n_created;
        uint32_t n_vms, pid;
        const char *name;
        uint32_t n; /* the number of VMs afterwards */
        const char *text;
} Row;

static void play(Vms *vms, const Row *rows, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                Uevent uevent = {
                        .kind = rows[i].kind, .n_created = rows[i].n_created, .n_vms = rows[i].n_vms, .pid = rows[i].pid
                };
                _cleanup_free_ char *text = NULL;

                assert_int_equal(vms_feed(vms, &uevent, rows[i].name), 0);
                text = vms_format(vms, 3);
                if (vms->n != rows[i].n || strcmp(text, rows[i].text) != 0)
                        fail_msg("row %zu: %u, '%s'", i, vms->n, text);
                assert_int_equal(vms_run(vms), rows[i].n > 0);
        }
}

static void test_vms_come_and_go(void **state)
{
        static const Row rows[] = {
                { CREATE, 1, 1, 271, "web", 1, "web (271)" },
                { CREATE, 2, 2, 280, "qemu in a\\x2db.scope", 2, "web (271) and qemu in a\\x2db.scope (280)" },
                { CREATE, 3, 3, 290, NULL, 3, "web (271), qemu in a\\x2db.scope (280) and pid 290" },
                { CREATE, 4, 4, 290, "twice", 4, "web (271), qemu in a\\x2db.scope (280), pid 290 and 1 more" },
                { DESTROY, 4, 3, 280, NULL, 3, "web (271), pid 290 and twice (290)" },
                { DESTROY, 4, 2, 290, NULL, 2, "web (271) and twice (290)" },
                { DESTROY, 4, 1, 290, NULL, 1, "web (271)" },
                { DESTROY, 4, 0, 271, NULL, 0, "" },
        };
        Vms vms = {};

        play(&vms, rows, ARRAY_SIZE(rows));
        vms_done(&vms);
}

/* Some VMs ran before the daemon listened. Later events are lost. */
static void test_vms_unknown(void **state)
{
        static const Row first[] = {
                { CREATE, 9, 4, 271, "web", 4, "web (271) and 3 more" },
                { DESTROY, 9, 3, 12, NULL, 3, "web (271) and 2 more" },
                { DESTROY, 9, 2, 271, NULL, 2, "2 whose names are not known" },
                { DESTROY, 9, 1, 13, NULL, 1, "1 whose name is not known" },
        };
        static const Row then[] = {
                { DESTROY, 12, 2, 271, NULL, 2, "2 whose names are not known" },
                { DESTROY, 12, UINT32_MAX, 12, NULL, VMS_UNKNOWN, "" },
                { CREATE, 13, 2, 300, "db", 2, "db (300) and 1 more" },
                { CREATE, 0, 1, 301, "old", VMS_UNKNOWN, "db (300) and old (301)" },
        };
        _cleanup_free_ char *text = NULL;
        Vms vms = { .n = VMS_UNKNOWN };

        assert_true(vms_run(&vms));
        play(&vms, first, ARRAY_SIZE(first));
        vms_forget(&vms);
        assert_true(vms_run(&vms));
        text = vms_format(&vms, 3);
        assert_string_equal(text, "");
        play(&vms, then, ARRAY_SIZE(then));
        vms_done(&vms);
}

/* Events may come in any order: n_created says which one is the newest. */
static void test_vms_out_of_order(void **state)
{
        static const struct {
                Uevent events[4];
                uint32_t n;
        } rows[] = {
                { { { CREATE, 0, 2, 2, 2 }, { CREATE, 0, 1, 1, 1 } }, 2 },
                { { { CREATE, 0, 1, 1, 1 }, { CREATE, 0, 2, 1, 2 }, { DESTROY, 0, 1, 0, 1 } }, 1 },
                { { { CREATE, 0, 1, 1, 1 }, { CREATE, 0, 2, 2, 2 }, { DESTROY, 0, 2, 0, 2 }, { DESTROY, 0, 2, 1, 1 } },
                  0 },
                { { { DESTROY, 0, 2, 1, 1 }, { CREATE, 0, 2, 2, 2 } }, 1 },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                Vms vms = { .n = VMS_UNKNOWN };

                for (unsigned j = 0; j < ARRAY_SIZE(rows[i].events) && rows[i].events[j].pid; j++)
                        assert_int_equal(vms_feed(&vms, &rows[i].events[j], NULL), 0);
                if (vms.n != rows[i].n)
                        fail_msg("row %zu: %u", i, vms.n);
                vms_done(&vms);
        }
}

static void test_vms_named_are_bounded(void **state)
{
        Vms vms = {};

        for (unsigned i = 1; i <= 2 * VMS_NAMED_MAX; i++)
                assert_int_equal(vms_feed(&vms, &(Uevent) { CREATE, 0, i, i, i }, "vm"), 0);
        assert_int_equal(vms.n, 2 * VMS_NAMED_MAX);
        assert_int_equal(vms.n_named, VMS_NAMED_MAX);
        vms_done(&vms);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_vms_come_and_go),
                cmocka_unit_test(test_vms_unknown),
                cmocka_unit_test(test_vms_out_of_order),
                cmocka_unit_test(test_vms_named_are_bounded),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
