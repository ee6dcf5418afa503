/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any bytes as the kernel's command line, behind a first line with the name that is asked for.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/macro.h"
#include "model/cmdline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_free_ char *name = strndup((const char *)data, size);
        char value[16], *cmdline, *newline;

        assert(name);
        newline = strchr(name, '\n');
        if (!newline || newline == name)
                return 0;
        *newline = '\0';
        cmdline = newline + 1;
        memset(value, '!', sizeof(value));
        if (cmdline_get(cmdline, name, value, sizeof(value)))
                assert(memchr(value, '\0', sizeof(value)) && cmdline_has(cmdline, name, NULL));
        else
                assert(value[0] == '!' && value[sizeof(value) - 1] == '!');
        /* Text in front of the parameter does not hide it. */
        if (cmdline_has(cmdline, "tsc", "unstable"))
                assert(cmdline_has(cmdline, "tsc", NULL) && strstr(cmdline, "tsc"));
        return 0;
}
