"""Options that are given where nothing uses them: they are said, not passed over."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from qonys.cli.notes import hear


def say_unused(options: Any, used: dict[str, bool]) -> None:
    """Say which of the options (a dataclass) are set though they have no effect; `used`: whether each has one."""
    usual = {one.name: one.default for one in fields(options)}
    idle = [name for name, has in used.items() if not has and getattr(options, name) != usual[name]]
    say_idle(*(f"--{name.replace('_', '-')}" for name in idle))


def say_idle(*names: str) -> None:
    """Say that the options `names`, as they are written, have no effect here."""
    if names:
        hear("cli.no_effect", {"options": ", ".join(names)})
