# SPDX-License-Identifier: GPL-2.0-or-later
"""How long it takes until the daemon has done something about it: p50 and p99 of --samples."""
import os
import shutil
import subprocess
import sys
import time

import rows
from world import World

# As long as "performance", since plain files keep the tail of a longer value.
FOREIGN = "conservativ"
LIMIT = 0.005


def row(figure, times):
    p50, p99 = rows.percentile(times, 0.5), rows.percentile(times, 0.99)
    return (f"{figure}, {len(times)} times", f"p50 {p50 * 1e3:.2f} ms, p99 {p99 * 1e3:.2f} ms", "a bound on p99",
            f"{LIMIT * 1e3:.0f} ms", f"{p99 / LIMIT:.2f}", "at most 1", p99 <= LIMIT)


def wait_value(path, value, seconds=10):
    """When the file said so; without sleeping, which would be what is timed."""
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


def foreign_writes(world, samples):
    """Of each knob only a few: who loses one five times in a minute is contested."""
    world.set_cpus(128)
    times = []
    with world.warden():
        for i in range(samples):
            cpu, kind = i % 128, i // 128 % 3
            path, foreign, held = ((f"cpufreq/policy{cpu}/scaling_governor", FOREIGN, "performance"),
                                   (f"cpu{cpu}/cpuidle/state2/disable", "0", "1"),
                                   (f"cpu{cpu}/cpuidle/state3/disable", "0", "1"))[kind]
            path = f"{world.root}/{path}"
            begun = time.monotonic()
            write(path, foreign)
            times.append(wait_value(path, held) - begun)
    return row("foreign write until repaired, 128 CPUs", times)


def onlines(world, n_cpus, samples):
    """The kernel's own event, of a CPU of this machine: asked for by a write to its `uevent`. Its policy is a new one each time, as
    after a driver came back, so that nobody wrote to a file that is watched."""
    cpu = max(os.sched_getaffinity(0))
    world.set_cpus(n_cpus)
    policy = f"{world.root}/cpufreq/policy{cpu}"
    times = []
    with world.warden():
        for i in range(samples):
            fresh = f"{world.scratch}/fresh{n_cpus}-{i}"
            shutil.copytree(policy, fresh)
            write(f"{fresh}/scaling_governor", FOREIGN)
            os.rename(policy, f"{world.scratch}/gone{n_cpus}-{i}")
            os.rename(fresh, policy)
            begun = time.monotonic()
            write(f"{world.scratch}/sys/devices/system/cpu/cpu{cpu}/uevent", "online")
            times.append(wait_value(f"{policy}/scaling_governor", "performance") - begun)
            # What comes close together is answered together.
            time.sleep(0.25)
    return row(f"CPU online until applied, {n_cpus} CPUs", times)


def one_verdict(options):
    """Inside a made host with a living TSC, which can be lost once: prints the seconds."""
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
    yield foreign_writes(world, options.samples)
    yield onlines(world, 128, options.samples)
    # The same for a larger host: fewer times, since only growth is to be seen.
    for n_cpus in (1024, 4096):
        yield onlines(world, n_cpus, min(options.samples, 100))
    yield verdicts(options)


if __name__ == "__main__":
    import types
    one_verdict(types.SimpleNamespace(paths=sys.argv[1:]))
