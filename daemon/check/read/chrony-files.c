/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the files of chrony's configuration in the same order as chronyd.
 */
#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/macro.h"
#include "check/layout.h"
#include "check/read/machine-setup.h"
#include "check/read/phc.h"
#include "check/read/units.h"
#include "host/processes.h"

DEFINE_CLEANUP(FILE, fclose);

/* MAX_INCLUDE_LEVEL and MAX_CONF_DIRS in chrony's conf.c. */
#define LEVELS_MAX 10
#define DIRECTORIES_MAX 10
/* Characters of a path that a shell does not interpret. */
#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+@"

static int read_file(MachineSetup *setup, const char *path, unsigned level);

/* Keeps the first folder that `guest setup` may write into: not below /run, which a reboot empties, nor below /usr,
 * which belongs to packages. */
static int offer_folder(MachineSetup *setup, const char *folder)
{
        if (setup->chrony_confdir || strncmp(folder, "/run/", 5) == 0 || strncmp(folder, "/usr/", 5) == 0)
                return 0;
        setup->chrony_confdir = strdup(folder);
        return setup->chrony_confdir ? 0 : -ENOMEM;
}

static int read_include(MachineSetup *setup, const char *pattern, unsigned level)
{
        _cleanup_free_ char *folder = strdup(pattern), *path = strndup(pattern, strcspn(pattern, " \t"));
        glob_t found = {};
        char *name;
        int r = 0;

        if (!folder || !path)
                return -ENOMEM;
        snprintf(folder, strlen(folder) + 1, "%s", path);
        name = strrchr(folder, '/');
        if (name && name > folder && fnmatch(name + 1, CHRONY_FILE_NAME, 0) == 0) {
                *name = '\0';
                r = offer_folder(setup, folder);
        }
        if (r == 0 && glob(path, 0, NULL, &found) == GLOB_NOSPACE)
                r = -ENOMEM;
        for (size_t i = 0; r == 0 && i < found.gl_pathc; i++)
                r = read_file(setup, found.gl_pathv[i], level + 1);
        globfree(&found);
        return r;
}

static const char *base_name(const char *path)
{
        const char *slash = strrchr(path, '/');

        return slash ? slash + 1 : path;
}

/* Compares file names without their directories. */
static int compare_names(const void *a, const void *b)
{
        return strcmp(base_name(*(char *const *)a), base_name(*(char *const *)b));
}

/* If several directories have a file of the same name, chronyd reads only that of the first directory. */
static int read_confdir(MachineSetup *setup, const char *directories, unsigned level)
{
        _cleanup_free_ char *copy = strdup(directories);
        char *rest = copy, *folder;
        unsigned n = 0, n_named = 0;
        glob_t found = {};
        int r = copy ? 0 : -ENOMEM;

        while (r == 0 && n_named < DIRECTORIES_MAX && (folder = strsep(&rest, " \t"))) {
                _cleanup_free_ char *pattern = NULL;

                if (!folder[0])
                        continue;
                n_named++;
                r = offer_folder(setup, folder);
                if (r == 0 && asprintf(&pattern, "%s/*.conf", folder) < 0) {
                        pattern = NULL;
                        r = -ENOMEM;
                }
                if (r == 0 && glob(pattern, n++ > 0 ? GLOB_APPEND : 0, NULL, &found) == GLOB_NOSPACE)
                        r = -ENOMEM;
        }
        if (r == 0 && found.gl_pathc > 0) {
                /* An insertion sort, because it is stable and glibc's qsort may not be: files of equal names keep the
                 * order of their directories. */
                for (size_t i = 1; i < found.gl_pathc; i++)
                        for (size_t j = i; j > 0 && compare_names(&found.gl_pathv[j - 1], &found.gl_pathv[j]) > 0;
                             j--) {
                                char *other = found.gl_pathv[j];

                                found.gl_pathv[j] = found.gl_pathv[j - 1];
                                found.gl_pathv[j - 1] = other;
                        }
                for (size_t i = 0; r == 0 && i < found.gl_pathc; i++)
                        if (i == 0 || compare_names(&found.gl_pathv[i - 1], &found.gl_pathv[i]) != 0)
                                r = read_file(setup, found.gl_pathv[i], level + 1);
        }
        globfree(&found);
        return r;
}

/* chronyd ignores a refclock in such a file and does not warn (tried with chronyd 4.3). */
static int read_sources_file(MachineSetup *setup, const char *path)
{
        _cleanup_(fclosep) FILE *stream = fopen(path, "re");
        _cleanup_free_ char *line = NULL;
        const char *rest;
        size_t size = 0;

        while (stream && !setup->refclock_ignored && getline(&line, &size, stream) >= 0)
                if (chrony_line_judge(line, &rest) == CHRONY_REFCLOCK && !(setup->refclock_ignored = strdup(path)))
                        return -ENOMEM;
        return 0;
}

