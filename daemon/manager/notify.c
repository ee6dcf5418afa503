/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/notify.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "base/log.h"

/* systemd must not end the daemon because a large host takes long. */
#define EXTEND_TIMEOUT "EXTEND_TIMEOUT_USEC=30000000"
#define EXTEND_EVERY_USEC 5000000

void notify_done(Notify *notify)
{
        free(notify->status);
}

void notify_status(Notify *notify, const char *prefix, const char *format, ...)
{
        _cleanup_free_ char *text = NULL, *safe = NULL;
        va_list args;

        va_start(args, format);
        text = text_format_valist(format, args);
        va_end(args);
        safe = text ? text_escape_again(text) : NULL;
        /* Not more often, because each message wakes systemd. */
        if (!*prefix && safe && notify->status && strcmp(safe, notify->status) == 0)
                return;
        /* READY=1 goes out without any memory: without it systemd would end the daemon, or wait for the reload for
         * ever. */
        if (!safe || sd_notifyf(0, "%sSTATUS=%s", prefix, safe) < 0)
                (void)sd_notify(0, prefix);
        free(notify->status);
        notify->status = TAKE_PTR(safe);
}

void notify_extend_timeout(uint64_t *extended_usec, uint64_t now_usec)
{
        if (now_usec - *extended_usec < EXTEND_EVERY_USEC)
                return;
        *extended_usec = now_usec;
        (void)sd_notify(0, EXTEND_TIMEOUT);
}
