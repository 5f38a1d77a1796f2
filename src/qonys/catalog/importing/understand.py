"""Understanding of a file: which column is what, and what is missing, ignored or taken as constant.

Nothing here is applied; the result is shown to the person first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from qonys.catalog.pack import Pack, nearest
from qonys.catalog.reading.advice import listed, nearest_typed, typed, unknown
from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.formats.raw import RawTable
from qonys.catalog.reading.formats.shapes import ACROSS
from qonys.catalog.reading.labels.alphabets import say_look_alikes
from qonys.catalog.reading.labels.names import region_names
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.catalog.reading.numbers.signs import signs_of
from qonys.catalog.reading.numbers.statements import is_multiplier
from qonys.catalog.reading.numbers.writing import Signs
from qonys.catalog.reading.wanted import YEARS
from qonys.catalog.schema import Field, Resource
from qonys.errors import BadInput
from qonys.words.notes import note

GIVEN, SAME_NAME, KNOWN_WORD, CONTENTS = "given", "same_name", "known_word", "contents"
_YEAR = re.compile(r"(1[5-9]|20)\d\d")
_SURE = 0.8
_LATIN: dict[str, str] = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i",
    "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ъ": "", "ы": "y", "ь": "",
    "э": "e", "ю": "yu", "я": "ya", "ә": "a", "ғ": "g", "қ": "q", "ң": "n", "ө": "o", "ұ": "u", "ү": "u",
    "һ": "h", "і": "i",
}  # fmt: skip


@dataclass(frozen=True)
class Guess:
    """One column of the file, the column of the table it is taken for, and why."""

    file_column: str
    column: str
    reason: str


@dataclass(frozen=True)
class ReadingOptions:
    """What a person may say about a file.

    `mapping` is file column -> table column; `constants` are values for columns that the file
    lacks; `source`, `source_title` and `status` say where the figures come from; `file` says how it is written.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    source: str | None = None
    source_title: str | None = None
    status: str | None = None
    file: FileChoices = field(default_factory=FileChoices)


@dataclass(frozen=True)
class Understanding:
    """How a file is read; shown before anything is added."""

    path: Path
    table: str
    format: str
    encoding: str | None
    delimiter: str | None
    decimal: str
    signs: Mapping[str, Signs]
    sheet: str | None
    header_row: int
    rows: int
    mapping: tuple[Guess, ...]
    constants: Mapping[str, str]
    ignored: tuple[str, ...]
    left_out: tuple[str, ...]
    missing: tuple[str, ...]
    unit_guess: str | None

    def file_column(self, column: str) -> str | None:
        """The file's column taken for a column of the table."""
        return next((guess.file_column for guess in self.mapping if guess.column == column), None)


def understanding(raw: RawTable, pack: Pack, table: str, options: ReadingOptions) -> Understanding:
    """Guess the columns of a file for a table of the pack.

    Raises
    ------
    BadInput
        A column named in the options does not exist, or the decimal sign cannot be told.

    """
    resource = pack.resources_of(table)[0]
    _refuse_unknown(raw, resource, options)
    constants = _said_constants(raw.path, options)
    given = {name: column for name, column in options.mapping.items() if name != ACROSS}
    mapping = guessed_columns(raw, pack, resource, given, constants)
    taken = {guess.column for guess in mapping}
    signs = _signs(raw, resource, mapping, options.file)
    unit = _unit_guess(raw, pack, table, mapping) if "unit" in resource.columns else None
    if unit and "unit" not in taken:
        constants.setdefault("unit", unit)
    missing = [name for name in needed_columns(resource) if name not in taken and name not in constants]
    return Understanding(
        path=raw.path,
        table=table,
        format=raw.format,
        encoding=raw.encoding,
        delimiter=raw.delimiter,
        decimal="," if any(item.decimal == "," for item in signs.values()) else options.file.decimal or ".",
        signs=signs,
        sheet=raw.sheet,
        header_row=raw.header_row,
        rows=raw.frame.height,
        mapping=mapping,
        constants=constants,
        ignored=_ignored(raw, mapping, options.file),
        left_out=raw.left_out,
        missing=tuple(missing),
        unit_guess=unit,
    )


