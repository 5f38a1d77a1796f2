"""Releases from the beginning of a year: those of a pack, of a person's file, and of a person's own store."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.long_tables import AS_FOUND, read_long
from qonys.catalog.reading.wanted import Wanted
from qonys.catalog.user_tables import user_frame
from qonys.errors import BadInput
from qonys.monitor.increments import Release, increments, newest, rounding_of

TABLE, TOTALS = "flow_releases", "external_flow_totals"
FLOWS = ("immigrants", "emigrants")
WANTED = Wanted(
    whole=("year", "months"), optional_labels=("indicator",), kinds={"value": "persons"}, apart=("indicator",),
    also={"indicator": ("flow", "series")},
)  # fmt: skip
Series = Mapping[str, Sequence[Release]]


@dataclass(frozen=True)
class Row:
    """A release of a file with the row that it stands in, and the file's names of the columns by their usual ones."""

    indicator: str
    release: Release
    row: int
    columns: Mapping[str, str]


def releases_of_pack(pack: Pack) -> dict[str, list[Release]]:
    """Cumulative figures of immigrants and emigrants from the beginning of a year in all editions, by flow.

    Where the pack has no table of releases, its totals of external flows are taken, as first editions.

    Raises
    ------
    BadInput
        The pack has neither.

    """
    if not inputs.available(pack, (TABLE,)):
        return _unbroken(_by_flow(inputs.rows(pack, TABLE)))
    if inputs.available(pack, (TOTALS,)):
        raise BadInput("monitor.no_releases", pack=pack.country.get("code", ""))
    start, end = pl.col("start"), pl.col("end")
    begun = (start.dt.ordinal_day() == 1) & (end.dt.year() == start.dt.year()) & pl.col("flow").is_in(FLOWS)
    rows = inputs.chosen(pack, TOTALS).with_columns(pl.col("start", "end").cast(pl.Date)).filter(begun)
    return _unbroken(_by_flow(rows.drop("alternatives", "chosen_by", strict=False)))


def faults_of_releases(pack: Pack) -> tuple[int, list[BadInput]]:
    """Rows of the pack's table of releases, and what is wrong with them, a sentence each.

    A figure that is not above the former one of its year, one edition with two figures, editions that do not count
    from one, a span or a publication out of order.
    """
    found: list[BadInput] = []
    series = _by_flow(inputs.rows(pack, TABLE))
    for name, some in series.items():
        try:
            steps = increments([one for one in some if one.edition == 1])
            empty = [one.release.end.isoformat() for one in steps if one.value <= 0]
            found += [BadInput("monitor.nothing_added", end=end) for end in empty]
        except BadInput as error:
            found.append(error)
        editions: dict[tuple[date, date], list[int]] = {}
        for one in some:
            editions.setdefault((one.start, one.end), []).append(one.edition)
            begun = (one.start.month, one.start.day, one.start.year) == (1, 1, one.end.year)
            late = (one.with_end or one.end) >= one.end and (one.published or date.max) > one.end
            if not begun or not late:
                found.append(BadInput("monitor.release_order", name=name, end=one.end.isoformat(), edition=one.edition))
        for (_, end), numbers in editions.items():
            if sorted(numbers) != list(range(1, len(numbers) + 1)):
                listed = ", ".join(map(str, sorted(numbers)))
                found.append(BadInput("monitor.editions", name=name, end=end.isoformat(), editions=listed))
    return sum(map(len, series.values())), found


def own_releases(pack: Pack) -> dict[str, list[Release]]:
    """A person's own releases by indicator, in the order in which they were added; none where there are none."""
    frame = user_frame(pack, TABLE)
    return {} if frame is None else _by_flow(frame)


def stored_releases(pack: Pack) -> dict[str, list[Release]]:
    """Releases of the pack and a person's own, by indicator; a figure published again is a further edition.

    Raises
    ------
    BadInput
        There are none.

    """
    own = own_releases(pack)
    try:
        known: dict[str, list[Release]] = releases_of_pack(pack)
    except BadInput:
        if not own:
            raise
        known = {}
    names = (*known, *(name for name in own if name not in known))
    return _unbroken({name: joined(known.get(name, []), own.get(name, [])) for name in names})


def joined(known: Sequence[Release], own: Sequence[Release]) -> list[Release]:
    """Both, each span with editions numbered by the day from which they count as known; equal figures once.

    Examples
    --------
    >>> made = Release(date(2024, 1, 1), date(2024, 3, 31), 300.0)
    >>> later = Release(date(2024, 1, 1), date(2024, 3, 31), 310.0, published=date(2025, 5, 12))
    >>> [(one.value, one.edition) for one in joined([made], [later, made])]
    [(300.0, 1), (310.0, 2)]
    """
    spans: dict[tuple[date, date], list[Release]] = {}
    for one in (*known, *own):
        spans.setdefault((one.start, one.end), []).append(one)
    found: list[Release] = []
    for some in spans.values():
        kept: list[Release] = []
        for one in sorted(some, key=lambda each: (each.known, each.edition)):
            if not kept or kept[-1].value != one.value:
                kept.append(replace(one, edition=len(kept) + 1))
        found += kept
    return sorted(found, key=lambda one: (one.start, one.end, one.edition))


