/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/verbs.h"

#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

int ctl_complain(const char *why)
{
        print_line(stderr, "tscwarden: ", why ? why : "Out of memory");
        return CTL_NO_ANSWER;
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
                return ctl_complain(strerror(-r));
        if (fflush(stdout) != 0 || ferror(stdout)) {
                fprintf(stderr, "tscwarden: Cannot write the output: %m\n");
                return CTL_NO_ANSWER;
        }
        return status;
}
