/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/read/units.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/macro.h"
#include "check/read/files.h"

/* The roots of systemd.unit(5). Debian used the last one before its files moved to /usr. */
static const char *const roots[] = { "/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib" };

bool units_have(const char *unit)
{
        char path[256];
        struct stat st;

        for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
                snprintf(path, sizeof(path), "%s/systemd/system/%s", roots[i], unit);
                if (stat(path, &st) == 0)
                        return S_ISREG(st.st_mode);
        }
        return false;
}

static bool is_there(const char *pattern)
{
        _cleanup_glob_ glob_t found = {};

        return files_find(pattern, &found) == 0 && found.gl_pathc > 0;
}

/* A link enables a unit (systemctl(1)) or a script of /etc/init.d (update-rc.d(8)), even if it points nowhere. */
bool units_service_is_enabled(const char *service)
{
        char unit[128], script[128];

        snprintf(unit, sizeof(unit), "/etc/systemd/system/*.wants/%s.service", service);
        snprintf(script, sizeof(script), "/etc/rc[S2345].d/S[0-9][0-9]%s", service);
        return is_there(unit) || is_there(script);
}

/* A line is a unit's name or a comment that begins with '#'. 1: the unit exists. */
static int take_unit(const char *path, char *line, void *userdata)
{
        const char *name = line + strspn(line, " \t");

        return name[0] && name[0] != '#' && !strchr(name, '/') && units_have(name);
}

bool units_have_time_client(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
                char pattern[64];

                snprintf(pattern, sizeof(pattern), "%s/systemd/ntp-units.d/*.list", roots[i]);
                if (files_read_lines(pattern, take_unit, NULL) == 1)
                        return true;
        }
        return false;
}
