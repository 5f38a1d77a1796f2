"""Flows from a person's own stocks, margins and net totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import polars as pl

from qonys.catalog.reading.choices import FileChoices, pairs
from qonys.catalog.reading.labels.sexes import with_same_sexes, with_sexes
from qonys.catalog.reading.labels.spellings import known_labels
from qonys.catalog.reading.long_tables import AS_FOUND, read_long
from qonys.catalog.reading.numbers.bounds import AMOUNT, PERSONS
from qonys.catalog.reading.said_names import SaidNames
from qonys.catalog.reading.wanted import NET_NAMES, Wanted
from qonys.errors import BadInput
from qonys.estimation.balancing import Balanced, NetBalanced, balance, balance_to_net, multiplicative_components
from qonys.estimation.events import EventsOfIntervals
from qonys.estimation.flows_from_stocks import Choice, StockFlows, flows_from_stocks
from qonys.words.each import in_each

COUNTED = {"value": PERSONS}
STOCKS = Wanted(
    labels=("birthplace", "residence"), optional_labels=("sex",), optional_whole=("time",), kinds=COUNTED,
    apart=("sex",),
)  # fmt: skip
STOCKS_OF_TIMES = replace(STOCKS, whole=("time",), optional_whole=())
VITAL = Wanted(
    labels=("residence",), numbers=("births", "deaths"), optional_labels=("sex",), optional_whole=("time",),
    apart=("sex",),
)  # fmt: skip
NET = Wanted(labels=("region",), kinds={"value": AMOUNT}, also={"value": NET_NAMES})
PATTERN = Wanted(labels=("origin", "destination"), kinds=COUNTED, within="left_out", absent="none")


@dataclass(frozen=True)
class FlowsResult:
    """Tidy frames by name, and notes to the reader as (key, values) of the word catalogues."""

    frames: dict[str, pl.DataFrame]
    notes: tuple[tuple[str, dict[str, object]], ...] = field(default=())


def estimate_from_files(
    stocks: Path,
    vital: Path | None,
    seed: Path | None,
    chosen: Mapping[str, object],
    choices: FileChoices = AS_FOUND,
) -> FlowsResult:
    """Flows for every pair of neighbouring times (and each sex) of a stock file.

    Frames: flows (start, end, sex, origin, destination, value, method), balance, and for methods that
    tell birthplaces apart split (… kind) and birthplaces (… birthplace, no zeros). `chosen` holds the fields of
    `Choice`.
    """
    table = read_long(stocks, STOCKS_OF_TIMES, choices.before((vital, seed))).frame
    companions = choices.for_companions(known_labels(table.drop("sex", strict=False)))
    events = None if vital is None else read_long(vital, VITAL, companions).frame
    pattern = None if seed is None else read_long(seed, PATTERN, companions).frame
    return estimate_from_tables(table, events, pattern, chosen, (str(stocks), str(vital)))


def estimate_from_tables(
    table: pl.DataFrame,
    events: pl.DataFrame | None,
    pattern: pl.DataFrame | None,
    chosen: Mapping[str, object],
    names: tuple[str, str] = ("stocks", "vital"),
) -> FlowsResult:
    """`estimate_from_files` of tables read already; `names` are those of the stocks and the events in errors."""
    table, events = _of_sexes(table, events, names)
    choice = Choice(**chosen)  # type: ignore[arg-type]
    found: dict[str, list[pl.DataFrame]] = {"flows": [], "balance": [], "split": [], "birthplaces": []}
    notes: list[tuple[str, dict[str, object]]] = []
    for about, first, last, known in _intervals(names[0], table, events):
        result = flows_from_stocks(first, last, known, pattern, choice)
        labels = [pl.lit(value).alias(name) for name, value in about.items()]
        method = pl.lit(choice.method).alias("method")
        found["flows"].append(result.flows().select(*labels, pl.all(), method))
        found["balance"].append(result.balance.select(*labels, pl.all()))
        if result.by_birthplace is not None:
            found["split"].append(result.split().select(*labels, "kind", "origin", "destination", "value", method))
            found["birthplaces"].append(result.births_table().select(*labels, pl.all(), method))
        notes.extend(_notes(about, result))
    return FlowsResult({name: pl.concat(frames) for name, frames in found.items() if frames}, tuple(notes))


def _of_sexes(
    table: pl.DataFrame, events: pl.DataFrame | None, names: tuple[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Stocks and events with their sexes by the same codes, whatever words each of the tables has for them.

    Raises
    ------
    BadInput
        A word that is no sex; stocks of a sex without events of this sex, or events of sexes for stocks of none.

    """
    table = with_sexes(table, names[0], both=True)
    if events is None:
        return table, None
    events = with_sexes(events, names[1], both=True)
    stocks, vital = (
        one["sex"].unique().sort().to_list() if "sex" in one.columns else [] for one in (table, events)
    )
    if not stocks and "both" in vital:
        return table, events.filter(pl.col("sex") == "both").drop("sex")
    if not set(stocks) <= set(vital) or (vital and not stocks):
        shown = [", ".join(one) or "–" for one in (stocks, vital)]
        raise BadInput("study.flows.sexes", stocks=shown[0], vital=shown[1])
    return table, events


