/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes messages to the journal if stderr is connected to it, else to stderr. Only watch/, manager/, bus/ and the
 * mains log.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <syslog.h>

#include "base/macro.h"

/* Finds out where stderr goes (JOURNAL_STREAM, systemd.exec(5)). */
void log_init(void);
/* Messages above this syslog level are dropped; LOG_INFO at start. */
void log_set_max_level(int level);
int log_get_max_level(void);
/* "journal" or "console": org.freedesktop.LogControl1(5)'s words. */
const char *log_get_target(void);

/* Logs a message with a MESSAGE_ID (a 32-digit hex string) and further journal fields, NULL-terminated "KEY=value"
 * strings; each may be NULL. The message may quote text from outside: the whole of it is escaped here. */
void log_event(int level, const char *message_id, const char *const *fields, const char *format, ...) _printf_(4, 5);
#define log_message(level, ...) log_event(level, NULL, NULL, __VA_ARGS__)

/* Logs "MESSAGE: strerror" at LOG_ERR. Returns `error` (a negative errno), so that the caller can return it. */
int log_error_errno(int error, const char *format, ...) _printf_(2, 3);

/* Like asprintf(3). Heap string owned by the caller, NULL when out of memory. */
char *text_format(const char *format, ...) _printf_(1, 2);
char *text_format_valist(const char *format, va_list args) _printf_(1, 0);
/* Ends a stream of open_memstream(3) that writes to *text, and returns *text, a heap string owned by the caller; NULL
 * when out of memory. */
char *text_finish(FILE *stream, char **text);

/* Whether these `length` bytes are valid UTF-8. A NUL must follow them. */
bool text_is_utf8(const char *text, size_t length);

/* A copy that is safe for terminals, journal, D-Bus and JSON. These become \xNN: control characters, characters that a
 * reader cannot see (bidirectional, zero-width), bytes that are not UTF-8, noncharacters, which sd-bus refuses, and the
 * backslash. Heap string owned by the caller, NULL when out of memory. */
char *text_escape(const char *text);
/* The same, but backslashes stay, for a text in which parts are already escaped. */
char *text_escape_again(const char *text);
