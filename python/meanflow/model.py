# SPDX-License-Identifier: MIT
"""A trained network."""

from __future__ import annotations

import json
import os
from typing import Any, Callable

import numpy as np

from . import _meanflow
from ._arrays import as_rows, as_times, number_list, remark, thread_count, whole
from ._conditions import guidance_words
from ._notebook import model_html, progress_for
from .errors import UsageError, missing_files
from .pictures import Samples

__all__ = ["Model", "devices", "load"]


def devices() -> list[dict[str, Any]]:
    """What is here to compute with: {"name": ..., "about": ..., "memory": bytes, "driver": ...} of each, the CPU first.

    The names are what ``load(device=)`` and ``Trainer(device=)`` take; memory 0 is the host's. Where OpenCL is missing there is
    the CPU alone, and ``load(device="opencl")`` says why.
    """
    return json.loads(_meanflow.devices())["devices"]


def load(
    path: os.PathLike | str,
    *,
    weights: str = "ema",
    step: int | None = None,
    side: int = 0,
    precision: str | None = None,
    threads: int = 0,
    device: str = "cpu",
    vae: os.PathLike | str | None = None,
) -> Model:
    """Opens a run folder, a checkpoint or a file of weights (.safetensors, .pth).

    weights: "ema" (the average, where there is one), "online" or a full name such as "ema_0.999". step: checkpoint of a
    run; None: the newest. side: height and width of a sample, for a file of weights alone; 0: what it says, or 32.
    precision: "f32", or "bf16" for operands of GEMM in bf16; None: f32, or what weights of 8 bits need. threads: 0 for all cores.
    device: where the network is and computes, a name of ``devices()``: "cpu", "opencl", "opencl:1", "cuda" (untested on
    hardware), or "auto" for a graphics card, if any. vae: weights of the autoencoder that ``decode`` uses, for models of latents; it is computed on the CPU.

    FileNotFoundError when there is no such file, ValueError for a choice that cannot be, meanflow.Error when it is damaged.
    """
    path = os.fspath(path)
    with missing_files(path):
        engine = _meanflow.open(
            path, weights, -1 if step is None else whole(step, "step"), whole(side, "side", 0, 4096), precision or "", thread_count(threads), device
        )
    recipe = {"weights": weights, "step": step, "side": side, "precision": precision, "threads": threads, "device": device}
    model = Model(engine, os.path.abspath(path), recipe)
    remark(model.about["remarks"])
    if vae is not None:
        model.attach_vae(vae)
    return model


