/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Recognises one line of the kernel's log that is about a clocksource; verdict.c makes a verdict of it. Every wording
 * from 3.10 to 7.2 is tried on every line, from its first byte and in its full format. The kernel's version does not
 * decide, because vendors backport wordings. A substring does not decide either, because other lines quote users' text
 * (a bad mount option, the name of a crashing program). Text after the fixed part is accepted, because vendors append
 * sentences.
 */
#pragma once

#include <stdbool.h>

#include "model/kernel-line-types.h"

/* `text` is a record's message, escapes decoded, NUL-terminated; it may hold any bytes. *ret is always set. Allocates
 * nothing. */
void kernel_line_classify(const char *text, KernelLine *ret);

/* tsc and tsc-early are one counter (arch/x86/kernel/tsc.c). */
bool clocksource_is_tsc(const char *name);
