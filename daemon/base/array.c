/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int array_grow(void *array, size_t n, size_t size)
{
        void *elements;

        memcpy(&elements, array, sizeof(elements));
        if ((n & (n - 1)) == 0) {
                elements = reallocarray(elements, n ? n * 2 : 1, size);
                if (!elements)
                        return -ENOMEM;
                memcpy(array, &elements, sizeof(elements));
        }
        memset((char *)elements + n * size, 0, size);
        return 0;
}

void strings_free(char **strings)
{
        for (char **string = strings; string && *string; string++)
                free(*string);
        free(strings);
}

size_t array_find(const void *array, size_t n, size_t size, const void *key, ArrayCompare compare, bool *ret_found)
{
        size_t low = 0, high = n;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = compare(key, (const char *)array + middle * size);

                if (order == 0) {
                        *ret_found = true;
                        return middle;
                }
                if (order > 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        *ret_found = false;
        return low;
}
