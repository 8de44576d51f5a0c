# SPDX-License-Identifier: MIT
"""Figures of runs, and this build against golden vectors."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import _meanflow
from ._arrays import number_list, remark, thread_count, whole
from ._conditions import label_words
from .errors import UsageError, missing_files

__all__ = ["Case", "Figure", "figure", "figure_names", "verify"]


class Figure(list):
    """Paths of the pictures of a figure; shows the first PNG in a notebook."""

    def _repr_png_(self) -> bytes | None:
        for path in self:
            if path.suffix == ".png":
                return path.read_bytes()
        return None


def figure_names() -> list[str]:
    """Names of all figures."""
    return _meanflow.figure_names()


def _rows(runs: Any) -> list[tuple[str, str]]:
    if isinstance(runs, dict):
        return [(str(name), os.fspath(path)) for name, path in runs.items()]
    if isinstance(runs, (str, os.PathLike)):
        runs = [runs]
    out = []
    for run in runs:
        path = os.fspath(run)
        out.append((Path(os.path.normpath(path)).stem, path))
    if not out:
        raise UsageError("there are no runs", "give a run folder, a list of them, or {name: run}")
    return out


def figure(
    runs: Any,
    name: str,
    *,
    out: os.PathLike | str | None = None,
    steps: Any = None,
    count: int = 0,
    labels: Any = None,
    omega: Any = None,
    intervals: Any = None,
    weights: str = "ema",
    step: int | None = None,
    seed: int = 0,
    solver: str = "auto",
    formats: tuple[str, ...] = ("png", "svg"),
    zoom: int = 0,
    threads: int = 0,
    device: str = "cpu",
) -> Figure:
    """Draws a figure of a run, of a list of runs, or of {name: run}, and returns its files.

    name: one of ``figure_names()``: "loss", "compare", "guidance", ... out: the folder; None: RUN/figures of a single run,
    or figures. steps: numbers of sampler steps; count: points or pictures of a panel; labels, omega, intervals (pairs), weights, step
    (checkpoint), seed, solver, device: of its samples.

    ValueError when the figure does not fit the runs; meanflow.Error when gnuplot is not installed, with its hint.
    """
    rows = _rows(runs)
    if out is None:
        single = len(rows) == 1 and os.path.isfile(os.path.join(rows[0][1], "config.yaml"))
        out = os.path.join(rows[0][1], "figures") if single else "figures"
    flat: list[float] = []
    for pair in intervals if intervals is not None else []:
        both = number_list(pair, "intervals")
        if len(both) != 2 or both[0] > both[1]:
            raise UsageError(f"intervals hold {pair!r}, expected pairs of times, the smaller first")
        flat += both
    given = any(x is not None for x in (labels, omega, intervals, steps)) or seed != 0 or solver != "auto" or weights != "ema"
    words = _meanflow.FigureWords(
        label_words(labels), weights, solver, number_list(omega, "omega"), flat, [whole(n, "steps", 1, 1_000_000) for n in number_list(steps, "steps")],
        whole(count, "count"), -1 if step is None else whole(step, "step"), whole(seed, "seed"), given,
    )  # fmt: skip
    with missing_files(*(path for _, path in rows)):
        files, lines = _meanflow.figure(rows, name, os.fspath(out), list(formats), words, whole(zoom, "zoom", 0, 64), thread_count(threads), device)
    remark(lines)
    return Figure(Path(file) for file in files)


@dataclass(frozen=True)
class Case:
    """One file of golden vectors against this build."""

    file: str
    status: str  #: passed, failed, measured (bf16: nothing is judged) or skipped
    remark: str
    error: float  #: the worst of its tensors
    tolerance: float
    tensor: str

    @property
    def passed(self) -> bool:
        return self.status == "passed"


def verify(target: os.PathLike | str, *, precision: str = "f32", threads: int = 0, device: str = "cpu") -> list[Case]:
    """This build against the golden vectors of a folder or file: a case for each file.

    device: what computes, a name of ``devices()``; on another device than the CPU tolerances are larger (docs/gpu.md).
    """
    target = os.fspath(target)
    with missing_files(target):
        return [Case(*row) for row in _meanflow.verify(target, precision, thread_count(threads), device)]
