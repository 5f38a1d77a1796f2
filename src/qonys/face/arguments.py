"""The arguments of a function of `qonys`: what cannot be is one sentence, whatever was given in its place."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from inspect import Parameter, signature
from numbers import Integral, Real
from typing import Any, ForwardRef, ParamSpec, TypeVar, cast

import numpy as np

from qonys.errors import BadInput
from qonys.face.frames import noted_names
from qonys.face.options import checked
from qonys.face.result import Result
from qonys.face.told import collected_notes, in_python

P = ParamSpec("P")
T = TypeVar("T")
LONGEST = 40


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(one, str) for pair in value.items() for one in pair)


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


KINDS: Mapping[str, tuple[str, Callable[[object], bool]]] = {
    "int": ("whole", _is_whole),
    "float": ("number", _is_number),
    "bool": ("truth", lambda value: isinstance(value, bool | np.bool_)),
    "str": ("text", lambda value: isinstance(value, str | os.PathLike)),
    "Columns": ("columns", lambda value: value is None or _is_mapping(value)),
}


def offered(function: Callable[P, T]) -> Callable[P, T]:
    """The function, with its arguments checked before it runs, the names of `columns` after, and all that it says.

    A decorator of what `import qonys` offers. The call raises BadInput for an argument that the function does not
    take, one too many, one that lacks, one of another kind (text for a number), and for a name of `columns` that no
    table given has a use for.
    """
    known = signature(function).parameters
    kinds = _kinds(function)

    @wraps(function)
    def call(*given: P.args, **named: P.kwargs) -> T:
        values = _bound(function.__name__, known, given, named)
        for name, value in values.items():
            kind = kinds.get(name)
            optional = kind is not None and kind.endswith(" | None")
            if kind is None or (optional and value is None):
                continue
            word, fits = KINDS[kind.removesuffix(" | None")]
            if not fits(value):
                found = repr(value)
                shown = found if len(found) <= LONGEST else f"{found[:LONGEST]}…"
                raise BadInput(f"face.arguments.{word}", function=function.__name__, name=name, found=shown)
        columns: Mapping[str, str] = values.get("columns") or {}
        with noted_names() as read, collected_notes() as said, in_python():
            answer = function(*given, **named)
        stray = [name for name in columns if name not in read]
        if read and stray:
            raise BadInput("face.table.stray", name=stray[0], known=", ".join(sorted(read)))
        return cast(T, answer.with_notes(said)) if isinstance(answer, Result) else answer

    return call


def _kinds(function: Callable[..., object]) -> dict[str, str]:
    """Arguments and options of a simple kind, by name."""
    found: dict[str, object] = {}
    for name, one in signature(function).parameters.items():
        if one.kind is Parameter.VAR_KEYWORD:
            options = function.__globals__.get(_written(one.annotation).removeprefix("Unpack[").removesuffix("]"))
            found |= getattr(options, "__annotations__", {})
        else:
            found[name] = one.annotation
    texts = {name: _written(annotation) for name, annotation in found.items()}
    return {name: text for name, text in texts.items() if text.removesuffix(" | None") in KINDS}


def _written(annotation: object) -> str:
    """An annotation as it is written in the source."""
    if isinstance(annotation, ForwardRef):
        return annotation.__forward_arg__
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")


def _bound(
    function: str, known: Mapping[str, Parameter], given: Sequence[object], named: Mapping[str, object]
) -> dict[str, Any]:
    """What was given, by the names of the arguments."""
    places = [name for name, one in known.items() if one.kind is Parameter.POSITIONAL_OR_KEYWORD]
    shown = len([name for name in places if name != "self"])
    if len(given) > len(places):
        raise BadInput("face.arguments.many", function=function, most=shown, found=len(given) - len(places) + shown)
    values = dict(zip(places, given, strict=False))
    for name in named:
        if name in values:
            raise BadInput("face.arguments.twice", function=function, name=name)
    if not any(one.kind is Parameter.VAR_KEYWORD for one in known.values()):
        checked(named, [name for name in known if name != "self"], function)
    values |= named
    for name, one in known.items():
        if name not in values and one.default is Parameter.empty and one.kind is not Parameter.VAR_KEYWORD:
            raise BadInput("face.arguments.missing", function=function, name=name)
    return values
