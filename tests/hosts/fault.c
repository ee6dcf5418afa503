/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "text.h"

static void hit_node(Tree *tree, Node *node, void *data)
{
        const Fault *f = data;

        (void)tree;
        if (f->kind == FAULT_VANISH)
                node->vanished = true;
        else
                node->faulty = true;
}

static int machine_install(Machine *m, const char *pattern, Fault fault, const char **reterr)
{
        Fault *more;

        if (tree_match(&m->tree, pattern, hit_node, &fault) == 0) {
                *reterr = "no file of this host matches the path";
                return -EINVAL;
        }
        if (fault.kind == FAULT_VANISH)
                return 0;
        more = reallocarray(m->faults, m->n_faults + 1, sizeof(*more));
        if (!more)
                return -ENOMEM;
        m->faults = more;
        fault.pattern = strdup(pattern);
        if (!fault.pattern)
                return -ENOMEM;
        m->faults[m->n_faults++] = fault;
        return 0;
}

int machine_add_fault(Machine *m, char *args, const char **reterr)
{
        char *path = next_word(&args), *what = next_word(&args), *error, *word;
        Fault f = {};

        *reterr = "expected: fault PATH open|read|write ERRNO [times N], fault PATH write ignore [times N], "
                  "fault PATH vanish";
        if (!path || !what)
                return -EINVAL;
        if (strcmp(what, "vanish") == 0) {
                f.kind = FAULT_VANISH;
                return next_word(&args) ? -EINVAL : machine_install(m, path, f, reterr);
        }
        if (strcmp(what, "open") == 0)
                f.kind = FAULT_OPEN;
        else if (strcmp(what, "read") == 0)
                f.kind = FAULT_READ;
        else if (strcmp(what, "write") == 0)
                f.kind = FAULT_WRITE;
        else
                return -EINVAL;
        error = next_word(&args);
        if (!error)
                return -EINVAL;
        if (strcmp(error, "ignore") == 0 && f.kind == FAULT_WRITE) {
                f.kind = FAULT_IGNORE;
                f.error = 1;
        } else {
                f.error = parse_errno(error);
                if (f.error < 0) {
                        *reterr = "unknown errno name";
                        return -EINVAL;
                }
        }
        word = next_word(&args);
        if (word) {
                char *times = next_word(&args);

                if (strcmp(word, "times") != 0 || !times || next_word(&args) ||
                    parse_unsigned(times, UINT_MAX, &f.times) < 0 || f.times == 0)
                        return -EINVAL;
        }
        return machine_install(m, path, f, reterr);
}

int machine_add_delay(Machine *m, char *args, const char **reterr)
{
        char *path = next_word(&args), *what = next_word(&args), *ms = next_word(&args);
        Fault f = {};

        *reterr = "expected: delay PATH read|write MSEC";
        if (!path || !what || !ms || next_word(&args) || parse_unsigned(ms, 600000, &f.ms) < 0)
                return -EINVAL;
        if (strcmp(what, "read") == 0)
                f.kind = DELAY_READ;
        else if (strcmp(what, "write") == 0)
                f.kind = DELAY_WRITE;
        else
                return -EINVAL;
        return machine_install(m, path, f, reterr);
}

static void heal(Tree *tree, Node *node)
{
        node->faulty = false;
        if (node->vanished) {
                node->vanished = false;
                tree_renumber(tree, node);
        }
        for (size_t i = 0; i < node->n_children; i++)
                heal(tree, node->children[i]);
}

void machine_clear_faults(Machine *m)
{
        for (size_t i = 0; i < m->n_faults; i++)
                free(m->faults[i].pattern);
        m->n_faults = 0;
        heal(&m->tree, m->tree.root);
}

unsigned machine_strike(Machine *m, const Node *node, FaultKind kind)
{
        if (!node->faulty)
                return 0;
        for (size_t i = 0; i < m->n_faults; i++) {
                Fault *f = &m->faults[i];
                unsigned hit = f->error ? (unsigned)f->error : f->ms;

                if (f->kind != kind || !node_matches(&m->tree, node, f->pattern))
                        continue;
                if (f->times > 0 && --f->times == 0) {
                        free(f->pattern);
                        m->n_faults--;
                        memmove(f, f + 1, (m->n_faults - i) * sizeof(*f));
                }
                return hit;
        }
        return 0;
}

void machine_log_write(Machine *m, const Node *node, const char *value, size_t len, int error)
{
        const char *name = error > 0 ? strerrorname_np(error) : "0";
        size_t need;

        if (strncmp(node->path, "cpu/", 4) != 0 && strncmp(node->path, "clocksource0/", 13) != 0)
                return;
        if (!name)
                name = "?";
        need = strlen(node->path) + len + strlen(name) + 4;
        if (m->writes_len + need > m->writes_size) {
                size_t size = (m->writes_len + need) * 2;
                char *more = realloc(m->writes, size);

                if (!more)
                        return;
                m->writes = more;
                m->writes_size = size;
        }
        m->writes_len += (size_t)sprintf(m->writes + m->writes_len, "%s\t", node->path);
        for (size_t i = 0; i < len; i++)
                if (value[i] != '\n' && value[i] != '\0')
                        m->writes[m->writes_len++] = value[i] == '\t' ? ' ' : value[i];
        m->writes_len += (size_t)sprintf(m->writes + m->writes_len, "\t%s\n", name);
}
