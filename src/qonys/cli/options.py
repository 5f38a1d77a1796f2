"""Options that hold for every command and may stand anywhere: --pack, --lang, --format."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace

from qonys import DEFAULT_PACK, words
from qonys.errors import QonysError

FORMATS: tuple[str, ...] = ("table", "json", "csv")


class UsageError(QonysError):
    """The command line cannot be understood; the exit code is 2."""


@dataclass(frozen=True)
class CommandSettings:
    """What the common options say; `pack_said`: whether the person named the pack."""

    pack: str = DEFAULT_PACK
    language: str = "en"
    format: str = "table"
    pack_said: bool = False


_CURRENT: ContextVar[CommandSettings] = ContextVar("settings")


def settings() -> CommandSettings:
    """The settings of the running command."""
    return _CURRENT.get(CommandSettings())


def use_settings(chosen: CommandSettings) -> None:
    """Make `chosen` the settings of the running command."""
    _CURRENT.set(chosen)


def split_arguments(arguments: Sequence[str]) -> tuple[CommandSettings, list[str]]:
    """The common options, and the arguments without them.

    ``--lang`` is looked for first, so that even a usage error reads in the chosen language. A
    ``--format`` that is none of table, json, csv is left to the command.

    Raises
    ------
    UsageError
        An option lacks its value or has two, or the language is not spoken.

    """
    chosen = CommandSettings(language=words.pick_language(_language(arguments)))
    use_settings(chosen)
    rest: list[str] = []
    said: dict[str, str] = {}
    waiting = list(arguments)
    while waiting:
        argument = waiting.pop(0)
        if argument == "--":
            return chosen, [*rest, argument, *waiting]
        name, sign, value = argument.partition("=")
        if name not in ("--pack", "--lang", "--format"):
            rest.append(argument)
            continue
        if not sign:
            if not waiting:
                raise UsageError("cli.usage.no_value", option=name)
            value = waiting.pop(0)
        chosen, kept = _with_option(chosen, name, value)
        if said.setdefault(name, value) != value:
            raise UsageError("cli.usage.repeated", option=name)
        rest.extend([] if kept else [name, value])
        use_settings(chosen)
    return chosen, rest


def _with_option(chosen: CommandSettings, name: str, value: str) -> tuple[CommandSettings, bool]:
    if not value:
        raise UsageError("cli.usage.empty_value", option=name)
    if name == "--pack":
        return replace(chosen, pack=value, pack_said=True), True
    if name == "--lang":
        if value not in words.LANGUAGES:
            raise UsageError("cli.usage.language", value=value, known=", ".join(words.LANGUAGES))
        return replace(chosen, language=value), True
    return (replace(chosen, format=value), True) if value in FORMATS else (chosen, False)


def _language(arguments: Sequence[str]) -> str | None:
    """The value of the last --lang before ``--``, if it is a language we speak."""
    found = None
    for place, argument in enumerate(arguments):
        if argument == "--":
            break
        value = argument.removeprefix("--lang=") if argument.startswith("--lang=") else None
        if argument == "--lang" and place + 1 < len(arguments):
            value = arguments[place + 1]
        found = value if value in words.LANGUAGES else found
    return found
