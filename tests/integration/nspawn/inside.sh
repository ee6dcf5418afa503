# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
#
# inside.sh TEST CONFIG: runs inside the container, sources TEST and gives it the functions of unit.sh and those below, which print TAP.
#
# A test is a file NNN-topic with a line `# host: NAME`. The unit is installed and not started; $config, the daemon's
# configuration file, does not exist; /madehost is the made host's own folder. The last check is always the same: no
# unexpected line in the journal (see expect_log). (SC2154 is off in tests: shellcheck does not see what is set here.)

set -u
config=$2

# shellcheck source=tests/integration/unit.sh
. "$(dirname "$0")/../unit.sh"

# writes: what was written to the made host since it was served; nothing if nothing was.
writes() {
        cat /madehost/writes
}

# shellcheck source=/dev/null
. "$1"
check_fails "no unexpected line in the journal" unexpected_lines
echo "1..$n_checks"
