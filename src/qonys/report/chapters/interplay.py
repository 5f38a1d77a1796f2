"""Whether moves inside the country and abroad answer each other: what is seen, the system, responses, replacement."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.figures import over_time
from qonys.figures.marks import interval, measure
from qonys.report.context import Context
from qonys.report.document import Figure, Note, Section, Table
from qonys.words.order import sort_key

NEEDS = ("interplay_matrix", "interplay_nested", "interplay_replacement", "interplay_responses")
VARIABLES = ("internal", "external")
REACH = ("distance", "contiguous", "likeness")


def build(context: Context) -> Section:
    """Interplay."""
    blocks = (
        context.paragraph("interplay.seen_text", slope="interplay.same_year"),
        context.paragraph("interplay.intro", first="interplay.first", last="interplay.last", n="interplay.regions",
                          seen="interplay.seen"),
        Note(context.say("interplay.division")),
        context.paragraph("interplay.system_text", answer="interplay.answer", redrawn="interplay.answer_redrawn",
                          back="interplay.back"),
        _matrix(context).as_detail(),
        _responses(context),
        context.paragraph("interplay.replacement_text"),
        _replacement(context).as_detail(),
        context.paragraph("interplay.nested_text", reach="interplay.reach_none", held="interplay.reach_residents",
                          leavers="interplay.leavers"),
        _nested(context).as_detail(),
        Note(context.say("interplay.missing")),
    )  # fmt: skip
    return Section("interplay", context.say("chapter.interplay"), blocks)


def _matrix(context: Context) -> Table:
    table = context.results.table("interplay_matrix")
    rows = []
    for row in table.frame.iter_rows(named=True):
        value, mended = (words.number(row[name], context.language, 2) for name in ("value", "mended"))
        ends = [words.number(row[end], context.language, 2) for end in ("low", "high", "redrawn_low", "redrawn_high")]
        names = [context.say(f"interplay.rate.{row[side]}") for side in ("moved", "lagged")]
        rows.append((*names, value, f"{ends[0]} … {ends[1]}", mended, f"{ends[2]} … {ends[3]}"))
    columns = ("moved", "lagged", "value", "interval", "mended", "redrawn")
    head = tuple(context.say(f"interplay.column.{name}") for name in columns)
    return Table("interplay_matrix", head, tuple(rows), "llrrrr", context.say("interplay.matrix"),
                 context.origin(table.sources, table.method), table.frame)  # fmt: skip


def _responses(context: Context) -> Figure:
    table = context.results.table("interplay_responses")
    facets = [
        context.say("interplay.facet", moved=context.say(f"interplay.rate.{moved}"),
                    shock=context.say(f"interplay.shock.{shock}"))
        for moved in VARIABLES for shock in VARIABLES
    ]  # fmt: skip
    pairs = [(moved, shock) for moved in VARIABLES for shock in VARIABLES]
    rows = [
        {"facet": facets[pairs.index((row["moved"], row["shock"]))], "step": row["step"], "low": row["low"],
         "median": row["value"], "high": row["high"]}
        for row in table.frame.iter_rows(named=True)
    ]  # fmt: skip
    x = measure(context, "step", context.say("interplay.step"), axis={"format": "d", "tickCount": 5})
    title = context.say("interplay.per_1000")
    frame = pl.DataFrame(rows)
    spec = over_time.band_panels(context, "responses", frame, facets, x=x, title=title, height=130, room=80,
                                 keys=(context.say("define.response"), interval(context, "95")))  # fmt: skip
    drawn = context.picture(spec)
    return Figure("interplay_responses", drawn, context.say("interplay.responses.alt"),
                  context.say("interplay.responses"), context.origin(table.sources, table.method),
                  table.frame)  # fmt: skip


def _replacement(context: Context) -> Table:
    """Net gains inside and abroad in the first and the last period, and how far one made good the other."""
    table = context.results.table("interplay_replacement")
    periods = table.frame.select("start", "last").unique().sort("start").rows()
    shown = [periods[0], periods[-1]]
    wide = {(region, start): tuple(row) for region, start, *row in table.frame.drop("last").rows()}
    rows = []
    for name, region in context_regions(context, table.frame):
        cells: list[str] = []
        for start, _ in shown:
            inside, abroad, ratio = wide[region, start]
            shown_ratio = "–" if ratio is None else words.number(ratio, context.language, 1)
            cells += [words.number(net / 1000, context.language, 1) for net in (inside, abroad)]
            cells.append(shown_ratio)
        rows.append((name, *cells))
    names = ("inside", "abroad", "ratio")
    head = [context.say(f"interplay.column.{name}", period=f"{a}–{b}") for a, b in shown for name in names]
    return Table("interplay_replacement", (context.say("interplay.column.region"), *head), tuple(rows), "lrrrrrr",
                 context.say("interplay.replacement"), context.origin(table.sources, table.method),
                 table.frame)  # fmt: skip


def _nested(context: Context) -> Table:
    """The weight of what is within reach by what is held, and the slopes of the choice of a region."""
    table = context.results.table("interplay_nested")
    rows = []
    for row in table.frame.iter_rows(named=True):
        value, low, high = (words.number(row[name], context.language, 2) for name in ("value", "low", "high"))
        slopes = [words.number(row[name], context.language, 2) for name in REACH]
        years = words.number(row["years"], context.language, 0)
        rows.append((context.say(f"interplay.held.{row['held']}"), value, f"{low} … {high}", years, *slopes))
    head = tuple(context.say(f"interplay.nested.{name}") for name in ("held", "value", "interval", "years", *REACH))
    return Table("interplay_nested", head, tuple(rows), "lrrrrrr", context.say("interplay.nested"),
                 context.origin(table.sources, table.method), table.frame)  # fmt: skip


def context_regions(context: Context, frame: pl.DataFrame) -> list[tuple[str, str]]:
    """Short names and codes of the regions of a table, in the order of the language."""
    named = [(context.region(code), code) for code in frame["region"].unique()]
    return sorted(named, key=lambda pair: sort_key(pair[0], context.language))
