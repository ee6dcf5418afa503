/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The agent listens inside the guest behind the port of virtio-serial that is named org.qemu.guest_agent.0
 * (docs/interop/qemu-ga.rst): -chardev socket,path=PATH,server=on,wait=off,id=ID -device
 * virtserialport,chardev=ID,name=org.qemu.guest_agent.0
 */
#include "guests/vm-agent.h"

#include <ctype.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/macro.h"
#include "base/words.h"
#include "guests/qemu-options.h"

void vm_agent_done(VmAgent *agent)
{
        free(agent->socket);
        *agent = (VmAgent) {};
}

typedef struct Walk {
        const char *at, *end;
} Walk;

/* Returns the argument after the next option of that name; NULL: there is none. */
static const char *next_value(Walk *walk, const char *option)
{
        while (walk->at < walk->end) {
                const char *argument = walk->at, *value = argument + strlen(argument) + 1;

                walk->at = value;
                if (argument[0] == '-' && value < walk->end && strcmp(argument + strspn(argument, "-"), option) == 0)
                        return value;
        }
        return NULL;
}

/* The text of `key` in a JSON object, which QEMU accepts for -device since 6.2: a heap string; NULL: there is none. 0
 * or -ENOMEM. */
static int find_json_value(const char *text, const char *key, char **ret)
{
        struct json_object *object = json_tokener_parse(text), *value = NULL;
        char *found = NULL;
        bool there = json_object_is_type(object, json_type_object) && json_object_object_get_ex(object, key, &value) &&
                     json_object_is_type(value, json_type_string);

        if (there)
                found = strdup(json_object_get_string(value));
        json_object_put(object);
        if (there && !found)
                return -ENOMEM;
        *ret = found;
        return 0;
}

/* The value of `key` in `a=b,key=value`: a heap string; NULL: there is none. 0 or -ENOMEM. */
static int find_value(const char *text, const char *key, char **ret)
{
        char *found = NULL;

        if (text[0] == '{')
                return find_json_value(text, key, ret);
        while (text) {
                _cleanup_free_ char *part = qemu_next_part(&text);
                char *value = part ? strchr(part, '=') : NULL;

                if (!part) {
                        free(found);
                        return -ENOMEM;
                }
                if (value)
                        *value++ = '\0';
                if (strcmp(part, key) != 0)
                        continue;
                free(found);
                found = strdup(value ? value : "on");
                if (!found)
                        return -ENOMEM;
        }
        *ret = found;
        return 0;
}

/* The identifier of the character device behind the agent's port; NULL: there is no port. 0 or -ENOMEM. */
static int find_port(Walk walk, char **ret)
{
        const char *value;

        while ((value = next_value(&walk, "device"))) {
                _cleanup_free_ char *name = NULL;
                int r = find_value(value, "name", &name);

                if (r < 0)
                        return r;
                if (name && strcmp(name, "org.qemu.guest_agent.0") == 0)
                        return find_value(value, "chardev", ret);
        }
        *ret = NULL;
        return 0;
}

/* Finds out where the character device behind the agent's port leads. 0 or -ENOMEM. */
static int take_chardev(const char *value, VmAgent *agent)
{
        _cleanup_free_ char *server = NULL, *path = NULL, *abstract = NULL, *fd = NULL;

        if (find_value(value, "server", &server) < 0 || find_value(value, "path", &path) < 0 ||
            find_value(value, "abstract", &abstract) < 0 || find_value(value, "fd", &fd) < 0)
                return -ENOMEM;
        agent->port = VM_AGENT_NO_SOCKET;
        if (!text_after(value, "socket,"))
                return 0;
        if (fd || (path && text_after(path, "/dev/fdset/")))
                agent->port = VM_AGENT_HANDED;
        else if (server && strncmp(server, "on", 2) == 0 && path && path[0] == '/' &&
                 (!abstract || strcmp(abstract, "off") == 0)) {
                free(agent->socket);
                agent->socket = TAKE_PTR(path);
                agent->port = VM_AGENT_SOCKET;
        }
        return 0;
}

/* 0 or -ENOMEM. */
static int find_chardev(Walk walk, const char *port, VmAgent *agent)
{
        const char *value;
        int r = 0;

        agent->port = VM_AGENT_NO_SOCKET;
        while (r == 0 && (value = next_value(&walk, "chardev"))) {
                _cleanup_free_ char *id = NULL;

                r = find_value(value, "id", &id);
                if (r == 0 && id && strcmp(id, port) == 0)
                        r = take_chardev(value, agent);
        }
        return r;
}

static bool is_uuid(const char *text)
{
        if (strlen(text) != VM_UUID_SIZE - 1)
                return false;
        for (unsigned i = 0; text[i]; i++)
                if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
                        return false;
        return true;
}

int vm_agent_parse(const char *arguments, size_t size, VmAgent *ret)
{
        _cleanup_vm_agent_ VmAgent agent = {};
        _cleanup_free_ char *port = NULL;
        Walk all = { arguments, arguments + size }, walk;
        const char *value;
        int r;

        while (all.end > arguments && all.end[-1] != '\0')
                all.end--;
        for (walk = all; (value = next_value(&walk, "uuid"));)
                if (is_uuid(value))
                        strcpy(agent.uuid, value);
        /* libvirt gives each domain a key of this name (src/qemu/qemu_alias.c). */
        for (walk = all; (value = next_value(&walk, "object"));)
                agent.libvirt |= strstr(value, "masterKey0") != NULL;
        r = find_port(all, &port);
        if (r == 0 && port)
                r = find_chardev(all, port, &agent);
        if (r < 0)
                return r;
        *ret = TAKE_STRUCT(agent);
        return 0;
}
