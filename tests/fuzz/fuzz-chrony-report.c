/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any text as what chronyc or ntpq prints.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check/chrony-report.h"
#include "check/ntp-report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char *text = malloc(size + 1);
        ChronyReport chrony;
        NtpReport ntp;

        if (!text)
                return 0;
        memcpy(text, data, size);
        text[size] = '\0';
        chrony_parse(text, &chrony);
        if (chrony.n_sources > CHRONY_SOURCES_MAX || !isfinite(chrony.reference_sec) || !isfinite(chrony.interval_sec))
                abort();
        for (unsigned i = 0; i < chrony.n_sources; i++)
                if (!strchr("^=#", chrony.sources[i].mode) || !isfinite(chrony.sources[i].offset_sec) ||
                    chrony.sources[i].reach > 0377)
                        abort();
        ntp_parse(text, &ntp);
        if (ntp.answered && (ntp.leap > 3 || ntp.stratum > 255 || !isfinite(ntp.offset_sec) || ntp.interval_sec < 1))
                abort();
        free(text);
        return 0;
}
