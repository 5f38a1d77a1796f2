"""A grammar of tables: a sound table of a command, broken in one to three ways, in one of five formats."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field

import openpyxl
import polars as pl
from hypothesis import strategies as st

PLACES = "ABC"
CELLS = (
    "", " ", "NA", "-", "..", "0", "-1", "-0", "0,023", "1 234", "1.234.567", "1,234", "1e308", "-1e308", "1e-320", "nan",
    "inf", "-inf", "9" * 400, "9" * 5000, "0x10", "1_000", "12-05-2020", "2020-13-45", "0000-00-00", "43831", "24", "2190", "-2024",
    "1990", "0-4", "85+", "до 1 года", "999", "2020-01-31", "2020Q5", "total", "Итого", "A", "А", "a", "A ", "B", "true", "=1+1",
    "#N/A", "½", "١٢", "−5", "x" * 300, "x" * 140_000, "\x1b[31m", "\u2028", "\ufeff", "💥", "{path}", "{0}", "%s", "'", '"',
    "KZ-61", "male", "10%", "1;2", "100|200",
)  # fmt: skip
HEADERS = ("", " ", "value", "year", "UNIT_MULT", "OBS_STATUS", "ACTION", "тыс.", "age", "x" * 300, "{0}", "frequency", "__index", "*", "=", "№")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1251", "cp866", "latin-1")
FORMATS = ("csv", "csv", "csv", "json", "px", "xlsx", "parquet")


@dataclass(frozen=True)
class Table:
    """Header and rows of texts."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @staticmethod
    def of(text: str) -> Table:
        """A table from CSV without quotes."""
        lines = [tuple(line.split(",")) for line in text.strip().splitlines()]
        return Table(lines[0], tuple(lines[1:]))


@dataclass
class Broken:
    """Lists that mutations change."""

    header: list[str]
    rows: list[list[str]]
    trace: list[str] = field(default_factory=list)


@st.composite
def broken_tables(draw, table: Table):
    """`table` after up to three mutations."""
    found = Broken(list(table.header), [list(row) for row in table.rows])
    for _ in range(draw(st.sampled_from((0, 1, 1, 1, 2, 3)))):
        draw(st.sampled_from(MUTATIONS))(draw, found)
    return found


def _cell(draw, found):
    if found.rows and found.header:
        row = draw(st.integers(0, len(found.rows) - 1))
        column = draw(st.integers(0, len(found.header) - 1))
        found.rows[row][column] = draw(st.one_of(st.sampled_from(CELLS), st.text(max_size=8), st.floats().map(repr)))


def _column(draw, found):
    if found.header:
        column, text = draw(st.integers(0, len(found.header) - 1)), draw(st.sampled_from(CELLS))
        for row in found.rows:
            row[column] = text


def _header(draw, found):
    if found.header:
        found.header[draw(st.integers(0, len(found.header) - 1))] = draw(st.sampled_from((*HEADERS, *found.header)))


def _more(draw, found):
    found.header.append(draw(st.sampled_from(HEADERS)))
    text = draw(st.sampled_from(CELLS))
    for row in found.rows:
        row.append(text)


def _fewer(draw, found):
    if len(found.header) > 1:
        column = draw(st.integers(0, len(found.header) - 1))
        for row in (found.header, *found.rows):
            del row[column]


def _twice(draw, found):
    if found.rows:
        found.rows.append(list(draw(st.sampled_from(found.rows))))


def _less(draw, found):
    del found.rows[draw(st.integers(0, len(found.rows))) :]


def _scaled(draw, found):
    if found.header:
        column, end = draw(st.integers(0, len(found.header) - 1)), draw(st.sampled_from(("e300", "000000000000", ".5", "%", "+", "*")))
        for row in found.rows:
            row[column] += end


MUTATIONS = (_cell, _cell, _cell, _column, _header, _more, _fewer, _twice, _less, _scaled)


@st.composite
def table_files(draw, table: Table):
    """Name and bytes of a file with a broken table, and what was drawn for it."""
    found = draw(broken_tables(table))
    kind = draw(st.sampled_from(FORMATS))
    content = {"csv": _csv, "json": _json, "px": _px, "xlsx": _xlsx, "parquet": _parquet}[kind](draw, found)
    damage = draw(st.sampled_from(("none",) * 14 + ("cut", "byte", "empty")))
    if damage == "cut":
        content = content[: int(draw(st.floats(0, 1)) * len(content))]
    elif damage == "byte" and content:
        place = int(draw(st.floats(0, 1, exclude_max=True)) * len(content))
        content = content[:place] + bytes([draw(st.integers(0, 255))]) + content[place + 1 :]
    elif damage == "empty":
        content = b""
    return f"file.{kind}", content