static int read_sourcedir(MachineSetup *setup, const char *directories)
{
        _cleanup_free_ char *copy = strdup(directories);
        char *rest = copy, *folder;
        int r = copy ? 0 : -ENOMEM;

        while (r == 0 && (folder = strsep(&rest, " \t"))) {
                _cleanup_free_ char *pattern = NULL;
                glob_t found = {};

                if (!folder[0])
                        continue;
                pattern = text_format("%s/*.sources", folder);
                if (!pattern)
                        return -ENOMEM;
                r = glob(pattern, 0, NULL, &found) == GLOB_NOSPACE ? -ENOMEM : 0;
                for (size_t i = 0; r == 0 && i < found.gl_pathc; i++)
                        r = read_sources_file(setup, found.gl_pathv[i]);
                globfree(&found);
        }
        return r;
}

static int take_refclock(MachineSetup *setup, const char *path, const char *rest)
{
        RefclockFound *clock = &setup->refclocks[setup->n_refclocks];
        ChronyRefclock line;

        if (setup->n_refclocks == REFCLOCKS_MAX || !chrony_refclock_parse(rest, setup->n_refclocks, &line))
                return 0;
        setup->n_refclocks++;
        *clock = (RefclockFound) {};
        strcpy(clock->name, line.name);
        if (!line.device[0])
                return 0;
        (void)phc_of_device(line.device, clock->ptp);
        clock->kind = phc_kind(clock->ptp);
        /* setup->refclock is the host's clock if there is a line for it, else the first one. */
        if (setup->refclock && (phc_kind_is_of_host(setup->refclock_kind) || !phc_kind_is_of_host(clock->kind)))
                return 0;
        free(setup->refclock);
        free(setup->refclock_file);
        setup->refclock = strdup(line.device);
        setup->refclock_file = strdup(path);
        strcpy(setup->refclock_ptp, clock->ptp);
        strcpy(setup->refclock_name, line.name);
        setup->refclock_kind = clock->kind;
        setup->refclock_tai = line.tai;
        setup->refclock_optional = line.optional;
        return setup->refclock && setup->refclock_file ? 0 : -ENOMEM;
}

/* True if a line added to the file would be lost at the next boot or the next build of the system, or cannot be
 * written at all. */
static bool is_fixed(const char *path)
{
        static const char *const folders[] = { "/run/", "/usr/", "/nix/store/" };

        for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
                if (strncmp(path, folders[i], strlen(folders[i])) == 0)
                        return true;
        return access(path, W_OK) < 0 && errno == EROFS;
}

static int take_makestep(MachineSetup *setup, const char *path, const char *rest)
{
        free(setup->makestep_file);
        setup->makestep_file = strdup(path);
        setup->makestep_endless = chrony_makestep_is_endless(rest);
        setup->makestep_fixed = is_fixed(path);
        return setup->makestep_file ? 0 : -ENOMEM;
}

static int take_line(MachineSetup *setup, const char *path, const char *line, unsigned level)
{
        const char *rest;

        switch (chrony_line_judge(line, &rest)) {
        case CHRONY_REFCLOCK:
                return take_refclock(setup, path, rest);
        case CHRONY_INCLUDE:
                return read_include(setup, rest, level);
        case CHRONY_CONFDIR:
                return read_confdir(setup, rest, level);
        case CHRONY_SOURCEDIR:
                return read_sourcedir(setup, rest);
        case CHRONY_RTCSYNC:
        case CHRONY_RTCFILE:
                setup->rtcsync = true;
                return 0;
        case CHRONY_MAKESTEP:
                return take_makestep(setup, path, rest);
        default:
                return 0;
        }
}

static int read_file(MachineSetup *setup, const char *path, unsigned level)
{
        _cleanup_(fclosep) FILE *stream = level < LEVELS_MAX ? fopen(path, "re") : NULL;
        _cleanup_free_ char *line = NULL;
        size_t size = 0;
        int r = 0;

        while (r == 0 && stream && getline(&line, &size, stream) >= 0) {
                line[strcspn(line, "\r\n")] = '\0';
                r = take_line(setup, path, line, level);
        }
        return r;
}

/* Finds the configuration file in a running chronyd's option -f. */
static bool is_chronyd(const char *command)
{
        return strcmp(command, "chronyd") == 0;
}

static void on_process(const Process *process, void *userdata)
{
        const char *option = strstr(process->arguments, " -f");
        char **ret = userdata;

        if (!option || *ret)
                return;
        option += 3;
        option += strspn(option, " ");
        /* Any user may run a program named chronyd, and the path is printed in commands for a root shell. */
        if (option[0] != '/' || option[strspn(option, PLAIN)] > ' ')
                return;
        *ret = strndup(option, strcspn(option, " "));
}

static bool exists(const char *path)
{
        return access(path, F_OK) == 0;
}

int machine_setup_read_chrony(MachineSetup *setup)
{
        _cleanup_free_ char *given = NULL;
        const Layout *layout = layout_find_chrony(exists);
        const char *config = layout ? layout->chrony_config : NULL;

        (void)processes_list(is_chronyd, on_process, &given);
        if (given && access(given, R_OK) == 0) {
                config = given;
                setup->chrony_given = true;
        }
        setup->chrony_service = layout_chrony_service(config, units_have);
        setup->chrony_folder = (layout ? layout : &layouts[LAYOUT_RED_HAT])->chrony_folder;
        if (!config)
                return 0;
        setup->chrony_config = strdup(config);
        if (!setup->chrony_config)
                return -ENOMEM;
        setup->chrony_fixed = is_fixed(config);
        return read_file(setup, config, 0);
}
