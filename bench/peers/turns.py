# SPDX-License-Identifier: MIT
"""Contestants take turns, so that a slow minute of the machine hits all of them."""
import os
import platform
import statistics
import sys


def busy_seconds():
    """Processor seconds that all processes of the machine have used so far."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _, _, irq, softirq = map(int, file.readline().split()[1:8])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def measure(one):
    """One turn; notes how many cores other processes took meanwhile."""
    before = busy_seconds()
    turn = one.measure()
    turn["others"] = max(0.0, (busy_seconds() - before - turn["cpu_s"]) / turn["wall_s"])
    if isinstance(turn["ms"], list):
        turn["ms"] = statistics.median(turn["ms"])
    return turn


def take_turns(runners, rounds, label):
    """{contestant: turns}, and the versions of all."""
    started, versions, turns = [], [], {}
    try:
        for one in runners:
            print(f"{label}: starting {one.name}, {one.precision}", file=sys.stderr)
            versions.append(one.start())
            started.append(one)
        for i in range(rounds):
            for one in runners:
                turn = measure(one)
                turns.setdefault(one, []).append(turn)
                print(f"{label} {i + 1}/{rounds}: {turn['ms']:8.2f} ms  {one.name}, {one.precision}"
                      f" (others: {turn['others']:.2f} cores)", file=sys.stderr)
    finally:
        for one in started:
            one.stop()
    return turns, versions


def paired_ratio(turns, other_turns):
    """Median over the rounds of ours / theirs."""
    if other_turns is None:
        return "-"
    return f"{statistics.median(a['ms'] / b['ms'] for a, b in zip(turns, other_turns)):.2f}"


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return names[0] if names else platform.machine()
