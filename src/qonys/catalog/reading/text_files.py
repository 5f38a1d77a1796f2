"""Reading of text files: encoding, delimiter, cells."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import replace
from pathlib import Path

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.raw import RawTable, from_cells
from qonys.errors import BadInput

DELIMITERS: tuple[str, ...] = (";", ",", "\t", "|")
_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_RUSSIAN = re.compile(r"[А-Яа-яЁё]")
_WORD = re.compile(r"[^\W\d_]+")
_PROPER_WORD = re.compile(r"[А-ЯЁ]?[а-яё]+|[А-ЯЁ]+|[A-Za-z]+")
_SURE = 0.95
SAMPLE = 1_000_000


def decoded(content: bytes, path: Path) -> tuple[str, str]:
    """Text of a file and its encoding: utf-8, utf-8-sig, utf-16 or cp1251.

    A file that is not UTF-8 is taken for cp1251 only when nearly all of its words are then Russian
    words in proper case; otherwise any guess could turn names into other names.

    Raises
    ------
    BadInput
        The encoding cannot be told.

    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _strictly(content, name, path), name
    if len(content) > 3 and content[1:200:2].count(0) > len(content[1:200:2]) * 0.6:
        return _strictly(content, "utf-16-le", path), "utf-16"
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _cyrillic(content, path), "cp1251"
    if "\x00" in text:
        raise BadInput("catalog.add.binary", path=str(path))
    return text, "utf-8"


def _strictly(content: bytes, encoding: str, path: Path) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise BadInput("catalog.add.encoding", path=str(path), row=1) from None


def _as_named(content: bytes, encoding: str, path: Path) -> tuple[str, str]:
    """`content` in the encoding that the person named."""
    try:
        return content.decode(encoding), encoding
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise BadInput("catalog.reading.not_encoded", path=str(path), row=row, encoding=encoding) from None


def _cyrillic(content: bytes, path: Path) -> str:
    """`content` as cp1251, if that reading of its first million letters is beyond doubt."""
    candidates = {name: content.decode(name, errors="replace") for name in ("cp1251", "koi8_r", "cp866")}
    scores = {name: russian_share(text[:SAMPLE]) for name, text in candidates.items()}
    if scores["cp1251"] >= _SURE and scores["cp1251"] > max(scores["koi8_r"], scores["cp866"]):
        return candidates["cp1251"]
    row = next(i for i, line in enumerate(content.split(b"\n"), 1) if any(byte > 127 for byte in line))
    raise BadInput("catalog.add.encoding", path=str(path), row=row)


def russian_share(text: str) -> float:
    """Share of words beyond ASCII that are Russian letters in proper case (Слово, слово or СЛОВО).

    Examples
    --------
    >>> russian_share("Год;Область")
    1.0

    """
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    if not words or not _RUSSIAN.search(text):
        return 0.0
    strange = sum(1 for char in text if ord(char) > 127 and not char.isalpha() and char not in "«»–—№ …“”’ ")
    proper = sum(1 for word in words if _PROPER_WORD.fullmatch(word) and _vowelled(word))
    return proper / (len(words) + strange)


def _vowelled(word: str) -> bool:
    """Words of four letters and more need a vowel, and no more than five consonants in a row."""
    lowered = word.lower()
    if len(word) < 4:
        return True
    crowded = re.search(r"[^аеёиоуыэюяьъ]{6}", lowered) is not None
    return not crowded and re.search(r"[аеёиоуыэюя]", lowered) is not None


def delimiter_of(text: str, path: Path) -> str:
    """The delimiter that gives the most columns, the same number in nearly all of the first lines.

    Raises
    ------
    BadInput
        No delimiter gives two columns.

    """
    sample = "\n".join(text.splitlines()[:200])
    best, best_score = "", 0.0
    for delimiter in DELIMITERS:
        widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row]
        if not widths:
            continue
        common = max(set(widths), key=widths.count)
        share = widths.count(common) / len(widths)
        score = share * share * (common - 1) if common > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    if not best:
        raise BadInput("catalog.add.one_column", path=str(path))
    return best


def read_text_table(path: Path, choices: FileChoices) -> RawTable:
    """A CSV file with `;`, `,`, tab or `|`; SDMX-CSV is told by its header.

    Raises
    ------
    BadInput
        The encoding or delimiter cannot be told, a quote is left open, or `from_cells` refuses.

    """
    content = path.read_bytes()
    if not content.strip():
        raise BadInput("catalog.add.empty", path=str(path))
    text, encoding = _as_named(content, choices.encoding, path) if choices.encoding else decoded(content, path)
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise BadInput("catalog.add.empty", path=str(path))
    sign = choices.sign_between_cells or delimiter_of(text, path)
    cells: list[list[str | None]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    try:
        cells.extend(list(row) for row in reader)
    except csv.Error:
        raise BadInput("catalog.add.bad_quotes", path=str(path), row=len(cells) + 1) from None
    table = replace(from_cells(path, "csv", cells), encoding=encoding, delimiter=sign)
    names = {name.upper() for name in table.frame.columns}
    return table.as_format("sdmx-csv") if {"OBS_VALUE", "TIME_PERIOD"} <= names else table
