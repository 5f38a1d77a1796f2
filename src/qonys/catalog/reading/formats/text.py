"""Reading of text files: delimiter and cells."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.formats.dimensions import begins_with_dimensions, with_dimensions
from qonys.catalog.reading.formats.encodings import as_named, decoded
from qonys.catalog.reading.formats.raw import RawTable, from_cells
from qonys.catalog.reading.formats.sdmx import with_codes
from qonys.catalog.reading.unseen import seen
from qonys.errors import BadInput
from qonys.words.notes import note

DELIMITERS: tuple[str, ...] = (";", ",", "\t", "|")
BLANKS = " "
SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
SAMPLE_LINES = 200
LONGEST_CELL = 131_072
_TITLE = re.compile(r"[^\r\n]+(?:\r?\n[ \t]*){2,}(?=\S)")
_ONE_NUMBER = re.compile(
    r"(?:[+\-\u2212\u2013] ?)?(?:[1-9]\d{0,2}(?:[ \u00a0\u202f\u2009'’]\d{3})+|\d*)(?:[.,]\d+)*(?:[eE][+-]?\d+)?%?"
)
_NUMBER = re.compile(r"(?:[+\-\u2212\u2013]\s?)?\.?\d[\d .,\u00a0]*(?:[eE][+-]?\d+)?%?")

_WORD = re.compile(r'"?[\w.-]+"?')  # no sign that may part columns


def delimiter_of(text: str, path: Path) -> str:
    """The delimiter that gives the most columns, the same number in nearly all of the first lines.

    A single column of numbers has none (a semicolon is given, which does not stand in the file); blanks may part
    its thousands, but not two numbers. Without a delimiter:
    blanks, where they part all lines into the same number of cells and one column holds numbers; otherwise a single
    column of texts where the first line, its name, is one word.

    Raises
    ------
    BadInput
        No delimiter gives two columns, and the first line has several words.

    """
    lines = text.splitlines()[:SAMPLE_LINES]
    filled = [line.strip() for line in lines if line.strip()]
    samples = {sign: rows for sign in DELIMITERS if (rows := _sampled(lines, sign))}
    bare = all(len(_sampled(filled[:1], sign)[0]) == 1 for sign in samples)
    if bare and len(filled) > 1 and all(_ONE_NUMBER.fullmatch(line) for line in filled[1:]):
        return DELIMITERS[0]
    best, best_score = "", 0.0
    for delimiter, rows in samples.items():
        widths = [len(row) for row in rows if row]
        several = [width for width in widths if width > 1]
        if not several:
            continue
        common = max(set(several), key=lambda width: (several.count(width), width))
        share = several.count(common) / len(widths)
        score = share * share * (common - 1)
        if score > best_score:
            best, best_score = delimiter, score
    if best:
        return best
    if not samples:
        _refuse_long(path, lines)
    if _parted_by_blanks(_sampled(filled, BLANKS)):
        note("catalog.reading.blanks", path=str(path))
        return BLANKS
    if samples and len(filled) > 1 and _WORD.fullmatch(filled[0]):
        return DELIMITERS[0]
    raise BadInput("catalog.add.one_column", path=str(path), line=filled[0][:60])


def _sampled(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """The cells of the lines; none where one would be longer than cells are read, as with a sign that parts nothing."""
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, skipinitialspace=delimiter == BLANKS)
    try:
        return list(reader)
    except csv.Error:
        return []


def _refuse_long(path: Path, lines: Sequence[str]) -> NoReturn:
    """Raise for a cell that is too long with every delimiter: below an open quotation mark, or a long line."""
    quoted = next((row for row, line in enumerate(lines, 1) if '"' in line), None)
    key = "catalog.reading.long_cell" if quoted else "catalog.reading.long_line"
    row = quoted or max(range(len(lines)), key=lambda place: len(lines[place])) + 1
    raise BadInput(key, path=str(path), row=row, most=LONGEST_CELL)


def _title_above_blanks(text: str) -> str:
    """The line of a title and the blank lines below it, where blanks part the table under them (mortality.org)."""
    title = _TITLE.match(text)
    lines = text[title.end() :].splitlines()[:SAMPLE_LINES] if title else []
    filled = [line.strip() for line in lines if line.strip()]
    bare = not any(sign in line for line in filled for sign in DELIMITERS if sign != "\t")
    return title[0] if title and bare and _parted_by_blanks(_sampled(filled, BLANKS)) else ""


def _parted_by_blanks(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows below the first have as many cells (the first may lack the one above row names), one all numbers."""
    widths = {len(row) for row in rows[1:]}
    if len(widths) != 1 or len(rows) < 2:
        return False
    width = widths.pop()
    numeric = any(all(_NUMBER.fullmatch(row[place]) for row in rows[1:]) for place in range(width))
    return width > 1 and len(rows[0]) in (width, width - 1) and numeric


def read_text_table(path: Path, choices: FileChoices) -> RawTable:
    """A CSV file with `;`, `,`, tab, `|` or blanks; SDMX-CSV and tables of Eurostat are told by their header.

    Raises
    ------
    BadInput
        The encoding or delimiter cannot be told, a quote is left open, or `from_cells` refuses.

    """
    content = path.read_bytes()
    if not content.strip():
        raise BadInput("catalog.add.empty", path=str(path))
    text, encoding = as_named(content, choices.encoding, path) if choices.encoding else decoded(content, path)
    text = seen(text)
    if not text.strip():
        raise BadInput("catalog.add.empty", path=str(path))
    stated = SEPARATOR_LINE.match(text)
    text = text[stated.end() :] if stated else text
    known = "\t" if begins_with_dimensions(text) else (stated[1] if stated else None)
    title = "" if choices.sign_between_cells or known else _title_above_blanks(text)
    text = text[len(title) :]
    sign = BLANKS if title else choices.sign_between_cells or known or delimiter_of(text, path)
    first_row = 2 if stated else 1
    above: list[list[str | None]] = [[" ".join(line.split())] for line in title.splitlines()]
    cells = [*above, *_cells(text, sign, path, first_row + len(above))]
    table = replace(from_cells(path, "csv", cells, first_row), encoding=encoding, delimiter=sign)
    split = with_dimensions(table)
    return split if split is not table else with_codes(table)


def _cells(text: str, sign: str, path: Path, first_row: int) -> list[list[str | None]]:
    if sign == BLANKS:
        text = "\n".join(line.strip() for line in text.splitlines())
    cells: list[list[str | None]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True, skipinitialspace=sign == BLANKS)
    try:
        cells.extend(list(row) for row in reader)
    except csv.Error as error:
        row = len(cells) + first_row
        if "field limit" in str(error):
            key = "catalog.reading.long_cell" if '"' in text else "catalog.reading.long_line"
            raise BadInput(key, path=str(path), row=row, most=LONGEST_CELL) from None
        raise BadInput("catalog.add.bad_quotes", path=str(path), row=row) from None
    return cells
