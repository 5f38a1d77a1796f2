"""What each place of a file says about the multiplier of its numbers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import polars as pl

from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.catalog.reading.numbers.powers import (
    exponent_of,
    power_in,
    round_number,
    scaled_in,
    without_power,
)
from qonys.catalog.reading.numbers.writing import tidy
from qonys.catalog.reading.rows import NUMBER, OF_HEADER
from qonys.errors import BadInput

HEADER, TITLE = "header", "title"
POWER, FIXED, PERSONS, DOUBTFUL = "power", "fixed", "persons", "doubtful"
EXPONENTS = frozenset({"unit mult", "unit multiplier", "powercode", "powercode code", "power code", "scalar factor",
                       "scalar id", "scalar factor code"})  # fmt: skip
FACTORS = frozenset({"multiplier", "множитель", "көбейткіш"})
SCALES = frozenset({"scale", "scaling", "масштаб"})
SHORT: Mapping[str, int] = {"K": 3, "k": 3}
UNITS = frozenset({"unit of measure", "uom", "ед изм"})
_TABLE = re.compile(
    r"(?:table|таблица|табл\.?|кесте) ?№? ?\d+(?:[.\-]\d+)*|(?<!\d)(?<!\d[.\-])\d+(?:[.\-]\d+)*[ \-]?кесте",
    re.IGNORECASE,
)
INDICATORS = frozenset({"series", "variable"})


@dataclass(frozen=True)
class Statement:
    """What one place says.

    Attributes
    ----------
    kind
        POWER, FIXED (a rate, a share or a unit known as it is: the numbers stay), PERSONS (a unit of persons without
        a multiplier) or DOUBTFUL.
    where, text
        The place and what stands there.
    power
        The power of ten.
    own
        The power in the name of a unit known as it is.
    exact
        A column made for multipliers says it.

    """

    kind: str
    where: str
    text: str
    power: int | None = None
    own: int | None = None
    exact: bool = False

    @property
    def title(self) -> bool:
        """Whether it stands above the table."""
        return self.where == TITLE

    @property
    def doubtful(self) -> bool:
        """Whether it cannot be told what is said."""
        return self.kind == DOUBTFUL

    @property
    def persons(self) -> bool:
        """Whether it is a unit of persons without a multiplier."""
        return self.kind == PERSONS

    @property
    def shown(self) -> str:
        """What stands there, with the column it stands in."""
        return self.text if self.where in (HEADER, TITLE) else f"{self.where}={self.text}"

    @property
    def factor(self) -> Decimal:
        """What the number is multiplied by."""
        return Decimal(1) if not self.power else Decimal(10) ** self.power


def of_text(where: str, text: str, known: Collection[str] = ()) -> list[Statement]:
    """What a header or a unit says: nothing, or one statement."""
    said = power_in(text)
    if text and plain(text) in known:
        return [Statement(FIXED, where, text, own=next(iter(said.powers), None))]
    if said.doubtful or said.counted:
        return [Statement(DOUBTFUL, where, text)]
    if said.power is not None:
        return [Statement(POWER, where, text, said.power)]
    if said.rate:
        return [Statement(FIXED, where, text)]
    if where != HEADER and codes_by_word("unit").get(plain(text)) == "persons":
        return [Statement(PERSONS, where, text)]
    return []


def of_titles(titles: Collection[str]) -> list[Statement]:
    """What stands above the table: a power; a rate there says nothing, it may be another column's. The number of the
    table ("Table 1") counts no thousands.
    """
    found = []
    for text in titles:
        said, scaled = power_in(_TABLE.sub(" ", text)), scaled_in(text)
        if scaled is not None and not said.powers:
            power, sure = scaled
            if power or not sure:
                found.append(Statement(POWER if sure else DOUBTFUL, TITLE, text, power if sure else None))
        elif said.doubtful or (not said.powers and not said.rate and round_number(text) is not None):
            found.append(Statement(DOUBTFUL, TITLE, text))
        elif said.power is not None:
            found.append(Statement(POWER, TITLE, text, said.power))
    return found


def of_columns(
    path: Path, rows: pl.DataFrame, known: Collection[str], unit: str = ""
) -> list[list[Statement | None]]:
    """For each column that may speak, what it says in each row; `unit` is a column of units that is called otherwise.

    Raises
    ------
    BadInput
        A cell of a column of multipliers cannot be read.

    """
    found = []
    for name in rows.columns:
        kind = _identity(name)
        if is_multiplier(name):
            cells = zip(rows[name], rows[NUMBER], strict=True)
            found.append([_exponent(path, name, kind, text, row) for text, row in cells])
        elif kind in SCALES:
            found.append([_scale(name, text) for text in rows[name]])
        elif name in unit_columns(rows.columns, unit):
            found.append(_each(name, rows[name], known, unit=True))
        elif is_indicator(name):
            found.append(_each(name, rows[name], known, unit=False))
    return found


def is_multiplier(name: str) -> bool:
    """Whether a column is one of multipliers: UNIT_MULT, POWERCODE, SCALAR_FACTOR."""
    return _identity(name) in EXPONENTS | FACTORS


def is_indicator(name: str) -> bool:
    """Whether a column says what each row measures."""
    kind = _identity(name)
    return kind in INDICATORS or codes_by_word("columns").get(kind) in ("indicator", "measure")


def may_multiply(name: str) -> bool:
    """Whether numbers in a column may be multipliers: those of `is_multiplier`, and Scale."""
    return is_multiplier(name) or _identity(name) in SCALES


def unit_columns(names: Sequence[str], also: str = "") -> tuple[str, ...]:
    """Columns of units, by their names and `also`."""
    words = codes_by_word("columns")
    return tuple(
        name for name in names if name == also or words.get(_identity(name)) == "unit" or _identity(name) in UNITS
    )


def without_multiplier(text: str, known: Collection[str] = ()) -> str | None:
    """A unit without its multiplier, by its usual code where it has one; None where nothing else was said."""
    if plain(text) in known or power_in(text).rate:
        return text
    if text.strip() in SHORT:
        return None
    rest = without_power(text)
    return codes_by_word("unit").get(plain(rest), rest) or None


def _identity(name: str) -> str:
    """The name of a column as it is compared: of "UNIT_MULT: Unit multiplier" the part before the colon."""
    return plain(name.partition(":")[0])


def _exponent(path: Path, name: str, kind: str, text: str | None, row: int) -> Statement | None:
    if text is None or not text.strip():
        return None
    power = exponent_of(text)
    if kind in FACTORS and tidy(text) in ("1", "10"):
        power = len(tidy(text)) - 1
    if power is None:
        raise BadInput("catalog.reading.exponent", path=str(path), row=row, column=name, value=text)
    if name == OF_HEADER:
        return Statement(POWER, HEADER, text.partition(": ")[2], power, exact=True)
    return Statement(POWER, name, text, power, exact=True)


def _scale(name: str, text: str | None) -> Statement | None:
    """What a cell of a column called Scale says: a word or a round number; a small number may be either."""
    bare = tidy(text or "").strip().removesuffix(".0")
    if bare in SHORT:
        return Statement(POWER, name, bare, SHORT[bare])
    power = exponent_of(bare)
    if power is None or bare in ("0", "1", "10"):
        said = power_in(bare)
        return None if said.power is None else Statement(POWER, name, bare, said.power)
    small = bare.isdecimal() and len(bare) < 3
    return Statement(DOUBTFUL, name, bare) if small else Statement(POWER, name, bare, power)


def _each(name: str, texts: pl.Series, known: Collection[str], unit: bool) -> list[Statement | None]:
    said: dict[str, Statement | None] = {}
    for text in texts.drop_nulls().unique():
        short = SHORT.get(text.strip()) if unit and plain(text) not in known else None
        found = of_text(name, text, known) if short is None else [Statement(POWER, name, text, short)]
        said[text] = found[0] if found and (unit or found[0].kind in (POWER, FIXED)) else None
    return [None if text is None else said[text] for text in texts]
