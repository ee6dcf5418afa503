/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kmsg.h"

/* LOG_LINE_MAX of kernel/printk in 6.1: a longer write to /dev/kmsg is refused, not cut. */
#define LINE_MAX_USER 992U

int kmsg_init(Kmsg *kmsg, size_t size, uint64_t first_seq)
{
        kmsg->ring = calloc(size, sizeof(*kmsg->ring));
        if (!kmsg->ring)
                return -ENOMEM;
        kmsg->size = size;
        kmsg->first = kmsg->next = first_seq;
        return 0;
}

void kmsg_done(Kmsg *kmsg)
{
        for (size_t i = 0; i < kmsg->size; i++)
                free(kmsg->ring[i].text);
        free(kmsg->ring);
        kmsg->ring = NULL;
        kmsg->size = 0;
}

int kmsg_add_at(Kmsg *kmsg, unsigned prio, uint64_t usec, const char *text)
{
        size_t len = strlen(text);
        char *copy;

        if (len > 0 && text[len - 1] == '\n')
                len--;
        copy = strndup(text, len);
        if (!copy)
                return -ENOMEM;
        if (usec == KMSG_NOW) {
                struct timespec now;

                clock_gettime(CLOCK_MONOTONIC, &now);
                usec = (uint64_t)now.tv_sec * 1000000U + (uint64_t)now.tv_nsec / 1000U;
        }
        KmsgRecord *r = &kmsg->ring[kmsg->next % kmsg->size];
        free(r->text);
        *r = (KmsgRecord) { .seq = kmsg->next, .usec = usec, .prio = prio, .text = copy };
        kmsg->next++;
        if (kmsg->next - kmsg->first > kmsg->size)
                kmsg->first = kmsg->next - kmsg->size;
        if (kmsg->notify)
                kmsg->notify(kmsg->notify_data);
        return 0;
}

int kmsg_add(Kmsg *kmsg, unsigned prio, const char *text)
{
        return kmsg_add_at(kmsg, prio, KMSG_NOW, text);
}

int kmsg_addf(Kmsg *kmsg, unsigned prio, const char *format, ...)
{
        char *text = NULL;
        va_list ap;
        int r;

        va_start(ap, format);
        r = vasprintf(&text, format, ap);
        va_end(ap);
        if (r < 0)
                return -ENOMEM;
        r = kmsg_add(kmsg, prio, text);
        free(text);
        return r;
}

const char *kmsg_parse_prefix(const char *text, unsigned *ret_prio, uint64_t *ret_usec)
{
        unsigned prio, sec, frac;
        int used = 0;

        if (sscanf(text, "<%4u%n", &prio, &used) != 1 || text[used] != '>')
                return NULL;
        text += used + 1;
        used = 0;
        /* Only dmesg's own form counts: "[Firmware Bug]: …" is text. */
        if (sscanf(text, "[%9u.%6u]%n", &sec, &frac, &used) == 2 && used >= 9 && text[used] == ' ' &&
            text[used - 8] == '.') {
                *ret_usec = (uint64_t)sec * 1000000U + frac;
                text += used + 1;
        }
        *ret_prio = prio;
        return text;
}

int kmsg_write(Kmsg *kmsg, const char *buf, size_t len)
{
        unsigned facility = 1, level = 4;
        char *line, *text, *end;
        int r;

        if (len > LINE_MAX_USER)
                return -EINVAL;
        line = strndup(buf, len);
        if (!line)
                return -ENOMEM;
        text = line;
        if (line[0] == '<') {
                unsigned long u = strtoul(line + 1, &end, 10);

                if (*end == '>') {
                        level = u & 7U;
                        if (u >> 3)
                                facility = (unsigned)(u >> 3);
                        text = end + 1;
                }
        }
        r = kmsg_add(kmsg, facility << 3 | level, text);
        free(line);
        return r;
}

static bool needs_escape(unsigned char c)
{
        return c < ' ' || c >= 127 || c == '\\';
}

ssize_t kmsg_read(const Kmsg *kmsg, uint64_t *seq, char *buf, size_t size)
{
        const KmsgRecord *r;
        char head[64];
        size_t len, pos = 0;

        if (*seq >= kmsg->next)
                return -EAGAIN;
        if (*seq < kmsg->first) {
                *seq = kmsg->first;
                return -EPIPE;
        }
        r = &kmsg->ring[*seq % kmsg->size];
        len = (size_t)snprintf(head, sizeof(head), "%u,%llu,%llu,-;", r->prio, (unsigned long long)r->seq,
                               (unsigned long long)r->usec);
        for (const char *p = r->text; *p; p++)
                len += needs_escape((unsigned char)*p) ? 4U : 1U;
        len++;
        (*seq)++;
        if (len > size)
                return -EINVAL;
        pos = (size_t)sprintf(buf, "%s", head);
        for (const char *p = r->text; *p; p++) {
                if (needs_escape((unsigned char)*p))
                        pos += (size_t)sprintf(buf + pos, "\\x%02x", (unsigned char)*p);
                else
                        buf[pos++] = *p;
        }
        buf[pos++] = '\n';
        return (ssize_t)pos;
}
