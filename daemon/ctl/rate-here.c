/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/rate-here.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "base/log.h"
#include "check/read/machine-setup.h"
#include "check/read/timesync.h"
#include "check/machine-setup.h"
#include "check/timesync.h"
#include "ctl/json.h"
#include "host/calibrations.h"
#include "model/rate.h"

int rate_boots_read(bool constant, RateBoots *ret)
{
        Calibrations calibrations = {};
        int r = calibrations_read(&calibrations);

        if (r == 0)
                rate_boots_find(calibrations.boots, calibrations.n, constant, ret);
        return r;
}

int rate_here_read(const RateCounter *counter, RateHere *ret)
{
        _cleanup_machine_setup_ MachineSetup setup = {};
        TimeInput time = {};
        RateHere rate = {};
        int r = 0;

        /* Reads the names of all processes, and asks the time client. */
        if (rate_counter_is_steady(counter))
                r = timesync_read(&time);
        /* No other client follows a clock whose own source matters. */
        if (r == 0 && time.running & 1U << CLIENT_CHRONYD)
                r = machine_setup_read_clocks(&setup);
        if (r < 0)
                return r;
        if (rate_boots_read(counter->constant, &rate.boots) == -ENOMEM)
                return -ENOMEM;
        rate_utc_find(&time, &setup, counter, &rate.utc);
        *ret = rate;
        return 0;
}

char *rate_here_text(const RateHere *rate)
{
        char utc[256], boots[160] = "", words[RATE_WORDS_SIZE];

        if (rate->utc.known)
                (void)snprintf(utc, sizeof(utc), "the TSC runs %s against UTC, give or take %.2f (%s)",
                               rate_words(rate->utc.ppm, words), rate->utc.error_ppm,
                               time_client_to_string(rate->utc.client));
        else
                (void)snprintf(utc, sizeof(utc), "not known against UTC: %s", rate->utc.why);
        if (rate->boots.known)
                (void)snprintf(boots, sizeof(boots),
                               "; this boot's calibration lies %.2f ppm %s the median of %u boots%s",
                               fabs(rate->boots.ppm), rate->boots.ppm > 0 ? "below" : "above", 1 + rate->boots.n,
                               fabs(rate->boots.ppm) >= RATE_BOOT_OFF_PPM ? ": see tscwarden check" : "");
        return text_format("%s%s", utc, boots);
}

struct json_object *rate_here_to_json(const RateHere *rate)
{
        struct json_object *json;
        const RateBoots *boots;

        if (!rate)
                return NULL;
        boots = &rate->boots;
        json = json_object_new_object();
        json_add(json, "UtcPpm", json_number(rate->utc.known, rate->utc.ppm));
        json_add(json, "UtcErrorPpm", json_number(rate->utc.known, rate->utc.error_ppm));
        json_add(json, "UtcSource", rate->utc.known ? json_string(rate->utc.source) : NULL);
        json_add(json, "UtcReason", rate->utc.known ? NULL : json_string(rate->utc.why));
        json_add(json, "BootsPpm", json_number(boots->known, boots->ppm));
        json_add(json, "BootsDeviationPpm", json_number(boots->known, boots->deviation_ppm));
        json_add(json, "BootsMedianKHz", json_number(boots->known, boots->median_khz));
        json_add(json, "BootsCompared", json_object_new_int64(boots->n));
        json_add(json, "BootsOff", json_object_new_int64(boots->n_off));
        return json;
}
