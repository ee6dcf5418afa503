/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(f) __attribute__((cleanup(f)))
#define _printf_(fmt, first) __attribute__((format(printf, fmt, first)))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Evaluates to the pointer and sets the variable to NULL, so that its cleanup attribute frees nothing. */
#define TAKE_PTR(p)                     \
        ({                              \
                typeof(p) taken_ = (p); \
                (p) = NULL;             \
                taken_;                 \
        })

/* The same for a file descriptor, which is -1 afterwards. */
#define TAKE_FD(fd)                \
        ({                         \
                int taken_ = (fd); \
                (fd) = -1;         \
                taken_;            \
        })

/* The same for a struct, which is empty afterwards. */
#define TAKE_STRUCT(s)                           \
        ({                                       \
                typeof(s) *from_ = &(s), taken_; \
                taken_ = *from_;                 \
                *from_ = (typeof(s)) {};         \
                taken_;                          \
        })

/* Defines the function that the cleanup attribute calls for a heap object: type *, freed by `func`. */
#define DEFINE_CLEANUP(type, func)                \
        static inline void func##p(type **object) \
        {                                         \
                if (*object)                      \
                        func(*object);            \
        }                                         \
        struct macro_eats_semicolon_

/* Defines name_to_string() over an array of words. */
#define DEFINE_TO_STRING(name, type, words)      \
        const char *name##_to_string(type value) \
        {                                        \
                return (words)[value];           \
        }                                        \
        struct macro_eats_semicolon_

static inline void freep(void *pointer)
{
        free(*(void **)pointer);
}
#define _cleanup_free_ _cleanup_(freep)

/* Nothing is closed if the variable is negative. */
static inline void closep(const int *fd)
{
        if (*fd >= 0)
                (void)close(*fd);
}
#define _cleanup_close_ _cleanup_(closep)
