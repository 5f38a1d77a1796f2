"""Options that are given where nothing uses them: they are said, not passed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from qonys.cli.notes import hear


def say_unused(options: Any, used: dict[str, bool]) -> None:
    """Say which of the options (a dataclass) are set though they have no effect; `used`: whether each has one."""
    usual = {one.name: one.default for one in fields(options)}
    say_idle({f"--{name.replace('_', '-')}": not has and getattr(options, name) != usual[name]
              for name, has in used.items()})  # fmt: skip


def say_idle(idle: Mapping[str, bool]) -> None:
    """Say which options have no effect here; `idle`: an option as it is written -> whether it is given in vain."""
    names = [name for name, vain in idle.items() if vain]
    if names:
        hear("cli.no_effect", {"options": ", ".join(names)})
