"""Columns of a wide table that are no cells of it: areas, codes, coordinates, shares beside counts, parts of a column.

What a header says beyond doubt is left out and said; what only the numbers show is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from qonys.catalog.reading.columns import without_unit
from qonys.catalog.reading.formats.other_kinds import of_other_kinds
from qonys.catalog.reading.formats.raw import RawTable
from qonys.catalog.reading.labels.sums import answers
from qonys.catalog.reading.labels.totals import listed, means_total
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain, words_of
from qonys.catalog.reading.numbers.powers import bases_in, power_in
from qonys.errors import BadInput
from qonys.words.notes import note

_FRACTION = re.compile(r"[+\-−]?\s?\d*[.,](?:\d{1,2}|\d{4,})")
_YEAR = re.compile(r"(?:19|20)\d\d(?:[.,]0)?")
_LEAST_ROWS, _LEAST_YEARS, _LEAST = 4, 3, 2
_MOSTLY = 0.8
AXES = frozenset({"x", "y", "z"})
_UNITS = frozenset({"km2", "km²", "км2", "км²", "sq", "km", "кв", "км", "ha", "га", "m2", "м2", "шаршы", "deg"})


@dataclass(frozen=True)
class Cells:
    """Columns of a wide table that are its cells, and what was left out of them.

    `columns` in the order of the table, `levels` (column -> texts above it), `named` (left out by their names), `parts`
    (column -> label of the column that it is a part of), `wholes` (totals of the columns behind them, left out),
    `kinds` (sexes, urban and rural people or ages beside other groups, left out).
    """

    columns: list[str]
    levels: Mapping[str, tuple[str, ...]]
    named: tuple[str, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    wholes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def say(self, path: Path, name: str) -> None:
        """Say what was left out; `name`: what stands above the columns."""
        shown = {"path": str(path), "name": name}
        if self.named:
            note("catalog.reading.beside", columns=listed(self.named), first=self.named[0], **shown)
        if self.parts:
            whole = next(iter(self.parts.values()))
            note("catalog.reading.beside_parts", columns=listed(list(self.parts)), whole=whole, **shown)
        if self.wholes:
            note("catalog.reading.beside_wholes", columns=listed(self.wholes), **shown)
        if self.kinds:
            note("catalog.reading.beside_kinds", columns=listed(self.kinds), first=self.kinds[0], **shown)


def cells_of(raw: RawTable, wide: Sequence[str], name: str, said: tuple[Collection[str], Collection[str]]) -> Cells:
    """The columns among `wide` that are cells of a table whose headers are labels of `name`.

    Parameters
    ----------
    raw
        The table.
    wide
        Its columns of numbers, those that are known by name left out.
    name
        What the headers are: group, destination …
    said
        Labels that the person keeps, and those that the person leaves out: these columns are not looked at.

    Raises
    ------
    BadInput
        Columns whose numbers look like those of no group beside the others: fractions beside whole numbers, one year in
        all rows, the numbers of the rows. Sexes beside urban and rural people and no other groups.

    """
    kept, excluded = said
    own = {text for column in raw.frame.columns if column not in wide for text in raw.frame[column].drop_nulls()}
    answered = {*kept, *excluded}
    free = [column for column in wide if column not in own and not {column, " ".join(_levels(raw, column))} & answered]
    named = [column for column in free if counts_nobody(_last(raw, column)) or counts_nobody(column)]
    named += _axes(free, wide) if name == "group" else []
    named += _shares_among_counts(raw, [column for column in wide if column not in named], free)
    left = [column for column in wide if column not in named]
    found = _with_parts(raw, left, said)
    levels = {column: found.levels.get(column, _levels(raw, column)) for column in found.columns}
    kinds = of_other_kinds(raw.path, levels, free, name, lambda column: _is_total(raw, column))
    found = replace(found, columns=[column for column in found.columns if column not in kinds], kinds=tuple(kinds))
    _refuse_twice(raw, [column for column in free if column in found.columns], name)
    doubtful = [column for column in free if column in found.columns and not _is_total(raw, column)]
    doubtful = [column for column in doubtful if column not in units_of_each(raw, found.columns)]
    _refuse_unlike(raw, doubtful if name == "group" else [], found.columns, name)
    return replace(found, named=tuple(named))


def counts_nobody(text: str) -> bool:
    """Whether a header names an area, a code, a coordinate, a density or the like, and no group or place.

    Examples
    --------
    >>> [counts_nobody(text) for text in ("area_km2", "Площадь, кв. км", "Population density", "Area A", "code")]
    [True, True, True, False, True]

    """
    words = [word for word in plain(text).split() if word not in _UNITS]
    whole = " ".join(words)
    if whole in words_of("whole", "beside"):
        return True
    ends = words_of("end", "beside")
    return len(words) > 1 and (words[-1] in ends or words[0] in words_of("begin", "beside"))


def _axes(free: Sequence[str], wide: Sequence[str]) -> list[str]:
    """The columns x and y (and z) where they stand together beside columns with longer names: coordinates."""
    axes = [column for column in free if plain(column) in AXES]
    others = [column for column in wide if plain(column) not in AXES]
    together = {"x", "y"} <= {plain(column) for column in axes}
    return axes if together and others and all(len(plain(column)) > 1 for column in others) else []


def _refuse_twice(raw: RawTable, columns: Sequence[str], name: str) -> None:
    """Refuse columns that have one name but for their units («казахи», «казахи, тыс. чел.»): the same, twice."""
    called: dict[str, list[str]] = {}
    for column in columns:
        called.setdefault(plain(without_unit(" ".join(_levels(raw, column)), rates=True)), []).append(column)
    twice = [column for same in called.values() if len(same) > 1 for column in same]
    if twice:
        labels = [(name, " ".join(_levels(raw, column))) for column in twice]
        raise BadInput("catalog.reading.beside_twice", path=str(raw.path), columns=listed(twice), **answers(labels))


def unit_of_all(raw: RawTable, columns: Sequence[str]) -> tuple[str, ...]:
    """The text above the first of the columns where all say one unit: in percent, in thousands; else none."""
    said = {(bases_in(text), power_in(text).power) for column in columns for text in [" ".join(_levels(raw, column))]}
    return (" ".join(_levels(raw, columns[0])),) if len(said) == 1 and said != {(frozenset(), None)} else ()


def units_of_each(raw: RawTable, columns: Sequence[str]) -> dict[str, str]:
    """Column -> power of ten and text above it, as a cell of `OF_HEADER`, where the columns say different multipliers.

    A column that says no unit has none; one of persons has a power of 0.
    """
    texts = {column: " ".join(_levels(raw, column)) for column in columns}
    powers = {column: power_in(text).power for column, text in texts.items()}
    if len(set(powers.values())) < _LEAST:
        return {}
    said = [column for column, text in texts.items() if powers[column] or without_unit(text) != text.lower()]
    return {column: f"{powers[column] or 0}: {texts[column]}" for column in said}


def _levels(raw: RawTable, column: str) -> tuple[str, ...]:
    return raw.levels.get(column, (column,))


def _last(raw: RawTable, column: str) -> str:
    return _levels(raw, column)[-1]


def _shares_among_counts(raw: RawTable, wide: Sequence[str], free: Sequence[str]) -> list[str]:
    """Columns in percent beside columns that are not."""
    shares = [column for column in wide if bases_in(" ".join(_levels(raw, column)))]
    return [column for column in shares if column in free] if len(wide) - len(shares) >= _LEAST else []


def _with_parts(raw: RawTable, wide: Sequence[str], said: tuple[Collection[str], Collection[str]]) -> Cells:
    """The columns that are no part of the column before them («из них», of which), and their texts without such words.

    A part of a total, of a column that is no cell, or of one that the person leaves out is a cell of its own.
    """
    levels: dict[str, tuple[str, ...]] = {}
    parts: dict[str, str] = {}
    wholes: list[str] = []
    whole: str | None = None
    labels = {_joined(raw, column): column for column in wide}
    for column in raw.frame.columns:
        if column not in wide:
            whole = None
            continue
        bare, lead = _without_heading(_levels(raw, column))
        if bare is None:
            whole = column
            if len(_levels(raw, column)) > 1 and means_total(_last(raw, column)):
                levels[column] = _levels(raw, column)[:-1]
            continue
        levels[column] = (" ".join(bare),)
        of = labels.get(lead) if lead else whole
        own = {column, " ".join(_levels(raw, column)), " ".join(bare)}
        if of is not None and not _is_total(raw, of) and not own & {*said[0]} and not _answered(raw, of, said[1]):
            parts[column] = " ".join(levels.get(of, _levels(raw, of)))
            wholes.append(of)
    left = [column for column in wide if column not in parts]
    if parts and len(left) < _LEAST:
        others = [column for column in wide if column not in wholes]
        if len(others) >= _LEAST:
            return Cells(others, levels, wholes=tuple(dict.fromkeys(wholes)))
    changed = levels if parts or any(_without_heading(_levels(raw, column))[0] for column in left) else {}
    return Cells(left, changed, parts=parts)


def _answered(raw: RawTable, column: str, labels: Collection[str]) -> bool:
    return column in labels or _joined(raw, column) in map(plain, labels)


def _joined(raw: RawTable, column: str) -> str:
    levels = _levels(raw, column)
    return plain(" ".join(levels[:-1] if len(levels) > 1 and means_total(levels[-1]) else levels))


def _is_total(raw: RawTable, column: str) -> bool:
    """Whether a column is the total of all, by its words: «Всего», «Население, чел.»."""
    first = plain(column.partition(",")[0])
    return means_total(_joined(raw, column)) or first in codes_by_word("columns")


def _without_heading(levels: tuple[str, ...]) -> tuple[tuple[str, ...] | None, str]:
    """Texts above a column without words such as «из них», and the label that stands before them in the same text.

    None where no such words stand there.

    Examples
    --------
    >>> _without_heading(("из них", "горожане")), _without_heading(("русские, из них:", "горожане"))
    ((('горожане',), ''), (('русские', 'горожане'), 'русские'))
    >>> _without_heading(("казахи",))
    (None, '')

    """
    kept: list[str] = []
    lead, met = "", False
    for number, text in enumerate(levels):
        words = plain(text)
        start = next((one for one in _headings() if words == one or words.startswith(f"{one} ")), None)
        end = next((one for one in _headings() if words.endswith(f" {one}")), None)
        met = met or start is not None or end is not None
        if start is not None:
            rest = len(words.split()) - len(start.split())
            kept += [" ".join(text.split()[-rest:])] if rest and number == len(levels) - 1 else []
        elif end is not None:
            lead = words.removesuffix(end).strip()
            kept.append(" ".join(text.split()[: len(lead.split())]).rstrip(",:;"))
        else:
            kept.append(text)
    return (tuple(kept) or levels, lead) if met else (None, "")


def _headings() -> list[str]:
    return sorted(words_of("of", "part"), key=len, reverse=True)


def _refuse_unlike(raw: RawTable, doubtful: Sequence[str], columns: Sequence[str], name: str) -> None:
    """Refuse columns whose numbers are of another kind than those of the others."""
    texts = {column: raw.frame[column].drop_nulls().str.strip_chars() for column in columns}
    broken = [column for column in columns if _share_of(texts[column], _FRACTION) >= _MOSTLY]
    whole = [column for column in columns if _share_of(texts[column], _FRACTION) == 0]
    unlike = [column for column in broken if column in doubtful] if len(whole) > max(len(broken), 1) else []
    rows = raw.frame.height
    for column in doubtful:
        cells = texts[column].to_list()
        one_year = rows >= _LEAST_YEARS and len(set(cells)) == 1 and _YEAR.fullmatch(cells[0])
        numbered = rows >= _LEAST_ROWS and any(cells == [str(i + first) for i in range(rows)] for first in (0, 1))
        unlike += [column] if (one_year or numbered) and column not in unlike else []
    if unlike and len(unlike) < len(columns):
        labels = [(name, " ".join(_levels(raw, column))) for column in unlike]
        raise BadInput(
            "catalog.reading.beside_asked", path=str(raw.path), columns=listed(unlike), name=name, **answers(labels)
        )


def _share_of(texts: pl.Series, pattern: re.Pattern[str]) -> float:
    return sum(bool(pattern.fullmatch(text)) for text in texts) / max(texts.len(), 1)
