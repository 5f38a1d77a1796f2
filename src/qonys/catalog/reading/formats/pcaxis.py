"""Reading of PC-Axis files (.px), the format of the databases of many statistical offices.

References
----------
Statistics Sweden (2013). PX-file format specification, version 2013.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from qonys.catalog.reading.choices import FileChoices, is_encoding
from qonys.catalog.reading.formats.cubes import VALUE, Cube, refuse_value_dimension
from qonys.catalog.reading.formats.encodings import as_named, decoded
from qonys.catalog.reading.formats.raw import RawTable
from qonys.errors import BadInput

UNIT = "unit"
BEGINS = re.compile(
    rb"\s*(CHARSET|AXIS-VERSION|CODEPAGE|LANGUAGES?|CREATION-DATE|NEXT-UPDATE|MATRIX|SUBJECT-CODE|SUBJECT-AREA|DECIMALS|"
    rb"CONTENTS|TITLE|STUB|HEADING|UNITS)(\[\w+\])?\s*="
)
_CODEPAGE = re.compile(rb'(?m)^[^\S\n]*CODEPAGE\s*=\s*"([\w.:-]+)"')
_DATA = re.compile(r"(?:^|[;\n])[^\S\n]*DATA\s*=", re.IGNORECASE)
_KEY = re.compile(r'\s*([A-Z][A-Z0-9-]*)(\[\w+\])?(?:\("([^"]*)"(?:,"[^"]*")*\))?\s*=')
_STRING = re.compile(r'"([^"]*)"')
_SPAN = re.compile(r'"(\d{4})"\s*-\s*"(\d{4})"')
_CELL = re.compile(r'"[^"]*"|[^\s,;"]+')
_MISSING = re.compile(r"\.{1,6}")
Keywords = dict[tuple[str, str], str]


def read_pcaxis_table(path: Path, choices: FileChoices) -> RawTable:
    """A PC-Axis file: one row per cell that has a value; cells are counted from 1.

    The columns are the variables (their texts, in the file's main language), `value`, and `unit` where the file says
    one. The signs for no value (one to six points) are left out and counted; a dash stays a dash.

    Raises
    ------
    BadInput
        The encoding cannot be told, a part is missing, the values do not fit the variables, or only some cells are
        listed.

    """
    text, encoding = _text(path, choices)
    start = _DATA.search(text)
    if start is None:
        raise BadInput("catalog.reading.px_part", path=str(path), part="DATA")
    keywords = _keywords(text[: start.start() + 1])
    if any(name == "KEYS" for name, _ in keywords):
        raise BadInput("catalog.reading.px_keys", path=str(path))
    variables = [*_strings(keywords.get(("STUB", ""), "")), *_strings(keywords.get(("HEADING", ""), ""))]
    texts = {name: _strings(keywords.get(("VALUES", name), "")) or _times(keywords, name) for name in variables}
    if not variables or not all(texts.values()):
        lacking = next((f'VALUES("{name}")' for name, found in texts.items() if not found), "STUB, HEADING")
        raise BadInput("catalog.reading.px_part", path=str(path), part=lacking)
    refuse_value_dimension(path, texts)
    cells = [item.strip('"') for item in _CELL.findall(text[start.end() :])]
    expected = math.prod(map(len, texts.values()))
    if len(cells) != expected:
        raise BadInput("catalog.reading.px_size", path=str(path), found=len(cells), expected=expected)
    values = {number: cell for number, cell in enumerate(cells) if not _MISSING.fullmatch(cell)}
    if not values:
        raise BadInput("catalog.add.empty", path=str(path))
    frame, rows = Cube(texts, values, _units(keywords, texts)).rows()
    title = " ".join(_strings(keywords.get(("TITLE", ""), keywords.get(("CONTENTS", ""), ""))))
    return RawTable(
        path=path,
        format="pc-axis",
        frame=frame,
        rows=rows,
        encoding=encoding,
        header_row=0,
        left_out=(f". × {expected - len(values)}",) if len(values) < expected else (),
        empty=expected - len(values),
        titles={"label": title},
        labels={name: _codes(keywords, name, found) for name, found in texts.items()},
        typed=frozenset({VALUE}),
    )


def _text(path: Path, choices: FileChoices) -> tuple[str, str]:
    """The text in the encoding that was named, else that the file names, else that it is told by."""
    content = path.read_bytes()
    page = _CODEPAGE.search(content[:65_536])
    if choices.encoding:
        return as_named(content, choices.encoding, path)
    if page is not None:
        name = page[1].decode("ascii", "replace")
        if not is_encoding(name):
            return decoded(content, path)
        return as_named(content, name, path)
    return decoded(content, path)


def _keywords(header: str) -> Keywords:
    """Keyword and variable -> value as written, in the main language only."""
    found: Keywords = {}
    for part in _parts(header.removeprefix("\ufeff")):
        key = _KEY.match(part)
        if key is not None and key[2] is None:
            found[key[1], key[3] or ""] = part[key.end() :].strip()
    return found


def _parts(header: str) -> list[str]:
    """The header at its semicolons, those within quotation marks apart."""
    parts, piece = [], ""
    for place, text in enumerate(header.split('"')):
        if place % 2:
            piece += f'"{text}"'
            continue
        first, *rest = text.split(";")
        piece += first
        for one in rest:
            parts.append(piece)
            piece = one
    return parts


def _strings(value: str) -> list[str]:
    """The texts of a list; texts with only a line's end between them are one."""
    joined = re.sub(r'"[ \t]*\r?\n\s*"', "", value)
    return [text.strip() for text in _STRING.findall(joined)]


def _times(keywords: Keywords, name: str) -> list[str]:
    """Years of a variable that gives them only as TIMEVAL."""
    value = keywords.get(("TIMEVAL", name), "")
    span = _SPAN.search(value)
    return [str(year) for year in range(int(span[1]), int(span[2]) + 1)] if span else _strings(value)


def _codes(keywords: Keywords, name: str, texts: Sequence[str]) -> dict[str, str]:
    codes = _strings(keywords.get(("CODES", name), ""))
    return dict(zip(texts, codes, strict=True)) if len(codes) == len(texts) else {}


def _units(keywords: Keywords, texts: Mapping[str, Sequence[str]]) -> dict[str, dict[str, str]]:
    """The unit of each value of a variable, or of all."""
    own = {value: "".join(_strings(text)) for (key, value), text in keywords.items() if key == "UNITS" and value}
    common = "".join(_strings(keywords.get(("UNITS", ""), "")))
    every = dict.fromkeys(next(iter(texts.values())), common) if common and not own else {}
    return {UNIT: own or every} if (own or every) and UNIT not in texts else {}
