"""What a method asks of a table, and the usual other names of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

YEARS = ("year", "time", "time_period", "period", "date", "yr", "refyear", "ref_year", "год", "годы", "период", "жыл",
         "жылы", "жылдар", "кезең")  # fmt: skip
STARTS = ("age_start", "age_from", "возраст от")
AGES = ("age", "age_group", "agegroup", "age group", "ages", "age_grp", "ageband", "возраст", "возрастная группа",
        "возрастные группы", "возраст, лет", "жас", "жасы", "жас тобы", "жас топтары")  # fmt: skip
USUAL: dict[str, tuple[str, ...]] = {
    "origin": ("orig", "from", "source_region", "o"),
    "destination": ("dest", "to", "d"),
    "birthplace": ("pob", "birth_country", "country_of_birth", "place_of_birth"),
    "residence": ("por", "country", "country_of_residence", "place_of_residence"),
    "value": ("flow", "flows", "count", "n", "persons", "migrants", "moves", "obs_value", "stock"),
    "time": YEARS,
    "period": YEARS,
    "region": ("place", "area", "code"),
    "population": ("pop", "residents"),
    "age_start": (*STARTS, *AGES, "x"),
    "age_end": ("age_end", "age_to", "возраст до"),
    "age": (*AGES, *STARTS),
    "sex": ("gender", "пол", "жынысы", "жыныс"),
}
BASIS = frozenset({"definition", "unit", "unit_measure", "vintage", "boundary_vintage"})


@dataclass(frozen=True)
class Wanted:
    """Names a method asks for: `labels` and `numbers` must be there, the others may be.

    `whole` are numbers without fractions (years, ages); `kinds` says what numbers count where their name does not
    (`bounds.BOUNDS`). `apart` are labels that are each treated by itself, so that a total among them does no harm;
    `sums` are numbers that are added up although their name does not say so; `within` is what becomes of moves from a
    place to itself: left_out, beside or kept. `repeats`: several rows may have all labels in common.
    """

    labels: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ("value",)
    whole: tuple[str, ...] = ()
    optional_labels: tuple[str, ...] = ()
    optional_numbers: tuple[str, ...] = ()
    optional_whole: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    apart: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    within: str = ""
    repeats: bool = False

    @property
    def needed(self) -> tuple[str, ...]:
        """Names that must be found."""
        return (*self.labels, *self.whole, *self.numbers)

    @property
    def all_labels(self) -> tuple[str, ...]:
        """Names of labels."""
        return (*self.labels, *self.optional_labels)

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the needed first."""
        return (*self.needed, *self.optional_labels, *self.optional_whole, *self.optional_numbers)

    @property
    def keys(self) -> tuple[str, ...]:
        """Names that together say which cell a row is."""
        return tuple(name for name in self.names if name not in self.counted and name not in ("age_end", "end"))

    @property
    def counted(self) -> tuple[str, ...]:
        """Names of numbers that may have fractions."""
        return (*self.numbers, *self.optional_numbers)

    @property
    def without_fractions(self) -> tuple[str, ...]:
        """Names of whole numbers."""
        return (*self.whole, *self.optional_whole)
