"""Indicators of a person's own flow table or table of totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from qonys.catalog.importing.long_tables import Wanted, read_long
from qonys.errors import BadInput
from qonys.measurement.indicators import Aids, Options, indicators, indicators_from_totals
from qonys.measurement.indicators_pairs import pair_indicators
from qonys.measurement.indicators_registry import DEFINITIONS
from qonys.measurement.indicators_scale import ScaleOptions, indicators_by_scale

OPTIONAL = ("period", "age", "group", "sex")
FLOWS = Wanted(labels=("origin", "destination"), optional_labels=OPTIONAL)
TOTALS = Wanted(labels=("region",), numbers=("arrivals", "departures"), optional_labels=("period",))
PEOPLE = Wanted(labels=("region",), numbers=("population",), optional_labels=OPTIONAL)
FAR = Wanted(labels=("origin", "destination"), numbers=("distance",))
KINDS = ("system", "pairs", "scale")


@dataclass(frozen=True)
class Tables:
    """Files beside the flows, each or none, and how the file of flows is read."""

    population: Path | None = None
    distances: Path | None = None
    mapping: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    totals: bool = False


@dataclass(frozen=True)
class Ask:
    """What is asked: kind (system, pairs or scale), columns to split by, zones, draws, seed."""

    kind: str = "system"
    by: tuple[str, ...] = ()
    zones: tuple[int, ...] = ()
    draws: int = 200
    seed: int = 1

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadInput("estimation.choice", option="kind", value=self.kind, known=", ".join(KINDS))
        if self.kind == "scale" and not self.zones:
            raise BadInput("study.indicators.no_zones")


def indicators_of_file(path: Path, files: Tables, ask: Ask) -> pl.DataFrame:
    """All indicators that the files allow."""
    people = None if files.population is None else read_long(files.population, PEOPLE).frame
    if files.totals:
        return indicators_from_totals(read_long(path, TOTALS, files.mapping, files.where).frame, people)
    flows = read_long(path, FLOWS, files.mapping, files.where).frame
    if ask.kind == "pairs":
        return pair_indicators(flows, people)
    if ask.kind == "scale":
        return indicators_by_scale(flows, people, ask.zones, options=ScaleOptions(seed=ask.seed))
    far = None if files.distances is None else read_long(files.distances, FAR).frame
    return indicators(flows, people, Aids(distances=far), Options(ask.draws, ask.seed, ask.by))


def names_of(codes: Sequence[str], language: str) -> dict[str, str]:
    """Short names of indicators in a language, by code."""
    return {code: DEFINITIONS[code].name(language) for code in codes if code in DEFINITIONS}


def definitions(language: str) -> pl.DataFrame:
    """Every indicator: code, name, definition, unit, reference."""
    rows = [(d.code, d.name(language), d.definition(language), d.unit, d.reference) for d in DEFINITIONS.values()]
    return pl.DataFrame(rows, schema=["indicator", "name", "definition", "unit", "reference"], orient="row")
