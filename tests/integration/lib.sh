# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
#
# A test is a bash script that sources this file and runs inside `madehost NAME.host`, NAME from its line `# host: NAME`.
# It ends with `finish`. $daemon is tscwardend, $config its configuration file (not there yet), $run its runtime directory.

set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/integration/checks.sh
. "$here/checks.sh"

daemon=$TSCWARDEND
hosts=$here/../hosts
scratch=$(mktemp -d)
config=$scratch/tscwarden.conf
run=$scratch/run
log=$scratch/log
notify=$scratch/notify
# Never this machine's own bus. A test has no bus until it starts one (bus.sh).
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$scratch/bus.socket
export RUNTIME_DIRECTORY=$run NOTIFY_SOCKET=$scratch/notify.socket
mkdir -m 0755 "$run"
pid=
log_patterns=('^$')

# This machine's own files of cpupower would change the policy.
for file in /etc/sysconfig/cpupower /etc/default/cpupower /etc/cpupower-service.conf /etc/default/cpupower-service.conf; do
        [ ! -e $file ] || mount --bind /dev/null $file
done

python3 "$here/notify-listen" "$NOTIFY_SOCKET" "$notify" &
listener=$!
trap 'kill $listener ${pid:+-KILL $pid} 2>/dev/null; rm -rf "$scratch" "$check_output"' EXIT
wait_for 30 test -S "$NOTIFY_SOCKET"

# count_notified LINE: how often the daemon has sent this line to systemd.
count_notified() {
        grep -cx -- "$1" "$notify" 2> /dev/null || true
}

notified() {
        [ "$(count_notified "$1")" -ge "$2" ]
}

last_status() {
        sed -n 's/^STATUS=//p' "$notify" | tail -n 1
}

# start [OPTION...]: starts the daemon and returns at READY=1. The daemon's log goes to $log.
start() {
        local before
        before=$(count_notified READY=1)
        "$daemon" --config "$config" "$@" 2>> "$log" &
        pid=$!
        wait_for 30 notified READY=1 $((before + 1)) && return
        echo "no READY=1; log:"
        cat "$log"
        return 1
}

# stop [SIGNAL]: the daemon's exit status; 124 when it does not end within 20 s.
stop() {
        local code=0
        kill -"${1:-TERM}" "$pid"
        wait_for 20 not_running || { kill -KILL "$pid"; code=124; }
        wait "$pid" 2> /dev/null || code=$?
        pid=
        return $code
}

not_running() {
        ! kill -0 "$pid" 2> /dev/null || grep -q '^State:.*Z' "/proc/$pid/status"
}

# reload: sends SIGHUP and returns at the next READY=1.
reload() {
        local before
        before=$(count_notified READY=1)
        kill -HUP "$pid"
        wait_for 30 notified READY=1 $((before + 1))
}

# writes: the writes, also failed ones, below cpu/ and clocksource0/ since the last `forget_writes`.
writes() {
        cat "$MADEHOST/writes"
}

forget_writes() {
        : > "$MADEHOST/writes"
}

ctl() {
        printf '%s\n' "$@" > "$MADEHOST/ctl"
}

# logged REGEX: the daemon's log has such a line.
logged() {
        grep -q -- "$1" "$log"
}

# status_is STATE: the last STATUS= begins with this state.
status_is() {
        [[ $(last_status) == "$1: "* ]]
}

# status_becomes DESCRIPTION REGEX: for after an event. The daemon sends STATUS= once it has done what else follows from it.
status_becomes() {
        wait_for 30 status_matches "$2"
        matches "$1" "$(last_status)" "$2"
}

status_matches() {
        [[ $(last_status) =~ $1 ]]
}

# switches: how often the daemon has begun or ended to run. While it sleeps, the number stays.
switches() {
        awk '/ctxt_switches/ { n += $2 } END { print n }' "/proc/$pid/status"
}

# at_rest: for a second the daemon does nothing again and again. To be called by wait_for: what came before may still keep it busy.
at_rest() {
        local before
        before=$(switches)
        sleep 1
        [ $(($(switches) - before)) -le 10 ]
}

# no_timer_runs: the daemon polls nothing. Only the timer that notices when the clock is set stays armed, for the end of time.
no_timer_runs() {
        ! grep -h '^it_value: ' "/proc/$pid/fdinfo/"* | grep -qvE '^it_value: \((0, 0|[0-9]{8,}, [0-9]+)\)'
}

# rss: the daemon's resident memory in KiB.
rss() {
        awk '/^VmRSS/ { print $2 }' "/proc/$pid/status"
}

# write_config LINE...
write_config() {
        printf '%s\n' "$@" > "$config"
}

# expect_log REGEX...: lines of warning or worse that this test provokes.
expect_log() {
        log_patterns+=("$@")
}

unexpected_lines() {
        [ -f "$log" ] || return 1
        grep -E '^tscwardend: (error|warning): |Sanitizer|runtime error' "$log" |
                grep -Evf <(printf '%s\n' "${log_patterns[@]}")
}

# own_etc: a /etc of this test's own, in its mount namespace, with no file of cpupower. Skips the test where there is no overlay.
own_etc() {
        mkdir "$scratch/etc"
        mount -t tmpfs tmpfs "$scratch/etc"
        mkdir "$scratch/etc/upper" "$scratch/etc/work"
        if ! mount -t overlay -o "lowerdir=/etc,upperdir=$scratch/etc/upper,workdir=$scratch/etc/work" overlay /etc 2> /dev/null; then
                echo "1..0 # SKIP no overlay over /etc here"
                exit 77
        fi
        trap 'kill $listener ${pid:+-KILL $pid} 2>/dev/null; umount /etc "$scratch/etc"; rm -rf "$scratch" "$check_output"' EXIT
        rm -f /etc/sysconfig/cpupower /etc/default/cpupower /etc/cpupower-service.conf /etc/default/cpupower-service.conf
        mkdir -p /etc/sysconfig /etc/default
}

# finish [FILES]: the last checks of every test: nothing in the log that was not expected, nothing left in the runtime directory
# but FILES, by default the verdict, which holds for the boot.
finish() {
        check_fails "no unexpected line in the log" unexpected_lines
        [ -z "$pid" ] || stop
        is "no file left behind" "$(ls "$run" 2> /dev/null)" "${1-clock}"
        echo "1..$n_checks"
        [ "$n_failed" = 0 ] || {
                echo "--- log"
                cat "$log"
        } >&2
        exit $((n_failed > 0))
}
