/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any bytes as /proc/cpuinfo: refused, or facts that agree with each other.
 */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "host/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_facts_ Facts facts = {};
        FILE *stream = size > 0 ? fmemopen((void *)data, size, "re") : NULL;
        int r;

        if (!stream)
                return 0;
        r = facts_parse_cpuinfo(stream, &facts);
        assert(fclose(stream) == 0);
        assert(r == 0 || r == -EBADMSG);
        if (r < 0)
                return 0;
        assert(facts.n_cpus > 0);
        assert(memchr(facts.vendor, '\0', sizeof(facts.vendor)));
        (void)facts_is_amd_rev_f(&facts);
        (void)facts_tsc_is_fragile(&facts);
        return 0;
}
