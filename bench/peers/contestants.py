# SPDX-License-Identifier: MIT
"""Those who take turns: our program, a new process each time, and the peers' scripts, which stay and wait."""
import json
import os
import resource
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Ours:
    def __init__(self, program, objective, precision, by_layers, arguments):
        self.precision = precision
        self.name = "meanflow.cpp, " + ("layer by layer" if by_layers else "tiles in cache")
        self.command = [program, "bench", "step", f"configs/toy/{objective}.yaml", f"precision={precision}", "--json"]
        self.command += ["train.lanes=1", "train.tile=0"] if by_layers else []
        self.command += arguments

    def start(self):
        words = [self.command[0], "--version"]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()

    def measure(self):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        answer = json.loads(subprocess.run(self.command, capture_output=True, text=True, check=True).stdout)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {"ms": answer["ms"]["median"], "rss_mib": answer["rss_mib"], "gflop": answer["gflop"],
                "peak_gflops": answer["peak_gflops"], "allocations": answer["allocations_per_step"],
                "wall_s": time.perf_counter() - began,
                "cpu_s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}

    def stop(self):
        pass


class Peer:
    precision = "f32"

    def __init__(self, name, python, script, objective, mode):
        self.name = name
        self.command = [python, os.path.join(HERE, script), objective, mode]

    def start(self):
        environment = dict(os.environ, JAX_PLATFORMS="cpu", CUDA_VISIBLE_DEVICES="", PYTHONWARNINGS="ignore")
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env=environment)
        return self.answer()["version"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            reason = self.process.stderr.read().strip().splitlines()[-1:] or ["no reason given"]
            raise SystemExit(f"compare.py: {' '.join(self.command)} ended early: {reason[0]}")
        return json.loads(line)

    def measure(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return self.answer()

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
