"""World Population Prospects: the comma-separated files of the United Nations, 2022 revision and later.

Published headings: ``SortOrder, LocID, Notes, ISO3_code, ISO2_code, SDMX_code, LocTypeID, LocTypeName, ParentID,
Location, VarID, Variant, Time``, then ``MidPeriod, AgeGrp, AgeGrpStart, AgeGrpSpan`` in files by age, then figures;
persons and events stand in thousands. Only rows whose ``LocTypeName`` is ``Country/Area`` are countries: the files also
hold regions and groups of other bodies. The files have 16 to 300 MB packed, so they are read line by line, and a line
that names no wanted country is not taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from qonys.catalog.packing.published import Heading, Watch, cells_of, heading, raw_lines, silent, whole
from qonys.errors import BadInput

COUNTRY, MEDIUM = "Country/Area", "Medium"
FIRST_PROJECTED = {2022: 2022, 2024: 2024}
"""First projected year of each revision known here; the years before it are estimates."""
COMMON = ("ISO3_code", "LocTypeName", "Location", "Variant", "Time")
FIGURES = (
    "TPopulation1Jan", "TPopulation1July", "PopGrowthRate", "NatChange", "Births", "CBR", "TFR", "SRB",
    "Deaths", "CDR", "LEx", "LExMale", "LExFemale", "NetMigrations", "CNMR",
)  # fmt: skip
MORE = ("MedianAgePop", "IMR", "Q5", "MAC")
SIGNED = frozenset({"PopGrowthRate", "NatChange", "NetMigrations", "CNMR"})
JANUARY = "TPopulation1Jan"
SEXES = {"PopMale": "male", "PopFemale": "female"}
_SEX_WORDS = {"male": "male", "female": "female", "total": "both", "both": "both"}
VARIANTS = {
    "Medium": "median", "High": "high", "Low": "low", "Constant fertility": "constant_fertility",
    "Instant replacement": "instant_replacement", "Zero migration": "zero_migration",
    "Constant mortality": "constant_mortality", "No change": "no_change", "Momentum": "momentum",
    "Upper 80 PI": "80u", "Lower 80 PI": "80l", "Upper 95 PI": "95u", "Lower 95 PI": "95l",
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A kind of file: the headings it needs beside the common ones, and those that tell it from the others."""

    name: str
    needs: tuple[str, ...]
    marks: tuple[str, ...]


KINDS = (
    Kind("indicators", FIGURES, (*FIGURES, *MORE, "NRR", "DoublingTime")),
    Kind("ages", ("MidPeriod", "AgeGrpStart", "AgeGrpSpan", "PopMale", "PopFemale"), ("PopMale", "PopFemale")),
    Kind("life", ("Sex", "AgeGrpStart", "AgeGrpSpan", "mx"), ("mx", "qx", "lx", "dx", "Lx", "Tx", "ex")),
    Kind("fertility", ("AgeGrpStart", "AgeGrpSpan", "ASFR"), ("ASFR", "PASFR")),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One published number, in the file's unit, with where it stands: source id, file, row, column."""

    value: Decimal
    source: str
    path: str
    row: int
    column: str


@dataclass
class Readings:
    """What was read from the files of one revision.

    `indicators`: (country, variant, year) -> heading -> figure. `ages`: basis ('july' or 'january') and country ->
    (year, sex) -> (first age, span) -> figure, persons in thousands. `life`: (year, sex, first age, span) -> 'mx',
    'dx', 'Lx' -> figure. `fertility`: (year, first age, span) -> figure, births per 1,000 women. `left_out`: variants
    that the pack has no name for, with the number of rows.
    """

    indicators: dict[tuple[str, str, int], dict[str, Figure]] = field(default_factory=dict)
    ages: dict[tuple[str, str], dict[tuple[int, str], dict[tuple[int, int], Figure]]] = field(default_factory=dict)
    life: dict[tuple[int, str, int, int], dict[str, Figure]] = field(default_factory=dict)
    fertility: dict[tuple[int, int, int], Figure] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)


def revision_of(path: Path) -> int:
    """The revision that a file's name states (``WPP2024_...``).

    Raises
    ------
    BadInput
        The name states none.

    """
    found = re.search(r"WPP(\d{4})", path.name, re.IGNORECASE)
    if found is None:
        raise BadInput("packing.wpp.no_revision", path=path.name, known=", ".join(map(str, FIRST_PROJECTED)))
    return int(found.group(1))


