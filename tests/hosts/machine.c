/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "machine.h"
#include "vm.h"

void machine_done(Machine *m)
{
        tree_done(&m->tree);
        vms_free(&m->host);
        host_done(&m->host);
        for (size_t i = 0; i < m->n_faults; i++)
                free(m->faults[i].pattern);
        free(m->faults);
        free(m->writes);
        *m = (Machine) {};
}
