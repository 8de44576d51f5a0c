# SPDX-License-Identifier: MIT
"""Pictures of numbers, for the eye."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _meanflow
from ._arrays import as_array, as_floats, whole
from .errors import UsageError

__all__ = ["Samples", "sheet", "to_images"]


def to_images(x: Any) -> np.ndarray:
    """Bytes of pictures: uint8 of the same shape, 0 for -1 and 255 for 1, nearest; beyond is cut, NaN is black.

    x: floats (..., H, W, C) on [-1, 1], or bytes, which stay as they are.
    """
    raw = as_array(x, "x")
    if raw.ndim < 3:
        raise UsageError(f"x has shape {raw.shape}, expected pictures (..., H, W, C)")
    if raw.dtype == np.uint8:
        return raw
    if raw.dtype.kind in "iu":
        raise UsageError(f"x has numbers of type {raw.dtype}", "pictures are bytes (uint8), or floats on [-1, 1]")
    values = as_floats(raw, "x")
    out = np.empty(values.shape, np.uint8)
    _meanflow.to_bytes(values.reshape(-1), out.reshape(-1))
    return out


def bytes_of(x: np.ndarray, name: str) -> np.ndarray:
    """The bytes of floats on [-1, 1]; numbers that can hardly be pictures are a ValueError."""
    if x.dtype.kind == "V":
        x = as_floats(x, name)  # bfloat16 of JAX, or what this refuses
    if x.dtype.kind != "f" or not np.isfinite(x).all() or np.abs(x).max() > 30:
        what = f"from {x.min()} to {x.max()}" if x.dtype.kind in "fiu" else "of no such type"
        raise UsageError(f"{name} hold numbers of type {x.dtype}, {what}", "they are bytes (uint8), or floats on [-1, 1]")
    return to_images(x)


def sheet(x: Any, columns: int = 0, zoom: int = 0, text: dict[str, str] | None = None) -> bytes:
    """Many pictures as one PNG.

    x: (N, H, W, C) floats on [-1, 1] or bytes, C 1 or 3. ``columns`` 0: nearly square; ``zoom``: side of a pixel, 0: as
    looks good. ``text``: words that the file carries.
    """
    raw = as_array(x, "x")
    values = as_floats(raw, "x")
    if raw.dtype == np.uint8:
        values = values / np.float32(127.5) - np.float32(1)
    if values.ndim != 4 or values.shape[0] == 0:
        raise UsageError(f"x has shape {values.shape}, expected pictures (N, H, W, C)")
    columns, zoom = whole(columns, "columns", 0, 10_000), whole(zoom, "zoom", 0, 64)
    if columns == 0:
        columns = int(np.ceil(np.sqrt(values.shape[0])))
    return _meanflow.sheet(np.ascontiguousarray(values), columns, zoom, text or {})


def scatter(points: np.ndarray, side: int = 256) -> bytes:
    """Points in the plane as a small PNG: the darker, the denser."""
    points = points[np.isfinite(points).all(axis=1)]
    half = max(float(np.abs(points).max()) if len(points) else 1.0, 1e-6) * 1.05
    counts, _, _ = np.histogram2d(-points[:, 1], points[:, 0], bins=side, range=[[-half, half]] * 2)
    shade = np.minimum(counts / max(1.0, float(np.percentile(counts[counts > 0], 90)) if (counts > 0).any() else 1.0), 1)
    return _meanflow.sheet((1 - 2 * shade).astype(np.float32).reshape(1, side, side, 1), 1, 1, {})


class Samples(np.ndarray):
    """What a model drew: a NumPy array that shows itself in a notebook (pictures as a sheet, points as a cloud)."""

    def _repr_png_(self) -> bytes | None:
        x = np.asarray(self)
        if x.dtype.kind != "f" or x.size == 0:
            return None
        if x.ndim == 4 and x.shape[3] in (1, 3):
            return sheet(x[:100])
        if x.ndim == 2 and x.shape[1] == 2:
            return scatter(x)
        return None
