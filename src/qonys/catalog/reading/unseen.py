"""Signs that no reader sees: zero-width spaces, marks of direction, soft hyphens; they part no number and no name."""

from __future__ import annotations

import re

import polars as pl
import polars.selectors as cs

SIGNS = "[\u00ad\u200b-\u200f\u2060\ufeff]"
_SIGNS = re.compile(SIGNS)


def seen(text: str) -> str:
    r"""The text without the signs that are not seen.

    Examples
    --------
    >>> seen("1\u200b234\u200e")
    '1234'

    """
    return text if text.isascii() else _SIGNS.sub("", text)


def seen_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame without such signs in its columns of text."""
    return frame.with_columns(cs.string().str.replace_all(SIGNS, ""))
