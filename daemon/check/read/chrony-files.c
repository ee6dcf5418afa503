/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the files of chrony's configuration in the same order as chronyd.
 */
#include <errno.h>
#include <fnmatch.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/macro.h"
#include "base/words.h"
#include "check/layout.h"
#include "check/read/files.h"
#include "check/read/machine-setup.h"
#include "check/read/phc.h"
#include "check/read/units.h"
#include "host/processes.h"

/* MAX_INCLUDE_LEVEL and MAX_CONF_DIRS in chrony's conf.c. */
#define LEVELS_MAX 10
#define DIRECTORIES_MAX 10
/* Characters of a path that a shell does not interpret. */
#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+@"

typedef struct Reader {
        MachineSetup *setup;
        unsigned level; /* of the files that include each other */
} Reader;

static int read_file(Reader *reader, const char *path);

/* Keeps the first folder that `guest setup` may write into: not below /run, which a reboot empties, nor below /usr,
 * which belongs to packages. */
static int offer_folder(MachineSetup *setup, const char *folder, size_t length)
{
        if (setup->chrony_confdir || text_after(folder, "/run/") || text_after(folder, "/usr/"))
                return 0;
        setup->chrony_confdir = strndup(folder, length);
        return setup->chrony_confdir ? 0 : -ENOMEM;
}

static int read_include(Reader *reader, const char *pattern)
{
        _cleanup_free_ char *path = strndup(pattern, strcspn(pattern, " \t"));
        _cleanup_glob_ glob_t found = {};
        const char *slash;
        int r = 0;

        if (!path)
                return -ENOMEM;
        slash = strrchr(path, '/');
        if (slash && slash > path && fnmatch(slash + 1, CHRONY_FILE_NAME, 0) == 0)
                r = offer_folder(reader->setup, path, (size_t)(slash - path));
        if (r == 0)
                r = files_find(path, &found);
        for (size_t i = 0; r == 0 && i < found.gl_pathc; i++)
                r = read_file(reader, found.gl_pathv[i]);
        return r;
}

/* Sorts by the names without their directories. An insertion sort, because it is stable and glibc's qsort may not be:
 * files of equal names keep the order of their directories. */
static void sort_by_name(const glob_t *files)
{
        char **paths = files->gl_pathv;

        for (size_t i = 1; i < files->gl_pathc; i++)
                for (size_t j = i; j > 0 && strcmp(basename(paths[j - 1]), basename(paths[j])) > 0; j--) {
                        char *other = paths[j];

                        paths[j] = paths[j - 1];
                        paths[j - 1] = other;
                }
}

/* If several directories have a file of the same name, chronyd reads only that of the first directory. */
static int read_confdir(Reader *reader, const char *directories)
{
        _cleanup_glob_ glob_t found = {};
        const char *folder;
        size_t length;
        int r = 0;

        for (unsigned n = 0; r == 0 && n < DIRECTORIES_MAX && (folder = words_next(&directories, &length)); n++) {
                _cleanup_free_ char *pattern = text_format("%.*s/*.conf", (int)length, folder);

                r = pattern ? offer_folder(reader->setup, folder, length) : -ENOMEM;
                if (r == 0)
                        r = files_find(pattern, &found);
        }
        sort_by_name(&found);
        for (size_t i = 0; r == 0 && i < found.gl_pathc; i++)
                if (i == 0 || strcmp(basename(found.gl_pathv[i - 1]), basename(found.gl_pathv[i])) != 0)
                        r = read_file(reader, found.gl_pathv[i]);
        return r;
}

/* chronyd ignores a refclock in such a file and does not warn (tried with chronyd 4.3). */
static int take_source(const char *path, char *line, void *userdata)
{
        MachineSetup *setup = userdata;
        const char *rest;

        if (setup->refclock_ignored || chrony_line_judge(line, &rest) != CHRONY_REFCLOCK)
                return 0;
        setup->refclock_ignored = strdup(path);
        return setup->refclock_ignored ? 0 : -ENOMEM;
}

static int read_sourcedir(MachineSetup *setup, const char *directories)
{
        const char *folder;
        size_t length;
        int r = 0;

        while (r == 0 && (folder = words_next(&directories, &length))) {
                _cleanup_free_ char *pattern = text_format("%.*s/*.sources", (int)length, folder);

                r = pattern ? files_read_lines(pattern, take_source, setup) : -ENOMEM;
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
                if (text_after(path, folders[i]))
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

static int take_line(const char *path, char *line, void *userdata)
{
        Reader *reader = userdata;
        const char *rest;

        switch (chrony_line_judge(line, &rest)) {
        case CHRONY_REFCLOCK:
                return take_refclock(reader->setup, path, rest);
        case CHRONY_INCLUDE:
                return read_include(reader, rest);
        case CHRONY_CONFDIR:
                return read_confdir(reader, rest);
        case CHRONY_SOURCEDIR:
                return read_sourcedir(reader->setup, rest);
        case CHRONY_RTCSYNC:
        case CHRONY_RTCFILE:
                reader->setup->rtcsync = true;
                return 0;
        case CHRONY_MAKESTEP:
                return take_makestep(reader->setup, path, rest);
        default:
                return 0;
        }
}

static int read_file(Reader *reader, const char *path)
{
        int r = 0;

        if (reader->level++ < LEVELS_MAX)
                r = file_read_lines(path, take_line, reader);
        reader->level--;
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

int machine_setup_read_chrony(MachineSetup *setup)
{
        _cleanup_free_ char *given = NULL;
        const Layout *layout = layout_find_chrony(file_exists);
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
        return read_file(&(Reader) { .setup = setup }, config);
}
