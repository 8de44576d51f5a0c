# SPDX-License-Identifier: MIT
"""Networks from files: autoencoders of latents, the judge, the network of the FID."""

import pickle

import numpy as np
import pytest
from small_files import write_inception, write_judge, write_vae

import meanflow as mf


@pytest.fixture(scope="module")
def latent_run(tmp_path_factory):
    """A run on latents (8, 8, 4)."""
    run = tmp_path_factory.mktemp("runs") / "latents"
    latents = np.random.default_rng(0).normal(size=(12, 8, 8, 4)).astype(np.float32)
    keys = dict(model__name="mit", model__size="T", model__patch=4, model__hidden=16, model__depth=2, model__heads=2)
    with mf.Trainer("toy/imf", data=(latents, np.arange(12) % 2), threads=2, train__batch=4, train__steps=2, **keys) as trainer:
        list(trainer)
        trainer.save(run)
    return run


def test_latents_become_pictures(latent_run, tmp_path):
    vae = write_vae(tmp_path / "vae.safetensors")
    model = mf.load(latent_run)
    z = model.sample(3, seed=1)
    with pytest.raises(ValueError, match="no pictures") as caught:
        model.decode(z)
    assert "autoencoder" in caught.value.hint
    assert model.attach_vae(vae) is model
    assert "vae" in model.about["vae"]
    x = model.decode(z)
    assert x.dtype == np.uint8 and x.shape == (3, 16, 16, 3) and x.std() > 1
    assert np.array_equal(model.decode(z[1]), x[1:2])
    assert np.array_equal(mf.load(latent_run, vae=vae).decode(z), x)
    # Samples of latents are latents still.
    assert np.array_equal(model.sample(3, seed=1), z)
    # Another standardisation is another picture, and bf16 nearly the same one.
    assert not np.array_equal(mf.load(latent_run).attach_vae(vae, latents="none").decode(z), x)
    near = mf.load(latent_run).attach_vae(vae, precision="bf16").decode(z)
    assert 0 < np.abs(near.astype(int) - x).mean() < 8
    # A pickle brings the autoencoder with it.
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.decode(z), x)
    # In the place of the first one.
    other = write_vae(tmp_path / "other.safetensors", seed=1)
    assert not np.array_equal(model.attach_vae(other).decode(z), x)


def test_autoencoders_that_do_not_fit(latent_run, image_run, point_run, tmp_path):
    vae = write_vae(tmp_path / "vae.safetensors")
    model = mf.load(latent_run)
    with pytest.raises(FileNotFoundError, match="none.safetensors"):
        model.attach_vae(tmp_path / "none.safetensors")
    with pytest.raises(FileNotFoundError):
        mf.load(latent_run, vae=tmp_path / "none.safetensors")
    for wrong in (dict(latents="mine"), dict(precision="f16"), dict(memory=0), dict(memory=-1)):
        with pytest.raises(ValueError, match=str(next(iter(wrong.values())))):
            model.attach_vae(vae, **wrong)
    with pytest.raises(ValueError, match="points|shape"):
        mf.load(point_run).attach_vae(vae)
    with pytest.raises(ValueError, match="4 channels") as caught:
        mf.load(image_run).attach_vae(vae)
    assert "leave vae out" in caught.value.hint
    eight = write_vae(tmp_path / "eight.safetensors", latents=8)
    with pytest.raises(ValueError, match="8 channels"):
        model.attach_vae(eight)
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(vae.read_bytes()[:-100])
    with pytest.raises(mf.Error, match="broken"):
        model.attach_vae(broken)
    with pytest.raises(mf.Error, match="judge|autoencoder|VAE"):
        model.attach_vae(write_judge(tmp_path / "judge.safetensors"))
    # None of these left anything behind.
    with pytest.raises(ValueError, match="no pictures"):
        model.decode(model.sample(1))


