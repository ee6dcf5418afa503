/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/remarks.h"

#include "base/log.h"

void remarks_log(const ConfigErrors *errors, Halves halves)
{
        bool applies = halves.frequency || halves.idle;

        for (unsigned i = 0; i < errors->n; i++)
                if (applies || i < errors->n - errors->n_foreign)
                        log_message(LOG_WARNING, "%s", errors->lines[i]);
                else
                        log_message(LOG_INFO,
                                    "%s. tscwarden applies no policy on this host, and leaves that file to cpupower.",
                                    errors->lines[i]);
}
