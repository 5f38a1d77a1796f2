"""International Migrant Stock: the workbook "by sex, destination and origin" of the United Nations.

Sheet ``Table 1``; the headings stand below some lines of title, in row 11 of the 2024 revision. Each year stands three
times under the same heading: both sexes, men, women; which is which is read from the line above the headings, else
taken in the published order, and in either case held against the sum of men and women. ``..`` means no figure. The
letters of ``Data type`` (``Type of data of destination`` in the revision of 2020): B born abroad, C foreign citizens, R
refugees added, I imputed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from qonys.catalog.packing.published import GZIP, ZIP, checked, heading, number, plain, whole
from qonys.catalog.packing.territories import of_number
from qonys.errors import BadInput

SHEET = "Table 1"
DESTINATION, ORIGIN, TYPE = "locationcodeofdestination", "locationcodeoforigin", "datatype"
OLDER = {"typeofdataofdestination": TYPE}
_NAMED = {
    DESTINATION: "Location code of destination", ORIGIN: "Location code of origin", TYPE: "Data type",
}  # fmt: skip
MISSING = frozenset({"", "..", "...", "-", "–"})
ORDER = ("both", "male", "female")
SEARCHED, ABOVE = 40, 3
ROUNDING = 2
_SPACED = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d)")
_YEAR = re.compile(r"^(?:19|20)\d\d$")


@dataclass(frozen=True)
class Stock:
    """Persons from `origin` who live in `destination` in a year, of one sex; `type` are the letters of the source."""

    year: int
    origin: str
    destination: str
    sex: str
    type: str
    persons: Decimal


@dataclass(frozen=True)
class Stocks:
    """All stocks between countries, and the revision that the workbook states."""

    revision: int
    rows: tuple[Stock, ...]
    aggregates: int

    def countries(self) -> frozenset[str]:
        """Codes of all origins and destinations."""
        return frozenset(code for item in self.rows for code in (item.origin, item.destination))


def read_desa(path: Path) -> Stocks:
    """Stocks between countries from the workbook; rows of regions and of the world are counted, not read.

    Raises
    ------
    BadInput
        It is not this workbook, or a row or column of it cannot be read.

    """
    sheet = _sheet(path)
    place = next((row for row, cells in enumerate(sheet[:SEARCHED]) if DESTINATION in map(plain, cells)), None)
    if place is None:
        raise BadInput("packing.desa.no_heading", path=path.name, sheet=SHEET, column=_NAMED[DESTINATION])
    named = [OLDER.get(plain(cell), plain(cell)) for cell in sheet[place]]
    found = heading(path.name, place + 1, [name if name in _NAMED else "" for name in named])
    missing = ", ".join(f"“{written}”" for name, written in _NAMED.items() if name not in found.places)
    if missing:
        raise BadInput("packing.heading.missing", path=path.name, row=place + 1, columns=missing)
    columns = _columns(path, sheet, place)
    rows, aggregates = [], 0
    for index, cells in enumerate(sheet[place + 1 :], start=place + 2):
        ends = _ends(path, cells, index, found.places)
        if ends is None:
            aggregates += any(cells)
        else:
            rows += _stocks(path, (index, cells), (*ends, cells[found.places[TYPE]].strip()), columns)
    if not rows:
        raise BadInput("packing.desa.no_rows", path=path.name, sheet=SHEET)
    return Stocks(_revision(path, sheet[:place], columns), tuple(rows), aggregates)


def _sheet(path: Path) -> list[list[str]]:
    """Cells of the sheet as texts."""
    with checked(path).open("rb") as file:
        head = file.read(4)
    if not head.startswith(ZIP):
        raise BadInput("packing.desa.no_workbook", path=path.name, packed="gzip" if head.startswith(GZIP) else "–")
    try:
        import fastexcel
    except ImportError:
        raise BadInput("catalog.add.no_excel_reader", path=path.name) from None
    try:
        book = fastexcel.read_excel(path)
        if SHEET not in book.sheet_names:
            raise BadInput("catalog.add.no_sheet", path=path.name, sheet=SHEET, known=", ".join(book.sheet_names))
        frame = book.load_sheet(SHEET, header_row=None, dtypes="string", skip_rows=0).to_polars()
    except fastexcel.FastExcelError:
        raise BadInput("packing.file.damaged", path=path.name) from None
    return [[_text(cell) for cell in row] for row in frame.rows()]


def _text(cell: str | None) -> str:
    """A cell's text; a whole number without the ``.0`` that some writers give it."""
    return "" if cell is None else re.sub(r"^(-?\d+)\.0$", r"\1", cell.strip())


