# SPDX-License-Identifier: GPL-2.0-or-later
"""The longest event in the daemon's loop during a request: from the end of one wait in epoll to the beginning of the next,
as strace sees it, which stops the daemon at no other call. The shortest of several runs, because other programs of this machine only add to a run."""
import os
import re
import subprocess
import time

import rows

CPUS, LIVES, LIMIT_MS = 4096, 3, 10
TRACE = ("strace", "--seccomp-bpf", "--follow-forks", "--absolute-timestamps=precision:us,format:unix", "--syscall-times=us",
         "--trace=epoll_wait,epoll_pwait,epoll_pwait2", "--output")


def busctl(world, *arguments):
    subprocess.run(["busctl", f"--address={world.address}", "call", rows.NAME, rows.PATH, f"{rows.NAME}.Manager", *arguments],
                   check=True, stdout=subprocess.DEVNULL)


def reload(world, tracer):
    subprocess.run(["pkill", "-HUP", "-P", str(tracer.pid)], check=True)
    world.wait_ready()


def status(world, _warden):
    subprocess.run([os.path.join(os.path.dirname(world.daemon), "tscwarden"), "status"], env=world.environment, check=False,
                   stdout=subprocess.DEVNULL)


# The order matters: after Restore() the plan has a step for each knob.
ACTIONS = {
    "GetManagedObjects": rows.get_objects,
    "Plan": lambda world, _: busctl(world, "Plan"),
    "tscwarden status": status,
    "reload": reload,
    "restore": lambda world, _: busctl(world, "Restore"),
    "GetManagedObjects after Restore": rows.get_objects,
    "Plan after Restore": lambda world, _: busctl(world, "Plan"),
    "apply": lambda world, _: busctl(world, "Apply"),
}


def events_of(path):
    """(begin, end) of each event between two waits, in seconds of the time of day."""
    waits = []
    with open(path, encoding="ascii") as file:
        for line in file:
            found = re.match(r"(\d+) +(\d+\.\d+) epoll.*<(\d+\.\d+)>$", line)
            # The first process that waits is the daemon.
            if found and found[1] == (waits[0][0] if waits else found[1]):
                waits.append((found[1], float(found[2]), float(found[2]) + float(found[3])))
    return [(before[2], after[1]) for before, after in zip(waits, waits[1:])]


def live(world):
    """The longest event in seconds, for each request."""
    world.set_cpus(CPUS)
    path, spans, begun = f"{world.scratch}/waits", {}, time.time()
    with world.warden(*TRACE, path) as tracer:
        world.wait_name(rows.NAME)
        time.sleep(1)
        spans["first look and apply"] = begun, time.time()
        for name, act in ACTIONS.items():
            begun = time.time()
            act(world, tracer)
            time.sleep(0.5)
            spans[name] = begun, time.time()
    events = events_of(path)
    return {name: max((end - begin for begin, end in events if begin < until and end > since), default=0)
            for name, (since, until) in spans.items()}


def measure(world, _options):
    lives = [live(world) for _ in range(LIVES)]
    for name in lives[0]:
        longest = min(one[name] for one in lives) * 1e3
        yield (f"longest event in the loop, {CPUS} CPUs: {name}", f"{longest:.1f} ms", "a bound", f"{LIMIT_MS} ms", f"{longest / LIMIT_MS:.2f}",
               "at most 1", longest <= LIMIT_MS)
