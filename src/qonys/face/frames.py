"""Input of the user's data: a pandas, Polars or Arrow table, a file, a quantity or a mapping, as a tidy data frame.

Columns are found by their standard names, by common synonyms, or as given by `columns`. Whatever cannot be read is
rejected with its table, row and column; nothing is imputed, dropped or merged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Protocol, TypeAlias, runtime_checkable

import polars as pl

from qonys.catalog.reading.cells import numbers_in
from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.columns import columns_found
from qonys.catalog.reading.formats.opening import read_whole
from qonys.catalog.reading.labels.blocks import places_of, say_blocks
from qonys.catalog.reading.labels.distinct import refuse_repeated
from qonys.catalog.reading.labels.sums import added_up, say_sums, sums_of
from qonys.catalog.reading.labels.totals import say_within
from qonys.catalog.reading.long_tables import AS_FOUND, read_long
from qonys.catalog.reading.numbers.rates import per_person
from qonys.catalog.reading.numbers.shares import per_whole, totals_of_hundred
from qonys.catalog.reading.numbers.signs import signs_of
from qonys.catalog.reading.numbers.statements import may_multiply, unit_columns
from qonys.catalog.reading.numbers.units import Places, bare_units, counts, factors_of
from qonys.catalog.reading.numbers.writing import MACHINE
from qonys.catalog.reading.rows import NUMBER
from qonys.catalog.reading.times.ages import NAMES, with_ages
from qonys.catalog.reading.times.years import PERIOD, WHOLE, with_years
from qonys.catalog.reading.wanted import BASIS, Wanted
from qonys.errors import BadInput, DefinitionMismatch
from qonys.face.kinds import of_arrow, of_mapping, of_pandas, plain_columns
from qonys.face.labels import known_regions, with_live_rows, with_own_labels
from qonys.face.result import Result
from qonys.face.told import in_python
from qonys.quantities import Quantity
from qonys.surveys.codes import as_texts

SHOWN = 12
READ: ContextVar[set[str] | None] = ContextVar("READ", default=None)


@runtime_checkable
class ArrowTable(Protocol):
    """Any object with the Arrow stream interface: pandas and PyArrow tables, DuckDB results, `Result`."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The rows as an Arrow stream."""


Table: TypeAlias = pl.DataFrame | pl.LazyFrame | Mapping[str, Sequence[Any]] | ArrowTable | Quantity | str | Path
Columns: TypeAlias = Mapping[str, str] | None


@contextmanager
def noted_names() -> Iterator[set[str]]:
    """Names of columns that the tables read inside have a use for."""
    names: set[str] = set()
    token = READ.set(names)
    try:
        yield names
    finally:
        READ.reset(token)