def first_projected(revision: int, given: int | None = None) -> int:
    """First projected year of a revision; `given` says it for a revision that is not known here.

    Examples
    --------
    >>> first_projected(2024), first_projected(2030, 2030)
    (2024, 2030)

    Raises
    ------
    BadInput
        It is not known and not given, or given otherwise than it is known.

    """
    known = FIRST_PROJECTED.get(revision)
    if known is None and given is None:
        listed = ", ".join(map(str, FIRST_PROJECTED))
        raise BadInput("packing.wpp.unknown_revision", revision=revision, known=listed)
    if known is not None and given not in (None, known):
        raise BadInput("packing.wpp.edge", revision=revision, year=known, given=given)
    return known if known is not None else int(given or 0)


def recognised(path: Path, watch: Watch = silent) -> tuple[Kind, Heading]:
    """What kind of file this is, by its headings, and the headings.

    Raises
    ------
    BadInput
        It is none of the files that a pack is made from, or lacks a heading.

    """
    lines = raw_lines(path, watch)
    row, line = next(lines, (1, b""))
    lines.close()
    found = heading(path.name, row, cells_of(line, path.name, row))
    marks = {kind.name: sum(name in found.places for name in kind.marks) for kind in KINDS}
    kind = max(KINDS, key=lambda item: marks[item.name])
    aged = kind.name == "indicators" or "AgeGrpStart" in found.places or "AgeGrpSpan" in found.places
    if not marks[kind.name] or not aged:
        raise BadInput("packing.wpp.not_known", path=path.name, found=", ".join(list(found.places)[:8]) or "–")
    found.require((*COMMON, *kind.needs))
    return kind, found


def read_wpp(
    path: Path, source: str, readings: Readings, wanted: Collection[str], projected: int, watch: Watch = silent
) -> None:
    """Add a file's figures to `readings`.

    Parameters
    ----------
    path
        A published file, plain or packed by gzip.
    source
        Id of the source under which its figures are kept.
    readings
        What was read before; a figure that stands in two places must be the same in both.
    wanted
        Codes of countries, three letters: the pack's own first, then its partners. Of life tables, fertility and
        variants other than the medium one only those of the first are read.
    projected
        First projected year of the revision.
    watch
        Told how far the file is read.

    Raises
    ------
    BadInput
        Names the file, row and column of what cannot be read.

    """
    kind, found = recognised(path)
    own = next(iter(wanted))
    reader = _Reader(found, source, readings, own, projected)
    everyone = kind.name in ("indicators", "ages")
    tokens = re.compile(f'[,"](?:{"|".join(wanted if everyone else (own,))})[,"]'.encode())
    for row, cells in _rows(path, found, tokens, watch):
        country, variant = found.cell(cells, "ISO3_code"), found.cell(cells, "Variant")
        if found.cell(cells, "LocTypeName") != COUNTRY or country not in wanted:
            continue
        if variant != MEDIUM and (kind.name != "indicators" or country != own):
            continue
        if variant not in VARIANTS:
            readings.left_out[variant] = readings.left_out.get(variant, 0) + 1
            continue
        year = whole(found.cell(cells, "Time"), (path.name, row, "Time"))
        getattr(reader, kind.name)(row, cells, (country, VARIANTS[variant], year))


def is_medium(path: Path) -> bool:
    """Whether the first row of a country is of the medium variant: such a file holds the estimates."""
    _, found = recognised(path)
    rows = _rows(path, found, re.compile(COUNTRY.encode()), silent)
    variant = next((found.cell(cells, "Variant") for _, cells in rows), MEDIUM)
    rows.close()
    return variant == MEDIUM


def countries_of(path: Path, watch: Watch = silent) -> dict[str, str]:
    """All countries of a file: code of three letters -> code of its subregion (``ParentID``)."""
    _, found = recognised(path)
    parents: dict[str, str] = {}
    for _, cells in _rows(path, found, re.compile(COUNTRY.encode()), watch):
        if found.cell(cells, "LocTypeName") == COUNTRY:
            parent = found.cell(cells, "ParentID") if "ParentID" in found.places else ""
            parents.setdefault(found.cell(cells, "ISO3_code"), parent)
    return parents


