"""What the sheets of a workbook hold, looked at before they are loaded: extent, errors, formulas, merged cells.

A workbook stores cells one by one with their places, and a reader makes room for the whole rectangle around them:
one cell in the last row and column would ask for seventeen thousand million cells.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from qonys.catalog.reading.formats.raw import refuse_large, refuse_many_signs
from qonys.errors import BadInput

ROOM = 2_000_000
PER_CELL = 20
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
DAMAGE = (zipfile.BadZipFile, zlib.error, expat.ExpatError, KeyError, ValueError, OSError, RuntimeError)
_CHUNK = 1 << 16
_CELL_RECORDS = frozenset(range(1, 12))
_SHARED_CELL, _SHARED_TEXT = 7, 19
SHARED, SHARED_BINARY = "xl/sharedStrings.xml", "xl/sharedStrings.bin"
MOST_SHEETS = 1000


@dataclass
class SheetLayout:
    """What a sheet holds.

    `filled` (number of cells with a value), `last` (greatest row and column with a value, from 0), `corner` (the cell
    that stands farthest), `first_column`, `broken` (row and column -> error or formula without a value), `merged`
    (first and last row, first and last column), `hidden`, `signs` (of all texts, each counted where it stands).
    """

    filled: int = 0
    last: tuple[int, int] = (-1, -1)
    corner: str = ""
    first_column: int = -1
    broken: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: bool = False
    signs: int = 0

    def add(self, row: int, column: int, times: int = 1) -> None:
        """Count a cell with a value."""
        self.filled += times
        if row > self.last[0] or column > self.last[1]:
            self.corner = cell_name(row, column)
        self.last = (max(row, self.last[0]), max(column, self.last[1]))
        self.first_column = column if self.first_column < 0 else min(column, self.first_column)

    @property
    def area(self) -> int:
        """Cells of the rectangle from the first row to the last."""
        return (self.last[0] + 1) * (self.last[1] - max(self.first_column, 0) + 1)


def cell_name(row: int, column: int) -> str:
    """The name of a cell, counted from 0.

    Examples
    --------
    >>> cell_name(1, 2), cell_name(1048575, 16383)
    ('C2', 'XFD1048576')

    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def _position(name: str) -> tuple[int, int] | None:
    found = _PLACE.fullmatch(name)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1


def layouts_of(path: Path) -> Mapping[str, SheetLayout]:
    """Sheet -> what it holds, for .xlsx, .xlsb and .ods; empty for a workbook of another kind.

    Sheets of .xlsb are named by their part of the archive, as only their extent is looked at.

    Raises
    ------
    BadInput
        The archive or a sheet of it is damaged, a sheet spans far more cells than it holds, there are more than
        `MOST_SHEETS`, or all together have more cells or texts than are read.

    """
    if not zipfile.is_zipfile(path):
        return {}
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                found = _of_xlsx(archive)
            elif "content.xml" in names:
                found = _of_ods(archive)
            else:
                found = _of_xlsb(archive, names)
    except DAMAGE:
        raise BadInput("catalog.add.damaged", path=str(path), format="Excel") from None
    for name, layout in found.items():
        if layout.area > max(ROOM, PER_CELL * layout.filled) or layout.area > 10 * ROOM:
            raise BadInput(
                "catalog.reading.far_cell", path=str(path), sheet=name, cell=layout.corner, n=layout.area,
                filled=layout.filled,
            )  # fmt: skip
    n = sum(max(layout.area, 0) for layout in found.values())
    if n > 10 * ROOM:
        raise BadInput("catalog.reading.many_cells", path=str(path), n=n, most=10 * ROOM)
    refuse_many_signs(path, sum(layout.signs for layout in found.values()))
    return found


def _refuse_many_sheets(archive: zipfile.ZipFile, count: int) -> None:
    if count > MOST_SHEETS:
        raise BadInput("catalog.reading.many_sheets", path=str(archive.filename), most=MOST_SHEETS)