def needed_columns(resource: Resource) -> tuple[str, ...]:
    """Columns that an addition must fill: the required ones, values, and the key less `vintage`.

    `vintage` may be left out: it follows from the year. Columns of the key that may be empty by the
    schema (no `required`) are still needed unless they are dates or the open end of an age group.
    """
    may_lack = {"vintage", "note", "source", "status", "start", "end", "period", "age_end"}
    wanted = {item.name for item in resource.fields if item.required} - {"vintage", "source", "status"}
    wanted |= set(resource.primary_key) - may_lack
    wanted |= set(resource.values)
    return tuple(name for name in resource.columns if name in wanted)


def _refuse_unknown(raw: RawTable, resource: Resource, options: ReadingOptions) -> None:
    strange = unknown(options.mapping, {*raw.frame.columns, ACROSS})
    if strange:
        say_look_alikes(raw.path, strange, raw.frame.columns)
        near = nearest_typed(
            strange, lambda name: nearest(name, tuple(raw.frame.columns)),
            lambda name, column: typed("--map", f"{column}={options.mapping[name]}"),
        )  # fmt: skip
        raise BadInput("catalog.add.no_such_file_column", path=str(raw.path), column=listed(strange), options=near)
    said = {column: ("--map", name) for name, column in options.mapping.items()}
    said = {column: ("--set", value) for column, value in options.constants.items()} | said
    strange = unknown(said, resource.columns)
    if strange:
        near = nearest_typed(
            strange, lambda name: nearest(name, resource.columns), lambda name, column: _retyped(column, *said[name])
        )
        table = resource.table or ""
        raise BadInput(
            "catalog.add.no_such_column", path=str(raw.path), table=table, column=listed(strange), options=near
        )


def _retyped(column: str, option: str, other: str) -> str:
    """An option that names a column of the table: `other` is a column of the file, or the value."""
    return typed(option, f"{other}={column}" if option == "--map" else f"{column}={other}")


def guessed_columns(
    raw: RawTable, pack: Pack, resource: Resource, given: Mapping[str, str], constants: Mapping[str, str]
) -> tuple[Guess, ...]:
    """Column by column: what was given, then equal names, known words, contents; each column once.

    A column for which a constant was said is not looked for: what a person says goes before any guess.
    """
    found: dict[str, Guess] = {name: Guess(name, column, GIVEN) for name, column in given.items()}
    words = codes_by_word("columns")
    own = {plain(name): name for name in resource.columns}
    for reason, known in ((SAME_NAME, own), (KNOWN_WORD, words)):
        for name in raw.frame.columns:
            column = known.get(plain(name))
            taken = {guess.column for guess in found.values()}
            if name not in found and column in resource.columns and column not in {*taken, *constants}:
                found[name] = Guess(name, str(column), reason)
    found |= _year_by_another_name(raw, resource, found, constants)
    for name in raw.frame.columns:
        column = own.get(plain(name)) or words.get(plain(name), "")
        if name not in found and column in constants:
            _say_left(raw, name, column, constants[column])
    taken = {guess.column for guess in found.values()}
    for item in resource.fields:
        if item.name not in taken and item.name not in constants:
            rest = [name for name in raw.frame.columns if name not in found and plain(name) not in {*own, *words}]
            fitting = _by_contents(raw.frame, rest, item, pack, resource)
            if fitting is not None:
                found[fitting] = Guess(fitting, item.name, CONTENTS)
    return tuple(found[name] for name in raw.frame.columns if name in found)


def _year_by_another_name(
    raw: RawTable, resource: Resource, found: Mapping[str, Guess], constants: Mapping[str, str]
) -> dict[str, Guess]:
    """The column of years where none is called so: a date, a period or a time, as other commands know it."""
    taken = {guess.column for guess in found.values()}
    if "year" not in resource.columns or "year" in {*taken, *constants}:
        return {}
    free = [name for name in raw.frame.columns if name not in found and " ".join(name.lower().split()) in YEARS]
    return {name: Guess(name, "year", KNOWN_WORD) for name in free[:1]}


