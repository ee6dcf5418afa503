/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/append.h"

#include <string.h>

char *append_number(char *at, uint64_t number)
{
        char digits[NUMBER_SIZE], *first = digits + sizeof(digits);

        *--first = '\0';
        do {
                *--first = (char)('0' + number % 10);
                number /= 10;
        } while (number > 0);
        return stpcpy(at, first);
}

void copy_text(char *buffer, size_t size, const char *text)
{
        size_t length = strnlen(text, size - 1);

        memcpy(buffer, text, length);
        buffer[length] = '\0';
}
