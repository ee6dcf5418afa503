/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
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
        SD_BUS_PROPERTY("Text", "s", properties_get_text, offsetof(Thing, text), SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("List", "as", properties_get_texts, offsetof(Thing, list), SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("RealUSec", "t", properties_get_realtime, offsetof(Thing, usec), 0),
        SD_BUS_PROPERTY("USec", "t", NULL, offsetof(Thing, usec), SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Flag", "b", NULL, offsetof(Thing, flag), SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_VTABLE_END,
};

/* The sanitizer finds leaks and double frees. */
static void test_replace_moves_what_it_owns(void **state)
{
        Thing thing = { .constant = "literal" };

        for (int i = 0; i < 3; i++) {
                Thing fresh = {
                        .constant = "literal", .text = strdup("a"), .list = properties_words("x y"), .flag = i
                };

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
        char **words = properties_words("  tsc hp\x01"
                                        "et ");

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

/* A connection that nobody reads: enough to make messages. */
static sd_bus *make_connection(int fds[static 2])
{
        sd_bus *bus;

        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
        assert_true(sd_bus_new(&bus) >= 0);
        assert_true(sd_bus_set_fd(bus, fds[0], fds[0]) >= 0);
        assert_true(sd_bus_start(bus) >= 0);
        return bus;
}

static int append(sd_bus *bus, const char *text)
{
        sd_bus_message *message;
        int r;

        assert_true(sd_bus_message_new_signal(bus, &message, "/a", "a.b", "C") >= 0);
        r = sd_bus_message_append(message, "s", text);
        sd_bus_message_unref(message);
        return r;
}

/* As in GetAll: the value in a variant, between other properties. */
static void append_property(sd_bus_message *message, const char *signature, sd_bus_property_get_t get, void *value)
{
        assert_true(sd_bus_message_open_container(message, 'v', signature) >= 0);
        assert_true(get(NULL, "/a", "a.b", "C", message, value, NULL) >= 0);
        assert_true(sd_bus_message_close_container(message) >= 0);
}

/* A property that was not escaped does not prevent the others from being sent. */
static void test_one_that_cannot_be_sent_costs_itself_only(void **state)
{
        char bad[] = "\xef\xbf\xbf", good[] = "good", *text = bad, *none = NULL, *list[] = { good, bad, good, NULL };
        char **texts = list, **no_texts = NULL;
        const char *read;
        sd_bus_message *message;
        int fds[2];
        sd_bus *bus = make_connection(fds);

        assert_int_equal(append(bus, bad), -EINVAL);
        assert_true(sd_bus_message_new_signal(bus, &message, "/a", "a.b", "C") >= 0);
        append_property(message, "s", properties_get_text, &text);
        append_property(message, "as", properties_get_texts, &texts);
        append_property(message, "s", properties_get_text, &none);
        append_property(message, "as", properties_get_texts, &no_texts);
        assert_true(sd_bus_message_append(message, "s", "last") >= 0);
        assert_true(sd_bus_message_seal(message, 1, 0) >= 0);
        assert_true(sd_bus_message_rewind(message, true) >= 0);

        assert_true(sd_bus_message_read(message, "v", "s", &read) > 0);
        assert_string_equal(read, "(cannot be sent)");
        assert_true(sd_bus_message_enter_container(message, 'v', "as") > 0);
        assert_true(sd_bus_message_enter_container(message, 'a', "s") > 0);
        for (unsigned i = 0; i < 3; i++) {
                assert_true(sd_bus_message_read(message, "s", &read) > 0);
                assert_string_equal(read, i == 1 ? "(cannot be sent)" : "good");
        }
        assert_true(sd_bus_message_exit_container(message) >= 0);
        assert_true(sd_bus_message_exit_container(message) >= 0);
        assert_true(sd_bus_message_read(message, "v", "s", &read) > 0);
        assert_string_equal(read, "");
        assert_true(sd_bus_message_skip(message, "v") >= 0);
        assert_true(sd_bus_message_read(message, "s", &read) > 0);
        assert_string_equal(read, "last");
        sd_bus_message_unref(message);
        sd_bus_unref(bus);
        close(fds[1]);
}

static void test_in_a_struct_too(void **state)
{
        const char *name, *text;
        sd_bus_message *message;
        uint32_t number;
        uint64_t usec;
        int fds[2], yes;
        sd_bus *bus = make_connection(fds);

        assert_true(sd_bus_message_new_signal(bus, &message, "/a", "a.b", "C") >= 0);
        assert_int_equal(properties_append_struct(message, "usbts", UINT32_MAX, "\xef\xbf\xbf", true, UINT64_MAX, NULL),
                         0);
        assert_int_equal(properties_append_struct(message, "us", UINT32_C(2), "good"), 0);
        assert_true(sd_bus_message_seal(message, 1, 0) >= 0);
        assert_true(sd_bus_message_rewind(message, true) >= 0);
        assert_true(sd_bus_message_read(message, "(usbts)", &number, &name, &yes, &usec, &text) > 0);
        assert_int_equal(number, UINT32_MAX);
        assert_string_equal(name, "(cannot be sent)");
        assert_true(yes);
        assert_int_equal(usec, UINT64_MAX);
        assert_string_equal(text, "");
        assert_true(sd_bus_message_read(message, "(us)", &number, &text) > 0);
        assert_int_equal(number, 2);
        assert_string_equal(text, "good");
        sd_bus_message_unref(message);
        sd_bus_unref(bus);
        close(fds[1]);
}

/* Returns the next message that `to` receives; the handshake of the two connections comes first. */
static sd_bus_message *receive(sd_bus *from, sd_bus *to)
{
        sd_bus_message *message = NULL;

        for (unsigned i = 0; i < 1000 && !message; i++) {
                assert_true(sd_bus_process(from, NULL) >= 0);
                assert_true(sd_bus_process(to, &message) >= 0);
        }
        assert_non_null(message);
        return message;
}

static void test_a_signal_is_sent_all_the_same(void **state)
{
        const char *object, *actual, *writer;
        sd_bus_message *message;
        uint32_t pid;
        int fds[2], repaired;
        sd_bus *bus = make_connection(fds), *peer;

        assert_true(sd_bus_new(&peer) >= 0);
        assert_true(sd_bus_set_fd(peer, fds[1], fds[1]) >= 0);
        assert_true(sd_bus_set_server(peer, true, (sd_id128_t) { .bytes = { 1 } }) >= 0);
        assert_true(sd_bus_start(peer) >= 0);

        assert_int_equal(
                properties_emit(bus, "a.b", "Drift", "ssusb", "policy0", "\xef\xbf\xbf", UINT32_C(7), "\xff", true), 0);
        message = receive(bus, peer);
        assert_true(sd_bus_message_is_signal(message, "a.b", "Drift") > 0);
        assert_string_equal(sd_bus_message_get_path(message), BUS_PATH);
        assert_true(sd_bus_message_read(message, "ssusb", &object, &actual, &pid, &writer, &repaired) > 0);
        assert_string_equal(object, "policy0");
        assert_string_equal(actual, "(cannot be sent)");
        assert_int_equal(pid, 7);
        assert_string_equal(writer, "(cannot be sent)");
        assert_true(repaired);
        sd_bus_message_unref(message);
        sd_bus_unref(bus);
        sd_bus_unref(peer);
}

static void encode(uint32_t code, char text[static 5])
{
        unsigned char *to = (unsigned char *)text;

        if (code < 0x80)
                *to++ = code;
        else if (code < 0x800) {
                *to++ = 0xc0 | code >> 6;
                *to++ = 0x80 | (code & 0x3f);
        } else if (code < 0x10000) {
                *to++ = 0xe0 | code >> 12;
                *to++ = 0x80 | (code >> 6 & 0x3f);
                *to++ = 0x80 | (code & 0x3f);
        } else {
                *to++ = 0xf0 | code >> 18;
                *to++ = 0x80 | (code >> 12 & 0x3f);
                *to++ = 0x80 | (code >> 6 & 0x3f);
                *to++ = 0x80 | (code & 0x3f);
        }
        *to = '\0';
}

/* Tries every character, surrogates and those beyond U+10FFFF too: what sd-bus accepts stays as it is, what it refuses
 * is escaped. */
static void test_every_character_can_be_sent(void **state)
{
        int fds[2];
        sd_bus *bus = make_connection(fds);

        for (uint32_t code = 1; code < 0x120000; code++) {
                _cleanup_free_ char *safe = NULL;
                char text[5];

                encode(code, text);
                safe = text_escape(text);
                assert_non_null(safe);
                if (append(bus, safe) < 0)
                        fail_msg("U+%04X: sd-bus refuses \"%s\"", (unsigned)code, safe);
                if (append(bus, text) < 0 && strcmp(safe, text) == 0)
                        fail_msg("U+%04X is refused and not escaped", (unsigned)code);
        }
        sd_bus_unref(bus);
        close(fds[1]);
}

static void test_random_bytes_can_be_sent(void **state)
{
        static const unsigned char leads[] = { 0xc0, 0xc1, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xf8, 0xfc, 0xff };
        int fds[2];
        sd_bus *bus = make_connection(fds);

        srandom(1);
        for (unsigned i = 0; i < 200000; i++) {
                _cleanup_free_ char *safe = NULL;
                char text[9] = "";

                for (unsigned j = 0; j < sizeof(text) - 1; j++) {
                        unsigned kind = random() % 4;

                        text[j] = kind == 0 ? leads[random() % ARRAY_SIZE(leads)] : 0x80 | random() % 0x40;
                        if (kind == 1)
                                text[j] = 1 + random() % 255;
                }
                safe = text_escape_again(text);
                assert_non_null(safe);
                if (append(bus, safe) < 0)
                        fail_msg("sd-bus refuses \"%s\"", safe);
        }
        sd_bus_unref(bus);
        close(fds[1]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_replace_moves_what_it_owns),
                cmocka_unit_test(test_texts_are_fit_for_the_bus),
                cmocka_unit_test(test_one_that_cannot_be_sent_costs_itself_only),
                cmocka_unit_test(test_in_a_struct_too),
                cmocka_unit_test(test_a_signal_is_sent_all_the_same),
                cmocka_unit_test(test_every_character_can_be_sent),
                cmocka_unit_test(test_random_bytes_can_be_sent),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