def frame_of(given: Table, wanted: Wanted, name: str, columns: Columns = None) -> pl.DataFrame:
    """The table `given` with the columns of `wanted`, each of its type: labels (text), integers or numbers.

    Parameters
    ----------
    given
        pandas or Polars frame, Arrow table, mapping of columns, path of a file, or a quantity.
    wanted
        Required and optional columns.
    name
        Name of the table in error messages.
    columns
        Standard column name to the user's column name, where they differ: {"origin": "from"}.

    Raises
    ------
    BadInput
        Not a table; a missing or misnamed column; an empty label or number; text that is not a number; lists and other
        values that are neither; rows with different definitions, units or boundaries.

    Examples
    --------
    >>> frame_of({"from": ["a"], "to": ["b"], "n": [3]}, Wanted(labels=("origin", "destination")), "flows")
    shape: (1, 3)
    ┌────────┬─────────────┬───────┐
    │ origin ┆ destination ┆ value │
    │ ---    ┆ ---         ┆ ---   │
    │ str    ┆ str         ┆ f64   │
    ╞════════╪═════════════╪═══════╡
    │ a      ┆ b           ┆ 3.0   │
    └────────┴─────────────┴───────┘
    """
    noted = READ.get()
    if noted is not None:
        noted.update(wanted.names)
    own = {key: column for key, column in (columns or {}).items() if key in wanted.names}
    if isinstance(given, str | Path):
        pairs = tuple(f"{column}={key}" for key, column in own.items())
        with in_python():
            choices = FileChoices(mapping=pairs, refuses_sums=False, regions=known_regions())
            return _years(read_long(Path(given), wanted, choices).frame)
    raw = rows_of(given, name)
    used = _used(raw, wanted, name, own, [key for key in columns or {} if key not in wanted.names])
    if raw.height == 0:
        raise BadInput("face.table.no_rows", table=name)
    raw = plain_columns(raw, used.values(), name)
    own_table = isinstance(given, Quantity | Result)
    hundreds: tuple[str, ...] = ()
    rows = pl.int_range(1, raw.height + 1, eager=True)
    if not own_table:
        with in_python():
            raw, rows = with_live_rows(raw, used, wanted, name)
            whole = raw
            raw, rows = with_own_labels(raw, rows, (used, wanted), name)
            hundreds = _hundreds(whole, raw, used, wanted)
    raw, used = _with_ages(raw, rows, used, wanted, name)
    raw = raw if own_table else _with_four_figures(raw, rows, used, wanted, name)
    numbers = {} if isinstance(given, Quantity) else _written_numbers(raw, rows, used, wanted, name)
    bare = bare_units(_texts(raw, rows))
    _one_basis(raw.with_columns(bare[column] for column in unit_columns(bare.columns)), used, name)
    place = _Place(name, rows)
    found = pl.DataFrame(
        {key: _column(raw[column], key, wanted, (place, numbers.get(column))) for key, column in used.items()}
    )
    labels = {key: used[key] for key in wanted.all_labels if key in used}
    if own_table:
        return _years(found)
    shares = {used[key]: key for key in wanted.shares if key in used}
    rates = {used[key]: key for key in (*wanted.rates, *wanted.no_rates) if key in used}
    with in_python():
        found = per_person(Path(name), found, Places(_texts(raw, rows), rates), wanted.no_rates)
        found = per_whole(Path(name), found, Places(_texts(raw, rows), shares, hundreds))
    with in_python():
        refuse_repeated(Path(name), _all_texts(raw, rows), found, used, wanted)
        say_sums(name, found, added_up(labels, wanted.apart), sums_of(found, wanted))
        say_blocks(name, found, places_of(added_up(labels, wanted.apart)), sums_of(found, wanted))
        say_within(name, found, wanted.within)
    return _years(found)


def _hundreds(before: pl.DataFrame, after: pl.DataFrame, used: Mapping[str, str], wanted: Wanted) -> tuple[str, ...]:
    """What totals that were left out say of percentages: they are 100 (`totals_of_hundred`)."""
    labels = [used[key] for key in wanted.all_labels if key in used]
    found: list[str] = []
    for column in (used[key] for key in wanted.shares if key in used and after.height < before.height):
        whole, left = (pl.DataFrame([as_texts(one[name]) for name in (*labels, column)]) for one in (before, after))
        found += totals_of_hundred(whole, left, labels, column)
    return tuple(found)


def _with_ages(
    raw: pl.DataFrame, rows: pl.Series, used: dict[str, str], wanted: Wanted, name: str
) -> tuple[pl.DataFrame, dict[str, str]]:
    """The table with its ages as first and last years, or as labels of one form, and its columns."""
    if not NAMES & {*used}:
        return raw, used
    with in_python():
        read, found = with_ages(Path(name), _all_texts(raw, rows), used, wanted)
    return raw.with_columns(read[found[key]] for key in NAMES & {*found}), found


def _with_four_figures(
    raw: pl.DataFrame, rows: pl.Series, used: Mapping[str, str], wanted: Wanted, name: str
) -> pl.DataFrame:
    """The table with years as those of a file: in four figures, and possible; dates are left to their own refusal."""
    years = {key: column for key, column in used.items() if key in (*WHOLE, PERIOD) and not _dated(raw[column])}
    if not years:
        return raw
    with in_python():
        read = with_years(Path(name), _all_texts(raw.select(list(dict.fromkeys(years.values()))), rows), years, wanted)
    changed = [column for column in years.values() if not as_texts(raw[column]).equals(read[column], null_equal=True)]
    return raw.with_columns(read[column] for column in changed)


