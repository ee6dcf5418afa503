/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tree.h"

static int tree_number(Tree *tree, Node *node)
{
        Node **more;

        if (tree->n_inos % 1024 == 0) {
                more = reallocarray(tree->by_ino, tree->n_inos + 1024, sizeof(*more));
                if (!more)
                        return -ENOMEM;
                tree->by_ino = more;
        }
        node->ino = tree->n_inos;
        tree->by_ino[tree->n_inos++] = node;
        return 0;
}

void tree_renumber(Tree *tree, Node *node)
{
        tree->by_ino[node->ino] = NULL;
        (void)tree_number(tree, node);
        for (size_t i = 0; i < node->n_children; i++)
                tree_renumber(tree, node->children[i]);
}

static Node *node_free(Node *node)
{
        if (!node)
                return NULL;
        for (size_t i = 0; i < node->n_children; i++)
                node_free(node->children[i]);
        free(node->children);
        free(node->name);
        free(node->path);
        free(node->link);
        free(node->pinned);
        free(node);
        return NULL;
}

Node *tree_add(Tree *tree, Node *parent, const char *name, NodeKind kind, mode_t mode)
{
        Node *node = calloc(1, sizeof(*node)), **more;
        mode_t type = kind == NODE_DIR ? S_IFDIR : kind == NODE_LINK ? S_IFLNK : S_IFREG;

        if (!node)
                return NULL;
        node->parent = parent;
        node->kind = kind;
        node->mode = type | mode;
        node->name = strdup(name);
        if (asprintf(&node->path, "%s%s%s", parent ? parent->path : "", parent && parent->parent ? "/" : "", name) < 0)
                node->path = NULL;
        if (!node->name || !node->path || tree_number(tree, node) < 0)
                return node_free(node);
        if (!parent)
                return node;
        node->cpu = parent->cpu;
        node->policy = parent->policy;
        node->state = parent->state;
        if (parent->n_children % 16 == 0) {
                more = reallocarray(parent->children, parent->n_children + 16, sizeof(*more));
                if (!more) {
                        tree->by_ino[node->ino] = NULL;
                        return node_free(node);
                }
                parent->children = more;
        }
        parent->children[parent->n_children++] = node;
        return node;
}

Node *tree_add_attr(Tree *tree, Node *parent, const Attr *attr)
{
        Node *node = tree_add(tree, parent, attr->name, NODE_VALUE, attr->mode);

        if (node)
                node->attr = attr;
        return node;
}

int tree_add_attr_list(Tree *tree, Node *parent, const Attr *attrs, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (!tree_add_attr(tree, parent, &attrs[i]))
                        return -ENOMEM;
        return 0;
}

static int by_name(const void *a, const void *b)
{
        return strcmp((*(Node *const *)a)->name, (*(Node *const *)b)->name);
}

static void node_sort(Node *node)
{
        if (node->n_children > 0)
                qsort(node->children, node->n_children, sizeof(Node *), by_name);
        for (size_t i = 0; i < node->n_children; i++)
                node_sort(node->children[i]);
}

int tree_build(Tree *tree, Host *host)
{
        Node *cpu, *clock;

        *tree = (Tree) { .host = host };
        /* Inode 0 is nobody's; FUSE calls its root 1. */
        tree->by_ino = calloc(1024, sizeof(*tree->by_ino));
        if (!tree->by_ino)
                return -ENOMEM;
        tree->n_inos = 1;
        tree->root = tree_add(tree, NULL, "", NODE_DIR, 0755);
        if (!tree->root)
                return -ENOMEM;
        cpu = tree_add(tree, tree->root, "cpu", NODE_DIR, 0755);
        clock = tree_add(tree, tree->root, "clocksource0", NODE_DIR, 0755);
        if (!cpu || !clock || attr_add_cpu_root(tree, cpu) < 0 || attr_add_clocksource(tree, clock) < 0 ||
            attr_add_proc(tree, tree->root) < 0 || !tree_add(tree, tree->root, "kmsg", NODE_KMSG, 0644) ||
            !tree_add(tree, tree->root, "cpu_dma_latency", NODE_LATENCY, 0600) ||
            !tree_add(tree, tree->root, "ctl", NODE_CTL, 0600) ||
            !tree_add(tree, tree->root, "writes", NODE_WRITES, 0600))
                return -ENOMEM;
        node_sort(tree->root);
        return 0;
}

