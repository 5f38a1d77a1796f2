"""Wide tables as long ones: matrices of origins and destinations, and years, sexes, ages or groups across.

A table is wide where no column holds the values and several columns hold numbers: then what stands above these columns
is a further label of each cell. Cells without a value are no rows: they are counted and said, not taken for zero.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from qonys.catalog.reading.advice import typed
from qonys.catalog.reading.formats.cell_columns import Cells, cells_of, counts_nobody, unit_of_all, units_of_each
from qonys.catalog.reading.formats.headers import NAMELESS
from qonys.catalog.reading.formats.raw import RawTable, refuse_broken
from qonys.catalog.reading.formats.unmatched import without_unmatched
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain, words_of
from qonys.catalog.reading.rows import NUMBER, OF_HEADER
from qonys.catalog.reading.times.age_notation import age_group
from qonys.catalog.reading.times.years_across import looks_like_ages, looks_like_year, without_mark, year_above
from qonys.errors import BadInput
from qonys.words.notes import note

ACROSS = "*"
YEAR, SEX, AGE, LABEL, SAME = "year", "sex", "age", "label", "same"
NO_VALUE = frozenset(
    {"-", "–", "—", ".", "..", "...", "…", "x", "X", "х", "Х", "*", ":", "n/a", "N/A", "NA", "NaN", "nan"}
)
_NUMBER = re.compile(r"[+\-−]?\s?\.?\d[\d .,'\u00a0\u202f]*(?:[eE][+-]?\d+)?\s?%?")
_PARTS = re.compile(r"\\|/|\||→|->|—>")
_NUMERIC_SHARE = 0.8
SHOWN, LEAST_YEARS = 6, 2
PAIRS = (("origin", "destination"), ("birthplace", "residence"))


@dataclass(frozen=True)
class Sought:
    """What a method seeks in a table.

    `found` (name -> column that is known already), `labels` (names that must be there and are no numbers),
    `value` (the name of the numbers), `kinds` (year, sex, age -> the name that takes it), `meaning` (the name that a
    header stands for, or None), `across` (the name that the person says stands above the columns), `kept` and
    `excluded` (labels that the person keeps, or leaves out).
    """

    found: Mapping[str, str]
    labels: tuple[str, ...]
    value: str
    kinds: Mapping[str, str]
    meaning: Callable[[str], str | None]
    across: str | None = None
    kept: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Labels without a column, other than those that a kind of header takes."""
        taken = {*self.found, *self.kinds.values()} - {self.across}
        return tuple(name for name in self.labels if name not in taken)

    def lacks(self, kind: str) -> bool:
        """Whether a header of this kind would be of use."""
        return kind in self.kinds and self.kinds[kind] not in self.found


@dataclass(frozen=True)
class _Spread:
    """Columns that are the cells of a wide table; for each of them, name -> text above it; texts above all of them;
    what was left out beside them; the unit of each, where these differ; sums of a matrix, and what is across.
    """

    columns: Mapping[str, Mapping[str, str]]
    renamed: Mapping[str, str]
    common: tuple[str, ...] = ()
    cells: Cells | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    sums: tuple[str, ...] = ()
    across: str = ""


def shaped(raw: RawTable, sought: Sought, *, quiet: bool = False) -> RawTable:
    """The table in the long form; as it is where it has a column of values, or is not wide. `quiet`: without notes.

    Raises
    ------
    BadInput
        The table is a matrix and does not say whether its rows are origins or destinations; several columns hold
        numbers and it cannot be told what stands above them.

    """
    if not sought.value or sought.value in sought.found:
        return raw
    raw, sought = _without_corner(raw, sought)
    spread = _spread(raw, sought)
    if spread is None:
        return raw
    refuse_broken(raw, spread.columns, raw.rows)
    turned, empty = _turned(raw, sought, spread)
    if not quiet:
        names = ", ".join(next(iter(spread.columns.values())))
        shown = _listed(list(spread.columns))
        note("catalog.reading.turned", path=str(raw.path), columns=shown, names=names, n=turned.frame.height)
        _say_marks(raw, sought, spread)
        if spread.cells is not None:
            spread.cells.say(raw.path, sought.across or sought.missing[-1])
        if spread.sums:
            said = {"columns": _listed(spread.sums), "name": spread.across, "first": spread.sums[0]}
            note("catalog.reading.matrix_sums", path=str(raw.path), **said)
        if empty:
            note("catalog.reading.turned_empty", path=str(raw.path), n=empty)
    return turned


