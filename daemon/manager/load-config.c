/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/load-config.h"

#include <string.h>

#include "base/log.h"
#include "host/config/config-fault.h"
#include "manager/remarks.h"
#include "manager/wish.h"

#define MESSAGE_CONFIG_REFUSED "0a527d3460684f2f836f6a59fa9bf9d2"

int load_config(const char *path, const Facts *facts, Events *events, Config *ret, char **ret_why)
{
        _cleanup_config_faults_ ConfigFaults faults = {};
        Config config = {};
        int r = config_load(path, &config, &faults);

        if (r < 0) {
                for (unsigned i = 0; i < faults.n; i++)
                        events_log(events, LOG_ERR, "config-refused", MESSAGE_CONFIG_REFUSED, NULL, "%s",
                                   faults.entries[i].text);
                *ret_why = strdup(faults.n > 0 ? faults.entries[0].text : strerror(-r));
                return r;
        }
        remarks_log(&faults, wish_wanted(&config, facts));
        *ret = config;
        return 0;
}