void tree_done(Tree *tree)
{
        node_free(tree->root);
        free(tree->by_ino);
        *tree = (Tree) {};
}

Node *tree_by_ino(const Tree *tree, uint64_t ino)
{
        return ino < tree->n_inos ? tree->by_ino[ino] : NULL;
}

Node *node_child(const Node *dir, const char *name)
{
        size_t low = 0, high = dir->n_children;

        while (low < high) {
                size_t mid = low + (high - low) / 2;
                int c = strcmp(name, dir->children[mid]->name);

                if (c == 0)
                        return dir->children[mid];
                if (c < 0)
                        high = mid;
                else
                        low = mid + 1;
        }
        return NULL;
}

static const char *skip_prefix(const char *path)
{
        static const char *const prefixes[] = { "/sys/devices/system/clocksource/", "/sys/devices/system/", "/proc/",
                                                "/dev/", "/" };

        for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
                if (strncmp(path, prefixes[i], strlen(prefixes[i])) == 0)
                        return path + strlen(prefixes[i]);
        return path;
}

static Node *walk(Node *from, const char *path)
{
        char name[128];

        while (from && *path) {
                size_t len = strcspn(path, "/");

                if (len >= sizeof(name))
                        return NULL;
                memcpy(name, path, len);
                name[len] = '\0';
                path += len;
                path += strspn(path, "/");
                if (strcmp(name, "..") == 0)
                        from = from->parent;
                else
                        from = node_child(from, name);
                /* As lstat(2): the last component may be the link itself. */
                if (from && from->kind == NODE_LINK && *path)
                        from = walk(from->parent, from->link);
        }
        return from;
}

Node *tree_find(const Tree *tree, const char *path)
{
        return walk(tree->root, skip_prefix(path));
}

bool node_is_here(const Tree *tree, const Node *node)
{
        for (; node; node = node->parent)
                if (node->vanished || (node->present && !node->present(tree->host, node)))
                        return false;
        return true;
}

bool node_matches(const Tree *tree, const Node *node, const char *pattern)
{
        const char *knob;
        char alias[256];

        if (!strpbrk(pattern, "*?["))
                return tree_find(tree, pattern) == node;
        pattern = skip_prefix(pattern);
        if (fnmatch(pattern, node->path, FNM_PATHNAME) == 0)
                return true;
        if (!node->policy || node->attr == NULL)
                return false;
        /* These files can be named by the CPU as well as by the policy. */
        knob = strchr(node->path + strlen("cpu/cpufreq/"), '/');
        for (size_t i = 0; knob && i < node->policy->n_cpus; i++) {
                snprintf(alias, sizeof(alias), "cpu/cpu%u/cpufreq%s", node->policy->cpus[i], knob);
                if (fnmatch(pattern, alias, FNM_PATHNAME) == 0)
                        return true;
        }
        return false;
}

static size_t match_below(Tree *tree, Node *node, const char *pattern, void (*fn)(Tree *, Node *, void *), void *data)
{
        size_t n = 0;

        for (size_t i = 0; i < node->n_children; i++) {
                Node *child = node->children[i];

                if (node_matches(tree, child, pattern)) {
                        fn(tree, child, data);
                        n++;
                }
                n += match_below(tree, child, pattern, fn, data);
        }
        return n;
}

size_t tree_match(Tree *tree, const char *pattern, void (*fn)(Tree *, Node *, void *), void *data)
{
        Node *node;

        if (strpbrk(pattern, "*?["))
                return match_below(tree, tree->root, pattern, fn, data);
        node = tree_find(tree, pattern);
        if (!node || !node->parent)
                return 0;
        fn(tree, node, data);
        return 1;
}

int node_show(const Tree *tree, const Node *node, FILE *out)
{
        /* show() of cpufreq.c: an inactive policy answers every question with EBUSY. */
        if (node->policy && !policy_is_active(tree->host, node->policy))
                return -EBUSY;
        if (node->pinned) {
                fprintf(out, "%s\n", node->pinned);
                return 0;
        }
        if (!node->attr || !node->attr->show)
                return -EIO;
        return node->attr->show(tree->host, node, out);
}
