"""Which periods and years a sentence names: found in the results, not written down."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from qonys.study.runs.results import Results

Row = dict[str, Any]


def periods(results: Results) -> list[Row]:
    """The periods of `components_by_period` in their order; none where the results hold no such table."""
    table = results.tables.get("components_by_period")
    return [] if table is None else table.frame.sort("start").to_dicts()


def named(row: Row, quantity: str) -> str:
    """Name of a number of a period."""
    return f"retrospective.{row['start']}_{row['end']}.{quantity}"


def heaviest_loss(results: Results) -> Row | None:
    """The period that lost most people by migration while the population fell; None if there is none."""
    falling = [row for row in periods(results) if row["residual"] < 0 and row["natural"] + row["residual"] < 0]
    return min(falling, key=lambda row: row["residual"], default=None)


def turn(results: Results) -> tuple[Row, Row] | None:
    """The last two neighbouring periods of which the first gained people by migration and the second lost them."""
    known = periods(results)
    pairs = [(a, b) for a, b in pairwise(known) if a["residual"] > 0 > b["residual"]]
    return pairs[-1] if pairs else None


def named_years(results: Results, stem: str) -> list[int]:
    """Years of the numbers named `stem` and a year, in their order."""
    ends = [name.removeprefix(f"{stem}.") for name in results.numbers if name.startswith(f"{stem}.")]
    return sorted(int(end) for end in ends if end.isdigit())


def year_ahead(results: Results) -> int:
    """The year of the projection that is told first: that for which the register's own forecast stands next to it."""
    shown = named_years(results, "projection.population")
    told = named_years(results, "projection.by_register")
    return told[0] if told else shown[len(shown) // 2]


def year_of_pyramid(results: Results) -> int:
    """The year of the projected pyramids nearest to the one that is told first."""
    base, near = results.number("projection.base").value or 0, year_ahead(results)
    years = results.table("projection_pyramids").frame["year"].unique().sort().to_list()
    return int(min((year for year in years if year > base), key=lambda year: abs(year - near)))


def year_between(results: Results, base: int, until: int) -> int:
    """The year between base and end that the regional projection shows."""
    shown = [year for year in named_years(results, "regional.kin") if base < year < until]
    return shown[0] if shown else (base + until) // 2
