"""Rows of the pack's tables from what was read: yearly series, projection, partners, stocks, refugees, economy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from qonys.catalog.packing.desa import Stocks
from qonys.catalog.packing.periods import LENGTH, Row, mid_year_mean, period_row, whole_periods
from qonys.catalog.packing.published import written
from qonys.catalog.packing.unhcr import Refugees
from qonys.catalog.packing.wdi import INDICATORS, Economies
from qonys.catalog.packing.wpp import JANUARY, Figure, Readings
from qonys.errors import BadInput

MEDIAN = "median"
NAMES: dict[str, tuple[str, str, int]] = {
    JANUARY: ("population_1_january", "persons", 1000),
    "TPopulation1July": ("mid_year_population", "persons", 1000),
    "PopGrowthRate": ("population_growth_rate", "percent", 1),
    "NatChange": ("natural_increase", "persons", 1000),
    "Births": ("births", "persons", 1000),
    "CBR": ("crude_birth_rate", "per_1000", 1),
    "TFR": ("total_fertility_rate", "children_per_woman", 1),
    "Deaths": ("deaths", "persons", 1000),
    "CDR": ("crude_death_rate", "per_1000", 1),
    "LEx": ("life_expectancy_both", "years", 1),
    "LExMale": ("life_expectancy_male", "years", 1),
    "LExFemale": ("life_expectancy_female", "years", 1),
    "NetMigrations": ("net_migration", "persons", 1000),
    "CNMR": ("crude_net_migration_rate", "per_1000", 1),
    "MedianAgePop": ("median_age", "years", 1),
    "MAC": ("mean_age_childbearing", "years", 1),
    "IMR": ("infant_mortality_rate", "per_1000_births", 1),
    "Q5": ("under5_mortality", "per_1000_births", 1),
}
"""Headings of the demographic indicators: indicator of the pack, its unit, and what the published number is times."""
PARTNERS = ("TPopulation1July", "Births", "Deaths", "TFR", "LEx", "NetMigrations")
YEAR_END = "1 January of the next year"
START = "start of the projection"
_FLAGS = (("based_on_birthplace", "B"), ("based_on_citizenship", "C"), ("includes_refugees", "R"), ("imputed", "I"))


def _row(year: int, figure: Figure, heading: str, status: str) -> Row:
    indicator, unit, times = NAMES[heading]
    return {
        "year": str(year), "indicator": indicator, "value": written(figure.value * times), "unit": unit,
        "status": status, "source": figure.source, "note": "",
    }  # fmt: skip


def yearly(readings: Readings, country: str, variant: str = MEDIAN) -> dict[int, dict[str, Figure]]:
    """Figures of one country and variant by year."""
    return {
        year: figures
        for (place, held, year), figures in sorted(readings.indicators.items())
        if place == country and held == variant
    }


def refuse_gaps(years: Sequence[int], path: str, country: str) -> None:
    """Refuse a series that lacks a year between its first and last.

    Raises
    ------
    BadInput
        Names the file and the first year that is missing.

    """
    missing = next((year for year in range(years[0], years[-1]) if year not in years), None)
    if missing is not None:
        raise BadInput("packing.wpp.gap", path=path, year=missing, country=country)


def national_rows(readings: Readings, country: str, first_projected: int) -> list[Row]:
    """Rows of `national`: the estimated years, and the population on 1 January from which the projection starts."""
    rows = []
    for year, figures in yearly(readings, country).items():
        for heading in NAMES:
            if heading in figures and year < first_projected:
                rows.append(_row(year, figures[heading], heading, "estimate"))
            elif heading == JANUARY and year == first_projected and heading in figures:
                rows.append({**_row(year, figures[heading], heading, "estimate"), "note": START})
    return rows


def projection_rows(readings: Readings, country: str, first_projected: int) -> list[Row]:
    """Rows of `projection_un`: projected years of all variants; `population` stands at the end of its year."""
    rows: list[Row] = []
    for variant in sorted({held for place, held, _ in readings.indicators if place == country}):
        for year, figures in yearly(readings, country, variant).items():
            made: list[Row] = []
            if year >= first_projected:
                names = [name for name in NAMES if name in figures and name != JANUARY]
                made = [_row(year, figures[name], name, "projection") for name in names]
            if year > first_projected and JANUARY in figures:
                end = _row(year - 1, figures[JANUARY], JANUARY, "projection")
                made.append({**end, "indicator": "population", "note": YEAR_END})
            rows += [{**row, "variant": variant} for row in made]
    return rows


def sex_ratio_rows(readings: Readings, country: str, first_projected: int) -> list[Row]:
    """Rows of `sex_ratio_birth`: boys per girl in five-year periods."""
    known = {year: figures["SRB"] for year, figures in yearly(readings, country).items() if "SRB" in figures}
    return [
        {
            **period_row(start, first_projected, known),
            "value": written(mid_year_mean({year: known[year].value for year in _span(start)}, start) / 100),
            "unit": "males_per_female",
        }
        for start in whole_periods(set(known))
    ]


def _span(start: int) -> range:
    return range(start, start + LENGTH + 1)


def partner_rows(
    readings: Readings, countries: Iterable[str], first_projected: int, working: Mapping[str, Mapping[int, Decimal]]
) -> list[Row]:
    """Rows of `partners_wpp`: estimated years of the country itself and its partners.

    `working`: country -> year -> persons aged 15 to 64, thousands; their source is that of the ages.
    """
    rows = []
    for country in countries:
        for year, figures in yearly(readings, country).items():
            if year < first_projected:
                names = [name for name in PARTNERS if name in figures]
                rows += [{**_row(year, figures[name], name, "estimate"), "country": country} for name in names]
        source = _age_source(readings, country)
        rows += [
            {
                "year": str(year), "country": country, "indicator": "population_15_64", "unit": "persons",
                "value": written(value * 1000), "status": "estimate", "source": source, "note": "",
            }
            for year, value in working.get(country, {}).items()
            if year < first_projected
        ]  # fmt: skip
    return rows


def _age_source(readings: Readings, country: str) -> str:
    """Source of the first age read of a country."""
    years = readings.ages.get(("july", country)) or readings.ages.get(("january", country)) or {}
    return next((figure.source for ages in years.values() for figure in ages.values()), "")


def largest_partners(stocks: Stocks, country: str, known: Iterable[str], count: int) -> tuple[str, ...]:
    """Countries with the most migrants to and from `country` together in the last year, the largest first."""
    last = max(item.year for item in stocks.rows)
    sums: dict[str, Decimal] = dict.fromkeys((code for code in known if code != country), Decimal(0))
    for item in stocks.rows:
        if item.year == last and country in (item.origin, item.destination):
            other = item.destination if item.origin == country else item.origin
            if other in sums:
                sums[other] += item.persons
    ordered = sorted((code for code in sums if sums[code]), key=lambda code: (-sums[code], code))
    return tuple(ordered[:count])


def stock_rows(stocks: Stocks, country: str, source: str) -> list[Row]:
    """Rows of `migrant_stock`: persons born in the country and living abroad, and the reverse."""
    return [
        {
            "year": str(item.year), "sex": item.sex, "origin": item.origin, "destination": item.destination,
            "direction": "emigrant_stock" if item.origin == country else "immigrant_stock",
            **{column: ("1" if letter in item.type else "0") if item.type else "" for column, letter in _FLAGS},
            "revision": str(stocks.revision), "value": written(item.persons), "unit": "persons",
            "status": "estimate", "source": source, "note": "",
        }
        for item in stocks.rows
        if country in (item.origin, item.destination) and item.origin != item.destination
    ]  # fmt: skip


def partner_stock_rows(stocks: Stocks, partners: Iterable[str], source: str) -> list[Row]:
    """Rows of `partners_stock`: stocks between the partners."""
    chosen = set(partners)
    return [
        {
            "year": str(item.year), "origin": item.origin, "destination": item.destination, "sex": item.sex,
            "value": written(item.persons), "unit": "persons", "status": "estimate", "source": source, "note": "",
        }
        for item in stocks.rows
        if item.origin in chosen and item.destination in chosen and item.origin != item.destination
    ]  # fmt: skip


def refugee_rows(found: Refugees, country: str, source: str) -> list[Row]:
    """Rows of `refugees`; a pair inside the country (displaced at home) counts as hosted."""
    return [
        {
            "year": str(item.year), "direction": "hosted" if item.asylum == country else "originating",
            "origin": item.origin, "asylum": item.asylum, "population_type": item.type,
            "value": written(item.persons), "unit": "persons", "status": "official", "source": source, "note": "",
        }
        for item in found.rows
    ]  # fmt: skip


def economy_rows(found: Economies, countries: Iterable[str], source: str) -> list[Row]:
    """Rows of `economy_national` or `partners_wdi`."""
    chosen = set(countries)
    return [
        {
            "year": str(item.year), "country": item.country, "indicator": INDICATORS[item.code][0],
            "source_code": item.code, "value": written(item.value), "unit": INDICATORS[item.code][1],
            "status": "estimate", "source": source, "note": "",
        }
        for item in found.rows
        if item.country in chosen
    ]  # fmt: skip
