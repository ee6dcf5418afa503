# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
#
# Sourced by the tests of the command: a private bus, and on it fake-warden if a test starts it. $ctl is tscwarden. Hidden is what status reads
# from this machine by itself: processes, /run/tscwarden, the journal.

set -u
if [ -z "${CTL_ALONE-}" ]; then
        unshare=(unshare --mount --pid --fork --kill-child --mount-proc)
        [ "$(id -u)" = 0 ] || unshare+=(--user --map-root-user)
        export CTL_ALONE=yes
        "${unshare[@]}" true 2> /dev/null && exec "${unshare[@]}" bash "$0" "$@"
else
        for folder in /run /var/log; do
                [ ! -d "$folder" ] || mount -t tmpfs none "$folder"
        done
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/integration/checks.sh
. "$here/../integration/checks.sh"

# Debian's modules are the system's own Python's.
if ! command -v dbus-daemon > /dev/null || ! /usr/bin/python3 -c 'import dbus, gi' 2> /dev/null; then
        echo "1..0 # SKIP needs dbus-daemon, python3-dbus and python3-gi"
        exit 77
fi

ctl=$TSCWARDEN
scratch=$(mktemp -d)
warden=
unset NO_COLOR
export TZ=UTC LC_ALL=C.UTF-8
# Not dbus-run-session: that one hands out a session bus.
exec {address}< <(exec dbus-daemon --session --nofork --nopidfile --print-address=1 --print-pid=1 2> "$scratch/bus")
read -r -u "$address" DBUS_SYSTEM_BUS_ADDRESS
read -r -u "$address" bus
export DBUS_SYSTEM_BUS_ADDRESS
trap 'kill ${warden:+"$warden"} "$bus" 2> /dev/null; rm -rf "$scratch" "$check_output"' EXIT

# start_warden FILE: returns once it has the name.
start_warden() {
        rm -f "$scratch/warden"
        "$here/fake-warden" "$1" > "$scratch/warden" 2>&1 &
        warden=$!
        wait_for 20 grep -qx ready "$scratch/warden" || cat "$scratch/warden"
}

stop_warden() {
        kill "$warden"
        wait "$warden" 2> /dev/null
        warden=
}

# run COMMAND...: its exit status in $status, what it printed in $output and $errors.
run() {
        status=0
        "$@" > "$scratch/output" 2> "$scratch/errors" < /dev/null || status=$?
        output=$(cat "$scratch/output")
        errors=$(cat "$scratch/errors")
}

finish() {
        echo "1..$n_checks"
        exit $((n_failed > 0))
}
