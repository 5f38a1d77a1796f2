"""Published files as lines and cells: opening, headings found by name, numbers, and sentences that name the cell."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from qonys.errors import BadInput

Watch = Callable[[str, int, int], None]
"""Told while a file is read: its name, bytes read so far, bytes in all."""
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
STEP, BUFFER = 20_000, 1 << 20
SHOWN = 60
ALL_COUNTRIES = 50
"""A file of so many countries is the one for all countries; one that it lacks has no figures there."""


def silent(name: str, read: int, size: int) -> None:
    """A `Watch` that says nothing."""


def checked(path: Path) -> Path:
    """`path`, if it is a file with something in it.

    Raises
    ------
    BadInput
        There is no such file, it is a folder, empty, or may not be read.

    """
    if path.is_dir():
        raise BadInput("packing.file.folder", path=str(path))
    if not path.is_file():
        raise BadInput("packing.file.none", path=str(path))
    try:
        with path.open("rb") as file:
            first = file.read(1)
    except PermissionError:
        raise BadInput("packing.file.closed", path=str(path)) from None
    if not first:
        raise BadInput("packing.file.empty", path=str(path))
    return path


def raw_lines(path: Path, watch: Watch = silent) -> Generator[tuple[int, bytes], None, None]:
    """Lines of a text file, plain or packed by gzip, each with its number from 1; the byte order mark is taken off.

    Raises
    ------
    BadInput
        The file cannot be opened, is an archive of several files, or is cut short.

    """
    size = checked(path).stat().st_size
    number = 0
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(0)
        if head.startswith(ZIP):
            raise BadInput("packing.file.zip", path=path.name)
        packed = head.startswith(GZIP)
        stream = io.BufferedReader(gzip.GzipFile(fileobj=file), BUFFER) if packed else file
        try:
            for number, line in enumerate(stream, start=1):
                if number == 1:
                    yield number, line.removeprefix(codecs.BOM_UTF8)
                    continue
                if number % STEP == 0:
                    watch(path.name, file.tell(), size)
                yield number, line
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise BadInput("packing.file.cut", path=path.name, row=number) from None
    watch(path.name, size, size)


def decoded(line: bytes, shown: str, row: int) -> str:
    """A line as text.

    Raises
    ------
    BadInput
        It is not UTF-8.

    """
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput("packing.file.not_utf8", path=shown, row=row) from None


def cells_of(line: bytes, shown: str, row: int) -> list[str]:
    """Cells of one line of a comma-separated file.

    Raises
    ------
    BadInput
        The line is not UTF-8 or a quotation mark stands wrong.

    """
    try:
        return next(csv.reader([decoded(line, shown, row)], strict=True), [])
    except csv.Error:
        raise BadInput("packing.file.quotes", path=shown, row=row) from None


def records(path: Path, watch: Watch = silent) -> Iterator[tuple[int, list[str]]]:
    """Rows of a comma-separated file, each with the number of its line."""
    for row, line in raw_lines(path, watch):
        yield row, cells_of(line, path.name, row)


def plain(heading: str) -> str:
    """A heading without case, blanks and signs, for headings that are written in more than one way.

    Examples
    --------
    >>> plain("IDPs of concern to UNHCR"), plain("Country of origin (ISO)")
    ('idpsofconcerntounhcr', 'countryoforiginiso')

    """
    return re.sub(r"[^a-z0-9]", "", heading.lower())


@dataclass(frozen=True)
class Heading:
    """Where the columns of a file stand, by name.

    `row` is the number of the line of the headings, `width` how many cells it has.
    """

    shown: str
    row: int
    width: int
    places: Mapping[str, int]

    def require(self, names: Sequence[str]) -> None:
        """Refuse the file when a column is missing.

        Raises
        ------
        BadInput
            Names the file, the line and all missing headings.

        """
        missing = [name for name in names if name not in self.places]
        if missing:
            listed = ", ".join(f"“{name}”" for name in missing)
            raise BadInput("packing.heading.missing", path=self.shown, row=self.row, columns=listed)

    def cell(self, cells: Sequence[str], name: str) -> str:
        """The trimmed text of a column in a row."""
        return cells[self.places[name]].strip()

    def even(self, cells: Sequence[str], row: int) -> None:
        """Refuse a row that has another number of cells than the headings.

        Raises
        ------
        BadInput
            Names the file and the row.

        """
        if len(cells) != self.width:
            raise BadInput("packing.row.uneven", path=self.shown, row=row, found=len(cells), expected=self.width)

    def number(self, cells: Sequence[str], row: int, name: str, *, least: int | None = None) -> Decimal | None:
        """The number in a column, None where the cell is empty.

        Raises
        ------
        BadInput
            The cell holds something else than a number, or one below `least`.

        """
        return number(self.cell(cells, name), (self.shown, row, name), least)


def heading(shown: str, row: int, cells: Sequence[str], read: Callable[[str], str] = str.strip) -> Heading:
    """The headings of a file; those without a name are left aside, as at the end of the World Bank's rows.

    Raises
    ------
    BadInput
        A heading stands twice.

    """
    names = [read(cell) for cell in cells]
    twice = next((name for place, name in enumerate(names) if name and name in names[:place]), None)
    if twice is not None:
        raise BadInput("packing.heading.twice", path=shown, row=row, column=twice)
    return Heading(shown, row, len(names), {name: place for place, name in enumerate(names) if name})


def number(text: str, where: tuple[str, int, str], least: int | None = None) -> Decimal | None:
    """A cell as an exact number, None for an empty one; `where` is file, row, column.

    Examples
    --------
    >>> number("239.063", ("file.csv", 2, "Births"))
    Decimal('239.063')

    Raises
    ------
    BadInput
        The text is no finite number, or lies below `least`.

    """
    if not text:
        return None
    path, row, column = where
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise BadInput("packing.cell.number", path=path, row=row, column=column, value=text[:SHOWN]) from None
    if not value.is_finite():
        raise BadInput("packing.cell.number", path=path, row=row, column=column, value=text[:SHOWN])
    if least is not None and value < least:
        raise BadInput("packing.cell.least", path=path, row=row, column=column, value=text[:SHOWN], least=least)
    return value


def whole(text: str, where: tuple[str, int, str]) -> int:
    """A cell as a whole number (a year, an age, a code).

    Raises
    ------
    BadInput
        It is empty or no whole number.

    """
    value = number(text, where)
    if value is None or value != value.to_integral_value():
        path, row, column = where
        raise BadInput("packing.cell.whole", path=path, row=row, column=column, value=text[:SHOWN])
    return int(value)


def written(value: Decimal) -> str:
    """A number as the pack writes it: no exponent, no needless zeros.

    Examples
    --------
    >>> written(Decimal("239.063") * 1000), written(Decimal("1E+3")), written(Decimal("-0.0"))
    ('239063', '1000', '0')

    """
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
