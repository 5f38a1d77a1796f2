"""The law: acts that make rules, numbers that they set, international instruments, and what is not known."""

from __future__ import annotations

from collections.abc import Iterable

from qonys import words
from qonys.figures import law as figures
from qonys.figures.century import ACCOUNT
from qonys.figures.edition import capital
from qonys.figures.law import number
from qonys.law import Register, law_register
from qonys.law.days import span
from qonys.law.records import BASE, COVERS, NOT_SEARCHED, Act, said
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Section, Table

NEEDS = ("law_acts", "law_values", "law_treaties", "law_coverage", "law_searched")
Row = tuple[str, ...]


def build(context: Context) -> Section:
    """What the register holds, what the law was and is, and where nothing was looked for."""
    register = law_register(context.pack)
    counts = {name: f"law.{name}" for name in ("acts", "changes", "values", "treaties", "unsure", "parameters")}
    covers = {name: f"law.cover.{name}" for name in COVERS}
    blocks: list[Block] = [
        context.paragraph("law.report.intro", **counts),
        Note(context.say("law.report.note")),
        context.paragraph("law.report.treaties", treaties="law.treaties", party="law.party"),
        context.paragraph("law.report.coverage", obligations="law.obligations", **covers),
        *_policy(context),
        *_figure(context),
        _gaps(context, register),
        _acts(context, register),
        _values(context, register),
        _treaties(context, register),
        _coverage(context, register),
    ]
    return Section("law", context.say("chapter.law"), tuple(blocks))


def _policy(context: Context) -> list[Block]:
    """Whether policy was steady, as far as a register can say."""
    if "law.text_year" not in context.results.numbers:
        return []
    counts = {name: f"law.{name}" for name in ("base", "recent", "changed", "ended", "set", "parameters")}
    return [context.paragraph("law.report.policy", year="law.text_year", **counts)]


def _head(context: Context, *columns: str) -> Row:
    return tuple(capital(context.say(f"cli.column.{name}")) for name in columns)


def _table(context: Context, key: str, head: Row, rows: Iterable[Row], align: str, *, detail: bool = False) -> Table:
    result = context.results.table(key)
    source = context.origin(result.sources, result.method)
    caption = context.say(f"law.report.{key}")
    return Table(f"{key}_shown", head, tuple(rows), align, caption, source, result.frame, key, detail)


def _acts(context: Context, register: Register) -> Table:
    """Acts that make rules, by the day on which they came into force."""
    rows = (
        (_day(context, one.in_force_from or one.adopted), _day(context, one.in_force_to), _titled(context, one),
         context.say(f"law.code.topic.{one.topic}"), context.say(f"law.code.status.{one.status}"))
        for one in register.acts if one.role == BASE
    )  # fmt: skip
    head = _head(context, "valid_from", "valid_to", "title", "topic", "status")
    return _table(context, "law_acts", head, rows, "lllll", detail=True)


def _figure(context: Context) -> list[Figure]:
    """The parameter that was set most often, under net migration."""
    known = figures.parameters(context)
    if not known or not context.results.has_table(ACCOUNT):
        return []
    drawing = figures.steps(context, known[0])
    return [context.figure("law_steps", drawing, drawing.title)]


def _values(context: Context, register: Register) -> Table:
    """Values of the whole country, by parameter and day."""
    known = {one.id: one for one in register.parameters}
    national = [one for one in register.values if one.region == context.pack.whole]
    rows = (
        (said(known[one.parameter].names, context.language), number(one.value, context.language),
         context.say(f"law.code.unit.{known[one.parameter].unit}"), _day(context, one.since),
         words.short_date(one.end, context.language) if one.end else "–", _titled(context, register.act(one.act)))
        for one in national
    )  # fmt: skip
    head = _head(context, "name", "value", "unit", "valid_from", "valid_to", "act")
    return _table(context, "law_values", head, rows, "lrllll", detail=True)


def _treaties(context: Context, register: Register) -> Table:
    rows = (
        (said(one.titles, context.language), context.say(f"law.code.body.{one.body}"),
         context.say(f"law.code.state.{one.state}"), _day(context, one.since), _day(context, one.binding),
         _titled(context, register.by_id.get(one.act)))
        for one in register.conventions
    )  # fmt: skip
    head = _head(context, "convention", "body", "participation", "joined", "binding", "act")
    return _table(context, "law_treaties", head, rows, "llllll", detail=True)


def _coverage(context: Context, register: Register) -> Table:
    titles = {one.id: said(one.titles, context.language) for one in register.conventions}
    rows = (
        (titles.get(one.convention, one.convention), f"{said(one.texts, context.language)} ({one.article})",
         context.say(f"law.code.cover.{one.cover}"),
         _titled(context, register.by_id.get(one.act), one.domestic_article),
         said(one.reasons, context.language) or "–")
        for one in register.obligations
    )  # fmt: skip
    head = _head(context, "convention", "obligation", "cover", "act", "reason")
    return _table(context, "law_coverage", head, rows, "lllll", detail=True)


def _gaps(context: Context, register: Register) -> Table:
    """Topics by periods: how many acts, a dash where none was found, a word where nothing was looked for."""
    cells: dict[str, dict[str, str]] = {}
    for topic, start, end, count, search in register.looked_for():
        none = context.say(f"law.code.search.{search}") if search == NOT_SEARCHED else "–"
        period = str(start) if start == end else words.year_range(start, end)
        cells.setdefault(topic, {})[period] = context.amount(count, "count") if count else none
    periods = tuple(next(iter(cells.values()), {}))
    rows = ((context.say(f"law.code.topic.{topic}"), *found.values()) for topic, found in cells.items())
    return _table(context, "law_searched", (*_head(context, "topic"), *periods), rows, "l" * (1 + len(periods)), detail=True)


def _titled(context: Context, act: Act | None, article: str = "") -> str:
    """Title, number and article of an act."""
    if act is None:
        return "–"
    numbered = f" №\u00a0{act.number}" if act.number else ""
    part = f", {context.say('law.page.article', article=article)}" if article else ""
    return f"{said(act.titles, context.language)}{numbered}{part}"


def _day(context: Context, written: str) -> str:
    """A date as far as it was read."""
    ends = span(written)
    if ends is None:
        return "–"
    return words.short_date(ends[0], context.language) if ends[0] == ends[1] else ".".join(reversed(written.split("-")))
