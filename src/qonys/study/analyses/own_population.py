"""A projection of a person's own population from files of people, births, deaths and migrants."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from qonys.catalog.reading.advice import listed
from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.labels.sexes import with_sexes
from qonys.catalog.reading.labels.spellings import known_labels
from qonys.catalog.reading.long_tables import AS_FOUND, read_long
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.projection.populations import mortality, tables
from qonys.projection.populations.inputs import NUMBERS, RATES, PopulationTables, inputs_of
from qonys.projection.populations.run import PopulationPath, Timing, project_population
from qonys.projection.populations.tables import whole_persons

__all__ = ["PopulationRequest", "Timing", "own_population", "whole_persons"]

FILES = ("population", "fertility", "mortality", "migration", "moves", "total")
TABLES = ("accounts", "population", "quantiles", "all")
YEARS_AHEAD = 50
_WHOLE = ("time", "draw", "age_end")
_PEOPLE = ("population", "pop", "persons", "residents", "население", "численность населения", "численность", "халық",
           "халық саны")  # fmt: skip
_BIRTHS = ("rate", "asfr", "fx", "nfx", "fertility", "коэффициент", "коэффициент рождаемости", "коэффициент туу",
           "births")  # fmt: skip
_DEATHS: Mapping[str, tuple[str, ...]] = {
    mortality.RATES: ("rate", "mx", "nmx", "mortality", "коэффициент", "коэффициент смертности", "өлім коэффициенті"),
    mortality.SURVIVORS: ("lx", "survivors", "числа доживающих", "доживающие"),
    mortality.LIVED: ("Lx", "nLx", "lived", "числа живущих", "живущие"),
}
_MIGRANTS = ("net", "net_migration", "rate", "сальдо", "миграционный прирост", "көші-қон айырымы")
WANTED: Mapping[str, Wanted] = {
    "population": Wanted(
        labels=("sex",), whole=("age_start",), optional_labels=("region",), optional_whole=("time", "age_end"),
        kinds={"value": "persons"}, also={"value": _PEOPLE}, apart=(),
    ),
    "fertility": Wanted(
        whole=("age_start",), optional_labels=("region",), optional_whole=_WHOLE, also={"value": _BIRTHS},
        rates=("value",),
    ),
    "total": Wanted(
        optional_labels=("region",), optional_whole=("time", "draw"), also={"value": ("tfr", "скр", "rate")},
        rates=("value",),
    ),
    "migration": Wanted(
        labels=("sex",), whole=("age_start",), optional_labels=("region", "origin", "destination"),
        optional_whole=_WHOLE, also={"value": _MIGRANTS}, within="left_out", rates=("value",),
    ),
}  # fmt: skip


def wanted_of(
    table: str, mortality_kind: str = mortality.RATES, migration_kind: str = RATES, divided: Collection[str] = ()
) -> Wanted:
    """What is asked of a table; of `mortality` the column differs by its kind, and numbers of migrants are no rates.
    Tables that are `divided` by what the person says are taken as they stand.

    Raises
    ------
    BadInput
        A kind that there is not.

    """
    if table != "mortality":
        wanted = WANTED["migration" if table == "moves" else table]
        if table in divided:
            return replace(wanted, rates=())
        counts = table in ("migration", "moves") and migration_kind == NUMBERS
        return replace(wanted, rates=(), no_rates={"value": "--migration-kind rates"}) if counts else wanted
    if mortality_kind not in _DEATHS:
        raise BadInput(
            "estimation.choice", option="--mortality-kind", value=mortality_kind, known=", ".join(mortality.KINDS)
        )
    return Wanted(
        labels=("sex",), whole=("age_start",), optional_labels=("region",), optional_whole=_WHOLE,
        also={"value": _DEATHS[mortality_kind]},
        rates=("value",) if mortality_kind == mortality.RATES and table not in divided else (),
    )  # fmt: skip


@dataclass(frozen=True)
class PopulationRequest:
    """Files by table (`FILES`), the year of the population and the last, kinds, divisors and what is shown.

    `per`: table -> number its values are divided by (rates per 1,000). `regions`: names that are shown, parted by
    commas ("" and "all": every one). `year`: only this year; `measure`: only this measure.
    """

    files: Mapping[str, Path] = field(default_factory=dict)
    start: int = 0
    horizon: int = 0
    mortality_kind: str = mortality.RATES
    migration_kind: str = NUMBERS
    per: tuple[str, ...] = ()
    timing: Timing = field(default_factory=Timing)
    table: str = "accounts"
    regions: str = ""
    year: int = 0
    measure: str = ""

    def __post_init__(self) -> None:
        if self.table not in TABLES:
            raise BadInput("estimation.choice", option="--table", value=self.table, known=", ".join(TABLES))


def divisors(written: tuple[str, ...]) -> dict[str, float]:
    """Table -> divisor of ``TABLE=NUMBER``.

    Raises
    ------
    BadInput
        Not written so, no such table, or no number above zero.

    """
    found = {}
    for item in written:
        name, _, text = item.partition("=")
        try:
            number = float(text)
        except ValueError:
            number = 0.0
        if name not in FILES[1:] or not 0 < number < 1e9:
            raise BadInput("populations.per", given=item, known=", ".join(FILES[1:]))
        found[name] = number
    return found


def read_tables(request: PopulationRequest, choices: FileChoices = AS_FOUND) -> PopulationTables:
    """The files of a request; options that name a column hold for the files that have it.

    Raises
    ------
    BadInput
        A file lacks; as `read_long`.

    """
    for name in ("population", "fertility", "mortality"):
        if name not in request.files:
            raise BadInput("populations.no_file", option=f"--{name}")
    paths = {name: request.files.get(name) for name in FILES}
    people = read_long(Path(str(paths["population"])), WANTED["population"], choices.before([paths["fertility"]])).frame
    frames = {"population": people}
    companions = choices.for_companions(
        known_labels(people.select(pl.col("region"))) if "region" in people.columns else ()
    )
    for name in FILES[1:]:
        path = paths[name]
        if path is not None:
            wanted = wanted_of(name, request.mortality_kind, request.migration_kind, divisors(request.per))
            frames[name] = read_long(path, wanted, companions).frame
    return prepared(frames, request.per, {name: str(path) for name, path in paths.items()})


def prepared(
    frames: Mapping[str, pl.DataFrame], per: tuple[str, ...] = (), names: Mapping[str, str] | None = None
) -> PopulationTables:
    """Frames with sexes by their codes and values a person, a woman and a year."""
    called = names or {}
    by = divisors(per)
    found = {
        name: with_sexes(frame, called.get(name, name)).with_columns(pl.col("value") / by.get(name, 1.0))
        for name, frame in frames.items()
    }
    return PopulationTables(**found, names=called)


def project_tables(given: PopulationTables, request: PopulationRequest) -> PopulationPath:
    """The projection of tables read already."""
    inputs = inputs_of(given, request.start, request.mortality_kind, request.migration_kind)
    width = inputs.ages.width
    last = request.horizon or inputs.start + YEARS_AHEAD // width * width
    return project_population(inputs, last, request.timing)


def own_population(request: PopulationRequest, choices: FileChoices = AS_FOUND) -> tuple[pl.DataFrame, bool]:
    """The asked table, and whether it is one of accounts without draws, whose rows close."""
    path = project_tables(read_tables(request, choices), request)
    return shown(path, request), request.table == "accounts" and not path.inputs.draws


def frames_of(path: PopulationPath) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """The accounts of a projection, or their quantiles over draws, and the tables population and all."""
    main = tables.quantiles_frame(path) if path.inputs.draws else tables.accounts_frame(path)
    return main, {"population": tables.population_by_age(path), "all": tables.everything(path)}


def shown(path: PopulationPath, request: PopulationRequest) -> pl.DataFrame:
    """The asked table of a projection, its asked rows.

    Raises
    ------
    BadInput
        A region, year or measure that there is not.

    """
    if request.table == "population":
        frame = tables.population_by_age(path)
    elif request.table == "all":
        frame = tables.everything(path)
    elif path.inputs.draws:
        frame = tables.quantiles_frame(path)
    else:
        frame = tables.accounts_frame(path)
    names = [part.strip() for part in request.regions.split(",") if part.strip()]
    if names and names != ["all"]:
        frame = _chosen(frame, "region", names, path.inputs.regions)
    if request.year:
        frame = _chosen(frame, "year", [request.year], path.years)
    if request.measure:
        if "measure" not in frame.columns:
            raise BadInput("estimation.choice", option="--measure", value=request.measure, known="--table all")
        frame = _chosen(frame, "measure", [request.measure], frame["measure"].unique(maintain_order=True).to_list())
    return frame


def _chosen(frame: pl.DataFrame, column: str, wanted: list[str] | list[int], known: object) -> pl.DataFrame:
    labels = list(known)  # type: ignore[call-overload]
    strange = [str(one) for one in wanted if one not in labels or column not in frame.columns]
    if strange:
        shown_labels = ", ".join(str(label) for label in labels if label != "") or "–"
        option = "--regions" if column == "region" else f"--{column}"
        raise BadInput("estimation.choice", option=option, value=listed(strange), known=shown_labels)
    return frame.filter(pl.col(column).is_in(wanted))
