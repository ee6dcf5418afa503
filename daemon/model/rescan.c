/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/rescan.h"

#include <sys/param.h>

void rescan_ask(Rescan *rescan, uint64_t now_usec, bool later)
{
        if (later)
                rescan->later_usec = now_usec + RESCAN_LATER_USEC;
        if (rescan->soon_usec)
                return;
        /* It was quiet for longer than the last wait, so this event starts a new series. A CPU is ready when its event
         * comes (drivers/base/cpu.c); the driver of a module is not. */
        if (now_usec >= rescan->last_usec + 2 * MAX(rescan->delay_usec, RESCAN_SOON_USEC))
                rescan->delay_usec = later ? RESCAN_SOON_USEC : 0;
        else
                rescan->delay_usec = MIN(MAX(2 * rescan->delay_usec, RESCAN_SOON_USEC), RESCAN_LATER_USEC);
        rescan->soon_usec = now_usec + rescan->delay_usec;
}

uint64_t rescan_deadline(const Rescan *rescan)
{
        return MIN(rescan->soon_usec ? rescan->soon_usec : RESCAN_NEVER,
                   rescan->later_usec ? rescan->later_usec : RESCAN_NEVER);
}

bool rescan_take(Rescan *rescan, uint64_t now_usec)
{
        if (now_usec < rescan_deadline(rescan))
                return false;
        if (now_usec >= rescan->soon_usec)
                rescan->soon_usec = 0;
        if (now_usec >= rescan->later_usec)
                rescan->later_usec = 0;
        rescan->last_usec = now_usec;
        return true;
}
