"""The parameters of the chain: names, priors, ranges, their place in the chain and what they rest on.

A prior is normal on the scale of its parameter (as it is, log, logit), truncated to its range. All but one are stated,
not estimated: `age_peak` is the mu2 of the standard schedule of Rogers and Castro 1981. Means of `plan`, `drop` and
`move` are set so that about 15 % intend and 7 % plan where 2.5 % leave a year, the order of what surveys of intentions
publish (`qonys survey published`); how the three share the flow is not identified by flows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from qonys.errors import BadInput
from qonys.kernels.behaviour.chances import Mechanism

Array = NDArray[np.float64]
PLACES = ("intention", "plan", "move", "settling", "network")
BASES = ("figures", "published", "assumption")
SCALES = ("linear", "log", "logit")


@dataclass(frozen=True)
class Parameter:
    """A parameter: `mean` (in its own unit) and `sd` (on its scale) of the prior, range, place in the chain, basis."""

    name: str
    mean: float
    sd: float
    low: float
    high: float
    place: str
    basis: str
    scale: str = "linear"

    def to_scale(self, value: float) -> float:
        """The value on the scale of the prior.

        Examples
        --------
        >>> Parameter("move", 0.5, 1.0, 0.01, 0.99, "move", "assumption", "logit").to_scale(0.5)
        0.0

        """
        if self.scale == "log":
            return math.log(value)
        return math.log(value / (1 - value)) if self.scale == "logit" else value

    def from_scale(self, place: float) -> float:
        """The value at a place on the scale of the prior, wherever it lies."""
        if self.scale == "log":
            return math.exp(place)
        return 1 / (1 + math.exp(-place)) if self.scale == "logit" else place

    def within(self, share: float) -> float:
        """The value below which a share of the prior within its range lies.

        Examples
        --------
        >>> round(Parameter("norm", 0.0, 1.0, 0.0, 20.0, "intention", "assumption").within(0.5), 3)
        0.674

        """
        centre, ends = self.to_scale(self.mean), (self.to_scale(self.low), self.to_scale(self.high))
        low, high = (float(ndtr((end - centre) / self.sd)) for end in ends)
        return self.from_scale(centre + self.sd * float(ndtri(low + share * (high - low))))


PARAMETERS = (
    Parameter("base", -5.0, 1.0, -12.0, 4.0, "intention", "assumption"),
    Parameter("gain", 0.3, 0.3, 0.0, 3.0, "intention", "assumption"),
    Parameter("norm", 1.5, 1.0, 0.0, 20.0, "intention", "assumption"),
    Parameter("recent", 0.5, 0.5, -3.0, 4.0, "intention", "assumption"),
    Parameter("education", 0.3, 0.3, -3.0, 3.0, "intention", "assumption"),
    Parameter("age_height", 2.0, 0.7, 0.0, 6.0, "intention", "assumption"),
    Parameter("age_peak", 20.0, 2.0, 10.0, 40.0, "intention", "published"),
    Parameter("plan", 0.18, 0.7, 0.001, 0.999, "plan", "assumption", "logit"),
    Parameter("control", 0.3, 0.3, -3.0, 3.0, "plan", "assumption"),
    Parameter("drop", 0.25, 0.7, 0.001, 0.999, "plan", "assumption", "logit"),
    Parameter("move", 0.35, 0.7, 0.001, 0.999, "move", "assumption", "logit"),
    Parameter("settle", 0.35, 0.7, 0.001, 0.999, "settling", "assumption", "logit"),
    Parameter("back", 0.05, 0.8, 0.0001, 0.9, "settling", "assumption", "logit"),
    Parameter("fade", 0.6, 0.7, 0.001, 0.999, "settling", "assumption", "logit"),
    Parameter("network", 0.8, 0.3, 0.0, 4.0, "network", "assumption"),
    Parameter("distance", 0.7, 0.4, 0.0, 5.0, "move", "assumption"),
)
NAMES = tuple(one.name for one in PARAMETERS)
KNOWN: Mapping[str, Parameter] = {one.name: one for one in PARAMETERS}
assert tuple(one.name for one in fields(Mechanism)) == NAMES


def mechanism(values: Mapping[str, float] | None = None) -> Mechanism:
    """The chain with the values named; the others stand at the means of their priors.

    Examples
    --------
    >>> mechanism({"norm": 0.0}).norm, mechanism().move
    (0.0, 0.35)

    Raises
    ------
    BadInput
        A parameter that there is not, or a value outside its range.

    """
    given = dict(values or {})
    for name, value in given.items():
        if name not in KNOWN:
            raise BadInput("behaviour.parameter", found=name, known=", ".join(NAMES))
        one = KNOWN[name]
        if not one.low <= value <= one.high:
            raise BadInput("behaviour.range", name=name, value=f"{value:.15g}", low=one.low, high=one.high)
    return Mechanism(*(given.get(one.name, one.mean) for one in PARAMETERS))


def to_vector(chain: Mechanism) -> Array:
    """The parameters on the scales of their priors, (16,)."""
    return np.array([one.to_scale(getattr(chain, one.name)) for one in PARAMETERS])


def from_vector(places: Array) -> Mechanism:
    """The chain whose parameters stand at these places on the scales of their priors, (16,).

    Examples
    --------
    >>> round(from_vector(to_vector(mechanism())).move, 12)
    0.35

    """
    return Mechanism(*(one.from_scale(float(place)) for one, place in zip(PARAMETERS, places, strict=True)))


def prior_draws(draws: int, seed: int) -> list[Mechanism]:
    """Draws of all parameters from their priors; draw d depends only on (seed, d)."""
    found = []
    for d in range(draws):
        drawn = np.random.Generator(np.random.Philox(key=np.array([seed, d], dtype=np.uint64))).uniform(size=len(NAMES))
        found.append(Mechanism(*(one.within(float(u)) for one, u in zip(PARAMETERS, drawn, strict=True))))
    return found