class Model:
    """A trained network; ``meanflow.load`` opens one and ``Trainer.model`` is one.

    Safe to be used from several threads: calls to one model wait for each other, two models work at the same time. The GIL
    is released meanwhile, and Ctrl-C ends a call within a step of the sampler. After fork the child has it as well. It is
    pickled by its path. ``with`` closes it.
    """

    def __init__(self, engine: _meanflow.Model, path: str | None, recipe: dict[str, Any]) -> None:
        self._engine: _meanflow.Model | None = engine
        self._path = path
        self._recipe = recipe
        self._vae: dict[str, Any] | None = None
        self._about: dict[str, Any] | None = None
        self._shape: tuple[int, ...] = engine.sample_shape

    @property
    def _open(self) -> _meanflow.Model:
        if self._engine is None:
            raise UsageError("this model was closed", "load it again")
        return self._engine

    @property
    def about(self) -> dict[str, Any]:
        """Everything that is known of it: architecture, objective, step, classes, guidance, settings, ..."""
        if self._about is None:
            self._about = json.loads(self._open.describe())
        return self._about

    @property
    def path(self) -> str | None:
        """Where it was loaded from; None: from a trainer."""
        return self._path

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """(H, W, C) of a picture or latent, (2,) of a point."""
        return self._shape

    @property
    def device(self) -> str:
        """Where it computes: "cpu", "opencl:0"."""
        return self._open.device

    @property
    def classes(self) -> int:
        """How many classes it knows; 0: no labels."""
        return self._open.classes

    @property
    def class_names(self) -> list[str]:
        """Their names by label; empty: they have none."""
        return self.about["class_names"]

    def sample(
        self,
        count: int = 1,
        *,
        labels: Any = None,
        omega: Any = None,
        interval: Any = None,
        steps: int = 1,
        seed: int = 0,
        first: int = 0,
        noise: Any = None,
        between: Any = None,
        times: Any = None,
        solver: str = "auto",
        as_published: bool = False,
        progress: bool | Callable[[int, int], Any] | None = None,
    ) -> Samples:
        """Draws samples: float32 (count, *sample_shape), pictures on [-1, 1].

        labels: a list of class numbers or names, which is repeated until there are enough; or the words "balanced" (every
        class in turn, as None), "random", "none". omega: guidance strength, one or one for each sample; interval: (begin,
        end) of guidance, each a number or one for each sample; None: what these weights are recommended with. steps: of the
        sampler; or times, from noise to data. seed and first: sample i has the noise of number first + i, whatever else is
        drawn, so that the command line draws the same bits. noise: (count, *sample_shape) in its place. between: two noises,
        each a seed or (seed, number of a sample), with count noises on the way from one to the other, both included: (7, 8)
        or ((7, 2), (8, 0)). solver: "auto",
        "average", "euler" or "heun". progress: a function of (done, all), True for a bar of tqdm; None: a bar in
        notebooks.

        ValueError for what cannot act on this network.
        """
        count, first, seed = whole(count, "count", 1), whole(first, "first"), whole(seed, "seed")
        steps = whole(steps, "steps", 1, 1_000_000)
        if times is not None and steps != 1:
            raise UsageError("steps and times are given; one of the two", "times [1, 0.5, 0] are two steps")
        engine = self._open
        if noise is not None:
            noise = as_rows(noise, self._shape, "noise")
            if noise.shape[0] != count:
                raise UsageError(f"noise has {noise.shape[0]} rows for {count} samples")
        if between is not None:
            noise = self._noise_between(between, count, noise)
        out = np.empty((count, *self._shape), np.float32)
        with progress_for(progress, count, "samples") as tell:
            lines = engine.sample(
                out, count, guidance_words(labels, omega, interval), steps, seed, first, solver,
                number_list(times, "times"), noise, bool(as_published), tell,
            )  # fmt: skip
        if lines:
            remark(lines)
        return out.view(Samples)

    def _noise_between(self, between: Any, count: int, noise: Any) -> np.ndarray:
        if noise is not None:
            raise UsageError("noise and between are given; one of the two")
        if count < 2:
            raise UsageError(f"count is {count}, expected at least both ends of between")
        ends = []
        if isinstance(between, (tuple, list)):
            pairs = [end if isinstance(end, (tuple, list)) else (end, 0) for end in between]
            ends = [tuple(whole(number, "between") for number in pair) for pair in pairs if len(pair) == 2]
        if len(ends) != 2 or len(between) != 2:
            raise UsageError(f"between is {between!r}, expected two noises", "(7, 8), two seeds, or ((7, 2), (8, 0)), samples of them")
        return self._open.noise_between(ends[0], ends[1], count)

    def attach_vae(
        self, path: os.PathLike | str, *, latents: str = "auto", precision: str = "f32", memory: int = 4096
    ) -> Model:
        """Opens the autoencoder that ``decode`` uses, and returns the model.

        latents: how they are standardised, "auto", "imf", "sd" or "none". precision: "f32" or "bf16". memory: MiB that decoding
        one latent may take beside the weights; a larger one is decoded in tiles, which takes longer.

        FileNotFoundError when there is no such file, ValueError when the samples are no latents of it.
        """
        path = os.fspath(path)
        with missing_files(path):
            lines = self._open.attach_vae(path, latents, precision, whole(memory, "memory", 1, 1 << 24))
        remark(lines)
        self._vae = {"path": os.path.abspath(path), "latents": latents, "precision": precision, "memory": memory}
        self._about = None
        return self

    def decode(self, x: Any) -> np.ndarray:
        """Samples (n, *sample_shape) as pictures: uint8 (n, H, W, C), latents through the autoencoder.

        ValueError when samples are latents and no autoencoder is attached, or points.
        """
        return self._open.decode(as_rows(x, self._shape, "x"))

    def u(self, z: Any, r: Any, t: Any, *, labels: Any = None, omega: Any = None, interval: Any = None, seed: int = 0) -> np.ndarray:
        """The average velocity over [r, t]: float32 of the shape of z.

        z: (n, *sample_shape); r, t: one time or one for each row; labels and guidance as in ``sample``, where the strength is
        an input of the network. Networks of flow matching give the instantaneous velocity at t.
        """
        z, r, t = self._asked(z, r, t)
        return self._open.velocity(z, r, t, None, guidance_words(labels, omega, interval), whole(seed, "seed"), False)[0]

    def v(self, z: Any, t: Any, *, labels: Any = None, omega: Any = None, interval: Any = None, seed: int = 0) -> np.ndarray:
        """The instantaneous velocity: of the v head, or u(z, t, t). float32 of the shape of z."""
        z, t, _ = self._asked(z, t, t)
        return self._open.instantaneous(z, t, guidance_words(labels, omega, interval), whole(seed, "seed"))

    def jvp(
        self, z: Any, r: Any, t: Any, tangent: Any = None, *, labels: Any = None, omega: Any = None, interval: Any = None, seed: int = 0
    ) -> tuple[np.ndarray, np.ndarray]:
        """u(z, r, t), and du/dt along (tangent, 0, 1), in forward mode: both float32 of the shape of z.

        tangent: (n, *sample_shape), how z moves with t; None: the network's own v(z, t).
        """
        z, r, t = self._asked(z, r, t)
        if tangent is not None:
            tangent = as_rows(tangent, self._shape, "tangent")
            if tangent.shape != z.shape:
                raise UsageError(f"tangent has shape {tangent.shape} and z {z.shape}")
        return self._open.velocity(z, r, t, tangent, guidance_words(labels, omega, interval), whole(seed, "seed"), True)

    def _asked(self, z: Any, r: Any, t: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return as_rows(z, self._shape, "z"), as_times(r, "r"), as_times(t, "t")

    def close(self) -> None:
        """Frees its memory; nothing can be asked afterwards."""
        self._engine = None

    def __enter__(self) -> Model:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __reduce__(self):
        if self._path is None:
            raise TypeError("a model from a trainer is in no file: trainer.save(path), then meanflow.load(path)")
        return _again, (self._path, self._recipe, self._vae)

    def __repr__(self) -> str:
        if self._engine is None:
            return "Model(closed)"
        a = self.about
        what = a["architecture"] or a["model"]
        classes = f", {a['classes']} classes" if a["classes"] else ""
        where = f", {self._path!r}" if self._path else ""
        return (
            f"Model({what}, {a['objective']}, samples {self._shape}{classes}, {a['parameters']:,} parameters, "
            f"{a['weights']} of step {a['step']}{where})"
        )

    def _repr_html_(self) -> str:
        return model_html(self)


def _again(path: str, recipe: dict[str, Any], vae: dict[str, Any] | None) -> Model:
    model = load(path, **recipe)
    if vae is not None:
        model.attach_vae(vae["path"], **{key: value for key, value in vae.items() if key != "path"})
    return model
