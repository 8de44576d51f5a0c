# SPDX-License-Identifier: MIT
"""Times the networks around latents, ours and PyTorch's, in turns and prints the page bench/latents.md. Standard library
only. Called by bench/latents.sh, which says what the words on the command line mean."""
import argparse
import datetime
import json
import os
import pathlib
import subprocess
import sys

from contestants import Program, Script
from turns import processor, take_turns

WORKS = {
    "vae_decode": ("Autoencoder of latent diffusion: one latent 32x32x4 to a picture 256x256", ["vae", "decode"]),
    "vae_encode": ("The same: one picture 256x256 to the moments of its latent", ["vae", "encode"]),
    "inception_features": ("Inception-v3 of the FID: 16 pictures 299x299 to features", ["inception"]),
}
PICTURES = {
    "picture_b2": ("One picture 256x256 from noise in one step: iMF-B/2 and the autoencoder, batch 1", "B", "bench/b2"),
    "picture_xl2": ("The same with iMF-XL/2", "XL", "imagenet256/imf_xl2"),
}
PEERS = [("f32", "compile"), ("f32", "eager"), ("bf16", "eager")]


def last_json(words):
    result = subprocess.run(words, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"latents.py: {' '.join(words)} failed:\n{result.stderr[-2000:]}")
    return json.loads(result.stdout.strip().splitlines()[-1])


def ours(args, work, precision):
    got = last_json([args.program, "bench", *WORKS[work][1], "--precision", precision, "--repeat", "4", "--json"])
    return {"ms": got["ms"]["min"], "mib": got["rss_mib"], "gflop": got["gflop"], "peak": got["peak_gflops"],
            "plan": got["plan_mib"], "prepare": got["prepare_ms"]}


def peer(args, work, precision, how):
    script = pathlib.Path(__file__).with_name("latents_torch.py")
    return last_json([args.python, str(script), work, precision, how, "4"])


def take_latent_turns(args, work):
    contestants = {("meanflow.cpp", "f32"): lambda: ours(args, work, "f32"), ("meanflow.cpp", "bf16"): lambda: ours(args, work, "bf16")}
    if args.python:
        for precision, how in PEERS:
            contestants[(f"PyTorch, {how}", precision)] = lambda precision=precision, how=how: peer(args, work, precision, how)
    turns = {}
    for i in range(args.runs):
        for key, run in contestants.items():
            turns.setdefault(key, []).append(run())
            print(f"{work} {i + 1}/{args.runs}: {turns[key][-1]['ms']:.0f} ms  {', '.join(key)}", file=sys.stderr)
    return turns


def table(turns):
    best = {key: min(turn["ms"] for turn in all_turns) for key, all_turns in turns.items()}
    own = turns[("meanflow.cpp", "f32")]
    gflop = own[0]["gflop"]
    peaks = {key[1]: max(turn["peak"] for turn in all_turns) for key, all_turns in turns.items() if key[0] == "meanflow.cpp"}
    peers = {precision: min((ms for (name, p), ms in best.items() if p == precision and name != "meanflow.cpp"), default=None)
             for precision in ("f32", "bf16")}
    lines = ["| | precision | ms | of PyTorch f32 at its best | of PyTorch bf16 | GFLOP/s by the definition | of the f32 ceiling | MiB |",
             "|---|---|---|---|---|---|---|---|"]
    for (name, precision), ms in best.items():
        ratio = lambda other: "-" if other is None else f"{ms / other:.2f}"
        rate = gflop / ms * 1e3
        mib = min(turn["mib"] for turn in turns[(name, precision)])
        lines.append(f"| {name} | {precision} | {ms:.0f} | {ratio(peers['f32'])} | {ratio(peers['bf16'])} | {rate:.0f} | {rate / peaks['f32']:.2f} | {mib:.0f} |")
    lines += ["", f"{gflop:.0f} GFLOP by the definition; GEMM measured in the same turns: {peaks['f32']:.0f} GFLOP/s f32. "
              f"Weights made ready in {own[0]['prepare']:.0f} ms, pictures on their way take {own[0]['plan']:.0f} MiB."]
    return lines


