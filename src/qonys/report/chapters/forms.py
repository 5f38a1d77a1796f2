"""Forms of migration: counts, their form and United Nations class, and what nobody counts."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys import inputs, words
from qonys.figures import over_time
from qonys.report.context import MARK, Context
from qonys.report.document import Block, Figure, Note, Section, Table
from qonys.study.analyses.forms import labelled, without_figures

NEEDS = ("forms_by_year", "forms_latest")
LABELS = (("form", "code"), ("weakness", "weakness"))
SECONDARY = 3
PANELS = (
    ("inside", ("internal_between", "internal_within")),
    ("across", ("immigrants", "emigrants", "returned_citizens", "repatriates", "workers_households", "refugees_back")),
    ("stocks", ("refugees_in", "asylum_in", "refugees_out", "workers_permits", "workers_seasonal")),
)


def build(context: Context) -> Section:
    """Forms of migration."""
    missing = without_figures(labelled(context.pack))
    names = ", ".join(context.say(f"typology.form.{form}") for form in missing)
    known = "forms.year" in context.results.numbers
    overlap = {"year": "forms.year", "immigrants": "forms.immigrants", "repatriates": "forms.repatriates"}
    blocks: tuple[Block, ...] = (
        context.paragraph("forms.largest", **_largest(context)),
        context.paragraph("forms.intro", n="forms.counts", unknown="forms.unknown"),
        _counts(context),
        Note(context.say("forms.not_counted", forms=names)),
        *([context.paragraph("forms.overlap", **overlap)] if known else []),
        context.paragraph("forms.left", n="forms.longer"),
        _figure(context),
        *_uncounted(context),
    )
    return Section("forms", context.say("chapter.forms"), blocks)


def _uncounted(context: Context) -> tuple[Block, ...]:
    """Forms that no register counts: what is published, how weak it is, what would count them and who could."""
    if not context.results.has_table("forms_uncounted"):
        return ()
    table = context.results.table("forms_uncounted")
    forms = {one.id: one for one in inputs.uncounted_forms(context.pack)}
    rows = []
    for row in table.frame.filter(pl.col("form").is_in(list(forms))).iter_rows(named=True):
        form = forms[row["form"]]
        needed = f"{form.needed[context.language]} ({form.agency[context.language]})"
        cells = (context.say("forms.no_figure"), "–", "–", "–")
        if row["code"] is not None:
            named, weak = (context.pack.label(axis, row[column], context.language) for axis, column in LABELS)
            mark = MARK if row["rank"] == SECONDARY else ""
            value = context.amount(row["value"], "persons") + mark
            bound = "" if row["bound"] == "value" else context.say(f"forms.bound.{row['bound']}") + " "
            cells = (named, _period(row), bound + value, weak)
        rows.append((form.name[context.language], *cells, needed))
    columns = ("form", "published", "period", "persons", "weakness", "needed")
    head = tuple(context.say(f"forms.column.{name}") for name in columns)
    text = context.paragraph("forms.uncounted", near="forms.near", without="forms.no_figure")
    origin = context.origin(table.sources, table.method)
    caption = context.say("forms.uncounted.table")
    return text, Table("forms_uncounted", head, tuple(rows), "lllrll", caption, origin, table.frame).as_detail()


def _period(row: dict[str, Any]) -> str:
    """Years of a number; one where it begins and ends in the same."""
    return words.years_text(row["start"].year, row["end"].year)


def _names(context: Context) -> dict[str, str]:
    return dict(context.pack.forms().select("id", f"name_{context.language}").rows())


def _yearly(context: Context) -> pl.DataFrame:
    """Counts of whole years that are drawn."""
    frame = context.frame("forms_by_year")
    return frame.filter(pl.col("whole") & (pl.col("value") > 0) & (pl.col("id") != "entries"))


def _largest(context: Context) -> dict[str, str]:
    """The largest count: what it counts, its value and its year."""
    top = _yearly(context).sort("value", descending=True).row(0, named=True)
    value = words.integer(top["value"], context.language)
    return {"what": _names(context)[top["id"]], "value": value, "year": str(top["year"])}


def _counts(context: Context) -> Table:
    table = context.results.table("forms_latest")
    names = _names(context)
    rows = []
    for row in table.frame.iter_rows(named=True):
        rule = f" ({row['form_rule']})" if row["form_rule"] else ""
        ends = [words.integer(row[end], context.language) for end in ("low", "high")]
        period = row["period"] if row["whole"] else context.say("forms.part", period=row["period"].split(" ")[0])
        rows.append(
            (
                names[row["id"]],
                context.say(f"typology.form.{row['form']}") + rule,
                f"{context.say('typology.un.' + row['un_class'])} ({row['un_class_rule']})",
                context.say(f"forms.count.{row['count']}"),
                period,
                (ends[0] if ends[0] == ends[1] else " … ".join(ends)) + (MARK if row["rank"] == 3 else ""),
            )
        )
    head = tuple(context.say(f"forms.column.{name}") for name in ("what", "form", "un", "count", "period", "value"))
    return Table(
        "forms_latest",
        head,
        tuple(rows),
        "lllllr",
        context.say("forms.table"),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _figure(context: Context) -> Figure:
    """Counts by year on a logarithmic scale, one panel each for moves inside, over the border, and stocks."""
    table = context.results.table("forms_by_year")
    names = _names(context)
    frame = _yearly(context)
    years = (int(str(frame["year"].min())), int(str(frame["year"].max())))
    named = frame.with_columns(name=pl.col("id").replace_strict(names, default=None))
    held = [(panel, [one for one in ids if one in set(frame["id"])]) for panel, ids in PANELS]
    shown = {panel: ids for panel, ids in held if ids}  # a panel without a point has no size
    panels = {
        context.say(f"forms.panel.{panel}"): named.filter(pl.col("id").is_in(ids)) for panel, ids in shown.items()
    }
    orders = [[names[name] for name in ids] for ids in shown.values()]
    spec = over_time.log_points(context, panels, orders, years)
    alt = context.say("forms.figure.alt", **_largest(context))
    return Figure(
        "forms_by_year",
        context.picture(spec),
        alt,
        context.say("forms.figure"),
        context.origin(table.sources, table.method),
        table.frame,
    ).as_detail()
