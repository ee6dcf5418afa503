/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/read/units.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/macro.h"

DEFINE_CLEANUP(FILE, fclose);

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
        glob_t found = {};
        bool there = glob(pattern, 0, NULL, &found) == 0;

        globfree(&found);
        return there;
}

/* A link enables a unit (systemctl(1)) or a script of /etc/init.d (update-rc.d(8)), even if it points nowhere. */
bool units_service_is_enabled(const char *service)
{
        char unit[128], script[128];

        snprintf(unit, sizeof(unit), "/etc/systemd/system/*.wants/%s.service", service);
        snprintf(script, sizeof(script), "/etc/rc[S2345].d/S[0-9][0-9]%s", service);
        return is_there(unit) || is_there(script);
}

/* True if a unit that the file lists exists. Each line is a unit's name or a comment that begins with '#'. */
static bool list_has_unit(const char *path)
{
        _cleanup_(fclosep) FILE *stream = fopen(path, "re");
        _cleanup_free_ char *line = NULL;
        size_t size = 0;
        bool has = false;

        while (!has && stream && getline(&line, &size, stream) >= 0) {
                const char *name = line + strspn(line, " \t");

                line[strcspn(line, "\r\n")] = '\0';
                has = name[0] && name[0] != '#' && !strchr(name, '/') && units_have(name);
        }
        return has;
}

bool units_have_time_client(void)
{
        bool has = false;

        for (size_t i = 0; !has && i < ARRAY_SIZE(roots); i++) {
                glob_t found = {};
                char pattern[64];

                snprintf(pattern, sizeof(pattern), "%s/systemd/ntp-units.d/*.list", roots[i]);
                (void)glob(pattern, 0, NULL, &found);
                for (size_t j = 0; !has && j < found.gl_pathc; j++)
                        has = list_has_unit(found.gl_pathv[j]);
                globfree(&found);
        }
        return has;
}
