/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The files of the made host. The tree is built once; what comes and goes (CPUs' parts, policies, faults) is hidden and
 * shown again, under a new inode number, because a watch on a removed sysfs file must not see its successor.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "host.h"

typedef struct Node Node;

typedef enum NodeKind {
        NODE_DIR,
        NODE_LINK,
        NODE_VALUE,
        NODE_KMSG,
        NODE_LATENCY,
        NODE_CTL,
        NODE_WRITES,
} NodeKind;

typedef struct Attr {
        const char *name;
        mode_t mode;
        int (*show)(Host *host, const Node *node, FILE *out);
        /* value ends in NUL; 0 or negative errno, and a failed store changes nothing. */
        int (*store)(Host *host, Node *node, const char *value, size_t len);
        /* For `set`, a change by the kernel itself. Without it `set` fixes the text that reads return. */
        int (*set)(Host *host, Node *node, const char *value);
        bool needs_admin;
} Attr;

struct Node {
        uint64_t ino;
        Node *parent;
        char *name;
        /* From the mount point, without a slash at its front: "cpu/cpu0/online". */
        char *path;
        NodeKind kind;
        mode_t mode;
        const Attr *attr;
        Cpu *cpu;
        Policy *policy;
        IdleState *state;
        char *link, *pinned;
        Node **children;
        size_t n_children;
        bool (*present)(const Host *host, const Node *node);
        bool vanished, faulty;
};

typedef struct Tree {
        Host *host;
        Node *root;
        Node **by_ino;
        size_t n_inos;
} Tree;

int tree_build(Tree *tree, Host *host);
void tree_done(Tree *tree);

Node *tree_add(Tree *tree, Node *parent, const char *name, NodeKind kind, mode_t mode);
Node *tree_add_attr(Tree *tree, Node *parent, const Attr *attr);
int tree_add_attr_list(Tree *tree, Node *parent, const Attr *attrs, size_t n);
#define tree_add_attrs(tree, parent, attrs) tree_add_attr_list(tree, parent, attrs, sizeof(attrs) / sizeof((attrs)[0]))
void tree_renumber(Tree *tree, Node *node);

/* NULL: never there, or a removed one. */
Node *tree_by_ino(const Tree *tree, uint64_t ino);
Node *node_child(const Node *dir, const char *name);
/* Follows the tree's own links ("cpu/cpu1/cpufreq/…"). The path may start with /sys/devices/system/. */
Node *tree_find(const Tree *tree, const char *path);
bool node_is_here(const Tree *tree, const Node *node);

/* A shell pattern as in fnmatch(3), or a plain path as tree_find() takes it. */
bool node_matches(const Tree *tree, const Node *node, const char *pattern);
/* Calls fn for every node that matches; returns how many. */
size_t tree_match(Tree *tree, const char *pattern, void (*fn)(Tree *tree, Node *node, void *data), void *data);

int node_show(const Tree *tree, const Node *node, FILE *out);

/* attr-*.c */
int attr_add_cpu_root(Tree *tree, Node *dir);
int attr_add_cpu(Tree *tree, Node *dir, Cpu *cpu);
int attr_add_idle_root(Tree *tree, Node *dir);
int attr_add_idle(Tree *tree, Node *dir, Cpu *cpu);
int attr_add_policy(Tree *tree, Node *dir, Policy *policy);
int attr_add_clocksource(Tree *tree, Node *dir);
int attr_add_proc(Tree *tree, Node *dir);
