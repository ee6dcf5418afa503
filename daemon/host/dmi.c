/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/dmi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>

#include "base/log.h"
#include "base/macro.h"
#include "host/sysfs.h"

/* "FIRST SECOND" or "FIRST (SECOND)", or one of them alone; *ret stays as it is if there is neither. */
static int read_two(int dirfd, const char *first_name, const char *second_name, bool brackets, char **ret)
{
        char first[256] = "", second[256] = "";

        /* Vendors leave fields empty; the kernel shows no attribute for a missing field. */
        (void)sysfs_read_at(dirfd, first_name, first, sizeof(first));
        (void)sysfs_read_at(dirfd, second_name, second, sizeof(second));
        if (!first[0] && !second[0])
                return 0;
        if (first[0] && second[0])
                *ret = text_format(brackets ? "%s (%s)" : "%s %s", first, second);
        else
                *ret = text_format("%s%s", first, second);
        return *ret ? 0 : -ENOMEM;
}

int dmi_read_at(int dirfd, char **ret_board, char **ret_bios)
{
        _cleanup_free_ char *board = NULL, *bios = NULL;

        if (read_two(dirfd, "board_vendor", "board_name", false, &board) < 0 ||
            read_two(dirfd, "bios_version", "bios_date", true, &bios) < 0)
                return -ENOMEM;
        *ret_board = TAKE_PTR(board);
        *ret_bios = TAKE_PTR(bios);
        return 0;
}

int dmi_read(char **ret_board, char **ret_bios)
{
        /* A guest without SMBIOS has no such directory; then reading from -1 finds nothing. */
        _cleanup_close_ int fd = open("/sys/class/dmi/id", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        return dmi_read_at(fd, ret_board, ret_bios);
}
