"""Moves out of a region that exceed its population: one of the two files is in another unit."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from qonys.catalog.reading.advice import typed
from qonys.errors import BadInput
from qonys.words.each import in_each
from qonys.words.notes import note


def say_more_moves(flows: pl.DataFrame, people: pl.DataFrame, keys: Sequence[str]) -> None:
    """Say that moves out of a region exceed its population, where nobody can be asked; as in `refuse_more_moves`."""
    found = more_moves(flows, people, keys)
    if found is not None:
        region, moves, counted = found
        note("study.indicators.more_moves_told", region=region, moves=in_each(moves), people=in_each(counted))


def refuse_more_moves(
    flows: pl.DataFrame, people: pl.DataFrame, keys: Sequence[str], path: str, *, said: bool
) -> None:
    """Refuse moves out of a region that exceed its population, unless the multiplier of its file `path` was `said`.

    Parameters
    ----------
    flows
        origin, destination, value (moves); or region, departures.
    people
        region, population (persons).
    keys
        Columns (period, age …) that are compared label by label where both tables have them.
    path, said
        The file of the population, and whether the person gave its multiplier.

    Raises
    ------
    BadInput
        Names the region where moves exceed the population most.

    """
    found = None if said else more_moves(flows, people, keys)
    if found is not None:
        region, moves, counted = found
        thousands, persons = (typed("--multiplier", f"{path}={factor}") for factor in (1000, 1))
        raise BadInput(
            "study.indicators.more_moves", path=path, region=region, moves=in_each(moves), people=in_each(counted),
            thousands=thousands, persons=persons,
        )  # fmt: skip


def more_moves(flows: pl.DataFrame, people: pl.DataFrame, keys: Sequence[str]) -> tuple[str, float, float] | None:
    """The region whose moves out exceed its population most, these moves and its population; None where there is none.

    Examples
    --------
    >>> flows = pl.DataFrame({"origin": ["A", "A", "B"], "destination": ["A", "B", "A"], "value": [900.0, 20.0, 5.0]})
    >>> people = pl.DataFrame({"region": ["A", "B"], "population": [10.0, 10.0]})
    >>> more_moves(flows, people, ())
    ('A', 20.0, 10.0)

    """
    out, place = ("departures", "region") if "departures" in flows.columns else ("value", "origin")
    if not {out, place} <= {*flows.columns} or not {"region", "population"} <= {*people.columns}:
        return None
    left = flows.filter(pl.col("origin") != pl.col("destination")) if place == "origin" else flows
    both = [name for name in keys if name in flows.columns and name in people.columns]
    by = [*both, *(name for name in ("period",) if name in flows.columns and name not in both)]
    texts = [pl.col(name).cast(pl.String) for name in by]
    moves = left.select(*texts, pl.col(place).cast(pl.String).alias("region"), moves=pl.col(out).cast(pl.Float64))
    moves = moves.group_by(*by, "region").agg(pl.col("moves").sum())
    counted = people.select(*(pl.col(name).cast(pl.String) for name in both), pl.col("region").cast(pl.String),
                            people=pl.col("population").cast(pl.Float64))  # fmt: skip
    counted = counted.group_by(*both, "region").agg(pl.col("people").sum()).filter(pl.col("people") > 0)
    found = moves.join(counted, on=[*both, "region"]).filter(pl.col("moves") > pl.col("people"))
    if not found.height:
        return None
    most = found.sort(pl.col("moves") / pl.col("people"), *by, "region", descending=True).row(0, named=True)
    return str(most["region"]), float(most["moves"]), float(most["people"])
