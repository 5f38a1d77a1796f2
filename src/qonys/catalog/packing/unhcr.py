"""Refugee Data Finder of UNHCR: ``population.csv`` as downloaded, and the table that the interface for programs gives.

Download: ``Year, "Country of origin", "Country of origin (ISO)", "Country of asylum", "Country of asylum (ISO)",
"Refugees under UNHCR's mandate", Asylum-seekers, "Returned refugees", "IDPs of concern to UNHCR", "Returned IDPss",
"Stateless persons", "Others of concern", "Other people in need of international protection", "Host Community"``; older
ones have 14 lines above the headings. Interface: ``year, coo_iso, coo_name, coa_iso, coa_name, refugees,
asylum_seekers, returned_refugees, idps, returned_idps, stateless, ooc, oip, hst``. A row whose origin or asylum is
``-`` sums over countries; an origin that is not known has no code in the download, only its name, ``Unknown``. A row
holds all types, so 0 only says that a type is absent from the pair.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from qonys.catalog.packing.published import (
    ALL_COUNTRIES,
    Heading,
    Watch,
    heading,
    number,
    plain,
    records,
    silent,
    whole,
)
from qonys.catalog.packing.territories import OTHER, STATELESS
from qonys.errors import BadInput

YEAR = "year"
ORIGIN, ASYLUM = ("countryoforiginiso", "cooiso"), ("countryofasylumiso", "coaiso")
NAMES = {"origin": ("countryoforigin", "cooname"), "asylum": ("countryofasylum", "coaname")}
TYPES = {
    "refugee": ("refugeesunderunhcrsmandate", "refugees"),
    "asylum": ("asylumseekers",),
    "refugee return": ("returnedrefugees",),
    "idp": ("idpsofconcerntounhcr", "idps"),
    "idp return": ("returnedidpss", "returnedidps"),
    "stateless": ("statelesspersons", "stateless"),
    "other": ("othersofconcern", "ooc"),
    "in need of protection": ("otherpeopleinneedofinternationalprotection", "oip"),
    "host": ("hostcommunity", "hst"),
}
SEARCHED = 40
SUMS = frozenset({"", "-", "–"})
HIDDEN = "*"
_SPECIAL = {"XXA": STATELESS, "STA": STATELESS, "UNK": OTHER, "UKN": OTHER, "XXX": OTHER, "VAR": OTHER}
_NAMED = {"unknown": OTHER, "various": OTHER, "variousunknown": OTHER, "stateless": STATELESS}


@dataclass(frozen=True)
class Displaced:
    """Persons of one type from `origin` in `asylum` at the end of a year; codes of three letters."""

    year: int
    origin: str
    asylum: str
    type: str
    persons: Decimal


@dataclass(frozen=True)
class Refugees:
    """What a file holds of one country.

    `names`: code -> name as published; `sums`: rows over all countries, not taken; `hidden`: cells that the source
    hides because they are small. No rows: the file is for all countries and has none of this one.
    """

    rows: tuple[Displaced, ...]
    names: dict[str, str]
    sums: int
    hidden: int


def read_unhcr(path: Path, country: str, watch: Watch = silent) -> Refugees:
    """Rows whose origin or asylum is `country` (code of three letters).

    Raises
    ------
    BadInput
        It is no such file, its rows only sum over countries, or a cell cannot be read.

    """
    lines = records(path, watch)
    found = _heading(path, lines)
    origin, asylum = _one(found, ORIGIN), _one(found, ASYLUM)
    kinds = {kind: name for kind, names in TYPES.items() for name in names if name in found.places}
    persons: dict[tuple[int, str, str, str], Decimal] = {}
    names: dict[str, str] = {}
    seen: set[str] = set()
    sums = hidden = 0
    for row, cells in lines:
        if not any(cells):
            continue
        found.even(cells, row)
        named = [_named(found, cells, side) for side in NAMES]
        ends = [_code(found.cell(cells, place), name) for place, name in zip((origin, asylum), named, strict=True)]
        seen.update(ends)
        if country not in ends:
            continue
        if SUMS & set(ends):
            sums += 1
            continue
        names = dict(zip(ends, named, strict=True)) | names
        year = whole(found.cell(cells, YEAR), (path.name, row, "Year"))
        taken, small = _persons(found, (row, cells), kinds)
        for kind, value in taken:
            key = (year, ends[0], ends[1], kind)
            persons[key] = persons.get(key, Decimal(0)) + value
        hidden += small
    if not persons and (sums or len(seen) < ALL_COUNTRIES):
        raise BadInput("packing.unhcr.only_sums" if sums else "packing.unhcr.no_rows", path=path.name, country=country)
    return Refugees(tuple(Displaced(*key, value) for key, value in persons.items()), names, sums, hidden)


def _named(found: Heading, cells: Sequence[str], side: str) -> str:
    """The published name of one end of a row."""
    return next((found.cell(cells, name) for name in NAMES[side] if name in found.places), "")


def _code(given: str, named: str) -> str:
    """The code of one end of a row; one of the `SUMS` where the row sums over countries."""
    code = given.upper()
    return _SPECIAL.get(code, code) if code else _NAMED.get(plain(named), code)


def _heading(path: Path, lines: Iterator[tuple[int, list[str]]]) -> Heading:
    """The headings, within the first lines."""
    for row, cells in lines:
        names = {plain(cell) for cell in cells}
        if YEAR in names and names & set(ASYLUM) and names & set(ORIGIN):
            found = heading(path.name, row, cells, plain)
            if not any(name in found.places for known in TYPES.values() for name in known):
                break
            return found
        if row >= SEARCHED:
            break
    raise BadInput("packing.unhcr.no_heading", path=path.name)


def _one(found: Heading, names: Sequence[str]) -> str:
    return next(name for name in names if name in found.places)


def _persons(
    found: Heading, line: tuple[int, Sequence[str]], kinds: dict[str, str]
) -> tuple[list[tuple[str, Decimal]], int]:
    """Types with persons in a row, and how many cells are hidden."""
    row, cells = line
    taken, hidden = [], 0
    for kind, name in kinds.items():
        text = found.cell(cells, name)
        if text == HIDDEN:
            hidden += 1
        elif text not in SUMS:
            value = number(text, (found.shown, row, name), 0)
            if value:
                taken.append((kind, value))
    return taken, hidden
