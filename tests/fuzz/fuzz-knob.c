/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any bytes as the path of a knob: refused, or a path below its folder that is formatted again with the same letters
 */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/macro.h"
#include "model/knob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_free_ char *text = strndup((const char *)data, size);
        char path[KNOB_NAME_SIZE];
        KnobId id;
        int r;

        assert(text);
        r = knob_path_parse(text, &id);
        assert(r == 0 || r == -EINVAL);
        if (r == 0)
                assert(strcmp(knob_path_format(&id, path), text) == 0 && !strstr(path, ".."));
        for (Knob knob = 0; knob < KNOB_MAX_; knob++)
                if (knob_value_check(knob, text) == 0)
                        assert(text[0] && strlen(text) < KNOB_VALUE_SIZE && !strpbrk(text, " \t\n\r\x1b\x7f"));
        return 0;
}
