/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the firmware (SMBIOS) says about the machine, for the person who works on a ticket.
 */
#pragma once

/* "VENDOR NAME" of the board and "VERSION (DATE)" of the BIOS, as far as they are known; bytes as the firmware wrote
 * them. Heap strings owned by the caller, each NULL when nothing is known. 0, or -ENOMEM and nothing is changed. */
int dmi_read(char **ret_board, char **ret_bios);
/* The same from a directory other than /sys/class/dmi/id. */
int dmi_read_at(int dirfd, char **ret_board, char **ret_bios);
