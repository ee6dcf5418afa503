/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Arrays that grow, and sorted arrays.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/macro.h"

/* Makes room for one more element, filled with zeros, after the `n` elements of an array. `array` is the address of the
 * pointer to it (NULL while n is 0), `size` that of one element. The room doubles each time that n is a power of two,
 * so that no capacity has to be kept. So use it only for an array that has grown by this function alone (it may have
 * shrunk since). The caller raises n, and frees the array. 0, or -ENOMEM: nothing has changed. */
int array_grow(void *array, size_t n, size_t size);

/* Frees a NULL-terminated list and its strings; NULL is none. */
void strings_free(char **strings);
static inline void strings_freep(char ***strings)
{
        strings_free(*strings);
}
#define _cleanup_strings_ _cleanup_(strings_freep)

/* Negative: the key comes before the element; 0: it is the element's; positive: it comes after the element. */
typedef int (*ArrayCompare)(const void *key, const void *element);

/* Searches an array that is sorted by compare(). Returns the index of the element that has the key, or of the one in
 * front of which it belongs (at most n). `ret_found` says which. */
size_t array_find(const void *array, size_t n, size_t size, const void *key, ArrayCompare compare, bool *ret_found);