class _Reader:
    """Elements of an XML part without their prefixes."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data
        self.text = ""
        self.seen = 0

    def read(self, archive: zipfile.ZipFile, name: str) -> None:
        with archive.open(name) as part:
            while chunk := part.read(_CHUNK):
                self.parser.Parse(chunk, False)
            self.parser.Parse(b"", True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.text = ""
        self.opened(name.rpartition(":")[2], attributes)

    def _end(self, name: str) -> None:
        self.closed(name.rpartition(":")[2])
        self.text = ""

    def _data(self, text: str) -> None:
        self.seen += len(text)
        if len(self.text) < _CHUNK:
            self.text += text

    def opened(self, name: str, attributes: dict[str, str]) -> None: ...

    def closed(self, name: str) -> None: ...


class _Attributes(_Reader):
    """Attributes of all elements of one name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.found = name, list[dict[str, str]]()

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == self.name:
            self.found.append(attributes)


class _Strings(_Reader):
    """Lengths of the texts that cells of .xlsx share."""

    def __init__(self) -> None:
        super().__init__()
        self.lengths: list[int] = []
        self.before = 0

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self.before = self.seen

    def closed(self, name: str) -> None:
        if name == "si":
            self.lengths.append(self.seen - self.before)


class _Sheet(_Reader):
    """Cells of a sheet of .xlsx; `shared`: lengths of the texts that cells share."""

    def __init__(self, shared: Sequence[int] = ()) -> None:
        super().__init__()
        self.layout, self.shared = SheetLayout(), shared
        self.row, self.column, self.kind, self.formula, self.value = -1, -1, "", "", ""
        self.has_formula = False

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
            self.column = -1
        elif name == "c":
            place = _position(attributes.get("r", ""))
            self.row, self.column = place or (self.row, self.column + 1)
            self.kind, self.formula, self.value, self.has_formula = attributes.get("t", ""), "", "", False
        elif name == "mergeCell":
            ends = [_position(part) for part in attributes.get("ref", "").split(":")]
            if len(ends) == 2 and ends[0] and ends[1]:
                self.layout.merged.append((ends[0][0], ends[1][0], ends[0][1], ends[1][1]))

    def closed(self, name: str) -> None:
        if name == "f":
            self.formula, self.has_formula = self.text, True
        elif name in ("v", "t"):
            self.value += self.text
        elif name == "c":
            if self.value.strip():
                self.layout.add(self.row, self.column)
                self.layout.signs += self._length()
            if self.kind == "e":
                self.layout.broken[self.row, self.column] = self.value.strip() or "#N/A"
            elif self.has_formula and not self.value and self.kind != "str":
                self.layout.broken[self.row, self.column] = f"={self.formula.strip()}"


    def _length(self) -> int:
        """Length of the text of a cell."""
        place = self.value.strip()
        if self.kind != "s" or not place.isdecimal() or len(place) > 9:
            return len(self.value)
        return self.shared[int(place)] if int(place) < len(self.shared) else 0


def _of_xlsx(archive: zipfile.ZipFile) -> dict[str, SheetLayout]:
    sheets, targets = _Attributes("sheet"), _Attributes("Relationship")
    sheets.read(archive, "xl/workbook.xml")
    targets.read(archive, "xl/_rels/workbook.xml.rels")
    parts = {item["Id"]: item["Target"] for item in targets.found if "Id" in item and "Target" in item}
    _refuse_many_sheets(archive, len(sheets.found))
    placed = [(sheet, _part_of(sheet, parts)) for sheet in sheets.found]
    placed = [(sheet, part) for sheet, part in placed if "worksheets/" in part]
    refuse_large(Path(str(archive.filename)), sum(archive.getinfo(part).file_size for _, part in placed))
    strings = _Strings()
    if SHARED in archive.namelist():
        strings.read(archive, SHARED)
    found: dict[str, SheetLayout] = {}
    for sheet, part in placed:
        reader = _Sheet(strings.lengths)
        reader.read(archive, part)
        reader.layout.hidden = sheet.get("state", "visible") != "visible"
        found[sheet["name"]] = reader.layout
    return found


