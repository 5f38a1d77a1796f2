"""A person's own long table under the names that a method asks for.

Columns are named by the person (``FILE_COLUMN=NAME``), else taken by their own name or a usual one.
Every cell that cannot be read is told with its row; nothing is filled or left out silently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import polars as pl

from qonys.catalog.reading.cells import label_cells, number_cells
from qonys.catalog.reading.choices import FileChoices, quoted
from qonys.catalog.reading.columns import columns_found, lacking, one_basis, other_names, used_columns
from qonys.catalog.reading.formats.measures import MEASURE, by_measure, measures_of, of_measure
from qonys.catalog.reading.formats.opening import read_file
from qonys.catalog.reading.formats.raw import RawTable, refuse_broken
from qonys.catalog.reading.formats.shapes import (
    ACROSS,
    AGE,
    LEAST_YEARS,
    SEX,
    SHOWN,
    YEAR,
    Sought,
    shaped,
    years_across,
)
from qonys.catalog.reading.labels.blocks import places_of, refuse_blocks, say_blocks
from qonys.catalog.reading.labels.distinct import refuse_repeated
from qonys.catalog.reading.labels.observations import live_rows
from qonys.catalog.reading.labels.one_region import SaidRegions, one_region
from qonys.catalog.reading.labels.spellings import one_spelling
from qonys.catalog.reading.labels.sums import added_up, refuse_sums, say_sums, sums_of
from qonys.catalog.reading.labels.totals import LabelColumns, SaidLabels, say_within, without_totals
from qonys.catalog.reading.labels.under_headings import refuse_under_headings
from qonys.catalog.reading.labels.whole_country import whole_country
from qonys.catalog.reading.labels.world import say_world_regions
from qonys.catalog.reading.numbers.bounds import kind_of, refuse_impossible
from qonys.catalog.reading.numbers.no_value import say_absent, with_values, without_na
from qonys.catalog.reading.numbers.parts_of_persons import refuse_parts_of_persons
from qonys.catalog.reading.numbers.rates import per_person
from qonys.catalog.reading.numbers.shares import per_whole, totals_of_hundred
from qonys.catalog.reading.numbers.signs import signs_of
from qonys.catalog.reading.numbers.units import Places, bare_units, counts, factors_of
from qonys.catalog.reading.proposals import proposed
from qonys.catalog.reading.rows import NUMBER, rows_where
from qonys.catalog.reading.said_names import SaidNames
from qonys.catalog.reading.times.ages import with_ages
from qonys.catalog.reading.times.finer import with_units, with_written
from qonys.catalog.reading.times.units import YEAR as YEARS
from qonys.catalog.reading.times.years import with_years
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.words.notes import listening, note, without_note

AS_FOUND = FileChoices()
KINDS: Mapping[str, tuple[str, ...]] = {YEAR: ("time", "period", "year"), SEX: ("sex",), AGE: ("age_start", "age")}


Asking: TypeAlias = Callable[[Sequence[str]], Wanted]


@dataclass(frozen=True)
class LongTable:
    """The table read: `frame` under canonical names, `used` file column by name, `left_out` what was not read;
    `columns` of the file as it stands, `rows` the number in the file of each row of `frame`; `unit` of its times.
    """

    frame: pl.DataFrame
    used: dict[str, str]
    left_out: tuple[str, ...] = field(default=())
    columns: tuple[str, ...] = field(default=())
    rows: tuple[object, ...] = field(default=())
    unit: str = YEARS

    def named(self, written: Sequence[str]) -> tuple[str, ...]:
        """Columns that a person names in an option, parted by commas, each under the name that it has in `frame`."""
        own = {column: name for name, column in self.used.items()}
        names = SaidNames((*self.frame.columns, *self.columns)).parted(written)
        return tuple(name if name in self.frame.columns else own.get(name, name) for name in names)


def read_long(path: Path, wanted: Wanted | Asking, choices: FileChoices = AS_FOUND) -> LongTable:
    """Read a long table (CSV, Excel, Parquet, SDMX-CSV, JSON-stat).

    Parameters
    ----------
    path
        The file.
    wanted
        Names the method asks for; or what gives them from the columns of the file.
    choices
        What the person says about the file.

    Raises
    ------
    BadInput
        A column is missing or named twice; a number cannot be read; a label is empty; no row is left;
        rows of several definitions, units or boundary vintages stand together; a number that may be a
        thousand or a fraction; multipliers that contradict each other; a label that may be a total, or looks like
        another; a text that is no age or no year; rows that say one cell again.

    """
    choices = choices.of_file(path)
    asking: Asking = (lambda columns: wanted) if isinstance(wanted, Wanted) else wanted
    if choices.place != "companion":
        return _read(path, asking, choices)
    with without_note("catalog.reading.unmet"):
        return _read(path, asking, choices)


def _read(path: Path, asking: Asking, choices: FileChoices) -> LongTable:
    raw = read_file(path, choices, lambda table: _fitting(table, asking(table.frame.columns), choices))
    wanted = asking(raw.frame.columns)
    given = choices.mapped(raw.frame.columns, wanted.names, other_names(wanted))
    original = raw.frame.columns
    raw, choices = _long(raw, wanted, given, choices)
    _say_unmet_across(path, given, original, raw.frame.columns)
    choices = choices.of_columns(path, (*original, *raw.frame.columns), lambda: _columns_elsewhere(choices))
    used = _used(raw, wanted, {n: c for n, c in given.items() if c != ACROSS})
    rows = rows_where(path, raw.numbered, choices.where)
    numbers = {used[name] for name in wanted.numbers}
    empty = raw.empty + _empty(rows, numbers)
    rows = live_rows(path, rows, used.values(), [used[name] for name in wanted.numbers])
    empty -= _empty(rows, numbers)
    whole = rows
    rows = _with_own_labels(raw, rows, wanted, used, choices)
    labels = [used[name] for name in wanted.all_labels if name in used]
    hundreds = (text for one in wanted.shares for text in totals_of_hundred(whole, rows, labels, used[one]))
    raw = replace(raw, above=(*raw.above, *hundreds))
    refuse_broken(raw, used.values(), rows[NUMBER], choices.na)
    rows, marks = without_na(path, rows, choices.na)
    empty += rows.height
    rows = with_values(path, rows, marks, numbers)
    say_absent(path, empty - rows.height, wanted.absent)
    rows, used = with_ages(path, rows, used, wanted, SaidLabels(keep=choices.keep))
    rows, unit = with_units(path, rows, used, wanted)
    rows = with_years(path, rows, {n: c for n, c in used.items() if unit == YEARS or n != wanted.finer}, wanted)
    one_basis(path, rows if choices.multiplier else bare_units(rows), used)
    frame = _typed(raw, rows, used, wanted, choices)
    refuse_repeated(path, rows, with_written(frame, wanted.finer, unit), used, wanted)
    rest = tuple(column for column in raw.frame.columns if column not in used.values())
    found = LongTable(frame, used, (*raw.left_out, *rest), tuple(original), tuple(rows[NUMBER]), unit)
    _sums(path, found, wanted, choices)
    say_within(str(path), found.frame, wanted.within)
    return found


def _long(
    raw: RawTable, wanted: Wanted, given: Mapping[str, str], choices: FileChoices, *, quiet: bool = False
) -> tuple[RawTable, FileChoices]:
    """The table in the long form, also where its numbers stand under one another with what they count."""
    measures = measures_of(raw, wanted, given)
    if measures is None:
        return shaped(raw, _sought(raw, wanted, given, choices), quiet=quiet), choices
    single = measures.wanted(wanted)
    said = {**given, **({MEASURE: measures.column} if measures.column else {})}
    kept, left = of_measure(raw, measures, choices)
    turned = shaped(kept, _sought(kept, single, said, choices), quiet=quiet)
    found = columns_found(turned.frame.columns, single, said)
    if not {*single.needed} <= {*found}:
        return shaped(raw, _sought(raw, wanted, given, choices), quiet=quiet), choices
    value = found["value"]
    own = tuple(one.partition("=")[2] for one in left.na if one.partition("=")[0] == value)
    na = (*left.na, *(f"{text}={sign}" for sign in own for text in measures.texts.values()))
    return by_measure(turned, measures, value, quiet=quiet), replace(left, na=na)


def _say_unmet_across(path: Path, given: Mapping[str, str], before: Sequence[str], after: Sequence[str]) -> None:
    """Say where nothing stands above columns that the person says stands there."""
    for name in (name for name, column in given.items() if column == ACROSS):
        if name not in after or name in before:
            note("catalog.reading.unmet", path=str(path), option="--map", value=f"{ACROSS}={name}")


def _columns_elsewhere(choices: FileChoices) -> set[str]:
    """The columns of the companion files; one that cannot be read has none: it is refused when its turn comes."""
    found: set[str] = set()
    for path in choices.companions:
        with suppress(BadInput), listening(lambda key, values: None):
            found |= set(read_file(path, choices.for_companions().of_file(path)).frame.columns)
    return found


def _used(raw: RawTable, wanted: Wanted, given: Mapping[str, str]) -> dict[str, str]:
    """`used_columns`, with the options that name what lacks where it is known."""
    try:
        return used_columns(raw.path, raw.frame.columns, wanted, given)
    except BadInput as error:
        found = columns_found(raw.frame.columns, wanted, given)
        if error.key == "catalog.long.missing_any":
            each = [proposed(raw.frame, [name], found, wanted) for name in wanted.one_of]
            pairs = [pair for likely in each for pair in likely.items()]
            key, sign = "catalog.long.missing_any_proposed", " / "
        else:
            pairs = [*proposed(raw.frame, lacking(found, wanted), found, wanted).items()]
            key, sign = "catalog.long.missing_proposed", " "
        if not error.key.startswith("catalog.long.missing"):
            raise
        across = years_across(raw.frame.columns)
        if not pairs and len(across) >= LEAST_YEARS and not {*wanted.numbers} <= {*found}:
            columns = ", ".join(across[:SHOWN])
            raise BadInput("catalog.reading.years_across", path=str(raw.path), columns=columns) from None
        if not pairs:
            raise
        options = sign.join(f"--map {quoted(f'{column}={name}')}" for name, column in pairs)
        raise BadInput(key, **error.values, options=options) from None


def _typed(
    raw: RawTable, rows: pl.DataFrame, used: Mapping[str, str], wanted: Wanted, choices: FileChoices
) -> pl.DataFrame:
    """The texts of the rows as labels and numbers, under the names of the method."""
    path = raw.path
    numbers = {name: column for name, column in used.items() if name in wanted.counted}
    factors = factors_of(path, Places(rows, counts(numbers), raw.sayings), choices)
    whole = {used[name]: True for name in wanted.without_fractions if name in used}
    signs = signs_of(path, rows, dict.fromkeys(numbers.values(), False) | whole, choices, raw.typed)
    columns = {}
    for name, column in used.items():
        if column in signs:
            kind = (name not in wanted.needed, name in wanted.without_fractions)
            columns[name] = number_cells(
                path, column, rows[column], rows[NUMBER], kind, signs[column], factors.get(column)
            )
        else:
            columns[name] = label_cells(path, column, rows[column], rows[NUMBER], name not in wanted.needed)
        if name in numbers:
            if name not in wanted.shares:
                refuse_parts_of_persons(path, (column, name), rows, columns[name], (factors.get(column), choices))
            with _distinguished(path, rows, used, wanted):
                refuse_impossible(path, column, columns[name], rows[NUMBER], kind_of(name, wanted.kinds))
    rates = {column: name for name, column in numbers.items() if name in (*wanted.rates, *wanted.no_rates)}
    if choices.multiplier:
        return pl.DataFrame(columns)
    frame = per_person(path, pl.DataFrame(columns), Places(rows, rates, raw.sayings), wanted.no_rates)
    shares = {used[name]: name for name in wanted.shares if name in used}
    return per_whole(path, frame, Places(rows, shares, raw.sayings))


def _empty(rows: pl.DataFrame, columns: Iterable[str]) -> int:
    """How many rows have an empty cell in one of the columns."""
    return rows.filter(pl.any_horizontal(pl.lit(value=False), *(pl.col(name).is_null() for name in columns))).height


@contextmanager
def _distinguished(path: Path, rows: pl.DataFrame, used: Mapping[str, str], wanted: Wanted) -> Iterator[None]:
    """A number that cannot be is refused as a repeated cell where a column says that it counts something else.

    Raises
    ------
    BadInput
        What the block raises, or names the column.

    """
    try:
        yield
    except BadInput:
        keys = [pl.col(used[name]).alias(name) for name in wanted.keys if name in used]
        try:
            if keys and not wanted.repeats:
                refuse_repeated(path, rows, rows.select(keys), used, wanted)
        except BadInput as again:
            if again.key.startswith("catalog.distinct.told"):
                raise again from None
        raise


def _with_own_labels(
    raw: RawTable, rows: pl.DataFrame, wanted: Wanted, used: Mapping[str, str], choices: FileChoices
) -> pl.DataFrame:
    """Rows whose labels are neither totals nor spellings of one another."""
    said = SaidLabels(choices.exclude, choices.keep)
    keys = (name for name in (*wanted.all_labels, *wanted.without_fractions) if name not in wanted.codes)
    texts = {name: used[name] for name in keys if name in used}
    refuse_under_headings(raw.path, rows, texts, said)
    whole = whole_country(rows, texts, choices.regions)
    rows = without_totals(raw.path, rows, LabelColumns(texts, frozenset(wanted.apart), raw.labels, whole), said)
    labels = {name: used[name] for name in wanted.all_labels if name in used}
    say_world_regions(raw.path, rows, LabelColumns(labels, called=raw.labels), said)
    rows = one_spelling(raw.path, rows, LabelColumns(labels), said, choices.names)
    year = next((used[name] for name in KINDS[YEAR] if name in used), None)
    return one_region(raw.path, rows, LabelColumns(labels), SaidRegions(said, choices.names, choices.regions), year)


def _sums(path: Path, table: LongTable, wanted: Wanted, choices: FileChoices) -> None:
    labels = {name: table.used[name] for name in wanted.all_labels if name in table.used}
    said = SaidLabels(keep=choices.keep)
    kept = {column: said.kept(column) for column in labels.values()}
    added, sums = added_up(labels, wanted.apart), sums_of(table.frame, wanted)
    if choices.refuses_sums:
        refuse_sums(path, table.frame, added, sums, kept)
        refuse_blocks(path, table.frame, places_of(added), sums, kept)
    else:
        say_sums(str(path), table.frame, added, sums)
        say_blocks(str(path), table.frame, places_of(added), sums)


def _sought(raw: RawTable, wanted: Wanted, given: Mapping[str, str], choices: FileChoices = AS_FOUND) -> Sought:
    """What a wide table is turned into."""
    said = {name: column for name, column in given.items() if column != ACROSS}
    kinds = {kind: name for kind, names in KINDS.items() for name in names[::-1] if name in wanted.names}

    def meaning(header: str) -> str | None:
        return next(iter(columns_found([header], wanted, {})), None)

    columns = raw.frame.columns
    across = next((name for name, column in given.items() if column == ACROSS and name not in columns), None)
    found = columns_found(columns, wanted, said)
    return Sought(
        found={name: column for name, column in found.items() if name != across},
        labels=wanted.labels,
        value=wanted.numbers[0] if len(wanted.numbers) == 1 else "",
        kinds=kinds,
        meaning=meaning,
        across=across,
        kept=_answered(choices.keep, wanted, columns),
        excluded=_answered(choices.exclude, wanted, columns),
    )


def _answered(items: Sequence[str], wanted: Wanted, columns: Sequence[str]) -> tuple[str, ...]:
    """The labels that a person names of the columns that a method asks for, and of those of the file."""
    split = [item.partition("=") for item in items]
    return tuple(label.strip() for name, _, label in split if name in (*wanted.labels, *columns))


def _fitting(raw: RawTable, wanted: Wanted, choices: FileChoices) -> int:
    """How many of the needed names a table has; one that is wide has those that it can be turned into."""
    given = choices.mapped(raw.frame.columns, wanted.names, other_names(wanted))
    try:
        turned, _ = _long(raw, wanted, given, replace(choices, where=()), quiet=True)
    except BadInput:
        return 1
    found = columns_found(turned.frame.columns, wanted, given)
    return sum(name in found for name in wanted.needed)
