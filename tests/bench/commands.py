# SPDX-License-Identifier: GPL-2.0-or-later
"""How long a person waits at a prompt: `tscwarden status` with 64 CPUs, as a whole process, in turn with the shortest question of busctl; and
the own CPU time of `tscwarden check` on a host in good order, without that of chronyc and others that it asks."""
import os
import statistics
import subprocess
import sys
import time

import rows
from world import World

CPUS, RUNS, CHECK_MS = 64, 21, 60


def command_of(world):
    return os.path.join(os.path.dirname(world.daemon), "tscwarden")


def milliseconds_of(world, *command):
    begun = time.monotonic()
    subprocess.run(command, env=world.environment, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.monotonic() - begun) * 1e3


def status(world):
    ours, theirs = [], []
    world.set_cpus(CPUS)
    with world.warden():
        world.wait_name(rows.NAME)
        for _ in range(RUNS):
            ours.append(milliseconds_of(world, command_of(world), "status"))
            theirs.append(milliseconds_of(world, "busctl", f"--address={world.address}", "get-property", rows.NAME, rows.PATH,
                                          f"{rows.NAME}.Clock", "Verdict"))
    a, b = statistics.median(ours), statistics.median(theirs)
    return (f"tscwarden status, {CPUS} CPUs", f"{a:.1f} ms", "busctl get-property", f"{b:.1f} ms", f"{a / b:.2f}", "at most 1.5", a <= 1.5 * b)


def one_check(options):
    """Inside a simulated host in good order: prints the CPU time and the whole time of each run, in milliseconds."""
    world = World(options.paths[2], options.paths[3])
    world.copy_host()
    world.set_cpus(CPUS)
    with world.bus(), world.warden():
        world.wait_name(rows.NAME)
        for _ in range(RUNS):
            begun = time.monotonic()
            process = subprocess.Popen([command_of(world), "check"], env=world.environment, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # A process that has ended keeps its own figures, apart from those of its children, until somebody has taken its status.
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            in_all = time.monotonic() - begun
            with open(f"/proc/{process.pid}/schedstat", encoding="ascii") as file:
                print(int(file.read().split()[0]) / 1e6, in_all * 1e3)
            process.wait()


def check(options):
    healthy = os.path.join(os.path.dirname(options.paths[1]), "epyc-64.host")
    done = subprocess.run([options.paths[0], healthy, "--", sys.executable, os.path.abspath(__file__), *options.paths[:4]],
                          check=True, stdout=subprocess.PIPE, text=True, timeout=120)
    own, in_all = (statistics.median(times) for times in zip(*(map(float, line.split()) for line in done.stdout.splitlines())))
    return (f"tscwarden check, {CPUS} CPUs, its own time", f"{own:.1f} ms", f"a bound; {in_all:.0f} ms with what it waits for", f"{CHECK_MS} ms",
            f"{own / CHECK_MS:.2f}", "at most 1", own <= CHECK_MS)


def measure(world, options):
    yield status(world)
    yield check(options)


if __name__ == "__main__":
    import types
    one_check(types.SimpleNamespace(paths=sys.argv[1:]))
