/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any bytes as the file `originals`: refused, of another boot, or values that may be written and that its own text says
 * again.
 */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "model/originals.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_originals_ Originals originals = {}, again = {};
        _cleanup_free_ char *text = NULL;
        int r = originals_parse((const char *)data, size, "boot", &originals);

        assert(r == 1 || r == 0 || r == -EBADMSG);
        assert(r == 1 || originals.n == 0);
        for (size_t i = 0; i < originals.n; i++) {
                const Original *original = &originals.entries[i];

                assert(knob_value_check(original->id.knob, original->value) == 0);
                assert(i == 0 || knob_id_compare(&original[-1].id, &original->id) < 0);
                assert(originals_get(&originals, &original->id) == original->value);
        }
        text = originals_format(&originals, "boot");
        assert(text && originals_parse(text, strlen(text), "boot", &again) == 1 && again.n == originals.n);
        for (size_t i = 0; i < again.n; i++)
                assert(strcmp(again.entries[i].value, originals.entries[i].value) == 0);
        return 0;
}
