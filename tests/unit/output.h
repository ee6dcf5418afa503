/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A stream into memory, for functions that print.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct Output {
        FILE *stream;
        char *text;
        size_t size;
} Output;

static inline void output_begin(Output *output)
{
        *output = (Output) {};
        output->stream = open_memstream(&output->text, &output->size);
        assert_non_null(output->stream);
}

/* Returns what was printed; output->size is its length. The caller frees it. */
static inline char *output_take(Output *output)
{
        assert_int_equal(fclose(output->stream), 0);
        return output->text;
}
