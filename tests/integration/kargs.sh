# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# Sourced by the tests of `tscwarden kargs` and `guest`. Folders that they may write are covered by file systems in memory, and scripts in $bin,
# first on the path, stand for programs of the system. $ctl is tscwarden.

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

# empty FOLDER: an empty folder in memory covers it, also where this machine has no such folder.
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
# This machine's own boot loader is hidden.
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

# changed: every file that differs from this machine's, with its text.
changed() {
        (
                cd $over || exit
                find _etc _var_lib _run -type f -size -64k -print0 | sort -z | xargs -0 -r grep -H ''
        )
}

# grubby_program: a grubby that does what its manual says and keeps the entries in $entries. A value replaces another of the same name.
# With $entries.fail it stops in the middle.
grubby_program() {
        export entries
program grubby << 'END'
echo "$*" >> "$entries.calls"
change() {
        local entry=$1 word
        for word in $2; do
                sed -i -E "s/ ${word%%=*}(=[^ ]*)?( |$)/\2/g" "$entry"
                [ -z "$3" ] || sed -i "s/$/ $word/" "$entry"
        done
}
remove() {
        local entry=$1 word
        for word in $2; do
                sed -i -E "s/ $word( |$)/\1/g" "$entry"
        done
}
tell() {
        local entry n=0
        for entry in "$entries"/*; do
                printf 'index=%s\nkernel="/boot/vmlinuz-%s"\nargs="%s"\nroot="/dev/vda"\n' $n $n "$(cat "$entry")"
                n=$((n + 1))
        done
}
case $1 in
--info=ALL)
        told=$(tell)
        # While its output is on the way, another program changes the entries.
        if verb=$(cat "$entries.other" 2> /dev/null); then
                rm "$entries.other"
                $verb > /dev/null
        fi
        echo "$told"
        ;;
--update-kernel=ALL)
        for entry in "$entries"/*; do
                case $2 in
                --args=*) change "$entry" "${2#*=}" add ;;
                --remove-args=*) remove "$entry" "${2#*=}" ;;
                esac
                if [ "$(cat "$entries.fail" 2> /dev/null)" = "${2%%=*}" ]; then
                        echo "grubby: it broke" >&2
                        exit 4
                fi
        done
        ;;
esac
END
}

# killed_at VERB CALL NUMBER: `kargs VERB` is killed at that system call; false when it makes fewer of them. The test has `reset`, which
# makes the state that there was before all, and `settle`, which returns when the vendor's tool has ended.
killed_at() {
        reset
        [ "$1" = apply ] || "$ctl" kargs apply > /dev/null 2>&1
        strace -o "$scratch/trace" -e trace="$2" -e inject="$2:signal=KILL:when=$3" "$ctl" kargs "$1" > "$scratch/killed" 2>&1 < /dev/null
        # The shell's message about the kill is not part of the output.
        grep -q 'killed by SIGKILL' "$scratch/trace" && settle
}

# kill_everywhere BEFORE AFTER: kills `apply` and `revert` at one system call after the other. `state` has to print BEFORE after the
# next revert, and AFTER after the next apply. $kills is the number of kills, $wrong lists the failures.
kill_everywhere() {
        local verb call number
        kills=0 wrong=
        for verb in apply revert; do
                for call in renameat unlinkat fsync fchmod wait4 clone3,vfork,clone; do
                        for ((number = 1; number < 40; number++)); do
                                killed_at $verb $call $number 2> /dev/null || break
                                kills=$((kills + 1))
                                run_ctl kargs revert
                                [ "$status $(state)" = "0 $1" ] || wrong+="revert after $verb at $call $number: $status $errors"$'\n'
                                killed_at $verb $call $number 2> /dev/null
                                run_ctl kargs apply
                                [ "$status $(state)" = "0 $2" ] || wrong+="apply after $verb at $call $number: $status $errors"$'\n'
                        done
                done
        done
}
