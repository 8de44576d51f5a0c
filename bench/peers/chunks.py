# SPDX-License-Identifier: MIT
"""How a peer lets itself be measured: it makes itself ready, says so, and then times one chunk of steps for every
line that it reads. Between chunks it sleeps, so that several peers can take turns on the same quiet machine."""
import json
import resource
import sys
import time


def say(**fields):
    print(json.dumps(fields), flush=True)


def serve(version, chunk):
    """`chunk()` runs some steps to their end and returns (milliseconds of each timing, final loss)."""
    began = time.perf_counter()
    chunk()
    say(ready=True, version=version, first_s=round(time.perf_counter() - began, 2))
    for _ in sys.stdin:
        cpu, wall = time.process_time(), time.perf_counter()
        ms, loss = chunk()
        say(ms=[round(one, 4) for one in ms], loss=loss,
            wall_s=time.perf_counter() - wall, cpu_s=time.process_time() - cpu,
            rss_mib=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1))


def timed(call, repeats, steps_a_call=1):
    """Milliseconds a step of each of `repeats` calls, and what the last call returned."""
    ms = []
    for _ in range(repeats):
        began = time.perf_counter()
        result = call()
        ms.append((time.perf_counter() - began) * 1e3 / steps_a_call)
    return ms, result
