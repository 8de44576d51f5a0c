# SPDX-License-Identifier: MIT
"""Times our work on images and the official codes' in turns and prints the page bench/images.md. Standard library only.
Called by bench/images.sh, which says what the words on the command line mean. Turns are kept in a file of JSON lines, so
that works can be measured one at a time: the page has the newest turns of each."""
import argparse
import datetime
import json
import os
import statistics

from contestants import Program, Script
from turns import paired_ratio, processor, take_turns

WORKS = {
    "small": "Training step, small network (32x32x3, patch 4, width 256, depth 8, heads 4, 10 classes; batch 64)",
    "b2": "Training step, iMF-B/2 (32x32x4, 1000 classes; batch 8)",
    "sample1": "Sampling iMF-B/2 in one step, batch 1",
    "sample16": "Sampling iMF-B/2 in one step, batch 16",
}


def ours(args, work, precision):
    if work.startswith("sample"):
        numbers = ["--int8"] if precision == "int8" else ["--precision", precision]
        words = ["bench", "sample", "bench/b2", "--batch", work.removeprefix("sample"), *numbers, "--repeat", "8", "--seconds", "4"]
    else:
        words = ["bench", "step", f"bench/{work}", f"precision={precision}", "--repeat", "2", "--warm-up", "1"]
    return Program("meanflow.cpp", precision, [args.program, *words, "--json"])


def peers(args, work):
    kind, batch = ("sample", work.removeprefix("sample")) if work.startswith("sample") else (work, {"small": "64", "b2": "8"}[work])
    out = []
    if args.jax:
        out.append(Script("JAX, official code", "f32", [args.python, "images_jax.py", kind, batch]))
    if args.torch and work != "b2":
        out.append(Script("PyTorch, official network, torch.compile", "f32", [args.python, "images_torch.py", kind, batch, "compile"]))
    if args.torch and kind == "sample":
        out.append(Script("PyTorch, official network, eager", "bf16", [args.python, "images_torch.py", kind, batch, "bf16"]))
    return out


def compare(args, work):
    """What is kept of one work: its contestants with their turns, and the versions of all."""
    runners = [ours(args, work, "f32"), *peers(args, work), ours(args, work, "bf16")]
    if work.startswith("sample"):
        runners.append(ours(args, work, "int8"))
    turns, versions = take_turns(runners, args.runs, work)
    return {"work": work, "date": str(datetime.date.today()), "versions": versions,
            "contestants": [{"name": one.name, "precision": one.precision, "peer": isinstance(one, Script), "turns": t}
                            for one, t in turns.items()]}


def table(contestants):
    others = [one for one in contestants if one["peer"]]
    own = next(one for one in contestants if not one["peer"])
    heads = "".join(f" of {one['name'].split(',')[0]} {one['precision']} |" for one in others)
    lines = [f"{own['turns'][0]['gflop']:.0f} GFLOP by our count.", "",
             f"| | precision | ms min / median |{heads} of the ceiling | MiB | other cores busy |",
             "|---|---|---|" + "---|" * (len(others) + 3)]
    for one in contestants:
        turns = one["turns"]
        ms = [turn["ms"] for turn in turns]
        ratios = "".join(f" {paired_ratio(turns, other['turns'])} |" for other in others)
        share = "-"
        if not one["peer"]:
            share = f"{100 * statistics.median(u['gflop'] / u['ms'] * 1e3 / u['peak_gflops'] for u in turns):.0f} %"
        lines.append(f"| {one['name']} | {one['precision']} | {min(ms):.0f} / {statistics.median(ms):.0f} |{ratios} {share} |"
                     f" {max(turn['rss_mib'] for turn in turns):.0f} |"
                     f" {statistics.median(turn['others'] for turn in turns):.2f} |")
    return lines


def page(results):
    versions = sorted({version for kept in results for version in kept["versions"]})
    dates = " and ".join(sorted({kept["date"] for kept in results}))
    lines = [
        "# Images, beside the official codes", "",
        "Full training steps of improved MeanFlow (flexible guidance, both heads, AdamW and one average of the weights), and"
        " sampling in one step. JAX runs the official code's own loss; the official PyTorch branch has the network only, and"
        " the loss around it is ours (`bench/peers/images_torch.py`). Latents are not decoded.", "",
        f"Measured {dates} by", "", "    bench/images.sh --jax DIR --torch DIR", "",
        f"on {len(os.sched_getaffinity(0))} cores of {processor()}; {', '.join(versions)}. Everybody may use all of these"
        " cores.", "",
        "Contestants take turns; what counts of a turn is its median. Ratios are a row's time over the peer's in the same"
        " round, median over the rounds: below 1 is faster. bf16 of ours: operands and kept activations; weights, sums and"
        " moments in f32. int8: the matrices of the blocks in 8 bits (`docs/checkpoints.md`), bf16 beside them; its ceiling is bf16's. The ceiling is a large matrix product by oneDNN on all cores in the same precision, measured in the"
        " same turn. \"Other cores busy\" is what other processes took meanwhile.",
    ]
    for kept in results:
        rounds = len(kept["contestants"][0]["turns"])
        lines += ["", f"## {WORKS[kept['work']]}", "", f"{rounds} round{'s' if rounds > 1 else ''}. " + table(kept["contestants"])[0]]
        lines += table(kept["contestants"])[1:]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--python", required=True)
    parser.add_argument("--jax", default=os.environ.get("IMF_JAX"))
    parser.add_argument("--torch", default=os.environ.get("IMF_TORCH"))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--works", default=",".join(WORKS))
    parser.add_argument("--raw", required=True, help="file of JSON lines, one a work; works that are not measured stay")
    args = parser.parse_args()
    kept = {}
    if os.path.exists(args.raw):
        with open(args.raw, encoding="utf-8") as file:
            kept = {line["work"]: line for line in map(json.loads, file)}
    for work in args.works.split(","):
        kept[work] = compare(args, work)
        with open(args.raw, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(one) + "\n" for one in kept.values())
    print(page([kept[work] for work in WORKS if work in kept]), end="")


if __name__ == "__main__":
    main()
