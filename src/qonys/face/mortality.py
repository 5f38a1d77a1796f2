"""Mortality and age: life tables, life expectancy, single years of age."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from qonys.catalog.reading.labels.sexes import with_sexes
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.face.arguments import offered
from qonys.face.frames import Columns, Table, frame_of, sources_of
from qonys.face.options import names
from qonys.face.result import Result
from qonys.figures.results import View
from qonys.kernels.mortality.graduation import single_ages
from qonys.study.analyses.life_tables import MORTALITY, MOVES, life_tables_of, regional_life_tables

Z95 = 1.959963984540054
GROUPS = Wanted(
    whole=("age_start",),
    optional_labels=("region", "group", "sex", "period"),
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
        rates per 1,000 are that no unit says), a life expectancy below 5 years, no deaths at the open age, an unknown
        sex.

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
    frame = with_sexes(frame_of(rates, MORTALITY, "rates", columns), "rates")
    found, tables = life_tables_of(frame, sex, names(by))
    colour = next((key for key in ("sex", "period", "group", "region") if key in found.columns), "")
    view = View("line", "age_start", "ex", colour=colour)
    return Result("life_table", found, {}, (), (view,), tables, sources_of(rates))


@offered
def multiregional_life_table(rates: Table, moves: Table, *, method: str = "linear", columns: Columns = None) -> Result:
    """Rogers' multiregional life table: survivors and years lived by region of birth and region of residence.

    Parameters
    ----------
    rates
        region, age_start (groups of one width from 0, the last open) and value (deaths per person-year), or deaths and
        exposure (person-years); optional sex: one table for each.
    moves
        origin, destination, age_start, value: moves per person-year of the origin, or, where `rates` has deaths and
        exposure, numbers of moves; optional sex. Moves within a region are left out, and pairs without a row are none.
    method
        linear (survivors on a straight line within an age group) or exponential (constant rates).
    columns
        Standard column name to your column name.

    Returns
    -------
    sex, age_start, birth, residence, lx (of 100,000 born in `birth`), Lx (person-years). Tables: `expectation` (years
    to be lived in `residence` by those who live in `region` at an age) and `transitions` (probabilities px of being in
    `destination` one age group later).

    Raises
    ------
    BadInput
        Ages of different widths, fewer than two regions, a cell that lacks, negative rates, an open age at which nobody
        dies, rates too high for straight lines.

    Notes
    -----
    Source: Rogers (1975), chapters 3-4; Rogers and Ledent (1976); exponential: Schoen (1988).

    Examples
    --------
    >>> import qonys
    >>> ages = list(range(0, 90, 5))
    >>> rates = {"region": ["a"] * 18 + ["b"] * 18, "age_start": ages * 2, "value": [0.02] * 36}
    >>> moves = {"origin": ["a"] * 18, "destination": ["b"] * 18, "age_start": ages, "value": [0.01] * 18}
    >>> found = qonys.multiregional_life_table(rates, moves)
    >>> found.table("expectation").filter(age_start=0, region="a")["ex"].round(2).to_list()
    [33.33, 16.67]
    """
    frame = with_sexes(frame_of(rates, MORTALITY, "rates", columns), "rates")
    moved = with_sexes(frame_of(moves, MOVES, "moves", columns), "moves")
    found = regional_life_tables(frame, moved, method)
    view = View("line", "age_start", "lx", colour="residence", panel="birth")
    tables = {"expectation": found.expectation, "transitions": found.transitions}
    return Result("multiregional_life_table", found.table, tables, (), (view,), found.models, sources_of(rates, moves))


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
