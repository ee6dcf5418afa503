# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
#
# inside.sh TEST CONFIG: runs inside the container, sources TEST and gives it the functions below, which print TAP.
#
# A test is a file NNN-topic with a line `# host: NAME`. The unit is installed and not started; $config, the daemon's
# configuration file, does not exist; /madehost is the made host's own folder. The last check is always the same: no
# unexpected line in the journal (see expect_log). (SC2154 is off in tests: shellcheck does not see what is set here.)

set -u
unit=tscwarden.service
originals=/run/tscwarden/originals
config=$2
# Never empty: grep takes an empty list of patterns for one that matches all.
log_patterns=('^$')

# shellcheck source=tests/integration/checks.sh
. "$(dirname "$0")/../checks.sh"

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
        printf '%s\n' "$@" > /etc/systemd/system/$unit.d/60-test.conf
        systemctl daemon-reload
}

# writes: what was written to the made host since it was served; nothing if nothing was.
writes() {
        cat /madehost/writes
}

# expect_log REGEX...: lines of warning or worse from or about the unit that this test provokes.
expect_log() {
        log_patterns+=("$@")
}

# Every line of warning or worse that concerns the unit and whatever its sandbox denied, unless an expect_log allows it.
unexpected_lines() {
        journalctl --sync
        {
                journalctl --boot --quiet --no-pager --output=cat --priority=warning _SYSTEMD_UNIT=$unit + UNIT=$unit
                journalctl --boot --quiet --no-pager --output=cat _SYSTEMD_UNIT=$unit + UNIT=$unit |
                        grep -E 'status=31/SYS|not permitted|Permission denied|Read-only file system'
        } | sort -u | grep -Evf <(printf '%s\n' "${log_patterns[@]}")
}

# shellcheck source=/dev/null
. "$1"
check_fails "no unexpected line in the journal" unexpected_lines
echo "1..$n_checks"
