"""Why people move between regions: coefficients, fit, contributions of groups of factors, what is left, partners."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.figures import by_category
from qonys.figures.geography import values
from qonys.figures.style import AMBER, BLUE, FAINT, GREEN, GREY, ORANGE, PINK, Spec
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Section, Table
from qonys.study.runs.results import TableResult
from qonys.words.order import sort_key

NEEDS = (
    "factors_abroad", "factors_abroad_rows", "factors_contributions", "factors_fit", "factors_gravity",
    "factors_residuals",
)  # fmt: skip
ELASTICITIES = (
    ("income", "income_d"), ("income_alone", "income_d"), ("housing", "housing_d"), ("housing_alone", "housing_d"),
    ("pairs", "distance"), ("pairs", "contiguous"), ("pairs", "likeness"),
)  # fmt: skip
FITS = ("pairs", "gravity", "gravity_ahead", "last_table_ahead")
SHOWN = ("levels", "changes")
COLOURS = {"space": BLUE, "economic": ORANGE, "social": PINK, "demographic": GREEN, "ethnic": AMBER, "common": GREY,
           "rest": FAINT}  # fmt: skip
MAPS = 2


def build(context: Context) -> Section:
    """Factors."""
    notes = [Note(context.say("factors.association")), *context.cautions("internal_od", "internal_totals")]
    blocks: tuple[Block, ...] = (
        context.paragraph("factors.result", distance="factors.pairs.distance", likeness="factors.pairs.likeness",
                          contiguous="factors.pairs.contiguous"),
        _elasticities(context),
        context.paragraph("factors.intro", first="factors.first", last="factors.last", n="factors.regions",
                          cells="factors.cells"),
        *notes,
        context.paragraph("factors.levers", income="factors.elasticity.income", housing="factors.elasticity.housing",
                          alone="factors.income_alone.income_d", bare="factors.housing_alone.housing_d"),
        _terms(context),
        context.paragraph("factors.fit_text"),
        _fit(context).as_detail(),
        context.paragraph("factors.parts_text"),
        _direction(context).as_detail(),
        _level(context),
        _change(context).as_detail(),
        _map(context),
        context.paragraph("factors.abroad_text", rows="factors.abroad.rows", partners="factors.abroad.partners",
                          stock="factors.abroad.stock"),
        _abroad(context),
        Note(context.say("factors.missing")),
    )  # fmt: skip
    return Section("factors", context.say("chapter.factors"), blocks)


def term_name(context: Context, term: str) -> str:
    """A regressor in words, with its side."""
    stem = term.removesuffix("_o").removesuffix("_d")
    name = context.say(f"factors.term.{stem}")
    return name if stem == term else context.say(f"factors.side.{term[-1]}", name=name)


def _interval(context: Context, row: dict[str, float], digits: int = 2) -> str:
    low, high = (words.number(row[end], context.language, digits) for end in ("low", "high"))
    return f"{low} … {high}"


def _elasticities(context: Context) -> Table:
    table = context.results.table("factors_gravity")
    rows = []
    for spec, term in ELASTICITIES:
        row = table.frame.row(by_predicate=(pl.col("spec") == spec) & (pl.col("term") == term), named=True)
        years = row["years"].split()
        value = words.number(row["estimate"], context.language, 2)
        model = context.say(f"factors.spec.{spec}")
        span = f"{years[0]}–{years[-1]}"
        rows.append((term_name(context, term), model, value, _interval(context, row), span))
    head = tuple(context.say(f"factors.column.{name}") for name in ("term", "model", "value", "interval", "years"))
    return Table("factors_elasticities", head, tuple(rows), "llrrl", context.say("factors.elasticities"),
                 context.origin(table.sources, table.method), table.frame)  # fmt: skip


def _terms(context: Context) -> Figure:
    """Coefficients in standard deviations would hide the units: terms that share a unit, two models side by side."""
    table = context.results.table("factors_gravity")
    kept = ("population", "income", "housing", "unemployment")
    terms = [f"{stem}{end}" for stem in kept for end in ("_o", "_d")]
    frame = table.frame.filter(pl.col("spec").is_in(SHOWN) & pl.col("term").is_in(terms))
    shown = frame.select(
        pl.col("term").map_elements(lambda t: _short(context, t), return_dtype=pl.String).alias("category"),
        pl.col("spec").map_elements(lambda s: context.say(f"factors.spec.{s}"), return_dtype=pl.String).alias("series"),
        "low", pl.col("estimate").alias("median"), "high",
    )  # fmt: skip
    names = [context.say(f"factors.spec.{name}") for name in SHOWN]
    colours = list(zip(names, (ORANGE, BLUE), strict=True))
    spec = by_category.dots(
        context, shown, context.say("factors.coefficient"), [_short(context, t) for t in terms], colours
    )
    origin = context.origin(table.sources, table.method)
    alt, caption = context.say("factors.terms.alt"), context.say("factors.terms")
    return Figure("factors_terms", context.picture(spec), alt, caption, origin, frame).as_detail()


def _short(context: Context, term: str) -> str:
    """A regressor in few words, with its side."""
    return context.say(f"factors.side.{term[-1]}", name=context.say(f"factors.short.{term[:-2]}"))


def _fit(context: Context) -> Table:
    table = context.results.table("factors_fit")
    rows = []
    for spec in FITS:
        row = table.frame.row(by_predicate=pl.col("spec") == spec, named=True)
        cells = (words.number(row[name], context.language, 2) for name in ("cpc", "srmse", "r2", "explained"))
        rows.append((context.say(f"factors.spec.{spec}"), *cells))
    head = tuple(context.say(f"factors.column.{name}") for name in ("model", "cpc", "srmse", "r2", "explained"))
    return Table("factors_fit", head, tuple(rows), "lrrrr", context.say("factors.fit"),
                 context.origin(table.sources, table.method), table.frame)  # fmt: skip


def _parts(context: Context, what: str) -> tuple[TableResult, pl.DataFrame]:
    table = context.results.table("factors_contributions")
    return table, table.frame.filter(pl.col("what") == what)


def _direction(context: Context) -> Table:
    """Explained part of the differences between flows, by group."""
    table, frame = _parts(context, "direction")
    rows = [
        (context.say(f"factors.group.{row['group']}"), words.number(100 * row["value"], context.language, 1),
         _interval(context, {"low": 100 * row["low"], "high": 100 * row["high"]}, 1))
        for row in frame.sort("value", descending=True).iter_rows(named=True)
    ]  # fmt: skip
    whole = words.number(100 * float(frame["whole"][0]), context.language, 1)
    rows.append((context.say("factors.group.sum"), whole, context.say("factors.no_interval")))
    head = tuple(context.say(f"factors.column.{name}") for name in ("group", "share", "interval"))
    return Table("factors_direction", head, tuple(rows), "lrr", context.say("factors.direction"),
                 context.origin(table.sources, table.method), frame, table.name)  # fmt: skip


def _level(context: Context) -> Figure:
    """Arrivals of each region above or below what they would be were all pairs alike, by group of factors."""
    table, frame = _parts(context, "level_destination")
    order = frame.unique("place").sort("whole", descending=True)["place"].to_list()
    groups = [group for group in COLOURS if group in set(frame["group"])]
    shown = _bars(context, frame, pl.lit(1000.0))
    spec = _stacked(context, shown, context.say("factors.thousand"), order, groups)
    return Figure("factors_level", context.picture(spec),
                  context.say("factors.level.alt", first=context.region(order[0]), last=context.region(order[-1])),
                  context.say("factors.level"), context.origin(table.sources, table.method), frame)  # fmt: skip


def _bars(context: Context, frame: pl.DataFrame, unit: pl.Expr) -> pl.DataFrame:
    """Rows of a chart of parts: category, kind, value and whole in the unit given."""
    return frame.select(
        pl.col("place").map_elements(context.region, return_dtype=pl.String).alias("category"),
        pl.col("group").map_elements(lambda g: context.say(f"factors.part.{g}"), return_dtype=pl.String).alias("kind"),
        (pl.col("value") / unit).alias("value"),
        (pl.col("whole") / unit).alias("whole"),
    )


def _change(context: Context) -> Figure:
    """Change of arrivals of each region by group of factors, bars that add up to the change."""
    table, frame = _parts(context, "change_destination")
    years = [int(context.results.number(f"factors.change_{end}").value or 0) for end in ("first", "last")]
    groups = [group for group in COLOURS if group in set(frame["group"])]
    order = frame.unique("place").sort(pl.col("whole") / pl.col("base"), descending=True)["place"].to_list()
    shown = _bars(context, frame, pl.col("base") / 100)
    spec = _stacked(context, shown, context.say("factors.percent"), order, groups)
    return Figure("factors_change", context.picture(spec),
                  context.say("factors.change.alt", first=context.region(order[0]), last=context.region(order[-1])),
                  context.say("factors.change", first=years[0], last=years[1]),
                  context.origin(table.sources, table.method), frame)  # fmt: skip


def _stacked(context: Context, frame: pl.DataFrame, title: str, order: list[str], groups: list[str]) -> Spec:
    """Bars of the groups of factors, and their sum as a tick."""
    whole = frame.select("category", value="whole").unique(maintain_order=True)
    colours = [(context.say(f"factors.part.{group}"), COLOURS[group]) for group in groups]
    names = [context.region(code) for code in order]
    return by_category.stack(context, frame, title, names, colours, (whole, context.say("factors.group.sum")))


def _map(context: Context) -> Figure:
    """Net moves that the factors leave, per 1000 residents, in the last years with all regions."""
    table = context.results.table("factors_residuals")
    counts = table.frame.group_by("year").len().sort("year")
    whole = counts.filter(pl.col("len") == counts["len"].max())["year"].to_list()[-MAPS:]
    left = {year: dict(table.frame.filter(pl.col("year") == year).select("region", "net").rows()) for year in whole}
    vintage = str(context.pack.vintages().sort("order")["vintage"][0])
    geometry = context.pack.geometry(vintage)
    most = max(left[whole[-1]].items(), key=lambda item: item[1])[0]
    least = min(left[whole[-1]].items(), key=lambda item: item[1])[0]
    drawn = values.region_map(context, geometry, left, context.say("factors.map_legend"))
    return Figure(
        "factors_map",
        context.picture(drawn),
        context.say("factors.map.alt", year=whole[-1], most=context.region(most), least=context.region(least)),
        context.say("factors.map", years=", ".join(map(str, whole))),
        context.outlined(context.origin(table.sources, table.method), geometry),
        table.frame,
    )


def _abroad(context: Context) -> Table:
    table = context.results.table("factors_abroad")
    rows = [
        (context.say(f"factors.abroad.{row['term']}"), words.number(row["estimate"], context.language, 2),
         _interval(context, row))
        for row in table.frame.iter_rows(named=True)
    ]  # fmt: skip
    frame = context.results.table("factors_abroad_rows").frame
    head = tuple(context.say(f"factors.column.{name}") for name in ("term", "value", "interval"))
    names = {context.pack.label("country", code, context.language) for code in frame["partner"]}
    countries = ", ".join(sorted(names, key=lambda n: sort_key(n, context.language)))
    caption = context.say("factors.abroad", countries=countries)
    source = context.origin(table.sources, table.method)
    return Table("factors_abroad", head, tuple(rows), "lrr", caption, source, frame)
