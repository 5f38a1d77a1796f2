"""Reading of all given files of one country, and the tables that they make together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qonys.catalog.digest import file_digest
from qonys.catalog.packing import ages, tables
from qonys.catalog.packing.desa import Stocks, read_desa
from qonys.catalog.packing.periods import Row
from qonys.catalog.packing.published import ALL_COUNTRIES, Watch, checked, plain, silent
from qonys.catalog.packing.territories import similar
from qonys.catalog.packing.unhcr import read_unhcr
from qonys.catalog.packing.wdi import INDICATORS, read_wdi
from qonys.catalog.packing.wpp import (
    MEDIUM,
    Readings,
    countries_of,
    first_projected,
    is_medium,
    read_wpp,
    recognised,
    revision_of,
)
from qonys.catalog.rules.findings import Finding
from qonys.errors import BadInput

MOST_PARTNERS = 20
NATIONS = "United Nations, Population Division"
_ORIGINS = {
    "wpp": (NATIONS, "CC BY 3.0 IGO", "https://population.un.org/wpp/"),
    "desa": (NATIONS, "CC BY 3.0 IGO", "https://www.un.org/development/desa/pd/content/international-migrant-stock"),
    "unhcr": ("UNHCR", "CC BY 4.0", "https://www.unhcr.org/refugee-statistics/"),
    "wdi": ("World Bank", "CC BY 4.0", "https://databank.worldbank.org/source/world-development-indicators"),
}


@dataclass(frozen=True)
class Published:
    """The files a person gives: World Population Prospects, migrant stock, refugees, development indicators.

    `projected_from`: first projected year of a revision of World Population Prospects that is not known here.
    """

    wpp: tuple[Path, ...]
    desa: Path | None = None
    unhcr: tuple[Path, ...] = ()
    wdi: tuple[Path, ...] = ()
    projected_from: int | None = None

    def all(self) -> tuple[Path, ...]:
        """All of them in one row."""
        return (*self.wpp, *((self.desa,) if self.desa else ()), *self.unhcr, *self.wdi)


class NotInFile(BadInput):
    """A country that a file of World Population Prospects does not hold; names those of its countries most like it."""

    def __init__(self, path: str, country: str, known: Sequence[str]) -> None:
        super().__init__("packing.country.absent", path=path, country=country, count=len(known))
        self.known = tuple(known)

    def sentence(self, language: str = "en") -> str:
        """What is missing, and the countries of the file most like it, named in `language`."""
        said = super().sentence(language)
        return f"{said} {similar(str(self.values['country']), language, self.known)}".strip()


@dataclass
class Gathered:
    """What the files hold of the country.

    `tables`: rows by table. `sources`: one row a file. `names`: names of countries as published. `january`: mid-year
    ages were made from populations of 1 January. `remarks`: what was left out and why.
    """

    tables: dict[str, list[Row]] = field(default_factory=dict)
    sources: list[Row] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    partners: tuple[str, ...] = ()
    january: bool = False
    first_projected: int = 0
    remarks: tuple[Finding, ...] = ()

    def remark(self, key: str, **values: object) -> None:
        """Add a remark for the person."""
        self.remarks = (*self.remarks, Finding(key, values))

    def put(self, table: str, rows: list[Row]) -> None:
        """Add rows to a table; a table without rows is not made."""
        if rows:
            self.tables.setdefault(table, []).extend(rows)

    def source(self, kind: str, path: Path, name: str, title: str, year: object) -> str:
        """Enter a file among the sources; gives its id, which no other file has."""
        taken = {row["id"] for row in self.sources}
        own = name if name not in taken else f"{name}_{plain(path.name.split('.')[0])}"
        publisher, licence, address = _ORIGINS[kind]
        self.sources.append({
            "id": own, "title": title, "publisher": publisher, "year": str(year), "licence": licence,
            "licence_class": "attribution", "address": address, "accessed": "", "file": path.name,
            "sha256": file_digest(path),
        })  # fmt: skip
        return own


def gather(country: str, files: Published, partners: Sequence[str] = (), watch: Watch = silent) -> Gathered:
    """Everything that the files say of a country (code of three letters) and its partners.

    Raises
    ------
    BadInput
        A file that cannot be used; the sentence names the file and, where there is one, the row and column.

    """
    for path in files.all():
        checked(path)
    _refuse_repeated(files.all())
    found = Gathered()
    stocks = read_desa(files.desa) if files.desa else None
    _wpp(found, country, files, stocks, partners, watch)
    if stocks is not None and files.desa is not None:
        _stocks(found, country, files.desa, stocks)
    for path in files.unhcr:
        _refugees(found, country, path, watch)
    for path in files.wdi:
        _economy(found, country, path, watch)
    return found


def _refuse_repeated(paths: Sequence[Path]) -> None:
    seen: dict[Path, Path] = {}
    for path in paths:
        if path.resolve() in seen:
            raise BadInput("packing.file.twice", path=path.name)
        seen[path.resolve()] = path


def _wpp(
    found: Gathered, country: str, files: Published, stocks: Stocks | None, partners: Sequence[str], watch: Watch
) -> None:
    """Tables from World Population Prospects."""
    revision = _one_revision(files.wpp)
    found.first_projected = first = first_projected(revision, files.projected_from)
    kinds = {path: recognised(path)[0].name for path in files.wpp}
    leading = sorted((path for path in kinds if kinds[path] == "indicators"), key=lambda path: not is_medium(path))
    if not leading:
        raise BadInput("packing.wpp.no_indicators", revision=revision, found=", ".join(path.name for path in files.wpp))
    known = countries_of(leading[0], watch)
    if country not in known:
        _not_in(leading[0], country, tuple(known))
    found.partners = _partners(country, known, stocks, partners, leading[0])
    readings = Readings()
    for path in sorted(kinds, key=lambda item: kinds[item] != "indicators"):
        main = path == leading[0]
        name = f"wpp{revision}" if main else path.name.split(".")[0].lower().replace("-", "_")
        title = f"World Population Prospects {revision}" + ("" if main else f", {path.name.split('.')[0]}")
        read_wpp(
            path, found.source("wpp", path, name, title, revision), readings, (country, *found.partners), first, watch
        )
    own = tables.yearly(readings, country)
    if not any(year < first for year in own):
        raise BadInput("packing.wpp.no_medium", path=leading[0].name, country=country, variant=MEDIUM, year=first)
    tables.refuse_gaps(list(own), leading[0].name, country)
    for variant, count in readings.left_out.items():
        found.remark("packing.remark.variant", variant=variant, count=count)
    _yearly(found, country, readings, first)
    _by_age(found, country, readings, first)


def _yearly(found: Gathered, country: str, readings: Readings, first: int) -> None:
    found.put("national", tables.national_rows(readings, country, first))
    found.put("projection_un", tables.projection_rows(readings, country, first))
    found.put("sex_ratio_birth", tables.sex_ratio_rows(readings, country, first))


def _by_age(found: Gathered, country: str, readings: Readings, first: int) -> None:
    people, found.january = ages.population(readings, country)
    rows = ages.population_rows(people, found.january, first)
    found.put("population_age_sex", [row for row in rows if row["status"] == "estimate"])
    found.put("population_age_sex_projection", [row for row in rows if row["status"] != "estimate"])
    places = (country, *found.partners)
    working = {place: ages.working_age(ages.population(readings, place)[0]) for place in places}
    found.put("partners_wpp", tables.partner_rows(readings, places, first, working))
    if readings.life:
        found.put("mortality_age", ages.mortality_rows(readings, first))
        _say_rest(found, "mortality_age", {year for year, *_ in readings.life})
    if readings.fertility:
        found.put("fertility_age", ages.fertility_rows(readings, first))
        _say_rest(found, "fertility_age", {year for year, *_ in readings.fertility})
    needed = {"population_age_sex": "PopulationByAge5GroupSex", "mortality_age": "Life_Table_Abridged"}
    for table, file in (needed | {"fertility_age": "Fertility_by_Age5"}).items():
        if table not in found.tables:
            found.remark("packing.remark.no_table", table=table, file=file)


def _say_rest(found: Gathered, table: str, years: set[int]) -> None:
    """Say which years make no whole period of five."""
    ends = [int(row["year_end"]) for row in found.tables.get(table, ())]
    starts = [int(row["year_start"]) for row in found.tables.get(table, ())]
    rest = sorted(year for year in years if not ends or year > max(ends) or year < min(starts))
    if rest:
        found.remark("packing.remark.rest", table=table, first=rest[0], last=rest[-1])


def _one_revision(paths: Sequence[Path]) -> int:
    revisions = {path: revision_of(path) for path in paths}
    first = next(iter(revisions))
    other = next((path for path in revisions if revisions[path] != revisions[first]), None)
    if other is not None:
        raise BadInput("packing.wpp.revisions", path=first.name, other=other.name)
    return revisions[first]


def _not_in(path: Path, country: str, known: tuple[str, ...]) -> None:
    raise NotInFile(path.name, country, known)


def _partners(
    country: str, known: dict[str, str], stocks: Stocks | None, given: Sequence[str], path: Path
) -> tuple[str, ...]:
    """Partner countries: those given, else by stocks, else of the same subregion."""
    for code in given:
        if code not in known:
            _not_in(path, code, tuple(known))
    if given:
        return tuple(code for code in dict.fromkeys(given) if code != country)
    largest = tables.largest_partners(stocks, country, known, MOST_PARTNERS) if stocks is not None else ()
    if largest:
        return largest
    region = known[country]
    return tuple(sorted(code for code, parent in known.items() if code != country and region and parent == region))


def _stocks(found: Gathered, country: str, path: Path, stocks: Stocks) -> None:
    countries = stocks.countries()
    if country not in countries:
        if len(countries) < ALL_COUNTRIES:
            raise BadInput("packing.desa.absent", path=path.name, country=country)
        found.remark("packing.remark.absent", path=path.name, country=country)
        return
    title = f"International Migrant Stock {stocks.revision}"
    source = found.source("desa", path, f"undesa_ims{stocks.revision}", title, stocks.revision)
    found.put("migrant_stock", tables.stock_rows(stocks, country, source))
    found.put("partners_stock", tables.partner_stock_rows(stocks, found.partners, source))


def _refugees(found: Gathered, country: str, path: Path, watch: Watch) -> None:
    read = read_unhcr(path, country, watch)
    if not read.rows:
        found.remark("packing.remark.absent", path=path.name, country=country)
        return
    last = max(item.year for item in read.rows)
    source = found.source("unhcr", path, f"unhcr_{last}", f"Refugee Data Finder, figures to {last}", last)
    found.put("refugees", tables.refugee_rows(read, country, source))
    found.names |= {code: name for code, name in read.names.items() if name}
    if read.sums:
        found.remark("packing.remark.sums", path=path.name, count=read.sums)
    if read.hidden:
        found.remark("packing.remark.hidden", path=path.name, count=read.hidden)


def _economy(found: Gathered, country: str, path: Path, watch: Watch) -> None:
    read = read_wdi(path, (country, *found.partners), watch)
    for code, prices in read.other_prices.items():
        found.remark("packing.remark.prices", path=path.name, code=code, prices=prices, unit=INDICATORS[code][1])
    if not any(item.country == country for item in read.rows):
        if not read.world and not read.other_prices:
            raise BadInput("packing.wdi.absent", path=path.name, country=country)
        found.remark("packing.remark.absent", path=path.name, country=country)
        return
    title = f"World Development Indicators, {path.name.split('.')[0]}"
    source = found.source("wdi", path, "wdi", title, read.updated or "–")
    found.put("economy_national", tables.economy_rows(read, (country,), source))
    found.put("partners_wdi", tables.economy_rows(read, (country, *found.partners), source))
    if read.left_out:
        found.remark("packing.remark.indicators", path=path.name, count=len(read.left_out))
