/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/verbs.h"

#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/macro.h"
#include "show/print.h"

bool ctl_wants_color(void)
{
        const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

        return isatty(STDOUT_FILENO) && !(no && no[0]) && term && strcmp(term, "dumb") != 0;
}

bool ctl_shows_utf8(void)
{
        return isatty(STDOUT_FILENO) && setlocale(LC_CTYPE, "") && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

int ctl_complain(const char *format, ...)
{
        _cleanup_free_ char *message = NULL;
        va_list ap;

        va_start(ap, format);
        message = text_format_valist(format, ap);
        va_end(ap);
        print_line(stderr, "tscwarden: ", message);
        return CTL_NO_ANSWER;
}

int ctl_complain_errno(int error, const char *format, ...)
{
        _cleanup_free_ char *message = NULL;
        va_list ap;

        va_start(ap, format);
        message = text_format_valist(format, ap);
        va_end(ap);
        (void)ctl_complain("%s: %s", message ? message : PRINT_NO_MEMORY, strerror(-error));
        return error;
}

void ctl_hold_signals(void)
{
        static const int held[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };

        for (size_t i = 0; i < ARRAY_SIZE(held); i++)
                (void)signal(held[i], SIG_IGN);
}

int ctl_finish(int r, int status)
{
        if (r < 0)
                return ctl_complain("%s", strerror(-r));
        if (fflush(stdout) != 0 || ferror(stdout))
                return ctl_complain("Cannot write the output: %m");
        return status;
}
