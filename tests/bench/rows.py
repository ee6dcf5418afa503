# SPDX-License-Identifier: GPL-2.0-or-later
"""The figures. Each function yields (figure, ours, against, there, ratio, target, met)."""
import os
import re
import signal
import statistics
import subprocess
import time

import tree
from world import World

NAME, PATH = "org.tscwarden1", "/org/tscwarden1"
PROPERTIES = "org.freedesktop.DBus.Properties"
HOSTNAMED = ("org.freedesktop.hostname1", "/org/freedesktop/hostname1", "org.freedesktop.hostname1")
FLOOD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../integration/flood")
RUNS = 5


def milliseconds(seconds):
    return f"{seconds * 1e3:.1f} ms"


def mebibytes(kibibytes):
    return f"{kibibytes / 1024:.2f} MiB"


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def apply(world):
    """tscwardend, one process that saves originals, writes and reads back, against cpupower's two processes, which only write."""
    for n in (1, 64, 512, 4096):
        ours, theirs = [], []
        # In turn: a slow minute of the machine slows both.
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
               milliseconds(b), f"{a / b:.2f}", "at most 1" if n == 1 else "at most 0.5", a <= (b if n == 1 else 0.5 * b))


def count_syscalls(world, n):
    world.set_cpus(n)
    with world.warden("strace", "-c", "-f", "-o", f"{world.scratch}/strace"):
        pass
    with open(f"{world.scratch}/strace", encoding="ascii") as file:
        # % time, seconds, usecs/call, calls, perhaps errors, name
        rows = [re.split(r" +", line.strip()) for line in file if re.match(r" *\d", line)]
    return {row[-1]: int(row[3]) for row in rows if len(row) > 4 and row[3].isdigit() and row[-1] != "total"}


def syscalls(world):
    """Three calls for each file that is written or has to be read. Written: the governor and two idle states. Read:
    CPUs, governor and limits of the policy, latency and `disable` of each of four states, and again what was written."""
    few, many = count_syscalls(world, 64), count_syscalls(world, 512)
    per_cpu = (sum(many.values()) - sum(few.values())) / (512 - 64)
    floor = 3 * (3 + (4 + 4 * 2) + 3)
    yield ("system calls per CPU of an apply", f"{per_cpu:.0f}", "open, read or write, close of what must be", f"{floor}",
           f"{per_cpu / floor:.2f}", "at most 80", per_cpu <= 80)


def count_instructions(world, n):
    """Instructions outside the kernel of a start with its apply and of a stop that keeps the policy. Other programs do not change this figure."""
    world.set_cpus(n)
    world.configure("ON_STOP=keep\n")
    counts = f"{world.scratch}/callgrind"
    with world.warden("valgrind", "--tool=callgrind", f"--callgrind-out-file={counts}") as warden:
        warden.terminate()
        warden.wait(60)
    world.configure("")
    with open(counts, encoding="ascii") as file:
        os.unlink(counts)
        return int(re.search(r"^totals: (\d+)", file.read(), re.M)[1])


def instructions(world):
    ours = count_instructions(world, 512)
    yield ("instructions of an apply outside the kernel, 512 CPUs", f"{ours / 1e6:.1f} million", "a bound", "20 million",
           f"{ours / 20e6:.2f}", "at most 1", ours <= 20e6)