def _without_corner(raw: RawTable, sought: Sought) -> tuple[RawTable, Sought]:
    """The table with its first column nameless where its name is that of the years which stand across."""
    name = sought.kinds.get(YEAR, "")
    corner = sought.found.get(name)
    columns = raw.frame.columns
    if corner is None or corner != columns[0] or NAMELESS in columns or len(years_across(columns[1:])) < LEAST_YEARS:
        return raw, sought
    if any(year_above(str(text)) or looks_like_year(str(text)) for text in raw.frame[corner].drop_nulls()):
        return raw, sought
    left = {one: column for one, column in sought.found.items() if one != name}
    levels = {NAMELESS if column == corner else column: texts for column, texts in raw.levels.items()}
    return replace(raw, frame=raw.frame.rename({corner: NAMELESS}), levels=levels), replace(sought, found=left)


def years_across(columns: Sequence[str]) -> list[str]:
    """The columns that have a year in their header, whatever else it says."""
    return [name for name in columns if looks_like_year(name)]


def _say_marks(raw: RawTable, sought: Sought, spread: _Spread) -> None:
    """Say which marks behind years and ages were taken for footnotes, and which columns with either were not read."""
    texts = {name: _levels(raw, name) for name in raw.frame.columns}
    marked = [(name, text) for name in spread.columns for text in texts[name] if _mark_in(text)]
    if marked:
        shown = {"columns": _listed([name for name, _ in marked]), "first": marked[0][0]}
        note("catalog.reading.marks_across", path=str(raw.path), read=_plain_text(marked[0][1]), **shown)
    known = {*spread.columns, *sought.found.values()}
    looks = [
        look for look, kind in ((looks_like_year, YEAR), (looks_like_ages, AGE))
        if any(_is(kind, text) for name in spread.columns for text in texts[name])
    ]  # fmt: skip
    left = [name for name in texts if name not in known and any(look(one) for one in texts[name] for look in looks)]
    if left:
        note("catalog.reading.across_left", path=str(raw.path), columns=_listed(left))


def _mark_in(text: str) -> bool:
    """Whether a footnote mark stands behind a year or an age."""
    above = year_above(text)
    return bool(above.mark) if above is not None else _is(AGE, text) and age_group(text) is None


def _plain_text(text: str) -> str:
    above = year_above(text)
    return above.year if above is not None else without_mark(text)


def _spread(raw: RawTable, sought: Sought) -> _Spread | None:
    known = {*sought.found.values()}
    numeric = [name for name in raw.frame.columns if name not in known and _holds_numbers(raw.frame[name])]
    if not sought.missing:
        return _of_kind(raw, sought, [name for name in raw.frame.columns if name not in known], numeric)
    groups = "group" in sought.missing
    wide = [name for name in numeric if not _is_word(name) or (groups and counts_nobody(name))]
    if len(wide) < 2:
        return None
    cells = cells_of(raw, wide, sought.across or sought.missing[-1], (sought.kept, sought.excluded))
    if len(cells.columns) < 2:
        return None
    raw = replace(raw, levels={**raw.levels, **cells.levels})
    if sought.across is not None and len(sought.missing) == 1:
        spread = _named(raw, sought, cells.columns, {})
    else:
        spread = _across_labels(raw, sought, cells.columns)
    if spread is None:
        return None
    common = (*spread.common, *unit_of_all(raw, cells.columns))
    return replace(spread, cells=cells, common=common, units=units_of_each(raw, cells.columns))


def _of_kind(raw: RawTable, sought: Sought, names: Sequence[str], numeric: Sequence[str]) -> _Spread | None:
    """Columns that are years, sexes or ages: of the kind that the person says, else of the first that is met."""
    kinds = [kind for kind, name in sought.kinds.items() if name == sought.across]
    for kind, least in ((YEAR, 1), (SEX, 2), (AGE, 3)):
        said = kind in kinds
        headed = _headed(raw, kind, names, said=said) if said or not kinds else []
        of_kind = headed if not set(headed).isdisjoint(numeric) else []
        if sought.lacks(kind) and len(of_kind) >= (1 if said else least):
            return _named(raw, sought, of_kind, {})
    return None


