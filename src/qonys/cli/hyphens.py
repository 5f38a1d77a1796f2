"""Values that begin with a hyphen: ``--na -`` says what ``--na=-`` says."""

from __future__ import annotations

import re
from collections.abc import Sequence

_OPTION = re.compile(r"--[a-z][a-z-]*")
_NO_VALUE = re.compile(r"-h|--|--[^\W\d].*")
TAKES_DASHES = frozenset({"--na"})


def with_joined_values(arguments: Sequence[str]) -> list[str]:
    """The arguments with each value that begins with a hyphen joined to the option before it.

    What looks like an option (``-h``, two hyphens and a letter) is no value, nor are two hyphens alone, behind which no
    option stands; after an option of `TAKES_DASHES` they are one.

    Examples
    --------
    >>> with_joined_values(["indicators", "f.csv", "--na", "-", "--draws", "-1", "--pairs", "--by", "age"])
    ['indicators', 'f.csv', '--na=-', '--draws=-1', '--pairs', '--by', 'age']
    >>> with_joined_values(["f.csv", "--na", "--", "--pairs", "--", "--na", "-"])
    ['f.csv', '--na=--', '--pairs', '--', '--na', '-']

    """
    found: list[str] = []
    for place, argument in enumerate(arguments):
        before = found[-1] if found else ""
        if _OPTION.fullmatch(before) and _is_value(before, argument):
            found[-1] = f"{before}={argument}"
        elif argument == "--":
            return [*found, *arguments[place:]]
        else:
            found.append(argument)
    return found


def _is_value(option: str, argument: str) -> bool:
    dashes = argument == "--" and option in TAKES_DASHES
    return dashes or (argument.startswith("-") and not _NO_VALUE.fullmatch(argument))
