# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the benchmarks run: inside a simulated host (its log, flags and clocksource), with plain files for its CPUs,
a private bus, and the peers on both."""
import contextlib
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

import tree

BUS_CONF = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type><listen>{address}</listen><auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*" eavesdrop="true"/>
    <allow receive_sender="*" eavesdrop="true"/>
  </policy>
  <limit name="max_connections_per_user">4096</limit><limit name="max_completed_connections">8192</limit>
  <limit name="max_incomplete_connections">4096</limit><limit name="max_replies_per_connection">8192</limit>
</busconfig>
"""

# A profile of tuned that only sets the governor: tuned's other plugins would change this machine.
TUNED_PROFILE = "[main]\nsummary=bench\n\n[cpu]\ngovernor=performance\n"


# The kernel forwards what is sent to this socket as its own events, in this network namespace alone (tests/integration/uevent).
NETLINK_KOBJECT_UEVENT, NLM_F_REQUEST, UEVENT_TYPE = 15, 1, 0x10


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


class World:
    """One per process: mounts are made in its namespace and end with it."""

    def __init__(self, daemon, bench_bus):
        self.daemon = daemon
        self.bench_bus = bench_bus
        self.scratch = tempfile.mkdtemp()
        # Other users are clients of the bus too.
        mount("-t", "tmpfs", "-o", "mode=0755", "none", self.scratch)
        self.address = f"unix:path={self.scratch}/bus"
        self.environment = dict(os.environ, DBUS_SYSTEM_BUS_ADDRESS=self.address, RUNTIME_DIRECTORY=f"{self.scratch}/run")
        self.environment.pop("NOTIFY_SOCKET", None)
        self.environment.pop("WATCHDOG_USEC", None)
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(f"{self.scratch}/notify")
        self.n_cpus = 0
        self.root = ""
        self.uevents = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_KOBJECT_UEVENT)
        self.configure("")

    def copy_host(self):
        """Replaces what a start reads, except the log, by plain files: FUSE would take most of the time."""
        clocksource = "/sys/devices/system/clocksource/clocksource0"
        for path in ("/proc/cpuinfo", "/proc/cmdline", f"{clocksource}/current_clocksource", f"{clocksource}/available_clocksource"):
            copy = f"{self.scratch}/{os.path.basename(path)}"
            with open(path, "rb") as source, open(copy, "wb") as target:
                target.write(source.read())
            mount("--bind", copy, path)

    def configure(self, text):
        with open(f"{self.scratch}/conf", "w", encoding="ascii") as file:
            file.write(text)

    def set_cpus(self, n_cpus):
        """A host with that many CPUs, with the values of firmware. The tree is kept: making it takes longer than most rows."""
        root = f"{self.scratch}/cpu-{n_cpus}"
        if os.path.exists(root):
            tree.reset(root, n_cpus)
        else:
            tree.make(root, n_cpus)
        if self.n_cpus != n_cpus:
            if self.root:
                subprocess.run(["umount", "/sys/devices/system/cpu"], check=True)
            mount("--bind", root, "/sys/devices/system/cpu")
        self.root, self.n_cpus = root, n_cpus

    def renew_policy(self, cpu, governor):
        """The CPU gets new files, as after a driver was loaded again: then this is no write to a watched file."""
        policy = f"{self.root}/cpufreq/policy{cpu}"
        fresh = tempfile.mkdtemp(dir=self.scratch)
        shutil.copytree(policy, fresh, dirs_exist_ok=True)
        with open(f"{fresh}/scaling_governor", "w", encoding="ascii") as file:
            file.write(f"{governor}\n")
        os.rename(policy, f"{fresh}-was")
        os.rename(fresh, policy)

    def say_online(self, cpu):
        """Sends the kernel's event."""
        fields = (f"online@/devices/system/cpu/cpu{cpu}", "ACTION=online", f"DEVPATH=/devices/system/cpu/cpu{cpu}", "SUBSYSTEM=cpu")
        body = b"".join(field.encode() + b"\0" for field in fields)
        self.uevents.sendto(struct.pack("=IHHII", 16 + len(body), UEVENT_TYPE, NLM_F_REQUEST, 0, 0) + body, (0, 0))

    def wait_ready(self):
        while b"READY=1" not in self._receive():
            pass
        return time.monotonic()

    def _receive(self):
        if not select.select([self.notify], [], [], 60)[0]:
            raise TimeoutError("the daemon does not get ready")
        return self.notify.recv(65536)

    @contextlib.contextmanager
    def warden(self, *prefix):
        """Runs until READY=1; yields the process, `.begun` and `.ready` in seconds of CLOCK_MONOTONIC. Then it is killed."""
        shutil.rmtree(f"{self.scratch}/run", ignore_errors=True)
        os.mkdir(f"{self.scratch}/run")
        # Messages of an earlier daemon are dropped.
        while select.select([self.notify], [], [], 0)[0]:
            self.notify.recv(65536)
        with open(f"{self.scratch}/log", "ab") as log:
            begun = time.monotonic()
            # The bus and the peers would send READY=1 too.
            process = subprocess.Popen([*prefix, self.daemon, "--config", f"{self.scratch}/conf"], stderr=log,
                                       env=dict(self.environment, NOTIFY_SOCKET=f"{self.scratch}/notify"))
        try:
            process.begun, process.ready = begun, self.wait_ready()
            yield process
        finally:
            # Only its child: without strace the daemon would go on, and strace still has to write its counts.
            if prefix:
                subprocess.run(["pkill", "-KILL", "-P", str(process.pid)], check=False)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(10)
            process.kill()
            process.wait(60)

    @contextlib.contextmanager
    def bus(self):
        with open(f"{self.scratch}/bus.conf", "w", encoding="ascii") as file:
            file.write(BUS_CONF.format(address=self.address))
        with self.program("dbus-daemon", f"--config-file={self.scratch}/bus.conf", "--nofork", "--nopidfile"):
            while not os.path.exists(f"{self.scratch}/bus"):
                time.sleep(0.01)
            yield
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{self.scratch}/bus")

    @contextlib.contextmanager
    def program(self, *command):
        with open(f"{self.scratch}/log", "ab") as log:
            process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(60)

    def ask(self, *arguments):
        """The numbers that bench-bus prints."""
        done = subprocess.run([self.bench_bus, *arguments], env=self.environment, check=True, stdout=subprocess.PIPE, text=True,
                              timeout=300)
        return [int(line) for line in done.stdout.split() if line.isdigit()]

    def wait_name(self, name):
        """Waits for the bus name, which may come after READY=1."""
        until = time.monotonic() + 30
        while subprocess.run(["busctl", f"--address={self.address}", "status", name], check=False, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL).returncode != 0:
            if time.monotonic() > until:
                raise TimeoutError(f"{name} does not come: see {self.scratch}/log")
            time.sleep(0.01)

    @contextlib.contextmanager
    def listener(self, *arguments):
        """Starts bench-bus and waits until it listens."""
        process = subprocess.Popen([self.bench_bus, *arguments], env=self.environment, stdout=subprocess.PIPE, text=True)
        try:
            if process.stdout.readline() != "ready\n":
                raise RuntimeError("bench-bus does not listen")
            yield process
        finally:
            process.kill()
            process.wait(60)
            process.stdout.close()

    @contextlib.contextmanager
    def peer(self, name):
        """Runs it and waits for its bus name; yields the process with `.begun` and `.ready`."""
        command, bus_name = self._peers()[name]
        with contextlib.ExitStack() as stack:
            if bus_name:
                listener = stack.enter_context(self.listener("name", bus_name))
            begun = time.monotonic()
            process = stack.enter_context(self.program(*command))
            process.begun = begun
            if bus_name:
                line = listener.stdout.readline()
                if not line:
                    raise RuntimeError(f"{name} does not come: see {self.scratch}/log")
                process.ready = int(line) / 1e6
            yield process

    def _peers(self):
        return {
            "tuned": (("/usr/sbin/tuned",), "com.redhat.tuned"),
            "power-profiles-daemon": (("/usr/libexec/power-profiles-daemon",), "net.hadess.PowerProfiles"),
            "irqbalance": (("/usr/sbin/irqbalance", "--foreground"), None),
            "polkitd": (("/usr/lib/polkit-1/polkitd", "--no-debug"), "org.freedesktop.PolicyKit1"),
            "systemd-hostnamed": (("/lib/systemd/systemd-hostnamed",), "org.freedesktop.hostname1"),
        }

    def tame_peers(self):
        """The peers must not change this machine."""
        mount("--bind", "/proc/irq", "/proc/irq")
        mount("-o", "remount,bind,ro", "/proc/irq")
        for folder in ("/etc/tuned", "/var/lib/power-profiles-daemon", "/run/tuned"):
            os.makedirs(folder, exist_ok=True)
            mount("-t", "tmpfs", "none", folder)
        os.mkdir("/etc/tuned/bench")
        for path, text in (("bench/tuned.conf", TUNED_PROFILE), ("active_profile", "bench\n"), ("profile_mode", "manual\n"),
                           ("tuned-main.conf", "daemon = 1\ndynamic_tuning = 0\nreapply_sysctl = 0\n")):
            with open(f"/etc/tuned/{path}", "w", encoding="ascii") as file:
                file.write(text)
