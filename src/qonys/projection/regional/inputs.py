"""What is known of the regions and groups of a country before its population is carried forward.

Arrays stand in the order of `qonys.kernels.multiregional.step`: region, group, sex (female, male), single years of age.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class RegionalInputs:
    """Regions and groups of one country in the middle of `base_year`.

    `base` (K, R, G, 2, A): replicates of the population that agree with what is published, persons; draw d of a
    projection starts from replicate d mod K. `fertility` (R, G, A): births per woman and year at a national total
    fertility of one child. `mortality` (R, G): factor on the national death rates. `mixing` (G, G): group of
    the mother x group of the child, rows sum to 1. `od` (2, A, R, R): of the survivors of an origin the share in each
    destination a year later, stayers on the diagonal, at level 1. `levels`: year -> internal moves of that year
    against level 1. `emigration` (R, G, 2, A): relative rates of leaving the country; `immigration` (R, G, 2, A):
    shares of immigrants, summing to 1. `notes`: what is assumed and not observed, as keys of the catalogue.
    """

    regions: tuple[str, ...]
    groups: tuple[str, ...]
    base_year: int
    base: Array
    fertility: Array
    mortality: Array
    mixing: Array
    od: Array
    levels: dict[int, float]
    emigration: Array
    immigration: Array
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
