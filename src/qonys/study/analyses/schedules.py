"""Model age schedules and indirect net migration of a person's own files."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import polars as pl

from qonys.catalog.importing.long_tables import Wanted, read_long
from qonys.errors import BadInput
from qonys.estimation.net_migration import Counts, Errors, net_migration
from qonys.measurement.schedules import families, family, fit_schedules

AGES = Wanted(
    whole=("age_start",), optional_whole=("age_end",), optional_numbers=("exposure",),
    optional_labels=("region", "group", "sex"),
)  # fmt: skip
COUNTS = Wanted(whole=("time", "age_start"), numbers=("population",), optional_labels=("region", "group", "sex"))
RATES = Wanted(whole=("age_start",), optional_labels=("region", "group", "sex"))
BIRTHS = Wanted(optional_labels=("region", "group", "sex"))
KEYS = ("region", "group", "sex")
TABLES = ("parameters", "models", "curves", "indices")


def schedules_of_file(
    path: Path, table: str, sizes: tuple[int, ...], mapping: tuple[str, ...] = (), where: tuple[str, ...] = ()
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The asked table of fitted schedules, and the series that failed. Without age_end, ages are single years
    or groups up to the next.
    """
    if table not in TABLES:
        raise BadInput("estimation.choice", option="--table", value=table, known=", ".join(TABLES))
    frame = read_long(path, AGES, mapping, where).frame
    keys = [name for name in KEYS if name in frame.columns]
    if "age_end" not in frame.columns:
        following = pl.col("age_start").sort().shift(-1)
        frame = frame.sort([*keys, "age_start"]).with_columns(age_end=(following.over(keys) if keys else following) - 1)
    found = fit_schedules(frame, keys, sizes)
    return getattr(found, table), found.failed


def family_rates(name: str, gmr: float, sex: str) -> pl.DataFrame:
    """Rates of a published family at single ages 0-100; of all families their parameters, where no name is given."""
    return family(name, [age + 0.5 for age in range(101)], gmr, sex) if name else families()


def net_migration_of_files(
    counts: Path,
    rates: Path | None,
    births: Path | None,
    kind: str,
    errors: tuple[float, float, float],
    mapping: tuple[str, ...] = (),
) -> pl.DataFrame:
    """Net migration by age between each pair of neighbouring counts of a file.

    `errors`: relative standard errors of the first count, the second, and of death rates.
    """
    frame = read_long(counts, COUNTS, mapping).frame
    keys = [name for name in KEYS if name in frame.columns]
    times = frame["time"].unique().sort().to_list()
    if len(times) < 2:
        raise BadInput("study.flows.one_time", path=str(counts), time=times[0] if times else "–")
    mortality = None if rates is None else read_long(rates, RATES).frame
    born = None if births is None else read_long(births, BIRTHS).frame
    pieces = []
    for start, end in pairwise(times):
        pair = [frame.filter(pl.col("time") == time).drop("time") for time in (start, end)]
        found = net_migration(Counts(pair[0], pair[1], end - start, born), mortality, keys, kind, Errors(*errors))
        pieces.append(found.select(pl.lit(start).alias("start"), pl.lit(end).alias("end"), pl.all()))
    return pl.concat(pieces)
