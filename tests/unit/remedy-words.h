/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The remedies' names in the tables of the tests.
 */
#pragma once

#include "model/clock-advice.h"

static inline const char *remedy_word(RemedyKind kind)
{
        static const char *const words[REMEDY_MAX_] = {
                [REMEDY_NONE] = "none",
                [REMEDY_BOOT_PARAMETERS] = "boot-parameters",
                [REMEDY_REMOVE_PARAMETER] = "remove-parameter",
                [REMEDY_SWITCH_BACK] = "switch-back",
                [REMEDY_REBOOT] = "reboot",
                [REMEDY_COMPARE] = "compare",
                [REMEDY_FALSE_ALARM] = "false-alarm",
                [REMEDY_POWER_OFF] = "power-off",
                [REMEDY_REFERENCE] = "reference",
                [REMEDY_CALIBRATE] = "calibrate",
                [REMEDY_FIRMWARE] = "firmware",
                [REMEDY_FIRMWARE_C1E] = "firmware-c1e",
                [REMEDY_FIRMWARE_TIMER] = "firmware-timer",
                [REMEDY_HYPERVISOR] = "hypervisor",
                [REMEDY_PROBED] = "probed",
                [REMEDY_RETIRE] = "retire",
        };

        return words[kind];
}