def _csv(draw, found):
    sign = draw(st.sampled_from((",", ",", ",", ";", "\t", "|")))
    lines = [sign.join(row) for row in (found.header, *found.rows)]
    before = draw(st.sampled_from(("", "", "", "", "", "Title\n", "sep=;\n", "\n\n", "a,b\n")))
    return (before + "\n".join(lines) + "\n").encode(draw(st.sampled_from(ENCODINGS)), "replace")


def _xlsx(draw, found):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (found.header, *found.rows):
        sheet.append([_plain(text) for text in row])
    if draw(st.booleans()):
        book.create_sheet("Other").append(["a", "b"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _plain(text):
    """A cell that a workbook can hold."""
    text = "".join(sign for sign in text if sign.isprintable())[:32_000]
    try:
        number = float(text)
    except ValueError:
        return text
    return number if abs(number) < 1e300 else text


def _parquet(draw, found):
    names = [name or f"c{place}" for place, name in enumerate(found.header)]
    if len(set(names)) < len(names):
        return b"PAR1"
    frame = pl.DataFrame({name: [row[place] for row in found.rows] for place, name in enumerate(names)}, schema=dict.fromkeys(names, pl.String))
    kind = draw(st.sampled_from((None, None, None, pl.Float64, pl.Int64, pl.Date, pl.Boolean, pl.Binary, pl.List(pl.String), pl.Duration, pl.Categorical)))
    if kind is not None and names:
        name = draw(st.sampled_from(names))
        if kind in (pl.Duration, pl.Date):
            frame = frame.with_columns(pl.col(name).cast(pl.Int32, strict=False).cast(pl.Int64 if kind == pl.Duration else pl.Int32).cast(kind, strict=False))
        elif kind == pl.List(pl.String):
            frame = frame.with_columns(pl.concat_list(name))
        elif kind == pl.Boolean:
            frame = frame.with_columns(pl.col(name) == "1")
        else:
            frame = frame.with_columns(pl.col(name).cast(kind, strict=False))
    file = io.BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


def _cube(found):
    """Names, codes of each dimension (all columns but the last) and the cells."""
    names = found.header[:-1] or ["a"]
    codes = [list(dict.fromkeys(row[place] for row in found.rows if place < len(row))) for place in range(len(names))]
    size = 1
    for one in codes:
        size *= max(len(one), 1)
    values = [row[-1] for row in found.rows if row]
    return names, codes, (values * (min(size, 500) // max(len(values), 1) + 1))[: min(size, 500)]


def _json(draw, found):
    names, codes, values = _cube(found)
    whole = {
        "version": "2.0", "class": "dataset", "id": names, "size": [len(one) for one in codes],
        "dimension": {name: {"category": {"index": one}} for name, one in zip(names, codes, strict=True)},
        "value": [_number(text) for text in values],
    }  # fmt: skip
    spoilt = draw(st.sampled_from((*[None] * 14, "id", "size", "dimension", "value", "class", "version", "role")))
    if spoilt:
        whole[spoilt] = draw(st.sampled_from((None, 1, "x", [], {}, [[]], [-1], [10**30] * len(names), {"0": 1}, {"-1": 1}, {"x": 1}, {"time": ["a"]}, True)))
    return json.dumps(whole).encode()


def _number(text):
    try:
        return float(text)
    except ValueError:
        return text


def _px(draw, found):
    names, codes, values = _cube(found)
    quote = lambda texts: ",".join('"' + text.replace('"', "'") + '"' for text in texts)  # noqa: E731
    lines = ['CHARSET="ANSI";', 'AXIS-VERSION="2010";', 'LANGUAGE="en";', "UNITS=" + quote(["persons"]) + ";"]
    lines += [f"STUB={quote(names[:1])};", f"HEADING={quote(names[1:])};"]
    lines += [f'VALUES("{name}")={quote(one)};' for name, one in zip(names, codes, strict=True)]
    lines.append("DATA=" + " ".join(values or ["1"]) + ";")
    if draw(st.sampled_from((False, False, False, True))):
        del lines[draw(st.integers(0, len(lines) - 1))]
    return "\n".join(lines).encode("cp1252", "replace")
