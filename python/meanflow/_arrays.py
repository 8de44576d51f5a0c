# SPDX-License-Identifier: MIT
"""From whatever holds numbers (NumPy, PyTorch, JAX, lists) to NumPy arrays as the engine reads them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .errors import UsageError


def as_array(x: Any, name: str) -> np.ndarray:
    """The same numbers as a NumPy array, without a copy where their memory can be read as it is."""
    if isinstance(x, np.ndarray):
        return x.view(np.ndarray)
    if hasattr(x, "__dlpack__"):
        try:
            return np.from_dlpack(x)
        except (BufferError, TypeError, RuntimeError, AttributeError, ValueError) as error:
            if not hasattr(x, "__array__"):
                raise UsageError(f"{name} cannot be read: {error}", "bring it to the memory of the CPU, as NumPy knows it") from None
    try:
        out = np.asarray(x)
    except (TypeError, ValueError, RuntimeError) as error:
        raise UsageError(f"{name} is no array: {error}", "of PyTorch: x.detach().float().cpu()") from None
    if out.dtype == object:
        raise UsageError(f"{name} is {type(x).__name__}, expected an array of numbers")
    return out


def as_floats(x: Any, name: str, dtype: type = np.float32) -> np.ndarray:
    """C-contiguous floats; a copy only where type or layout differ."""
    out = as_array(x, name)
    if out.dtype.kind not in "fiu":
        if out.dtype.kind == "V" and out.dtype.name == "bfloat16":  # JAX
            return np.ascontiguousarray(out.astype(dtype))
        raise UsageError(f"{name} has numbers of type {out.dtype}, expected floats")
    return np.ascontiguousarray(out, dtype=dtype)


def as_rows(x: Any, shape: tuple[int, ...], name: str) -> np.ndarray:
    """(n, *shape) floats; a single row of that shape is taken as n = 1."""
    out = as_floats(x, name)
    if out.shape == shape:
        return out.reshape((1, *shape))
    if out.shape[1:] != shape or out.ndim != len(shape) + 1:
        raise UsageError(f"{name} has shape {out.shape}, expected (n, {', '.join(map(str, shape))})")
    if out.shape[0] == 0:
        raise UsageError(f"{name} has no rows: its shape is {out.shape}")
    return out


def as_matrix(x: Any, name: str) -> np.ndarray:
    """(n, d) floats."""
    out = as_floats(x, name)
    if out.ndim != 2:
        raise UsageError(f"{name} has shape {out.shape}, expected rows of numbers (n, d)")
    return out


def as_integers(x: Any, name: str) -> np.ndarray:
    """(n) 32-bit integers."""
    out = as_array(x, name)
    if out.ndim != 1:
        raise UsageError(f"{name} have shape {out.shape}, expected (n,)")
    if out.dtype.kind not in "iu":
        raise UsageError(f"{name} have numbers of type {out.dtype}, expected integers")
    if out.size and (out.min() < -(2**31) or out.max() >= 2**31):
        raise UsageError(f"{name} go from {out.min()} to {out.max()}, which is too far")
    return np.ascontiguousarray(out, dtype=np.int32)


def as_times(x: Any, name: str) -> np.ndarray:
    """(n) or (1) floats."""
    out = as_floats(x, name)
    if out.ndim > 1 and out.size != out.shape[0]:
        raise UsageError(f"{name} has shape {out.shape}, expected one time, or one for each row")
    return out.reshape(-1)


def number_list(x: Any, name: str) -> list[float]:
    """One number or many as a list; None: empty."""
    if x is None:
        return []
    if isinstance(x, (int, float)):
        return [float(x)]
    out = as_floats(x, name, np.float64)
    if out.ndim > 1:
        raise UsageError(f"{name} has shape {out.shape}, expected one number, or one for each sample")
    return out.reshape(-1).tolist()


def whole(x: Any, name: str, least: int = 0, most: int = 2**53) -> int:
    """A whole number of that range: nothing is rounded, and no text is read."""
    integral = isinstance(x, (float, np.floating)) and float(x).is_integer()
    if isinstance(x, (bool, np.bool_)) or not (integral or hasattr(x, "__index__")):
        raise UsageError(f"{name} is {x!r}, expected a whole number")
    out = int(x)
    if not least <= out <= most:
        range_ = f"from {least} on" if most >= 2**53 else f"from {least} to {most}"
        raise UsageError(f"{name} is {out}, expected a whole number {range_}")
    return out


def thread_count(x: Any) -> int:
    """0: all cores."""
    return whole(x, "threads", 0, 1024)


def remark(lines: list[str], stacklevel: int = 3) -> None:
    """What a person should know though nothing failed, as warnings."""
    if lines:
        import warnings

        for line in lines:
            warnings.warn(line, stacklevel=stacklevel)
