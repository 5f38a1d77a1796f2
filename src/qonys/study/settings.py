"""Settings of a plan's sections: each of its type and between its ends, else one sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any, get_type_hints

from qonys.errors import BadInput


@dataclass(frozen=True)
class Multiple:
    """A setting is a multiple of this: draws that are halved over two models and two chains."""

    of: int


def known_setting(owner: Any, name: str, shown: str, path: str) -> None:
    """Refuse a name that `owner` has no field of; `shown`: as the sentence writes it.

    Raises
    ------
    BadInput
        There is no such setting; the sentence names the nearest.

    """
    known = [one.name for one in fields(owner)]
    if name not in known:
        near = get_close_matches(name, known, 1, 0.5) or known
        raise BadInput("study.plan.key", path=path, name=shown, known=", ".join(near))


def setting(owner: Any, name: str, value: Any, where: tuple[str, str]) -> Any:
    """A value of the setting's type and between its ends; `where`: file and name for the sentence.

    Raises
    ------
    BadInput
        The value is of another type, out of its range, or an empty list of numbers.

    """
    now, path, shown = getattr(owner, name), *where
    hint = get_type_hints(type(owner), include_extras=True)[name]
    if isinstance(now, Mapping):
        if not isinstance(value, Mapping):
            raise BadInput("study.plan.type", path=path, name=shown, value=value, expected=f"[{shown}.…]")
        return {**now, **value}
    many = isinstance(now, tuple)
    kind = (str if hint == tuple[str, ...] else int) if many else type(now)
    parts = value if isinstance(value, list) else [value]
    if many != isinstance(value, list) or not all(_is(part, kind) for part in parts):
        raise BadInput(f"study.plan.type.{kind.__name__}{'s' if many else ''}", path=path, name=shown, value=value)
    if many and not parts and kind is not str:  # no language: that of the command; no scenario: none is run
        raise BadInput("study.plan.empty", path=path, name=shown)
    for limits in getattr(hint, "__metadata__", ()):
        for part in parts:
            if isinstance(limits, Multiple):
                if part % limits.of:
                    raise BadInput("study.plan.multiple", path=path, name=shown, value=part, of=limits.of)
            elif not limits.holds(part):
                ends = {"low": limits.low, "high": limits.high}
                raise BadInput("study.plan.range", path=path, name=shown, value=part, **ends)
    return tuple(parts) if many else kind(value)


def _is(value: Any, kind: type) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int | float) if kind is float else isinstance(value, kind)


def toml_text(value: Any) -> str:
    """A plain value as TOML writes it on one line.

    Examples
    --------
    >>> toml_text({"half": {"emigration_times": 0.5}})
    '{"half" = {"emigration_times" = 0.5}}'

    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml_text(one)}" for key, one in value.items()) + "}"
    return json.dumps(value)