def releases_of(pack: Pack, path: Path | None, choices: FileChoices = AS_FOUND) -> dict[str, list[Release]]:
    """Those of a person's file; where no file is given, of the pack and of the person's own store."""
    return stored_releases(pack) if path is None else releases_of_file(path, choices)


def releases_of_file(path: Path, choices: FileChoices = AS_FOUND) -> dict[str, list[Release]]:
    """Releases in a file: year, months (1 to 12, from January), value, optional indicator.

    Raises
    ------
    BadInput
        A month that there is not, a figure below or equal to the former one of the year; with file, row and column.

    """
    rows = rows_of_file(path, choices)
    refuse_falling(path, rows, {})
    found: dict[str, list[Release]] = {}
    for one in rows:
        found.setdefault(one.indicator, []).append(one.release)
    return found


def rows_of_file(path: Path, choices: FileChoices = AS_FOUND, rounding: float = 0.0) -> list[Row]:
    """The releases of a file with their rows, in its order; `rounding`: the unit of all (0: as the figures look).

    Raises
    ------
    BadInput
        A month that there is not, a part of a person.

    """
    table = read_long(path, WANTED, choices)
    frame = table.frame
    name = pl.col("indicator") if "indicator" in frame.columns else pl.lit("")
    found = []
    for row, place in zip(frame.with_columns(indicator=name).iter_rows(named=True), table.rows, strict=True):
        year, months = row["year"], row["months"]
        where = {"path": str(path), "row": place}
        if not 1 <= year <= 9999:
            raise BadInput("monitor.year", **where, column=table.used["year"], value=year)
        if not 1 <= months <= 12:
            raise BadInput("monitor.months", **where, column=table.used["months"], value=months)
        end = date(year, months, calendar.monthrange(year, months)[1])
        if row["value"] != round(row["value"]):
            raise BadInput("monitor.fraction", **where, column=table.used["value"], value=row["value"])
        release = Release(date(year, 1, 1), end, row["value"], rounding or rounding_of(row["value"]))
        found.append(Row(row["indicator"], release, int(str(place)), table.used))
    return found


def refuse_falling(path: Path, rows: Sequence[Row], stored: Series) -> None:
    """Refuse a figure of the file that is 0 or not above the former one of its year, in the file or stored.

    Raises
    ------
    BadInput
        With file, row and column.

    """
    for one in rows:
        if one.release.value <= 0:
            raise BadInput("monitor.nobody", path=str(path), row=one.row, column=one.columns["value"],
                           end=one.release.end.isoformat())  # fmt: skip
    for name in dict.fromkeys(one.indicator for one in rows):
        mine = {(one.release.start, one.release.end): one for one in rows if one.indicator == name}
        spans = {(one.start, one.end): one for one in newest(stored.get(name, ()))}
        spans |= {span: one.release for span, one in mine.items()}
        ordered = sorted(spans)
        for before, span in pairwise(ordered):
            former, later, row = spans[before], spans[span], mine.get(span) or mine.get(before)
            if former.start != later.start or later.value > former.value or row is None:
                continue
            raise BadInput(
                "monitor.equal" if later.value == former.value else "monitor.falls", path=str(path), row=row.row,
                column=row.columns["value"], end=later.end.isoformat(), value=later.value, former=former.value,
                before=former.end.isoformat(),
            )  # fmt: skip


def _by_flow(frame: pl.DataFrame) -> dict[str, list[Release]]:
    """Releases of rows with the columns of the table of releases, of which edition and days may be missing."""
    found: dict[str, list[Release]] = {}
    for row in frame.iter_rows(named=True):
        one = Release(
            _day(row["start"]) or date.min, _day(row["end"]) or date.min, row["value"],
            row.get("rounding") or rounding_of(row["value"]), row.get("edition") or 1, _day(row.get("published")),
            _day(row.get("published_with")), row.get("source") or "",
        )  # fmt: skip
        found.setdefault(row["flow"], []).append(one)
    return found


def _day(value: object) -> date | None:
    return value if isinstance(value, date) or value is None else date.fromisoformat(str(value))


def _unbroken(series: Mapping[str, list[Release]]) -> dict[str, list[Release]]:
    return {name: unbroken(some) for name, some in series.items()}


def unbroken(releases: Sequence[Release]) -> list[Release]:
    """The releases of the newest years that follow each other without a gap.

    Examples
    --------
    >>> made = [Release(date(year, 1, 1), date(year, 6, 30), 100.0) for year in (2013, 2016, 2017)]
    >>> [one.start.year for one in unbroken(made)]
    [2016, 2017]
    """
    years = {one.start.year for one in releases}
    first = max(years, default=0)
    while first - 1 in years:
        first -= 1
    return [one for one in releases if one.start.year >= first]
