"""Usage errors of the command line in one sentence of the chosen language."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args, get_origin

from cyclopts import CycloptsError
from cyclopts.exceptions import (
    CoercionError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
    ValidationError,
)

from qonys import words
from qonys.cli.options import FORMATS, UsageError
from qonys.cli.ranges import OutOfRange

KINDS = {int: "whole", float: "number", Path: "file"}


def usage_sentence(error: CycloptsError, language: str) -> str:
    """What is wrong with the command line, and where the help is."""
    command = " ".join(["qonys", *(error.command_chain or ())])
    key, values = _reason(error, language)
    return words.text(key, language, **values) + " " + words.text("cli.usage.see", language, command=command)


def _reason(error: CycloptsError, language: str) -> tuple[str, dict[str, object]]:
    if isinstance(error, UnknownCommandError):
        return "cli.usage.unknown_command", {"name": (error.unused_tokens or [""])[0]}
    if isinstance(error, UnknownOptionError):
        name = error.token.keyword or error.token.value
        if name.startswith("--format"):
            return "cli.usage.format", {"known": ", ".join(FORMATS)}
        return "cli.usage.unknown_option", {"option": name}
    if isinstance(error, ValidationError) and isinstance(error.__cause__, OutOfRange):
        found = error.__cause__
        ends = {"low": f"{found.limits.low:.15g}", "high": f"{found.limits.high:.15g}"}
        return "cli.usage.range", {"option": _name(error), "value": f"{found.value:.15g}", **ends}
    if isinstance(error, CoercionError):
        value = error.token.value if error.token else ""
        known = _known(error)
        if known:
            from qonys.catalog.pack import nearest

            values = {"near": nearest(value, known).split(",")[0], "known": ", ".join(known)}
            return "cli.usage.choice", {"option": _name(error), "value": value, **values}
        return "cli.usage.bad_value", {"option": _name(error), "value": value, "expected": _expected(error, language)}
    if isinstance(error, MissingArgumentError) and error.keyword:
        return "cli.usage.no_value_here", {"option": error.keyword}
    if isinstance(error, MissingArgumentError):
        return "cli.usage.missing", {"option": _name(error)}
    if isinstance(error, RepeatArgumentError):
        return "cli.usage.repeated", {"option": error.token.keyword or ""}
    if isinstance(error, UnusedCliTokensError):
        return "cli.usage.unused", {"name": " ".join(error.unused_tokens or [])}
    return "cli.usage.other", {}


def _expected(error: CoercionError, language: str) -> str:
    """What an option of an open set takes, in words."""
    kind = KINDS.get(error.target_type, "value") if isinstance(error.target_type, type) else "value"
    return words.text(f"cli.usage.takes.{kind}", language)


def _known(error: CycloptsError) -> tuple[str, ...]:
    """The values that an option of a closed set takes; empty for others."""
    hint = None if error.argument is None else error.argument.hint
    return tuple(map(str, get_args(hint))) if get_origin(hint) is Literal else ()


def _name(error: CycloptsError) -> str:
    if error.argument is None:
        return ""
    name = str(error.argument.name)
    return name if error.argument.field_info.is_keyword_only else name.lstrip("-").upper()


def refuse_empty(arguments: Sequence[str]) -> None:
    """Refuse an empty text where a name or value belongs, as a variable of the shell without a value leaves it.

    Raises
    ------
    UsageError
        An argument is empty, or an option is set to nothing (`--where=`).
    """
    before = ""
    for argument in arguments:
        name, sign, value = argument.partition("=")
        if not argument and _is_option(before):
            raise UsageError("cli.usage.empty_value", option=before)
        if not argument.strip() and not _is_option(before):
            raise UsageError("cli.usage.empty", before=before or "qonys")
        if sign and not value and _is_option(name):
            raise UsageError("cli.usage.empty_value", option=name)
        before = argument


def _is_option(text: str) -> bool:
    return text.startswith("--") and "=" not in text
