# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# Sourced by the tests of `tscwarden kargs` and `guest`: what they may write is laid over by memory, and programs of the system are
# played by scripts in $bin, first on the path. $ctl is tscwarden.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ctl=$TSCWARDEN
bin=$scratch/bin
over=/mnt
mkdir "$bin"
mount -t tmpfs tmpfs $over

# lay_over FOLDER: what is written there stays in memory, below $over.
lay_over() {
        local name=$over/${1//\//_}
        mkdir "$name" "$name.work"
        mount -t overlay overlay -o "lowerdir=$1,upperdir=$name,workdir=$name.work" "$1"
}

# empty FOLDER: nothing of this machine is to be seen there. A machine without that folder gets one, in memory.
empty() {
        if [ ! -d "$1" ]; then
                lay_over "$(realpath "$(dirname "$1")")"
                mkdir "$1"
        fi
        mount -t tmpfs tmpfs "$1"
}

for folder in /etc /var/lib /run; do
        lay_over $folder
done
empty /boot
# This machine's own boot loader has no say.
[ ! -d /sys/firmware ] || empty /sys/firmware
rm -f /etc/kernel/cmdline /etc/default/grub /etc/default/grub.d/*.cfg /run/ostree-booted
PATH=$bin:$PATH

# program NAME: a script of that name from stdin.
program() {
        { echo '#!/bin/bash'; cat; } > "$bin/$1"
        chmod +x "$bin/$1"
}

# run_ctl ARGUMENT...: its exit status in $status, what it printed in $output and $errors.
run_ctl() {
        status=0
        "$ctl" "$@" > "$scratch/output" 2> "$scratch/errors" < /dev/null || status=$?
        output=$(cat "$scratch/output")
        errors=$(cat "$scratch/errors")
}

# boots_with PARAMETERS: as if the host had been booted with them.
boots_with() {
        echo "made host $*" > "$scratch/cmdline"
        mount --bind "$scratch/cmdline" /proc/cmdline
}

# boot_step: result and command of check's step.
boot_step() {
        run_ctl check --role host --json
        jq -r '.Steps[] | select(.Id == "boot-parameters") | "\(.Result) \(.Fix)"' <<< "$output"
}

# changed: every file that differs from what this machine has, with its text.
changed() {
        (
                cd $over || exit
                find _etc _var_lib _run -type f -size -64k -print0 | sort -z | xargs -0 -r grep -H ''
        )
}
