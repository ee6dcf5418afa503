/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Serves a Machine through FUSE, from one thread: a request that has to wait keeps its reply, never the loop.
 */
#pragma once

#include "machine.h"

typedef struct Server Server;

int server_start(Machine *machine, const char *mountpoint, Server **ret);
/* Readable when server_dispatch() has something to do. */
int server_fd(const Server *server);
/* 1 while mounted, 0 when the file system was unmounted from outside. */
int server_dispatch(Server *server);
/* Takes the mount away; requests still open fail in their processes. */
void server_stop(Server *server);
