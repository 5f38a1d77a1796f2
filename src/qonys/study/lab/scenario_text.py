"""A scenario of the projection as the lines of a TOML file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def scenario_lines(document: Mapping[str, Any]) -> list[str]:
    """Plain keys first, then a table for each group of names.

    Examples
    --------
    >>> scenario_lines({"immigration_times": 1.5, "region_attraction": {"KZ-61": 1.1}})
    ['immigration_times = 1.5', '', '[region_attraction]', '"KZ-61" = 1.1']
    """
    lines = [f"{key} = {toml(value)}" for key, value in document.items() if not isinstance(value, Mapping)]
    for key, table in document.items():
        if isinstance(table, Mapping):
            lines += ["", f"[{key}]", *(f"{toml(str(name))} = {toml(value)}" for name, value in table.items())]
    return lines


def toml(value: object) -> str:
    """A value as TOML writes it.

    Examples
    --------
    >>> toml({"KZ-61": 4000.0, "all": 1})
    '{"KZ-61" = 4000.0, "all" = 1}'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{toml(str(name))} = {toml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)
