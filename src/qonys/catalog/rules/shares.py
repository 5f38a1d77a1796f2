"""Rules on parts of a whole: persons of a group against its published share, all groups against the total.

Publications of one count can contradict each other, and a pack keeps them side by side. What these rules say is
therefore a note, not a fault: it names both rows, so that a misprint is seen and a preference can be written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from qonys.catalog.rules.findings import Finding, key_of

TOTAL = "total"
PERSONS = "persons"
PERCENT = "percent"
COARSEST = 1000.0  # coarsest rounding of a total, persons, that explains a difference
_ASIDE = frozenset({"value", "unit", "source", "status", "note", "rank", "owner"})


@dataclass(frozen=True)
class Shares:
    """Persons and shares of the parts on `axis`; `tolerance` is a proportion of the persons (0.005: half a percent)."""

    id: str
    axis: str
    tolerance: float


@dataclass(frozen=True)
class SharesChecked:
    """Notes, and how many pairs of a share with persons and of groups with a total were looked at."""

    notes: tuple[Finding, ...]
    tested: int


def shares_agree(frame: pl.DataFrame, totals: pl.DataFrame, rule: Shares) -> SharesChecked:
    """Persons against shares of the same year, basis and group; groups of one source against the total.

    Parameters
    ----------
    frame
        Rows with `unit` (persons, percent), `source`, `value` and the column `rule.axis`; the code ``total`` on it is
        the whole. Groups are made by all further columns.
    totals
        Published totals, persons, with `source`; they are matched by the columns that both frames have.
    rule
        The axis and the tolerance.

    A share speaks against persons when no total published for them makes the one of the other within the rounding of
    all three numbers (half a unit of the last digit written; of a total at most half a thousand, whatever zeros it ends
    in) and the tolerance. The sum of a source's groups is held against the largest total of that source, or else
    against every total.

    """
    keys = [name for name in frame.columns if name not in _ASIDE | {rule.axis}]
    rows = frame.filter(pl.col("value").is_not_null())
    notes: list[Finding] = []
    tested = 0
    for group in rows.partition_by(keys, maintain_order=True) if keys else [rows]:
        whole = _published(group, totals, rule.axis, keys)
        parts = group.filter(pl.col(rule.axis) != TOTAL)
        for check in (_shares_apart, _sums_above):
            found, looked = check(parts, whole, rule, keys)
            notes += found
            tested += looked
    return SharesChecked(tuple(notes), tested)


def last_digit(value: float) -> float:
    """Unit of the last digit that is written of a number: a decimal, or a power of ten where it ends in zeros.

    Examples
    --------
    >>> last_digit(81.7), last_digit(2_300_000.0), last_digit(2_127_625.0)
    (0.1, 100000.0, 1.0)

    """
    text = f"{abs(value):.10f}".rstrip("0").rstrip(".")
    if "." in text:
        return float(10.0 ** -len(text.split(".")[1]))
    return float(10.0 ** (len(text) - len(text.rstrip("0")))) if value else 1.0


def _published(group: pl.DataFrame, totals: pl.DataFrame, axis: str, keys: Sequence[str]) -> list[dict[str, object]]:
    """Totals of the group: its own rows of the whole, and those of `totals` with the same key."""
    own = group.filter((pl.col(axis) == TOTAL) & (pl.col("unit") == PERSONS))
    given = totals.filter(pl.col("value").is_not_null())
    for name in keys:
        if name in given.columns:
            given = given.filter(pl.col(name) == group[name][0])
    return [*own.iter_rows(named=True), *given.iter_rows(named=True)]


def _shares_apart(
    parts: pl.DataFrame, whole: Sequence[dict[str, object]], rule: Shares, keys: Sequence[str]
) -> tuple[list[Finding], int]:
    found: list[Finding] = []
    tested = 0
    for share in parts.filter(pl.col("unit") == PERCENT).iter_rows(named=True):
        same = (pl.col("unit") == PERSONS) & (pl.col(rule.axis) == share[rule.axis])
        for persons in parts.filter(same).iter_rows(named=True):
            if not whole:
                continue
            tested += 1
            gaps = [(_gap(share["value"], persons["value"], float(str(row["value"])), rule), row) for row in whole]
            gap, nearest = min(gaps, key=lambda pair: pair[0])
            if gap > 0:
                found.append(_share_note(rule, key_of(persons, [*keys, rule.axis]), (share, persons, nearest)))
    return found, tested


def _gap(share: float, persons: float, total: float, rule: Shares) -> float:
    """Persons between the nearest values that the roundings and the tolerance allow; 0 where they meet."""
    low, high = ((share + side * last_digit(share) / 2) / 100 for side in (-1, 1))
    low, high = low * (total - _slack(total)), high * (total + _slack(total))
    wide = last_digit(persons) / 2 + rule.tolerance * persons
    return max(low - (persons + wide), persons - wide - high, 0.0)


def _share_note(rule: Shares, key: str, rows: tuple[dict[str, object], ...]) -> Finding:
    share, persons, total = rows
    values = {
        "id": rule.id,
        "key": key,
        "persons": _whole(persons["value"]),
        "source": persons["source"],
        "share": f"{float(str(share['value'])):g}",
        "other": share["source"],
        "total": _whole(total["value"]),
        "third": total["source"],
        "made": _whole(float(str(share["value"])) / 100 * float(str(total["value"]))),
    }
    return Finding("catalog.rule.share", values)


def _sums_above(
    parts: pl.DataFrame, whole: Sequence[dict[str, object]], rule: Shares, keys: Sequence[str]
) -> tuple[list[Finding], int]:
    counted = parts.filter(pl.col("unit") == PERSONS)
    found: list[Finding] = []
    tested = 0
    for (source,), rows in counted.group_by(["source"], maintain_order=True):
        own = [row for row in whole if row["source"] == source]
        summed = float(rows["value"].sum())
        for row in [max(own, key=lambda row: float(str(row["value"])))] if own else whole:
            tested += 1
            total = float(str(row["value"]))
            if summed > total + _slack(total):
                values = {
                    "id": rule.id,
                    "key": key_of(rows.row(0, named=True), list(keys)),
                    "count": rows.height,
                    "sum": _whole(summed),
                    "source": source,
                    "total": _whole(total),
                    "other": row["source"],
                }
                found.append(Finding("catalog.rule.share_sum", values))
    return found, tested


def _slack(total: float) -> float:
    """Half of the unit a total is rounded to, persons."""
    return min(last_digit(total), COARSEST) / 2


def _whole(value: object) -> str:
    return f"{float(str(value)):.0f}"
