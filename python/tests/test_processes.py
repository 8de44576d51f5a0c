# SPDX-License-Identifier: MIT
"""Forks, Ctrl-C, silence."""

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

import meanflow as mf


def draw(model):
    return np.asarray(model.sample(3000, steps=2))


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_other_processes_draw_the_same(point_run, method):
    model = mf.load(point_run, threads=2)
    expected = draw(model)
    with multiprocessing.get_context(method).Pool(2) as pool:
        for x in pool.map(draw, [model] * 4):
            assert np.array_equal(x, expected)


def in_child(work):
    """True when work() is true in a forked child."""
    child = os.fork()
    if child == 0:
        signal.alarm(30)
        try:
            os._exit(0 if work() else 1)
        finally:
            os._exit(2)
    return os.waitpid(child, 0)[1] == 0


def test_a_trainer_goes_on_after_a_fork():
    trainer = mf.Trainer("toy/imf", threads=2, train__steps=4, train__batch=64, model__width=16)
    trainer.step()
    other = mf.Trainer("toy/imf", threads=2, train__steps=4, train__batch=64, model__width=16)
    losses = [r.loss for r in other]
    assert in_child(lambda: [r.loss for r in trainer] == losses[1:])
    assert [r.loss for r in trainer] == losses[1:]


def run(code, **how):
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how)


def interrupted(code):
    """Sends Ctrl-C once the child says so; what it then prints, and the seconds that it took."""
    # Who starts tests in the background has them ignore Ctrl-C; a person's Python does not.
    child = run("import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n" + textwrap.dedent(code))
    assert child.stdout.readline() == "begun\n"
    time.sleep(0.3)
    began = time.monotonic()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 0, err
    return out, time.monotonic() - began


def test_ctrl_c_ends_a_draw_and_leaves_the_model_whole(point_run):
    out, seconds = interrupted(
        f"""
        import numpy as np, meanflow as mf
        model = mf.load({str(point_run)!r}, threads=2)
        before = model.sample(10)
        print("begun", flush=True)
        try:
            model.sample(3_000_000, steps=2000)
        except KeyboardInterrupt:
            print("ended", np.array_equal(model.sample(10), before))
        """
    )
    assert out == "ended True\n" and seconds < 5


def test_ctrl_c_comes_between_two_steps():
    out, seconds = interrupted(
        """
        import meanflow as mf
        trainer = mf.Trainer("toy/imf", threads=1, train__steps=100000, train__batch=256, model__width=16)
        print("begun", flush=True)
        try:
            for report in trainer:
                pass
        except KeyboardInterrupt:
            done = trainer.steps_done
            print("ended", done > 0, trainer.step().step == done + 1)
        """
    )
    assert out == "ended True True\n" and seconds < 5


class Alarm(Exception):
    pass


@pytest.mark.parametrize("name", ["kid", "mmd2", "energy_distance", "precision_recall", "fid", "sliced_wasserstein"])
def test_signals_end_metrics_of_many_samples(name):
    # Each of them takes seconds. A handler that raises is what Ctrl-C is, too.
    def handler(*_):
        raise Alarm

    random = np.random.default_rng(0)
    shape = {"fid": (20_000, 2048), "sliced_wasserstein": (2_000_000, 2)}.get(name, (20_000, 512))
    x = random.random(shape, dtype=np.float32)
    more = {"mmd2": {"sigma": 1.0}}.get(name, {})
    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.03)
        began = time.monotonic()
        with pytest.raises(Alarm):
            getattr(mf.metrics, name)(x, x, **more)
        assert time.monotonic() - began < 2
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    few = x[:50]
    assert np.isfinite(getattr(mf.metrics, name)(few, few, **more)).all()


def test_the_library_is_silent_and_leaves_signals_alone(point_run, tmp_path):
    code = f"""
        import signal
        before = [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)]
        import meanflow as mf
        model = mf.load({str(point_run)!r})
        model.sample(100)
        trainer = mf.Trainer("toy/imf", train__steps=2, train__batch=64, model__width=16)
        list(trainer)
        trainer.save({str(tmp_path / "run")!r})
        mf.figure({str(tmp_path / "run")!r}, "loss", formats=("svg",))
        assert before == [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)]
    """
    child = run(code)
    assert child.communicate(timeout=100) == ("", "") and child.returncode == 0


def test_importing_is_quick_and_takes_only_what_is_needed():
    # Seconds of computing: what else the machine does is not counted.
    code = """
        import sys, time
        began = time.process_time()
        import meanflow
        seconds = time.process_time() - began
        print(seconds, [m for m in ("torch", "jax", "tqdm", "IPython", "matplotlib") if m in sys.modules])
    """
    best = 9.0
    for _ in range(4):
        out = run(code).communicate(timeout=60)[0].split(" ", 1)
        assert out[1].strip() == "[]"
        best = min(best, float(out[0]))
    assert best < 0.3
