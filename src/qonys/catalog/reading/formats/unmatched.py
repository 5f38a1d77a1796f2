"""Columns and rows of a matrix of origins and destinations that have no row or column of the same name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from qonys.catalog.reading.columns import without_unit
from qonys.catalog.reading.labels.sums import answers
from qonys.catalog.reading.labels.totals import listed, means_total
from qonys.catalog.reading.labels.vocabulary import plain, words_of
from qonys.catalog.reading.wanted import COUNTED_NAMES
from qonys.errors import BadInput

_LEAST = 3


def without_unmatched(
    path: Path, columns: Mapping[str, tuple[str, ...]], rows: Sequence[str], names: tuple[str, str],
    said: Collection[str],
) -> list[str]:
    """The columns that are sums of a matrix by their words («Число прибывших», «Выбыло из региона»), to be left out.

    Parameters
    ----------
    path
        The file.
    columns, rows
        Column -> texts above it; labels of the rows.
    names
        What the labels of the rows are called, "" where they may stand alone, and what the texts above the columns are.
    said
        Labels that the person keeps or leaves out: nothing is asked about them.

    Raises
    ------
    BadInput
        Most columns have a row of their name (three at least), and others, which are no totals, do not; or rows.

    """
    of_rows = {_key(text) for text in rows}
    of_columns = {_key(text) for texts in columns.values() for text in texts}
    unpaired = [column for column, texts in columns.items() if not {_key(text) for text in texts} & of_rows]
    unpaired = [column for column in unpaired if not any(means_total(text) for text in columns[column])]
    met = len(columns) - len(unpaired)
    if met < _LEAST or met <= len(unpaired):
        return []
    free = [column for column in unpaired if not {column, " ".join(columns[column])} & {*said}]
    sums = [column for column in free if is_sum(columns[column][-1])]
    alone = [text for text in dict.fromkeys(rows) if _key(text) not in of_columns and not means_total(text)]
    alone = [text for text in alone if text not in said]
    labels = [(names[1], " ".join(columns[column])) for column in free if column not in sums]
    labels += [(names[0], text) for text in alone] if names[0] and len({*rows}) > 2 * len(alone) else []
    if labels:
        shown = listed([label for _, label in labels])
        raise BadInput("catalog.reading.unmatched", path=str(path), labels=shown, **answers(labels))
    return sums


def is_sum(text: str) -> bool:
    """Whether a text above a column, or of a row, begins with what a sum of a matrix is called.

    Examples
    --------
    >>> [is_sum(text) for text in ("Число прибывших", "Выбыло из региона", "Прочие страны")]
    [True, True, False]

    """
    words = plain(without_unit(text))
    return any(words == plain(name) or words.startswith(f"{plain(name)} ") for name in COUNTED_NAMES)


def _key(text: str) -> str:
    """A label as it is compared: without unit, case, signs and words such as region and city."""
    words = plain(without_unit(text)).split()
    left = [word for word in words if word not in words_of("region") | words_of("city")]
    return " ".join(left or words)