def _rows(
    path: Path, found: Heading, tokens: re.Pattern[bytes], watch: Watch
) -> Generator[tuple[int, list[str]], None, None]:
    """Rows below the headings whose line holds one of `tokens`."""
    for row, line in raw_lines(path, watch):
        if row > found.row and tokens.search(line):
            cells = cells_of(line, path.name, row)
            found.even(cells, row)
            yield row, cells


@dataclass(frozen=True)
class _Reader:
    """Takes the cells of one kind of file into the readings."""

    heading: Heading
    source: str
    readings: Readings
    own: str
    projected: int

    def _figure(self, cells: Sequence[str], row: int, column: str, least: int | None = 0) -> Figure | None:
        value = self.heading.number(cells, row, column, least=least)
        return None if value is None else Figure(value, self.source, self.heading.shown, row, column)

    def _needed(self, cells: Sequence[str], row: int, column: str) -> Figure:
        figure = self._figure(cells, row, column)
        if figure is None:
            raise BadInput("packing.cell.empty", path=self.heading.shown, row=row, column=column)
        return figure

    def indicators(self, row: int, cells: Sequence[str], key: tuple[str, str, int]) -> None:
        """One row of the demographic indicators; after the last year only the population of 1 January stands."""
        names = [name for name in (*FIGURES, *MORE) if name in self.heading.places]
        figures = {}
        for name in names:
            figure = self._figure(cells, row, name, None if name in SIGNED else 0)
            if figure is not None:
                figures[name] = figure
        if set(figures) != {JANUARY}:
            empty = next((name for name in FIGURES if name not in figures), None)
            if empty is not None:
                raise BadInput("packing.cell.empty", path=self.heading.shown, row=row, column=empty)
        before = self.readings.indicators.setdefault(key, {})
        for name, figure in figures.items():
            before[name] = agreed(before.get(name), figure)

    def ages(self, row: int, cells: Sequence[str], key: tuple[str, str, int]) -> None:
        """One age of the population by age and sex; of partners only the estimated years and the one after them."""
        country, _, year = key
        if country != self.own and year > self.projected:
            return
        basis = "july" if self.heading.cell(cells, "MidPeriod").rstrip("0").endswith(".5") else "january"
        start, span = self._age(row, cells)
        years = self.readings.ages.setdefault((basis, country), {})
        for column, sex in SEXES.items():
            held = years.setdefault((year, sex), {})
            held[start, span] = agreed(held.get((start, span)), self._needed(cells, row, column))

    def life(self, row: int, cells: Sequence[str], key: tuple[str, str, int]) -> None:
        """One age of a life table."""
        word = self.heading.cell(cells, "Sex")
        sex = _SEX_WORDS.get(word.lower())
        if sex is None:
            raise BadInput("packing.cell.sex", path=self.heading.shown, row=row, column="Sex", value=word)
        held = self.readings.life.setdefault((key[2], sex, *self._age(row, cells)), {})
        for column in ("mx", "dx", "Lx"):
            if column == "mx" or column in self.heading.places:
                held[column] = agreed(held.get(column), self._needed(cells, row, column))

    def fertility(self, row: int, cells: Sequence[str], key: tuple[str, str, int]) -> None:
        """Fertility at one age."""
        place = (key[2], *self._age(row, cells))
        held = self.readings.fertility
        held[place] = agreed(held.get(place), self._needed(cells, row, "ASFR"))

    def _age(self, row: int, cells: Sequence[str]) -> tuple[int, int]:
        start, span = (
            whole(self.heading.cell(cells, name), (self.heading.shown, row, name))
            for name in ("AgeGrpStart", "AgeGrpSpan")
        )
        return start, span


def agreed(before: Figure | None, figure: Figure) -> Figure:
    """The figure read first; a second one of the same thing must be the same.

    Raises
    ------
    BadInput
        Names both places and both numbers.

    """
    if before is None or before.value == figure.value:
        return before or figure
    raise BadInput(
        "packing.wpp.twice", path=figure.path, row=figure.row, column=figure.column, value=figure.value,
        other=before.path, first=before.row, before=before.value,
    )  # fmt: skip
