/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Objects on the bus as plain structs: a vtable says at which offset a property's value stands (a string, an array of
 * strings, an int for a boolean, uint32_t, uint64_t). Strings belong to the struct, but for constants. They are read by
 * the getters below, numbers by sd-bus itself.
 */
#pragma once

#include <stdint.h>
#include <systemd/sd-bus.h>

#define BUS_PATH "/org/tscwarden1"

/* Constants, and properties with a getter other than properties_get_text() and properties_get_texts(), are not looked
 * at. */
void properties_done(const sd_bus_vtable *vtable, void *object);

/* Replaces *object by *fresh, which is empty afterwards. Reports those changed properties that emit changes, in one
 * PropertiesChanged of `interface` on BUS_PATH; `connection` NULL: nobody gets it. */
void properties_replace(sd_bus *connection, const char *interface, const sd_bus_vtable *vtable, void *object,
                        void *fresh, size_t size);

/* Appends "s"; NULL counts as "". One that sd-bus refuses, although every string from outside is escaped, is replaced
 * by a remark, so that it does not cost the rest of the answer. 0 or -errno. */
int properties_append(sd_bus_message *reply, const char *text);
/* Appends a struct of members of these types: "s" by properties_append(), "b" (int), "u" and "t". 0 or -errno. */
int properties_append_struct(sd_bus_message *reply, const char *types, ...);
/* Sends a signal from BUS_PATH with arguments of these types, as properties_append_struct() appends members. 0 or
 * -errno. */
int properties_emit(sd_bus *connection, const char *interface, const char *member, const char *types, ...);
/* Getters for "s" and "as", by properties_append(). A property of these is stored in the struct like one without a
 * getter. */
int properties_get_text(sd_bus *connection, const char *path, const char *interface, const char *property,
                        sd_bus_message *reply, void *userdata, sd_bus_error *error);
int properties_get_texts(sd_bus *connection, const char *path, const char *interface, const char *property,
                         sd_bus_message *reply, void *userdata, sd_bus_error *error);

/* A getter for "t": converts the CLOCK_MONOTONIC µs at its offset to CLOCK_REALTIME; 0 stays 0. */
int properties_get_realtime(sd_bus *connection, const char *path, const char *interface, const char *property,
                            sd_bus_message *reply, void *userdata, sd_bus_error *error);

/* A copy that the bus accepts. NULL, which shows as "", for NULL and when out of memory. */
char *properties_text(const char *text);
/* The same for a heap string that may contain escaped text; takes it over. */
char *properties_sentence(char *text);
/* The blank-separated words of `text`, as properties_text(). NULL when out of memory. */
char **properties_words(const char *text);