def _across_labels(raw: RawTable, sought: Sought, wide: Sequence[str]) -> _Spread | None:
    """Columns that are places or groups: as many of the rows' names stand above them, or nothing but they is left."""
    missing = sought.missing
    pair = next((pair for pair in PAIRS if set(missing) <= set(pair)), None)
    side = next((name for name in pair if name in sought.found), None) if pair else None
    if pair is None:
        return _named(raw, sought, wide, {}) if len(missing) == 1 else None
    corner = sought.found[side] if side else _corner(raw, sought, wide)
    if corner is None:
        return None
    rows = {str(text) for text in raw.frame[corner].drop_nulls()}
    columns = [name for name in raw.frame.columns if name in wide or (name in rows and name != corner)]
    parts = [sought.meaning(part.strip()) for part in _PARTS.split(corner)]
    if len(parts) == 2 and parts[0] != parts[1] and set(parts) == set(missing):
        return _matched(raw, sought, columns, (corner, str(parts[0]), str(parts[1])))
    if not any(2 * len(rows & texts) >= len(texts) for texts in _by_level(raw, columns)):
        names = ", ".join((*missing, sought.value))
        shown = {"path": str(raw.path), "name": names, "columns": _listed(columns), "across": missing[-1]}
        shown["option"] = typed("--map", f"{columns[0]}={sought.value}")
        raise BadInput("catalog.reading.wide", **shown)
    if len(missing) == 1:
        return _matched(raw, sought, columns, (corner, "", missing[0]))
    first, second = missing
    shown = {"path": str(raw.path), "corner": corner, "first": first, "second": second, "columns": _listed(columns)}
    raise BadInput("catalog.reading.matrix", **shown)


def _matched(raw: RawTable, sought: Sought, columns: Sequence[str], names: tuple[str, str, str]) -> _Spread | None:
    """A matrix without columns that are its sums; `names`: the column of its rows, what it becomes, what is across."""
    corner, first, across = names
    rows = [str(text) for text in raw.frame[corner].drop_nulls()]
    above = {column: _levels(raw, column) for column in columns}
    called = "" if across == "residence" else first or corner
    sums = without_unmatched(raw.path, above, rows, (called, across), {*sought.kept, *sought.excluded})
    left = [column for column in columns if column not in sums]
    spread = _named(raw, sought, left, {corner: first} if first else {})
    return None if spread is None else replace(spread, sums=tuple(sums), across=across)


def _by_level(raw: RawTable, columns: Sequence[str]) -> list[set[str]]:
    """The texts of each level above the columns."""
    levels = [_levels(raw, name) for name in columns]
    return [{level[number] for level in levels if number < len(level)} for number in range(max(map(len, levels)))]


def _corner(raw: RawTable, sought: Sought, wide: Sequence[str]) -> str | None:
    """The first column of texts that stands for no name."""
    taken = {*wide, *sought.found.values()}
    return next((name for name in raw.frame.columns if name not in taken), None)


def _named(raw: RawTable, sought: Sought, columns: Sequence[str], renamed: Mapping[str, str]) -> _Spread | None:
    """What stands above each of the columns, level by level, under names of the method; None where that is unclear.

    Years, sexes and ages that the method does not take stay as columns of their own, so that one can be chosen.
    """
    levels = [_levels(raw, name) for name in columns]
    depth = max(map(len, levels))
    levels = [(*level, *([level[-1]] * (depth - len(level)))) for level in levels]
    missing = [name for name in sought.missing if name not in renamed.values()]
    kinds = [_kind([level[number] for level in levels], bare=not sought.missing) for number in range(depth)]
    common = [levels[0][number] for number in range(depth) if kinds[number] == SAME]
    spare = sum(kind != SAME for kind in kinds) > max(len(missing), 1)
    named: list[tuple[int, str, str]] = []
    for number, kind in enumerate(kinds):
        if kind == SAME:
            continue
        taken = {*sought.found, *(one for _, one, _ in named)} - {sought.across}
        if kind != LABEL and spare and not sought.lacks(kind):
            name: str | None = None if kind in (*raw.frame.columns, *taken) else kind
        else:
            name = missing[0] if (kind == LABEL or not sought.lacks(kind)) and missing else sought.kinds.get(kind)
        if name is None or name in taken:
            return None
        named.append((number, name, kind))
    if set(missing) - {name for _, name, _ in named} or not named:
        return None
    return _Spread(
        {
            column: {name: _text(kind, level[number]) for number, name, kind in named}
            for column, level in zip(columns, levels, strict=True)
        },
        renamed,
        tuple(common),
    )


def _headed(raw: RawTable, kind: str, names: Sequence[str], *, said: bool = False) -> list[str]:
    """The columns that have a text of a kind above them; faults in their cells are told later.

    A bare number is an age beside groups of ages (0, 1-4, 5-9), where the numbers begin with 0, or if this is `said`.
    """
    above = {name: _levels(raw, name) for name in names}
    found = [name for name in names if any(_is(kind, text) for text in above[name])]
    bare = [name for name in names if kind == AGE and any(_is_number_of_age(text) for text in above[name])]
    begins = said or any("0" in above[name] for name in bare)
    return [name for name in names if name in found or (name in bare and (found or begins))]


