/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Asks guests for their time: guests of libvirt through virsh, others through their agent's socket. Sets nothing.
 */
#pragma once

#include "guests/answer.h"
#include "guests/read.h"

/* None of them is waited for longer. */
#define GUEST_ASK_SECONDS 2

/* *ret is an array of guests->n answers, the caller's (guest_answers_free). 16 guests are asked at a time. 0 or -ENOMEM; *ret is
 * untouched on failure. */
int guests_ask(const Guests *guests, GuestAnswer **ret);
