"""Labour and human capital that moved, and what moves ask of services."""

from __future__ import annotations

from datetime import date

import polars as pl

from qonys import words
from qonys.figures import by_category, over_time
from qonys.report.context import Context
from qonys.report.document import Figure, Paragraph, Section, Table, Value
from qonys.report.periods import named_years, year_between
from qonys.study.runs.results import TableResult

NEEDS = ("brain_drain", "human_capital_cohorts", "labour_years_moved", "newcomers_education", "regional_loads")
QUANTITIES = ("life", "work")
AHEAD = "regional_working_age"
SCHOOLING = "labour.schooling"
STATED = ("none", "basic_secondary", "general_secondary", "specialised_secondary", "incomplete_higher", "higher")


def build(context: Context) -> Section:
    """Labour, schooling and services."""
    blocks = (
        context.paragraph("labour.years_text", since="labour.since", life="labour.life", work="labour.work"),
        _years(context),
        context.paragraph("labour.intro"),
        context.paragraph(
            "labour.ages_text", since="labour.since", end="consequences.end", a=_ages(context, "with"),
            b=_ages(context, "without"),
        ),
        _stock(context),
        _cohorts(context).as_detail(),
        context.paragraph(
            "labour.drain_text", n="labour.leavers", selection="labour.selection", rate="labour.drain",
            low="labour.years_lost_low", high="labour.years_lost_high",
        ),
        _drain(context),
        context.paragraph("labour.newcomers_text"),
        _newcomers(context).as_detail(),
        context.paragraph("labour.loads_text", year="labour.loads_year"),
        _net(context),
        _loads(context).as_detail(),
        *_ahead(context),
    )  # fmt: skip
    return Section("labour", context.say("chapter.labour"), blocks)


def _stock(context: Context) -> Paragraph:
    """Mean schooling at the ends of the table and at the start of the cohorts, and the cohorts' remainder."""
    known = named_years(context.results, SCHOOLING)
    years = {"early": known[0], "middle": context.count("labour.cohort_first"), "late": known[-1]}
    means = {place: f"{SCHOOLING}.{year}" for place, year in zip("abc", years.values(), strict=True)}
    return context.paragraph(
        "labour.stock_text", first="labour.cohort_first", last="labour.cohort_last", gone="labour.cohort_rest",
        years="labour.cohort_years", **means, **{place: str(year) for place, year in years.items()},
    )  # fmt: skip


def _origin(context: Context, table: TableResult) -> str:
    return context.origin(table.sources, table.method)


def _ages(context: Context, case: str) -> Value:
    """Population of working age at the account's end with its interval, as it stands in a sentence."""
    number = context.results.number(f"labour.working_age.{case}")
    ends = (number.value or 0.0, number.low or 0.0, number.high or 0.0)
    middle, low, high = (words.number(value / 1e6, context.language, 1) for value in ends)
    shown = context.say("labour.million", value=f"{middle} ({low} … {high})")
    return Value(context.marked(shown, number), number.name, context.origin(number.sources, number.method))


def _years(context: Context) -> Figure:
    table = context.results.table("labour_years_moved")
    facets = {name: context.say(f"consequences.quantity.{name}") for name in QUANTITIES}
    yearly = table.frame.filter(pl.col("year").is_not_null())
    rows = yearly.select(
        pl.col("quantity").replace_strict(facets).alias("facet"),
        "year",
        *(pl.col(name) / 1e6 for name in ("low", "median", "high")),
    )
    worst = yearly.filter(pl.col("quantity") == "life").sort("median").row(0, named=True)
    value = words.number(-worst["median"] / 1e6, context.language, 1)
    spec = over_time.yearly_bars(context, rows, context.say("labour.axis.years"), list(facets.values()))
    return Figure(
        "labour_years_moved",
        context.picture(spec),
        context.say("labour.years.alt", year=worst["year"], value=value),
        context.say("labour.years.caption"),
        _origin(context, table),
        table.frame,
    )


def _thousands(context: Context, value: float, digits: int = 0) -> str:
    return words.number(value / 1e3, context.language, digits)


def _cohorts(context: Context) -> Table:
    table = context.results.table("human_capital_cohorts")
    columns = ("start", "expected", "found", "rest")
    rows = [
        (context.say(f"labour.level.{row['level']}"), *(_thousands(context, row[name]) for name in columns))
        for row in table.frame.to_dicts()
    ]
    head = tuple(context.say(f"labour.column.{name}") for name in ("level", *columns))
    ends = {end: int(context.results.number(f"labour.cohort_{end}").value or 0) for end in ("first", "last")}
    caption = context.say("labour.cohorts", **ends)
    return Table(
        "human_capital_cohorts", head, tuple(rows), "lrrrr", caption, _origin(context, table), table.frame
    )


