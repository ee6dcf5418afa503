/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/losses.h"

#include <errno.h>
#include <string.h>
#include <systemd/sd-journal.h>

#include "base/array.h"
#include "base/log.h"
#include "base/macro.h"
#include "host/journal.h"

/* tsc-lost, tscwardend(8). */
#define MATCH_TSC_LOST "MESSAGE_ID=957bb6dbc93349d5b7dd10eeade1a8f4"

void losses_done(Losses *losses)
{
        for (size_t i = 0; i < losses->n; i++) {
                free(losses->entries[i].reason);
                free(losses->entries[i].vms);
        }
        free(losses->entries);
        *losses = (Losses) {};
}

/* "" when there is none; NULL when out of memory. */
static char *read_text(sd_journal *journal, const char *name)
{
        _cleanup_free_ char *text = NULL;
        size_t length, skip = strlen(name) + 1;
        const void *data;

        if (sd_journal_get_data(journal, name, &data, &length) < 0 || length < skip)
                return strdup("");
        text = strndup((const char *)data + skip, length - skip);
        return text ? text_escape_again(text) : NULL;
}

static int add_entry(sd_journal *journal, sd_id128_t this_boot, sd_id128_t *last_boot, Losses *losses)
{
        uint64_t realtime, monotonic;
        sd_id128_t boot;
        Loss *loss;

        /* After a damaged record the others are still read. */
        if (sd_journal_get_realtime_usec(journal, &realtime) < 0 ||
            sd_journal_get_monotonic_usec(journal, &monotonic, &boot) < 0 || sd_id128_equal(boot, *last_boot))
                return 0;
        if (array_grow(&losses->entries, losses->n, sizeof(*losses->entries)) < 0)
                return -ENOMEM;
        loss = &losses->entries[losses->n++];
        *loss = (Loss) {
                .realtime_usec = realtime,
                .this_boot = sd_id128_equal(boot, this_boot),
                .reason = read_text(journal, "TSCWARDEN_REASON"),
                .vms = read_text(journal, "TSCWARDEN_VMS"),
        };
        *last_boot = boot;
        return loss->reason && loss->vms ? 0 : -ENOMEM;
}

/* Every user can log with this MESSAGE_ID. So an entry counts only if it comes from the service, which has a user of
 * its own, or from root, who may have started tscwardend by hand. */
static int add_matches(sd_journal *journal)
{
        int r = sd_journal_add_match(journal, MATCH_TSC_LOST, 0);

        if (r < 0)
                return r;
        r = sd_journal_add_match(journal, "_UID=0", 0);
        if (r < 0)
                return r;
        r = sd_journal_add_disjunction(journal);
        if (r < 0)
                return r;
        r = sd_journal_add_match(journal, MATCH_TSC_LOST, 0);
        return r < 0 ? r : sd_journal_add_match(journal, "_SYSTEMD_UNIT=tscwarden.service", 0);
}

static int read_entries(sd_journal *journal, Losses *ret)
{
        _cleanup_losses_ Losses losses = {};
        sd_id128_t this_boot, last_boot = SD_ID128_NULL;
        int r = sd_id128_get_boot(&this_boot);

        if (r < 0)
                return r;
        r = sd_journal_get_cutoff_realtime_usec(journal, &losses.since_usec, NULL);
        if (r < 0)
                return r;
        r = add_matches(journal);
        if (r < 0)
                return r;
        while ((r = sd_journal_next(journal)) > 0) {
                r = add_entry(journal, this_boot, &last_boot, &losses);
                if (r < 0)
                        return r;
        }
        if (r < 0)
                return r;
        *ret = TAKE_STRUCT(losses);
        return 0;
}

int losses_read(Losses *ret)
{
        _cleanup_(sd_journal_closep) sd_journal *journal = NULL;
        int r = journal_open(&journal);

        return r < 0 ? r : read_entries(journal, ret);
}
