# SPDX-License-Identifier: MIT
import math
import pickle
import warnings

import numpy as np
import pytest

import meanflow as mf


def weights(run):
    """Every tensor of the newest checkpoint of a run, as bytes."""
    files = sorted((run / "checkpoints").glob("step_*.safetensors"), key=lambda p: int(p.stem[5:]))
    raw = files[-1].read_bytes()
    return raw[8 + int.from_bytes(raw[:8], "little") :]


def test_steps_are_reported(pictures, small):
    trainer = mf.Trainer("toy/imf", data=pictures, **small)
    assert len(trainer) == 4 and "0 of 4" in repr(trainer)
    reports = list(trainer)
    assert [r.step for r in reports] == [1, 2, 3, 4]
    for report in reports:
        assert math.isfinite(report.loss) and report.norm > 0 and set(report.parts) == {"u", "v", "jvp"}
        assert not report.skipped and f"step={report.step}" in repr(report)
    assert [r.loss for r in trainer.history] == [r.loss for r in reports]
    assert len(trainer) == 0 and list(trainer) == []
    with pytest.raises(ValueError, match="done"):
        trainer.step()
    assert trainer.model.sample(2).shape == (2, 8, 8, 3)
    assert "<svg" in trainer._repr_html_()
    assert trainer.settings["train.batch"] == "4" and trainer.sample_shape == (8, 8, 3)
    with pytest.raises(TypeError, match="save"):
        pickle.dumps(trainer)
    with pytest.raises(TypeError, match="save"):
        pickle.dumps(trainer.model)


def test_the_same_run_has_the_same_bits_from_bytes_floats_and_parts(pictures, small, tmp_path):
    images, labels = pictures
    for name, data in {
        "bytes": (images, labels),
        "floats": (images.astype(np.float32) / np.float32(127.5) - np.float32(1), labels.tolist()),
        "wide": (images[:, ::-1, :, ::-1][:, ::-1, :, ::-1], labels.astype(np.uint8)),
    }.items():
        with mf.Trainer("toy/imf", data=data, threads=2, **small) as trainer:
            for _ in trainer:
                pass
            trainer.save(tmp_path / name)
    assert weights(tmp_path / "bytes") == weights(tmp_path / "floats") == weights(tmp_path / "wide")
    # Stopped, saved and gone on with: the same.
    with mf.Trainer("toy/imf", data=pictures, threads=2, **small) as trainer:
        trainer.step()
        trainer.step()
        trainer.save(tmp_path / "parts")
    images = images.copy()
    images[3, 2, 1, 0] ^= 1
    with pytest.raises(ValueError, match="changed"):
        mf.Trainer.resume(tmp_path / "parts", data=(images, labels))
    with pytest.raises(ValueError, match="again"):
        mf.Trainer.resume(tmp_path / "parts")
    with mf.Trainer.resume(tmp_path / "parts", data=pictures, threads=2) as trainer:
        assert trainer.steps_done == 2
        assert [r.step for r in trainer] == [3, 4]
        trainer.save(tmp_path / "parts")
    assert weights(tmp_path / "parts") == weights(tmp_path / "bytes")
    metrics = (tmp_path / "parts" / "metrics.jsonl").read_text().splitlines()
    assert [line.split(",")[0] for line in metrics] == [f'{{"step": {n}' for n in (1, 2, 3, 4)]


def test_points_are_learnt(tmp_path):
    points = np.random.default_rng(0).normal(size=(100, 2))
    trainer = mf.Trainer("toy/mf", data=points, train__steps=2, train__batch=32, model__width=16)
    list(trainer)
    trainer.save(tmp_path / "run")
    trainer.close()
    assert mf.load(tmp_path / "run").sample(4).shape == (4, 2)
    with pytest.raises(mf.Error):
        mf.figure(tmp_path / "run", "cloud", out=tmp_path)


def test_runs_are_not_written_over(pictures, small, tmp_path):
    trainer = mf.Trainer("toy/imf", data=pictures, **small)
    trainer.step()
    path = trainer.save(tmp_path / "run")
    assert path.exists() and path.name == "step_1.safetensors"
    trainer.step()
    assert trainer.save(str(tmp_path / "run")).name == "step_2.safetensors"
    with pytest.raises(ValueError, match="run"):
        mf.Trainer("toy/imf", data=pictures, **small).save(tmp_path / "run")
    with pytest.raises(mf.Error, match="use|process"):
        mf.Trainer.resume(tmp_path / "run", data=pictures)
    trainer.close()
    mf.Trainer.resume(tmp_path / "run", data=pictures)


@pytest.mark.parametrize(
    "keys",
    [
        dict(train__step=3), dict(train__steps="many"), dict(train__steps=1.5), dict(data__name="moons"), dict(model__name="none"),
        dict(train__steps=None), dict(optim__lr={}), dict(precision="f16"), dict(data__path="/"),
    ],
)  # fmt: skip
def test_keys_that_cannot_be_are_value_errors(pictures, keys):
    with pytest.raises(ValueError):
        mf.Trainer("toy/imf", data=pictures, **keys)


def test_data_that_cannot_be_are_value_errors(pictures, small):
    images, labels = pictures
    for data in (
        images[0, 0, 0], images.astype(np.int32), images.astype(np.float32), (images, labels[1:]), (images, labels - 1),
        (images, labels.astype(float)), (images, labels, ["one"]), (images.astype(bool), labels), np.zeros((5, 3)),
        np.zeros((0, 8, 8, 3), np.uint8), np.full((2, 2), np.nan), "pictures", {"a": 1}, (np.zeros((4, 2)), [0, 1, 0, 1]),
    ):  # fmt: skip
        with pytest.raises(ValueError):
            mf.Trainer("toy/imf", data=data, **small)
    with pytest.raises(FileNotFoundError):
        mf.Trainer("no/such/config")
    with pytest.raises(ValueError, match="memory"):
        mf.Trainer("toy/imf", data__name="arrays")


def test_what_has_no_effect_is_said():
    with pytest.warns(UserWarning, match="save.every"):
        mf.Trainer("toy/imf", save__every=5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mf.Trainer("toy/imf", train__steps=2)
    assert "toy/imf" in mf.configs()


def test_grey_pictures_may_lack_their_channel():
    grey = np.zeros((8, 8, 8), np.uint8)
    assert mf.Trainer("toy/imf", data=grey, model__name="mit", model__size="T", model__patch=4).sample_shape == (8, 8, 1)
