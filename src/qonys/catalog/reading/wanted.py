"""What a method asks of a table, and the usual other names of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

YEARS = ("year", "time", "time_period", "period", "date", "yr", "refyear", "ref_year", "год", "годы", "период", "жыл",
         "жылы", "жылдар", "кезең", "дата", "күні", "время", "уақыт", "уақыты", "мерзім")  # fmt: skip
STARTS = ("age_start", "age_from", "возраст от")
AGES = ("age", "age_group", "agegroup", "age group", "ages", "age_grp", "ageband", "возраст", "возрастная группа",
        "возрастные группы", "возраст, лет", "жас", "жасы", "жас тобы", "жас топтары")  # fmt: skip
USUAL: dict[str, tuple[str, ...]] = {
    "origin": ("orig", "from", "source_region", "o", "iso_o", "iso3_o", "country_o", "откуда", "регион выбытия",
               "место выбытия", "страна выбытия", "выбытие из", "қайдан", "шыққан өңірі", "шыққан жері", "шыққан елі"),
    "destination": ("dest", "to", "d", "iso_d", "iso3_d", "country_d", "куда", "регион прибытия", "место прибытия",
                    "страна прибытия", "прибытие в", "қайда", "келген өңірі", "келген жері", "келген елі"),
    "birthplace": ("pob", "birth_country", "country_of_birth", "place_of_birth", "место рождения", "страна рождения",
                   "регион рождения", "туған жері", "туған елі", "туған өңірі"),
    "residence": ("por", "country", "country_of_residence", "place_of_residence", "место жительства",
                  "место проживания", "страна проживания", "регион проживания", "тұрғылықты жері", "тұратын жері",
                  "тұратын елі", "тұратын өңірі"),
    "value": ("flow", "flows", "count", "n", "persons", "migrants", "moves", "obs_value", "stock", "number",
              "quantity", "значение", "число", "количество", "кол-во", "человек", "число человек", "количество человек",
              "мигранты", "число мигрантов", "численность мигрантов", "мәні", "мән", "саны", "адам", "адам саны",
              "мигранттар", "мигранттар саны"),
    "time": YEARS,
    "period": YEARS,
    "region": ("place", "area", "code", "geo", "ref_area", "city", "district", "municipality", "место", "город",
               "города", "населенный пункт", "населённый пункт", "регион", "регионы", "область", "области", "район",
               "районы", "территория", "өңір", "өңірлер", "облыс", "облыстар", "аудан", "аудандар", "аймақ", "қала",
               "қалалар", "елді мекен", "жер"),
    "group": ("ethnic_group", "ethnicity", "nationality", "группа", "национальность", "этнос", "этническая группа",
              "топ", "ұлты", "ұлт", "этнос тобы"),
    "population": ("pop", "residents", "население", "численность", "численность населения", "халық", "халық саны"),
    "arrivals": ("inflow", "in_migrants", "прибыло", "прибывшие", "прибытия", "число прибывших", "келгендер",
                 "келгендер саны"),
    "departures": ("outflow", "out_migrants", "выбыло", "выбывшие", "выбытия", "число выбывших", "кеткендер",
                   "кеткендер саны"),
    "births": ("родилось", "родившиеся", "рождения", "число родившихся", "туғандар", "туғандар саны", "туу"),
    "deaths": ("умерло", "умершие", "смерти", "число умерших", "қайтыс болғандар", "қайтыс болғандар саны", "өлім"),
    "distance": ("dist", "расстояние", "қашықтық", "арақашықтық"),
    "age_start": (*STARTS, *AGES, "x"),
    "age_end": ("age_end", "age_to", "возраст до"),
    "age": (*AGES, *STARTS),
    "sex": ("gender", "пол", "жынысы", "жыныс"),
}  # fmt: skip
NET_NAMES = ("net", "net_migration", "сальдо", "сальдо миграции", "көші-қон сальдосы")
COUNTED_NAMES = (
    *(word for name in ("population", "births", "deaths", "arrivals", "departures") for word in (name, *USUAL[name])),
    *NET_NAMES,
)  # fmt: skip
BASIS = frozenset({"definition", "unit", "unit_measure", "vintage", "boundary_vintage"})


@dataclass(frozen=True)
class Wanted:
    """Names a method asks for: `labels` and `numbers` must be there, the others may be.

    `whole` are numbers without fractions (years, ages); `kinds` says what numbers count where their name does not
    (`bounds.BOUNDS`), and that the one number may be called by what it counts. `apart` are labels that are each
    treated by itself, so that a total among them does no harm; `sums` are numbers that are added up although their
    name does not say so; `within` is what becomes of moves from a place to itself: left_out, beside or kept.
    `repeats`: several rows may have all labels in common. Of the names in `one_of` at least one must be there;
    `also` are further names of columns, in this method alone. `rates` are numbers per person (and year), to which what
    a file says per 1,000 or in percent is brought; `no_rates` are numbers that may be such rates only under an option,
    each with it. `shares` are numbers of persons that may be shares of them, which become parts of one. `absent` is
    what a label or pair without a number is: "none" where the method takes it for zero. `codes` are labels with words
    of their own, none of which is a total. `own` are names of columns that the person gave: one that lacks is proposed
    by its name alone. `finer` is a whole number that may be a time finer than a year (month, quarter, week, day).
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
    one_of: tuple[str, ...] = ()
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rates: tuple[str, ...] = ()
    no_rates: Mapping[str, str] = field(default_factory=dict)
    shares: tuple[str, ...] = ()
    absent: str = ""
    codes: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    finer: str = ""

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
