# SPDX-License-Identifier: MIT
import numpy as np
import pytest

import meanflow as mf

SMALL = dict(
    model__name="mit", model__size="T", model__patch=4, model__hidden=16, model__depth=2, model__heads=2,
    objective__name="imf", objective__guidance="flexible", schedule__name="constant", train__batch=4, train__steps=4,
)  # fmt: skip


@pytest.fixture(scope="session")
def pictures():
    random = np.random.default_rng(0)
    return random.integers(0, 256, (12, 8, 8, 3), dtype=np.uint8), np.arange(12) % 3


@pytest.fixture(scope="session")
def small():
    return dict(SMALL)


@pytest.fixture(scope="session")
def image_run(tmp_path_factory, pictures):
    """A run of pictures with three classes."""
    run = tmp_path_factory.mktemp("runs") / "images"
    with mf.Trainer("toy/imf", data=(*pictures, ["ant", "bee", "cat, big"]), threads=2, **SMALL) as trainer:
        for _ in trainer:
            pass
        trainer.save(run)
    return run


@pytest.fixture(scope="session")
def point_run(tmp_path_factory):
    run = tmp_path_factory.mktemp("runs") / "points"
    with mf.Trainer("toy/imf", threads=2, train__steps=3, train__batch=64, model__width=16) as trainer:
        for _ in trainer:
            pass
        trainer.save(run)
    return run