def _levels(raw: RawTable, name: str) -> tuple[str, ...]:
    """Texts above a column, without a heading such as «в том числе» over the parts of the column before.

    The unit behind a year is a text of its own.
    """
    texts = raw.levels.get(name, (name,))
    units = [found.unit for text in texts if (found := year_above(text)) is not None and found.unit]
    return (*(tuple(text for text in texts if plain(text) not in words_of("of", "part")) or texts), *units)


def _kind(texts: Sequence[str], *, bare: bool) -> str:
    """What texts above columns are; `bare`: numbers alone may be ages."""
    for kind in (YEAR, SEX, AGE):
        if all(_is(kind, text) or (kind == AGE and bare and _is_number_of_age(text)) for text in texts):
            return kind
    return SAME if len(texts) > 1 and len(set(texts)) == 1 else LABEL


def _is(kind: str, text: str) -> bool:
    if kind == YEAR:
        return year_above(text) is not None
    if kind == SEX:
        return plain(text) in codes_by_word("sex")
    return age_group(without_mark(text)) is not None and not _is_number_of_age(text)


def _is_number_of_age(text: str) -> bool:
    bare = without_mark(text).strip()
    return bare.isdecimal() and age_group(bare) is not None


def _text(kind: str, text: str) -> str:
    if kind == AGE:
        return text if age_group(text) is not None else without_mark(text)
    found = year_above(text) if kind == YEAR else None
    return found.year if found else text


def _is_word(name: str) -> bool:
    """Whether a header is the name of a quantity or label (year, population), not itself a label."""
    words = codes_by_word("columns")
    return plain(name) in words or plain(name.partition(",")[0]) in words


def _holds_numbers(column: pl.Series) -> bool:
    texts = [str(text) for text in column.drop_nulls()]
    numbers = sum(1 for text in texts if _NUMBER.fullmatch(text))
    signs = sum(1 for text in texts if text in NO_VALUE)
    return numbers > 0 and numbers + signs >= _NUMERIC_SHARE * len(texts)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (f" (+{len(names) - SHOWN})" if len(names) > SHOWN else "")


def _turned(raw: RawTable, sought: Sought, spread: _Spread) -> tuple[RawTable, int]:
    """One row per cell that has a value, in the order of the file; how many cells off the diagonal have none."""
    stays = [name for name in raw.frame.columns if name not in spread.columns]
    above = list(next(iter(spread.columns.values())))
    units = [OF_HEADER] if spread.units and OF_HEADER not in stays else []
    pieces = []
    for column, texts in spread.columns.items():
        cell = raw.frame[column].alias(sought.value)
        labels = [pl.lit(text, dtype=pl.String).alias(name) for name, text in texts.items()]
        units_said = [pl.lit(spread.units.get(column), dtype=pl.String).alias(one) for one in units]
        piece = raw.frame.with_columns(*labels, cell, raw.rows.alias(NUMBER), *units_said)
        piece = piece.select(*stays, *texts, cell.name, NUMBER, *units)
        own = pl.lit(value=False)
        for text in texts.values():
            own = pl.any_horizontal(own, *(pl.col(name) == text for name in stays)) if stays else own
        pieces.append(piece.with_columns(own.fill_null(value=False).alias("__own__")))
    frame = pl.concat(pieces).with_row_index("__place__").sort(NUMBER, "__place__")
    nothing = pl.col(sought.value).is_null() | (pl.col("__own__") & pl.col(sought.value).is_in(list(NO_VALUE)))
    empty = frame.filter(pl.col(sought.value).is_null() & ~pl.col("__own__")).height
    frame = frame.filter(~nothing)
    if frame.height == 0:
        raise BadInput("catalog.add.empty", path=str(raw.path))
    rows = frame[NUMBER].alias("row")
    frame = frame.select(*stays, *above, sought.value, *units).rename(dict(spread.renamed))
    said = (*spread.common, *(name for name in stays if not _holds_numbers(raw.frame[name])))
    typed = raw.typed - set(spread.columns)
    if set(spread.columns) <= raw.typed:
        typed |= {sought.value}
    turned = replace(raw, frame=frame, rows=rows, levels={}, places=(), above=(*raw.above, *said), typed=typed)
    return replace(turned, empty=raw.empty + empty), empty
