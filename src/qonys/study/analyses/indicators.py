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
from qonys.measurement.indicators_settling import settling, settling_from_census

OPTIONAL = ("period", "age", "group", "sex")
FLOWS = Wanted(labels=("origin", "destination"), optional_labels=OPTIONAL)
TOTALS = Wanted(labels=("region",), numbers=("arrivals", "departures"), optional_labels=("period",))
PEOPLE = Wanted(labels=("region",), numbers=("population",), optional_labels=OPTIONAL)
FAR = Wanted(labels=("origin", "destination"), numbers=("distance",))
TOUCHING = Wanted(labels=("origin", "destination"), numbers=())
AREAS = Wanted(labels=("region",), numbers=("area",))
STANDARD = Wanted(labels=("age",), numbers=("weight",))
SURVIVORS = Wanted(labels=("age",), numbers=("person_years",))
COHORTS = Wanted(
    whole=("cohort", "duration"), numbers=("arrived",), optional_labels=("region",),
    optional_numbers=("remaining", "counted", "survival"),
)  # fmt: skip
KINDS = ("system", "pairs", "scale", "settling")


@dataclass(frozen=True)
class Tables:
    """Files beside the flows, each or none, and how the file of flows is read."""

    population: Path | None = None
    distances: Path | None = None
    areas: Path | None = None
    standard: Path | None = None
    survivors: Path | None = None
    neighbours: Path | None = None
    mapping: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    totals: bool = False


@dataclass(frozen=True)
class Ask:
    """What is asked: kind (system, pairs, scale or settling), columns to split by, zones, draws, seed, households."""

    kind: str = "system"
    by: tuple[str, ...] = ()
    zones: tuple[int, ...] = ()
    draws: int = 200
    seed: int = 1
    households: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadInput("estimation.choice", option="kind", value=self.kind, known=", ".join(KINDS))
        if self.kind == "scale" and not self.zones:
            raise BadInput("study.indicators.no_zones")


def indicators_of_file(path: Path, files: Tables, ask: Ask) -> pl.DataFrame:
    """All indicators that the files allow."""
    if ask.kind == "settling":
        return settling_of_file(path, files.mapping, files.where)
    people = _beside(files.population, PEOPLE)
    if files.totals:
        return indicators_from_totals(read_long(path, TOTALS, files.mapping, files.where).frame, people)
    flows = read_long(path, FLOWS, files.mapping, files.where).frame
    if ask.kind == "pairs":
        return pair_indicators(flows, people)
    if ask.kind == "scale":
        touching, options = _beside(files.neighbours, TOUCHING), ScaleOptions(seed=ask.seed)
        return indicators_by_scale(flows, people, ask.zones, touching, ask.households, options)
    aids = Aids(
        _beside(files.distances, FAR),
        _beside(files.areas, AREAS),
        _beside(files.standard, STANDARD),
        _beside(files.survivors, SURVIVORS),
    )
    return indicators(flows, people, aids, Options(ask.draws, ask.seed, ask.by))


def settling_of_file(path: Path, mapping: Sequence[str] = (), where: Sequence[str] = ()) -> pl.DataFrame:
    """Settling of cohorts of arrivals: from a register (column remaining) or a census (counted)."""
    cohorts = read_long(path, COHORTS, mapping, where).frame
    if "remaining" in cohorts.columns:
        return settling(cohorts)
    if "counted" in cohorts.columns:
        return settling_from_census(cohorts)
    raise BadInput(
        "indicators.no_column", table=str(path), missing="remaining (register) / counted (census)",
        found=", ".join(cohorts.columns),
    )  # fmt: skip


def _beside(path: Path | None, wanted: Wanted) -> pl.DataFrame | None:
    return None if path is None else read_long(path, wanted).frame


def names_of(codes: Sequence[str], language: str) -> dict[str, str]:
    """Short names of indicators in a language, by code."""
    return {code: DEFINITIONS[code].name(language) for code in codes if code in DEFINITIONS}


def definitions(language: str) -> pl.DataFrame:
    """Every indicator: code, name, definition, unit, reference."""
    rows = [(d.code, d.name(language), d.definition(language), d.unit, d.reference) for d in DEFINITIONS.values()]
    return pl.DataFrame(rows, schema=["indicator", "name", "definition", "unit", "reference"], orient="row")
