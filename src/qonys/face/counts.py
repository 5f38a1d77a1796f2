"""Population change between counts: components, residual net migration, one account from several sources."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, TypedDict, Unpack

import polars as pl

from qonys.catalog.reading.numbers.bounds import AMOUNT
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.estimation.net_migration import KINDS
from qonys.face.arguments import offered
from qonys.face.country import Country
from qonys.face.frames import Columns, Table, alike, frame_of, same_boundaries, sources_of
from qonys.face.options import checked, chosen
from qonys.face.result import Note, Result
from qonys.figures.results import View
from qonys.measurement.components import Components, components
from qonys.quantities import Axis, Population, Series
from qonys.study.analyses.flows import COUNTED
from qonys.study.analyses.schedules import (
    BIRTHS,
    CHANGED,
    COUNTS,
    DEATHS,
    RATES,
    NetTables,
    left_out,
    net_migration_of_tables,
)

if TYPE_CHECKING:
    from qonys.catalog import Pack
    from qonys.estimation.reconciliation.national import Reconciled

PEOPLE = Wanted(
    whole=("time",), optional_labels=("region",), optional_numbers=("sd",), kinds=COUNTED, apart=("region",)
)
EVENTS = Wanted(whole=("time",), numbers=("births", "deaths"), optional_labels=("region",), apart=("region",))
NET = Wanted(whole=("time",), optional_labels=("region",), kinds={"value": AMOUNT}, apart=("region",))
STATEMENTS = Wanted(
    labels=("source", "kind", "quantity"), numbers=("start", "end", "value"), optional_numbers=("sd",),
    apart=("source", "kind", "quantity"), repeats=True,
)  # fmt: skip


@offered
def components_of_change(
    population: Table, vital: Table, *, registered: Table | None = None, columns: Columns = None
) -> Result:
    """Natural increase and net migration between population counts, by the balancing equation.

    Parameters
    ----------
    population
        time (year; the count refers to its beginning), value (persons); optional sd (standard error) and region.
    vital
        time (calendar year), births, deaths (persons); optional region. Every year between two counts is required.
    registered
        time, value: net migration as registered, for comparison.
    columns
        Standard column name to your column name: {"time": "year", "value": "pop"}.

    Returns
    -------
    One row for each interval [start, end) between consecutive counts (and region): population_start, population_end,
    births, deaths, natural, net_migration with low and high (95%, from the errors of the counts), registered (persons),
    natural_rate, migration_rate (per 1,000 person-years).

    Raises
    ------
    BadInput, AxisMismatch
        Missing or empty cells; fewer than two counts; a year without births and deaths.

    Notes
    -----
    Source: United Nations (1970), Manual VI, chapter I; Siegel and Swanson (2004), chapter 19. The residual
    absorbs the errors of all counts; without sd no interval is given.

    Examples
    --------
    >>> import qonys
    >>> people = {"time": [2000, 2002], "value": [1000, 1030]}
    >>> vital = {"time": [2000, 2001], "births": [20, 20], "deaths": [10, 10]}
    >>> qonys.components_of_change(people, vital).frame.select("start", "end", "natural", "net_migration").row(0)
    (2000, 2002, 20.0, 10.0)
    """
    same_boundaries("components of change", population, vital, registered)
    counts = frame_of(population, PEOPLE, "population", columns)
    events = frame_of(vital, EVENTS, "vital", columns)
    known = None if registered is None else frame_of(registered, NET, "registered", columns)
    rows: list[dict[str, object]] = []
    for region in counts["region"].unique(maintain_order=True) if "region" in counts.columns else [None]:
        parts = [None if one is None else _of_region(one, region) for one in (counts, events, known)]
        about = {} if region is None else {"region": region}
        rows += [about | _component_row(found) for found in _intervals(*parts)]
    views = (View("bars", "end", "net_migration", "low", "high", panel="region"),)
    sources = sources_of(population, vital, registered)
    return Result("components_of_change", pl.DataFrame(rows), {}, (), views, None, sources)


def _of_region(frame: pl.DataFrame, region: str | None) -> pl.DataFrame:
    if region is None or "region" not in frame.columns:
        return frame
    return frame.filter(pl.col("region") == region)


def _intervals(
    counts: pl.DataFrame | None, events: pl.DataFrame | None, known: pl.DataFrame | None
) -> list[Components]:
    assert counts is not None
    assert events is not None
    counts = counts.sort("time")
    years = counts["time"].to_list()
    if len(years) < 2:
        raise BadInput("study.flows.one_time", path="population", time=years[0] if years else "–")
    sd = counts["sd"].to_numpy() if "sd" in counts.columns else None
    people = Population(counts["value"].to_numpy(), (Axis("time", tuple(years)),), "persons", "residents", sd=sd)
    births, deaths = (_series(events, name) for name in ("births", "deaths"))
    registered = None if known is None else _series(known, "value")
    return [components(people, (births, deaths), None, registered, pair) for pair in pairwise(years)]


def _series(frame: pl.DataFrame, name: str) -> Series:
    rows = frame.sort("time")
    twice = rows.filter(rows["time"].is_duplicated())
    if twice.height:
        raise BadInput("estimation.twice", table=name, cells=str(twice["time"][0]))
    return Series(rows[name].to_numpy(), (Axis("time", tuple(rows["time"].to_list())),), "persons", name)


def _component_row(found: Components) -> dict[str, object]:
    low, high = found.interval() if found.residual_sd > 0 else (None, None)
    return {
        "start": found.start, "end": found.end, "population_start": found.population_start,
        "population_end": found.population_end, "births": found.births, "deaths": found.deaths,
        "natural": found.natural, "net_migration": found.residual, "low": low, "high": high,
        "registered": found.registered, "natural_rate": found.natural_rate, "migration_rate": found.migration_rate,
    }  # fmt: skip


class NetOptions(TypedDict, total=False):
    """Further options of the net migration functions."""

    deaths: Table
    reclassified: Table
    children: bool
    by_move: bool


@offered
def net_migration_residual(
    counts: Table,
    mortality: Table | None = None,
    *,
    kind: str = "rates",
    births: Table | None = None,
    errors: Mapping[str, float] | None = None,
    columns: Columns = None,
    **options: Unpack[NetOptions],
) -> Result:
    """Net migration by age between counts: survivors expected from mortality compared with those counted.

    Parameters
    ----------
    counts
        time, age_start (0, 5, 10, ... or 0, 1, 2, ..., last open), population (persons); optional region, group, sex.
        Counts an age group or a multiple of it apart.
    mortality
        age_start, value; optional region, group, sex. May be omitted if births and `deaths` are given.
    kind
        rates: values are deaths per person-year at ages 0, 1, 5, 10, ... or single years (without `sex` those of
        both). survival: values are survival ratios over the width of an age group, by age at the end.
        interval: survival ratios over the whole interval, by age at the end.
    births
        value of the interval (persons), with the same parts and optional time (start of the interval, or each year of
        it, which are added up; so in `deaths` and `reclassified`); without births persons born in the interval are
        omitted.
    errors
        Relative standard errors: {"first": 0.01, "second": 0.01, "mortality": 0.05, "draws": 500, "seed": 1}.
    columns
        Standard column name to your column name.
    options
        `deaths`: value (registered in the interval), optional age_start (at the end of it, had they lived), for the
        balance of registered events; `reclassified`: age_start, value, persons gained by reclassification; `children`
        True: children born in the interval, estimated from the net migration of women; `by_move` True: also by age at
        the move.

    Returns
    -------
    start, end, the group columns, age_start at the end (null: all ages), method (forward, reverse, average; vital
    from `deaths`), value, low, high: persons. low and high are 95% limits from the stated errors, empty without them.

    Raises
    ------
    BadInput
        Ages or groups that do not match, negative or empty cells, an interval that is not a multiple of an age group,
        neither mortality nor deaths, deaths without births.

    Notes
    -----
    Source: United Nations (1970), Manual VI, chapters I to III. Mortality of migrants and return
    moves within the interval are not accounted for.

    Examples
    --------
    >>> import qonys
    >>> ages = [0, 5, 10, 15]
    >>> counts = {"time": [2000] * 4 + [2005] * 4, "age_start": ages * 2, "population": [100] * 4 + [90, 99, 110, 190]}
    >>> survival = {"age_start": ages, "value": [0.95, 0.99, 0.99, 0.95]}
    >>> found = qonys.net_migration_residual(counts, survival, kind="survival").frame
    >>> found.filter(method="forward").select("age_start", "value").rows()
    [(5, 0.0), (10, 11.0), (15, 0.0), (None, 11.0)]
    """
    chosen("kind", kind, KINDS)
    alike("net migration", counts)
    if mortality is None and options.get("deaths") is None:
        raise BadInput("face.net.mortality")
    known = None if mortality is None else frame_of(mortality, RATES, "mortality", columns)
    tables = _net_tables("net_migration_residual", known, kind, births, columns, options)
    return _net("net_migration_residual", counts, tables, errors, columns)


@offered
def net_migration_census_survival(
    counts: Table,
    *,
    births: Table | None = None,
    errors: Mapping[str, float] | None = None,
    columns: Columns = None,
    **options: Unpack[NetOptions],
) -> Result:
    """Net migration of regions or groups by age, by census survival ratios of the whole country.

    Parameters
    ----------
    counts
        time, age_start (0, 5, ... or 0, 1, ..., last open), population (persons), and region or group (and sex), which
        together make the country.
    births, errors, columns, options
        As in `net_migration_residual`.

    Returns
    -------
    As `net_migration_residual`: persons by end age and method. By assumption net migration sums to zero over
    the country at every age.

    Raises
    ------
    BadInput
        Counts that are not an age group or a multiple of it apart; ages or groups that do not match; negative or empty
        cells.

    Notes
    -----
    Source: United Nations (1970), Manual VI, chapter II (census survival ratios). Assumes a
    closed country whose regions have the same mortality and the same completeness of enumeration.

    Examples
    --------
    >>> import qonys
    >>> ages = [0, 5, 10, 15]
    >>> counts = {"time": [2000] * 8 + [2005] * 8, "region": (["a"] * 4 + ["b"] * 4) * 2, "age_start": ages * 4,
    ...           "population": [100] * 8 + [90, 100, 110, 190, 90, 98, 88, 190]}
    >>> found = qonys.net_migration_census_survival(counts).frame.filter(method="forward", age_start=10)
    >>> found.select("region", "value").rows()
    [('a', 11.0), ('b', -11.0)]
    """
    tables = _net_tables("net_migration_census_survival", None, "survival", births, columns, options)
    return _net("net_migration_census_survival", counts, tables, errors, columns)


def _net_tables(
    function: str,
    mortality: pl.DataFrame | None,
    kind: str,
    births: Table | None,
    columns: Columns,
    options: NetOptions,
) -> NetTables:
    known = checked(options, tuple(NetOptions.__annotations__), function)
    changed, died = known.get("reclassified"), known.get("deaths")
    return NetTables(
        mortality,
        None if births is None else frame_of(births, BIRTHS, "births", columns),
        None if changed is None else frame_of(changed, CHANGED, "reclassified", columns),
        kind,
        bool(known.get("children", False)),
        bool(known.get("by_move", False)),
        None if died is None else frame_of(died, DEATHS, "deaths", columns),
    )


def _net(
    function: str, counts: Table, tables: NetTables, errors: Mapping[str, float] | None, columns: Columns
) -> Result:
    stated = checked(errors or {}, ("first", "second", "mortality", "draws", "seed"), f"{function}(errors=)")
    known = frame_of(counts, COUNTS, "counts", columns)
    frame = net_migration_of_tables(known, tables, stated)
    panel = next((key for key in ("region", "group") if key in frame.columns), "")
    view = View("line", "age_start", "value", "low", "high", "method", panel)
    return Result(function, frame, {}, tuple(left_out(frame, known)), (view,), None, sources_of(counts))


@offered
def reconcile(
    statements: Table | Country,
    *,
    span: tuple[int, int] | None = None,
    draws: int = 1000,
    seed: int = 1,
    guesses: Mapping[str, float] | None = None,
    columns: Columns = None,
) -> Result:
    """A consistent demographic account from inconsistent sources: every draw satisfies the balancing equation exactly.

    Parameters
    ----------
    statements
        source, kind (register, census, model), quantity (population, births, deaths, net_migration), start, end, value
        (persons; population at `start`), optional sd; or a country, `country("kazakhstan")`, whose own
        statements are used.
    span
        First year, and the year after the last; None: taken from the statements.
    draws, seed
        Number of posterior draws and random seed.
    guesses
        Prior guesses of the errors by name, such as {"net_error": 5000.0}.
    columns
        Standard column name to your column name.

    Returns
    -------
    quantity, year, low, median, high (2.5, 50, 97.5 %), persons. Tables: `departures` (each source minus the
    account), `accuracies`. `model` contains the draws.

    Raises
    ------
    BadInput
        Unknown quantities, statements outside the span, empty values, a quantity without any statement.

    Notes
    -----
    Source: Raymer et al. (2013); Bryant and Graham (2013). Errors of different sources are assumed independent.

    Examples
    --------
    >>> import qonys
    >>> import polars as pl
    >>> years = list(range(2000, 2006))
    >>> def stated(source, kind, quantity, value):
    ...     return [(source, kind, quantity, y, y + 1, value, value / 50) for y in years]
    >>> counted = ((2000, 1e6), (2006, 1.06e6))
    >>> rows = [("c", "census", "population", year, year, people, 1e3) for year, people in counted]
    >>> rows += stated("r", "register", "births", 2e4) + stated("r", "register", "deaths", 1e4)
    >>> rows += stated("m", "model", "net_migration", 500.0)
    >>> names = ["source", "kind", "quantity", "start", "end", "value", "sd"]
    >>> found = qonys.reconcile(pl.DataFrame(rows, schema=names, orient="row"), draws=100)
    >>> found.model.residual()
    0
    """
    if isinstance(statements, Country):
        return _country_account(statements.pack, draws, seed)
    from qonys.estimation.reconciliation.national import Guesses
    from qonys.estimation.reconciliation.national import reconcile as account

    known = checked(guesses or {}, tuple(Guesses.__dataclass_fields__), "reconcile(guesses=)")
    frame = frame_of(statements, STATEMENTS, "statements", columns)
    if "sd" not in frame.columns:
        frame = frame.with_columns(sd=pl.lit(None, dtype=pl.Float64))
    events = frame.filter(pl.col("quantity") != "population")
    years = events if events.height else frame
    own = (int(min(years["start"])), int(max(years["end"]))) if span is None else span
    found = account(frame, own, draws, seed, Guesses(**known))
    return _account(found, sources_of(statements), None)


def _country_account(pack: Pack, draws: int, seed: int) -> Result:
    from qonys.study.base.accounts import national_account
    from qonys.study.plan import Account

    found, sources = national_account(pack, Account(draws, seed))
    return _account(found, sources, pack)


def _account(found: Reconciled, sources: tuple[str, ...], pack: Pack | None) -> Result:
    note: Note = ("study.flows.note.rhat", {"rhat": f"{found.rhat:.3f}", "gap": found.residual()})
    tables = {"departures": found.departures, "accuracies": found.accuracies}
    view = View("line", "year", "median", "low", "high", panel="quantity")
    return Result("reconcile", found.table(), tables, (note,), (view,), found, sources, pack)
