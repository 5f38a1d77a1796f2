"""Sexes as people write them, where a method has to know which is which."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.errors import BadInput

_NUMBERED = {"1": "male", "2": "female"}


def with_sexes(frame: pl.DataFrame, name: str, both: bool = False) -> pl.DataFrame:
    """The frame with female and male in its column sex, whatever words the table `name` has for them.

    A column of 1 and 2 alone has the codes of ISO/IEC 5218, male and female. With `both`, both sexes together are one
    more code.

    Raises
    ------
    BadInput
        A word that is neither.

    Examples
    --------
    >>> with_sexes(pl.DataFrame({"sex": ["F", "мужчины"]}), "counts")["sex"].to_list()
    ['female', 'male']

    """
    if "sex" not in frame.columns:
        return frame
    taken = ("female", "male", "both") if both else ("female", "male")
    numbered = {str(text) for text in frame["sex"].unique()} <= {*_NUMBERED}
    known = _NUMBERED if numbered else codes_by_word("sex")
    codes = {text: known.get(plain(str(text)), "") for text in frame["sex"].unique()}
    unknown = next((text for text, code in codes.items() if code not in taken), None)
    if unknown is not None or "" in codes.values():
        raise BadInput("catalog.sexes.unknown", table=name, value=str(unknown))
    return frame.with_columns(pl.col("sex").replace(codes))


def with_same_sexes(frames: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    """The frames with sexes by their codes where those that have a column sex name them by other words, all known.

    Examples
    --------
    >>> flows, people = pl.DataFrame({"sex": ["M", "F"]}), pl.DataFrame({"sex": ["әйелдер", "ерлер"]})
    >>> [frame["sex"].to_list() for frame in with_same_sexes([flows, people])]
    [['male', 'female'], ['female', 'male']]

    """
    words = {frozenset(frame["sex"].drop_nulls().unique()) for frame in frames if "sex" in frame.columns}
    if len(words) < 2:
        return list(frames)
    try:
        return [with_sexes(frame, "", both=True) for frame in frames]
    except BadInput:
        return list(frames)
