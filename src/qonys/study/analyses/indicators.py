"""Indicators of a person's own flow table or table of totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import polars as pl

from qonys.catalog import Pack
from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.labels.sexes import with_same_sexes
from qonys.catalog.reading.labels.spellings import known_labels
from qonys.catalog.reading.long_tables import AS_FOUND, read_long
from qonys.catalog.reading.numbers.bounds import PERSONS
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.measurement.indicators.all import AuxiliaryTables, SystemOptions, indicators, indicators_from_totals
from qonys.measurement.indicators.pairs import pair_indicators
from qonys.measurement.indicators.registry import DEFINITIONS
from qonys.measurement.indicators.scale import ScaleOptions, indicators_by_scale
from qonys.measurement.indicators.settling import settling, settling_from_census
from qonys.study.analyses.moves_of_population import refuse_more_moves, say_more_moves
from qonys.words.notes import note

OPTIONAL = ("period", "age", "group", "sex")
FLOWS = Wanted(
    labels=("origin", "destination"), optional_labels=OPTIONAL, kinds={"value": PERSONS}, within="beside",
    absent="none", shares=("value",),
)  # fmt: skip
COUNTS = ("value", "arrivals", "departures")
TOTALS = Wanted(
    labels=("region",), numbers=("arrivals", "departures"), optional_labels=("period",),
    shares=("arrivals", "departures"),
)  # fmt: skip
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
AUXILIARY = {
    "population": PEOPLE, "distances": FAR, "areas": AREAS, "standard": STANDARD, "survivors": SURVIVORS,
    "neighbours": TOUCHING,
}  # fmt: skip
KINDS = ("system", "pairs", "scale", "settling")


@dataclass(frozen=True)
class TableFiles:
    """Files beside the flows, each or none, and how the file of flows is read."""

    population: Path | None = None
    distances: Path | None = None
    areas: Path | None = None
    standard: Path | None = None
    survivors: Path | None = None
    neighbours: Path | None = None
    choices: FileChoices = AS_FOUND
    totals: bool = False


@dataclass(frozen=True)
class IndicatorsRequest:
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


def request_of(options: Mapping[str, object]) -> IndicatorsRequest:
    """What is asked by names; a single column or number stands for a tuple of one."""
    known = [one.name for one in fields(IndicatorsRequest)]
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise BadInput("estimation.choice", option="indicators", value=", ".join(unknown), known=", ".join(known))
    wanted: dict[str, Any] = dict(options)
    for name in ("by", "zones"):
        if name in wanted and isinstance(wanted[name], str | int):
            wanted[name] = (wanted[name],)
        wanted[name] = tuple(wanted.get(name, ()))
    return IndicatorsRequest(**wanted)


def indicators_of_file(path: Path, files: TableFiles, request: IndicatorsRequest) -> pl.DataFrame:
    """All indicators that the files allow."""
    wanted = COHORTS if request.kind == "settling" else TOTALS if files.totals else FLOWS
    table = read_long(path, wanted, files.choices.before(getattr(files, name) for name in AUXILIARY))
    frame, request = table.frame, replace(request, by=table.named(request.by))
    said = files.choices.for_companions(known_labels(frame.drop("sex", strict=False)))
    tables = {name: _auxiliary(getattr(files, name), columns, said) for name, columns in AUXILIARY.items()}
    people = tables["population"]
    if files.population is not None and people is not None and not _are_shares(frame):
        given = said.of_file(files.population).factor is not None
        refuse_more_moves(frame, people, OPTIONAL, str(files.population), said=given)
    return indicators_of_tables(frame, {name: table for name, table in tables.items() if table is not None}, request)


def indicators_of_tables(
    frame: pl.DataFrame, auxiliary: Mapping[str, pl.DataFrame], request: IndicatorsRequest
) -> pl.DataFrame:
    """All indicators that tables allow: flows, totals (column arrivals) or cohorts, and those of `AUXILIARY` by name.

    Raises
    ------
    BadInput
        A table beside the flows that is not known; columns that lack, or values that cannot be.

    """
    unknown = sorted(set(auxiliary) - set(AUXILIARY))
    if unknown:
        raise BadInput("estimation.choice", option="auxiliary", value=", ".join(unknown), known=", ".join(AUXILIARY))
    if request.kind != "settling" and _are_shares(frame):
        note("study.indicators.shares")
        found = _of_tables(frame, auxiliary, replace(request, draws=0))
        errors = [pl.lit(None, dtype=pl.Float64).alias(name) for name in ("low", "high") if name in found.columns]
        methods = [pl.lit("none").alias("error_method")] if "error_method" in found.columns else []
        return found.with_columns(*errors, *methods)
    return _of_tables(frame, auxiliary, request)


def _are_shares(frame: pl.DataFrame) -> bool:
    """Whether the moves are parts of one, as percentages are read: nothing is counted, so chance has no error."""
    counts = [frame[name].drop_nulls() for name in COUNTS if name in frame.columns]
    most = max((float(one.max() or 0.0) for one in counts), default=0.0)  # type: ignore[arg-type]
    return 0 < most <= 1 and any(bool((one != one.round()).any()) for one in counts)


def _of_tables(
    frame: pl.DataFrame, auxiliary: Mapping[str, pl.DataFrame], request: IndicatorsRequest
) -> pl.DataFrame:
    """The same for tables that are known."""
    if request.kind == "settling":
        return _settling(frame)
    people = auxiliary.get("population")
    by_age = [name for name in ("standard", "survivors") if name in auxiliary]
    if by_age and request.kind == "system" and "arrivals" not in frame.columns and "age" not in frame.columns:
        note("study.indicators.no_ages", options=", ".join(by_age))
    if people is not None:
        frame, people = with_same_sexes([frame, people])
        say_more_moves(frame, people, OPTIONAL)
    if "arrivals" in frame.columns:
        return indicators_from_totals(frame, people)
    if request.kind == "pairs":
        return pair_indicators(frame, people)
    if request.kind == "scale":
        options = ScaleOptions(seed=request.seed)
        return indicators_by_scale(
            frame, people, request.zones, auxiliary.get("neighbours"), request.households, options
        )
    given = AuxiliaryTables(*(auxiliary.get(name) for name in ("distances", "areas", "standard", "survivors")))
    return indicators(frame, people, given, SystemOptions(request.draws, request.seed, request.by))


def table_of(given: pl.DataFrame | Path | str, name: str = "flows", kind: str = "system") -> pl.DataFrame:
    """A frame as it is, or a file read by its usual column names; `name`: flows or one of `AUXILIARY`."""
    if isinstance(given, pl.DataFrame):
        return given
    if name in AUXILIARY:
        return read_long(Path(given), AUXILIARY[name]).frame
    return read_long(Path(given), COHORTS if kind == "settling" else FLOWS).frame


def _settling(cohorts: pl.DataFrame, path: str = "-") -> pl.DataFrame:
    if "remaining" in cohorts.columns:
        return settling(cohorts)
    if "counted" in cohorts.columns:
        return settling_from_census(cohorts)
    raise BadInput(
        "indicators.no_column", table=path, missing="remaining (register) / counted (census)",
        found=", ".join(cohorts.columns),
    )  # fmt: skip


def _auxiliary(path: Path | None, wanted: Wanted, choices: FileChoices) -> pl.DataFrame | None:
    return None if path is None else read_long(path, wanted, choices).frame


def own_tables(pack: Pack) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """The pack's moves between regions in its oldest boundaries, with counted residents and distances of centres.

    Only years that have both, so none after the last count of residents by region.
    """
    from qonys.inputs import series
    from qonys.study.factors.places import centre_distances, internal_moves

    vintage = str(pack.vintages().sort("order")["vintage"][0])
    moves, counted = internal_moves(pack, vintage), series.regional_years(pack, vintage)[0].to_frame()
    people = counted.select(pl.col("time").cast(pl.Int64).alias("period"), "region", population="value")
    years = sorted(set(moves["period"]) & set(people["period"]))
    moves, people = (frame.filter(pl.col("period").is_in(years)) for frame in (moves, people))
    regions = sorted(str(name) for name in people["region"].unique())
    return moves, {"population": people, "distances": centre_distances(pack, regions)}


def names_of(codes: Sequence[str], language: str) -> dict[str, str]:
    """Short names of indicators in a language, by code."""
    return {code: DEFINITIONS[code].name(language) for code in codes if code in DEFINITIONS}


def definitions(language: str) -> pl.DataFrame:
    """Every indicator: code, name, definition, unit, reference."""
    rows = [(d.code, d.name(language), d.definition(language), d.unit, d.reference) for d in DEFINITIONS.values()]
    return pl.DataFrame(rows, schema=["indicator", "name", "definition", "unit", "reference"], orient="row")
