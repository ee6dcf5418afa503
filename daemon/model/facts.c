/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/facts.h"

#include <string.h>

#include "base/words.h"

void facts_done(Facts *facts)
{
        cpuset_done(&facts->without_constant_tsc);
        cpuset_done(&facts->without_nonstop_tsc);
        free((char *)facts->cmdline);
        free(facts->clocksource);
        free(facts->available_clocksources);
        *facts = (Facts) {};
}

bool clocksources_have_tsc(const char *list)
{
        return words_have(list, "tsc") || words_have(list, "tsc-early");
}

bool facts_tsc_lives(const Facts *facts)
{
        return !facts->available_clocksources || clocksources_have_tsc(facts->available_clocksources);
}

bool facts_tsc_is_fragile(const Facts *facts)
{
        return facts_tsc_lives(facts) && !facts->constant_tsc;
}

bool facts_is_amd_rev_f(const Facts *facts)
{
        return strcmp(facts->vendor, "AuthenticAMD") == 0 && facts->family == 15 && facts->model >= 0x40 &&
               facts->model <= 0x5f;
}
