/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guests/vm-agent.h"

#define Q "kvm|"
#define PORT "-device|virtserialport,chardev=ga0,name=org.qemu.guest_agent.0|"
#define JSON_PORT                                                                                           \
        "-device|{\"driver\":\"virtserialport\",\"bus\":\"virtio-serial0.0\",\"nr\":1,\"chardev\":\"ga0\"," \
        "\"id\":\"channel0\",\"name\":\"org.qemu.guest_agent.0\"}|"
#define UUID "11111111-2222-3333-4444-55555555ABCD"

/* Each argument ends with "|". */
static const struct {
        const char *line, *socket, *uuid;
        bool libvirt;
        VmAgentPort port;
} rows[] = {
        { "", NULL, "", false, VM_AGENT_NONE },
        { Q, NULL, "", false, VM_AGENT_NONE },
        { Q "-chardev|socket,path=/a,server=on,wait=off,id=ga0|" PORT, "/a", "", false, VM_AGENT_SOCKET },
        { Q PORT "-chardev|socket,id=ga0,path=/a,server,nowait|", "/a", "", false, VM_AGENT_SOCKET },
        { Q "--chardev|socket,path=/a,server=on,id=x|-chardev|socket,path=/b,,c,server=on,id=ga0|" PORT, "/b,c", "",
          false, VM_AGENT_SOCKET },
        /* As on Proxmox. */
        { Q
          "-chardev|socket,path=/var/run/qemu-server/109.qga,server=on,wait=off,id=qga0|-device|virtio-serial,id=qga0,bus=pci.0,addr=0x8|"
          "-device|virtserialport,chardev=qga0,name=org.qemu.guest_agent.0|",
          "/var/run/qemu-server/109.qga", "", false, VM_AGENT_SOCKET },
        /* No socket that can be asked: QEMU does not listen, it is no file, its path is relative, it is not the
           agent's, or there is none. */
        { Q "-chardev|socket,path=/a,id=ga0|" PORT, NULL, "", false, VM_AGENT_NO_SOCKET },
        { Q "-chardev|socket,path=/a,server=off,id=ga0|" PORT, NULL, "", false, VM_AGENT_NO_SOCKET },
        { Q "-chardev|socket,path=/a,abstract=on,server=on,id=ga0|" PORT, NULL, "", false, VM_AGENT_NO_SOCKET },
        { Q "-chardev|socket,path=a,server=on,id=ga0|" PORT, NULL, "", false, VM_AGENT_NO_SOCKET },
        { Q "-chardev|socket,host=h,port=1,server=on,id=ga0|" PORT, NULL, "", false, VM_AGENT_NO_SOCKET },
        { Q "-chardev|pty,path=/a,server=on,id=ga0|" PORT, NULL, "", false, VM_AGENT_NO_SOCKET },
        { Q "-chardev|socket,path=/a,server=on,id=ga0|-device|virtserialport,chardev=ga0,name=com.redhat.spice.0|",
          NULL, "", false, VM_AGENT_NONE },
        { Q "-chardev|socket,path=/a,server=on,id=ga0|-device|virtserialport,name=org.qemu.guest_agent.0|", NULL, "",
          false, VM_AGENT_NONE },
        { Q "-chardev|socket,id=ga0,fd=27,server=on,wait=off|" PORT, NULL, "", false, VM_AGENT_HANDED },
        { Q "-add-fd|set=2,fd=27|-chardev|socket,id=ga0,path=/dev/fdset/2,server=on|" PORT, NULL, "", false,
          VM_AGENT_HANDED },
        { Q "-chardev|{\"id\":\"ga0\",\"backend\":{\"type\":\"socket\"}}|" PORT, NULL, "", false, VM_AGENT_NO_SOCKET },
        /* JSON, as later libvirt writes -device. */
        { Q "-chardev|socket,path=/a,server=on,id=ga0|" JSON_PORT, "/a", "", false, VM_AGENT_SOCKET },
        { Q "-chardev|socket,path=/a,server=on,id=ga0|-device|{\"name\":\"org.qemu.guest_agent.0\",\"chardev\":1}|",
          NULL, "", false, VM_AGENT_NONE },
        { Q "-chardev|socket,path=/a,server=on,id=ga0|-device|{\"name\":\"org.qemu.guest_agent.0\"|", NULL, "", false,
          VM_AGENT_NONE },
        { Q "-chardev|socket,path=/a,server=on,id=ga0|-device|{|-device|[]|-device|{\"name\":null}|", NULL, "", false,
          VM_AGENT_NONE },
        { Q PORT, NULL, "", false, VM_AGENT_NO_SOCKET },
        { Q "-chardev|socket,path=/a,server=on,id=ga0|" PORT "-chardev", "/a", "", false, VM_AGENT_SOCKET },
        { Q "-uuid|" UUID "|-object|{\"qom-type\":\"secret\",\"id\":\"masterKey0\",\"format\":\"raw\"}|", NULL, UUID,
          true, VM_AGENT_NONE },
        { Q "-object|secret,id=masterKey0,format=raw,file=/x|-uuid|" UUID "|", NULL, UUID, true, VM_AGENT_NONE },
        { Q "-uuid|" UUID "0|-uuid|--help|", NULL, "", false, VM_AGENT_NONE },
        { Q "-uuid", NULL, "", false, VM_AGENT_NONE },
};

static void test_vm_agent_of_command_lines(void **state)
{
        for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_vm_agent_ VmAgent agent = {};
                char buffer[512];
                size_t size = strlen(rows[i].line);

                assert_true(size < sizeof(buffer));
                for (size_t j = 0; j <= size; j++)
                        buffer[j] = rows[i].line[j] == '|' ? '\0' : rows[i].line[j];
                assert_int_equal(vm_agent_parse(buffer, size, &agent), 0);
                if (!agent.socket != !rows[i].socket || (agent.socket && strcmp(agent.socket, rows[i].socket) != 0) ||
                    strcmp(agent.uuid, rows[i].uuid) != 0 || agent.libvirt != rows[i].libvirt ||
                    agent.port != rows[i].port)
                        fail_msg("%s: port %d, socket %s, UUID %s, libvirt %d", rows[i].line, agent.port,
                                 agent.socket ? agent.socket : "none", agent.uuid, agent.libvirt);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_vm_agent_of_command_lines),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
