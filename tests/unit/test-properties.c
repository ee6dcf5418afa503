/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "bus/properties.h"

typedef struct Thing {
        const char *constant;
        char *text;
        char **list;
        uint64_t usec;
        int flag;
} Thing;

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Constant", "s", NULL, offsetof(Thing, constant), SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Text", "s", NULL, offsetof(Thing, text), SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("List", "as", NULL, offsetof(Thing, list), SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("RealUSec", "t", properties_get_realtime, offsetof(Thing, usec), 0),
        SD_BUS_PROPERTY("USec", "t", NULL, offsetof(Thing, usec), SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Flag", "b", NULL, offsetof(Thing, flag), SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_VTABLE_END
};

/* Leaks and double frees are the sanitizer's to find. */
static void test_replace_moves_what_it_owns(void **state)
{
        Thing thing = { .constant = "literal" };

        for (int i = 0; i < 3; i++) {
                Thing fresh = { .constant = "literal", .text = strdup("a"), .list = properties_words("x y"), .flag = i };

                properties_replace(NULL, "org.example", vtable, &thing, &fresh, sizeof(fresh));
                assert_null(fresh.text);
                assert_null(fresh.list);
                assert_string_equal(thing.text, "a");
                assert_string_equal(thing.list[1], "y");
                assert_int_equal(thing.flag, i);
        }
        properties_done(vtable, &thing);
}

static void test_texts_are_fit_for_the_bus(void **state)
{
        _cleanup_free_ char *outside = properties_text("a\xe9\\b\n");
        _cleanup_free_ char *ours = properties_sentence(strdup("said \\x41 \xff"));
        char **words = properties_words("  tsc hp\x01" "et ");

        assert_string_equal(outside, "a\\xe9\\x5cb\\x0a");
        assert_string_equal(ours, "said \\x41 \\xff");
        assert_null(properties_text(NULL));
        assert_null(properties_sentence(NULL));
        assert_string_equal(words[0], "tsc");
        assert_string_equal(words[1], "hp\\x01et");
        assert_null(words[2]);
        free(words[0]);
        free(words[1]);
        free(words);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_replace_moves_what_it_owns),
                cmocka_unit_test(test_texts_are_fit_for_the_bus),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
