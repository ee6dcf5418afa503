/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/klog.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>

#include "base/macro.h"
#include "base/parse.h"

enum {
        /* linux/syslog.h cannot be included by programs. */
        SYSLOG_ACTION_READ_ALL = 3,
        SYSLOG_ACTION_SIZE_BUFFER = 10,
};

#define KLOG_SIZE_MAX (64 << 20)
/* Room for the longest prefix, "<6>[99999999999.999999][   T4194304]". */
#define KLOG_PREFIX_SIZE 64

int klog_read(KlogLine line, void *userdata)
{
        _cleanup_free_ char *text = NULL;
        int size, n;

        size = klogctl(SYSLOG_ACTION_SIZE_BUFFER, NULL, 0);
        if (size < 0)
                return -errno;
        /* The text is longer than the ring, because each line gets a prefix. If the text does not fit, the kernel
         * leaves out its beginning. */
        size = size < KLOG_SIZE_MAX / 2 ? size * 2 : KLOG_SIZE_MAX;
        text = malloc((size_t)size + 1);
        if (!text)
                return -ENOMEM;
        n = klogctl(SYSLOG_ACTION_READ_ALL, text, size);
        if (n < 0)
                return -errno;
        klog_parse(text, (size_t)n, line, userdata);
        return 0;
}

/* "<6>" in front; the number is facility << 3 | level. */
static bool skip_kernel_priority(char **text)
{
        unsigned priority;
        char *end;

        if ((*text)[0] != '<')
                return false;
        end = strchr(*text, '>');
        if (!end)
                return false;
        *end = '\0';
        if (parse_unsigned(*text + 1, 0, 7, &priority) < 0)
                return false;
        *text = end + 1;
        return true;
}

/* "[   12.345678]" as print_time() writes it (kernel/printk/printk.c). Other brackets, such as "[Firmware Bug]: ", are
 * text. */
static bool skip_time(char **text, uint64_t *ret_usec)
{
        char seconds[12], fraction[7];
        int used = 0;

        if (sscanf(*text, "[ %11[0-9].%6[0-9]]%n", seconds, fraction, &used) != 2 || used == 0 || strlen(fraction) != 6)
                return false;
        *ret_usec = strtoull(seconds, NULL, 10) * 1000000 + strtoull(fraction, NULL, 10);
        *text += used;
        return true;
}

/* "[    T1]" or "[    C0]": the task or CPU that logged, with CONFIG_PRINTK_CALLER. */
static bool skip_caller(char **text)
{
        int used = 0;

        (void)sscanf(*text, "[ %*1[TC]%*[0-9]]%n", &used);
        *text += used;
        return used > 0;
}

void klog_parse(char *text, size_t size, KlogLine line, void *userdata)
{
        char *next = text, *one, before[KLOG_PREFIX_SIZE] = "";

        for (size_t i = 0; i < size; i++)
                if (text[i] == '\0')
                        text[i] = '?';
        text[size] = '\0';

        while ((one = strsep(&next, "\n"))) {
                char prefix[KLOG_PREFIX_SIZE], *start = one, *end;
                uint64_t usec = 0;
                bool prefixed, further;

                if (!skip_kernel_priority(&one))
                        continue;
                end = one;
                prefixed = skip_time(&one, &usec);
                prefixed |= skip_caller(&one);
                /* The '>' is a NUL now. */
                (void)snprintf(prefix, sizeof(prefix), "%s>%.*s", start, (int)(one - end), end);
                further = usec > 0 && strcmp(prefix, before) == 0;
                memcpy(before, prefix, sizeof(before));
                if (further)
                        continue;
                if (prefixed && *one == ' ')
                        one++;
                line(usec, one, userdata);
        }
}
