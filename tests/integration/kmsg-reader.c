/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * kmsg-reader: what kmsg_read() returns, one line each, as long as lines come on stdin: a number is that many reads.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/kmsg.h"

int main(void)
{
        char buffer[KMSG_BUFFER_SIZE], line[32];
        KmsgRecord record;
        int fd, r;

        r = kmsg_open(&fd);
        if (r < 0) {
                printf("%s\n", strerrorname_np(-r));
                return 0;
        }
        setvbuf(stdout, NULL, _IOLBF, 0);
        while (fgets(line, sizeof(line), stdin)) {
                for (int n = atoi(line); n > 0; n--) {
                        r = kmsg_read(fd, buffer, &record);
                        if (r > 0)
                                printf("%u %" PRIu64 " %s\n", record.priority, record.sequence, record.text);
                        else
                                printf("%s\n", r == 0 ? "none" : strerrorname_np(-r));
                }
        }
        return 0;
}
