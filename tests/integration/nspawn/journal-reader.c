/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * journal-reader: every line of journal_read_kernel() as "USEC TEXT", then "returned R".
 */
#include <inttypes.h>
#include <stdio.h>

#include "host/journal.h"

static void print_line(uint64_t usec, const char *text, void *userdata)
{
        printf("%" PRIu64 " %s\n", usec, text);
}

int main(void)
{
        printf("returned %d\n", journal_read_kernel(print_line, NULL));
        return 0;
}
