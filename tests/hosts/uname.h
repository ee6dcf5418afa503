/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * uname(2) of the made host: the kernel asks us what to answer (seccomp's user notifications), so that every program
 * below sees the host file's release, also a static one.
 */
#pragma once

/* From now on this process and its children have uname(2) answered at the descriptor returned, with this release. The
 * caller must not ask itself. Negative errno: not possible here. */
int uname_listen(const char *release);
/* Answers one question. */
void uname_answer(int fd);
