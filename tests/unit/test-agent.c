/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macro.h"
#include "check/agent.h"

static void test_agent_judge(void **state)
{
        static const struct {
                const char *arguments, *file, *refuses;
                bool vsock;
        } cases[] = {
                { "/usr/sbin/qemu-ga ", NULL, NULL, false },
                /* RHEL 7 and 8, as shipped: reading the clock is allowed. */
                { "/usr/bin/qemu-ga --method=virtio-serial --path=/dev/virtio-ports/org.qemu.guest_agent.0 "
                  "--blacklist=guest-file-open,guest-exec -F/etc/qemu-ga/fsfreeze-hook ",
                  NULL, NULL, false },
                { "qemu-ga --blacklist=guest-exec,guest-set-time ", NULL, "guest-set-time", false },
                { "qemu-ga -b guest-get-time ", NULL, "guest-get-time", false },
                { "qemu-ga -b guest-set-time-zone ", NULL, NULL, false },
                /* RHEL 9, as shipped. */
                { "qemu-ga --allow-rpcs=guest-sync,guest-get-time,guest-set-time ", NULL, NULL, false },
                { "qemu-ga --allow-rpcs guest-sync,guest-get-time ", NULL, "guest-set-time", false },
                { "qemu-ga ", "[general]\nblock-rpcs = guest-set-time,guest-exec\n", "guest-set-time", false },
                { "qemu-ga --block-rpcs=guest-exec ", "block-rpcs=guest-set-time\n", NULL, false },
                { "qemu-ga ", "allow-rpcs=\n", NULL, false },
                { "qemu-ga -m vsock-listen -p 3:1234 ", NULL, NULL, true },
                { "qemu-ga ", "method=vsock-listen\npath=3:1234", NULL, true },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                AgentFound found;

                agent_judge(cases[i].arguments, cases[i].file, &found);
                assert_int_equal(found.vsock, cases[i].vsock);
                if (cases[i].refuses)
                        assert_string_equal(found.refuses, cases[i].refuses);
                else
                        assert_null(found.refuses);
        }
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_agent_judge),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