def _dated(column: pl.Series) -> bool:
    return column.dtype.is_temporal() or column.dtype == pl.Boolean or column.dtype.is_nested()


def _all_texts(raw: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """All of a table as texts, with the number of each row in it."""
    plain = [column for column in raw.columns if not raw.schema[column].is_nested()]
    return pl.DataFrame([*(as_texts(raw[column]).alias(column) for column in plain), rows.alias(NUMBER)])


def _texts(raw: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """The texts of a table, and its numbers in columns of multipliers, with the number of each row in it."""
    kept = [column for column in raw.columns if raw.schema[column] == pl.String or may_multiply(column)]
    return pl.DataFrame({NUMBER: rows}).with_columns(as_texts(raw[column]).alias(column) for column in kept)


def _written_numbers(
    raw: pl.DataFrame, rows: pl.Series, used: Mapping[str, str], wanted: Wanted, name: str
) -> dict[str, pl.Series]:
    """Columns of numbers that are texts, or that the table says are in thousands, as numbers; null where unreadable."""
    texts_of = _texts(raw, rows)
    counted = {key: column for key, column in used.items() if key in wanted.counted}
    written = dict.fromkeys(counted.values(), False)
    written |= {column: True for key, column in used.items() if key in wanted.without_fractions}
    path = Path(name)
    with in_python():
        factors = factors_of(path, Places(texts_of, counts(counted)), AS_FOUND)
        texts = {column: whole for column, whole in written.items() if raw.schema[column] == pl.String}
        signs = signs_of(path, texts_of, texts, AS_FOUND)
    return {
        column: numbers_in(as_texts(raw[column]), signs.get(column, MACHINE), factors.get(column))
        for column in written
        if column in signs or column in factors
    }


def rows_of(given: Table, name: str) -> pl.DataFrame:
    """The table `given` unchanged, with its own names and types; columns of a file are text.

    Raises
    ------
    BadInput
        Not a table; columns of different lengths, or two of one name.
    """
    if isinstance(given, pl.DataFrame):
        return given
    if isinstance(given, pl.LazyFrame):
        return given.collect()
    if isinstance(given, Quantity):
        return given.tidy()
    if isinstance(given, str | Path):
        return read_whole(Path(given)).frame
    if isinstance(given, Mapping):
        return of_mapping(given, name)
    if type(given).__module__.partition(".")[0] == "pandas" and hasattr(given, "reset_index"):
        return of_pandas(given, name)
    if isinstance(given, ArrowTable):
        return of_arrow(given, name)
    raise BadInput("face.table.kind", table=name, found=type(given).__name__)


def alike(action: str, *tables: Table | None) -> None:
    """Raise unless all quantities among the tables have the same definition and boundaries."""
    known = [one for one in tables if isinstance(one, Quantity)]
    for other in known[1:]:
        if (known[0].unit, known[0].definition) != (other.unit, other.definition):
            raise DefinitionMismatch(
                "quantities.definitions_differ",
                action=action,
                first=f"{known[0].definition} [{known[0].unit}]",
                second=f"{other.definition} [{other.unit}]",
            )
    same_boundaries(action, *tables)


def same_boundaries(action: str, *tables: Table | None) -> None:
    """Raise unless all quantities among the tables refer to the same boundaries."""
    known = [one for one in tables if isinstance(one, Quantity)]
    for other in known[1:]:
        known[0].check_same_basis(other, action)


def sources_of(*tables: Table | None) -> tuple[str, ...]:
    """Sources of the quantities and results among the tables, without duplicates."""
    found: list[str] = []
    for one in tables:
        if isinstance(one, Quantity):
            found += one.lineage.sources
        else:
            found += getattr(one, "sources", ())
    return tuple(dict.fromkeys(found))


def _used(raw: pl.DataFrame, wanted: Wanted, name: str, own: Mapping[str, str], stray: Sequence[str]) -> dict[str, str]:
    """The user's column for each standard name found; `stray`: names given that this table has no use for."""
    for key, column in own.items():
        if column not in raw.columns:
            raise BadInput("face.table.no_column", table=name, column=column, name=key, found=listed(raw.columns))
    used = columns_found(raw.columns, wanted, own)
    missing = [key for key in wanted.needed if key not in used]
    if missing:
        for key in stray:
            if get_close_matches(key, missing, 1, 0.6):
                raise BadInput("face.table.stray", name=key, known=", ".join(sorted(wanted.names)))
        raise BadInput("face.table.missing", table=name, name=", ".join(missing), found=listed(raw.columns))
    return used


def listed(names: Sequence[str]) -> str:
    """The first names, and the number of the others.

    Examples
    --------
    >>> listed(["a", "b"])
    'a, b'
    """
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" (+{rest})" if rest > 0 else "")


def _one_basis(raw: pl.DataFrame, used: Mapping[str, str], name: str) -> None:
    """Raise if rows have different definitions, units or boundary vintages."""
    for column in raw.columns:
        if column.strip().lower() not in BASIS or column in used.values():
            continue
        values = [str(value) for value in raw[column].drop_nulls().unique(maintain_order=True)]
        if len(values) > 1:
            raise BadInput("face.table.mixed", table=name, column=column, values=", ".join(values[:6]))


@dataclass(frozen=True)
class _Place:
    """The table's name, and the number of each row in it, for errors."""

    name: str
    rows: pl.Series

    def row(self, flags: pl.Series) -> int:
        """Number of the first row that is flagged."""
        return int(self.rows[_first(flags)])


def _column(given: pl.Series, key: str, wanted: Wanted, about: tuple[_Place, pl.Series | None]) -> pl.Series:
    """One column, cast to its type and checked; `about`: the table, and numbers already read from text."""
    place, read = about
    number = key in (*wanted.numbers, *wanted.optional_numbers)
    whole = key in (*wanted.whole, *wanted.optional_whole)
    if number or whole:
        return _numbers(given, read, (place, whole, key in wanted.needed))
    labels = as_texts(given)
    empty = labels.is_null() | (labels.str.strip_chars() == "")
    if key in wanted.labels and empty.any():
        raise BadInput("face.table.empty", table=place.name, row=place.row(empty), column=given.name)
    return labels.set(empty, None)


def _numbers(given: pl.Series, read: pl.Series | None, about: tuple[_Place, bool, bool]) -> pl.Series:
    place, whole, needed = about
    if given.dtype.is_temporal() or given.dtype == pl.Boolean:
        kind = "dates" if given.dtype.is_temporal() else "truths"
        raise BadInput(f"face.table.{kind}", table=place.name, column=given.name)
    numbers = given.cast(pl.Float64, strict=False).fill_nan(None) if read is None else read
    bad = numbers.is_null() & given.is_not_null()
    if given.dtype.is_float():
        bad &= given.is_not_nan()
    if bad.any():
        text = str(given[_first(bad)])
        raise BadInput("face.table.not_number", table=place.name, row=place.row(bad), column=given.name, text=text)
    if needed and numbers.null_count():
        raise BadInput("face.table.empty", table=place.name, row=place.row(numbers.is_null()), column=given.name)
    if not whole:
        return numbers
    broken = (numbers != numbers.round()).fill_null(value=False)
    if broken.any():
        text = str(given[_first(broken)])
        raise BadInput("face.table.not_whole", table=place.name, row=place.row(broken), column=given.name, text=text)
    return numbers.cast(pl.Int64)


def _years(frame: pl.DataFrame) -> pl.DataFrame:
    """Periods as integers if all are years, so that tables from files and data frames agree."""
    if "period" not in frame.columns or not bool(frame["period"].str.contains(r"^\d{4}$").all()):
        return frame
    return frame.with_columns(pl.col("period").cast(pl.Int64))


def _first(flags: pl.Series) -> int:
    """Index of the first row that is flagged."""
    return int(flags.arg_true()[0])
