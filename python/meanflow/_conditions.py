# SPDX-License-Identifier: MIT
"""Labels and guidance in the engine's words."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._arrays import as_array, number_list
from .errors import UsageError

BALANCED = ":balanced"


def _word(label: Any) -> str:
    if isinstance(label, str):
        if label.isascii() and label.isdigit():
            return label  # a number, or a name where all names are numbers
        return "'" + label.replace("'", "''") + "'"
    if isinstance(label, (int, np.integer)) and not isinstance(label, bool):
        return str(int(label))
    raise UsageError(f"labels hold {label!r}, expected numbers or names of classes")


def label_words(labels: Any) -> str:
    """As --labels has them. A list that is shorter than the samples is repeated, as on the command line."""
    if labels is None:
        return BALANCED
    if isinstance(labels, str):
        return labels
    if isinstance(labels, (int, np.integer)):
        return _word(labels)
    if not isinstance(labels, (list, tuple)):
        labels = as_array(labels, "labels").reshape(-1).tolist()
    if not labels:
        raise UsageError("labels are empty", "leave them out for every class in turn, or say 'none'")
    return ",".join(_word(label) for label in labels)


def guidance_words(labels: Any, omega: Any, interval: Any) -> tuple[str, list[float], list[float], list[float]]:
    """(labels, omega, begin of the interval, its end)."""
    begin: list[float] = []
    end: list[float] = []
    if interval is not None:
        try:
            low, high = interval
        except (TypeError, ValueError):
            raise UsageError(f"interval is {interval!r}, expected two times, the smaller first", "for example (0.3, 0.7)") from None
        begin, end = number_list(low, "interval"), number_list(high, "interval")
    return label_words(labels), number_list(omega, "omega"), begin, end
