"""A small file in which a person writes settings, scenarios or rules: looked at before it is opened, and bounded."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qonys.catalog.reading.formats.raw import MEGABYTE
from qonys.catalog.reading.formats.strict_yaml import MOST_DEPTH, yaml_document
from qonys.errors import BadInput

MOST = MEGABYTE
FARTHEST = 10**18
YAML = (".yaml", ".yml")
_PLACE = re.compile(r"line (\d+), column (\d+)")
_COMMENT, _BETWEEN = re.compile(r"(?m)#.*$"), re.compile(r"[=,\n{}\[\]]")


def settings_text(path: Path) -> str:
    """The text of the file, in UTF-8 with or without a mark.

    Raises
    ------
    BadInput
        There is no such file, the path is a folder, a pipe or a device, the file may not be read, holds more than a
        megabyte or is not UTF-8.

    """
    if path.is_dir():
        raise BadInput("catalog.add.folder", path=str(path))
    if not path.exists():
        raise BadInput("catalog.add.no_file", path=str(path))
    if not path.is_file():
        raise BadInput("catalog.add.not_plain", path=str(path))
    if path.stat().st_size > MOST:
        raise BadInput("catalog.reading.long_settings", path=str(path), most=MOST)
    try:
        content = path.read_bytes()
    except PermissionError:
        raise BadInput("catalog.add.not_readable", path=str(path)) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise BadInput("catalog.reading.settings_utf8", path=str(path), row=row) from None


def settings_document(path: Path) -> dict[str, Any]:
    """What the file says: YAML where its name ends so, else TOML; nothing where it is empty.

    Raises
    ------
    BadInput
        As `settings_text`, `yaml_document` and `toml_document`; the file holds no names with values; a number is too
        large or not finite.

    """
    text = settings_text(path)
    return named_values(yaml_document(text, path) if path.suffix.lower() in YAML else toml_document(text, path), path)


def named_values(found: Any, path: Path | str) -> dict[str, Any]:
    """A document that must be names with values, its numbers within what settings can be.

    Raises
    ------
    BadInput
        It is something else; a number is too large or not finite; it is too deep.

    """
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise BadInput("catalog.reading.no_names", path=str(path))
    _refuse_far(found, str(path), "", 0)
    return {str(key): value for key, value in found.items()}


def toml_document(text: str, path: Path | str) -> dict[str, Any]:
    """The values in `text`.

    Raises
    ------
    BadInput
        The text is not TOML, or too deep.

    """
    segments = _BETWEEN.split(_COMMENT.sub("", text))
    if max(segment.count(".") for segment in segments) > MOST_DEPTH:
        raise BadInput("catalog.reading.deep_settings", path=str(path))
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise BadInput("catalog.reading.deep_settings", path=str(path)) from None
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        row, column = map(int, place.groups()) if place else (text.count("\n") + 1, 1)
        raise BadInput("catalog.reading.bad_settings", path=str(path), row=row, column=column, kind="TOML") from None
    except ValueError:
        raise BadInput("catalog.reading.far_setting", path=str(path), name="–", most=f"{FARTHEST:.0e}") from None


def _refuse_far(value: Any, path: str, name: str, depth: int) -> None:
    """Refuse numbers that are not finite or farther from zero than any setting, and too deep a document."""
    if depth > MOST_DEPTH:
        raise BadInput("catalog.reading.deep_settings", path=path)
    if isinstance(value, Mapping | list):
        parts = value.items() if isinstance(value, Mapping) else enumerate(value, 1)
        for key, one in parts:
            _refuse_far(one, path, f"{name}.{key}" if name else str(key), depth + 1)
    elif isinstance(value, int | float) and not abs(value) <= FARTHEST:
        raise BadInput("catalog.reading.far_setting", path=path, name=name, most=f"{FARTHEST:.0e}")
