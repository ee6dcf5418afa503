/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Preloaded: adjtimex(2) as if the kernel's maxerror were $FAKE_MAXERROR microseconds. The real one is the whole
 * machine's, whatever the namespace.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/timex.h>

int adjtimex(struct timex *timex)
{
        const char *fake = getenv("FAKE_MAXERROR");

        if (!fake) {
                errno = EPERM;
                return -1;
        }
        timex->maxerror = strtol(fake, NULL, 10);
        return timex->maxerror < 16000000 ? TIME_OK : TIME_ERROR;
}
