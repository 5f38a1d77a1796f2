"""Mortality and age: life tables, life expectancy, single years of age."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.face.arguments import offered
from qonys.face.charts import View
from qonys.face.frames import Columns, Table, frame_of, sources_of
from qonys.face.options import chosen, names
from qonys.face.result import Result
from qonys.kernels.mortality.graduation import single_ages
from qonys.kernels.mortality.life_tables import SEXES, LifeTable, certain_ages, expectation_error, refuse_high_rates
from qonys.kernels.mortality.life_tables import life_table as table_of_rates
from qonys.words.notes import note

RADIX = 100_000.0
Z95 = 1.959963984540054
MORTALITY = Wanted(
    whole=("age_start",),
    numbers=(),
    optional_labels=("region", "group", "sex", "period"),
    optional_numbers=("value", "deaths", "exposure"),
)
GROUPS = Wanted(
    whole=("age_start",), optional_labels=("region", "group", "sex", "period"),
    apart=("region", "group", "sex", "period"),
)


@offered
def life_table(rates: Table, *, sex: str = "", by: str | Sequence[str] = (), columns: Columns = None) -> Result:
    """Life tables, abridged or complete, from death rates or from deaths and exposure.

    Parameters
    ----------
    rates
        age_start (0, 1, 5, 10, ... or single years; the last age group is open) and value (deaths per person-year), or
        deaths and exposure (person-years); optional region, group, sex, period: one life table for each.
    sex
        female or male, if there is no column sex; the mean age at infant death depends on it.
    by
        Columns that identify separate life tables; by default region, group, sex and period.
    columns
        Standard column name to your column name: {"age_start": "x", "value": "mx"}.

    Returns
    -------
    The columns of `by`, age_start, mx, ax, qx, lx (of 100,000 births), dx, Lx, Tx (person-years), ex (years) and,
    from deaths, ex_error (standard error, years).

    Raises
    ------
    BadInput
        Ages that do not start at 0 or do not increase, negative rates, rates above 2 per person-year below age 90 (as
        rates per 1,000 are), no deaths at the open age, an unknown sex.

    Notes
    -----
    Source: age 0: Andreev and Kingkade (2015), table 4-2; ages 1-4: Coale and Demeny (1983); other five-year groups:
    Greville (1943) as the United Nations apply it; errors: Chiang (1984), chapter 8. A chance of dying that the rate
    would put above 1 (single ages from 90 with rates above 2) is set to 1, with a warning that names its ages.

    Examples
    --------
    >>> import qonys
    >>> rates = {"age_start": list(range(101)), "value": [0.02] * 101}
    >>> round(qonys.life_table(rates, sex="female").frame["ex"][50], 2)
    50.0
    """
    frame = frame_of(rates, MORTALITY, "rates", columns)
    keys = list(names(by)) or [name for name in ("region", "group", "sex", "period") if name in frame.columns]
    parts = list(frame.group_by(keys, maintain_order=True)) if keys else [((), frame)]
    pieces, tables = [], {}
    for labels, part in parts:
        about = dict(zip(keys, labels, strict=True))
        piece, table = _one_table(part.sort("age_start"), str(about.get("sex", sex)))
        pieces.append(piece.select(*(pl.lit(value).alias(key) for key, value in about.items()), pl.all()))
        tables[labels] = table
    colour = next((key for key in ("sex", "period", "group", "region") if key in keys), "")
    view = View("line", "age_start", "ex", colour=colour)
    return Result("life_table", pl.concat(pieces), {}, (), (view,), tables, sources_of(rates))


def _one_table(part: pl.DataFrame, sex: str) -> tuple[pl.DataFrame, LifeTable]:
    chosen("sex", sex, SEXES)
    ages = part["age_start"].cast(pl.Float64).to_numpy()
    deaths = part["deaths"].to_numpy() if "deaths" in part.columns else None
    if "value" in part.columns:
        m = part["value"].to_numpy()
    elif deaths is not None and "exposure" in part.columns:
        m = deaths / part["exposure"].to_numpy()
    else:
        raise BadInput("face.life.rates", found=", ".join(part.columns))
    if len(ages) < 3 or ages[0] != 0 or (np.diff(ages) <= 0).any():
        raise BadInput("face.life.ages", found=", ".join(f"{age:g}" for age in ages[:8]))
    bad = ~np.isfinite(m) | (m < 0)
    bad[-1] |= not m[-1] > 0
    if bad.any():
        raise BadInput("face.life.rate", age=f"{ages[int(np.argmax(bad))]:g}")
    refuse_high_rates(m, ages)
    found = table_of_rates(m, ages, sex)
    if found.certain.any():
        note("mortality.certain", ages=certain_ages(found), n=int(found.certain.sum()))
    columns = {
        "age_start": part["age_start"], "mx": m, "ax": found.a, "qx": found.q, "lx": RADIX * found.l,
        "dx": RADIX * found.d, "Lx": RADIX * found.L, "Tx": RADIX * found.T, "ex": found.e,
    }  # fmt: skip
    if deaths is not None:
        columns["ex_error"] = expectation_error(found, deaths)
    return pl.DataFrame(columns), found


@offered
def life_expectancy(rates: Table, *, ages: Sequence[int] = (0, 65), sex: str = "", columns: Columns = None) -> Result:
    """Life expectancy at given ages, with its confidence interval if deaths are given.

    Parameters
    ----------
    rates, sex, columns
        As in `life_table`.
    ages
        Exact ages at which age groups of the table start.

    Returns
    -------
    The group columns, age, value (years), low, high (95%; empty if rates were given without deaths).

    Raises
    ------
    BadInput
        As in `life_table`; an age at which no group starts.

    Notes
    -----
    Source: Chiang (1984), The Life Table, chapter 8, for the error.

    Examples
    --------
    >>> import qonys
    >>> import polars as pl
    >>> deaths = {"age_start": list(range(101)), "deaths": [40] * 101, "exposure": [2000] * 101}
    >>> found = qonys.life_expectancy(deaths, sex="male", ages=[30]).frame
    >>> found.select(pl.col("value", "low", "high").round(2)).row(0)
    (50.0, 48.5, 51.5)
    """
    table = life_table(rates, sex=sex, columns=columns).frame
    unknown = [age for age in ages if age not in table["age_start"]]
    if unknown:
        known = ", ".join(map(str, table["age_start"].unique().sort().to_list()[:12]))
        raise BadInput("estimation.choice", option="ages", value=unknown[0], known=known)
    error = pl.col("ex_error") if "ex_error" in table.columns else pl.lit(None, dtype=pl.Float64)
    keys = [name for name in ("region", "group", "sex", "period") if name in table.columns]
    frame = table.filter(pl.col("age_start").is_in(list(ages))).select(
        *keys,
        pl.col("age_start").alias("age"),
        pl.col("ex").alias("value"),
        (pl.col("ex") - Z95 * error).alias("low"),
        (pl.col("ex") + Z95 * error).alias("high"),
    )
    view = View("dots", "value", keys[0], "low", "high", "age") if keys else View("bars", "age", "value", "low", "high")
    return Result("life_expectancy", frame, {}, (), (view,), None, sources_of(rates))


@offered
def graduate(groups: Table, *, open_age: int | None = None, columns: Columns = None) -> Result:
    """Counts by single year of age from age groups, by a monotone spline that preserves group totals.

    Parameters
    ----------
    groups
        age_start, value (persons or events); optional region, group, sex, period. The last group is open.
    open_age
        Start of the open group, if it is not the last age_start.
    columns
        Standard column name to your column name.

    Returns
    -------
    The group columns, age, value in the unit given; the open group is unchanged, at its first age.

    Raises
    ------
    BadInput
        Ages that do not start at 0 or are repeated; negative counts.

    Notes
    -----
    Source: Fritsch and Carlson (1980), the monotone spline, through the cumulated counts (Shryock and Siegel 1973,
    appendix C). Assumes a smooth age distribution within groups.

    Examples
    --------
    >>> import qonys
    >>> qonys.graduate({"age_start": [0, 5, 10], "value": [50, 50, 3]}).frame["value"].round(2).to_list()
    [10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 3.0]
    """
    frame = frame_of(groups, GROUPS, "groups", columns)
    keys = [name for name in ("region", "group", "sex", "period") if name in frame.columns]
    pieces = []
    for labels, part in list(frame.group_by(keys, maintain_order=True)) if keys else [((), frame)]:
        rows = part.sort("age_start")
        starts, values = rows["age_start"].to_numpy(), rows["value"].to_numpy()
        last = int(starts[-1]) if open_age is None else open_age
        ordered = starts[0] == 0 and starts[-1] == last and bool((np.diff(starts) > 0).all())
        if not ordered or (values < 0).any() or len(starts) < 2:
            raise BadInput("face.graduate", found=", ".join(map(str, starts[:8])), last=last)
        single = single_ages(values, starts, last + 1)
        about = [pl.lit(label).alias(key) for key, label in zip(keys, labels, strict=True)]
        pieces.append(pl.DataFrame({"age": range(last + 1), "value": single}).select(*about, pl.all()))
    view = View("line", "age", "value", colour=keys[0] if keys else "")
    return Result("graduate", pl.concat(pieces), {}, (), (view,), None, sources_of(groups))
