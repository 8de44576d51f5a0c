# SPDX-License-Identifier: MIT
"""Those who take turns: our program, a new process each time, and the peers' scripts, which stay and wait."""
import json
import os
import resource
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Program:
    """One of our bench commands, a new process each turn."""

    def __init__(self, name, precision, command):
        self.name, self.precision, self.command = name, precision, command

    def start(self):
        words = [self.command[0], "--version"]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()

    def measure(self):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        answer = json.loads(subprocess.run(self.command, capture_output=True, text=True, check=True).stdout)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        row = answer["rows"][0] if "rows" in answer else answer  # bench sample has a row a batch, bench step is one
        return {"ms": row["ms"]["median"], "rss_mib": answer["rss_mib"], "gflop": row["gflop"],
                "peak_gflops": answer["peak_gflops"], "allocations": answer.get("allocations_per_step"),
                "wall_s": time.perf_counter() - began,
                "cpu_s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}

    def stop(self):
        pass


class Ours(Program):
    """Our step of a configuration of configs/toy."""

    def __init__(self, program, objective, precision, by_layers, arguments):
        command = [program, "bench", "step", f"configs/toy/{objective}.yaml", f"precision={precision}", "--json"]
        command += ["train.lanes=1", "train.tile=0"] if by_layers else []
        super().__init__("meanflow.cpp, " + ("layer by layer" if by_layers else "tiles in cache"), precision,
                         command + arguments)


class Script:
    """A peer's script (chunks.py), which stays and times one chunk of work a turn. command: Python, script, words."""

    def __init__(self, name, precision, command):
        self.name, self.precision = name, precision
        self.command = [command[0], os.path.join(HERE, command[1]), *command[2:]]

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


class Peer(Script):
    """A peer's step of the checkerboard tutorial."""

    def __init__(self, name, python, script, objective, mode):
        super().__init__(name, "f32", [python, script, objective, mode])
