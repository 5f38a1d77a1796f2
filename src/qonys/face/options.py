"""Additional options of the public functions, checked by name."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import qonys
from qonys.errors import BadInput


def checked(given: Mapping[str, Any], known: Sequence[str], function: str) -> dict[str, Any]:
    """The options given, after a check that all are known.

    Raises
    ------
    BadInput
        An unknown option.

    Examples
    --------
    >>> checked({"weight": 0.5}, ("weight", "births"), "flows_from_stocks")
    {'weight': 0.5}
    """
    unknown = sorted(set(given) - set(known))
    if unknown:
        every = ", ".join(dict.fromkeys([*_named(function), *known]))
        raise BadInput("face.option", function=function, option=unknown[0], known=every)
    return dict(given)


def _named(function: str) -> list[str]:
    """Keyword arguments of a function of `qonys` other than its additional options."""
    found = getattr(qonys, function, None)
    own = inspect.signature(found).parameters.values() if callable(found) else ()
    return [one.name for one in own if one.kind is one.KEYWORD_ONLY]


def chosen(option: str, value: str, known: Sequence[str]) -> str:
    """`value`, one of `known`.

    Raises
    ------
    BadInput
        An unknown value.
    """
    if value not in known:
        raise BadInput("estimation.choice", option=option, value=value, known=", ".join(known))
    return value


def names(given: str | Sequence[str]) -> tuple[str, ...]:
    """One name or several, as a tuple.

    Examples
    --------
    >>> names("age"), names(["age", "sex"])
    (('age',), ('age', 'sex'))
    """
    return (given,) if isinstance(given, str) else tuple(given)
