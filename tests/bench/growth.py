# SPDX-License-Identifier: GPL-2.0-or-later
"""How cost grows with the number of CPUs. The exponent is 0 if the cost stays the same, and 1 if twice as many CPUs cost twice as much. The
greater one of 64 to 4096 and of 4096 to 8192 counts, for in the first one what a start costs anyway hides a part of the growth. Times are the
daemon's CPU time."""
import math
import time

import latency
import rows

SIZES, RUNS, LIMIT = (64, 512, 4096, 8192), 3, 1.05


def cost(warden, times, act):
    """The daemon's CPU time in milliseconds, for each number of CPUs."""
    before = latency.used(warden.pid)
    act()
    return (latency.used(warden.pid) - before) * 1e3 / times


def of_one_size(world, n_cpus):
    """The figure and its unit, for each kind of cost."""
    applies = []
    for _ in range(RUNS):
        world.set_cpus(n_cpus)
        with world.warden() as warden:
            applies.append(latency.used(warden.pid) * 1e3)
    instructions = rows.count_instructions(world, n_cpus)

    def come_online():
        for i in range(RUNS):
            latency.online(world, [n_cpus - 1 - i])
            time.sleep(latency.APART)

    world.set_cpus(n_cpus)
    with world.warden() as warden:
        world.wait_name(rows.NAME)
        time.sleep(1)
        pss, _ = rows.memory_of(warden.pid)
        objects = cost(warden, RUNS, lambda: rows.get_objects(world, times=RUNS))
        repair = cost(warden, 10, lambda: latency.repairs(world, n_cpus, 10))
        online = cost(warden, RUNS, come_online)
    return {"apply": (min(applies), "ms"), "instructions of an apply outside the kernel": (instructions / 1e6, "million"),
            "CPU online": (online, "ms"), "repair": (repair, "ms"), "memory (PSS)": (pss / 1024, "MiB"),
            "GetManagedObjects": (objects, "ms")}


def exponent(sizes, few, many):
    return math.log(sizes[many] / sizes[few]) / math.log(many / few)


def measure(world, _options):
    sizes = {n: of_one_size(world, n) for n in SIZES}
    for what, (_, unit) in sizes[SIZES[0]].items():
        costs = {n: size[what][0] for n, size in sizes.items()}
        first, second = exponent(costs, 64, 4096), exponent(costs, 4096, 8192)
        yield (f"growth with the number of CPUs: {what}", ", ".join(f"{n}: {value:.4g}" for n, value in costs.items()) + f" {unit}",
               "exponent 64 to 4096, 4096 to 8192", f"{first:.2f}, {second:.2f}", f"{max(first, second):.2f}", f"at most {LIMIT}",
               max(first, second) <= LIMIT)
