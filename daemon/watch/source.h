/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The event sources of the watches and the manager: made in one call, named for sd-event's own debug lines.
 */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

/* All of them: 0 or -errno of sd-event. */

/* A timer of CLOCK_MONOTONIC that is off until source_arm(). It is late by at most `accuracy_usec`; 0: 250 ms. */
int source_add_timer(sd_event *event, sd_event_source **ret, uint64_t accuracy_usec, sd_event_time_handler_t on_time,
                     void *userdata, const char *name);
/* A later turn of the event loop, once each time that the source is enabled (SD_EVENT_ONESHOT). */
int source_add_defer(sd_event *event, sd_event_source **ret, sd_event_handler_t on_turn, void *userdata,
                     const char *name);
/* The file descriptor, which stays the caller's, can be read. */
int source_add_readable(sd_event *event, sd_event_source **ret, int fd, sd_event_io_handler_t on_readable,
                        void *userdata, const char *name);

/* The timer fires once, at this time of CLOCK_MONOTONIC; UINT64_MAX: never. */
int source_arm(sd_event_source *timer, uint64_t deadline_usec);
