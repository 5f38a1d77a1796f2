"""The chances of each decision of the chain of a move: the one place where they are computed.

Three stages (Klabunde, Willekens, Zinn and Leuchter 2015, MPIDR Working Paper WP-2015-002; Ajzen 1991,
Organizational Behavior and Human Decision Processes 50:179): no intention 0, intention 1, plan 2; four phases since the
last move: first year 0, then 1 and 2, settled 3. In the year t, for region r, group g, education e, age a:

- utility of a place (Wolpert 1965, Papers in Regional Science 15:159): u_jg = v_j + network ln(share_jg + 1e-4),
  share_jg of the group's people who live in j; abroad k: u_kg = v_kg + network ln(1 + gone_kg / stock_kg);
- choice among all places but one's own (McFadden 1978): weight exp(u_jg - distance d_rj), exp(u_kg) abroad; inclusive
  value I_rg, the log of their sum; gain G_rg = I_rg - u_rg;
- intention: logit P(0 to 1) = base + leave_r + gain G_rg + norm n_rg + recent [phase < 3] + education e + height s(a);
  n_rg the share of the own group and region who intended, planned or left last year; s(a) the standard schedule of
  Rogers and Castro 1981 over its greatest value, with mu2 = `age_peak`;
- plan: logit P(1 to 2) = logit plan + control e + eased_g; P(1 to 0) = (1 - P(1 to 2)) drop;
- move: P(2 to move) = move, to a place by the choice above; P(return to the previous region) = back fade^phase in the
  phases 0 to 2; P(next phase) = 1 from phase 0, settle from 1 and 2.
"""

# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit as _njit
from numpy.typing import NDArray

from qonys.kernels.schedules.curves import FUNDAMENTAL, curve

Array = NDArray[np.float64]
njit: Any = _njit
STAGES, PHASES, SETTLED = 3, 4, 3
STATES = STAGES * PHASES
NOBODY = 1e-4


@dataclass(frozen=True)
class Mechanism:
    """Numbers of the chain; log-odds, chances a year, and slopes per unit (see the module)."""

    base: float
    gain: float
    norm: float
    recent: float
    education: float
    age_height: float
    age_peak: float
    plan: float
    control: float
    drop: float
    move: float
    settle: float
    back: float
    fade: float
    network: float
    distance: float


@dataclass(frozen=True)
class Places:
    """What is known of places in a year: `value` (R,), `leave` (R,), `abroad` (K, G), `eased` (G,), `stock` (K, G).

    `apart` (R, R): log of the distance, over its mean. `stock`: people of a group abroad at the start, infinite where
    the network there is not followed.
    """

    value: Array
    leave: Array
    abroad: Array
    eased: Array
    stock: Array
    apart: Array


@dataclass(frozen=True)
class Chances:
    """Chances of a year: odds `level` (R, G, E, 2: settled, recent) and `age` (A,), the chance of a plan (G, E).

    `choice` (R, G, R + K): places of those who move, rows sum to 1; `back` (4,) by phase; `drop`, `move`, `settle`;
    `gain` (R, G), the stress of a place.
    """

    level: Array
    age: Array
    plan: Array
    choice: Array
    back: Array
    drop: float
    move: float
    settle: float
    gain: Array


def age_odds(mechanism: Mechanism, ages: int) -> Array:
    """Factor on the odds of an intention by single years of age, exp(height s(a)), s at most 1.

    Examples
    --------
    >>> m = Mechanism(*[0.0] * 5, 1.0, 20.0, *[0.5] * 9)
    >>> int(age_odds(m, 101).argmax()), round(float(np.log(age_odds(m, 101)).max()), 12)
    (23, 1.0)

    """
    shape = curve(FUNDAMENTAL | {"mu2": mechanism.age_peak}, np.arange(ages, dtype=np.float64) + 0.5)
    return np.asarray(np.exp(mechanism.age_height * shape / shape.max()))


def utilities(mechanism: Mechanism, places: Places, people: Array, gone: Array) -> tuple[Array, Array]:
    """Utility of regions (R, G) and of countries abroad (K, G); `people` (R, G), `gone` (K, G) since the start."""
    total = people.sum(axis=0)
    share = np.divide(people, total, out=np.zeros_like(people), where=total > 0)
    inside = places.value[:, None] + mechanism.network * np.log(share + NOBODY)
    return inside, places.abroad + mechanism.network * np.log1p(gone / places.stock)


def chances(
    mechanism: Mechanism, places: Places, counts: tuple[Array, Array, Array], educations: int, ages: int
) -> Chances:
    """The chances of a year from the people (R, G), their norm (R, G) and those abroad since the start (K, G)."""
    people, norm, gone = counts
    inside, outside = utilities(mechanism, places, people, gone)
    regions, groups = inside.shape
    weights = np.empty((regions, groups, regions + len(outside)))
    pull = -mechanism.distance * places.apart
    np.fill_diagonal(pull, -np.inf)
    weights[:, :, :regions] = pull[:, None, :] + inside.T[None]
    weights[:, :, regions:] = outside.T[None]
    top = weights.max(axis=2, keepdims=True)
    weights = np.exp(weights - top)
    total = weights.sum(axis=2, keepdims=True)
    gain = (np.log(total) + top)[..., 0] - inside
    logit = mechanism.base + places.leave[:, None] + mechanism.gain * gain + mechanism.norm * norm
    learned, newly = np.arange(educations), np.arange(2)
    logit = logit[:, :, None, None] + mechanism.education * learned[:, None] + mechanism.recent * newly
    ready = _logit(mechanism.plan) + mechanism.control * learned + places.eased[:, None]
    back = np.asarray(mechanism.back * mechanism.fade ** np.arange(PHASES, dtype=np.float64))
    back[SETTLED] = 0.0
    return Chances(
        np.asarray(np.exp(logit)), age_odds(mechanism, ages), np.asarray(1 / (1 + np.exp(-ready))),
        np.asarray(weights / total), back, mechanism.drop, mechanism.move, mechanism.settle, gain,
    )  # fmt: skip


def _logit(chance: float) -> float:
    return float(np.log(chance / (1 - chance)))


@njit(cache=True, inline="always")
def intention(level: float, age: float) -> float:
    """The chance of an intention from odds by place and by age."""
    odds = level * age
    return odds / (1.0 + odds)
