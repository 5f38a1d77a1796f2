"""Every column of numbers in the report says its unit: in its heading, its caption, its rows or cells, or a column of units.

A caption speaks for the columns that say nothing themselves, so it may name units of one kind only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from qonys import words
from qonys.report.document import Document, Figure, Table

KINDS = {
    "en": {
        "count": r"persons?|thousands?|million|families|moves|rows|number of|person-years",
        "share": r"per cent|percentage|%|shares?|probability",
        "rate": r"per (?:1,000|10,000|100)|‰",
        "pure": r"coefficients?|ratios?|times|quotient|ind(?:ex|ices)|correlation|dimensionless|logarithm",
        "other": r"m²|km|nats|years?|ages?|births per woman|national currency",
    },
    "ru": {
        "count": r"человек\w*|чел\.|тыс\.|млн|семей|переезд\w+|строк\w*|число|человеко-лет",
        "share": r"%|процент\w*|дол[яиюей]+|вероятност\w+",
        "rate": r"на (?:1000|10 000|100)|‰",
        "pure": r"коэффициент\w*|отношени\w+|раз|индекс\w*|корреляци\w+|безразмерн\w+|логарифм\w*",
        "other": r"м²|км|наты|лет|год\w?|возраст\w*|рождений на женщину|валюта",
    },
    "kk": {
        "count": r"адам\w*|мың|млн|отбасы|қоныс аудару\w*|көшу\w*|жолдар\w*|саны|адам-жыл",
        "share": r"%|пайыз\w*|үлес\w*|ықтималды\w+",
        "rate": r"10 000 адамға|1000-ға|100-ге|100 тұрғынға|1000 \w+|‰",
        "pure": r"коэффициент\w*|қатынас\w*|есе|индекс\w*|корреляция\w*|өлшемсіз|логарифм\w*",
        "other": r"м²|км|нат\w*|жыл\w*|жас\w*|бір әйелге|валюта",
    },
}
UNIT_COLUMN = {"en": "Unit", "ru": "Единица", "kk": "Бірлігі"}
YEAR = re.compile(r"(1[89]|20)\d\d(–\d{4})?(?!\d)")
INTERVAL = re.compile(r"(интервал|interval|аралық)\w*(,|$)", re.IGNORECASE)  # of the value to its left, in its unit
EMPTY = ("", "–")
LEVEL = re.compile(r"\d+(?: / \d+)*(?:\s?%|-процентн\w+| пайызды\w+)")  # of an interval: no unit


def kinds(text: str, language: str) -> set[str]:
    """Kinds of the units that a text names."""
    found = KINDS[language].items()
    text = LEVEL.sub("", text)
    return {kind for kind, sought in found if re.search(rf"(?<!\w)(?:{sought})(?!\w)", text, re.IGNORECASE)}


def silent(table: Table, language: str) -> list[str]:
    """Headings of the columns of numbers whose unit is said nowhere."""
    if any(head.startswith(UNIT_COLUMN[language]) for head in table.head):
        return []
    by_caption = len(kinds(table.caption, language) - {"other"}) == 1
    by_rows = all(kinds(row[0], language) for row in table.rows)
    found: list[str] = []
    said = True
    for place, (head, side) in enumerate(zip(table.head, table.align, strict=True)):
        cells = [row[place] for row in table.rows if row[place] not in EMPTY]
        by_cells = all(re.search(r"%\)?†?$", cell) or YEAR.match(cell) for cell in cells)
        inherited = said and INTERVAL.search(head) and LEVEL.search(head)
        said = bool(by_caption or by_rows or by_cells or inherited or kinds(head, language))
        if side == "r" and not said:
            found.append(head)
    return found


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_column_of_numbers_says_its_unit(built, language: str) -> None:
    document: Document = built(language)
    tables = document.tables()
    assert len(tables) > 40
    assert {table.key: found for table in tables if (found := silent(table, language))} == {}


def test_a_column_without_a_unit_is_found(built) -> None:
    tables = {table.key: table for table in built("ru").tables()}
    arrivals = tables["external_indicators"]
    assert silent(replace(arrivals, head=("Год", "Прибывшие", *arrivals.head[2:])), "ru") == ["Прибывшие"]
    components = tables["components_by_period"]
    assert "Прирост" in silent(replace(components, caption="Компоненты изменения между переписями"), "ru")
    drain = tables["brain_drain"]  # its caption names units of two kinds and so speaks for no column
    assert silent(replace(drain, head=(drain.head[0], "Уехало", *drain.head[2:])), "ru") == ["Уехало"]
    indicators = tables["internal_indicators"]
    bare = tuple((row[0].split(",")[0], *row[1:]) for row in indicators.rows)
    assert silent(replace(indicators, rows=bare), "ru")


def test_the_level_of_an_interval_is_no_unit() -> None:
    assert kinds("95% interval", "en") == kinds("80-процентный интервал", "ru") == set()
    assert kinds("median and 80% interval, per cent", "en") == {"share"}


MARKS = ("at", "dy", "text")  # fields of lines and letters that stand at a place, no figures
CHARTED = ("age", "year")  # fields whose numbers are ages or years: the scale shows it


def encodings(node: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """Axes of numbers of a Vega-Lite specification: channel and encoding."""
    if isinstance(node, list):
        for one in node:
            yield from encodings(one)
    elif isinstance(node, dict):
        encoded = node.get("encoding")
        for channel in ("x", "y"):
            one = encoded.get(channel) if isinstance(encoded, dict) else None
            if isinstance(one, dict) and one.get("type") == "quantitative":
                yield channel, one
        for one in node.values():
            yield from encodings(one)


def headings(node: object) -> Iterator[str]:
    """Headings of the parts of a specification: names of facets in its data, titles of views side by side."""
    if isinstance(node, list):
        for one in node:
            yield from headings(one)
    elif isinstance(node, dict):
        if "facet" in node and isinstance(node["facet"], str):
            yield node["facet"]
        if "title" in node and ("layer" in node or "mark" in node) and node["title"]:
            yield str(node["title"]["text"] if isinstance(node["title"], dict) else node["title"])
        for one in node.values():
            yield from headings(one)


def silent_axes(figure: Figure, language: str) -> list[str]:
    """Axes of numbers of a chart whose unit is said neither at the axis nor in the heads of its parts or the caption."""
    spec = getattr(figure.picture, "drawn", None)
    if not isinstance(spec, dict) or kinds(figure.caption, language) - {"other"}:
        return []
    heads = set(headings(spec))
    said: dict[str, bool] = {}
    for channel, one in encodings(spec):
        if one.get("field") in (*MARKS, *CHARTED):
            continue
        axis = one.get("axis") or {}
        title = one.get("title", axis.get("title")) or ""
        text = " ".join(title) if isinstance(title, list) else str(title)
        percent = "%" in str(axis.get("format", "")) + str(axis.get("labelExpr", ""))
        own = bool(kinds(text, language)) or percent or axis.get("format") == "d"  # whole numbers: years
        said[channel] = said.get(channel, False) or own or (bool(heads) and all(kinds(head, language) for head in heads))
    return [channel for channel, done in said.items() if not done]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_axis_of_numbers_says_its_unit(built, language: str) -> None:
    figures = built(language).figures()
    assert {one.key: found for one in figures if (found := silent_axes(one, language))} == {}


def test_an_axis_without_a_unit_is_found(built) -> None:
    figure = next(one for one in built("ru").figures() if one.key == "net_by_source")
    assert silent_axes(figure, "ru") == []
    text = json.dumps(figure.picture.drawn)
    titles = {one["title"] for channel, one in encodings(figure.picture.drawn) if channel == "y" and one.get("title")}
    for title in titles:
        text = text.replace(json.dumps(title), json.dumps("сальдо"))
    assert silent_axes(replace(figure, picture=replace(figure.picture, drawn=json.loads(text))), "ru") == ["y"]
