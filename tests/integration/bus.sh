# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# A private bus for a test; sourced after lib.sh. Everybody may own names and send on it, and its limits are too high to
# matter.

bus_pid=
object=/org/tscwarden1
name=org.tscwarden1

# need_python MODULE: of the system's own Python, where Debian's packages put it.
need_python() {
        /usr/bin/python3 -c "import $1" 2> /dev/null && return
        echo "1..0 # SKIP no module $1 for /usr/bin/python3: install python3-$1"
        exit 77
}

for program in dbus-daemon busctl dbus-send; do
        command -v $program > "$check_output" || { echo "1..0 # SKIP no $program"; exit 77; }
done

# bus_start: the bus, at $DBUS_SYSTEM_BUS_ADDRESS.
bus_start() {
        cat > "$scratch/bus.conf" << END
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>$DBUS_SYSTEM_BUS_ADDRESS</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow receive_sender="*" eavesdrop="true"/>
  </policy>
  <limit name="max_connections_per_user">4096</limit>
  <limit name="max_completed_connections">8192</limit>
  <limit name="max_incomplete_connections">4096</limit>
  <limit name="max_match_rules_per_connection">8192</limit>
  <limit name="max_replies_per_connection">8192</limit>
</busconfig>
END
        # For clients that are ordinary users.
        chmod 0755 "$scratch"
        ulimit -n 16384
        dbus-daemon --config-file="$scratch/bus.conf" --nofork --nopidfile 2>> "$scratch/bus.log" &
        bus_pid=$!
        wait_for 30 test -S "${DBUS_SYSTEM_BUS_ADDRESS#unix:path=}"
}

bus_stop() {
        [ -n "$bus_pid" ] || return 0
        kill -KILL "$bus_pid"
        wait "$bus_pid" 2> /dev/null
        bus_pid=
        rm -f "${DBUS_SYSTEM_BUS_ADDRESS#unix:path=}"
}

# quiet SECONDS: returns when the daemon has handled everything that came before (the kernel's log, other writers, uevents) and every timer
# of at most SECONDS that it set because of that. The bus has the lowest priority in the daemon: it answers when nothing else is left to
# do. So a daemon that is slow or hangs does not pass a check that nothing happens.
quiet() {
        check "the daemon has handled what came before" on_the_bus
        sleep "$1"
        check "and what its timers started" on_the_bus
}

# bus ARGUMENT...: busctl on that bus.
bus() {
        timeout 20 busctl --address="$DBUS_SYSTEM_BUS_ADDRESS" "$@"
}

# as_nobody COMMAND...: as an ordinary user.
as_nobody() {
        setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"
}

# property INTERFACE NAME [PATH]: its value as busctl prints it, with its type.
property() {
        bus get-property $name "${3-$object}" "$name.$1" "$2"
}

property_is() {
        [ "$(property "$1" "$2")" = "$3" ]
}

on_the_bus() {
        property Manager State
}

# signals_start: from now on $signals is a file with the daemon's messages as JSON, one a line.
signals_start() {
        signals=$scratch/signals
        bus --json=short monitor $name >> "$signals" 2> "$scratch/monitor" &
        monitor=$!
        check "busctl monitors the bus" wait_for 30 is_monitored
}

# busctl does not say when it has begun to listen: it has when it writes the answer to a question.
is_monitored() {
        on_the_bus
        [ -s "$signals" ]
}

signals_stop() {
        kill "$monitor"
        wait "$monitor" 2> /dev/null
}

# call METHOD [ARGUMENT...] of the Manager
call() {
        bus call $name $object $name.Manager "$@"
}
