"""Economic consequences: money sent, doctors and teachers, and how towns bear arrivals."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.figures import over_time
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Section, Table
from qonys.study.runs.results import TableResult

NEEDS: tuple[str, ...] = ("remittances",)
FACTORS = ("towns", "towns_arrivals")


def build(context: Context) -> Section:
    """Money, services and towns, as far as there are results."""
    year = str(context.count("economy.money_year"))
    blocks: tuple[Block, ...] = context.held(
        lambda: context.paragraph(
            "economy.money_text", since="economy.payer_since", year=year, paid=f"economy.paid.{year}",
            received=f"economy.received.{year}",
        ),
        lambda: _money(context),
        lambda: _doctors(context),
        lambda: context.paragraph(
            "economy.medical_text", left="economy.medical_left", bound="economy.medical_bound", period=_period(context)
        ),
        lambda: _services(context).as_detail(),
        lambda: context.paragraph(
            "economy.towns_text", a="economy.towns.unemployment", b="economy.towns.failing", c="economy.towns.housing"
        ),
        lambda: context.paragraph(
            "economy.arrivals_text", a="economy.arrivals.unemployment", b="economy.arrivals.failing",
            c="economy.arrivals.housing",
        ),
        lambda: _towns(context).as_detail(),
        lambda: context.paragraph(
            "economy.offences_text", year=str(context.count("economy.offences_year")), most="economy.offences_most",
            least="economy.offences_least", net="economy.offences.net", arrivals="economy.offences.arrivals",
            high=_place(context, 0), low=_place(context, -1),
        ),
        lambda: _ranked(context).as_detail(),
        lambda: _offences(context).as_detail(),
        lambda: Note(context.say("economy.cannot")),
    )  # fmt: skip
    return Section("economy", context.say("chapter.economy"), blocks)


def _doctors(context: Context) -> Block:
    years = {
        name: str(context.count(f"economy.physicians_{name}")) for name in ("first", "least", "last")
    }
    values = {f"rate_{name}": f"economy.physicians.{year}" for name, year in years.items()}
    return context.paragraph("economy.doctors_text", **years, **values)


def _period(context: Context) -> str:
    """The newest period of emigrants by speciality."""
    period = str(context.frame("leavers_speciality")["period"].max())
    half = {"H1": "first", "H2": "second"}.get(period[5:])
    return context.say(f"economy.half.{half}", year=period[:4]) if half else period[:4]


def _money(context: Context) -> Figure:
    table = context.results.table("remittances")
    frame = table.frame.unpivot(["paid", "received"], index="year", variable_name="name")
    most = table.frame.sort("paid", descending=True).row(0, named=True)
    value = words.number(most["paid"], context.language, 1)
    alt = context.say("economy.money.alt", year=int(most["year"]), value=value)
    return _lines(context, table, frame, ("economy.axis.product", "economy.money"), alt)


def _services(context: Context) -> Figure:
    table = context.results.table("services")
    frame = table.frame.select("year", "value", name="measure")
    low = table.frame.filter(pl.col("measure") == "physicians").sort("value").row(0, named=True)
    value = words.number(low["value"], context.language, 2)
    alt = context.say("economy.services.alt", year=int(low["year"]), value=value)
    return _lines(context, table, frame, ("economy.axis.services", "economy.services"), alt)


def _lines(
    context: Context, table: TableResult, frame: pl.DataFrame, said: tuple[str, str], alt: str
) -> Figure:
    """Lines by year of a stored table: `frame` with year, value, name; `said`: texts of the axis and the caption."""
    names = {name: context.say(f"economy.{name}") for name in frame["name"].unique(maintain_order=True)}
    shown = frame.with_columns(pl.col("name").replace_strict(names))
    spec = over_time.lines(context, shown, context.say(said[0]), list(names.values()), form=",.1f")
    origin = context.origin(table.sources, table.method)
    return Figure(table.name, context.picture(spec), alt, context.say(said[1]), origin, table.frame)


def _towns(context: Context) -> Table:
    """Associations of conditions with net migration, then with arrivals, where there are moves between regions."""
    stored = {name: context.results.table(name) for name in FACTORS if context.results.has_table(name)}
    both = pl.concat(one.frame.select(pl.lit(name).alias("factor"), pl.all()) for name, one in stored.items())
    columns = ("factor", "outcome", "change", "interval", "years", "regions")
    head = tuple(context.say(f"economy.column.{name}") for name in columns)
    rows = tuple(
        (
            context.say(f"economy.factor.{row['factor']}"),
            context.say(f"economy.outcome.{row['outcome']}"),
            words.number(row["value"], context.language, 3),
            context.ends(row["low"], row["high"], 3),
            words.year_range(row["first"], row["last"]),
            str(row["places"]),
        )
        for row in both.iter_rows(named=True)
    )
    sources = tuple(dict.fromkeys(source for one in stored.values() for source in one.sources))
    origin = context.origin(sources, context.results.table("towns").method)
    return Table("towns", head, rows, "llrrrr", context.say("economy.towns"), origin, both)


def _place(context: Context, at: int) -> str:
    """The region at a place of the table of offences, most of them first."""
    return context.region(context.frame("offences")["place"][at])


def _ranked(context: Context) -> Table:
    table = context.results.table("offences_ranked")
    head = tuple(context.say(f"economy.column.{name}") for name in ("factor", "rank", "interval", "p", "regions"))
    rows = tuple(
        (
            context.say(f"economy.factor.{row['factor']}"),
            words.number(row["value"], context.language, 2),
            context.ends(row["low"], row["high"], 2),
            words.number(row["p"], context.language, 2),
            str(row["n"]),
        )
        for row in table.frame.iter_rows(named=True)
    )
    caption = context.say("economy.ranked", year=context.count("economy.offences_year"))
    return Table(table.name, head, rows, "lrrrr", caption, context.origin(table.sources, table.method), table.frame)


def _offences(context: Context) -> Table:
    table = context.results.table("offences")
    head = tuple(context.say(f"economy.column.{name}") for name in ("region", "offences", "rate", "net", "arrivals"))
    rows = tuple(
        (
            context.region(row["place"]),
            words.integer(row["offences"], context.language),
            *("–" if row[name] is None else words.number(row[name], context.language, 1)
              for name in ("rate", "net", "arrivals")),
        )
        for row in table.frame.iter_rows(named=True)
    )  # fmt: skip
    caption = context.say("economy.offences", year=context.count("economy.offences_year"))
    origin = context.origin(table.sources, table.method)
    return Table(table.name, head, rows, "lrrrr", caption, origin, table.frame)
