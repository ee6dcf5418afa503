/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any bytes as a record of /dev/kmsg, and as the log that syslog(2) prints.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/klog.h"
#include "host/kmsg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(uint64_t usec, const char *text, void *userdata)
{
        if (usec > UINT64_C(100000000000) * 1000000 || strlen(text) > *(size_t *)userdata || strchr(text, '\n'))
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char *copy = malloc(size + 1);
        KmsgRecord record;

        if (!copy)
                return 0;
        memcpy(copy, data, size);
        if (kmsg_parse(copy, size, &record) == 0 &&
            (record.text <= copy || record.text + strlen(record.text) > copy + size || strchr(record.text, '\n')))
                abort();
        memcpy(copy, data, size);
        klog_parse(copy, size, check_line, &size);
        free(copy);
        return 0;
}