def _by_contents(frame: pl.DataFrame, names: Sequence[str], item: Field, pack: Pack, resource: Resource) -> str | None:
    """The one column of `names` whose cells look like `item`; None when none or several do."""
    fits = [name for name in names if _looks_like(frame[name], item, pack, resource)]
    return fits[0] if len(fits) == 1 else None


def _looks_like(column: pl.Series, item: Field, pack: Pack, resource: Resource) -> bool:
    distinct = [str(text) for text in column.drop_nulls().unique().head(200)]
    if not distinct:
        return False
    if item.name == "year":
        return all(_YEAR.fullmatch(text) for text in distinct)
    if item.name in resource.region_columns:
        names = region_names(pack)
        known = sum(1 for text in distinct if names.code(text) or names.dated_name(text))
        return known / len(distinct) >= _SURE and not all(text.isdigit() and len(text) < 3 for text in distinct)
    if item.name in ("sex", "area"):
        words = codes_by_word(item.name)
        return all(plain(text) in words for text in distinct)
    return False


def _said_constants(path: Path, options: ReadingOptions) -> dict[str, str]:
    """Values that the person says for all rows.

    Raises
    ------
    BadInput
        A column of the file is mapped to what is also said for all rows.

    """
    said = dict(options.constants)
    if options.source or options.source_title:
        said.setdefault("source", options.source or slug(str(options.source_title)))
    if options.status:
        said.setdefault("status", options.status)
    for name, column in options.mapping.items():
        if column in said:
            raise BadInput("catalog.add.said_twice", path=str(path), file=name, column=column, value=said[column])
    return said


def _ignored(raw: RawTable, mapping: Sequence[Guess], choices: FileChoices) -> tuple[str, ...]:
    """Columns that are not read: neither mapped nor, where the file itself says the multiplier, a column of it."""
    used = {guess.file_column for guess in mapping}
    if choices.multiplier is None:
        used |= {name for name in raw.frame.columns if is_multiplier(name)}
    return tuple(name for name in raw.frame.columns if name not in used)


def _say_left(raw: RawTable, name: str, column: str, value: str) -> None:
    """Say that a column of the file gives way to what the person says, unless it holds the same."""
    held = [str(text) for text in raw.frame[name].drop_nulls().unique(maintain_order=True)]
    if held != [value]:
        values = ", ".join(held[:6]) + (" …" if len(held) > 6 else "")
        note("catalog.add.set_wins", path=str(raw.path), file=name, held=values, column=column, value=value)


def slug(title: str) -> str:
    """A source id made from a title: Latin letters and figures, `user_` before them.

    Examples
    --------
    >>> slug("Бюро, сборник 2024")
    'user_byuro_sbornik_2024'

    """
    text = "".join(_LATIN.get(char, char) for char in title.casefold()).replace("_", " ")
    return "user_" + "_".join(re.findall(r"[a-z0-9]+", text))[:60]


def _unit_guess(raw: RawTable, pack: Pack, table: str, mapping: Sequence[Guess]) -> str | None:
    """The unit said in brackets in the value's header, or the only unit of the table."""
    value = next((guess.file_column for guess in mapping if guess.column == "value"), None)
    if value is not None:
        for word in re.findall(r"[\w%‰ ]+", value):
            code = codes_by_word("unit").get(plain(word))
            if code:
                return code
    units = pack.table(table)["unit"].drop_nulls().unique().to_list()
    return str(units[0]) if len(units) == 1 else None


def _signs(
    raw: RawTable, resource: Resource, mapping: Sequence[Guess], choices: FileChoices
) -> dict[str, Signs]:
    numeric = {item.name for item in resource.fields if item.type == "number"}
    columns = {guess.file_column: False for guess in mapping if guess.column in numeric}
    return signs_of(raw.path, raw.numbered, columns, choices, raw.typed)
