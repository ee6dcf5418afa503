/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/guest-clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK "# Written by tscwarden guest setup; tscwarden guest undo takes it away.\n"

char *guest_file_format(GuestFileKind kind, const char *device, bool has_device_unit)
{
        static const char settle[] = "systemd-udev-settle.service", link_unit[] = "dev-ptp_kvm.device";
        const char *unit = has_device_unit ? link_unit : settle;
        char *text;
        int r;

        if (kind == GUEST_MODULES)
                r = asprintf(&text, MARK KVM_CLOCK_MODULE "\n");
        else if (kind == GUEST_REFCLOCK)
                r = asprintf(&text, MARK "refclock PHC %s poll 2\n", device);
        else
                r = asprintf(&text, MARK "[Unit]\nWants=%s\nAfter=%s\n", unit, unit);
        return r < 0 ? NULL : text;
}

GuestFileState guest_file_judge(const char *text, const char *wanted)
{
        if (!text)
                return GUEST_FILE_MISSING;
        if (strcmp(text, wanted) == 0)
                return GUEST_FILE_SAME;
        return strncmp(text, MARK, strlen(MARK)) == 0 ? GUEST_FILE_OTHER : GUEST_FILE_FOREIGN;
}

static const char *next_line(const char *line)
{
        line += strcspn(line, "\n");
        return line + (*line == '\n');
}

/* Of the words of a line the first is `word`, whatever its case: where the rest begins, else NULL. */
static const char *after_word(const char *line, const char *word)
{
        size_t length = strlen(word);

        line += strspn(line, " \t");
        if (strncasecmp(line, word, length) != 0 || !strchr(" \t\n", line[length]))
                return NULL;
        line += length;
        return line + strspn(line, " \t");
}

int chrony_find_confdir(const char *text, char **ret)
{
        const char *found = NULL;
        char *path = NULL;

        for (; *text; text = next_line(text)) {
                const char *rest = after_word(text, "confdir");

                if (rest && *rest == '/')
                        found = rest;
        }
        if (found) {
                path = strndup(found, strcspn(found, " \t\n"));
                if (!path)
                        return -ENOMEM;
        }
        *ret = path;
        return 0;
}

bool chrony_next_refclock(const char **text, char device[static CHRONY_DEVICE_SIZE])
{
        while (**text) {
                const char *rest = after_word(*text, "refclock");

                *text = next_line(*text);
                rest = rest ? after_word(rest, "PHC") : NULL;
                if (rest && strcspn(rest, " \t\n:") - 1 < CHRONY_DEVICE_SIZE - 1) {
                        snprintf(device, CHRONY_DEVICE_SIZE, "%.*s", (int)strcspn(rest, " \t\n:"), rest);
                        return true;
                }
        }
        return false;
}

const char *guest_explain_modprobe(const char *text)
{
        /* EOPNOTSUPP since 5e7aa97c7acf, ENODEV before it: no KVM, or KVM_HC_CLOCK_PAIRING is refused because the host does not run
         * on its TSC (Documentation/virt/kvm/x86/hypercalls.rst). */
        if (strstr(text, "Operation not supported") || strstr(text, "No such device"))
                return "This guest cannot ask its host for the time: the host's clocksource is not tsc, or the hypervisor is not KVM. "
                       "On the host, `tscwarden status` says why; nothing can be set here before that is mended.";
        if (strstr(text, "not found"))
                return "This kernel has no module ptp_kvm.";
        return "";
}
