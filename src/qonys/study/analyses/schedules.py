"""Model age schedules and indirect net migration of a person's own files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import polars as pl

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.columns import columns_found, other_names
from qonys.catalog.reading.labels.sexes import with_sexes
from qonys.catalog.reading.labels.spellings import known_labels
from qonys.catalog.reading.long_tables import AS_FOUND, read_long
from qonys.catalog.reading.numbers.bounds import AMOUNT, PERSONS
from qonys.catalog.reading.wanted import USUAL, Wanted
from qonys.errors import BadInput
from qonys.estimation.events import EventsOfIntervals
from qonys.estimation.net_migration import KINDS, Errors, net_migration
from qonys.estimation.strata import Counts
from qonys.measurement.schedules import ScheduleFits, families, family, fit_schedules
from qonys.words.notes import note

KEYS = ("region", "group", "sex")
APART = ("region", "group")
AGES = Wanted(
    whole=("age_start",), optional_whole=("age_end",), optional_numbers=("exposure",),
    optional_labels=KEYS, apart=KEYS, rates=("value",),
)  # fmt: skip
EVENTS = replace(
    AGES, kinds={"value": AMOUNT},
    also={"exposure": ("person_years", "population", *USUAL["population"])},
)  # fmt: skip
COUNTS = Wanted(whole=("time", "age_start"), numbers=("population",), optional_labels=KEYS, apart=APART)
RATES = Wanted(whole=("age_start",), optional_labels=KEYS, apart=APART, rates=("value",))
BIRTHS = Wanted(optional_labels=KEYS, optional_whole=("time",), kinds={"value": PERSONS}, apart=APART)
DEATHS = Wanted(
    optional_whole=("age_start", "time"), optional_labels=KEYS, kinds={"value": PERSONS}, apart=APART
)
CHANGED = Wanted(whole=("age_start",), optional_labels=KEYS, optional_whole=("time",), apart=APART)
TABLES = ("parameters", "models", "curves", "indices")


def schedules_of_file(
    path: Path, table: str, sizes: tuple[int, ...], choices: FileChoices = AS_FOUND
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The asked table of fitted schedules, and the series that failed."""
    if table not in TABLES:
        raise BadInput("estimation.choice", option="--table", value=table, known=", ".join(TABLES))
    found = schedules_of_table(read_long(path, _wanted_by(choices), choices).frame, sizes)
    return getattr(found, table), found.failed


def _wanted_by(choices: FileChoices) -> Callable[[Sequence[str]], Wanted]:
    """What is asked of a file of ages by its columns: where no column is a value, a count and its people."""
    said = {item.rpartition("=")[2] for item in choices.mapping}

    def wanted(columns: Sequence[str]) -> Wanted:
        named = {*columns_found(columns, AGES, {}), *(other_names(AGES).get(name, name) for name in said)}
        return AGES if "value" in named else EVENTS

    return wanted


def _say_unidentified(models: pl.DataFrame, keys: Sequence[str]) -> None:
    """Say which models the ages do not identify: the one asked for alone, and those whose BIC is below the chosen."""
    for row in models.filter(pl.col("chosen")).iter_rows(named=True) if models.height else ():
        series = "/".join(str(row[key]) for key in keys if row[key] is not None)
        own = models.filter(*(pl.col(key).eq_missing(row[key]) for key in keys))
        lower = own.filter(~pl.col("identified"), pl.col("bic") < row["bic"])["parameters"].to_list()
        if not row["identified"]:
            key = "schedules.asked_of" if series else "schedules.asked"
            note(key, series=series, chosen=row["parameters"])
        elif lower:
            key = "schedules.passed_over_of" if series else "schedules.passed_over"
            note(key, series=series, chosen=row["parameters"], others=", ".join(map(str, lower)))


def schedules_of_table(frame: pl.DataFrame, sizes: tuple[int, ...]) -> ScheduleFits:
    """Fitted schedules of a table of ages. Without age_end, ages are single years or groups up to the next."""
    keys = [name for name in KEYS if name in frame.columns]
    if "age_end" not in frame.columns:
        following = pl.col("age_start").sort().shift(-1)
        frame = frame.sort([*keys, "age_start"]).with_columns(age_end=(following.over(keys) if keys else following) - 1)
    found = fit_schedules(frame, keys, sizes)
    _say_unidentified(found.models, keys)
    return found


def family_rates(name: str, gmr: float, sex: str) -> pl.DataFrame:
    """Rates of a published family at single ages 0-100; of all families their parameters, where no name is given."""
    return family(name, [age + 0.5 for age in range(101)], gmr, sex) if name else families()


