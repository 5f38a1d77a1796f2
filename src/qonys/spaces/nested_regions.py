"""Regions of the newest boundaries and in which of the oldest each lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class NestedRegions:
    """Regions of the newest vintage, of the oldest, and in which of these each lies."""

    newest: str
    oldest: str
    regions: tuple[str, ...]
    wholes: tuple[str, ...]
    whole: NDArray[np.int64]
