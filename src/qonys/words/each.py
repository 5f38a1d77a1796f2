"""Figures and texts as each language writes them, as values of places of a text."""

from __future__ import annotations

from qonys.words.catalogue import LANGUAGES, Worded, text
from qonys.words.numbers import number


def in_each(value: float, *, plus: bool = False) -> Worded:
    r"""A figure of up to six digits as each language writes it, without an exponent, as a place of a text.

    Examples
    --------
    >>> in_each(0.6).names["ru"], in_each(3.2e-08).names["kk"], in_each(12345.0).names["en"]
    ('0,6', '0,000000032', '12,345')
    """
    written = f"{value:.6g}"
    if "e" in written:
        written = f"{float(written):.15f}".rstrip("0")
    decimals = len(written.partition(".")[2])
    return Worded({language: number(value, language, decimals, plus=plus) for language in LANGUAGES})


def text_in_each(key: str) -> Worded:
    """The text under `key` as a place of another text.

    Examples
    --------
    >>> text_in_each("effect.method.interrupted").names["ru"]
    'прерванный ряд'
    """
    return Worded({language: text(key, language) for language in LANGUAGES})
