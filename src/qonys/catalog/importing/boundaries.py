"""Regions of a person's rows and the boundaries of their time: dated names, and which boundaries fit the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from qonys.catalog.importing.understand import Understanding
from qonys.catalog.pack import Pack
from qonys.catalog.reading.labels.names import Names
from qonys.catalog.rules import columns, regions
from qonys.catalog.rules.findings import Finding
from qonys.catalog.schema import Resource
from qonys.words.notes import note


def with_dated_names(
    column: str, codes: pl.Series, texts: pl.Series, years: Sequence[int | None], names: Names
) -> pl.Series:
    """Codes of a column, with those of former names in their years; a name that came later than its row is said.

    Parameters
    ----------
    column
        The file's column, for what is said.
    codes, texts, years
        One per row: the code found so far, the text of the cell, the calendar year; null where there is none.
    names
        What is known of regions' names.

    """
    found, early = [], dict[str, list[int]]()
    known = {text: names.dated_name(text) for text in map(str, texts.drop_nulls().unique())}
    for code, text, year in zip(codes, texts, years, strict=True):
        dated = None if text is None else known[str(text)]
        taken = code or (None if dated is None else dated.region_in(year))
        found.append(taken)
        if taken is not None and dated is not None and dated.is_early(year):
            early.setdefault(str(text), []).append(int(year or 0))
    for text, of in early.items():
        dated = known[text]
        since, region = (dated.since, names.called(dated.regions[0], text)) if dated is not None else ("", "")
        note("catalog.add.name_to_come", column=column, value=text, years=_span(of), since=since, region=region)
    return pl.Series(found, dtype=pl.String)


def known_boundaries(frame: pl.DataFrame, pack: Pack) -> tuple[Finding, ...]:
    """Boundaries that rows name are those of the pack."""
    own = [*pack.vintages()["vintage"], *pack.labels().filter(pl.col("axis") == "vintage")["code"]]
    if "vintage" not in frame.columns or not own:
        return ()
    known = ", ".join(dict.fromkeys(own))
    return tuple(
        replace(finding, values={**finding.values, "known": known})
        for finding in columns.codes_known(frame, "vintage", own, "catalog.add.no_such_code")
    )


def region_existed(
    frame: pl.DataFrame, pack: Pack, resource: Resource, understood: Understanding
) -> tuple[Finding, ...]:
    """Each region exists in the boundaries of its row; every bad row is named, with boundaries that would fit."""
    own = resource.region_columns
    wanted = [name for name in (*own, "vintage", "year") if name in frame.columns]
    found: list[Finding] = []
    for finding in regions.region_in_vintage(frame, pack.membership(), pack.vintages(), own):
        example = frame.row(finding.row or 0, named=True)
        same = pl.all_horizontal([pl.col(name).eq_missing(example[name]) for name in wanted])
        advice = _advice(str(finding.values["region"]), frame, pack, resource, understood)
        for index in frame.select(same.alias("same"))["same"].arg_true():
            values = {**finding.values, **advice.values, "row": int(index) + 2}
            found.append(replace(finding, key=advice.key, row=int(index), values=values))
    return tuple(found)


def _advice(region: str, frame: pl.DataFrame, pack: Pack, resource: Resource, understood: Understanding) -> Finding:
    """What to do about a region that its boundaries lack: the boundaries that have all regions of the file.

    Where no boundaries have all of them, or the file has a column of boundaries, each row says its own.
    """
    members = pack.membership()
    having = [v for v in pack.vintages().sort("order")["vintage"] if (v, region) in set(members.rows())]
    if "vintage" not in resource.columns or not having:
        return Finding("catalog.add.region.absent")
    present = {code for name in resource.region_columns for code in frame[name].drop_nulls().unique()}
    fitting = [v for v in having if present <= set(members.filter(pl.col("vintage") == v)["region"])]
    if understood.file_column("vintage") is None and fitting:
        return Finding("catalog.add.region.other_boundaries", {"fitting": fitting[0]})
    return Finding("catalog.add.region.column", {"known": ", ".join(having)})


def say_smaller_regions(frame: pl.DataFrame, pack: Pack, resource: Resource, understood: Understanding) -> None:
    """Say which rows are of years in which today's parts of their regions were regions of their own.

    Nothing is said where the person or the file says the boundaries.
    """
    stated = "vintage" in understood.constants or understood.file_column("vintage") is not None
    if stated or not {"vintage", "year"} <= set(frame.columns):
        return
    gone = pack.other_names().filter(pl.col("part").is_not_null() & (pl.col("part") != ""))
    for until in sorted(gone["to_year"].drop_nulls().unique()):
        grown = gone.filter(pl.col("to_year") == until)["region"].unique().to_list()
        for name in resource.region_columns:
            rows = frame.filter((pl.col("year") <= until) & pl.col(name).is_in(grown) & pl.col("vintage").is_not_null())
            if rows.height:
                shown = ", ".join(sorted(rows[name].unique()))
                span = _span([int(year) for year in rows["year"].unique()])
                vintage = str(rows["vintage"][0])
                note("catalog.add.smaller_regions", years=span, regions=shown, until=until, vintage=vintage)


def _span(years: Sequence[int]) -> str:
    """The first and the last of some years."""
    first, last = min(years), max(years)
    return str(first) if first == last else f"{first}–{last}"
