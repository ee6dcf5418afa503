/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/allowance.h"

bool allowance_take(Allowance *allowance, unsigned cost, unsigned limit, uint64_t now_usec)
{
        uint64_t forgotten = allowance->forgotten_usec > now_usec ? allowance->forgotten_usec : now_usec;

        forgotten += cost * ALLOWANCE_WINDOW_USEC / limit;
        if (forgotten > now_usec + ALLOWANCE_WINDOW_USEC)
                return false;
        allowance->forgotten_usec = forgotten;
        return true;
}
