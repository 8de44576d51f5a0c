# SPDX-License-Identifier: MIT
import pickle
import threading

import numpy as np
import pytest

import meanflow as mf


def test_samples_are_what_was_asked_for(image_run):
    model = mf.load(image_run)
    x = model.sample(7, labels=[0, 1, 2], omega=4, interval=(0.3, 0.7), steps=1, seed=0)
    assert x.dtype == np.float32 and x.shape == (7, 8, 8, 3) and isinstance(x, np.ndarray)
    # The list is repeated, as on the command line.
    again = model.sample(7, labels=[0, 1, 2, 0, 1, 2, 0], omega=[4.0] * 7, interval=(0.3, 0.7))
    assert np.array_equal(x, again)
    by_name = model.sample(7, labels=["ant", "bee", "cat, big"], omega=4, interval=(0.3, 0.7))
    assert np.array_equal(x, by_name)
    # Sample i is the same whatever else is drawn.
    assert np.array_equal(model.sample(2, labels=[2, 0], omega=4, interval=(0.3, 0.7), first=2), x[2:4])
    assert not np.array_equal(model.sample(7, seed=1), model.sample(7))
    for words in ("random", "none", "balanced", 2, np.array([1, 2])):
        assert model.sample(3, labels=words).shape == (3, 8, 8, 3)
    assert mf.to_images(x).dtype == np.uint8
    assert np.array_equal(model.decode(x), mf.to_images(x))


def test_samples_between_two_noises(image_run):
    model = mf.load(image_run)
    way = model.sample(5, between=((1, 2), 9), labels=["bee"], steps=2)
    assert np.array_equal(way[0], model.sample(1, seed=1, first=2, labels=["bee"], steps=2)[0])
    assert np.array_equal(way[4], model.sample(1, seed=9, labels=["bee"], steps=2)[0])
    assert not np.array_equal(way[2], way[0]) and not np.array_equal(way[2], way[4])
    back = model.sample(5, between=[9, (1, 2)], labels=["bee"], steps=2)
    np.testing.assert_allclose(back[::-1], way, atol=1e-5)
    for bad in (dict(between=3), dict(between=(1, 2, 3)), dict(between=(1, -2)), dict(between="ab"), dict(between=((1,), 2)),
                dict(between=(0, 1), count=1), dict(between=(0, 1), noise=np.zeros((3, 8, 8, 3)))):  # fmt: skip
        with pytest.raises(ValueError):
            model.sample(**{"count": 3, **bad})


def test_files_of_all_kinds_are_loaded(image_run):
    checkpoint = next((image_run / "checkpoints").glob("step_*.safetensors"))
    a, b = mf.load(str(image_run)), mf.load(checkpoint)
    assert np.array_equal(a.sample(2), b.sample(2))
    assert a.classes == 3 and a.class_names == ["ant", "bee", "cat, big"] and a.sample_shape == (8, 8, 3)
    assert a.about["objective"] == "imf" and a.path.endswith("images")
    assert mf.load(image_run, precision="bf16", threads=1).sample(1).shape == (1, 8, 8, 3)


def test_jvp_is_the_derivative_along_the_tangent(point_run):
    model = mf.load(point_run)
    random = np.random.default_rng(1)
    z, v = random.normal(size=(5, 2)), random.normal(size=(5, 2))
    r, t, h = 0.2, np.linspace(0.4, 0.9, 5), 1e-2
    u, du = model.jvp(z, r, t, tangent=v)
    assert u.shape == du.shape == (5, 2) and u.dtype == np.float32
    difference = (model.u(z + h * v, r, t + h) - model.u(z - h * v, r, t - h)) / (2 * h)
    assert np.abs(du).max() > 1e-3
    np.testing.assert_allclose(du, difference, atol=5e-4)
    assert np.array_equal(model.u(z, r, t), u)
    own = model.v(z, t)
    assert np.array_equal(model.jvp(z, r, t)[1], model.jvp(z, r, t, tangent=own)[1])
    one, _ = model.jvp(z[0], r, t[0])
    assert np.array_equal(one[0], u[0])


