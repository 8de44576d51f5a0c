# SPDX-License-Identifier: MIT
"""Whatever holds numbers is taken."""

import numpy as np
import pytest

import meanflow as mf


class Dlpack:
    """As a framework has it: no NumPy array, but its memory can be read."""

    def __init__(self, array):
        self.array = array

    def __dlpack__(self, **kwargs):
        return self.array.__dlpack__(**kwargs)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


class Elsewhere:
    """On another device."""

    def __dlpack__(self, **kwargs):
        raise BufferError("on a GPU")

    def __dlpack_device__(self):
        return (2, 0)


class HasArray:
    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return self.array if dtype is None else self.array.astype(dtype)


def test_all_forms_of_the_same_numbers_give_the_same(point_run):
    model = mf.load(point_run)
    z = np.random.default_rng(2).normal(size=(6, 2)).astype(np.float32)
    expected = model.u(z, 0.0, 1.0)
    wide = np.zeros((6, 4), np.float32)
    wide[:, ::2] = z
    frozen = z.copy()
    frozen.flags.writeable = False
    for form in (
        z.astype(np.float64), np.asfortranarray(z), wide[:, ::2], z[::-1][::-1], z.tolist(), Dlpack(z), HasArray(z),
        frozen, np.ma.array(z), z.astype(">f4"),
    ):  # fmt: skip
        assert np.array_equal(model.u(form, 0.0, 1.0), expected), type(form)
    with pytest.raises(ValueError, match="GPU"):
        model.u(Elsewhere(), 0.0, 1.0)
    with pytest.raises(ValueError, match="expected"):
        model.u({"a": 1}, 0.0, 1.0)


def test_half_precision_and_integers_are_widened(point_run):
    model = mf.load(point_run)
    z = np.array([[1, 2], [0, -1]])
    expected = model.u(z.astype(np.float32), 0, 1)
    assert np.array_equal(model.u(z.astype(np.float16), 0, 1), expected)
    assert np.array_equal(model.u(z, 0, 1), expected)


def test_pictures_become_bytes():
    x = np.array([-2, -1, 0, 1, 2, np.nan], np.float32).reshape(1, 2, 3)
    assert mf.to_images(x).reshape(-1).tolist() == [0, 0, 128, 255, 255, 0]
    assert mf.to_images(x.astype(np.float64)).shape == x.shape
    pictures = np.zeros((2, 3, 4, 1), np.uint8)
    assert mf.to_images(pictures) is pictures or np.array_equal(mf.to_images(pictures), pictures)
    with pytest.raises(ValueError):
        mf.to_images(np.zeros(3))
    assert mf.sheet(np.zeros((2, 3, 4, 1), np.float32), zoom=1).startswith(b"\x89PNG")
    with pytest.raises(ValueError):
        mf.sheet(np.zeros((2, 3, 4, 2), np.float32))
