# SPDX-License-Identifier: MIT
"""Models and trainers on another device than the CPU, where there is one."""

import os
import pickle

import numpy as np
import pytest

import meanflow as mf


def there() -> bool:
    """Whether there is OpenCL. It says so where there is none, and fails where MF_TESTS_WANT_OPENCL is set."""
    if "opencl:0" in [one["name"] for one in mf.devices()]:
        return True
    assert "MF_TESTS_WANT_OPENCL" not in os.environ, "no OpenCL device is installed here (Debian: pocl-opencl-icd)"
    print("not run: no OpenCL device is installed here (Debian: pocl-opencl-icd)")
    return False


def test_the_cpu_comes_first_and_what_is_not_there_is_refused(point_run):
    first = mf.devices()[0]
    assert first["name"] == "cpu" and first["memory"] == 0 and "cores" in first["about"]
    for call in (
        lambda: mf.load(point_run, device="gpu"),
        lambda: mf.Trainer("toy/imf", device="gpu"),
        lambda: mf.Trainer.resume(point_run, device="gpu"),
        lambda: mf.verify(point_run, device="gpu"),
    ):
        with pytest.raises(ValueError, match="there is no device 'gpu'"):
            call()
    assert mf.load(point_run).device == "cpu"


def test_a_model_there_computes_what_the_cpu_computes(point_run, image_run):
    if not there():
        return
    random = np.random.default_rng(3)
    for run, labels in ((point_run, None), (image_run, [0, 2])):
        here, far = mf.load(run, threads=2), mf.load(run, threads=2, device="opencl")
        assert far.device == far.about["device"] == "opencl:0"
        z = random.standard_normal((3, *here.sample_shape), dtype=np.float32)
        r, t = [0.0, 0.2, 0.4], [1.0, 0.9, 0.4]
        for ask in (
            lambda m: m.u(z, r, t, labels=labels),
            lambda m: m.v(z, t, labels=labels),
            lambda m: m.jvp(z, r, t, labels=labels)[1],
            lambda m: m.jvp(z, r, t, tangent=z, labels=labels)[1],
            lambda m: m.sample(5, steps=2, labels=labels),
        ):
            expected = np.asarray(ask(here))
            np.testing.assert_allclose(np.asarray(ask(far)), expected, atol=1e-4 * max(1, np.abs(expected).max()))
        again = pickle.loads(pickle.dumps(far))
        assert again.device == "opencl:0"
        np.testing.assert_array_equal(again.sample(2), far.sample(2))


def test_a_run_goes_on_on_another_device(tmp_path):
    if not there():
        return
    keys = dict(model__width=16, train__batch=64, train__steps=4, threads=2)
    with mf.Trainer("toy/imf", device="opencl", **keys) as far:
        far.step()
        far.step()
        far.save(tmp_path / "run")
        assert far.device == far.model.device == "opencl:0"
        losses = [report.loss for report in far]
    with mf.Trainer.resume(tmp_path / "run", threads=2) as here:
        assert here.device == "cpu"
        np.testing.assert_allclose([report.loss for report in here], losses, rtol=1e-4)
