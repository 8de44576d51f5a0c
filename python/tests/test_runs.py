# SPDX-License-Identifier: MIT
import shutil
from pathlib import Path

import numpy as np
import pytest

import meanflow as mf

GOLDEN = Path(__file__).parents[2] / "tests" / "data"


def test_figures_of_points_and_pictures(point_run, image_run, tmp_path):
    if shutil.which("gnuplot") is None:
        with pytest.raises(mf.Error, match="gnuplot"):
            mf.figure(point_run, "loss", out=tmp_path)
        return
    files = mf.figure({"mine": point_run, "again": point_run}, "losses", out=tmp_path, formats=["png"])
    assert [f.name for f in files] == ["losses.png"] and files._repr_png_().startswith(b"\x89PNG")
    files = mf.figure(image_run, "guidance", out=tmp_path, omega=[1, 2], intervals=[(0, 1), (0.2, 0.8)], count=2)
    assert [f.name for f in files] == ["guidance.png"]


def test_figures_that_do_not_fit(point_run, image_run, tmp_path, monkeypatch):
    for run, name in ((point_run, "guidance"), (image_run, "cloud"), (point_run, "lossy"), ([], "loss")):
        with pytest.raises(ValueError):
            mf.figure(run, name, out=tmp_path)
    with pytest.raises(FileNotFoundError):
        mf.figure(tmp_path / "none", "loss", out=tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(mf.Error, match="gnuplot is not installed") as caught:
        mf.figure(point_run, "loss", out=tmp_path)
    assert "gnuplot" in caught.value.hint
    assert "guidance" in mf.figure_names()


def test_golden_vectors(tmp_path):
    cases = mf.verify(GOLDEN / "toy_small.safetensors")
    assert len(cases) == 1 and cases[0].passed and cases[0].error <= cases[0].tolerance
    with pytest.raises(FileNotFoundError):
        mf.verify(tmp_path / "none")
    with pytest.raises(mf.Error):
        mf.verify(tmp_path)


def test_metrics():
    random = np.random.default_rng(0)
    a, b = random.normal(size=(200, 5)), random.normal(size=(300, 5)) + 1
    m = mf.metrics
    assert m.fid(a, a) == pytest.approx(0, abs=1e-6)
    mean, covariance = np.mean(a, 0), np.cov(a.T)
    assert m.fid(a, b) == pytest.approx(m.fid((mean, covariance), b), rel=1e-6)
    # The distance by its formula, where it has a simple one.
    assert m.fid((np.zeros(2), np.eye(2)), (np.ones(2), 4 * np.eye(2))) == pytest.approx(2 + 2 + 8 - 8)
    assert m.kid(a, b) > 0.5 > abs(m.kid(a[:100], a[100:]))
    found = m.precision_recall(a, a + 1e-6)
    assert found.precision == 1 and found.recall == 1 and m.precision_recall(a, a + 100) == (0, 0)
    logits = 100 * np.eye(4)[np.arange(40) % 4]
    assert m.inception_score(logits, parts=1).mean == pytest.approx(4, rel=1e-3)
    assert m.sliced_wasserstein(a[:, :2], a[:, :2]) == 0
    assert m.energy_distance(a, b) > 0.5 and m.mmd2(a, b) > 0.1 and m.mmd2(a, b, sigma=2) > 0.1
    for bad in (a[:, :4], a[0], a[:1], np.full((3, 5), np.nan)):
        with pytest.raises((ValueError, mf.Error)):
            m.fid(a, bad)
    with pytest.raises(FileNotFoundError):
        m.fid("none.npz", a)
    with pytest.raises(FileNotFoundError):
        m.Judge("none")


def test_statistics_of_a_file(tmp_path):
    a = np.random.default_rng(0).normal(size=(50, 3))
    np.savez(tmp_path / "s.npz", mu=a.mean(0), sigma=np.cov(a.T))
    assert mf.metrics.fid(tmp_path / "s.npz", a) == pytest.approx(0, abs=1e-6)
