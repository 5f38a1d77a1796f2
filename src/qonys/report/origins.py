"""Where a result comes from, in words: for the command line, the site and the report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from qonys import inputs, words
from qonys.report.absences import chapter_text
from qonys.report.context import Context
from qonys.report.document import Link, OriginNote, Paragraph, Section, See, Table, Value, numbers
from qonys.study.notions.register import register
from qonys.study.runs.results import Number, Results
from qonys.study.runs.rows import Row
from qonys.study.runs.why import Explanation, FigureUse, explained

_SENTENCE = re.compile(r"[.!?…]\s+(?=[^\W\d_a-zа-яәғқңөұүһі])|(?<=[\d)†%])\.\s+(?=\d)")
LARGE, FINE = 1000, 4  # from here on values are written whole, below with so many decimals


def facts(context: Context, found: Explanation) -> tuple[tuple[str, str], ...]:
    """Names and what they are: value, unit, evidence, function, chapter, parameters, seed, versions, run."""
    item, say = found.item, context.say
    pairs: list[tuple[str, str]] = []
    if isinstance(item, Number):
        pairs.append((say("why.value"), context.value(item.name).shown))
        variant = register().of_number(item.name)
        if variant is not None:
            pairs.append((say("why.notion"), f"{say(f'notion.{variant.notion}')}. {say(variant.key)}"))
    if found.row is not None:
        pairs.append((say("why.row"), row_text(context, found.row)))
    pairs += [
        (say("why.unit"), unit_text(item.unit, context.language)),
        (say("why.rank"), say(f"web.rank.{item.rank}" if item.sources or item.rank > 1 else "why.rank.own")),
        (say("why.sources"), context.origin(item.sources) or "–"),
        (say("why.function"), found.function + (f" ({found.place})" if found.place else "")),
    ]
    if found.chapter is not None:
        pairs.append((say("why.chapter"), chapter_text(context.pack, found.chapter, context.language)))
        pairs.append((say("why.scope"), say(f"why.scope.{found.scope}")))
        pairs.append((say("why.parameters"), parameters_text(found.parameters.items()) or "–"))
        seeds = ", ".join(f"{name} {seed}" for name, seed in found.seeds.items())
        pairs.append((say("why.seed"), seeds or "–"))
        pairs.append((say("why.versions"), ", ".join(f"{name} {one}" for name, one in found.versions.items())))
        pairs.append((say("why.run"), str(found.run)))
    pairs.append((say("why.release"), found.release[:12]))
    return tuple(pairs)


def row_text(context: Context, row: Row) -> str:
    """Columns and values of a row; how many rows there are where there are several."""
    values = row.values()
    if values is None:
        return context.say("why.column.rows") + f": {words.integer(row.frame.height, context.language)}"
    return ", ".join(f"{name} {_value(value, context.language)}" for name, value in values.items() if value is not None)


def _value(value: object, language: str) -> str:
    return words.number(value, language, FINE if abs(value) < LARGE else 0) if isinstance(value, float) else str(value)


def unit_text(unit: str, language: str) -> str:
    """Name of a unit; the code where it has none."""
    key = f"unit.{unit}"
    return words.text(key, language) if words.has(key, language) else unit


def parameters_text(sections: Iterable[tuple[str, Any]]) -> str:
    """Sections of the plan on one line: `regions: until 2050, draws 400`.

    Examples
    --------
    >>> parameters_text([("regions", {"until": 2050, "shown": [2035, 2040]})])
    'regions: until 2050, shown 2035 2040'

    """
    return "; ".join(
        f"{name}: " + ", ".join(f"{key} {_plain(value)}" for key, value in part.items()) for name, part in sections
    )


def _plain(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def figure_row(context: Context, one: FigureUse) -> tuple[str, ...]:
    """Name of a figure, its table, rows, years, publishers of its sources, statuses."""
    key = f"figure row:{context.language}:{one.figure}:{' '.join(one.sources)}:{one.rows}"
    return context.pack.cached(key, lambda: _figure_row(context, one))


def _figure_row(context: Context, one: FigureUse) -> tuple[str, ...]:
    name = inputs.spec(context.pack, one.figure).name(context.language)
    years = "–"
    if one.years is not None:
        years = words.years_text(*one.years)
    statuses = ", ".join(_status(context, status) for status in one.statuses)
    count = words.integer(one.rows, context.language)
    return f"{name} ({one.figure})", one.table, count, years, context.origin(one.sources), statuses


def _status(context: Context, status: str) -> str:
    key = f"status.{status}"
    return context.say(key) if words.has(key, context.language) else status


HEAD = ("figure", "table", "rows", "years", "sources", "statuses")


def head(context: Context) -> tuple[str, ...]:
    """Headings of `figure_row`."""
    return tuple(context.say(f"why.column.{name}") for name in HEAD)


def table_of(results: Results, block: Table) -> str:
    """The stored table that a table of the page shows; nothing where it shows none."""
    if block.result or block.key in results.tables:
        return block.result or block.key
    return next((name for name, table in results.tables.items() if table.frame is block.data), "")


def shown_tables(results: Results, sections: Iterable[Section]) -> Mapping[str, str]:
    """Keys of the tables of the sections -> the stored tables that they show."""
    blocks = (block for section in sections for block in section.blocks if isinstance(block, Table))
    found = {block.key: table_of(results, block) for block in blocks}
    return {key: name for key, name in found.items() if name}


def linked(row: Iterable[str], align: str) -> tuple[str, ...]:
    """Which cells of a row open its origin: `stop` the first number, which the keyboard reaches, `link` the others.

    All numbers of a row open the same, so one of them is a stop of the keyboard.

    Examples
    --------
    >>> linked(("1999–2009", "1,2", "–", "3"), "lrrr")
    ('', 'stop', '', 'link')

    """
    found: list[str] = []
    for cell, side in zip(row, align, strict=False):
        is_number = side == "r" and any(sign.isdigit() for sign in cell)
        found.append(("link" if "stop" in found else "stop") if is_number else "")
    return tuple(found)


def notes(context: Context, sections: Iterable[Section]) -> tuple[OriginNote, ...]:
    """The origin of every number of the sentences, in their order, and of every stored table that is shown."""
    held = tuple(sections)
    results, said, tables = context.results, _sentences(held), _captions(context, held)
    found = []
    for name in dict.fromkeys((*said, *tables)):
        if name in results.numbers or name in results.tables:
            one = explained(context.pack, results, name)
            rows = tuple(figure_row(context, use) for use in one.figures)
            told = (*facts(context, one), (context.say("why.name"), name))
            others = tuple((other, tables.get(other, ("", ""))[0]) for other in one.others)
            title = said.get(name) or " ".join(tables[name])
            found.append(OriginNote(name, title, told, rows, others))
    return tuple(found)


def _sentences(sections: Iterable[Section]) -> dict[str, str]:
    """Name of each number -> the number and the sentence in which it stands first."""
    found: dict[str, str] = {}
    for block in (block for section in sections for block in section.blocks if isinstance(block, Paragraph)):
        place, whole = 0, "".join(_shown(run) for run in block.runs)
        ends = [0, *(end.end() for end in _SENTENCE.finditer(whole)), len(whole)]
        for run in block.runs:
            if isinstance(run, Value) and run.name not in found:
                start, end = max(one for one in ends if one <= place), min(one for one in ends if one > place)
                found[run.name] = f"{run.shown} — {whole[start:end].strip()}"
            place += len(_shown(run))
    return found


def _shown(run: str | Value | See | Link) -> str:
    return run if isinstance(run, str) else "" if isinstance(run, See) else run.shown


def _captions(context: Context, sections: tuple[Section, ...]) -> dict[str, tuple[str, str]]:
    """Name of each stored table that is shown -> the words for the first table that shows it, and its caption."""
    count, found = numbers(sections), dict[str, tuple[str, str]]()
    blocks = {block.key: block for section in sections for block in section.blocks if isinstance(block, Table)}
    for key, name in shown_tables(context.results, sections).items():
        words_of = words.template("report.table", context.language).format(n=count[key])
        found.setdefault(name, (words_of, blocks[key].caption))
    return found
