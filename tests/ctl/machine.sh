# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
#
# Sourced by the tests that run on a simulated machine (made-machine). $ctl is tscwarden.

set -u
# The tests write to /dev, /etc and /sys.
[ -e /dev/.made-machine ] || { echo "Bail out! run me by made-machine"; exit 1; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/integration/checks.sh
. "$here/../integration/checks.sh"
ctl=$TSCWARDEN
scratch=$(mktemp -d)
chmod 0700 "$scratch"
unset NO_COLOR
export TZ=UTC LC_ALL=C.UTF-8 DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/nowhere
trap 'kill $(jobs -p) 2> /dev/null; rm -rf --one-file-system "$scratch" "$check_output"' EXIT

# check_here MAXERROR [OPTION...]: `tscwarden check`, its exit status in $status, what it printed in $output and $errors.
check_here() {
        local maxerror=$1
        shift
        status=0
        FAKE_MAXERROR=$maxerror LD_PRELOAD=$FAKE_ADJTIMEX "$ctl" check "$@" > "$scratch/output" 2> "$scratch/errors" < /dev/null ||
                status=$?
        output=$(cat "$scratch/output")
        errors=$(cat "$scratch/errors")
}

# step ID: result and evidence, from what `check_here … --json` printed.
step() {
        python3 -c '
import json, sys
for step in json.load(open(sys.argv[1]))["Steps"]:
    if step["Id"] == sys.argv[2]:
        print(step["Result"] + ": " + step["Evidence"])
' "$scratch/output" "$1"
}

# need PROGRAM...: skips the test if one of these cannot print its version.
need() {
        local program
        for program; do
                "$program" -V > /dev/null 2>&1 || "$program" -v > /dev/null 2>&1 || { echo "1..0 # SKIP needs $program"; exit 77; }
        done
}

finish() {
        echo "1..$n_checks"
        exit $((n_failed > 0))
}