def _part_of(sheet: Mapping[str, str], parts: Mapping[str, str]) -> str:
    """The part of the archive that holds a sheet."""
    identity = next((value for key, value in sheet.items() if key.rpartition(":")[2] == "id"), "")
    part = parts.get(identity, "").lstrip("/")
    return part if part.startswith("xl/") else f"xl/{part}"


class _Tables(_Reader):
    """Cells of all sheets of .ods."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        super().__init__()
        self.layouts: dict[str, SheetLayout] = {}
        self.layout = SheetLayout()
        self.row, self.rows, self.column, self.columns, self.value = 0, 1, 0, 1, False
        self.archive, self.before = archive, 0

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        plain = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if name == "table":
            self.layout = self.layouts.setdefault(plain.get("name", ""), SheetLayout())
            _refuse_many_sheets(self.archive, len(self.layouts))
            self.row = 0
        elif name == "table-row":
            self.rows, self.column = int(plain.get("number-rows-repeated", "1")), 0
        elif name in ("table-cell", "covered-table-cell"):
            self.columns = int(plain.get("number-columns-repeated", "1"))
            self.value, self.before = "value-type" in plain, self.seen

    def closed(self, name: str) -> None:
        if name == "table-row":
            self.row += self.rows
        elif name == "p" and self.text.strip():
            self.value = True
        elif name in ("table-cell", "covered-table-cell"):
            if self.value:
                self.layout.add(self.row, self.column)
                self.layout.add(self.row + self.rows - 1, self.column + self.columns - 1, self.rows * self.columns - 1)
                self.layout.signs += (self.seen - self.before) * self.rows * self.columns
            self.column += self.columns
            self.value = False


def _of_ods(archive: zipfile.ZipFile) -> dict[str, SheetLayout]:
    reader = _Tables(archive)
    reader.read(archive, "content.xml")
    return reader.layouts


def _of_xlsb(archive: zipfile.ZipFile, names: Collection[str]) -> dict[str, SheetLayout]:
    """Layouts of the sheets of .xlsb, by their parts of the archive."""
    binary = [name for name in names if re.fullmatch(r"xl/worksheets/[^/]+\.bin", name)]
    _refuse_many_sheets(archive, len(binary))
    shared = _lengths_of_binary(archive.read(SHARED_BINARY)) if SHARED_BINARY in names else []
    return {name: _of_binary(archive.read(name), shared) for name in sorted(binary)}


def _lengths_of_binary(content: bytes) -> list[int]:
    """Lengths of the texts that cells of .xlsb share: behind a byte of flags, in four bytes."""
    stream, lengths = io.BytesIO(content), list[int]()
    for identity, length in _records(lambda: stream.read(1)):
        start = stream.read(min(length, 5))
        stream.seek(length - len(start), io.SEEK_CUR)
        if identity == _SHARED_TEXT:
            lengths.append(int.from_bytes(start[1:], "little"))
    return lengths


def _of_binary(content: bytes, shared: Sequence[int]) -> SheetLayout:
    """The extent of a sheet of .xlsb: records of an identity, a length and a content."""
    layout, row = SheetLayout(), 0
    stream = io.BytesIO(content)
    for identity, length in _records(lambda: stream.read(1)):
        start = stream.read(min(length, 12))
        stream.seek(length - len(start), io.SEEK_CUR)
        first = int.from_bytes(start[:4], "little")
        if identity == 0:
            row = first
        elif identity in _CELL_RECORDS and identity != 1:
            layout.add(row, first)
            place = int.from_bytes(start[8:], "little")
            layout.signs += shared[place] if identity == _SHARED_CELL and place < len(shared) else 0
    return layout


def _records(byte: Callable[[], bytes]) -> Iterator[tuple[int, int]]:
    """Identity (up to two bytes) and length (up to four) of each record, seven bits a byte."""
    while first := byte():
        identity = first[0]
        if identity & 0x80:
            identity = (identity & 0x7F) | (byte() or b"\0")[0] << 7
        length = 0
        for shift in range(0, 28, 7):
            part = (byte() or b"\0")[0]
            length |= (part & 0x7F) << shift
            if not part & 0x80:
                break
        yield identity, length
