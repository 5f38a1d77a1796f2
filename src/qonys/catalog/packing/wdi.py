"""World Development Indicators: wide files of the World Bank, ``"Country Name","Country Code","Indicator Name",
"Indicator Code",1960,...``; in the download of one indicator four lines stand above the headings, and every row ends
with an empty cell.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from qonys.catalog.packing.published import Heading, Watch, heading, records, silent
from qonys.errors import BadInput

COUNTRY, INDICATOR = "Country Code", "Indicator Code"
SEARCHED = 20
_YEAR = re.compile(r"^(?:19|20)\d\d$")
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
    """What a file holds of the wanted countries; `updated` as the file states it; `left_out`: codes without a name."""

    rows: tuple[Economy, ...]
    updated: str
    left_out: tuple[str, ...]


def read_wdi(path: Path, countries: Collection[str], watch: Watch = silent) -> Economies:
    """Figures of the known indicators for `countries` (codes of three letters); an empty cell is no figure.

    Raises
    ------
    BadInput
        It is no such file, holds none of the known indicators, or a cell cannot be read.

    """
    lines = records(path, watch)
    found, updated = _heading(path, lines)
    years = [name for name in found.places if _YEAR.match(name)]
    rows: list[Economy] = []
    codes: set[str] = set()
    for row, cells in lines:
        if not any(cells):
            continue
        found.even(cells, row)
        code, country = found.cell(cells, INDICATOR), found.cell(cells, COUNTRY)
        codes.add(code)
        if code in INDICATORS and country in countries:
            for year in years:
                value = found.number(cells, row, year)
                if value is not None:
                    rows.append(Economy(int(year), country, code, value))
    if not codes & set(INDICATORS):
        raise BadInput("packing.wdi.no_indicator", path=path.name, known=", ".join(INDICATORS))
    return Economies(tuple(rows), updated, tuple(sorted(codes - set(INDICATORS))))


def _heading(path: Path, lines: Iterator[tuple[int, list[str]]]) -> tuple[Heading, str]:
    updated = ""
    for row, cells in lines:
        names = [cell.strip() for cell in cells]
        if COUNTRY in names or INDICATOR in names:
            found = heading(path.name, row, cells)
            found.require((COUNTRY, INDICATOR))
            if not any(map(_YEAR.match, found.places)):
                break
            return found, updated
        if names[:1] == ["Last Updated Date"] and len(names) > 1:
            updated = names[1]
        if row >= SEARCHED:
            break
    raise BadInput("packing.wdi.no_heading", path=path.name)
