# SPDX-License-Identifier: MIT
"""Training, a step at a time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Iterator

import numpy as np

from . import _meanflow
from ._arrays import as_array, as_floats, as_integers, remark, thread_count, whole
from ._meanflow import Report
from ._notebook import bar_for, trainer_html
from .errors import UsageError, missing_files
from .model import Model

__all__ = ["Report", "Trainer", "configs"]


def configs() -> list[str]:
    """Names of the configurations that are built in: "toy/imf", "fashion/imf", ..."""
    return _meanflow.configs()


def _text(key: str, value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (list, tuple, np.ndarray)):
        return ",".join(_text(key, one) for one in value)
    if isinstance(value, (float, np.floating)):
        return repr(float(value))
    if isinstance(value, (int, np.integer, str)) or hasattr(value, "__fspath__"):
        return str(value)
    raise UsageError(f"{key} is {value!r}, expected a number, a text, true or false, or a list of them")


def _items(keys: dict[str, Any], **named: Any) -> list[tuple[str, str]]:
    """Keyword arguments as keys: train__steps is train.steps."""
    all_keys = {key: value for key, value in named.items() if value is not None}
    all_keys.update((key.replace("__", "."), value) for key, value in keys.items())
    return [(key, _text(key, value)) for key, value in all_keys.items()]


def _is_rows(x: Any) -> bool:
    return hasattr(x, "shape") or hasattr(x, "__array__") or hasattr(x, "__dlpack__")


def _arrays(data: Any) -> _meanflow.Arrays | None:
    if data is None:
        return None
    if isinstance(data, (str, os.PathLike)):
        raise UsageError(f"data is the path {os.fspath(data)!r}, expected arrays", "files go to the keys data__name and data__path")
    rows, labels, names = data, None, []
    if isinstance(data, (tuple, list)) and 1 <= len(data) <= 3 and not np.isscalar(data[0]) and _is_rows(data[0]):
        rows = data[0]
        labels = data[1] if len(data) > 1 else None
        names = [str(name) for name in data[2]] if len(data) > 2 else []
    x = as_array(rows, "data")
    if x.ndim == 3 and x.dtype.kind != "O":
        x = x[..., None]  # (N, H, W): grey pictures
    if x.ndim not in (2, 4) or (x.ndim == 2 and x.shape[1] != 2):
        raise UsageError(f"data have shape {x.shape}", "pictures are (N, H, W, C), points in the plane (N, 2)")
    if x.ndim == 4 and x.shape[1] in (1, 3) and x.shape[3] > 4:
        remark([f"data have shape {x.shape}, taken for {x.shape[3]} channels: channels come last (data.transpose(0, 2, 3, 1))"], 4)
    if labels is not None:
        labels = as_integers(labels, "labels")
    if x.dtype == np.uint8 and x.ndim == 4:
        return _meanflow.Arrays(np.ascontiguousarray(x), None, labels, names)
    if x.dtype.kind != "f" and not (x.ndim == 2 and x.dtype.kind in "iu"):
        raise UsageError(f"data have numbers of type {x.dtype}", "pictures are bytes (uint8), or floats on [-1, 1]")
    return _meanflow.Arrays(None, as_floats(x, "data"), labels, names)


class Trainer:
    """Trains a model, a step at a time.

        trainer = mf.Trainer("fashion/imf", data=(images, labels), train__steps=2000)
        for report in trainer:
            ...                      # report.loss, report.parts, report.norm
        trainer.model.sample(64)
        trainer.save("runs/mine")    # a run folder, for `meanflow` as well

    config: a YAML file, or a name of ``configs()``. data: arrays in the place of the configuration's data: pictures (N, H, W,
    C), bytes or floats on [-1, 1]; (pictures, labels) or (pictures, labels, names of the classes); or points (N, 2). They
    are copied. Every other key of a configuration is a keyword, a double underscore for the dot: optim__lr=1e-3
    (docs/keys.md lists them). threads: 0 for all cores. device: what computes, a name of ``meanflow.devices()``: "cpu", "opencl",
    "opencl:1", "cuda" (untested on hardware), or "auto" for a graphics card, if any; data are drawn by the threads all the same.

    With the same keys, seed and number of threads the weights have the same bits as those of ``meanflow train``. The GIL is
    released during a step, and Ctrl-C comes between two. ``with`` closes the run folder at the end.

    ValueError for keys, values and arrays that cannot be; FileNotFoundError when there is no such configuration or data.
    """

    def __init__(
        self,
        config: os.PathLike | str = "toy/imf",
        *,
        data: Any = None,
        threads: int = 0,
        device: str = "cpu",
        seed: int | None = None,
        precision: str | None = None,
        progress: bool | None = None,
        **keys: Any,
    ) -> None:
        name = os.fspath(config)
        items = _items(keys, seed=seed, precision=precision)
        paths = [text for key, text in items if key == "data.path"]
        known = [] if name in configs() else [name]
        with missing_files(*known, *paths):
            self._engine = _meanflow.start(name, items, thread_count(threads), device, _arrays(data))
        self._progress = progress
        remark(self._engine.remarks)

    @classmethod
    def resume(
        cls,
        run: os.PathLike | str,
        *,
        data: Any = None,
        step: int | None = None,
        threads: int = 0,
        device: str = "cpu",
        progress: bool | None = None,
        **keys: Any,
    ) -> Trainer:
        """Goes on with a run folder, bit for bit as if it had not stopped; step: from which checkpoint, None: the newest.
        A checkpoint does not know on which device it was made: on another one the numbers are the same within rounding.

        A run that learnt from arrays wants the same ones again: others are refused with a ValueError.
        """
        out = cls.__new__(cls)
        run = os.fspath(run)
        with missing_files(run):
            out._engine = _meanflow.resume(run, _items(keys), thread_count(threads), device, _arrays(data), -1 if step is None else whole(step, "step"))
        out._progress = progress
        remark(out._engine.remarks)
        return out

    def step(self) -> Report:
        """Makes one step. ValueError when all are done."""
        return self._engine.step()

    def __iter__(self) -> Iterator[Report]:
        """Reports of the steps that are left, as they are made."""
        bar = bar_for(self._progress, self.steps_planned, "steps", self.steps_done)
        try:
            while self._engine.done < self._engine.planned:
                report = self._engine.step()
                if bar is not None:
                    bar.update(1)
                    bar.set_postfix_str(f"loss {report.loss:.4g}", refresh=False)
                yield report
        finally:
            if bar is not None:
                bar.close()

    def __len__(self) -> int:
        """Steps that are left."""
        return self._engine.planned - self._engine.done

    @property
    def steps_done(self) -> int:
        return self._engine.done

    @property
    def steps_planned(self) -> int:
        return self._engine.planned

    @property
    def device(self) -> str:
        """What computes: "cpu", "opencl:0"."""
        return self._engine.device

    @property
    def parameters(self) -> int:
        """Numbers of the network."""
        return self._engine.parameters

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """(H, W, C) of a picture, (2,) of a point."""
        return self._engine.sample_shape

    @property
    def settings(self) -> dict[str, str]:
        """Every key of the run and its value."""
        return dict(self._engine.settings)

    @property
    def history(self) -> list[Report]:
        """The reports of all steps that this object made."""
        return self._engine.history()

    @property
    def model(self) -> Model:
        """The network as it stands, a copy: the average of its weights, where there is one."""
        return self.model_of("ema")

    def model_of(self, weights: str = "ema", *, precision: str = "f32") -> Model:
        """The same with "online" weights, or those of a full name ("ema_0.999")."""
        return Model(self._engine.model(weights, precision), None, {})

    def save(self, path: os.PathLike | str) -> Path:
        """Saves a checkpoint to a run folder and returns its path.

        The folder is new, or one that this trainer saved to before or was resumed from; other runs are not touched
        (ValueError). ``meanflow sample``, ``eval``, ``plot`` and ``train --resume`` read it, and ``meanflow.load``.
        """
        return self._engine.save(os.fspath(path))

    def close(self) -> None:
        """Lets go of the run folder, so that others may go on with it."""
        self._engine.close()

    def __enter__(self) -> Trainer:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __reduce__(self):
        raise TypeError("a trainer is not pickled: trainer.save(path), then meanflow.Trainer.resume(path)")

    def __repr__(self) -> str:
        s = self.settings
        return (
            f"Trainer({s['model.name']}, {s['objective.name']}, data {s['data.name']} {self.sample_shape}, "
            f"{self.parameters:,} parameters, {self.steps_done} of {self.steps_planned} steps)"
        )

    def _repr_html_(self) -> str:
        return trainer_html(self)
