"""Help pages as plain text in the chosen language; nothing heavy is imported here."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from qonys import words
from qonys.cli.examples import MADE_UP, OF_PACK, OF_SURVEY
from qonys.cli.options import settings

WIDTH = 100
INDENT = "  "
LEFT = 34


def worded(text: str) -> str:
    """The words under `text` if it is a key, else `text` itself."""
    key, language = text.strip(), settings().language
    return words.text(key, language) if words.has(key, language) else text


def usage_text(line: str) -> str:
    """The usage line; the places COMMAND, [OPTIONS] and [ARGS] are translated."""
    for place in ("COMMAND", "[OPTIONS]", "[ARGS]"):
        line = line.replace(place, worded(f"cli.help.place.{place.strip('[]').lower()}"))
    return f"{worded('cli.help.usage')}: {line}\n"


def description_text(text: str) -> str:
    """What a command does, folded."""
    return "\n".join(textwrap.fill(line, WIDTH) for line in worded(text).splitlines()) + "\n"


def panel_text(title: str, entries: Sequence[tuple[str, str]]) -> str:
    """A titled list of names and their help."""
    left = min(max(len(name) for name, _ in entries), LEFT) + 2
    lines = [worded(title) + ":"]
    for name, help_text in entries:
        folded = textwrap.wrap(help_text, max(20, WIDTH - left - len(INDENT))) or [""]
        if len(name) + 2 > left:
            lines.append(INDENT + name)
        else:
            lines.append(INDENT + name.ljust(left) + folded.pop(0))
        lines.extend(INDENT + " " * left + line for line in folded)
    return "\n".join(lines) + "\n"


def examples_text(lines: Sequence[str]) -> str:
    """Lines that show how a command is called; one that is too long goes on behind a backslash."""
    whole = textwrap.TextWrapper(WIDTH - 8, break_long_words=False, break_on_hyphens=False)
    shown = [f" \\\n{INDENT}    ".join(whole.wrap(line)) for line in lines]
    return "\n".join([worded("cli.help.examples") + ":", *(INDENT + line for line in shown), *_files_of(lines)])


def _files_of(lines: Sequence[str]) -> list[str]:
    """Where the files that the lines name come from."""
    named = dict.fromkeys(part for line in lines for part in line.split() if part.endswith(".csv"))
    own = [name for name in named if name not in OF_PACK | OF_SURVEY | MADE_UP]
    said = (
        ("cli.help.files_of_pack", [name for name in named if name in OF_PACK]),
        ("cli.help.files_made_up", [name for name in named if name in MADE_UP]),
        ("cli.help.files_of_survey", [name for name in named if name in OF_SURVEY]),
        ("cli.help.files_own", own),
    )
    return [textwrap.fill(worded(key).format(files=", ".join(names)), WIDTH) for key, names in said if names]


def common_text() -> str:
    """The options that every command takes."""
    return textwrap.fill(worded("cli.help.common"), WIDTH)


def root_page(commands: Sequence[tuple[str, str]]) -> str:
    """The help of ``qonys`` itself: (name, key of its help) for each command."""
    entries = [(name, worded(key)) for name, key in commands]
    own = [("-h, --help", worded("cli.help.help")), ("--version", worded("cli.help.version"))]
    return "\n".join(
        [
            usage_text("qonys COMMAND"),
            description_text("cli.command.qonys"),
            panel_text("cli.help.commands", [*entries, *own]),
            common_text(),
        ]
    )
