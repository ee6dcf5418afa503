/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the firmware says of the machine (SMBIOS): for whoever gets the ticket.
 */
#pragma once

/* "VENDOR NAME" of the board and "VERSION (DATE)" of the BIOS, of each what there is; bytes as the firmware wrote them.
 * Heap strings owned by the caller, each NULL when nothing is known. 0 or -ENOMEM, and nothing is touched. */
int dmi_read(char **ret_board, char **ret_bios);
/* The same from a directory other than /sys/class/dmi/id. */
int dmi_read_at(int dirfd, char **ret_board, char **ret_bios);
