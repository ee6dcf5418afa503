# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# Uevents for a test, which no other program receives; sourced before lib.sh. A simulated host sends none by itself.

[ -n "${UEVENTS_APART-}" ] || UEVENTS_APART=1 exec unshare --net bash "$0"

# uevent [--times N] [--forged] ACTION DEVPATH SUBSYSTEM [KEY=VALUE...]
uevent() {
        /usr/bin/python3 "$(dirname "${BASH_SOURCE[0]}")/uevent" "$@"
}

# cpu N online|offline: CPU N changes its state, with the kernel's event.
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

# vm create|destroy CREATED COUNT PID: KVM's event. CREATED VMs were created so far, COUNT exist; process PID created this one.
vm() {
        uevent change /devices/virtual/misc/kvm misc "EVENT=$1" "CREATED=$2" "COUNT=$3" "PID=$4"
}

# kvm_modules [MODULE=REFCOUNT...]: the KVM modules in /sys/module; without an argument this host has no KVM. `kvm_modules kvm`: it
# is built in.
kvm_modules() {
        local module
        umount /sys/module /sys/devices/virtual/misc 2> /dev/null
        rm -rf "$scratch/module" "$scratch/misc"
        mkdir -p "$scratch/module" "$scratch/misc"
        for module; do
                mkdir -p "$scratch/misc/kvm" "$scratch/module/${module%=*}"
                [ "${module#*=}" = "$module" ] || echo "${module#*=}" > "$scratch/module/${module%=*}/refcnt"
        done
        mount --bind "$scratch/module" /sys/module
        mount --bind "$scratch/misc" /sys/devices/virtual/misc
}