def pictures(args, work):
    """The lines of one picture from noise, networks one after the other, and the versions of the peers."""
    _, size, config = PICTURES[work]
    samples = [Program("meanflow.cpp", "bf16", [args.program, "bench", "sample", config, "--batch", "1", "--precision", "bf16",
                                                "--repeat", "8", "--seconds", "6", "--json"])]
    if args.python and os.environ.get("IMF_TORCH"):
        samples.append(Script("PyTorch, eager", "bf16", [args.python, "images_torch.py", "sample", "1", "bf16", size]))
    turns, versions = take_turns(samples, args.runs, work)
    decodes = {one.name: [ours(args, "vae_decode", "bf16") if one.name == "meanflow.cpp" else peer(args, "vae_decode", "bf16", "eager")
                          for _ in range(args.runs)] for one in samples}
    rows = [(one, min(t["ms"] for t in turns[one]), min(t["ms"] for t in decodes[one.name])) for one in samples]
    lines = ["| | precision | network, ms | decoding, ms | both | of PyTorch | MiB of the network's process |", "|---|---|---|---|---|---|---|"]
    for one, network, decode in rows:
        ratio = "-" if len(rows) == 1 else f"{(network + decode) / sum(rows[-1][1:]):.2f} (network {network / rows[-1][1]:.2f})"
        lines.append(f"| {one.name} | {one.precision} | {network:.0f} | {decode:.0f} | {network + decode:.0f} | {ratio} |"
                     f" {max(t['rss_mib'] for t in turns[one]):.0f} |")
    own = turns[samples[0]]
    share = max(t["gflop"] / t["ms"] * 1e3 / t["peak_gflops"] for t in own)
    lines += ["", f"Network: {own[0]['gflop']:.0f} GFLOP, {100 * share:.0f} % of the bf16 ceiling measured in the same turn."]
    return lines, versions[1:]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--python")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--works", default=",".join([*WORKS, *PICTURES]))
    args = parser.parse_args()
    pages, versions = [], set()
    for work in args.works.split(","):
        if work in PICTURES:
            lines, more = pictures(args, work)
            versions |= set(more)
            pages += ["", f"## {PICTURES[work][0]}", "", *lines]
            continue
        turns = take_latent_turns(args, work)
        versions |= {turn["version"] for all_turns in turns.values() for turn in all_turns if "version" in turn}
        pages += ["", f"## {WORKS[work][0]}", "", *table(turns)]
    print("# Latents and features, beside PyTorch\n\nThe autoencoder and the FID network at their published sizes with random weights: the time does not depend on them. "
          "Contestants take turns, each turn is a process of its own; what counts is the fastest run of all turns. "
          "PyTorch reads pictures channels-last, which is the faster order.\n\n"
          f"Measured {datetime.date.today()} by\n\n    bench/latents.sh{' --torch DIR' if os.environ.get('IMF_TORCH') else ''} --runs {args.runs}\n\n"
          f"on {len(os.sched_getaffinity(0))} cores of {processor()}; {', '.join(sorted(versions)) or 'no peer'}.")
    print(NOTES)
    print("\n".join(pages).lstrip("\n"))


NOTES = """
The ceiling is a large f32 matrix product by oneDNN on all cores. A direct convolution cannot pass 1.00 of it; ours do, because 3x3, 5x5, 1x7 and 7x1 kernels of stride 1 are kept transformed (Winograd: `src/ops/cpu/winograd.hpp`) and make a quarter to four sevenths of the products, those behind a nearest up-sampling one sixth. They compute in f32 whatever the precision is: under bf16 only what they read is halved, and other products read bf16. Against the golden vectors in double precision pictures differ by 1.1e-5 at most (relative to the largest number), features by 5e-6.
"""

if __name__ == "__main__":
    main()
