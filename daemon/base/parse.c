/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/parse.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "base/macro.h"

#define KHZ_PER_THZ UINT64_C(1000000000)
#define USEC_PER_HOUR (UINT64_C(3600) * 1000 * 1000)
#define DIGITS "0123456789"

/* Converts `length` digits; UINT64_MAX if the number does not fit. */
static uint64_t digits_to_u64(const char *text, size_t length)
{
        uint64_t value = 0;

        for (size_t i = 0; i < length; i++)
                if (__builtin_mul_overflow(value, 10, &value) ||
                    __builtin_add_overflow(value, (uint64_t)(text[i] - '0'), &value))
                        return UINT64_MAX;
        return value;
}

int parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
        size_t length = 0;
        uint64_t value;

        /* strspn() would build a table of the digits at each call, and a start parses thousands of numbers. */
        while (text[length] >= '0' && text[length] <= '9')
                length++;
        if (length == 0 || text[length])
                return -EINVAL;
        value = digits_to_u64(text, length);
        if (value < min || value > max)
                return -ERANGE;
        *ret = value;
        return 0;
}

int parse_unsigned(const char *text, unsigned min, unsigned max, unsigned *ret)
{
        uint64_t value;
        int r;

        r = parse_u64(text, min, max, &value);
        if (r < 0)
                return r;
        *ret = (unsigned)value;
        return 0;
}

/* cpupower accepts the beginning of a unit's name: "2.4G", "2400m". No unit is the beginning of the first one. */
static int parse_frequency_unit(const char *text, int *ret_power)
{
        static const struct {
                const char *name;
                int power;
        } units[] = { { "khz", 0 }, { "hz", -3 }, { "mhz", 3 }, { "ghz", 6 }, { "thz", 9 } };

        for (size_t i = 0; i < ARRAY_SIZE(units); i++)
                if (strncasecmp(units[i].name, text, strlen(text)) == 0) {
                        *ret_power = units[i].power;
                        return 0;
                }
        return -EINVAL;
}

int parse_frequency(const char *text, uint64_t *ret_khz)
{
        size_t whole = strspn(text, DIGITS), fraction = text[whole] == '.' ? strspn(text + whole + 1, DIGITS) : 0;
        const char *unit = text + whole + (text[whole] == '.') + fraction, *digit = text;
        uint64_t tenths = 0; /* of a kHz: the last digit decides the rounding */
        int power, r;

        if (whole + fraction == 0)
                return -EINVAL;
        r = parse_frequency_unit(unit, &power);
        if (r < 0)
                return r;

        /* `exponent` is the power of ten, in kHz, of the present digit. */
        for (long exponent = (long)whole - 1 + power; exponent >= -1; exponent--) {
                if (*digit == '.')
                        digit++;
                tenths = tenths * 10 + (digit < unit ? (uint64_t)(*digit++ - '0') : 0);
                if (tenths > KHZ_PER_THZ * 10)
                        return -ERANGE;
        }
        if ((tenths + 5) / 10 == 0)
                return -ERANGE;
        *ret_khz = (tenths + 5) / 10;
        return 0;
}

int parse_usec(const char *text, uint64_t *ret_usec)
{
        static const struct {
                const char *name;
                uint64_t usec;
        } units[] = { { "us", 1 }, { "ms", 1000 }, { "s", 1000 * 1000 } };
        size_t length = strspn(text, DIGITS);

        if (length == 0)
                return -EINVAL;
        for (size_t i = 0; i < ARRAY_SIZE(units); i++)
                if (strcmp(text + length, units[i].name) == 0) {
                        uint64_t value = digits_to_u64(text, length);

                        if (value > USEC_PER_HOUR / units[i].usec)
                                return -ERANGE;
                        *ret_usec = value * units[i].usec;
                        return 0;
                }
        return -EINVAL;
}

int hex_digit(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int hex_escape(const char *text)
{
        if (text[0] != '\\' || text[1] != 'x' || hex_digit(text[2]) < 0 || hex_digit(text[3]) < 0)
                return -1;
        return hex_digit(text[2]) << 4 | hex_digit(text[3]);
}

unsigned text_distance(const char *a, const char *b)
{
        unsigned row[32];
        size_t n = strlen(b);

        if (n >= ARRAY_SIZE(row) || strlen(a) >= ARRAY_SIZE(row))
                return ARRAY_SIZE(row);
        for (unsigned j = 0; j <= n; j++)
                row[j] = j;
        for (unsigned i = 1; a[i - 1]; i++) {
                unsigned corner = row[0];

                row[0] = i;
                for (size_t j = 1; j <= n; j++) {
                        unsigned change = corner + (strncasecmp(&a[i - 1], &b[j - 1], 1) != 0);
                        unsigned shorter = row[j] < row[j - 1] ? row[j] : row[j - 1];

                        corner = row[j];
                        row[j] = change < shorter + 1 ? change : shorter + 1;
                }
        }
        return row[n];
}
