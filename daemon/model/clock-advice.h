/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Decides what to do about the clock; remedy-text.c says it. tsc=reliable is never advised: it switches off the
 * kernel's checks and does not prevent a mark by frequency or idle states.
 */
#pragma once

#include <stdbool.h>

#include "model/facts.h"
#include "model/clock-view.h"
#include "model/clock-words.h"

typedef enum RemedyKind {
        REMEDY_NONE,
        REMEDY_BOOT_PARAMETERS,  /* add the missing parameters, reboot */
        REMEDY_REMOVE_PARAMETER, /* remove one, reboot */
        REMEDY_SWITCH_BACK,      /* write current_clocksource, no reboot */
        REMEDY_REBOOT,           /* only reboot */
        REMEDY_COMPARE,          /* reboot, then find out which of two clocks is wrong */
        REMEDY_FALSE_ALARM,      /* reboot; the TSC is most likely good */
        REMEDY_POWER_OFF,        /* switch the machine off and on; then firmware */
        REMEDY_REFERENCE,        /* give the watchdog a real clock as its reference */
        REMEDY_CALIBRATE,        /* boot through the firmware; then check its timers */
        REMEDY_FIRMWARE,         /* update firmware, reboot */
        REMEDY_FIRMWARE_C1E,     /* switch C1E off in firmware, reboot */
        REMEDY_FIRMWARE_TIMER,   /* switch a reference clock on in firmware, reboot */
        REMEDY_HYPERVISOR,       /* to be repaired on the host of this guest */
        REMEDY_PROBED,           /* probe again; power off and on; then firmware */
        REMEDY_RETIRE,           /* nothing helps; the host is not for guests that need a good clock */
        REMEDY_MAX_,
} RemedyKind;

/* REMEDY_NONE if the urgency is none. Whoever follows the remedy gets a lower urgency, or the remedy says that nothing
 * helps (tests/unit/test-verdict-texts.c). */
RemedyKind clock_remedy_kind(const Facts *facts, const ClockView *view);

/* The parameter on the command line that prevents the use or the checks of the TSC: "tsc=reliable"; NULL for none. */
const char *clock_harmful_parameter(const Facts *facts, Verdict verdict, char buffer[static 64]);

#define BOOT_PARAMETERS_MAX 4

/* Boot parameters that are not set and would keep this host's TSC: literals, NULL-terminated. None if no parameter can
 * (AMD SMP without constant_tsc), in a guest, and if nothing is wrong. Returns how many. */
unsigned clock_boot_parameters_missing(const Facts *facts, Verdict verdict, ClockReason reason,
                                       const char *ret[static BOOT_PARAMETERS_MAX + 1]);
/* Why these parameters, or why none. Heap string owned by the caller, NULL when out of memory. */
char *clock_boot_parameters_reason(const Facts *facts, Verdict verdict, ClockReason reason);

typedef enum AdviceKind {
        ADVICE_RELIABLE_UNFIT,    /* tsc=reliable or tsc=nowatchdog on a CPU whose TSC is not reliable */
        ADVICE_RELIABLE_NEEDLESS, /* tsc=reliable on a CPU whose TSC the kernel trusts without it */
        ADVICE_GOOD_TSC_REFUSED,  /* tsc=unstable, notsc or clocksource= on a CPU whose TSC is fit */
        ADVICE_DEEP_IDLE,         /* C2 or deeper registered where the TSC stops there */
        ADVICE_MOVING_FREQUENCY,  /* a governor that moves the frequency where the TSC follows it */
        ADVICE_MAX_,
} AdviceKind;

/* What contradicts the CPU on this host, one bit per AdviceKind. In a guest only what its own command line says. */
unsigned clock_advice(const Facts *facts);
/* One sentence for one AdviceKind. Heap string owned by the caller, NULL when out of memory. */
char *clock_advice_format(const Facts *facts, AdviceKind kind);
