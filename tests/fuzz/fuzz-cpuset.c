/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any bytes as a list of CPUs: refused, or a set whose own text gives the same set
 */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/cpuset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_free_ char *text = strndup((const char *)data, size), *list = NULL;
        _cleanup_cpuset_ CpuSet set = {}, again = {};
        unsigned n = 0;
        int r;

        assert(text);
        r = cpuset_parse(text, &set);
        assert(r == 0 || r == -EINVAL || r == -ERANGE);
        assert(r == 0 || cpuset_is_empty(&set));
        for (int cpu = cpuset_next(&set, 0); cpu >= 0; cpu = cpuset_next(&set, (unsigned)cpu + 1)) {
                assert((unsigned)cpu < CPUSET_MAX && cpuset_has(&set, (unsigned)cpu));
                n++;
        }
        assert(n == cpuset_count(&set) && cpuset_is_empty(&set) == (n == 0));
        list = cpuset_format(&set);
        assert(list && cpuset_parse(list, &again) == 0 && cpuset_equal(&set, &again));
        return 0;
}
