# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# The unit under a real systemd: for tests in a container and for those in a virtual machine. $config, the daemon's
# configuration file, is set by who sources this. TAP checks come with it.

unit=tscwarden.service
originals=/run/tscwarden/originals
# Never empty: grep takes an empty list of patterns for one that matches all.
log_patterns=('^$')
# The part of the journal that is read, as options of journalctl.
journal_part=(--boot)

# shellcheck source=tests/integration/checks.sh
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

# property NAME: of the unit.
property() {
        systemctl show --value --property="$1" $unit
}

property_is() {
        [ "$(property "$1")" = "$2" ]
}

# write_config LINE...
write_config() {
        mkdir -p "$(dirname "$config")"
        printf '%s\n' "$@" > "$config"
}

# drop_in LINE...: unit settings for this test.
drop_in() {
        mkdir -p /etc/systemd/system/$unit.d
        printf '%s\n' "$@" > /etc/systemd/system/$unit.d/60-test.conf
        systemctl daemon-reload
}

# expect_log REGEX...: lines of warning or worse from or about the unit that this test provokes.
expect_log() {
        log_patterns+=("$@")
}

# unit_journal [OPTION...]: messages from the unit and those of systemd about it.
unit_journal() {
        journalctl "${journal_part[@]}" --quiet --no-pager --output=cat "$@" _SYSTEMD_UNIT=$unit + UNIT=$unit
}

# Every line of warning or worse that concerns the unit and whatever its sandbox denied, unless an expect_log allows it.
unexpected_lines() {
        journalctl --sync
        {
                unit_journal --priority=warning
                unit_journal | grep -E 'status=31/SYS|not permitted|Permission denied|Read-only file system'
        } | sort -u | grep -Evf <(printf '%s\n' "${log_patterns[@]}")
}
