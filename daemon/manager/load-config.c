/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/load-config.h"

#include <string.h>

#include "base/log.h"
#include "manager/remarks.h"
#include "manager/wish.h"

#define MESSAGE_CONFIG_REFUSED "0a527d3460684f2f836f6a59fa9bf9d2"

int load_config(const char *path, const Facts *facts, Events *events, Config *ret, char **ret_why)
{
        _cleanup_config_errors_ ConfigErrors errors = {};
        Config config = {};
        int r = config_load(path, &config, &errors);

        if (r < 0) {
                for (unsigned i = 0; i < errors.n; i++)
                        events_log(events, LOG_ERR, "config-refused", MESSAGE_CONFIG_REFUSED, NULL, "%s",
                                   errors.lines[i]);
                *ret_why = strdup(errors.n > 0 ? errors.lines[0] : strerror(-r));
                return r;
        }
        remarks_log(&errors, wish_wanted(&config, facts));
        *ret = config;
        return 0;
}
