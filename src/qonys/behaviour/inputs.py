"""What the chain starts from: people by cell, the rates of a regional projection, and places.

Arrays stand in the order region, group, education, sex (female, male), single years of age.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.behaviour.chances import Places
from qonys.kernels.behaviour.vital import Schooling, VitalYear

Array = NDArray[np.float64]
BANDS = (0, 15, 20, 25, 30, 35, 45, 60, 75)


@dataclass(frozen=True)
class Axes:
    """Names of regions, ethnic groups, levels of education and groups of countries; `bands`: lower limits of ages."""

    regions: tuple[str, ...]
    groups: tuple[str, ...]
    educations: tuple[str, ...]
    abroad: tuple[str, ...]
    bands: tuple[int, ...] = BANDS


@dataclass(frozen=True)
class BehaviourInputs:
    """One draw of what behaviour acts on.

    `base` (R, G, E, 2, A): people in the middle of `base_year`; `years`: vital rates of each year after; `places`: of
    each year, or one for all; `notes`: what is assumed and not observed, as keys of the catalogue.
    """

    axes: Axes
    base_year: int
    base: Array
    years: tuple[VitalYear, ...]
    school: Schooling
    places: tuple[Places, ...]
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        axes, shape = self.axes, self.base.shape
        known = (len(axes.regions), len(axes.groups), len(axes.educations), 2)
        if shape[:4] != known:
            raise ValueError(f"base has the shape {shape}, not {known} by age")
        if len(self.places) not in (1, len(self.years)):
            raise ValueError(f"places of {len(self.places)} years, rates of {len(self.years)}")
        if not np.isfinite(self.base).all() or self.base.min() < 0:
            raise ValueError("people must be at least 0")

    def of_year(self, t: int) -> Places:
        """Places in the year `t`, counted from 0."""
        return self.places[t if len(self.places) > 1 else 0]

    def until(self, last: int) -> BehaviourInputs:
        """The years up to `last`.

        Raises
        ------
        BadInput
            A year that the rates do not reach.

        """
        length = last - self.base_year
        if not 1 <= length <= len(self.years):
            end = self.base_year + len(self.years)
            raise BadInput("projection.year", year=last, first=self.base_year + 1, last=end)
        places = self.places if len(self.places) == 1 else self.places[:length]
        return replace(self, years=self.years[:length], places=places)

    def ages(self) -> int:
        """Number of single years of age."""
        return int(self.base.shape[-1])