def time_version(world):
    begun = time.monotonic()
    subprocess.run([world.daemon, "--version"], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begun


def time_peer(world, name):
    with world.peer(name) as peer:
        return peer.ready - peer.begun


def start(world):
    """All in turn. Each figure includes fork and exec by Python."""
    others = (("tscwardend --version, until its end", time_version, 2), ("power-profiles-daemon", time_peer, 1), ("tuned", time_peer, 0.05))
    ours, theirs = [], {name: [] for name, _, _ in others}
    for _ in range(3 * RUNS):
        world.set_cpus(4)
        with world.warden() as warden:
            ours.append(warden.ready - warden.begun)
        theirs[others[0][0]].append(time_version(world))
    for name, measure_one, _ in others[1:]:
        theirs[name] = [measure_one(world, name) for _ in range(RUNS)]
    a = statistics.median(ours)
    for name, _, limit in others:
        b = statistics.median(theirs[name])
        yield ("start until ready, 4 CPUs", milliseconds(a), name if " " in name else f"{name}, until its bus name", milliseconds(b),
               f"{a / b:.2f}", f"at most {limit}", a <= limit * b)


def memory_of(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        values = dict(re.findall(r"^(\w+): +(\d+) kB", file.read(), re.M))
    return int(values["Pss"]), int(values["Private_Dirty"])


def memory_after(world, n, *actions):
    """PSS and private dirty memory in KiB after a start, a GetAll and these requests."""
    world.set_cpus(n)
    with world.warden() as warden:
        world.wait_name(NAME)
        world.ask("call", "1", NAME, PATH, PROPERTIES, "GetAll", f"{NAME}.Manager")
        for action in actions:
            action(world, warden)
        time.sleep(1)
        return memory_of(warden.pid)


def get_objects(world, _warden=None, times=1):
    """In microseconds, on one connection. The daemon does not know at once that a new connection is root's, and limits all new ones together."""
    return world.ask("call", str(times), NAME, PATH, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")


def reload(world, warden):
    warden.send_signal(signal.SIGHUP)
    world.wait_ready()


def memory(world):
    peers = {}
    world.set_cpus(2)
    for name in ("irqbalance", "power-profiles-daemon", "tuned"):
        with world.peer(name) as peer:
            time.sleep(3)
            peers[name] = memory_of(peer.pid)[0]
    pss, dirty = memory_after(world, 2)
    for name, there in peers.items():
        yield ("memory at rest (PSS), 2 CPUs", mebibytes(pss), name, mebibytes(there), f"{pss / there:.2f}", "at most 1", pss <= there)
    yield ("memory at rest, private dirty, 2 CPUs", f"{dirty} KiB", "a bound", "300 KiB", f"{dirty / 300:.2f}", "at most 1", dirty <= 300)
    for n in (64, 4096):
        pss, dirty = memory_after(world, n, get_objects, reload)
        yield (f"memory (PSS) after GetAll, GetManagedObjects, reload: {n} CPUs", f"{mebibytes(pss)}, {mebibytes(dirty)} private dirty",
               "a bound for 4096 CPUs", "3 MiB", f"{pss / 3072:.2f}", "at most 1", pss <= 3072)


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
        there = statistics.median(world.ask("call", str(samples), *HOSTNAMED[:2], PROPERTIES, "Get", HOSTNAMED[2], "Hostname"))
    with world.warden():
        world.wait_name(NAME)
        # First what clients ask for most, then all properties of the Manager, then those of every CPU.
        for what, n, limit, arguments in (
                ("Get", samples, 1, (PROPERTIES, "Get", f"{NAME}.Clock", "Verdict")),
                ("GetAll of the Manager", samples, 5, (PROPERTIES, "GetAll", f"{NAME}.Manager")),
                ("GetManagedObjects, 4096 CPUs", 5, 4096, ("org.freedesktop.DBus.ObjectManager", "GetManagedObjects"))):
            ours = statistics.median(world.ask("call", str(n), NAME, PATH, *arguments))
            yield (f"bus: {what}", f"{ours / 1e3:.2f} ms", "systemd-hostnamed, Get", f"{there / 1e3:.2f} ms", f"{ours / there:.1f}",
                   f"at most {limit}", ours <= limit * there)
    yield from crowds(world)
    yield flood(world, samples)


def crowds(world):
    """1000 connections with a Get on each, to both services in turn."""
    ours, theirs = [], []
    world.set_cpus(4)
    with world.warden(), world.peer("systemd-hostnamed"):
        world.wait_name(NAME)
        for _ in range(RUNS):
            ours += world.ask("crowd", "1000", NAME, PATH, f"{NAME}.Clock", "Verdict")
            theirs += world.ask("crowd", "1000", *HOSTNAMED, "Hostname")
    a, b = statistics.median(ours) / 1e3, statistics.median(theirs) / 1e3
    yield ("bus: Get of 1000 clients at once", f"{a:.0f} ms", "systemd-hostnamed, the same in turn", f"{b:.0f} ms", f"{a / b:.2f}",
           "at most 1.2", a <= 1.2 * b)


def flood(world, samples):
    """The flood comes from eight connections of an ordinary user. How much it delays another service is the part of the bus."""
    get = ("call", str(min(samples, 50) // RUNS))
    ours = (*get, NAME, PATH, PROPERTIES, "Get", f"{NAME}.Clock", "Verdict")
    others = (*get, *HOSTNAMED[:2], PROPERTIES, "Get", HOSTNAMED[2], "Hostname")
    world.set_cpus(4096)
    with world.warden(), world.peer("systemd-hostnamed"):
        world.wait_name(NAME)
        alone = percentile([usec for _ in range(RUNS) for usec in world.ask(*ours)], 0.99) / 1e3
        with world.program("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", FLOOD, "8", "GetManagedObjects", "1"):
            time.sleep(1)
            # In turn: messages that the bus has queued delay both.
            times = [(world.ask(*ours), world.ask(*others)) for _ in range(RUNS)]
            beside, floor = (percentile(sum(both, []), 0.99) / 1e3 for both in zip(*times))
    return ("bus: Get beside a flood of GetManagedObjects, 4096 CPUs", f"p99 {beside:.2f} ms, without the flood {alone:.2f}",
            "systemd-hostnamed, Get beside the same flood", f"p99 {floor:.2f} ms", f"{beside - alone:+.2f} ms", "at most 5 ms more than without",
            beside - alone <= 5)


def measure(options):
    world = World(options.paths[2], options.paths[3])
    world.tame_peers()
    world.copy_host()
    wanted = options.only.split(",") if options.only else None

    def want(name):
        return wanted is None or name in wanted

    with world.bus(), world.peer("polkitd"):
        for name, function in (("apply", apply), ("syscalls", syscalls), ("instructions", instructions), ("start", start), ("memory", memory)):
            if want(name):
                yield from function(world)
        if want("idle"):
            yield from idle(world, options.idle)
        if want("bus"):
            yield from bus_calls(world, options.samples)
    # Without polkitd: it does not know the actions and would refuse them to root too.
    with world.bus():
        for name in ("loop", "growth", "commands"):
            if want(name):
                yield from __import__(name).measure(world, options)
    for name in ("guests", "latency"):
        if want(name):
            yield from __import__(name).measure(world, options)
