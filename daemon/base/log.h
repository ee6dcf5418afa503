/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The log sink: the journal when stderr is connected to it, else stderr. Only watches, manager, bus and mains log.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <syslog.h>

#include "base/macro.h"

/* Finds out where stderr goes (JOURNAL_STREAM, systemd.exec(5)). */
void log_init(void);
/* Messages above this syslog level are dropped; LOG_INFO at start. */
void log_set_max_level(int level);
int log_get_max_level(void);
/* "journal" or "console": org.freedesktop.LogControl1(5)'s words. */
const char *log_get_target(void);

/* A message; it may quote text from outside, which is escaped on the way out. */
void log_message(int level, const char *format, ...) _printf_(2, 3);

/* The same with a MESSAGE_ID (a 32-digit hex string) and further journal fields, NULL-terminated "KEY=value" strings. */
void log_event(int level, const char *message_id, const char *const *fields, const char *format, ...) _printf_(4, 5);

/* "MESSAGE: strerror" at LOG_ERR; returns `error` (a negative errno) so that callers can pass it on. */
int log_error_errno(int error, const char *format, ...) _printf_(2, 3);

/* A text put together. Heap string owned by the caller, NULL when out of memory. */
char *text_format(const char *format, ...) _printf_(1, 2);
char *text_format_valist(const char *format, va_list args) _printf_(1, 0);

/* Whether `length` bytes are UTF-8. `text` ends in NUL behind them. */
bool text_is_utf8(const char *text, size_t length);

/* A copy in which stand as \xNN: control characters, further ones that a reader cannot see (bidirectional, zero-width), bytes that
 * are not UTF-8, and noncharacters, which sd-bus refuses; backslash as \x5c. Safe for terminals, journal, D-Bus and JSON. Heap string owned by the caller, NULL when out of memory. */
char *text_escape(const char *text);
/* The same for a text whose parts may have been escaped before: backslashes stay. */
char *text_escape_again(const char *text);
