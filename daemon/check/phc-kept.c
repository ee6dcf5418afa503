/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/phc-kept.h"

#include <stdio.h>
#include <string.h>

#include "base/words.h"

bool phc_list_add(char list[static PHC_LIST_SIZE], const char *names)
{
        size_t length = strlen(list), more = strlen(names);

        if (length + 1 + more >= PHC_LIST_SIZE)
                return false;
        snprintf(list + length, PHC_LIST_SIZE - length, "%s%s", length > 0 && more > 0 ? " " : "", names);
        return true;
}

static bool have_common(const char *list, const char *names)
{
        char name[PHC_LIST_SIZE];
        const char *p;
        size_t length;

        while ((p = words_next(&names, &length))) {
                snprintf(name, sizeof(name), "%.*s", (int)length, p);
                if (words_have(list, name))
                        return true;
        }
        return false;
}

bool phc_kept_any(const PhcsKept *kept)
{
        return kept->names[0] || kept->others;
}

/* True if the names include the kernel's name of the clock. An interface's name alone is ambiguous: several interfaces
 * may share one clock. */
static bool have_clock(const char *names)
{
        const char *name;
        size_t length;

        while ((name = words_next(&names, &length)))
                if (strncmp(name, "ptp", 3) == 0)
                        return true;
        return false;
}

static int judge(const PhcsKept *kept, const char *names)
{
        if (have_common(kept->names, names))
                return 1;
        return kept->others || (kept->names[0] && !have_clock(names)) ? -1 : 0;
}

int phc_kept_judge(const PhcsKept *kept, const char *names)
{
        int r = judge(kept, names);

        return r != 1 && have_common(kept->copy_to, names) ? judge(kept, kept->copy_from) : r;
}
