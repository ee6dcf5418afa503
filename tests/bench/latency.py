# SPDX-License-Identifier: GPL-2.0-or-later
"""The time from an event until the daemon has reacted: p50 and p99 of --samples events."""
import os
import statistics
import subprocess
import sys
import time

import rows
import tree
from world import World

LIMIT = 0.005
# Pause between samples: the daemon would answer events that come close together at once.
APART = 0.25
# The daemon goes on working after READY=1: that is measured by loop.py.
SETTLE = 2


def row(figure, times):
    p50, p99 = rows.percentile(times, 0.5), rows.percentile(times, 0.99)
    return (f"{figure}, {len(times)} times", f"p50 {p50 * 1e3:.2f} ms, p99 {p99 * 1e3:.2f} ms", "a bound on p99",
            f"{LIMIT * 1e3:.0f} ms", f"{p99 / LIMIT:.2f}", "at most 1", p99 <= LIMIT)


def wait_value(path, value, seconds=10):
    """The moment when the file has this value. It does not sleep between two looks: the sleep would be measured."""
    until = time.monotonic() + seconds
    while True:
        with open(path, encoding="ascii") as file:
            if file.readline().rstrip("\n") == value:
                return time.monotonic()
        if time.monotonic() > until:
            raise TimeoutError(f"{path} is not {value}")


def write(path, value):
    descriptor = os.open(path, os.O_WRONLY)
    os.write(descriptor, value.encode())
    os.close(descriptor)


def repairs(world, n_cpus, samples):
    """A few writes to each knob: after five within a minute it would be contested."""
    times = []
    for i in range(min(samples, 3 * 4 * n_cpus)):
        cpu, kind = i % n_cpus, i // n_cpus % 3
        path, foreign, held = ((f"cpufreq/policy{cpu}/scaling_governor", tree.GOVERNOR, "performance"),
                               (f"cpu{cpu}/cpuidle/state2/disable", "0", "1"),
                               (f"cpu{cpu}/cpuidle/state3/disable", "0", "1"))[kind]
        path = f"{world.root}/{path}"
        begun = time.monotonic()
        write(path, foreign)
        times.append(wait_value(path, held) - begun)
    return times


def foreign_writes(world, samples):
    medians = {}
    for n_cpus in (64, 4096):
        world.set_cpus(n_cpus)
        with world.warden():
            time.sleep(SETTLE)
            times = repairs(world, n_cpus, samples)
        medians[n_cpus] = statistics.median(times)
        yield row(f"foreign write until repaired, {n_cpus} CPUs", times)
    few, many = medians.values()
    yield ("foreign write until repaired, 4096 CPUs", f"p50 {many * 1e3:.2f} ms", "the same with 64 CPUs", f"p50 {few * 1e3:.2f} ms",
           f"{many / few:.2f}", "at most 2", many <= 2 * few)


def online(world, cpus):
    """Seconds from the first event until the last of these CPUs has the policy."""
    for cpu in cpus:
        world.renew_policy(cpu, tree.GOVERNOR)
    begun = time.monotonic()
    for cpu in cpus:
        world.say_online(cpu)
    return max(wait_value(f"{world.root}/cpufreq/policy{cpu}/scaling_governor", "performance") for cpu in cpus) - begun


def onlines(world, samples):
    medians = {}
    for n_cpus in (128, 1024, 4096):
        times = []
        world.set_cpus(n_cpus)
        with world.warden():
            time.sleep(SETTLE)
            for i in range(samples):
                times.append(online(world, [n_cpus - 1 - i % n_cpus]))
                time.sleep(APART)
        medians[n_cpus] = statistics.median(times)
        yield row(f"CPU online until applied, {n_cpus} CPUs", times)
    few, many = medians[128], medians[4096]
    yield ("CPU online until applied, 4096 CPUs", f"p50 {many * 1e3:.2f} ms", "the same with 128 CPUs", f"p50 {few * 1e3:.2f} ms",
           f"{many / few:.2f}", "at most 1.2", many <= 1.2 * few)


def used(pid):
    """Seconds of CPU time."""
    with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[0]) / 1e9


def bursts(world):
    """The daemon's CPU time: four times as many CPUs may cost at most four times as much."""
    costs, times = {}, {}
    world.set_cpus(1024)
    with world.warden() as warden:
        for n in (128, 512):
            before = used(warden.pid)
            times[n] = online(world, range(n))
            time.sleep(2)
            costs[n] = used(warden.pid) - before
    yield ("512 CPUs online at once, 1024 CPUs: CPU time", f"{costs[512] * 1e3:.1f} ms, held after {times[512] * 1e3:.1f}",
           "four times that of 128 at once", f"{costs[128] * 4e3:.1f} ms", f"{costs[512] / costs[128] / 4:.2f}", "at most 1.05",
           costs[512] <= 4.2 * costs[128])


def one_verdict(options):
    """Inside a simulated host with a TSC that works and is lost once: prints the seconds until the daemon says so."""
    world = World(options.paths[2], options.paths[3])
    with world.bus(), world.warden():
        world.wait_name(rows.NAME)
        with world.listener("signal", rows.NAME, f"{rows.NAME}.Clock", "VerdictChanged") as listener:
            begun = time.monotonic()
            write(f"{os.environ['MADEHOST']}/ctl", "mark-tsc clocksource watchdog\n")
            print(int(listener.stdout.readline()) / 1e6 - begun)


def verdicts(options):
    living = os.path.join(os.path.dirname(options.paths[1]), "rev-f-living.host")
    times = []
    for _ in range(options.samples):
        done = subprocess.run([options.paths[0], living, "--", sys.executable, os.path.abspath(__file__), *options.paths[:4]],
                              check=True, stdout=subprocess.PIPE, text=True, timeout=60)
        times.append(float(done.stdout))
    return row("kernel line until VerdictChanged", times)


def measure(world, options):
    yield from foreign_writes(world, options.samples)
    # A quarter of a second each.
    yield from onlines(world, min(options.samples, 100))
    yield from bursts(world)
    yield verdicts(options)


if __name__ == "__main__":
    import types
    one_verdict(types.SimpleNamespace(paths=sys.argv[1:]))
