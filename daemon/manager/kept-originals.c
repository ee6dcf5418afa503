/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/kept-originals.h"

#include <errno.h>

#include "base/log.h"
#include "host/originals.h"
#include "model/plan-types.h"

/* host_originals_load() returns these if the file does not have our format. Any other error says nothing about the
 * content. */
static bool is_no_originals(int r)
{
        return r == -EBADMSG || r == -EFBIG || r == -EINVAL || r == -ELOOP;
}

void kept_originals_load(KeptOriginals *kept)
{
        int r;

        if (kept->runtime_fd < 0)
                return;
        r = host_originals_load(kept->runtime_fd, &kept->values);
        kept->broken = r < 0;
        if (r < 0)
                (void)log_error_errno(
                        r,
                        "Cannot read the original values that an earlier process saved in the runtime directory, so "
                        "nothing is written; %s",
                        is_no_originals(r) ? "look at the file `originals` there, then remove it" :
                                             "once the cause is gone, restart the service");
        else if (r > 0)
                log_message(LOG_DEBUG, "An earlier process of this boot saved %zu original values.", kept->values.n);
}

void kept_originals_done(KeptOriginals *kept)
{
        originals_done(&kept->values);
}

static int save(KeptOriginals *kept)
{
        int r;

        if (!kept->unsaved || kept->broken)
                return 0;
        r = kept->runtime_fd < 0 ? -ENOENT : host_originals_save(kept->runtime_fd, &kept->values);
        kept->unsaved = r < 0;
        return r;
}

/* If saving fails, the values just collected are dropped. Then nothing is written, and at the next attempt the values
 * may be different. */
static int add(KeptOriginals *kept, const Plan *plan, const Snapshot *snapshot)
{
        _cleanup_originals_ Originals before = {};
        bool unsaved = kept->unsaved;
        int r = originals_copy(&kept->values, &before);

        if (r < 0)
                return r;
        r = plan_collect_originals(plan, snapshot, &kept->values);
        if (r >= 0) {
                kept->unsaved = kept->unsaved || r > 0;
                r = save(kept);
        }
        if (r < 0) {
                originals_done(&kept->values);
                kept->values = before;
                kept->unsaved = unsaved;
                before = (Originals) {};
        }
        return r;
}

int kept_originals_add(KeptOriginals *kept, const Plan *plan, const Snapshot *snapshot)
{
        int r;

        if (kept->broken && plan->n_steps > 0)
                return log_error_errno(-EBADMSG, "The original values could not be collected, so nothing is written");
        r = add(kept, plan, snapshot);
        if (r < 0)
                return log_error_errno(
                        r, "Cannot save the original values to the runtime directory, so nothing is written");
        return 0;
}

void kept_originals_drop(KeptOriginals *kept, const Plan *plan, const Snapshot *snapshot, bool give_up, bool reached)
{
        int r;

        if (originals_drop_returned(&kept->values, plan, snapshot, give_up))
                kept->unsaved = true;
        if (reached && originals_drop_reached(&kept->values, plan, snapshot))
                kept->unsaved = true;
        r = save(kept);
        if (r < 0)
                (void)log_error_errno(r, "Cannot update the file of original values, ignoring");
}