def _drain(context: Context) -> Table:
    table = context.results.table("brain_drain")
    rows = []
    for row in table.frame.to_dicts():
        low, high = (words.integer(row[name], context.language) for name in ("low", "high"))
        rows.append(
            (
                context.say(f"labour.level.{row['level']}"), words.integer(row["leavers"], context.language),
                _thousands(context, row["residents"]), words.number(row["rate"], context.language, 1),
                words.number(row["selection"], context.language, 2), low if low == high else f"{low} … {high}",
            )
        )  # fmt: skip
    names = ("level", "leavers", "residents", "rate", "selection", "schooling")
    head = tuple(context.say(f"labour.column.{name}") for name in names)
    caption = context.say("labour.drain")
    return Table("brain_drain", head, tuple(rows), "lrrrrr", caption, _origin(context, table), table.frame)


def _newcomers(context: Context) -> Table:
    table = context.results.table("newcomers_education")
    rows = []
    for period in table.frame["period"].unique(maintain_order=True):
        part = table.frame.filter(pl.col("period") == period)
        cells = dict(part.select("level", "percent").rows())
        shown = [words.number(cells[name], context.language, 1) if name in cells else "–" for name in STATED]
        rows.append((_period(context, period), *shown))
    head = (context.say("labour.column.period"), *(context.say(f"labour.level.{name}") for name in STATED))
    caption = context.say("labour.newcomers")
    return Table(
        "newcomers_education", head, tuple(rows), "lrrrrrr", caption, _origin(context, table), table.frame
    )


def _period(context: Context, period: str) -> str:
    """An ISO interval of two days as months; a period of another form as it is."""
    start, _, end = period.partition("/")
    try:
        return words.months_text(date.fromisoformat(start), date.fromisoformat(end), context.language)
    except ValueError:
        return period.replace("/", " – ")


def _net(context: Context) -> Figure:
    table = context.results.table("regional_loads")
    year = int(context.results.number("labour.loads_year").value or 0)
    named = table.frame.select(
        pl.col("region").map_elements(context.region, return_dtype=pl.String).alias("category"),
        pl.col("net_rate").alias("value"),
    ).sort("value", descending=True)
    caption = context.say("labour.loads.caption", year=year, counted=str(table.frame["population_year"][0]))
    ends = [words.number(named["value"][place], context.language, 0) for place in (-1, 0)]
    return Figure(
        "regional_loads",
        context.picture(by_category.ranked(context, named, context.say("labour.axis.net"))),
        context.say("labour.loads.alt", year=year, low=ends[0], high=ends[1]),
        caption,
        _origin(context, table),
        table.frame,
    ).as_detail()


def _loads(context: Context) -> Table:
    table = context.results.table("regional_loads")
    rows = []
    for row in table.frame.sort("net_rate", descending=True).to_dicts():
        pupils = [words.integer(row[name], context.language) for name in ("pupils_low", "pupils_high")]
        births = words.integer(row["births_by_net"], context.language) if row["births_by_net"] is not None else "–"
        housing = words.integer(row["housing_by_net"], context.language) if row["housing_by_net"] is not None else "–"
        net = words.integer(row["net"], context.language)
        rows.append((context.region(row["region"]), net, f"{pupils[0]} … {pupils[1]}", births, housing))
    head = tuple(context.say(key) for key in (
        "demographic.column.region", "labour.column.net", "labour.column.pupils", "labour.column.births",
        "labour.column.housing",
    ))  # fmt: skip
    year = int(context.results.number("labour.loads_year").value or 0)
    caption = context.say("labour.loads", year=year, counted=str(table.frame["population_year"][0]))
    return Table(
        "regional_loads_table", head, tuple(rows), "lrrrr", caption, _origin(context, table), table.frame
    )


def _ahead(context: Context) -> tuple[Paragraph | Table, ...]:
    """People of working age by region to come, where there is a projection by region."""
    if not context.has(AHEAD):
        return ()
    names = {name: f"labour.regions.{name}" for name in ("half", "all", "base", "likely")}
    until = str(context.results.table(AHEAD).frame["year"].max())
    return context.paragraph("labour.regions_text", until=until, **names), _working_age(context).as_detail()


def _working_age(context: Context) -> Table:
    table = context.results.table(AHEAD)
    cells = {(row["region"], row["year"]): row for row in table.frame.to_dicts()}
    base, until = (int(str(end)) for end in (table.frame["year"].min(), table.frame["year"].max()))
    years = (year_between(context.results, base, until), until)
    order = table.frame.filter(pl.col("year") == until).sort("change", descending=True)["region"]
    rows = []
    for region in order:
        changes = []
        for year in years:
            ends = [words.number(cells[region, year][name], context.language, 0, plus=True)
                    for name in ("change", "low", "high")]  # fmt: skip
            changes.append(f"{ends[0]} ({ends[1]} … {ends[2]})")
        chance = words.percent(cells[region, until]["below"], context.language, 1)
        rows.append((context.region(region), *changes, chance))
    head = (
        context.say("demographic.column.region"),
        *(context.say("labour.column.to", year=year) for year in years),
        context.say("demographic.column.fewer"),
    )
    caption = context.say("labour.regions", base=context.count("labour.regions.base"), until=until)
    return Table(AHEAD, head, tuple(rows), "lrrr", caption, _origin(context, table), table.frame)
