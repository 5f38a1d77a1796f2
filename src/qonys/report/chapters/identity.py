"""Language and identity: languages in the schools, their command by group, marriages between groups, and growth."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys import words
from qonys.figures import over_time
from qonys.figures.edition import capital
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Paragraph, Section, Table
from qonys.study.chapters.identity import BOTH, COMMAND, EVERYBODY, EXACTLY, SCHOOL, SPEAKERS, spoken

NEEDS = ("identity_association", "identity_groups", "identity_languages", "identity_marriages", "identity_others")
Row = dict[str, Any]


def build(context: Context) -> Section:
    """The answer, languages by year and group, marriages, and what goes with the growth of groups."""
    panel, others, groups = _panel(context), _others(context), _groups(context)
    blocks: tuple[Block | None, ...] = (
        answer(context),
        Note(context.say("identity.limits")),
        _schools(context),
        context.paragraph("identity.panel_text"),
        None if panel is None else panel.as_detail(),
        None if others is None else others.as_detail(),
        *_by_group(context),
        context.paragraph("identity.marriages_text"),
        _marriages(context).as_detail(),
        _tied(context),
        _association(context).as_detail(),
        None if groups is None else groups.as_detail(),
        _languages(context).as_detail(),
    )
    return Section("identity", context.say("chapter.identity"), tuple(one for one in blocks if one is not None))


def _pair(context: Context) -> tuple[str, str] | None:
    codes = spoken(context.pack)
    return (codes[0], codes[1]) if len(codes) > 1 else None


def answer(context: Context) -> Paragraph:
    """Who knows which language, what the schools teach in, how many marry across groups."""
    pair = _pair(context)
    year, start, end = (context.count(f"identity.{name}") for name in ("command.to", "school.from", "school.to"))
    wed = context.count("identity.mixed.from"), context.count("identity.mixed.to")
    if pair is None:
        return context.paragraph("identity.answer.marriages", **_marriage(wed))
    one, two = pair
    others = f"identity.others.{COMMAND}.{two}.{year}"
    if not context.has(f"{others}.least"):
        return context.paragraph("identity.answer.marriages", **_marriage(wed))
    rows = context.frame("identity_others").filter((pl.col("measure") == COMMAND) & (pl.col("language") == two))
    return context.paragraph(
        "identity.answer", one=language(context, one), two=language(context, two), year=str(year),
        contrast_group=context.group(two), share=context.percent(rows["group"][-1], 1),
        kin=f"identity.command.{one}.{year}", contrast=f"identity.command.{two}.{year}",
        least=f"{others}.least", most=f"{others}.most", start=str(start), end=str(end),
        one_start=f"identity.school.{one}.{start}", one_end=f"identity.school.{one}.{end}",
        two_start=f"identity.school.{two}.{start}", two_end=f"identity.school.{two}.{end}", **_marriage(wed),
    )  # fmt: skip


def _marriage(wed: tuple[int, int]) -> dict[str, str]:
    first, last = wed
    return {
        "first": str(first),
        "last": str(last),
        "wed": f"identity.mixed.{first}",
        "wed_last": f"identity.mixed.{last}",
    }


def language(context: Context, code: str) -> str:
    """Name of a language."""
    return context.pack.label("language", code, context.language)


def _group(context: Context, code: str) -> str:
    return context.say("identity.everybody") if code == EVERYBODY else context.group(code)


def _schools(context: Context) -> Figure | None:
    """Pupils by language of instruction."""
    frame = context.frame("identity_languages").filter(
        (pl.col("measure") == SCHOOL) & (pl.col("ethnic_group") == EVERYBODY)
        & pl.col("language").is_in(spoken(context.pack))
    )  # fmt: skip
    if frame.is_empty():
        return None
    names = {code: language(context, code) for code in spoken(context.pack)}
    shown = frame.select("year", value=100 * pl.col("share"), name=pl.col("language").replace_strict(names)).sort(
        "year"
    )
    spec = over_time.lines(
        context, shown, context.say("identity.pupils"), list(names.values()), points=True, form=".1f"
    )
    first, last = shown.row(0, named=True), shown.row(-1, named=True)
    alt = context.say("identity.schools.alt", first=first["year"], last=last["year"], n=frame["year"].n_unique())
    return Figure("identity_schools", context.picture(spec), alt, context.say("identity.schools"),
                  context.origin(frame["source"]), frame)  # fmt: skip


def _share(context: Context, row: Row | None) -> str:
    """A share in percent; a bound with its sign."""
    if row is None:
        return "–"
    sign = "" if row["bound"] == EXACTLY else "≤ " if row["bound"] == "high" else "≥ "
    return sign + words.number(100 * row["share"], context.language, 1)


def _panel(context: Context) -> Table | None:
    """Command and use of the two languages by year and group."""
    pair, frame = _pair(context), context.frame("identity_languages")
    if pair is None:
        return None
    kept = frame.filter(pl.col("language").is_in(pair)).sort("measure", "year", "ethnic_group")
    cells = {(r["measure"], r["year"], r["ethnic_group"], r["language"]): r for r in kept.iter_rows(named=True)}
    rows = tuple(
        (context.pack.label("measure", measure, context.language), str(year), _group(context, group),
         *(_share(context, cells.get((measure, year, group, code))) for code in pair))
        for measure, year, group in dict.fromkeys(key[:3] for key in cells)
    )  # fmt: skip
    percent = (context.say("identity.column.percent", name=capital(language(context, code))) for code in pair)
    head = (*(context.say(f"identity.column.{name}") for name in ("measure", "year", "group")), *percent)
    return Table("identity_panel", head, rows, "lllrr", context.say("identity.panel"),
                 context.origin(kept["source"]), kept, result="identity_languages")  # fmt: skip


def _by_group(context: Context) -> tuple[Block, ...]:
    """Mother tongue and command of languages by ethnic group, as they follow each other."""
    frame = context.frame("identity_languages").filter(pl.col("ethnic_group") != EVERYBODY)
    if frame.is_empty():
        return ()
    shown = frame.sort("ethnic_group", "measure", "year", "language")
    rows = tuple(
        (_group(context, row["ethnic_group"]), context.pack.label("measure", row["measure"], context.language),
         language(context, row["language"]), str(row["year"]), _share(context, row))
        for row in shown.iter_rows(named=True)
    )  # fmt: skip
    head = tuple(context.say(f"identity.column.{name}") for name in ("group", "measure", "language", "year", "share"))
    told = context.paragraph("identity.by_group_text", first=str(frame["year"].min()), last=str(frame["year"].max()),
                             n=str(frame["ethnic_group"].n_unique()))  # fmt: skip
    return told, Table("identity_by_group", head, rows, "lllrr", context.say("identity.by_group"),
                       context.origin(frame["source"].unique().sort()), shown,
                       result="identity_languages")  # fmt: skip


def _others(context: Context) -> Table | None:
    """Speakers among people of other groups: bounds."""
    table = context.results.table("identity_others")
    if table.frame.is_empty():
        return None
    rows = tuple(
        (context.pack.label("measure", row["measure"], context.language), str(row["year"]),
         language(context, row["language"]),
         *(words.number(100 * row[name], context.language, 1) for name in ("everybody", "group", "low", "high")))
        for row in table.frame.iter_rows(named=True)
    )  # fmt: skip
    names = ("measure", "year", "language", "everybody", "own", "least", "most")
    head = tuple(context.say(f"identity.column.{name}") for name in names)
    return Table("identity_others", head, rows, "lllrrrr", context.say("identity.others"),
                 context.origin(table.sources, table.method), table.frame)  # fmt: skip


def _marriages(context: Context) -> Table:
    """Marriages between groups by year, group and sex."""
    table = context.results.table("identity_marriages")
    cells = {(r["year"], r["ethnic_group"], r["sex"]): r["share"] for r in table.frame.iter_rows(named=True)}
    rows = tuple(
        (str(year), _group(context, group),
         *("–" if share is None else words.number(100 * share, context.language, 1)
           for share in (cells.get((year, group, sex)) for sex in ("male", "female", BOTH))))
        for year, group in dict.fromkeys((year, group) for year, group, _ in cells)
    )  # fmt: skip
    head = tuple(context.say(f"identity.column.{name}") for name in ("year", "group", "men", "women", "both"))
    return Table("identity_marriages", head, rows, "llrrr", context.say("identity.marriages"),
                 context.origin(table.sources), table.frame)  # fmt: skip


def _tied(context: Context) -> Paragraph:
    """Whether an indicator goes with growth, or that the groups are too few to say."""
    frame = context.frame("identity_association").drop_nulls("correlation").sort("groups", "year")
    if frame.is_empty():
        return context.paragraph("identity.untied", least=str(context.frame("identity_association")["least"][0]))
    row = frame.row(-1, named=True)
    return context.paragraph(
        "identity.tied", indicator=_indicator(context, row["indicator"]), year=str(row["year"]), end=str(row["end"]),
        n=str(row["groups"]), r=f"identity.tied.{row['indicator']}.{row['year']}",
        p=words.number(row["p"], context.language, 3),
    )  # fmt: skip


def _indicator(context: Context, code: str) -> str:
    if code.startswith("command_"):
        return context.say("identity.indicator.command", language=language(context, code.removeprefix("command_")))
    return context.say(f"identity.indicator.{code}")


def _association(context: Context) -> Table:
    """Rank correlations, and the refusals."""
    table = context.results.table("identity_association")
    rows = tuple(
        (capital(_indicator(context, row["indicator"])), str(row["year"]),
         "–" if row["end"] is None else str(row["end"]),
         str(row["groups"]), *_coefficient(context, row))
        for row in table.frame.sort("indicator", "year").iter_rows(named=True)
    )  # fmt: skip
    names = ("indicator", "year", "end", "groups", "correlation", "interval", "p")
    head = tuple(context.say(f"identity.column.{name}") for name in names)
    return Table("identity_association", head, rows, "llrrrrr", context.say("identity.association"),
                 context.origin(table.sources, table.method), table.frame)  # fmt: skip


def _coefficient(context: Context, row: Row) -> tuple[str, str, str]:
    if row["correlation"] is None:
        return context.say("identity.few", least=row["least"]), "–", "–"
    return (
        context.number(row["correlation"], 2),
        context.ends(row["low"], row["high"], 2),
        context.number(row["p"], 3),
    )


def _groups(context: Context) -> Table | None:
    """Speakers of a group's language per member and the change of its number."""
    table = context.results.table("identity_groups")
    frame = table.frame.filter(pl.col("indicator") == SPEAKERS).drop_nulls("growth").sort("growth")
    if frame.is_empty():
        return None
    rows = tuple(
        (context.group(row["ethnic_group"]), f"{row['year']}–{row['end']}", context.number(row["value"], 2),
         context.number(100 * row["growth"], 1))
        for row in frame.iter_rows(named=True)
    )  # fmt: skip
    head = tuple(context.say(f"identity.column.{name}") for name in ("group", "period", "speakers", "growth"))
    return Table("identity_groups", head, rows, "llrr", context.say("identity.groups"),
                 context.origin(table.sources, table.method), frame)  # fmt: skip


def _languages(context: Context) -> Table:
    """Everything published on languages."""
    table = context.results.table("identity_languages")
    rows = tuple(
        (str(row["year"]), context.pack.label("measure", row["measure"], context.language),
         language(context, row["language"]), _group(context, row["ethnic_group"]), _share(context, row))
        for row in table.frame.sort("year", "measure", "language").iter_rows(named=True)
    )  # fmt: skip
    names = ("year", "measure", "language", "group", "share")
    head = tuple(context.say(f"identity.column.{name}") for name in names)
    return Table("identity_languages", head, rows, "llllr", context.say("identity.languages"),
                 context.origin(table.sources), table.frame)  # fmt: skip
