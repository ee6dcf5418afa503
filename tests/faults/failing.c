/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "failing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The real functions behind the symbols that are replaced here: glibc's (malloc/malloc.c), or those of
 * AddressSanitizer, which are weak aliases of these (compiler-rt's interception.h). */
#if defined(__SANITIZE_ADDRESS__)
#define REAL(name) __interceptor_##name
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define REAL(name) __interceptor_##name
#endif
#endif
#ifndef REAL
#define REAL(name) __libc_##name
#endif

void *REAL(malloc)(size_t size);
void *REAL(calloc)(size_t n, size_t size);
void *REAL(realloc)(void *old, size_t size);

static unsigned long count, fail_first;
static bool fail_rest, failed, paused;

void failing_start(unsigned long first, bool rest)
{
        count = 0;
        fail_first = first;
        fail_rest = rest;
        failed = false;
}

unsigned long failing_stop(void)
{
        fail_first = 0;
        return count;
}

void failing_pause(bool pause)
{
        paused = pause;
}

bool failing_has_failed(void)
{
        return failed;
}

static bool fails(void)
{
        if (paused)
                return false;
        count++;
        if (fail_first == 0 || (fail_rest ? count < fail_first : count != fail_first))
                return false;
        failed = true;
        errno = ENOMEM;
        return true;
}

void *malloc(size_t size)
{
        return fails() ? NULL : REAL(malloc)(size);
}

void *calloc(size_t n, size_t size)
{
        return fails() ? NULL : REAL(calloc)(n, size);
}

void *realloc(void *old, size_t size)
{
        return fails() ? NULL : REAL(realloc)(old, size);
}

__attribute__((constructor)) static void failing_read_environment(void)
{
        const char *text = getenv("FAILING_ALLOCATION");

        if (text)
                failing_start(strtoul(text, NULL, 10), strchr(text, '+'));
}

__attribute__((destructor)) static void failing_write_count(void)
{
        const char *path = getenv("FAILING_COUNT");
        char text[32];
        int fd, n;

        /* Allocations after the program's end, of gcov for example, do not count. */
        fail_first = 0;
        if (!path)
                return;
        n = snprintf(text, sizeof(text), "%lu\n", count);
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        if (fd < 0 || write(fd, text, (size_t)n) != n)
                abort();
        (void)close(fd);
}