@dataclass(frozen=True)
class NetFiles:
    """Files beside two counts, each or none, and how net migration is found.

    `kind`: what `rates` are (rates, survival or interval). `children`: of women, where births are not given. `by_move`:
    also by age at the move. `deaths`: registered, for the balance with births.
    """

    rates: Path | None = None
    births: Path | None = None
    reclassified: Path | None = None
    kind: str = "rates"
    children: bool = False
    by_move: bool = False
    deaths: Path | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadInput("estimation.choice", option="--kind", value=self.kind, known=", ".join(KINDS))


def net_migration_of_files(
    counts: Path, files: NetFiles, stated: Mapping[str, float], choices: FileChoices = AS_FOUND
) -> pl.DataFrame:
    """Net migration by age between each pair of neighbouring counts of a file.

    Births, deaths and reclassified persons of several intervals have a column time: the start of the interval, or each
    year of it, which are then added up.
    `stated`: the fields of `Errors`.
    """
    others = (files.rates, files.births, files.reclassified, files.deaths)
    frame = read_long(counts, COUNTS, choices.before(others)).frame
    companions = choices.for_companions(known_labels(frame.drop("sex", strict=False)))
    tables = NetTables(
        None if files.rates is None else read_long(files.rates, RATES, companions).frame,
        None if files.births is None else read_long(files.births, BIRTHS, companions).frame,
        None if files.reclassified is None else read_long(files.reclassified, CHANGED, companions).frame,
        files.kind, files.children, files.by_move,
        None if files.deaths is None else read_long(files.deaths, DEATHS, companions).frame,
    )  # fmt: skip
    found = net_migration_of_tables(frame, tables, stated, str(counts))
    for key, values in left_out(found, frame):
        note(key, **values)
    return found


@dataclass(frozen=True)
class NetTables:
    """`NetFiles` read already."""

    rates: pl.DataFrame | None = None
    births: pl.DataFrame | None = None
    reclassified: pl.DataFrame | None = None
    kind: str = "rates"
    children: bool = False
    by_move: bool = False
    deaths: pl.DataFrame | None = None


def net_migration_of_tables(
    frame: pl.DataFrame, tables: NetTables, stated: Mapping[str, float], name: str = "counts"
) -> pl.DataFrame:
    """`net_migration_of_files` of tables read already; `name` is that of the counts in errors."""
    errors = Errors(**stated)  # type: ignore[arg-type]
    frame = with_sexes(frame, name, both=True)
    tables = replace(
        tables, rates=_by_sex(tables.rates, "rates"), births=_by_sex(tables.births, "births"),
        reclassified=_by_sex(tables.reclassified, "reclassified"), deaths=_by_sex(tables.deaths, "deaths"),
    )  # fmt: skip
    keys = [key for key in KEYS if key in frame.columns]
    times = frame["time"].unique().sort().to_list()
    if len(times) < 2:
        raise BadInput("study.flows.one_time", path=name, time=times[0] if times else "–")
    pieces = []
    events = [_between(getattr(tables, name), name, times) for name in ("births", "reclassified", "deaths")]
    for (start, end), born, changed, died in zip(pairwise(times), *events, strict=True):
        pair = [frame.filter(pl.col("time") == time).drop("time") for time in (start, end)]
        here = Counts(pair[0], pair[1], end - start, born, changed, tables.children, died)
        found = net_migration(here, tables.rates, keys, tables.kind, errors, tables.by_move)
        pieces.append(found.select(pl.lit(start).alias("start"), pl.lit(end).alias("end"), pl.all()))
    return pl.concat(pieces)


def left_out(found: pl.DataFrame, counts: pl.DataFrame) -> list[tuple[str, dict[str, object]]]:
    """Notes of the ages that the row of all ages leaves out, by method."""
    ages = counts["age_start"].unique().sort().to_list()
    width = ages[1] - ages[0]
    parts = found.filter(pl.col("age_start").is_not_null()).group_by("method", maintain_order=True)
    left: dict[tuple[int, ...], list[str]] = {}
    for (method,), rows in parts:
        known = rows.group_by("age_start").len().filter(pl.col("len") == pl.col("len").max())["age_start"].to_list()
        left.setdefault(tuple(age for age in ages if age not in known), []).append(str(method))
    shown = {age: f"{age}-{age + width - 1}" if width > 1 else str(age) for age in ages}
    return [
        ("net_migration.left_out", {"methods": ", ".join(methods), "ages": ", ".join(shown[age] for age in missing)})
        for missing, methods in left.items() if missing
    ]  # fmt: skip


def _by_sex(frame: pl.DataFrame | None, name: str) -> pl.DataFrame | None:
    """The table `name` with sexes by their codes."""
    return None if frame is None else with_sexes(frame, name, both=True)


def _between(frame: pl.DataFrame | None, what: str, times: Sequence[int]) -> Sequence[pl.DataFrame | None]:
    """Events of each interval between neighbouring times."""
    if frame is None:
        return [None] * (len(times) - 1)
    return EventsOfIntervals(frame, what, sparse=what == "reclassified").between(times)
