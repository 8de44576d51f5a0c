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
