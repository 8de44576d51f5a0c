# SPDX-License-Identifier: MIT
"""What samples are worth: distances of sets of features, of pictures or of points. All take arrays (n, d)."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import numpy as np

from . import _meanflow
from ._arrays import as_array, as_floats, as_matrix, thread_count, whole
from .errors import UsageError, missing_files, wrong_arrays
from .pictures import bytes_of

__all__ = [
    "FidNetwork", "InceptionScore", "Judge", "PrecisionRecall", "Seen", "energy_distance", "fid", "inception_score", "kid",
    "mmd2", "precision_recall", "sliced_wasserstein", "statistics",
]  # fmt: skip


class PrecisionRecall(NamedTuple):
    precision: float  #: share of generated samples inside a ball of the real ones
    recall: float  #: share of real samples inside a ball of the generated ones


class InceptionScore(NamedTuple):
    mean: float
    deviation: float  #: over the parts


class Seen(NamedTuple):
    """What a network makes of n pictures."""

    features: np.ndarray  #: float32 (n, d)
    logits: np.ndarray  #: float32 (n, classes)


def statistics(x: Any) -> tuple[np.ndarray, np.ndarray]:
    """Mean (d) and covariance (d, d), float64, of features (n, d), of a pair that is one already, or of an .npz."""
    if isinstance(x, (str, os.PathLike)):
        path = os.fspath(x)
        with missing_files(path):
            return _meanflow.read_statistics(path)
    if isinstance(x, (tuple, list)) and len(x) == 2 and np.ndim(x[0]) == 1 and np.ndim(x[1]) == 2:
        return as_floats(x[0], "mean", np.float64), as_floats(x[1], "covariance", np.float64)
    with wrong_arrays():
        return _meanflow.fit_gaussian(as_matrix(x, "features"))


def fid(a: Any, b: Any) -> float:
    """Frechet distance of two sets of features, each taken as a Gaussian; of Inception's features: FID.

    a, b: features (n, d); (mean, covariance); or a file of statistics (.npz). Few samples are biased upwards: compare like
    with like.
    """
    of_a, of_b = statistics(a), statistics(b)
    with wrong_arrays():
        return _meanflow.frechet(*of_a, *of_b)


def kid(a: Any, b: Any) -> float:
    """Kernel distance of features (n, d) and (m, d), unbiased, of all rows at once; may be a little below 0."""
    with wrong_arrays():
        return _meanflow.kid(as_matrix(a, "a"), as_matrix(b, "b"))


def precision_recall(real: Any, generated: Any, k: int = 3) -> PrecisionRecall:
    """Precision and recall by k-th nearest neighbours, of features (n, d) and (m, d)."""
    k = whole(k, "k", 1, 1000)
    with wrong_arrays():
        return PrecisionRecall(*_meanflow.precision_recall(as_matrix(real, "real"), as_matrix(generated, "generated"), k))


def inception_score(logits: Any, parts: int = 10) -> InceptionScore:
    """Of logits (n, classes): how sure a classifier is, and how evenly its classes are used; over parts of the rows."""
    parts = whole(parts, "parts", 1, 1_000_000)
    with wrong_arrays():
        return InceptionScore(*_meanflow.inception_score(as_matrix(logits, "logits"), parts))


def sliced_wasserstein(a: Any, b: Any) -> float:
    """Sliced Wasserstein-2 distance of points in the plane, (n, 2) and (m, 2), from 128 directions."""
    with wrong_arrays():
        return _meanflow.sliced_wasserstein(as_matrix(a, "a"), as_matrix(b, "b"))


def energy_distance(a: Any, b: Any) -> float:
    """Energy distance of (n, d) and (m, d), unbiased."""
    with wrong_arrays():
        return _meanflow.energy_distance(as_matrix(a, "a"), as_matrix(b, "b"))


def mmd2(a: Any, b: Any, sigma: float | None = None) -> float:
    """Squared maximum mean discrepancy of (n, d) and (m, d), Gaussian kernel, unbiased; sigma None: the median distance."""
    with wrong_arrays():
        return _meanflow.mmd2(as_matrix(a, "a"), as_matrix(b, "b"), None if sigma is None else float(sigma))


def _bytes(pictures: Any) -> np.ndarray:
    x = as_array(pictures, "pictures")
    if x.ndim == 3:
        x = x[None]
    if x.ndim != 4 or x.shape[3] not in (1, 3):
        raise UsageError(f"pictures have shape {x.shape}, expected (N, H, W, 1 or 3)")
    if x.size == 0:
        raise UsageError(f"there are no pictures: their shape is {x.shape}")
    return np.ascontiguousarray(x if x.dtype == np.uint8 else bytes_of(x, "pictures"))


def _open(kind: type, path: str, options: dict[str, Any]) -> Any:
    return kind(path, **options)


class Judge:
    """A classifier that ``meanflow train-classifier`` made, whose features judge pictures of its kind. Pickled by its path.

    FileNotFoundError when there is no such file, meanflow.Error when it is no judge.
    """

    def __init__(self, path: os.PathLike | str, *, threads: int = 0) -> None:
        self._reopen = (os.path.abspath(path), {"threads": threads})
        with missing_files(path):
            self._engine = _meanflow.open_judge(os.fspath(path), thread_count(threads))

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """(H, W, C) of the pictures that it judges."""
        return self._engine.sample_shape

    @property
    def classes(self) -> int:
        return self._engine.classes

    @property
    def class_names(self) -> list[str]:
        """By label; empty: they have none."""
        return self._engine.class_names

    @property
    def accuracy(self) -> float:
        """On pictures that were held out."""
        return self._engine.accuracy

    def __call__(self, pictures: Any) -> Seen:
        """pictures (N, *sample_shape), or one: floats on [-1, 1], or bytes. As a picture shows them: rounded to bytes."""
        x = _bytes(pictures)
        if x.shape[1:] != tuple(self.sample_shape):
            raise UsageError(f"pictures have shape {x.shape}, this judge is for (n, {', '.join(map(str, self.sample_shape))})")
        return Seen(*self._engine.features(x.astype(np.float32) / np.float32(127.5) - np.float32(1)))

    def __reduce__(self):
        return _open, (Judge, *self._reopen)

    def __repr__(self) -> str:
        return f"Judge({self.classes} classes of {self.sample_shape}, accuracy {self.accuracy:.3f})"


class FidNetwork:
    """The Inception network of published FIDs (docs/fid.md says where its weights come from). Pickled by its path.

    variant: how pictures are brought to 299 x 299: "imf-jax", "imf-torch", "torch-fidelity", "adm", "clean-fid" or
    "pytorch-fid" (docs/fid.md). logits are those of the Inception score.
    """

    def __init__(self, path: os.PathLike | str, *, variant: str = "imf-jax", precision: str = "f32", threads: int = 0) -> None:
        self._reopen = (os.path.abspath(path), {"variant": variant, "precision": precision, "threads": threads})
        with missing_files(path):
            self._engine = _meanflow.open_fid_network(os.fspath(path), variant, precision, thread_count(threads))

    @property
    def variant(self) -> str:
        return self._engine.variant

    @property
    def features(self) -> int:
        """Numbers of a picture's features: 2048 of the published network."""
        return self._engine.feature_size

    @property
    def classes(self) -> int:
        """Numbers of a picture's logits."""
        return self._engine.classes

    def __call__(self, pictures: Any) -> Seen:
        """pictures (N, H, W, 1 or 3), or one: bytes, or floats on [-1, 1]."""
        return Seen(*self._engine.features(_bytes(pictures)))

    def __reduce__(self):
        return _open, (FidNetwork, *self._reopen)

    def __repr__(self) -> str:
        return f"FidNetwork({self.variant})"