def _intervals(
    name: str, table: pl.DataFrame, events: pl.DataFrame | None
) -> list[tuple[dict[str, object], pl.DataFrame, pl.DataFrame, pl.DataFrame | None]]:
    """(labels, start, end, vital) of each neighbouring pair of times and each sex."""
    if "time" not in table.columns:
        raise BadInput("study.flows.no_time", path=name)
    if table["time"].null_count():
        raise BadInput("study.flows.empty_time", path=name, n=table["time"].null_count())
    times = table["time"].unique().sort().to_list()
    if len(times) < 2:
        raise BadInput("study.flows.one_time", path=name, time=times[0])
    sexes = table["sex"].unique().sort().to_list() if "sex" in table.columns else [None]
    found = []
    for sex in sexes:
        rows = table if sex is None else table.filter(pl.col("sex") == sex)
        known = _events(events, sex, times)
        for place, (start, end) in enumerate(pairwise(times)):
            about: dict[str, object] = {"start": start, "end": end} | ({} if sex is None else {"sex": sex})
            pair = [rows.filter(pl.col("time") == t).select("birthplace", "residence", "value") for t in (start, end)]
            found.append((about, pair[0], pair[1], known[place]))
    return found


def _events(events: pl.DataFrame | None, sex: str | None, times: Sequence[int]) -> Sequence[pl.DataFrame | None]:
    """Births and deaths of each interval (of one sex); without a column time, of the only interval."""
    if events is None:
        return [None] * (len(times) - 1)
    rows = events if sex is None or "sex" not in events.columns else events.filter(pl.col("sex") == sex)
    kept = rows.select("residence", "births", "deaths", *(name for name in ("time",) if name in rows.columns))
    return EventsOfIntervals(kept, "vital", ("births", "deaths")).between(times)


def _notes(about: dict[str, object], result: StockFlows) -> list[tuple[str, dict[str, object]]]:
    notes: list[tuple[str, dict[str, object]]] = []
    interval = "–".join(str(about[name]) for name in ("start", "end")) + (f" {about['sex']}" if "sex" in about else "")
    if result.zeros:
        notes.append(("study.flows.note.zeros", {"interval": interval, "n": result.zeros}))
    if result.accounts is not None and abs(result.accounts.closure) >= 0.5:
        left = in_each(round(-result.accounts.closure), plus=True)
        notes.append(("study.flows.note.closure", {"interval": interval, "n": left}))
    if result.accounts is not None and result.accounts.shifted >= 0.5:
        notes.append(("study.flows.note.shifted", {"interval": interval, "n": round(result.accounts.shifted)}))
    if result.accounts is not None and result.choice.births == "native":
        beyond = result.births_beyond()
        if beyond:
            notes.append(("study.flows.note.births", {"interval": interval, "places": ", ".join(beyond)}))
    if result.choice.method == "pseudo_bayes":
        notes.append(("study.flows.note.weight", {"interval": interval, "weight": result.choice.weight}))
    if result.accounts is None:
        notes.append(("study.flows.note.unaccounted", {"interval": interval}))
    return notes


def balance_files(
    seed: Path, margins: Sequence[Path], axes: Sequence[str], choices: FileChoices = AS_FOUND
) -> tuple[Balanced, FlowsResult]:
    """Rake a table to the margins in files; `axes` are its label columns, several of a text parted by commas."""
    if not margins:
        raise BadInput("study.flows.no_margins")

    def named_by(columns: Sequence[str]) -> tuple[str, ...]:
        said = SaidNames(columns, pairs(choices.mapping))
        names = said.parted(axes)
        return tuple(said.of_method(names)[name] for name in names)

    def wanted(columns: Sequence[str]) -> Wanted:
        return Wanted(labels=named_by(columns), absent="none")

    found_table = read_long(seed, wanted, choices.before(margins))
    table, axes = found_table.frame, named_by(found_table.columns)
    margin = Wanted(optional_labels=tuple(axes), one_of=tuple(axes), kinds=COUNTED)
    targets, companions = [], choices.for_companions(known_labels(table.drop("sex", strict=False)))
    for path in margins:
        target = read_long(path, margin, companions).frame
        targets.append(target)
    table, *targets = with_same_sexes([table, *targets])
    found = balance(table, targets)
    notes: list[tuple[str, dict[str, object]]] = []
    if found.zeros:
        notes.append(("study.flows.note.structural", {"n": found.zeros}))
    return found, FlowsResult({"flows": found.table, "cells": found.cells}, tuple(notes))


def balance_net_files(
    seed: Path, net: Path, criterion: str = "entropy", choices: FileChoices = AS_FOUND
) -> FlowsResult:
    """Flows nearest to a pattern with the net totals of a file; `criterion` as in `balance_to_net`."""
    table = read_long(seed, PATTERN, choices.before((net,))).frame
    totals = read_long(net, NET, choices.for_companions(known_labels(table))).frame
    found = balance_to_net(table, totals, criterion)
    return FlowsResult({"flows": found.flows}, net_notes(found, criterion))


def net_notes(found: NetBalanced, criterion: str) -> tuple[tuple[str, dict[str, object]], ...]:
    """How well the net totals are met; of least absolute change also that other tables are as near."""
    met: tuple[str, dict[str, object]] = (
        "study.flows.note.net", {"n": found.iterations, "error": in_each(float(f"{found.error:.2g}"))},
    )  # fmt: skip
    return (met, ("study.flows.note.absolute", {})) if criterion == "absolute" else (met,)


def components_of_file(flows: Path, choices: FileChoices = AS_FOUND) -> FlowsResult:
    """Multiplicative components of a flow file."""
    return FlowsResult({"components": multiplicative_components(read_long(flows, PATTERN, choices).frame)})
