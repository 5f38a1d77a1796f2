"""What a sentence offers: names that are not known, several at once, each with the nearest known one as it is typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from qonys.catalog.reading.choices import quoted

MOST = 5
OPEN = "…"
_BARE = re.compile(r"[\w…%+,./:=@-]+")


def unknown(names: Iterable[str], known: Collection[str]) -> list[str]:
    """The names that are not known, each once."""
    return [name for name in dict.fromkeys(names) if name not in known]


def listed(names: Collection[str]) -> str:
    """Up to `MOST` names, and how many more there are.

    Examples
    --------
    >>> listed(["a", "b"]), listed(list("abcdefg"))
    ('a, b', 'a, b, c, d, e (+2)')

    """
    rest = len(names) - MOST
    return ", ".join(list(names)[:MOST]) + (f" (+{rest})" if rest > 0 else "")


def typed(option: str, value: str) -> str:
    """An option with its value as a shell takes it.

    Examples
    --------
    >>> typed("--map", "Число, чел.=value"), typed("--keep", "sex=Total")
    ('--map "Число, чел.=value"', '--keep sex=Total')

    """
    return f"{option} {value if _BARE.fullmatch(value) else quoted(value)}"


def nearest_typed(names: Collection[str], near: Callable[[str], str], option: Callable[[str, str], str]) -> str:
    """For up to `MOST` names that are not known the option with the nearest known one: `option` (name, nearest)."""
    return " ".join(option(name, near(name).partition(", ")[0]) for name in list(names)[:MOST])
