# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
#
# inside.sh CHECK...: runs in the guest, sources one check after the other and gives them the functions of unit.sh and
# those below, which print TAP.
#
# A check begins with the unit stopped, no configuration file, no drop-in and every knob as at boot; only NNN-boot finds the
# unit as the boot left it. Its last line is always the same: no unexpected line in the journal (see expect_log).
# (SC2154 is off in checks: shellcheck does not see what is set here.)

set -u
here=$(cd "$(dirname "$0")" && pwd)
scenario=/tests/vm/scenario
record=/run/tscwarden-test
config=$(cat /tests/vm/config)
# Checks that another process prints while the machine shuts down, see at_shutdown.
n_later=0

# shellcheck source=tests/integration/unit.sh
. "$here/../integration/unit.sh"

# scenario KEY: what the scenario's file says.
scenario() {
        sed -n "s/^$1: *//p" $scenario
}

state() {
        property StatusText | sed 's/:.*//'
}

# needed_policy_in_force: the halves of the policy that the scenario's CPU needs are in force.
needed_policy_in_force() {
        if [[ $(scenario need) == *frequency* ]]; then
                governors_are performance || return
        fi
        only_shallow_states
}

# clock PROPERTY...: what org.tscwarden1.Clock says, with commas between.
clock() {
        busctl get-property org.tscwarden1 /org/tscwarden1 org.tscwarden1.Clock "$@" |
                cut -d ' ' -f 2- | tr -d '"' | paste --serial --delimiters=,
}

# watch_verdict: from now on VerdictChanged goes to $record/signals and its arrival into the kernel's log, whose clock is then that
# of the kernel's own lines. $watch ends it.
watch_verdict() {
        rm -f $record/signals
        dbus-monitor --system "type='signal',interface='org.tscwarden1.Clock',member='VerdictChanged'" > $record/signals &
        watch=$!
        check "a bus monitor listens" wait_for 20 grep -q member=NameLost $record/signals
        (tail --follow --lines=+1 --pid=$watch $record/signals | grep --line-buffered member=VerdictChanged |
                while read -r _; do echo "<15>test: VerdictChanged arrived" > /dev/kmsg; done) 2> /dev/null &
}

# verdict_signals: each as one line.
verdict_signals() {
        awk -F '"' '/member=VerdictChanged/ { n = 4 } n && /^   string/ { printf "%s%s", $2, --n ? ", " : "\n" }' $record/signals
}

clocksource() {
        cat /sys/devices/system/clocksource/clocksource0/current_clocksource
}

# transitions: how many all policies made since their driver registered.
transitions() {
        cat $cpus/cpufreq/policy*/stats/total_trans 2> /dev/null | awk '{ n += $1 } END { print n + 0 }'
}

# deep_usage: how often each idle state deeper than C1 was entered.
deep_usage() {
        grep -sH '' $cpus/cpu[0-9]*/cpuidle/state[2-9]/usage
}

pid_is_not() {
        local pid
        pid=$(property MainPID)
        [ "$pid" != 0 ] && [ "$pid" != "$1" ] && property_is ActiveState active
}

# rests: no deep idle state is entered for a second. A CPU that was in one when it was disabled counts it when it leaves.
rests() {
        local before
        sleep 0.5
        before=$(deep_usage)
        sleep 1
        diff <(echo "$before") <(echo "$(deep_usage)")
}

# tsc_untouched: the TSC works, and no policy has changed its frequency.
tsc_untouched() {
        tsc_lives && [ "$(clocksource) $(transitions)" = "tsc 0" ]
}

# create_vm [OFFSET...]: a virtual machine of KVM's, with a vCPU for each OFFSET of its TSC, which lives until process $vm ends.
create_vm() {
        # A background process empties its output late on a busy machine: the "created" of an earlier one would be found.
        rm -f $record/vm
        /tests/vm/guest/create-vm "$@" > $record/vm 2>&1 &
        vm=$!
        check "KVM makes a virtual machine" wait_for 20 grep -qx created $record/vm
}

# results ID...: the results of these steps of `tscwarden check`.
results() {
        local id
        tscwarden check --json > $record/check
        for id; do
                awk -F '"' -v id="$id" '$2 == "Id" { found = $4 == id } found && $2 == "Result" { print $4 }' $record/check
        done | paste -sd ' '
}

# journal_has REGEX: of the unit's messages since the check began.
journal_has() {
        journalctl --sync
        unit_journal | grep -Eq -- "$1"
}

# reset: makes the machine as a check expects it. The runtime directory stays; a stop removes the originals in it.
reset() {
        systemctl stop $unit
        systemctl reset-failed $unit 2> /dev/null
        rm -f "$config"
        if [ -e /etc/systemd/system/$unit.d ]; then
                rm -r /etc/systemd/system/$unit.d
                systemctl daemon-reload
        fi
} 2> /dev/null

run_check() {
        topic="$(basename "$1"): "
        # Told at each start; 300-boot looks for it.
        if [ -n "$(scenario warns)" ]; then
                expect_log "$(scenario warns)"
        fi
        # shellcheck source=/dev/null
        . "$1"
        check_fails "no unexpected line in the journal" unexpected_lines
        echo "n_checks=$n_checks n_failed=$n_failed n_later=$n_later" > $record/counts
}

mkdir -p $record
echo "up $(cut -d ' ' -f 1 /proc/uptime)"
for file; do
        if [[ $file != *-boot ]]; then
                reset
                journalctl --sync
                # Not by cursor: together with a match, --after-cursor skips one message too many.
                journal_part=(--since="@$EPOCHREALTIME")
        fi
        echo "n_failed=-1" > $record/counts
        (run_check "$file")
        # shellcheck source=/dev/null
        . $record/counts
        if [ $n_failed = -1 ]; then
                # Its number is not known: the plan will show that something is missing.
                echo "Bail out! $(basename "$file") ended before its end"
                break
        fi
done
echo "plan 1..$((n_checks + n_later))"
[ $n_failed != 0 ] || touch $record/passed
[ $n_later = 0 ] || touch $record/orderly
