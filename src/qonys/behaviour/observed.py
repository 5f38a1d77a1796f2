"""What the chain is fitted to: figures in blocks, what the chain makes of each, and terms that are not behaviour.

Logs of expected figures are lines: what the chain makes of them, plus terms of the year (how moves were registered),
of origin and destination, of these in a year, of the pair, of the country, of the group, and of the wish (how many say
that they wish to go abroad for each who does by the chain). These terms have their own priors and take up what the
chain does not explain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from qonys.behaviour.past import ADULT, Past, PastRun

Array = NDArray[np.float64]
# sets of figures in the order in which they are added, the blocks of each, and whether such figures are published
SETS: dict[str, tuple[tuple[str, ...], bool]] = {
    "flows": (("moves", "countries"), True),
    "stages": (("wish", "plan"), True),
    "ages": (("wish_age",), True),
    "with_groups": (("groups",), True),
    "if_mover_ages": (("mover_ages",), False),
    "if_group_moves": (("group_moves",), False),
    "if_years_here": (("recent",), False),
}
PUBLISHED = tuple(name for name, (_, known) in SETS.items() if known)
# spreads of the logs of terms: a doubling of registration within a year lies inside one; a wish may be a thousandfold
TERMS = {
    "year": 0.7, "origin": 1.0, "destination": 1.0, "origin_year": 0.2, "destination_year": 0.2, "pair": 0.3,
    "country": 1.0, "group": 1.0, "wish": 3.0,
}  # fmt: skip
SAMPLE, DESIGN, MISFIT = 1000.0, 2.0, 0.15  # where a survey does not tell the number respondents
SMALL, FLOOR = 0.2, 1e-12


@dataclass(frozen=True)
class Observed:
    """Figures: `moves` (T, R, R) of the years of `past`, diagonal unused; `countries` (K,), `groups` (G,) emigrants.

    `wish`: share of adults who consider leaving the country; `plan`: share of these who mean to soon; `wish_ages`: low
    and high age and the share who consider it, (n, 3). Empty or nan where there is none. `respondents`: their number.
    """

    past: Past
    moves: Array
    countries: Array = field(default_factory=lambda: np.zeros(0))
    groups: Array = field(default_factory=lambda: np.zeros(0))
    wish: float = np.nan
    plan: float = np.nan
    wish_ages: Array = field(default_factory=lambda: np.zeros((0, 3)))
    respondents: float = SAMPLE

    def until(self, last: int) -> Observed:
        """Years up to `last` alone, and all that is not by year."""
        keep = np.array(self.past.years) <= last
        past = Past(tuple(year for year in self.past.years if year <= last), self.past.scale[keep])
        return Observed(
            past, self.moves[keep], self.countries, self.groups, self.wish, self.plan, self.wish_ages, self.respondents
        )

    def pairs(self) -> NDArray[np.bool_]:
        """Pairs of regions, (R, R)."""
        return ~np.eye(self.moves.shape[1], dtype=bool)


@dataclass(frozen=True)
class Block:
    """Rows of one kind: `data` (n,): counts of moves, else logs or log-odds with `error` (n,); nan: not published."""

    name: str
    data: Array
    error: Array

    @property
    def counts(self) -> bool:
        """Whether these are counts, with a dispersion of their own."""
        return self.name == "moves"

    @property
    def known(self) -> bool:
        """Whether the figures are there."""
        return bool(len(self.data)) and bool(np.isfinite(self.data).all())


def blocks_of(seen: Observed, made: PastRun, bands: tuple[int, ...]) -> list[Block]:
    """All blocks; `made`: any run of the chain, for the sizes of those not published."""

    def unknown(name: str, count: int, error: float) -> Block:
        return Block(name, np.full(count, np.nan), np.full(count, error))

    odds = 1 / np.sqrt(seen.respondents / DESIGN)
    aged = seen.wish_ages
    part = (aged[:, 1] - aged[:, 0] + 1) / 60 if len(aged) else np.zeros(0)
    share = aged[:, 2]
    return [
        Block("moves", seen.moves[:, seen.pairs()].reshape(-1), np.zeros(0)),
        Block("countries", np.log(np.maximum(seen.countries, 0.5)), np.full(len(seen.countries), SMALL)),
        Block("wish", np.log([seen.wish]), _log_error(np.array([seen.wish]), odds)),
        Block("plan", _logit(np.array([seen.plan])), _logit_error(np.array([seen.plan]), odds / np.sqrt(seen.wish))),
        Block("wish_age", np.log(share), _log_error(share, odds / np.sqrt(part))),
        Block("groups", np.log(np.maximum(seen.groups, 0.5)), np.full(len(seen.groups), SMALL)),
        unknown("mover_ages", len(bands), SMALL),
        unknown("group_moves", made.arrivals.size, SMALL),
        unknown("recent", 1, float(_logit_error(np.array([max(made.recent, 1e-3)]), odds)[0])),
    ]


def _logit(share: Array) -> Array:
    return np.asarray(np.log(share / (1 - share)))


def _log_error(share: Array, one: Array | float) -> Array:
    """Error of the log of a share of a survey: its design and a misfit of question to chain."""
    return np.asarray(np.sqrt((1 - share) / share * np.square(one) + MISFIT**2))


def _logit_error(share: Array, one: Array | float) -> Array:
    return np.asarray(np.sqrt(np.square(one) / (share * (1 - share)) + MISFIT**2))


def lines_of(seen: Observed, made: PastRun) -> Array:
    """What the chain makes of the rows of all blocks, one after the other."""
    wishes, people = made.wishes, made.people

    def wishing(low: int, high: int) -> float:
        return float(wishes[:, low : high + 1].sum() / people[low : high + 1].sum())

    plans = wishes[:, ADULT:].sum(axis=1)
    movers = made.movers / made.movers.sum()
    rows = [
        np.log(np.maximum(made.moves[:, seen.pairs()], FLOOR)).reshape(-1),
        np.log(np.maximum(made.emigrants.sum(axis=1), FLOOR))[: len(seen.countries)],
        np.log([max(wishing(ADULT, len(people)), FLOOR)]),
        np.log([max(plans[1], FLOOR) / max(plans[0], FLOOR)]),
        np.log([max(wishing(int(low), int(high)), FLOOR) for low, high, _ in seen.wish_ages]).reshape(-1),
        np.log(np.maximum(made.emigrants.sum(axis=0), FLOOR))[: len(seen.groups)],
        np.log(np.maximum(movers, FLOOR)),
        np.log(np.maximum(made.arrivals, FLOOR)).reshape(-1),
        _logit(np.clip([made.recent], 1e-9, 1 - 1e-9)),
    ]
    return np.concatenate(rows)


@dataclass(frozen=True)
class Terms:
    """Terms of all rows: `design` (N, m) of zeros and ones, `kind` of each of the m terms."""

    design: csr_array
    kind: tuple[str, ...]

    def spread(self, estimated: Mapping[str, float]) -> Array:
        """Standard deviations of the priors, (m,); `estimated`: those that are not given, by kind."""
        return np.array([estimated.get(kind, TERMS[kind]) for kind in self.kind])

    def of(self, kind: str) -> NDArray[np.int64]:
        """Places of the terms of a kind."""
        return np.flatnonzero([one == kind for one in self.kind])


def terms_of(seen: Observed, blocks: list[Block]) -> Terms:
    """Which terms stand in which rows."""
    years, regions = seen.moves.shape[:2]
    origin, destination = np.nonzero(seen.pairs())
    pairs, groups = len(origin), max(len(seen.groups), 1)
    sizes = {"year": years, "origin": regions, "destination": regions, "origin_year": years * regions,
             "destination_year": years * regions, "pair": pairs, "country": len(seen.countries), "group": groups,
             "wish": 1}  # fmt: skip
    at = dict(zip(sizes, np.cumsum([0, *sizes.values()]).tolist(), strict=False))
    year = np.repeat(np.arange(years), pairs)
    rows: dict[str, list[tuple[str, NDArray[np.int64]]]] = {
        "moves": [
            ("year", year), ("origin", np.tile(origin, years)), ("destination", np.tile(destination, years)),
            ("origin_year", year * regions + np.tile(origin, years)),
            ("destination_year", year * regions + np.tile(destination, years)),
            ("pair", np.tile(np.arange(pairs), years)),
        ],
        "countries": [("country", np.arange(len(seen.countries)))],
        "wish": [("wish", np.zeros(1, dtype=np.int64))],
        "wish_age": [("wish", np.zeros(len(seen.wish_ages), dtype=np.int64))],
        "groups": [("group", np.arange(len(seen.groups)))],
    }  # fmt: skip
    of_group = next(len(one.data) for one in blocks if one.name == "group_moves") // regions
    if of_group == groups:
        place, group = np.divmod(np.arange(regions * groups), groups)
        rows["group_moves"] = [("destination", place), ("group", group)]
    total = sum(len(one.data) for one in blocks)
    row, column, first = [], [], 0
    for one in blocks:
        for kind, where in rows.get(one.name, []):
            row.append(first + np.arange(len(one.data)))
            column.append(at[kind] + where)
        first += len(one.data)
    places = (np.concatenate(row), np.concatenate(column))
    design = csr_array((np.ones(len(places[0])), places), shape=(total, sum(sizes.values())))
    return Terms(design, tuple(kind for kind, size in sizes.items() for _ in range(size)))
