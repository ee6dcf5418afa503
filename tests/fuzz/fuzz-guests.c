/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any bytes as the command line of a virtual machine monitor (a newline stands for the NUL behind an argument), as what
 * a guest's agent answers, and as what virsh prints.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/macro.h"
#include "guests/agent-reply.h"
#include "guests/vm-agent.h"
#include "guests/vm-clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse_arguments(const char *arguments, size_t size)
{
        _cleanup_vm_clock_ VmClock clock = {};
        _cleanup_vm_agent_ VmAgent agent = {};
        _cleanup_free_ char *text = NULL;

        assert(vm_clock_parse(arguments, size, false, &clock) == 0);
        assert(!clock.known || clock.vmm == VMM_QEMU);
        text = vm_clock_format(&clock);
        assert(text);
        assert(vm_agent_parse(arguments, size, &agent) == 0);
        assert(memchr(agent.uuid, '\0', sizeof(agent.uuid)));
}

static void parse_answer(const char *line)
{
        _cleanup_free_ char *error = NULL;
        int64_t number = 0, seconds = 0;
        AgentReply reply = agent_reply_parse(line, &number, &error);

        assert(!error || reply == AGENT_REPLY_ERROR);
        assert(number == 0 || reply == AGENT_REPLY_NUMBER);
        (void)virsh_domtime_parse(line, &seconds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_free_ char *arguments = malloc(size + 1), *line = strndup((const char *)data, size);

        assert(arguments && line);
        for (size_t i = 0; i < size; i++)
                arguments[i] = data[i] == '\n' ? '\0' : (char)data[i];
        /* As /proc/PID/cmdline ends. */
        arguments[size] = '\0';
        parse_arguments(arguments, size + 1);
        parse_answer(line);
        return 0;
}
