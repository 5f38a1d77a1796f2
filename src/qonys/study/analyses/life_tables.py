"""Life tables of a person's own files: of one population or several, and of regions that exchange people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.columns import columns_found, other_names
from qonys.catalog.reading.labels.sexes import with_sexes
from qonys.catalog.reading.labels.spellings import known_labels
from qonys.catalog.reading.long_tables import AS_FOUND, read_long
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.kernels.mortality import multistate_life as multistate
from qonys.kernels.mortality.life_tables import (
    SEXES,
    LifeTable,
    certain_ages,
    expectation_error,
    refuse_high_rates,
    refuse_short_life,
)
from qonys.kernels.mortality.life_tables import life_table as table_of_rates
from qonys.words.notes import note

Array = NDArray[np.float64]
RADIX = 100_000.0
KEYS = ("region", "group", "sex", "period")
_RATES = ("rate", "mx", "nmx", "death_rate", "коэффициент", "коэффициент смертности", "өлім коэффициенті")
_YEARS = ("population", "pop", "person_years", "residents", "население", "численность", "численность населения",
          "халық", "халық саны")  # fmt: skip
MORTALITY = Wanted(
    whole=("age_start",), numbers=(), optional_labels=KEYS, optional_numbers=("value", "deaths", "exposure"),
    also={"value": _RATES, "exposure": _YEARS}, apart=("region", "group", "period"), rates=("value",),
)  # fmt: skip
MOVES = Wanted(
    labels=("origin", "destination"), whole=("age_start",), optional_labels=("sex",), apart=("sex",), within="left_out",
    rates=("value",),
)  # fmt: skip
TABLES = ("table", "expectation", "transitions")
METHODS = (multistate.LINEAR, multistate.EXPONENTIAL)


def wanted_by(choices: FileChoices) -> Callable[[Sequence[str]], Wanted]:
    """What is asked of a file of mortality by its columns: deaths with exposure where it has one of them, else rates.

    Rates may stand below the sexes then, as in the files of mortality.org.
    """
    said = {item.rpartition("=")[2] for item in choices.mapping}

    def wanted(columns: Sequence[str]) -> Wanted:
        others = other_names(MORTALITY)
        found = {*columns_found(columns, MORTALITY, {}), *(others.get(name, name) for name in said)}
        if "value" in found or {"deaths", "exposure"} <= found:
            return MORTALITY
        if "deaths" in found:
            return replace(MORTALITY, numbers=("deaths", "exposure"), optional_numbers=("value",))
        return replace(MORTALITY, numbers=("value",), optional_numbers=("deaths", "exposure"))

    return wanted


def life_tables_of(
    frame: pl.DataFrame, sex: str = "", by: Sequence[str] = ()
) -> tuple[pl.DataFrame, dict[object, LifeTable]]:
    """Life tables of a frame of rates, or of deaths and exposure, one for each combination of `by`.

    Returns
    -------
    The columns of `by`, age_start, mx, ax, qx, lx (of 100,000 births), dx, Lx, Tx, ex and, from deaths, ex_error; and
    the tables by labels.

    Raises
    ------
    BadInput
        Ages that do not start at 0, negative rates, rates per 1,000, nobody who dies at the open age, no sex.

    """
    keys = list(by) or [name for name in KEYS if name in frame.columns]
    parts = list(frame.group_by(keys, maintain_order=True)) if keys else [((), frame)]
    pieces: list[pl.DataFrame] = []
    tables: dict[object, LifeTable] = {}
    for labels, part in parts:
        about = dict(zip(keys, labels, strict=True))
        piece, table = _one_table(part.sort("age_start"), str(about.get("sex", sex)))
        pieces.append(piece.select(*(pl.lit(value).alias(key) for key, value in about.items()), pl.all()))
        tables[labels] = table
    return pl.concat(pieces), tables


def _one_table(part: pl.DataFrame, sex: str) -> tuple[pl.DataFrame, LifeTable]:
    _refuse_sex(sex)
    ages = part["age_start"].cast(pl.Float64).to_numpy()
    deaths = part["deaths"].to_numpy() if "deaths" in part.columns else None
    m = rates_of(part)
    if len(ages) < 3 or ages[0] != 0 or (np.diff(ages) <= 0).any():
        raise BadInput("face.life.ages", found=", ".join(f"{age:g}" for age in ages[:8]))
    bad = ~np.isfinite(m) | (m < 0)
    bad[-1] |= not m[-1] > 0
    if bad.any():
        raise BadInput("face.life.rate", age=f"{ages[int(np.argmax(bad))]:g}")
    refuse_high_rates(m, ages)
    found = table_of_rates(m, ages, sex)
    refuse_short_life(found)
    if found.certain.any():
        note("mortality.certain", ages=certain_ages(found), n=int(found.certain.sum()))
    columns = {
        "age_start": part["age_start"], "mx": m, "ax": found.a, "qx": found.q, "lx": RADIX * found.l,
        "dx": RADIX * found.d, "Lx": RADIX * found.L, "Tx": RADIX * found.T, "ex": found.e,
    }  # fmt: skip
    if deaths is not None:
        columns["ex_error"] = expectation_error(found, deaths)
    return pl.DataFrame(columns), found


def _refuse_sex(sex: str) -> None:
    if sex not in SEXES:
        raise BadInput("estimation.choice", option="sex", value=sex, known=", ".join(SEXES))


def rates_of(part: pl.DataFrame) -> Array:
    """Deaths per person-year, as given or from deaths and exposure.

    Raises
    ------
    BadInput
        Neither is there.

    """
    if "value" in part.columns:
        return part["value"].to_numpy()
    if "deaths" in part.columns and "exposure" in part.columns:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(part["deaths"].to_numpy() / part["exposure"].to_numpy())
    raise BadInput("face.life.rates", found=", ".join(part.columns))


def life_tables_of_file(
    path: Path, sex: str = "", by: Sequence[str] = (), choices: FileChoices = AS_FOUND
) -> pl.DataFrame:
    """The life tables of a file."""
    table = read_long(path, wanted_by(choices), choices)
    frame = with_sexes(table.frame, str(path))
    names = table.named(by)
    unknown = [name for name in names if name not in KEYS or name not in frame.columns]
    if unknown:
        known = ", ".join(name for name in KEYS if name in frame.columns) or "–"
        raise BadInput("estimation.choice", option="--by", value=", ".join(unknown), known=known)
    return life_tables_of(frame, sex, names)[0]


@dataclass(frozen=True)
class RegionalTables:
    """Rogers' tables as frames, with sex where the rates have it.

    `table`: age_start, birth, residence, lx (of 100,000 born in birth), Lx. `expectation`: age_start, region (where
    people of this age live), residence, ex (years to be lived there). `transitions`: age_start, origin, destination,
    px.
    """

    table: pl.DataFrame
    expectation: pl.DataFrame
    transitions: pl.DataFrame
    models: dict[object, multistate.MultistateTable]


def regional_life_tables(deaths: pl.DataFrame, moves: pl.DataFrame, method: str = multistate.LINEAR) -> RegionalTables:
    """The multiregional life table of death rates by region and moves between the regions.

    `deaths`: region, age_start, value or deaths with exposure; optional sex. `moves`: origin, destination, age_start,
    value: rates per person-year of the origin beside rates, numbers beside deaths and exposure.

    Raises
    ------
    BadInput
        Ages of different widths, a region or an age that lacks, negative rates, rates too high for the method.

    """
    if method not in METHODS:
        raise BadInput("estimation.choice", option="method", value=method, known=", ".join(METHODS))
    if "region" not in deaths.columns:
        raise BadInput("multistate.no_region", found=", ".join(deaths.columns))
    sexes = deaths["sex"].unique(maintain_order=True).to_list() if "sex" in deaths.columns else [None]
    frames: dict[str, list[pl.DataFrame]] = {name: [] for name in TABLES}
    models: dict[object, multistate.MultistateTable] = {}
    for sex in sexes:
        rows = deaths if sex is None else deaths.filter(pl.col("sex") == sex)
        moved = moves.filter(pl.col("sex") == sex) if sex is not None and "sex" in moves.columns else moves
        for name, frame, model in _regional(rows, moved, method):
            frames[name].append(frame if sex is None else frame.select(pl.lit(sex).alias("sex"), pl.all()))
            models[sex] = model
    table, expectation, transitions = (pl.concat(frames[name]) for name in TABLES)
    return RegionalTables(table, expectation, transitions, models)


def _regional(
    deaths: pl.DataFrame, moves: pl.DataFrame, method: str
) -> list[tuple[str, pl.DataFrame, multistate.MultistateTable]]:
    regions = tuple(deaths["region"].unique(maintain_order=True))
    ages = sorted(deaths["age_start"].unique())
    widths = set(np.diff(ages).tolist())
    if len(regions) < 2 or len(ages) < 3 or ages[0] != 0 or len(widths) != 1:
        shown = ", ".join(map(str, ages[:8]))
        raise BadInput("multistate.ages", found=shown, regions=len(regions))
    rates = deaths.select("region", "age_start", pl.Series("value", rates_of(deaths)))
    m = _grid(rates, {"age_start": ages, "region": regions}, complete=True)
    given = _grid(moves, {"age_start": ages, "origin": regions, "destination": regions}, complete=False)
    if "value" not in deaths.columns:
        exposure = deaths.select("region", "age_start", value=pl.col("exposure"))
        people = _grid(exposure, {"age_start": ages, "region": regions}, complete=True)[:, :, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            given = given / people
    if not (np.isfinite(m).all() and np.isfinite(given).all()):
        raise BadInput("multistate.exposure")
    for place in range(len(regions)):
        refuse_high_rates(m[:, place], np.asarray(ages, dtype=float))
    model = multistate.life_table(m, given, float(widths.pop()), method)
    from_to = {"age_start": ages, "birth": regions, "residence": regions}
    table = _tidy(RADIX * model.l.transpose(0, 2, 1), from_to, "lx").with_columns(
        _tidy(RADIX * model.lived.transpose(0, 2, 1), from_to, "Lx")["Lx"]
    )
    expected = np.stack([model.expectation(x).T for x in range(len(ages))])
    expectation = _tidy(expected, {"age_start": ages, "region": regions, "residence": regions}, "ex")
    moved = _tidy(
        model.p.transpose(0, 2, 1)[:-1], {"age_start": ages[:-1], "origin": regions, "destination": regions}, "px"
    )
    return [("table", table, model), ("expectation", expectation, model), ("transitions", moved, model)]


def _grid(frame: pl.DataFrame, axes: dict[str, Sequence[object]], complete: bool) -> Array:
    """Values on axes; a cell without a row is refused where they are to be `complete`, else zero."""
    values = np.full([len(labels) for labels in axes.values()], np.nan)
    places = [{label: i for i, label in enumerate(labels)} for labels in axes.values()]
    for *labels, value in frame.select(*axes, "value").iter_rows():
        for (axis, known), place, label in zip(axes.items(), places, labels, strict=True):
            if label not in place:
                raise BadInput(
                    "multistate.label", axis=axis, label=str(label), known=", ".join(map(str, list(known)[:8]))
                )
        values[tuple(place[label] for place, label in zip(places, labels, strict=True))] = value
    lacking = np.argwhere(np.isnan(values))
    if complete and len(lacking):
        cell = " ".join(f"{axis} {labels[i]}" for (axis, labels), i in zip(axes.items(), lacking[0], strict=True))
        raise BadInput("multistate.missing", cell=cell, n=len(lacking))
    return np.asarray(np.nan_to_num(values, nan=0.0))


def _tidy(values: Array, axes: dict[str, Sequence[object]], name: str) -> pl.DataFrame:
    index = np.indices(values.shape).reshape(len(axes), -1)
    columns = {axis: [labels[i] for i in place] for (axis, labels), place in zip(axes.items(), index, strict=True)}
    return pl.DataFrame({**columns, name: values.ravel()})


def regional_life_tables_of_files(
    deaths: Path, moves: Path, method: str = multistate.LINEAR, table: str = "table", choices: FileChoices = AS_FOUND
) -> pl.DataFrame:
    """The asked table of the multiregional life table of two files."""
    if table not in TABLES:
        raise BadInput("estimation.choice", option="--table", value=table, known=", ".join(TABLES))
    first = with_sexes(read_long(deaths, wanted_by(choices), choices.before([moves])).frame, str(deaths))
    labels = known_labels(first.select("region")) if "region" in first.columns else ()
    second = with_sexes(read_long(moves, MOVES, choices.for_companions(labels)).frame, str(moves))
    found = regional_life_tables(first, second, method)
    frame: pl.DataFrame = getattr(found, table)
    return frame