def _columns(path: Path, sheet: Sequence[Sequence[str]], place: int) -> dict[tuple[int, str], int]:
    """Columns of the figures: (year, sex) -> column."""
    years = [(column, int(text)) for column, text in enumerate(sheet[place]) if _YEAR.match(text)]
    blocks: list[list[tuple[int, int]]] = []
    for column, year in years:
        if not blocks or year <= blocks[-1][-1][1]:
            blocks.append([])
        blocks[-1].append((column, year))
    if len(blocks) != len(ORDER) or len({tuple(year for _, year in block) for block in blocks}) != 1:
        raise BadInput("packing.desa.blocks", path=path.name, row=place + 1, found=len(blocks))
    names = [_named(sheet, place, block[0][0]) for block in blocks]
    order = names if sorted(filter(None, names)) == sorted(ORDER) else list(ORDER)
    return {(year, str(sex)): column for sex, block in zip(order, blocks, strict=True) for column, year in block}


def _named(sheet: Sequence[Sequence[str]], place: int, column: int) -> str | None:
    """The sex that a line above the headings names over the first column of a block."""
    for row in range(place - 1, max(place - 1 - ABOVE, -1), -1):
        text = plain(sheet[row][column]) if column < len(sheet[row]) else ""
        sex = "both" if "both" in text else "female" if "female" in text else "male" if "male" in text else None
        if sex is not None:
            return sex
    return None


def _ends(path: Path, cells: Sequence[str], row: int, places: Mapping[str, int]) -> tuple[str, str] | None:
    """Origin and destination of a row; None when one of them is a region, a group or the world."""
    codes = []
    for column in (ORIGIN, DESTINATION):
        text = cells[places[column]].strip()
        if not text:
            return None
        codes.append(of_number(whole(text, (path.name, row, _NAMED[column]))))
    origin, destination = codes
    return None if origin is None or destination is None else (origin, destination)


def _stocks(
    path: Path, line: tuple[int, Sequence[str]], about: tuple[str, str, str], columns: dict[tuple[int, str], int]
) -> list[Stock]:
    """The stocks of men and women of one row; a sum that does not hold is refused."""
    row, cells = line
    origin, destination, kind = about
    found: dict[tuple[int, str], Decimal] = {}
    for (year, sex), column in columns.items():
        text = cells[column].strip()
        if text not in MISSING:
            value = number(_SPACED.sub("", text), (path.name, row, f"{year}, {sex}"), 0)
            found[year, sex] = Decimal(0) if value is None else value
    for year in sorted({year for year, _ in found}):
        three = [found[year, sex] for sex in ORDER if (year, sex) in found]
        if len(three) == len(ORDER) and abs(three[0] - three[1] - three[2]) > ROUNDING:
            values = dict(zip(ORDER, three, strict=True))
            raise BadInput("packing.desa.sum", path=path.name, row=row, year=year, **values)
    return [
        Stock(year, origin, destination, sex, kind, value)
        for (year, sex), value in sorted(found.items())
        if sex != "both"
    ]


def _revision(path: Path, title: Sequence[Sequence[str]], columns: dict[tuple[int, str], int]) -> int:
    """The revision stated by the title, else by the file's name, else the last year."""
    said = " ".join(cell for row in title for cell in row if cell)
    for text, pattern in ((said, r"Migrant Stock (\d{4})"), (path.name, r"undesa_pd_(\d{4})")):
        found = re.search(pattern, text, re.IGNORECASE)
        if found:
            return int(found.group(1))
    return max(year for year, _ in columns)
