# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# Uevents for a test, heard by nobody else; sourced before lib.sh. A made host sends none by itself.

[ -n "${UEVENTS_APART-}" ] || UEVENTS_APART=1 exec unshare --net bash "$0"

# uevent [--times N] ACTION DEVPATH SUBSYSTEM [KEY=VALUE...]
uevent() {
        /usr/bin/python3 "$(dirname "${BASH_SOURCE[0]}")/uevent" "$@"
}

# cpu N online|offline: as the kernel does it.
cpu() {
        ctl "cpu $1 $2"
        uevent "$2" "/devices/system/cpu/cpu$1" cpu
}

# driver load|unload: cpufreq's, a module.
driver() {
        local action=add
        [ "$1" = load ] || action=remove
        ctl "driver $1 cpufreq"
        uevent $action /module/acpi_cpufreq module
}
