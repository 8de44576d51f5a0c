# SPDX-License-Identifier: MIT
"""Times our training step and the peers' in turns and prints the page bench/peers.md. Standard library only.
Called by bench/peers.sh, which says what the words on the command line mean."""
import argparse
import datetime
import json
import os
import platform
import statistics

from contestants import Ours, Peer
from turns import paired_ratio, processor, take_turns

OBJECTIVES = {"imf": "Improved MeanFlow", "mf": "MeanFlow", "fm": "Flow matching"}
TILES = "meanflow.cpp, tiles in cache"
SCAN, COMPILED = "JAX, 100 steps a dispatch (lax.scan)", "PyTorch, torch.compile, fused Adam"


def contestants(args, objective):
    ours = [Ours(args.program, objective, precision, by_layers, args.ours)
            for by_layers in (False, True) for precision in ("f32", "bf16")]
    peers = [Peer(SCAN, args.python, "toy_jax.py", objective, "scan"),
             Peer("JAX, one step a dispatch", args.python, "toy_jax.py", objective, "jit")]
    if not args.skip_torch:
        peers += [Peer(COMPILED, args.python, "toy_torch.py", objective, "compile"),
                  Peer("PyTorch, eager, fused Adam", args.python, "toy_torch.py", objective, "eager")]
    # Ours and theirs alternate, so that a slow minute of the machine hits both.
    order = []
    for pair in zip(ours, peers + [None] * len(ours)):
        order += [one for one in pair if one is not None]
    return order


def compare(args, objective):
    """{contestant: turns}, and the versions of all."""
    return take_turns(contestants(args, objective), args.runs, objective)


def find(turns, name, precision="f32"):
    return next((t for one, t in turns.items() if one.name == name and one.precision == precision), None)


def summary(results):
    lines = ["| ours, tiles in cache | f32 of JAX scan | f32 of torch.compile | bf16 of JAX scan (f32) \\* |", "|---|---|---|---|"]
    for objective, (turns, _) in results.items():
        f32, bf16 = find(turns, TILES), find(turns, TILES, "bf16")
        lines.append(f"| {OBJECTIVES[objective]} | {paired_ratio(f32, find(turns, SCAN))} |"
                     f" {paired_ratio(f32, find(turns, COMPILED))} | {paired_ratio(bf16, find(turns, SCAN))} |")
    return lines


def table(turns):
    scan, compiled = find(turns, SCAN), find(turns, COMPILED)
    ours = {one: t for one, t in turns.items() if isinstance(one, Ours)}
    gflop = next(iter(ours.values()))[0]["gflop"]
    ceiling = {p: max(turn["peak_gflops"] for one, t in ours.items() if one.precision == p for turn in t)
               for p in ("f32", "bf16")}
    lines = [f"{gflop:.3f} GFLOP a step; measured ceiling of matrix products {ceiling['f32']:.0f} GFLOP/s in f32,"
             f" {ceiling['bf16']:.0f} in bf16.", "",
             "| | precision | ms min / median | of JAX scan | of torch.compile | GFLOP/s | of the ceiling | MiB |"
             " other cores busy |", "|---|---|---|---|---|---|---|---|---|"]
    for one, t in sorted(turns.items(), key=lambda item: (isinstance(item[0], Peer), item[0].precision != "f32")):
        least, median = min(turn["ms"] for turn in t), statistics.median(turn["ms"] for turn in t)
        rate = gflop / median * 1e3
        mark = " \\*" if one.precision == "bf16" else ""
        lines.append(f"| {one.name} | {one.precision}{mark} | {least:.2f} / {median:.2f} | {paired_ratio(t, scan)}{mark} |"
                     f" {paired_ratio(t, compiled)}{mark} | {rate:.0f} | {100 * rate / ceiling[one.precision]:.0f} % |"
                     f" {max(turn['rss_mib'] for turn in t):.0f} |"
                     f" {statistics.median(turn['others'] for turn in t):.2f} |")
    allocations = max(turn["allocations"] for t in ours.values() for turn in t)
    lines += ["", f"Ours made {allocations:g} allocations a step, at most."]
    return lines


def page(args, results):
    versions = sorted({version for _, seen in results.values() for version in seen})
    command = "bench/peers.sh" + (f" --runs {args.runs}" if args.runs != 5 else "")
    command += " --skip-torch" if args.skip_torch else ""
    command += f" --objectives {args.objectives}" if args.objectives != ",".join(OBJECTIVES) else ""
    command += " -- " + " ".join(args.ours) if args.ours else ""
    lines = [
        "# One training step, beside the peers", "",
        "The step of the checkerboard tutorial: 2-D points drawn anew for every step, a network of four hidden layers of"
        " 128 with exact GELU, batch 4096, Adam at 3e-3, plain mean square, every row with its own r < t; for improved"
        " MeanFlow the pass for v = u(z, t, t) included. The peers' scripts (`bench/peers/toy_jax.py`, `toy_torch.py`)"
        " do the same work in the way that is fastest and customary there.", "",
        f"Measured {datetime.date.today()} by", "", f"    {command}", "",
        f"on {len(os.sched_getaffinity(0))} cores of {processor()}, {platform.system()} {platform.release()};"
        f" {', '.join(versions)}. Everybody may use all of these cores.", "",
        f"Contestants take turns, {args.runs} rounds. In one turn ours times 200 warm steps in a new process, a peer 100"
        " warm steps in a process that stays. What counts of a turn is the median step; of lax.scan, whose steps cannot"
        " be timed singly, the mean. The table has the least and the median over the turns. Ratios are ours (or this"
        " peer's) over the other's turn in the same round, median over the rounds: below 1 is faster. GFLOP are those"
        " that the exact algorithm needs, for everybody; the ceiling is a large matrix product by oneDNN on all cores,"
        " measured in the same runs. \"Other cores busy\" is what other processes took meanwhile: rows far above 0 are"
        " not to be trusted.", "",
    ]
    lines += summary(results)
    lines += [
        "", "\\* bf16 operands and kept activations with f32 weights, sums and moments, against a peer's f32: not like for"
        " like. The f32 rows are.",
    ]
    for objective, (turns, _) in results.items():
        lines += ["", f"## {OBJECTIVES[objective]} (`configs/toy/{objective}.yaml`)", ""] + table(turns)
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--python", required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--skip-torch", action="store_true")
    parser.add_argument("--objectives", default=",".join(OBJECTIVES))
    parser.add_argument("--raw", help="file for the single turns, as JSON lines")
    parser.add_argument("ours", nargs="*", help="further words for our bench step, such as --repeat 20")
    args = parser.parse_args()
    results = {objective: compare(args, objective) for objective in args.objectives.split(",")}
    if args.raw:
        with open(args.raw, "w", encoding="utf-8") as file:
            for objective, (turns, _) in results.items():
                for one, t in turns.items():
                    for i, turn in enumerate(t):
                        file.write(json.dumps({"objective": objective, "name": one.name, "precision": one.precision,
                                               "round": i + 1, **turn}) + "\n")
    print(page(args, results), end="")


if __name__ == "__main__":
    main()