def test_jvp_with_labels_and_guidance(image_run):
    model = mf.load(image_run)
    z = np.random.default_rng(0).normal(size=(3, 8, 8, 3))
    u, du = model.jvp(z, 0.0, 1.0, labels=[0, 1, 2], omega=3, interval=(0.2, 0.8))
    assert u.shape == du.shape == (3, 8, 8, 3)
    assert not np.array_equal(u, model.u(z, 0.0, 1.0, labels=[1, 1, 1], omega=3, interval=(0.2, 0.8)))


@pytest.mark.parametrize(
    "asked",
    [
        dict(count=0), dict(labels=[3]), dict(labels=["dog"]), dict(labels=[1.5]), dict(labels=[]), dict(omega=-1),
        dict(omega=[1, 2]), dict(interval=(0.7, 0.3)), dict(interval=0.5), dict(interval=(0, 2)), dict(steps=0),
        dict(solver="magic"), dict(times=[1, 0.5]), dict(noise=np.zeros((1, 8, 8, 3))), dict(noise="x"), dict(seed=-1),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_value_error(image_run, asked):
    with pytest.raises(ValueError) as caught:
        mf.load(image_run).sample(**{"count": 3, **asked})
    assert isinstance(caught.value, mf.UsageError) and isinstance(caught.value, mf.Error)
    assert "\n" not in str(caught.value)


def test_errors_are_of_the_kinds_of_python(point_run, tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        mf.load("nowhere")
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"no weights")
    with pytest.raises(mf.Error, match="broken") as caught:
        mf.load(broken)
    assert not isinstance(caught.value, (ValueError, OSError))
    with pytest.raises(ValueError, match="precision"):
        mf.load(point_run, precision="f16")
    model = mf.load(point_run)
    with pytest.raises(ValueError, match="guid|class|strength"):
        model.sample(3, omega=2)
    with pytest.raises(ValueError):
        model.decode(model.sample(3))
    for z in (np.zeros((2, 3)), np.zeros((0, 2)), np.array(["a", "b"]), np.zeros((2, 2), complex), [[np.nan, 0]]):
        with pytest.raises(ValueError):
            model.jvp(z, 0, 1)
    with pytest.raises(ValueError, match="t has"):
        model.jvp(np.zeros((2, 2)), 0, [0.1, 0.2, 0.3])
    with pytest.raises(MemoryError):
        model.sample(10**13)


def test_two_models_in_two_threads(image_run, point_run):
    models = [mf.load(image_run), mf.load(point_run)]
    alone = [model.sample(200, steps=3) for model in models]
    same = []

    def work(i):
        same.append(all(np.array_equal(models[i].sample(200, steps=3), alone[i]) for _ in range(5)))

    threads = [threading.Thread(target=work, args=(i % 2,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert same == [True] * 4


def test_a_model_is_pickled_by_its_path(image_run):
    model = mf.load(image_run, weights="online", threads=1)
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(model.sample(3), again.sample(3))
    assert again.about["weights"] == "online"


def test_a_model_closes_and_shows_itself(image_run, point_run):
    with mf.load(point_run) as model:
        assert "imf" in repr(model) and "Model(" in repr(model)
        assert "<img" in model._repr_html_()
        assert model.sample(100)._repr_png_().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="closed"):
        model.sample(1)
    assert repr(model) == "Model(closed)"
    x = mf.load(image_run).sample(5)
    assert x._repr_png_().startswith(b"\x89PNG") and mf.sheet(mf.to_images(x)) == mf.sheet(mf.to_images(x), columns=3)
    assert (x[0, 0, 0] * 2)._repr_png_() is None


def test_progress_is_told(point_run):
    told = []
    model = mf.load(point_run)
    x = model.sample(50000, progress=lambda done, everything: told.append((done, everything)))
    assert told[-1] == (50000, 50000) and sorted(told) == told and len(told) > 1
    assert np.array_equal(x, model.sample(50000))

    def fails(done, everything):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        model.sample(50000, progress=fails)
    assert np.array_equal(x, model.sample(50000))