def test_what_is_known_of_an_autoencoder_is_a_warning(latent_run, tmp_path):
    vae = write_vae(tmp_path / "vae.safetensors", prefix="first_stage_model.", others=["model.out", "model.time"])
    with pytest.warns(UserWarning, match="2 tensors that are not of its autoencoder"):
        model = mf.load(latent_run, vae=vae)
    assert len([line for line in model.about["remarks"] if "autoencoder" in line]) == 1


def test_a_judge_sees_pictures(tmp_path):
    judge = mf.metrics.Judge(write_judge(tmp_path / "judge.safetensors"), threads=2)
    assert judge.sample_shape == (8, 8, 3) and judge.class_names == ["cross", "disc", "pill"]
    assert judge.classes == 3 and judge.accuracy == 0.5
    assert repr(judge) == "Judge(3 classes of (8, 8, 3), accuracy 0.500)"
    bytes_ = np.random.default_rng(0).integers(0, 256, (300, 8, 8, 3), dtype=np.uint8)
    seen = judge(bytes_)
    assert seen.features.shape == (300, 16) and seen.logits.shape == (300, 3)
    assert seen.features.dtype == seen.logits.dtype == np.float32 and seen.features.std() > 0
    # What is seen of a picture does not depend on the others, and floats are what their bytes are.
    assert np.array_equal(judge(bytes_[7:9]).features, seen.features[7:9])
    assert np.array_equal(judge(bytes_ / 127.5 - 1).features, seen.features)
    assert np.array_equal(judge(bytes_[::-1]).logits, seen.logits[::-1])
    assert np.array_equal(judge(bytes_[3]).logits, seen.logits[3:4])
    assert np.array_equal(pickle.loads(pickle.dumps(judge))(bytes_[:5]).logits, seen.logits[:5])
    for bad in (bytes_[:, :4], bytes_[..., :1], bytes_[0, 0], bytes_[:0], "pictures", np.full((1, 8, 8, 3), np.nan),
                bytes_.astype(int), bytes_.astype(float)):  # fmt: skip
        with pytest.raises(ValueError):
            judge(bad)
    with pytest.raises(mf.Error, match="no judge") as caught:
        mf.metrics.Judge(write_vae(tmp_path / "vae.safetensors"))
    assert "train-classifier" in caught.value.hint


def test_the_network_of_the_fid_sees_pictures(tmp_path):
    path = write_inception(tmp_path / "inception.safetensors")
    network = mf.metrics.FidNetwork(path, threads=2)
    assert repr(network) == "FidNetwork(imf-jax)" and network.variant == "imf-jax"
    assert network.features == 48 and network.classes == 12
    bytes_ = np.random.default_rng(0).integers(0, 256, (3, 20, 12, 3), dtype=np.uint8)
    seen = network(bytes_)
    assert seen.features.shape == (3, 48) and seen.logits.shape == (3, 12) and seen.features.std() > 0
    assert np.array_equal(network(bytes_ / 127.5 - 1).features, seen.features)
    assert np.array_equal(network(bytes_[1]).features, seen.features[1:2])
    grey = network(bytes_[:2, ..., :1]).features
    assert np.array_equal(grey, network(np.repeat(bytes_[:2, ..., :1], 3, axis=3)).features)
    other = mf.metrics.FidNetwork(path, variant="adm")
    assert not np.array_equal(other(bytes_).features, seen.features)
    assert np.array_equal(pickle.loads(pickle.dumps(other))(bytes_).features, other(bytes_).features)
    with pytest.raises(ValueError, match="mine"):
        mf.metrics.FidNetwork(path, variant="mine")
    with pytest.raises(ValueError, match="f16"):
        mf.metrics.FidNetwork(path, precision="f16")
    with pytest.raises(FileNotFoundError):
        mf.metrics.FidNetwork(tmp_path / "none")
    for bad in (bytes_[..., :2], bytes_[0, 0], bytes_[:0], bytes_.astype(complex)):
        with pytest.raises(ValueError):
            network(bad)
    # The numbers of docs/python.md: a distance of features.
    assert mf.metrics.fid(seen.features, seen.features) == pytest.approx(0, abs=1e-6)
