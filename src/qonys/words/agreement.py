"""Words that follow a number take the form that the number asks for, in the middle of any sentence.

A text writes the forms in square brackets after the place of the number, in the order of its language's plural forms:
`{n} [year|years]`, `{n} [год|года|лет]`. Before a number or a list of them stand two, of one and of several:
`[row|rows] {rows}`. An entry with plural forms of gettext says one number only; a sentence of the
report says several, and they come written.
"""

from __future__ import annotations

import re

ORDER = {"ru": ("one", "few", "many"), "kk": ("one", "other"), "en": ("one", "other")}
_NUMBER = "\\d(?:[\\d.,\u00a0]*\\d)?"
_FORMS = re.compile(rf"(?<![\d.,])(?<!\d\u00a0)({_NUMBER})(†?[ \u00a0])\[([^\[\]|]*(?:\|[^\[\]|]*)+)\]")
_LISTED = re.compile(r"\[([^\[\]|]+)\|([^\[\]|]+)\] (\d+(?:(?:, |–|-)\d+|,? …)?)")
# of Russian and Kazakh; English has none that ends a sentence here
_ABBREVIATED = re.compile(r"(?<![^\W\d_])(?:г|гг|мес|тыс|млн|чел|ж|жж|др|т\. д|т\.б)\.$")
_STOPS = re.compile(r"(?<=[^\W\d_]\.)\.(?!\.)")


def agreed(text: str, language: str) -> str:
    r"""A filled text whose words agree with the numbers before them, and whose sentences end with one full stop.

    Examples
    --------
    >>> agreed("1 [row|rows] of 1,041 [source|sources]", "en")
    '1 row of 1,041 sources'
    >>> agreed("41 [строка|строки|строк] и 2\u00a0112† [источник|источника|источников]", "ru")
    '41 строка и 2\xa0112† источников'
    >>> agreed("1,8 [раз|раза|раз], до 2026 г..", "ru")
    '1,8 раза, до 2026 г.'
    >>> agreed("1 [row|rows] ([row|rows] 4), 2 [row|rows] ([row|rows] 4, 7)", "en")
    '1 row (row 4), 2 rows (rows 4, 7)'
    """
    if "[" in text:
        text = _FORMS.sub(lambda one: one[1] + one[2] + one[3].split("|")[form(one[1], language)], text)
        text = _LISTED.sub(lambda one: f"{one[1] if one[3].isdigit() else one[2]} {one[3]}", text)
    return _STOPS.sub("", text) if ".." in text else text


def abbreviated(text: str) -> bool:
    """Whether the full stop at the end of a text is that of an abbreviation: 2024 г.

    Examples
    --------
    >>> abbreviated("в 2024 г."), abbreviated("за год."), abbreviated("7,6 тыс.")
    (True, False, True)
    """
    return _ABBREVIATED.search(text) is not None


def form(written: str, language: str) -> int:
    """Place of the form that a written number asks for; a fraction takes that of few, where the language has it.

    Examples
    --------
    >>> form("21", "ru"), form("12", "ru"), form("0", "en"), form("1,000", "en"), form("1.5", "en")
    (0, 2, 1, 1, 1)
    """
    point = "." if language == "en" else ","
    if point in written:
        return 1
    return plural_form(int(re.sub(r"\D", "", written)), language)


def plural_form(count: int, language: str) -> int:
    """Place of the plural form of a whole number, in the order of `ORDER`."""
    from babel import Locale

    tag, names = Locale.parse(language).plural_form(count), ORDER[language]
    return names.index(tag) if tag in names else len(names) - 1
