"""Measures of migration: indicators, forms of migration, and disclosure control of counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict, Unpack

import polars as pl

from qonys.catalog.reading.rows import NUMBER
from qonys.catalog.reading.times.dates import ORDERS
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.estimation.disclosure import protected_frame
from qonys.face.arguments import offered
from qonys.face.frames import Columns, Table, frame_of, rows_of, same_boundaries, sources_of
from qonys.face.labels import known_packs
from qonys.face.options import checked, names
from qonys.face.result import Note, Result
from qonys.figures.results import View
from qonys.study.analyses.indicators import AUXILIARY, COHORTS, FLOWS, TOTALS, IndicatorsRequest, indicators_of_tables


class IndicatorTables(TypedDict, total=False):
    """Further tables and options of `migration_indicators`."""

    distances: Table
    areas: Table
    standard: Table
    survivors: Table
    neighbours: Table
    zones: Sequence[int]
    draws: int
    seed: int
    households: float


@offered
def migration_indicators(
    flows: Table,
    population: Table | None = None,
    *,
    kind: str = "system",
    by: str | Sequence[str] = (),
    columns: Columns = None,
    **options: Unpack[IndicatorTables],
) -> Result:
    """Indicators of migration intensity, effectiveness, distance, connectivity and concentration, with errors.

    Parameters
    ----------
    flows
        origin, destination, value (moves; optional period, age, group, sex), or totals: region, arrivals, departures.
        For kind `settling`: cohort, duration, arrived, and remaining (register) or counted (census).
    population
        region, population (persons exposed to risk; same periods and groups); without it no rates are given.
    kind
        system (all indices), pairs (links between regions), scale (over random zonings, needs `zones`), settling.
    by
        Columns to split by: age, group, sex.
    columns
        Standard column name to your column name.
    options
        Tables `distances`, `areas`, `standard`, `survivors`, `neighbours`; `zones`: numbers of zones; `draws`:
        bootstrap replicates (200; 0 for none); `seed`; `households`, for the intensity of all changes of address.

    Returns
    -------
    period, indicator, variant, region (null: the whole system), value, low, high (95%), error_method, unit. Values
    refer to the whole period; rates are per 100 or per 1,000 as stated in `unit`. Table `definitions`: definition of
    each indicator.

    Raises
    ------
    BadInput, AxisMismatch
        Missing columns; empty, negative or repeated cells; labels found in one table only.

    Notes
    -----
    Source: Bell et al. (2002) and, for each indicator, the reference in the table `definitions`.

    Examples
    --------
    >>> import qonys
    >>> flows = {"origin": ["a", "b"], "destination": ["b", "a"], "value": [300, 100]}
    >>> people = {"region": ["a", "b"], "population": [10_000, 10_000]}
    >>> found = qonys.migration_indicators(flows, people, draws=0).frame
    >>> found.filter(indicator="cmi", variant="crude").select("value", "unit").row(0)
    (2.0, 'per_100')
    """
    from qonys.study.analyses.indicators import definitions

    known = checked(options, tuple(IndicatorTables.__annotations__), "migration_indicators")
    same_boundaries("indicators", flows, population)
    request = IndicatorsRequest(
        kind,
        names(by),
        tuple(known.get("zones", ())),
        **{name: known[name] for name in ("draws", "seed", "households") if name in known},
    )
    given: dict[str, Table] = {name: known[name] for name in AUXILIARY if name in known}
    if population is not None:
        given["population"] = population
    frame = frame_of(flows, _wanted(flows, kind), "flows", columns)
    auxiliary = {name: frame_of(table, AUXILIARY[name], name, columns) for name, table in given.items()}
    found = indicators_of_tables(frame, auxiliary, request)
    about = definitions("en")
    about = about.filter(pl.col("indicator").is_in(found["indicator"].unique().to_list()))
    views = (
        View("line", "duration", "value", "low", "high", "cohort")
        if kind == "settling"
        else View("dots", "value", "indicator", "low", "high", where=(("unit", "per_100"),)),
    )
    return Result("migration_indicators", found, {"definitions": about}, (), views, None, sources_of(flows, population))


def _wanted(flows: Table, kind: str) -> Wanted:
    if kind == "settling":
        return COHORTS
    found = {name.lower() for name in rows_of(flows, "flows").columns}
    return TOTALS if {"arrivals", "departures"} <= found and "origin" not in found else FLOWS


@offered
def classify_forms(
    moves: Table,
    home: str,
    *,
    kin_groups: str | Sequence[str] = (),
    resident_months: float = 12.0,
    language: str = "en",
    dates: str = "",
    columns: Columns = None,
) -> Result:
    """Form of migration and United Nations class of every move, with the rule applied and its reason.

    Parameters
    ----------
    moves
        One row per move of one person, with any of person, date, origin_country, destination_country, citizenship,
        ethnic_group, cause, legal_status, stay_months, ... (the page on typology lists all columns and their values).
    home
        ISO 3166 alpha-3 code of the reporting country.
    kin_groups
        Values of ethnic_group whose immigration for ethnic reasons is repatriation, by code or by name in any language
        of the shipped packs, however the table writes them.
    resident_months
        Duration of stay that defines a resident, months.
    language
        Language of the reasons: en, ru, kk.
    dates
        day-first or month-first, where dates such as 1/3/2021 do not tell.
    columns
        Standard column name to your column name: {"citizenship": "nationality"}.

    Returns
    -------
    Your columns, then form and un_class with the rules applied, six dimensions of the move, the reason, and
    possible alternatives. Table `mix`: proportions by year with intervals, if moves are dated.

    Raises
    ------
    BadInput, UnknownName
        A value outside the vocabulary, an unreadable date, a column whose name is a likely misspelling.

    Notes
    -----
    Source: United Nations (2021), conceptual frameworks of international migration; rules and forms: the typology page.

    Examples
    --------
    >>> import qonys
    >>> moves = {"origin_country": ["AAA"], "destination_country": ["BBB"], "cause": ["labour"], "stay_months": [18]}
    >>> qonys.classify_forms(moves, home="BBB").frame["form"].to_list()
    ['labour']
    """
    from qonys.measurement.typology.classify import classify, mix_by_year
    from qonys.measurement.typology.records import COLUMNS
    from qonys.study.analyses.typology import (
        TypologyRequest,
        as_machines_write,
        called_otherwise,
        kin_as_written,
        say_unmet,
        short_table,
    )

    frame = rows_of(moves, "moves")
    for name, column in (columns or {}).items():
        if name not in COLUMNS or column not in frame.columns:
            raise BadInput("face.table.no_column", table="moves", column=column, name=name, found=", ".join(COLUMNS))
    frame = frame.rename({column: name for name, column in called_otherwise(frame.columns, columns or {}).items()})
    if dates not in ("", *ORDERS):
        raise BadInput("estimation.choice", option="dates", value=dates, known=", ".join(ORDERS))
    request = TypologyRequest(kin=names(kin_groups), home=home, dates=dates)
    path, packs = Path("moves"), known_packs() if request.kin else ()
    frame = as_machines_write(path, frame.with_row_index(NUMBER, 1), dates).drop(NUMBER)
    found = classify(frame, home, kin_groups=kin_as_written(frame, request.kin, packs), resident_months=resident_months)
    say_unmet(path, frame, request, packs, ("kin_groups", "home"))
    dated = "date" in frame.columns
    tables = {"mix": mix_by_year(found, "form")} if dated else {}
    views = (View("bars", "year", "share", colour="form", table="mix"),) if dated else ()
    shown = short_table(found, frame.columns, request, language)
    return Result("classify_forms", shown, tables, (), views, found, sources_of(moves), language=language)


@offered
def protect_table(
    counts: Table, axes: tuple[str, str], *, threshold: int = 5, base: int = 1, columns: Columns = None
) -> Result:
    """A table of counts with small cells suppressed so that they cannot be derived from the totals.

    Parameters
    ----------
    counts
        The two axes and value (persons); a missing pair is a count of zero.
    axes
        The columns that form the rows and columns of the table.
    threshold
        The smallest count that may be published, persons.
    base
        Published counts are rounded to multiples of it.
    columns
        Standard column name to your column name.

    Returns
    -------
    The axes (with rows named total), value (null if suppressed) and flag (c: confidential).

    Raises
    ------
    BadInput
        Missing columns, a repeated pair, a table that cannot be protected.

    Notes
    -----
    Source: Cox (1980); Gusfield (1988); Hundepool et al. (2012), chapter 4. Assumes that readers know only that
    counts are non-negative.

    Examples
    --------
    >>> import qonys
    >>> counts = {"region": ["a", "a", "b", "b"], "group": ["x", "y", "x", "y"], "value": [3, 40, 50, 60]}
    >>> qonys.protect_table(counts, ("region", "group")).frame.filter(flag="c").height
    4
    """
    table = frame_of(counts, Wanted(labels=tuple(axes)), "counts", columns)
    frame = protected_frame(table, axes, threshold, base)
    withheld = int((frame["flag"] != "").sum())
    note: Note = ("face.protect.withheld", {"n": withheld, "cells": frame.height})
    view = View("heat", axes[1], axes[0], colour="value")
    return Result("protect_table", frame, {}, (note,), (view,), None, sources_of(counts))
