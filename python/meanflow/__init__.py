# SPDX-License-Identifier: MIT
"""Train, sample and judge one-step generative models: flow matching, MeanFlow and improved MeanFlow.

    import meanflow as mf
    model = mf.load("runs/fashion")
    x = model.sample(64, labels=[0, 1, 2], omega=4, interval=(.3, .7), steps=1, seed=0)   # float32 (64, H, W, C)
    mf.to_images(x)                                                                       # uint8

The engine is C++: this package is a door to it. It prints nothing and installs no signal handlers; what a person should
know comes as warnings, and what fails as ValueError, FileNotFoundError or meanflow.Error.
"""

from . import metrics
from ._meanflow import version as _version
from .errors import Error, MissingFileError, UsageError
from .model import Model, devices, load
from .pictures import Samples, sheet, to_images
from .runs import Case, Figure, figure, figure_names, verify
from .trainer import Report, Trainer, configs

__version__: str = _version()
__all__ = [
    "Case", "Error", "Figure", "MissingFileError", "Model", "Report", "Samples", "Trainer", "UsageError", "configs", "devices", "figure",
    "figure_names", "load", "metrics", "sheet", "to_images", "verify",
]  # fmt: skip
