# SPDX-License-Identifier: GPL-2.0-or-later
"""The figures. Each function yields (figure, ours, against, there, ratio, target, met)."""
import os
import re
import statistics
import subprocess
import time

import tree
from world import World

NAME, PATH = "org.tscwarden1", "/org/tscwarden1"
PROPERTIES = "org.freedesktop.DBus.Properties"
RUNS = 5


def milliseconds(seconds):
    return f"{seconds * 1e3:.1f} ms"


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def apply(world):
    """One process that saves originals, writes and reads back, against two that write."""
    for n in (1, 64, 512, 4096):
        ours, theirs = [], []
        # In turn, so that a slower minute of the machine is both's.
        for _ in range(RUNS):
            world.set_cpus(n)
            with world.warden() as warden:
                ours.append(warden.ready - warden.begun)
                held = tree.count_held(world.root, n)
            if held != n:
                raise RuntimeError(f"{held} of {n} CPUs have the policy")
            world.set_cpus(n)
            begun = time.monotonic()
            for command in (("frequency-set", "-g", "performance"), ("idle-set", "-D", "50")):
                subprocess.run(["cpupower", *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            theirs.append(time.monotonic() - begun)
            held = tree.count_held(world.root, n)
            if held != n:
                raise RuntimeError(f"cpupower: {held} of {n} CPUs have the policy")
        a, b = statistics.median(ours), statistics.median(theirs)
        yield (f"apply, originals, read-back: {n} CPU{'s' if n > 1 else ''}", milliseconds(a), "cpupower frequency-set + idle-set",
               milliseconds(b), f"{a / b:.2f}", "at most 1", a <= b)


def count_syscalls(world, n):
    world.set_cpus(n)
    with world.warden("strace", "-c", "-f", "-o", f"{world.scratch}/strace"):
        pass
    with open(f"{world.scratch}/strace", encoding="ascii") as file:
        # % time, seconds, usecs/call, calls, perhaps errors, name
        rows = [re.split(r" +", line.strip()) for line in file if re.match(r" *\d", line)]
    return {row[-1]: int(row[3]) for row in rows if len(row) > 4 and row[3].isdigit() and row[-1] != "total"}


def syscalls(world):
    """Three for each file that is changed and for each that has to be known. Changed: the governor and two idle states. Known:
    of the policy its CPUs, governor and limits, of each of four states its latency and `disable`, and again what was changed."""
    few, many = count_syscalls(world, 64), count_syscalls(world, 512)
    per_cpu = (sum(many.values()) - sum(few.values())) / (512 - 64)
    floor = 3 * (3 + (4 + 4 * 2) + 3)
    yield ("system calls per CPU of an apply", f"{per_cpu:.0f}", "open, read or write, close of what must be", f"{floor}",
           f"{per_cpu / floor:.2f}", "at most 2", per_cpu <= 2 * floor)


def start(world):
    world.set_cpus(4)
    ours = []
    for _ in range(RUNS):
        world.set_cpus(4)
        with world.warden() as warden:
            ours.append(warden.ready - warden.begun)
    a = statistics.median(ours)
    for name, target in (("tuned", 20), ("power-profiles-daemon", 3)):
        times = []
        for _ in range(RUNS):
            with world.peer(name) as peer:
                times.append(peer.ready - peer.begun)
        b = statistics.median(times)
        yield ("start until ready, 4 CPUs", milliseconds(a), f"{name}, until its bus name", milliseconds(b), f"1/{b / a:.1f}",
               f"at most 1/{target}", b >= target * a)


def memory_of(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        values = dict(re.findall(r"^(\w+): +(\d+) kB", file.read(), re.M))
    return int(values["Pss"]), int(values["Private_Dirty"])


def memory(world):
    peers = {}
    world.set_cpus(2)
    for name in ("irqbalance", "power-profiles-daemon", "tuned"):
        with world.peer(name) as peer:
            time.sleep(3)
            peers[name] = memory_of(peer.pid)[0]
    for n in (2, 64, 4096):
        world.set_cpus(n)
        with world.warden() as warden:
            world.wait_name(NAME)
            world.ask("call", "1", NAME, PATH, PROPERTIES, "GetAll", f"{NAME}.Manager")
            time.sleep(1)
            pss, dirty = memory_of(warden.pid)
        ours = f"{pss / 1024:.2f} MiB, {dirty / 1024:.2f} private dirty"
        if n == 2:
            for name, there in peers.items():
                limit = 1.2 if name == "irqbalance" else 1
                yield ("memory at rest (PSS), 2 CPUs", ours, name, f"{there / 1024:.2f} MiB", f"{pss / there:.2f}",
                       f"at most {limit}", pss <= limit * there)
        else:
            yield (f"memory at rest (PSS), {n} CPUs", ours, "a bound for 4096 CPUs", "4 MiB", f"{pss / 4096:.2f}", "at most 1",
                   pss <= 4096)


def activity_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        switches = sum(int(n) for n in re.findall(r"ctxt_switches:\s+(\d+)", file.read()))
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return switches, int(fields[11]) + int(fields[12])


def idle(world, seconds):
    world.set_cpus(4)
    with world.warden() as warden, world.peer("irqbalance") as peer:
        time.sleep(5)
        before = activity_of(warden.pid), activity_of(peer.pid)
        time.sleep(seconds)
        after = activity_of(warden.pid), activity_of(peer.pid)
    (a, ticks), (b, there) = ((y[0] - x[0], y[1] - x[1]) for x, y in zip(before, after))
    yield (f"context switches in {seconds} idle s", f"{a}, {ticks} clock ticks", "irqbalance", f"{b}, {there} clock ticks",
           f"{a / b:.2f}" if b else "-", "0", a == 0 and ticks == 0)


def bus_calls(world, samples):
    world.set_cpus(4096)
    with world.peer("systemd-hostnamed"):
        there = statistics.median(world.ask("call", str(samples), "org.freedesktop.hostname1", "/org/freedesktop/hostname1",
                                            PROPERTIES, "Get", "org.freedesktop.hostname1", "Hostname"))
    with world.warden():
        world.wait_name(NAME)
        # The state a client asks for most, then all of it, then all of every CPU.
        for what, n, limit, arguments in (
                ("Get", samples, 1, (PROPERTIES, "Get", f"{NAME}.Clock", "Verdict")),
                ("GetAll of the Manager", samples, 5, (PROPERTIES, "GetAll", f"{NAME}.Manager")),
                ("GetManagedObjects, 4096 CPUs", 5, 4096, ("org.freedesktop.DBus.ObjectManager", "GetManagedObjects"))):
            ours = statistics.median(world.ask("call", str(n), NAME, PATH, *arguments))
            yield (f"bus: {what}", f"{ours / 1e3:.2f} ms", "systemd-hostnamed, Get", f"{there / 1e3:.2f} ms", f"{ours / there:.1f}",
                   f"at most {limit}", ours <= limit * there)
        ours = world.ask("crowd", "1000", NAME, PATH, f"{NAME}.Clock", "Verdict")[0]
        yield ("bus: Get of 1000 clients at once", f"{ours / 1e3:.0f} ms", "1000 Get of systemd-hostnamed, in turn", f"{there:.0f} ms",
               f"{ours / there / 1e3:.2f}", "at most 2", ours <= 2000 * there)


def measure(options):
    world = World(options.paths[2], options.paths[3])
    world.tame_peers()
    world.copy_host()
    wanted = options.only.split(",") if options.only else None

    def want(name):
        return wanted is None or name in wanted

    with world.bus(), world.peer("polkitd"):
        if want("apply"):
            yield from apply(world)
        if want("syscalls"):
            yield from syscalls(world)
        if want("start"):
            yield from start(world)
        if want("memory"):
            yield from memory(world)
        if want("idle"):
            yield from idle(world, options.idle)
        if want("bus"):
            yield from bus_calls(world, min(options.samples, 1000))
    if want("guests"):
        import guests
        yield from guests.measure(world)
    if want("latency"):
        import latency
        yield from latency.measure(world, options)
