"""Offsets of places with which the first year of the chain meets given counts; scenarios keep them.

A change of an offset acts on its own count nearly in proportion, so each pass adds the log of wanted over made, mixed
with the passes before it by Anderson's rule (`kernels.behaviour.mixing`), until every target is met to half a percent
of it or of the mean target (at most 14 passes; what is missed is kept). The offsets are found once, in the baseline,
and used again unchanged in every scenario: to align each run by itself would take its effect away (Stephensen 2016,
International Journal of Microsimulation 9:89, has alignment by logit scaling).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qonys.behaviour.inputs import BehaviourInputs
from qonys.behaviour.start import BURNED, burned, held_year
from qonys.kernels.behaviour.chances import Mechanism, Places
from qonys.kernels.behaviour.counts import Counts
from qonys.kernels.behaviour.mixing import Mixing

Array = NDArray[np.float64]
MOST, ROUGH, SHORT, NEAR, LEAST = 14, 4, 2, 5e-3, 1e-9
STRIDE = 3.0  # the longest step of an offset in a pass


@dataclass(frozen=True)
class Targets:
    """Persons a year: `left` and `came` (R,), moves inside the country by origin and by destination; `gone` (K, G)."""

    left: Array
    came: Array
    gone: Array


@dataclass(frozen=True)
class Aligned:
    """Inputs whose places have the offsets, the start population, and the largest relative miss of a target."""

    inputs: BehaviourInputs
    start: Counts
    miss: float


def aligned(chain: Mechanism, inputs: BehaviourInputs, targets: Targets) -> Aligned:
    """Offsets of intention by region, of regions as destinations, and of countries by group.

    Where nothing is wanted of a group in a country, nobody goes there.

    Examples
    --------
    >>> import numpy as np
    >>> from qonys.behaviour.made_up import small_country
    >>> from qonys.behaviour.parameters import mechanism
    >>> country = small_country(1e5)
    >>> wanted = Targets(np.full(4, 600.0), np.full(4, 600.0), np.full((2, 2), 20.0))
    >>> aligned(mechanism(), country, wanted).miss < 0.01
    True

    """
    given, mixing = _opened(inputs.until(inputs.base_year + 1), targets.gone), Mixing()
    place = np.zeros(2 * len(targets.left) + targets.gone.size)
    for number in range(MOST):
        there = _moved(given, place)
        before = burned(chain, there, SHORT if number < ROUGH else BURNED)
        made = held_year(chain, there, before.copy())
        inside = (made.moves + made.returns).sum(axis=2)
        left, came, gone = inside.sum(axis=1), inside.sum(axis=0), made.emigrants.sum(axis=0)
        miss = max(_miss(targets.left, left), _miss(targets.came, came), _miss(targets.gone, gone))
        if number >= ROUGH and miss < NEAR:
            break
        logs = (_log(targets.left, left), _log(targets.came, came), _log(targets.gone, gone).reshape(-1))
        place = place + np.clip(mixing.step(place, np.concatenate(logs)) - place, -STRIDE, STRIDE)
    offset = there.places[0]
    places = tuple(
        replace(one, value=one.value + offset.value, leave=one.leave + offset.leave, abroad=one.abroad + offset.abroad)
        for one in _plain(inputs)
    )
    return Aligned(replace(inputs, places=places), before, miss)


def _plain(inputs: BehaviourInputs) -> list[Places]:
    """Places without what the offsets already hold: their changes since the first year."""
    first = inputs.places[0]
    return [
        replace(one, value=one.value - first.value, leave=one.leave - first.leave, abroad=one.abroad - first.abroad)
        for one in inputs.places
    ]


def _log(wanted: Array, made: Array) -> Array:
    return np.asarray(np.log(np.maximum(wanted, LEAST) / np.maximum(made, LEAST)))


def _miss(wanted: Array, made: Array) -> float:
    """Largest miss, as a share of the mean target or of the target where that is larger."""
    return float((np.abs(made - wanted) / np.maximum(wanted, wanted.mean())).max())


def _opened(inputs: BehaviourInputs, wanted: Array) -> BehaviourInputs:
    """Inputs of a first year in which countries to which nobody of a group goes, `wanted` (K, G), are shut."""
    one = inputs.of_year(0)
    return replace(inputs, places=(replace(one, abroad=np.where(wanted > 0, one.abroad, -np.inf)),))


def _moved(inputs: BehaviourInputs, place: Array) -> BehaviourInputs:
    """Places of the first year, moved.

    `place` (2 R + K G,): offsets of intentions, of regions as destinations (their mean taken off), of countries.
    """
    one = inputs.of_year(0)
    regions = len(one.leave)
    leave, value, abroad = place[:regions], place[regions : 2 * regions], place[2 * regions :].reshape(one.abroad.shape)
    moved = replace(
        one, leave=one.leave + leave, value=one.value + value - value.mean(),
        abroad=one.abroad + np.where(np.isfinite(one.abroad), abroad, 0.0),
    )  # fmt: skip
    return replace(inputs, places=(moved,))
