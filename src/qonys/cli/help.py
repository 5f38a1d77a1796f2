"""Commands whose help texts are keys of the word catalogues, and the pages they print."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Group, Parameter

from qonys.cli.examples import EXAMPLES
from qonys.cli.pages import common_text, description_text, examples_text, panel_text, usage_text, worded

if TYPE_CHECKING:
    from cyclopts.help import HelpEntry, HelpPanel
    from rich.console import Console, ConsoleOptions

PLACE = "…"
_METAVAR = re.compile(r"(--[a-z-]+) [A-Z]+")
_OWN = {"--help": "cli.help.help", "--version": "cli.help.version"}


def new_app(name: str, help_key: str, **more: Any) -> App:
    """An application or group of commands whose help text stands under `help_key`."""
    return WordedApp(
        name=name,
        help=help_key,
        help_format="plaintext",
        help_formatter=KeyFormatter(),
        group_commands=Group("cli.help.commands", sort_key=0),
        group_parameters=Group("cli.help.parameters", sort_key=0),
        group_arguments=Group("cli.help.arguments", sort_key=0),
        suppress_keyboard_interrupt=False,
        result_action="return_value",
        version_flags=more.pop("version_flags", []),
        **more,
    )


class WordedApp(App):
    """An application whose help of a command ends with examples."""

    def help_print(
        self,
        tokens: Annotated[str | Iterable[str] | None, Parameter(show=False)] = None,
        *,
        console: Annotated[Any, Parameter(parse=False)] = None,
    ) -> None:
        """Print the help page of the command that the tokens name, and lines that show how it is called."""
        words = tokens if tokens is None or isinstance(tokens, str) else list(tokens)
        super().help_print(words, console=console)
        lines = EXAMPLES.get(" ".join(self.parse_commands(words)[0]))
        if lines:
            print(examples_text(lines))


class KeyFormatter:
    """A Cyclopts help formatter that prints plain text in the chosen language."""

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        """Print a panel: names on the left, their help on the right."""
        entries = [(_names(entry), _help(entry)) for entry in panel.entries]
        if entries:
            _print(console, panel_text(_plain(panel.title), entries))

    def render_usage(self, console: Console, options: ConsoleOptions, usage: Any) -> None:
        """Print the usage line."""
        line = _METAVAR.sub(rf"\1 {PLACE}", _plain(usage)).replace("[ARGS...]", "[ARGS]")
        _print(console, usage_text(line))

    def render_description(self, console: Console, options: ConsoleOptions, description: Any) -> None:
        """Print what the command does, and the options common to all."""
        text = _plain(description)
        if text:
            _print(console, description_text(text))
        _print(console, common_text() + "\n")


def _print(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)


def _plain(given: Any) -> str:
    plain = getattr(given, "plain", None)
    if plain is not None:
        return str(plain).strip()
    if hasattr(given, "__rich_console__"):
        import io

        from rich.console import Console

        page = Console(file=io.StringIO(), width=10_000, color_system=None)
        with page.capture() as captured:
            page.print(given, end="")
        return captured.get().strip()
    return "" if given is None else str(given).strip()


def _names(entry: HelpEntry) -> str:
    if entry.positional_label:
        return entry.positional_label
    names = ", ".join((*entry.positive_shorts, *entry.positive_names))
    return f"{names} {PLACE}" if entry.metavar else names


def _help(entry: HelpEntry) -> str:
    own = next((_OWN[name] for name in entry.positive_names if name in _OWN), None)
    text = worded(own) if own else worded(_plain(entry.description))
    if entry.choices:
        text += f" [{' | '.join(entry.choices)}]"
    if entry.required:
        text += f" ({worded('cli.help.required')})"
    return text
