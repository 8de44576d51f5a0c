# SPDX-License-Identifier: MIT
"""What is said names arguments and functions of Python, never options of the command line."""

import pytest
from small_files import write_vae

import meanflow as mf


def words_of(error):
    return f"{error.message} | {error.hint}"


@pytest.mark.parametrize(
    "asked, words",
    [
        (dict(labels=["cat"]), "labels: this model has no classes"),
        (dict(omega=3), "omega=3"),
        (dict(interval=(0.2, 0.8)), "interval"),
        (dict(times=[0.5, 0]), "times"),
        (dict(as_published=True), "leave as_published out"),
    ],
)
def test_points(point_run, asked, words):
    with pytest.raises(ValueError) as caught:
        mf.load(point_run).sample(2, **asked)
    assert words in words_of(caught.value) and "--" not in words_of(caught.value)


@pytest.mark.parametrize(
    "asked, words",
    [
        (dict(labels="none", omega=3), "labels=none"),
        (dict(labels=["dog"]), "labels"),
        (dict(labels=[7]), "labels"),
        (dict(omega=0), "omega"),
        (dict(labels="random,none"), "labels"),
    ],
)
def test_pictures(image_run, asked, words):
    with pytest.raises(ValueError) as caught:
        mf.load(image_run).sample(2, **asked)
    assert words in words_of(caught.value) and "--" not in words_of(caught.value)


def test_files_and_folders(point_run, image_run, tmp_path):
    checkpoint = next((point_run / "checkpoints").glob("step_*.safetensors"))
    vae = write_vae(tmp_path / "vae.safetensors")
    trainer = mf.Trainer("toy/fm", train__batch=16, train__steps=1, model__width=16)
    calls = {
        "leave step out": lambda: mf.load(checkpoint, step=3),
        "leave side out": lambda: mf.load(point_run, side=8),
        "weights": lambda: mf.load(point_run, weights="ema_0.5"),
        "Trainer.resume goes on with it; another path": lambda: trainer.save(point_run),
        "choose another folder": lambda: trainer.save(tmp_path),
        "leave vae out": lambda: mf.load(image_run).attach_vae(vae),
        "take solver=euler or heun": lambda: trainer.model.sample(2, solver="average"),
        "figure has one number of steps": lambda: mf.figure(image_run, "guidance", steps=[1, 2], out=tmp_path),
    }
    for words, call in calls.items():
        with pytest.raises(ValueError) as caught:
            call()
        assert words in words_of(caught.value) and "--" not in words_of(caught.value)


def test_remarks(image_run, recwarn):
    model = mf.load(image_run)
    model.sample(2, omega=500)
    model.sample(2, labels="none")
    assert len(recwarn) > 0
    for one in recwarn:
        assert "--" not in str(one.message)


@pytest.mark.parametrize(
    "asked",
    [
        dict(count="4"), dict(count=2.5), dict(count=True), dict(count=None), dict(steps=1.5), dict(steps=10**12), dict(seed=2**70),
        dict(seed=None), dict(seed="7"), dict(first=-1), dict(first=0.5), dict(noise=[[float("nan"), 0]], count=1),
        dict(times=[1, 0.5, 0], steps=5), dict(between=(1.5, 2)), dict(between=("a", 2)),
    ],
)  # fmt: skip
def test_numbers_are_taken_as_they_are_or_not_at_all(point_run, asked):
    with pytest.raises(ValueError) as caught:
        mf.load(point_run).sample(**{"count": 3, **asked})
    assert next(iter(asked)) in words_of(caught.value)
    assert mf.load(point_run).sample(2.0).shape == (2, 2)


def test_wrong_arrays_and_options_are_value_errors(point_run, tmp_path):
    import numpy as np

    m, a = mf.metrics, np.random.default_rng(0).normal(size=(10, 3))
    calls = [
        lambda: mf.load(point_run, threads=-1), lambda: mf.load(point_run, threads=100_000), lambda: mf.load(point_run, step="last"),
        lambda: m.fid(a, a[:, :2]), lambda: m.fid(a[:1], a), lambda: m.kid(a, a[:1]), lambda: m.precision_recall(a, a, k=12),
        lambda: m.precision_recall(a, a, k=0), lambda: m.inception_score(a, parts=20), lambda: m.mmd2(a, a, sigma=0),
        lambda: m.energy_distance(a, a[:, :1]), lambda: m.sliced_wasserstein(a, a), lambda: m.kid(a * np.nan, a),
        lambda: mf.Trainer("toy/imf", data="pictures"), lambda: mf.Trainer("toy/imf", data=tmp_path),
        lambda: mf.sheet(np.zeros((1, 4, 4, 3)), columns=1.5), lambda: mf.to_images(np.zeros((2, 4, 4, 3), int)),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(ValueError) as caught:
            call()
        assert isinstance(caught.value, mf.UsageError) and "\n" not in str(caught.value)


def test_channels_that_come_first_are_told(recwarn):
    import numpy as np

    mf.Trainer("toy/imf", data=np.zeros((10, 3, 8, 8), np.uint8), model__width=8)
    assert any("channels come last" in str(one.message) for one in recwarn)
