/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any bytes as the file `clock`.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const Facts facts = { .has_tsc = true };
        ClockView view;
        Clock clock;
        char *text;

        clock_init(&clock, &facts);
        if (clock_import(&clock, (const char *)data, size, "boot") != 1)
                return 0;
        clock_start(&clock, true, 1);
        clock_get(&clock, &view);
        text = clock_export(&clock, "boot");
        if (!text || strlen(view.kernel_line) >= KERNEL_TEXT_SIZE)
                abort();
        free(text);
        return 0;
}
