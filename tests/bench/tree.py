# SPDX-License-Identifier: GPL-2.0-or-later
"""A simulated /sys/devices/system/cpu of plain files, for timing: the FUSE files of a simulated host would take most of the time.

Plain files keep the tail of a longer old value, since libcpupower opens without O_TRUNC; so the old governor's name is
as long as the new one's, and all other values keep their length.
"""
import os

GOVERNOR = "conservativ"
STATES = (("POLL", 0), ("C1", 2), ("C2", 75), ("C3", 100))


def _write(path, value):
    with open(path, "w", encoding="ascii") as file:
        file.write(f"{value}\n")


def _policy(path, cpu):
    os.makedirs(path)
    for name, value in (
            ("affected_cpus", cpu), ("related_cpus", cpu), ("scaling_driver", "powernow-k8"),
            ("scaling_governor", GOVERNOR), ("scaling_available_governors", "ondemand performance powersave"),
            ("scaling_min_freq", 1000000), ("scaling_max_freq", 2800000), ("scaling_cur_freq", 1000000),
            ("scaling_setspeed", "<unsupported>"), ("cpuinfo_min_freq", 1000000), ("cpuinfo_max_freq", 2800000),
            ("scaling_available_frequencies", "1000000 1800000 2600000 2800000")):
        _write(f"{path}/{name}", value)


def make(root, n_cpus):
    """Makes N CPUs below `root`, each with its own policy and four idle states."""
    cpus = f"0-{n_cpus - 1}" if n_cpus > 1 else "0"
    os.makedirs(f"{root}/cpuidle")
    os.makedirs(f"{root}/cpufreq")
    for name in ("present", "possible", "online"):
        _write(f"{root}/{name}", cpus)
    _write(f"{root}/offline", "")
    _write(f"{root}/cpuidle/current_driver", "acpi_idle")
    _write(f"{root}/cpuidle/current_governor", "menu")
    for cpu in range(n_cpus):
        _policy(f"{root}/cpufreq/policy{cpu}", cpu)
        for index, (name, latency) in enumerate(STATES):
            state = f"{root}/cpu{cpu}/cpuidle/state{index}"
            os.makedirs(state)
            for key, value in (("name", name), ("latency", latency), ("disable", 0), ("desc", name), ("usage", 0)):
                _write(f"{state}/{key}", value)
        os.makedirs(f"{root}/cpu{cpu}/topology")
        _write(f"{root}/cpu{cpu}/topology/core_siblings_list", cpus)
        os.symlink(f"../cpufreq/policy{cpu}", f"{root}/cpu{cpu}/cpufreq")
        _write(f"{root}/cpu{cpu}/online", 1)


def reset(root, n_cpus):
    """Writes the values of make() again."""
    for cpu in range(n_cpus):
        _write(f"{root}/cpufreq/policy{cpu}/scaling_governor", GOVERNOR)
        for index in range(len(STATES)):
            _write(f"{root}/cpu{cpu}/cpuidle/state{index}/disable", 0)


def count_held(root, n_cpus):
    """CPUs whose knobs are as the built-in policy wants them."""
    held = 0
    for cpu in range(n_cpus):
        values = [f"{root}/cpufreq/policy{cpu}/scaling_governor"]
        values += [f"{root}/cpu{cpu}/cpuidle/state{index}/disable" for index in range(len(STATES))]
        texts = []
        for path in values:
            with open(path, encoding="ascii") as file:
                texts.append(file.readline().strip())
        held += texts == ["performance", "0", "0", "1", "1"]
    return held
