"""World Development Indicators: wide files of the World Bank, one row for a country and indicator, a column a year.

Download of one indicator or of all: ``"Country Name","Country Code","Indicator Name","Indicator Code",1960,...``; in
the download of one indicator four lines stand above the headings, and every row ends with an empty cell. Selection of
the DataBank: ``Country Name,Country Code,Series Name,Series Code,"1990 [YR1990]",...``, the country and the series in
either order, ``..`` for no figure, and two lines below the figures that name the database and its date.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from qonys.catalog.packing.published import ALL_COUNTRIES, Heading, Watch, heading, number, records, silent
from qonys.errors import BadInput

COUNTRY = "Country Code"
INDICATOR, INDICATOR_NAME = "Indicator Code", "Indicator Name"
_BANKS = {"Series Code": INDICATOR, "Series Name": INDICATOR_NAME}
SEARCHED = 20
MISSING = ".."
_YEAR = re.compile(r"^((?:19|20)\d\d)(?: \[YR\1\])?$")
_PRICES = re.compile(r"constant (\d{4})")
_UPDATED = re.compile(r"^Last Updated: *(.+)$")
INDICATORS: dict[str, tuple[str, str]] = {
    "SP.POP.TOTL": ("population_mid_year", "persons"),
    "SP.POP.DPND": ("age_dependency_ratio", "per_100_working_age"),
    "SP.DYN.CBRT.IN": ("crude_birth_rate", "per_1000"),
    "SM.POP.NETM": ("net_migration", "persons"),
    "SP.URB.TOTL.IN.ZS": ("urban_population_share", "percent"),
    "NY.GDP.MKTP.CD": ("gdp", "current_usd"),
    "NY.GDP.PCAP.PP.KD": ("gdp_per_capita_ppp", "constant_2021_intl_usd"),
    "SL.UEM.TOTL.ZS": ("unemployment_rate", "percent_of_labour_force"),
    "FP.CPI.TOTL.ZG": ("inflation_cpi", "percent_per_year"),
    "BX.KLT.DINV.CD.WD": ("fdi_net_inflows", "current_usd"),
    "BM.KLT.DINV.CD.WD": ("fdi_net_outflows", "current_usd"),
    "BX.TRF.PWKR.CD.DT": ("remittances_received", "current_usd"),
    "BM.TRF.PWKR.CD.DT": ("remittances_paid", "current_usd"),
    "PV.EST": ("political_stability", "std_dev"),
}
"""Indicators that the pack has a name for: code of the World Bank -> indicator and unit of the pack."""


@dataclass(frozen=True)
class Economy:
    """One figure of a country and year; `code` is the World Bank's."""

    year: int
    country: str
    code: str
    value: Decimal


@dataclass(frozen=True)
class Economies:
    """What a file holds of the wanted countries.

    `updated`: the year of the edition, as far as the file states it. `left_out`: codes without a name here.
    `other_prices`: code -> year of the prices in which the file states it, other than the pack's; not taken.
    `countries`: how many countries and groups of countries the file has.
    """

    rows: tuple[Economy, ...]
    updated: str
    left_out: tuple[str, ...]
    other_prices: Mapping[str, str]
    countries: int

    @property
    def world(self) -> bool:
        """Whether this is a file for all countries."""
        return self.countries >= ALL_COUNTRIES


def read_wdi(path: Path, countries: Collection[str], watch: Watch = silent) -> Economies:
    """Figures of the known indicators for `countries` (codes of three letters); an empty cell is no figure.

    An indicator in constant prices is taken only in the prices of the pack's unit: the name of the indicator says
    which year's they are, and they change from edition to edition.

    Raises
    ------
    BadInput
        It is no such file, holds none of the known indicators, or a cell cannot be read.

    """
    lines = records(path, watch)
    found, updated = _heading(path, lines)
    rows: list[Economy] = []
    codes: set[str] = set()
    seen: set[str] = set()
    prices: dict[str, str] = {}
    for row, cells in lines:
        if not any(cells):
            continue
        said = _UPDATED.match(cells[0].strip())
        if said or (found.bank and cells[0].startswith("Data from database")):
            updated = _year_of(said.group(1)) if said else updated
            continue
        found.heading.even(cells, row)
        code, country = found.heading.cell(cells, INDICATOR), found.heading.cell(cells, COUNTRY)
        codes.add(code)
        seen.add(country)
        if code not in INDICATORS or country not in countries:
            continue
        other = _other_prices(found.heading, cells, code)
        if other:
            prices[code] = other
        else:
            rows += _figures(found, (row, cells), code, country)
    if not codes & set(INDICATORS):
        raise BadInput("packing.wdi.no_indicator", path=path.name, known=", ".join(INDICATORS))
    return Economies(tuple(rows), updated, tuple(sorted(codes - set(INDICATORS))), prices, len(seen))


@dataclass(frozen=True)
class _Columns:
    """Where the columns stand; `years`: year -> heading; `bank`: a selection of the DataBank."""

    heading: Heading
    years: Mapping[int, str]
    bank: bool


def _figures(found: _Columns, line: tuple[int, Sequence[str]], code: str, country: str) -> Iterator[Economy]:
    """The figures of one row."""
    row, cells = line
    for year, name in found.years.items():
        text = found.heading.cell(cells, name)
        if found.bank and text == MISSING:
            continue
        value = number(text, (found.heading.shown, row, str(year)))
        if value is not None:
            yield Economy(year, country, code, value)


def _other_prices(found: Heading, cells: Sequence[str], code: str) -> str:
    """The year of the prices that the name of an indicator states, where the pack's unit has another; else nothing."""
    if INDICATOR_NAME not in found.places:
        return ""
    said = _PRICES.search(found.cell(cells, INDICATOR_NAME))
    held = re.search(r"constant_(\d{4})", INDICATORS[code][1])
    return said.group(1) if said and held and said.group(1) != held.group(1) else ""


def _heading(path: Path, lines: Iterator[tuple[int, list[str]]]) -> tuple[_Columns, str]:
    updated = ""
    for row, cells in lines:
        names = [_BANKS.get(cell.strip(), cell.strip()) for cell in cells]
        if COUNTRY in names or INDICATOR in names:
            found = heading(path.name, row, names)
            found.require((COUNTRY, INDICATOR))
            years = {int(match.group(1)): name for name in found.places if (match := _YEAR.match(name))}
            if not years:
                break
            return _Columns(found, years, bank=any("[YR" in name for name in years.values())), updated
        if names[:1] == ["Last Updated Date"] and len(names) > 1:
            updated = _year_of(names[1])
        if row >= SEARCHED:
            break
    raise BadInput("packing.wdi.no_heading", path=path.name)


def _year_of(date: str) -> str:
    """The year of a date, written first (2025-01-28) or last (01/28/2025)."""
    found = re.search(r"\d{4}", date)
    return found.group() if found else ""
