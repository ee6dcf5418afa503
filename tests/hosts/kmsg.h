/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The kernel's ring of log records as /dev/kmsg shows it. Readers keep a sequence number; the ring never waits for
 * them.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct KmsgRecord {
        uint64_t seq, usec;
        unsigned prio;
        char *text;
} KmsgRecord;

typedef struct Kmsg {
        KmsgRecord *ring;
        size_t size;
        uint64_t first, next;
        /* Called for every new record; the server wakes its readers there. */
        void (*notify)(void *data);
        void *notify_data;
} Kmsg;

int kmsg_init(Kmsg *kmsg, size_t size, uint64_t first_seq);
void kmsg_done(Kmsg *kmsg);

#define KMSG_NOW UINT64_MAX
int kmsg_add_at(Kmsg *kmsg, unsigned prio, uint64_t usec, const char *text);
int kmsg_add(Kmsg *kmsg, unsigned prio, const char *text);
int kmsg_addf(Kmsg *kmsg, unsigned prio, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Takes what a process wrote: "<N>" chooses the level, and facility 0 stays the kernel's own. */
int kmsg_write(Kmsg *kmsg, const char *buf, size_t len);

/* Parses "<N>" and, as `dmesg -r` prints it, "[   12.345678] ". Returns the rest of text, NULL without a priority. */
const char *kmsg_parse_prefix(const char *text, unsigned *ret_prio, uint64_t *ret_usec);

/* One record for a reader at *seq. Length, -EAGAIN, -EPIPE (overrun: *seq moves to the oldest), -EINVAL (buf too small:
 * the record is skipped, as the kernel does). */
ssize_t kmsg_read(const Kmsg *kmsg, uint64_t *seq, char *buf, size_t size);
