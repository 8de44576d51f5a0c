# SPDX-License-Identifier: MIT
"""How objects show themselves in notebooks, and bars of progress."""

from __future__ import annotations

import base64
import html
import math
import sys
from contextlib import contextmanager
from typing import Any, Callable, Iterator

LONG = 256  # samples or steps from which a notebook gets a bar


def in_notebook() -> bool:
    """True in Jupyter; asks nothing that is not imported already."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and type(shell).__name__ == "ZMQInteractiveShell"


def bar_for(wanted: bool | None, total: int, unit: str, initial: int = 0) -> Any:
    """A bar of tqdm, or None. wanted None: for long work in a notebook, where tqdm is installed."""
    if wanted is False or (wanted is None and not (total >= LONG and in_notebook())):
        return None
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    return tqdm(total=total, initial=initial, unit=" " + unit, leave=wanted is True)


@contextmanager
def progress_for(progress: Any, total: int, unit: str) -> Iterator[Callable[[int, int], Any] | None]:
    """What the engine is to call with (done, all); None: nothing."""
    if progress is None and total < LONG:  # the usual case, at no cost
        yield None
        return
    if callable(progress):
        yield progress
        return
    bar = bar_for(progress, total, unit)
    if bar is None:
        yield None
        return
    with bar:
        yield lambda done, _: bar.update(done - bar.n)


def picture_tag(png: bytes | None) -> str:
    return "" if png is None else f'<img src="data:image/png;base64,{base64.b64encode(png).decode()}">'


def _table(rows: list[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><td>{html.escape(a)}</td><td>{html.escape(b)}</td></tr>" for a, b in rows)
    return f"<table>{cells}</table>"


def model_html(model: Any) -> str:
    """A table, and some samples where they are pictures or points."""
    from .errors import Error
    from .pictures import sheet

    if model._engine is None:
        return "<i>closed model</i>"
    a = model.about
    rows = [
        ("model", a["architecture"] or a["model"]),
        ("objective", a["objective"]),
        ("parameters", f"{a['parameters']:,}"),
        ("samples", " x ".join(map(str, a["sample_shape"])) + (f", {a['classes']} classes" if a["classes"] else "")),
        ("weights", f"{a['weights']} of step {a['step']}"),
    ]
    steps = 1 if a["average_velocity"] else 50
    points = len(a["sample_shape"]) == 1
    png = None
    try:
        x = model.sample(2000 if points else 16, steps=steps, progress=False)
        if points or not model._engine.has_vae:
            png = x._repr_png_()
        else:
            png = sheet(model.decode(x[:4]), zoom=1)
    except Error:
        pass  # a table is better than nothing
    return _table(rows) + picture_tag(png)


def curve_svg(steps: list[int], values: list[float], width: int = 480, height: int = 160) -> str:
    """A loss curve, thinned to the width; logarithmic where all is above 0."""
    pairs = [(s, v) for s, v in zip(steps, values) if math.isfinite(v)]
    if len(pairs) < 2:
        return ""
    size = max(1, -(-len(pairs) // width))
    groups = [pairs[i : i + size] for i in range(0, len(pairs), size)]
    points = [(sum(s for s, _ in g) / len(g), sum(v for _, v in g) / len(g)) for g in groups]
    scale = math.log if min(v for _, v in points) > 0 else float
    xs, ys = [s for s, _ in points], [scale(v) for _, v in points]
    spread_x, spread_y = (max(xs) - min(xs)) or 1, (max(ys) - min(ys)) or 1
    line = " ".join(
        f"{4 + (x - min(xs)) / spread_x * (width - 8):.1f},{4 + (max(ys) - y) / spread_y * (height - 8):.1f}"
        for x, y in zip(xs, ys)
    )
    return (
        f'<svg width="{width}" height="{height}" role="img" aria-label="loss by step">'
        f'<polyline points="{line}" fill="none" stroke="#1f77b4" stroke-width="1.5"/></svg>'
    )


def trainer_html(trainer: Any) -> str:
    """A table and the loss so far."""
    history = trainer.history
    rows = [
        ("steps", f"{trainer.steps_done:,} of {trainer.steps_planned:,}"),
        ("parameters", f"{trainer.parameters:,}"),
        ("model", trainer.settings["model.name"]),
        ("objective", trainer.settings["objective.name"]),
    ]
    if history:
        rows.append(("loss", f"{history[-1].loss:.5g}"))
    return _table(rows) + curve_svg([r.step for r in history], [r.loss for r in history])
