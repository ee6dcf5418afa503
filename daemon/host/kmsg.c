/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/macro.h"
#include "base/parse.h"

int kmsg_open(int *ret_fd)
{
        _cleanup_close_ int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

        if (fd < 0 || lseek(fd, 0, SEEK_SET) < 0)
                return -errno;
        *ret_fd = TAKE_FD(fd);
        return 0;
}

int kmsg_read(int fd, char buffer[static KMSG_BUFFER_SIZE], KmsgRecord *ret)
{
        ssize_t n = TEMP_FAILURE_RETRY(read(fd, buffer, KMSG_BUFFER_SIZE - 1));
        int r;

        if (n < 0) {
                if (errno == EAGAIN)
                        return 0;
                /* The record is too long for the buffer; the kernel has moved on to the next one. */
                return errno == EINVAL ? -EBADMSG : -errno;
        }
        /* The real log has no end. A regular file would stay readable for ever at its end. */
        if (n == 0)
                return -EIO;
        r = kmsg_parse(buffer, (size_t)n, ret);
        return r < 0 ? r : 1;
}

/* Escapes are \xNN with small letters (append_char(), kernel/printk/printk.c). An escaped newline stands between the
 * lines of one record. */
static void decode_first_line(char *text)
{
        char *to = text;

        for (const char *from = text; *from;) {
                int byte = hex_escape(from);
                char c = byte < 0 ? *from : (char)byte;

                if (c == '\n')
                        break;
                *to++ = c ? c : '?';
                from += byte < 0 ? 1 : 4;
        }
        *to = '\0';
}

/* "prio,seq,usec,flags" and fields that later kernels add. */
static int parse_header(char *header, KmsgRecord *ret)
{
        const char *priority = strsep(&header, ","), *sequence = strsep(&header, ","), *usec = strsep(&header, ",");

        if (!header || parse_unsigned(priority, 0, UINT_MAX, &ret->priority) < 0 ||
            parse_u64(sequence, 0, INT64_MAX, &ret->sequence) < 0 || parse_u64(usec, 0, INT64_MAX, &ret->usec) < 0)
                return -EBADMSG;
        return 0;
}

int kmsg_parse(char *buffer, size_t size, KmsgRecord *ret)
{
        char *semicolon = memchr(buffer, ';', size);
        KmsgRecord record;
        size_t length;
        char *text;

        if (!semicolon || memchr(buffer, '\0', (size_t)(semicolon - buffer)))
                return -EBADMSG;
        *semicolon = '\0';
        if (parse_header(buffer, &record) < 0)
                return -EBADMSG;

        text = semicolon + 1;
        length = size - (size_t)(text - buffer);
        /* The kernel escapes NUL. If there is one nevertheless, it must not hide the rest. */
        for (size_t i = 0; i < length; i++)
                if (text[i] == '\0')
                        text[i] = '?';
        text[length] = '\0';
        decode_first_line(text);
        record.text = text;
        *ret = record;
        return 0;
}
