"""One name however it is written: hyphen or dash, ё or е, capitals, spaces and apostrophes make no other place.

Names whose letters only look alike (Latin C, Cyrillic С) are not joined: they are named and refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import polars as pl

from qonys.catalog.reading.labels.alphabets import alike, letters, looks
from qonys.catalog.reading.labels.totals import LabelColumns, SaidLabels
from qonys.errors import BadInput
from qonys.words.notes import note

SPACES: tuple[frozenset[str], ...] = (frozenset({"origin", "destination"}), frozenset({"birthplace", "residence"}))
SHOWN = 4


def one_spelling(
    path: Path, rows: pl.DataFrame, columns: LabelColumns, said: SaidLabels, known: Collection[str] = ()
) -> pl.DataFrame:
    """Rows in which each name has one spelling: as in `known`, else its most frequent one; what was joined is said.

    Parameters
    ----------
    path, rows, said
        As in `totals.without_totals`; labels that the person keeps are not joined.
    columns
        Where labels stand; origins and destinations, birthplaces and residences share their names.
    known
        Spellings of the first file, where this one belongs to it.

    Raises
    ------
    BadInput
        Two names differ in nothing but letters of other alphabets that look the same.

    """
    for names in spaces_of(columns.names):
        own = [columns.names[name] for name in names]
        kept = frozenset[str]().union(*(said.kept(column) for column in own))
        counts: Counter[str] = Counter()
        for column in own:
            counts.update(str(text).strip() for text in rows[column].drop_nulls() if str(text).strip())
        written = joined_spellings(counts, kept, known)
        _refuse_look_alikes(path, own[0], {*written.values()} | set(counts) - set(written), kept, known)
        if written:
            shown = [f"{old} → {new}" for old, new in written.items()]
            first = next(iter(written))
            column = next(one for one in own if (rows[one].str.strip_chars() == first).any())
            more = f" (+{len(shown) - SHOWN})" if len(shown) > SHOWN else ""
            pairs = "; ".join(shown[:SHOWN]) + more
            note("catalog.spellings.joined", path=str(path), column=column, pairs=pairs, first=first)
            stripped = [pl.col(column).str.strip_chars().replace(dict(written)) for column in own]
            rows = rows.with_columns(stripped)
    return rows


def known_labels(frame: pl.DataFrame) -> list[str]:
    """All labels of a table that was read: how its companions are to write the same names.

    Examples
    --------
    >>> known_labels(pl.DataFrame({"origin": ["A", "B"], "destination": ["B", "C"], "value": [1.0, 2.0]}))
    ['A', 'B', 'C']

    """
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    return list(dict.fromkeys(str(text) for name in texts for text in frame[name].drop_nulls()))


def spaces_of(names: Iterable[str]) -> list[list[str]]:
    """Names of columns, those together whose labels are of one space."""
    left = list(names)
    found = [[name for name in left if name in space] for space in SPACES]
    return [*(one for one in found if one), *([name] for name in left if not any(name in space for space in SPACES))]


def joined_spellings(
    counts: Counter[str], kept: Collection[str] = (), known: Collection[str] = ()
) -> Mapping[str, str]:
    """Spelling -> the one that is taken, for those that change.

    Parameters
    ----------
    counts
        How often each spelling stands in the file; of equals the first is taken.
    kept, known
        Spellings that stay as they are, and those that go before the most frequent ones.

    Examples
    --------
    >>> joined_spellings(Counter(["работа", "семья", "Работа", "работа"]))
    {'Работа': 'работа'}

    """
    best: dict[str, str] = {alike(label): label for label in known}
    for label, _ in counts.most_common():
        if label not in kept:
            best.setdefault(alike(label), label)
    changed = {label: best[alike(label)] for label in counts if label not in kept}
    return {label: taken for label, taken in changed.items() if taken != label}


def _refuse_look_alikes(
    path: Path, column: str, labels: Collection[str], kept: frozenset[str], known: Collection[str]
) -> None:
    seen: dict[str, str] = {looks(label): label for label in known}
    for label in sorted(labels):
        if label in kept:
            continue
        other = seen.setdefault(looks(label), label)
        if alike(other) != alike(label):
            raise BadInput(
                "catalog.spellings.look_alike", path=str(path), column=column, first=other, second=label,
                letters=letters(other, label),
            )  # fmt: skip
