"""Numbers, percentages, year ranges and dates as each language writes them.

The minus is U+2212, groups of digits are parted by a no-break space in Russian and Kazakh and by
a comma in English, the percent sign is parted by a no-break space in Russian and Kazakh.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

MINUS = "\u2212"
GROUP = {"ru": "\u00a0", "kk": "\u00a0", "en": ","}
POINT = {"ru": ",", "kk": ",", "en": "."}
EN_DASH = "\u2013"


def number(value: float, language: str = "en", decimals: int = 0, *, plus: bool = False) -> str:
    r"""`value` rounded half to even to `decimals` places.

    Examples
    --------
    >>> number(-1234567.8, "en")
    '−1,234,568'
    >>> number(7.7, "ru", 1)
    '7,7'
    >>> number(12345, "kk")
    '12\xa0345'
    """
    written = f"{abs(value):,.{decimals}f}"
    negative = value < 0 and any(digit in "123456789" for digit in written)
    whole, _, fraction = written.partition(".")
    whole = whole.replace(",", GROUP[language])
    if language != "en" and len(whole.replace(GROUP[language], "")) == 4:
        whole = whole.replace(GROUP[language], "")
    sign = MINUS if negative else ("+" if plus and value > 0 else "")
    return sign + whole + (POINT[language] + fraction if fraction else "")


def integer(value: float, language: str = "en") -> str:
    """`value` without decimals."""
    return number(value, language, 0)


def signed(value: float, language: str = "en", decimals: int = 0) -> str:
    """`value` with its sign, a gain with a plus."""
    return number(value, language, decimals, plus=True)


def percent(value: float, language: str = "en", decimals: int = 1, *, plus: bool = False) -> str:
    r"""A share (0.28) as a percentage (28.0%).

    Examples
    --------
    >>> percent(0.28, "ru", 0)
    '28\xa0%'
    """
    space = "" if language == "en" else "\u00a0"
    return number(100 * value, language, decimals, plus=plus) + space + "%"


def year_range(start: int, end: int) -> str:
    """Two years joined by an en dash."""
    return f"{start}{EN_DASH}{end}"


def years_text(start: int, end: int) -> str:
    """A year, or two joined by an en dash.

    Examples
    --------
    >>> years_text(2019, 2019), years_text(2019, 2021)
    ('2019', '2019–2021')

    """
    return str(start) if start == end else year_range(start, end)


def year_ranges(years: Iterable[int]) -> str:
    """Years, those that follow each other joined by an en dash.

    Examples
    --------
    >>> year_ranges([2017, 2018, 2019, 2021, 2023, 2022])
    '2017–2019, 2021–2023'
    >>> year_ranges([2017, 2018, 2020])
    '2017, 2018, 2020'

    """
    runs: list[list[int]] = []
    for year in sorted(set(years)):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    parts = (
        year_range(run[0], run[-1]) if len(run) > 2 else ", ".join(map(str, run))  # two years are named one by one
        for run in runs
    )
    return ", ".join(parts)


def date_text(day: date, language: str = "en") -> str:
    """A date in words."""
    from babel.dates import format_date

    return format_date(day, format="long", locale=language)


def short_date(day: date, language: str = "en") -> str:
    r"""A date with the month in few letters and no nought before the day.

    Examples
    --------
    >>> short_date(date(2026, 11, 23)), short_date(date(2026, 5, 3), "ru")
    ('Nov 23, 2026', '3 мая 2026\u202fг.')
    >>> short_date(date(2026, 1, 1), "kk")
    '2026\u202fж. 1 қаң.'

    """
    from babel import Locale
    from babel.dates import format_date

    pattern = str(Locale.parse(language).date_formats["medium"])
    return format_date(day, format=pattern.replace("dd", "d"), locale=language)


def language_name(code: str, language: str = "en") -> str:
    """Name of a language, by its two letters; the letters where it has none.

    Examples
    --------
    >>> language_name("de"), language_name("de", "ru"), language_name("de", "kk"), language_name("xx")
    ('German', 'немецкий', 'неміс тілі', 'xx')

    """
    from babel import Locale

    return str(Locale.parse(language).languages.get(code, code))


def months_text(start: date, end: date, language: str = "en") -> str:
    r"""Days from `start` to `end` as months, where whole months lie between them; as dates otherwise.

    Examples
    --------
    >>> months_text(date(2024, 1, 1), date(2024, 8, 31)), months_text(date(2022, 1, 1), date(2022, 1, 15))
    ('January – August 2024', 'January 1, 2022 – January 15, 2022')
    >>> months_text(date(1991, 1, 1), date(2011, 9, 30), "ru")
    'январь 1991\xa0г. – сентябрь 2011\xa0г.'
    """
    from babel.dates import format_interval

    if start.day != 1 or (end + timedelta(days=1)).day != 1:
        return f"{date_text(start, language)} {EN_DASH} {date_text(end, language)}"
    text = str(format_interval(start, end, "yMMMM", locale=language))
    return text.replace("\u202f", "\u00a0").replace("\u2009", " ")
