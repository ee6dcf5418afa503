# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# TAP checks, and the values of the knobs: for tests on a simulated host, in a container and in a virtual machine.

cpus=/sys/devices/system/cpu
n_checks=0
n_failed=0
# Goes before each description.
topic=
check_output=$(mktemp)

# ok DESCRIPTION, not_ok DESCRIPTION: one TAP line.
ok() {
        n_checks=$((n_checks + 1))
        echo "ok $n_checks - $topic$1"
}

not_ok() {
        n_checks=$((n_checks + 1))
        n_failed=$((n_failed + 1))
        echo "not ok $n_checks - $topic$1"
}

# note: what stdin says, as TAP comments.
note() {
        sed 's/^/# /'
}

# check DESCRIPTION COMMAND...: ok if the command succeeds. Its output is shown only if not. No subshell: the command may set
# variables and leave a daemon running.
check() {
        local description=$1
        shift
        if "$@" > "$check_output" 2>&1; then
                ok "$description"
        else
                not_ok "$description"
                { echo "failed: $*"; cat "$check_output"; } | note
        fi
}

# check_fails DESCRIPTION COMMAND...
check_fails() {
        local description=$1
        shift
        if "$@" > "$check_output" 2>&1; then
                not_ok "$description"
                { echo "succeeded: $*"; cat "$check_output"; } | note
        else
                ok "$description"
        fi
}

# is DESCRIPTION GOT WANTED
is() {
        if [ "$2" = "$3" ]; then
                ok "$1"
        else
                not_ok "$1"
                diff -u --label wanted --label got <(printf '%s\n' "$3") <(printf '%s\n' "$2") | note
        fi
}

# matches DESCRIPTION TEXT REGEX
matches() {
        if [[ $2 =~ $3 ]]; then
                ok "$1"
        else
                not_ok "$1"
                printf '%s\n' "got:    $2" "wanted: $3" | note
        fi
}

# wait_for SECONDS COMMAND...: until the command succeeds; 1 if it does not in that time.
wait_for() {
        local end=$((SECONDS + $1))
        shift
        until "$@" > /dev/null 2>&1; do
                [ $SECONDS -lt $end ] || return 1
                sleep 0.05
        done
}

# reads FILE VALUE: FILE has this value.
reads() {
        [ "$(cat "$1")" = "$2" ]
}

# knobs: every knob the daemon may write and its value, one per line.
knobs() {
        (
                cd $cpus || exit
                shopt -s nullglob
                files=(cpufreq/policy*/scaling_{governor,min_freq,max_freq,setspeed} cpu[0-9]*/cpuidle/state*/disable)
                [ ${#files[@]} = 0 ] || grep -H '' "${files[@]}" 2>&1
        )
}

# governors_are NAME, prints those that are not.
governors_are() {
        ! grep -Hvx "$1" $cpus/cpufreq/policy*/scaling_governor
}

# only_shallow_states: POLL and the shallowest other state of each CPU are enabled, all that are deeper are not.
only_shallow_states() {
        local cpu state found want name value n wrong=0
        for cpu in $cpus/cpu[0-9]*; do
                found='' n=0
                # No process for a file: in an emulated machine each takes a twentieth of a second.
                for state in "$cpu"/cpuidle/state[0-9] "$cpu"/cpuidle/state[0-9][0-9]; do
                        [ -e "$state" ] || continue
                        name='' value='' n=$((n + 1))
                        read -r name < "$state/name"
                        read -r value < "$state/disable"
                        if [ "$name" = POLL ]; then
                                want=0
                        else
                                want=${found:-0}
                                found=1
                        fi
                        if [ "$value" != "$want" ]; then
                                echo "$state: disable is not $want"
                                wrong=1
                        fi
                done
                if [ $n = 0 ]; then
                        echo "$cpu: no idle states"
                        wrong=1
                fi
        done
        return $wrong
}

policy_in_force() {
        governors_are performance && only_shallow_states
}

# tsc_lives: tsc is still offered as a clocksource.
tsc_lives() {
        grep -qw tsc /sys/devices/system/clocksource/clocksource0/available_clocksource
}
