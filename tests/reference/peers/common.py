"""What every subject has in common: places, the seed of the generator (Philox), arrays as JSON has them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SEED = 20


def generator(stream: int) -> np.random.Generator:
    """One stream of the seed."""
    return np.random.Generator(np.random.Philox(key=SEED + stream))


def plain(value: object) -> object:
    """Arrays as lists, numbers as JSON has them."""
    return np.asarray(value).tolist()
