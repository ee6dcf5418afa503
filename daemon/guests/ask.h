/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Asks guests for their time: guests of libvirt through virsh, others through their agent's socket. Sets nothing.
 */
#pragma once

#include "guests/answer.h"
#include "guests/read.h"

/* The longest time to wait for one guest. */
#define GUEST_ASK_SECONDS 2

/* Asks 16 guests at a time. *ret is an array of guests->n answers, the caller's (guest_answers_free), untouched on
 * failure. 0 or -ENOMEM. */
int guests_ask(const Guests *guests, GuestAnswer **ret);
