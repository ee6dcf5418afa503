/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Arrays that grow, and sorted arrays.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Makes room for one more element, all zero, behind the `n` elements of an array. `array` is the address of the pointer to it
 * (NULL while n is 0), `size` that of one element. The room doubles each time that n is a power of two, so no capacity is
 * kept: use it only for an array that grew by this function alone (it may have shrunk since). The caller raises n, and
 * frees the array. 0, or -ENOMEM: nothing has changed. */
int array_grow(void *array, size_t n, size_t size);

/* Negative, 0 or positive: the key comes before the element, is the element's, comes after it. */
typedef int (*ArrayCompare)(const void *key, const void *element);

/* In an array sorted by compare(): the index of the element that has the key, or of the one in front of which it belongs (up
 * to n). `ret_found` says which. */
size_t array_find(const void *array, size_t n, size_t size, const void *key, ArrayCompare compare, bool *ret_found);
