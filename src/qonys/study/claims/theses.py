"""What sources answer to a thesis put into figures: published estimates, shares of movements, changes of figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.catalog.filters import filtered, split_conditions
from qonys.inputs.groups import census_counts, current_estimates
from qonys.study.chapters.retrospective import PUBLISHED, movement_bounds
from qonys.study.claims.answers import COUNTED, ClaimResult
from qonys.study.claims.reading import Claim

SAME, PERCENT = "published", 100.0
QUOTED = 3
Row = dict[str, Any]
WHOLE = 1_000.0  # counts below it are of years that have percentages


def share_of_movements(pack: Pack, claim: Claim) -> Iterator[ClaimResult]:
    """Share of the movements of `claim.parts` in those of `claim.whole` between the counts, with its bounds.

    The least share has the lowest published number of its own and the highest of the others, the greatest the reverse.
    The value between is the middle and likelier than no other.
    """
    if inputs.available(pack, (*COUNTED, *PUBLISHED)):
        return
    table = movement_bounds(pack)
    if table is None:
        return
    start, end = claim.years
    rows = table.frame.filter((pl.col("start") >= start) & (pl.col("end") <= end))
    ends = {name: _ends(rows, name) for name in claim.whole}
    own, others = ([ends[name] for name in claim.whole if (name in claim.parts) == inside] for inside in (True, False))
    (low, high), (least, most) = (tuple(map(sum, zip(*part, strict=True))) or (0.0, 0.0) for part in (own, others))
    if not low + most or not high + least:
        return
    figures = (("own_low", low), ("own_high", high), ("others_low", least), ("others_high", most))
    ends_of_share = low / (low + most), high / (high + least)
    yield ClaimResult(
        SAME, sum(ends_of_share) / 2, figures, table.sources, QUOTED, *ends_of_share, bounds=True,
    )  # fmt: skip


def _ends(rows: pl.DataFrame, name: str) -> tuple[float, float]:
    """Least and greatest number of persons of a movement over all periods."""
    own = rows.filter(pl.col("component") == name)
    ends = [sorted((abs(low), abs(high))) for low, high in own.select("low", "high").rows()]
    return sum(low for low, _ in ends), sum(high for _, high in ends)


def published_number(pack: Pack, claim: Claim) -> Iterator[ClaimResult]:
    """What each source publishes of the figure: a number, or one or two bounds."""
    if claim.figure is None or inputs.available(pack, (claim.figure,)):
        return
    rows = inputs.rows(pack, claim.figure)
    for (source,), part in sorted(rows.group_by(["source"], maintain_order=True)):
        found = {str(bound): float(value) for bound, value in part.select("bound", "value").rows()}
        figures = tuple((f"published_{bound}", value) for bound, value in found.items())
        rank = int(str(part["rank"].max()))
        if "value" in found:
            yield ClaimResult(str(source), found["value"], figures, (str(source),), rank)
            continue
        low, high = found.get("low"), found.get("high")
        middle = sum(found.values()) / len(found)
        yield ClaimResult(str(source), middle, figures, (str(source),), rank, low, high, bounds=True)


def gross_emigrants(pack: Pack, claim: Claim) -> Iterator[ClaimResult]:
    """Persons who left, by published numbers of leavers alone: totals, and numbers of groups added.

    Numbers whose times do not overlap are added, those that give the most. Unless they fill the years, more may have
    left.
    """
    for label, name in (("gross_totals", "emigrants"), ("gross_groups", "emigrants_by_ethnic_group")):
        if inputs.available(pack, (name,)):
            continue
        rows = _within(inputs.rows(pack, name), claim)
        groups = rows.group_by("category", maintain_order=True)
        parts = [rows] if label == "gross_totals" else [part for _, part in groups]
        found = [row for part in parts for row in heaviest(part.to_dicts())]
        if not found:
            continue
        whole = label == "gross_totals" and sum(_months(row) for row in found) == 12 * (claim.years[1] - claim.years[0])
        figures = tuple((str(row["period"]), float(row["value"])) for row in found)
        sources = tuple(sorted({str(row["source"]) for row in found}))
        rank = max(int(row["rank"]) for row in found)
        yield ClaimResult(label, sum(value for _, value in figures), figures, sources, rank, least=not whole)


def _within(rows: pl.DataFrame, claim: Claim) -> pl.DataFrame:
    first, last = claim.years
    inside = (pl.col("start").dt.year() >= first) & (pl.col("end").dt.year() < last)
    return rows.filter(inside).sort("end", "start", "value")


def _months(row: Row) -> int:
    start, end = row["start"], row["end"]
    return int(12 * (end.year - start.year) + end.month - start.month + 1)


def heaviest(rows: list[Row]) -> list[Row]:
    """Rows (`start`, `end`, `value`; in the order of their ends) whose times do not overlap, with the greatest sum.

    Examples
    --------
    >>> rows = [{"start": 1, "end": 2, "value": 5.0}, {"start": 1, "end": 4, "value": 8.0},
    ...     {"start": 3, "end": 4, "value": 4.0}]
    >>> [row["value"] for row in heaviest(rows)]
    [5.0, 4.0]

    """
    best: list[tuple[float, list[Row]]] = [(0.0, [])]
    for row in rows:
        before = max(
            (best[place + 1] for place, other in enumerate(rows[: len(best) - 1]) if other["end"] < row["start"]),
            key=lambda one: one[0], default=(0.0, []),
        )  # fmt: skip
        taken = before[0] + float(row["value"]), [*before[1], row]
        best.append(max(best[-1], taken, key=lambda one: one[0]))
    return best[-1][1]


def figure_ratio(pack: Pack, claim: Claim) -> Iterator[ClaimResult]:
    """A figure in the last of the two years over the first, by source; of two sources where none states both."""
    if claim.figure is None or (claim.figure not in pack.tables() and inputs.available(pack, (claim.figure,))):
        return
    rows = filtered(inputs.rows(pack, claim.figure), split_conditions(claim.where)).drop_nulls("value")
    ends = [rows.filter(pl.col("year").cast(pl.Int64, strict=False) == year) for year in claim.years]
    both = sorted(set(ends[0]["source"]) & set(ends[1]["source"]))
    pairs = [(one, one) for one in both]
    if not pairs and all(end.height for end in ends):
        pairs = [(str(ends[0]["source"][0]), str(ends[1]["source"][0]))]
    for names in pairs:
        chosen = (end.filter(pl.col("source") == name) for end, name in zip(ends, names, strict=True))
        first, last = (part.row(0, named=True) for part in chosen)
        figures = ((str(claim.years[0]), float(first["value"])), (str(claim.years[1]), float(last["value"])))
        sources, rank = tuple(dict.fromkeys(names)), max(int(first["rank"]), int(last["rank"]))
        yield ClaimResult(names[0], last["value"] / first["value"], figures, sources, rank)


def _wishes(pack: Pack, claim: Claim) -> Iterator[tuple[str, int, float, str, int]]:
    """Figure, year, share, source and rank of each published intention asked in the years of a claim."""
    for one in inputs.country(pack).intentions:
        if claim.years[0] <= one.year < claim.years[1] and not inputs.available(pack, (one.figure,)):
            row = inputs.rows(pack, one.figure).row(0, named=True)
            yield one.figure, one.year, float(row["value"]) / PERCENT, str(row["source"]), int(row["rank"])


def wish_share(pack: Pack, claim: Claim) -> Iterator[ClaimResult]:
    """Share of adults who would move or mean to, by survey; the questions differ."""
    for _, year, share, source, rank in _wishes(pack, claim):
        yield ClaimResult(source, share, ((str(year), share),), (source,), rank)


def wish_ratio(pack: Pack, claim: Claim) -> Iterator[ClaimResult]:
    """Each later share of adults who would move over the first one; no comparison where the question is another."""
    found = list(_wishes(pack, claim))
    for figure, year, share, source, rank in found[1:]:
        name, first, before, other, its_rank = found[0]
        figures = ((str(first), before), (str(year), share))
        yield ClaimResult(
            source, share / before, figures, (other, source), max(rank, its_rank), comparable=figure == name
        )


def groups_new(pack: Pack, claim: Claim) -> Iterator[ClaimResult]:
    """Number of groups, other than the state's own, that passed `claim.threshold` persons between two censuses."""
    if inputs.available(pack, ("ethnic_census",)):
        return
    kin = inputs.country(pack).kin_groups
    people = [_counted(pack, year) for year in claim.years]
    ends = [dict(found.select("ethnic_group", "value").rows()) for found in people]
    both = sorted(set(ends[0]) & set(ends[1]) - {*kin, "other"})
    if not both:
        return
    new = [group for group in both if ends[0][group] < claim.threshold <= ends[1][group]]
    figures = tuple((group, ends[1][group]) for group in new) or (("groups_counted", float(len(both))),)
    sources = tuple(pl.concat(found["source"] for found in people).unique().sort())
    yield ClaimResult("census", float(len(new)), figures, sources, QUOTED)


def _counted(pack: Pack, year: int) -> pl.DataFrame:
    """Persons of each group at the census of a year, else by the office's count of the year."""
    at = pl.col("year") == year
    census = census_counts(pack).filter(at)
    return census if census.height else current_estimates(pack).filter(at & (pl.col("value") > WHOLE))


THESES: dict[str, Callable[[Pack, Claim], Iterator[ClaimResult]]] = {
    "share_of_movements": share_of_movements,
    "published_number": published_number,
    "gross_emigrants": gross_emigrants,
    "figure_ratio": figure_ratio,
    "wish_share": wish_share,
    "wish_ratio": wish_ratio,
    "groups_new": groups_new,
}
