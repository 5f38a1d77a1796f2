"""Signposts of a mix of measures: which observed figure, at which value, in which year would say that it fails.

Draws with the mix and without it share their random numbers. In each year the limit is the 2.5 % quantile of the draws
with the mix where it raises the figure, the 97.5 % quantile where it lowers it: a figure beyond the limit comes with
probability 2.5 % if the mix works as assumed. How often the draws without the mix lie beyond the limit says whether the
figure can tell at all (the signposts of adaptive plans: Haasnoot and others 2013, Global Environmental Change 23:485).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array = NDArray[np.float64]
CHANCE = 0.025
ABOVE, BELOW, NONE = "above", "below", ""
TELLS = 0.5  # from this chance of being beyond the limit without the mix a figure can tell


def signposts(years: Sequence[int], with_mix: Mapping[str, Array], without: Mapping[str, Array]) -> pl.DataFrame:
    """What to watch: draws (D, T) of each observed figure by name, with and without the mix, in `years` (T,).

    Returns
    -------
    indicator, year, expected (median with the mix), low, high (95 %), without_scenario (median without it), fails
    (below, above; empty where the mix changes nothing), limit (the value beyond which the mix is failing),
    beyond_without (probability of such a value without the mix), tells (whether that is at least one half).

    Raises
    ------
    ValueError
        Draws of different shapes.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> plain = rng.normal(0, 1, (2000, 2))
    >>> found = signposts((2030, 2031), {"net": plain + [0.0, 4.0]}, {"net": plain})
    >>> found.select("year", "fails", "tells").rows()
    [(2030, '', False), (2031, 'below', True)]
    """
    rows = []
    for name, drawn in with_mix.items():
        plain = without[name]
        if drawn.shape != plain.shape or drawn.shape[1] != len(years):
            raise ValueError("draws with and without the mix need one shape, with the years in the second axis")
        low, expected, high = np.quantile(drawn, [CHANCE, 0.5, 1 - CHANCE], axis=0)
        moved = np.median(drawn - plain, axis=0)
        for place, year in enumerate(years):
            fails = BELOW if moved[place] > 0 else ABOVE if moved[place] < 0 else NONE
            limit = {BELOW: low[place], ABOVE: high[place]}.get(fails)
            beyond = _beyond(plain[:, place], fails, limit)
            rows.append((name, int(year), float(expected[place]), float(low[place]), float(high[place]),
                         float(np.median(plain[:, place])), fails, None if limit is None else float(limit),
                         beyond, beyond is not None and beyond >= TELLS))  # fmt: skip
    kinds = (pl.String, pl.Int64, *[pl.Float64] * 4, pl.String, *[pl.Float64] * 2, pl.Boolean)
    return pl.DataFrame(rows, schema=dict(zip(COLUMNS, kinds, strict=True)), orient="row")


COLUMNS = (
    "indicator", "year", "expected", "low", "high", "without_scenario", "fails", "limit", "beyond_without", "tells",
)  # fmt: skip


def _beyond(draws: Array, fails: str, limit: float | None) -> float | None:
    """Share of the draws without the mix beyond its limit."""
    if limit is None:
        return None
    return float((draws < limit).mean() if fails == BELOW else (draws > limit).mean())
