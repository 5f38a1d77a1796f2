"""YAML as a person means it: the plain rules of YAML 1.2, each key once, bounded before it is built.

What YAML 1.1 would turn into something else stays a text: `010000` (4096 there), `1:30:00` (5400), `1_000`, `no`
(false) and `2020-01-31` (a date). Only `true`, `false`, `null`, whole numbers and decimal fractions are no texts.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from qonys.errors import BadInput

STANDARD = "tag:yaml.org,2002:"
MOST_VALUES = 100_000
MOST_DEPTH = 40
KINDS: tuple[tuple[str, str, str], ...] = (
    ("null", r"^(?:~|null|Null|NULL|)$", "~nN"),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?(?:0|[1-9][0-9]{0,17})$", "-+0123456789"),
    ("float", r"^[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$", "-+0123456789."),
)


class _Loader(yaml.SafeLoader):
    """Values of one document, with the path of the file for errors."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def __init__(self, text: str, path: str) -> None:
        super().__init__(text)
        self.path, self.values, self.depth = path, 0, 0
        self.sizes: dict[str, int] = {}

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """A node, unless the document is too deep, has too many values, or names a type."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        row = event.start_mark.line + 1
        name = event.anchor
        alias = isinstance(event, yaml.AliasEvent)
        tag = getattr(event, "tag", None) or "!"
        if not alias and tag != "!":
            raise BadInput("catalog.reading.yaml_tag", path=self.path, row=row, tag=tag.replace(STANDARD, "!!"))
        if alias and name in self.anchors and name not in self.sizes:
            raise BadInput("catalog.reading.yaml_itself", path=self.path, row=row, name=name)
        begun = self.values
        self.values += self.sizes.get(name, 1) if alias else 1
        if self.values > MOST_VALUES:
            raise BadInput("catalog.reading.many_settings", path=self.path, row=row, most=MOST_VALUES)
        if self.depth >= MOST_DEPTH:
            raise BadInput("catalog.reading.deep_settings", path=self.path)
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        if name and not alias:
            self.sizes[name] = self.values - begun
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """A mapping, unless a key stands twice (as a text) or is itself a list or a mapping."""
        rows: dict[str, int] = {}
        for key, _ in node.value:
            row = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or key.tag == STANDARD + "null":
                raise BadInput("catalog.reading.yaml_key", path=self.path, row=row)
            if key.value in rows:
                raise BadInput(
                    "catalog.reading.key_twice", path=self.path, row=row, name=key.value, first=rows[key.value]
                )
            rows[key.value] = row
        return super().construct_mapping(node, deep)


for _kind, _pattern, _first in KINDS:
    _Loader.add_implicit_resolver(STANDARD + _kind, re.compile(_pattern), list(_first))
_Loader.yaml_implicit_resolvers.setdefault("", []).append((STANDARD + "null", re.compile(KINDS[0][1])))


def yaml_document(text: str, path: Path | str) -> Any:
    """The values of the one document in `text`; None where it is empty.

    Parameters
    ----------
    text
        The text of the file.
    path
        The file, for errors.

    Raises
    ------
    BadInput
        The text is not YAML, a key stands twice, a value names a type or holds itself, or the document is too deep
        or has too many values, those that an anchor repeats counted as often as they stand.

    """
    try:
        loader = _Loader(text, str(path))
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except RecursionError:
        raise BadInput("catalog.reading.deep_settings", path=str(path)) from None
    except yaml.reader.ReaderError as error:
        row, code = text.count("\n", 0, error.position) + 1, f"U+{error.character:04X}"
        raise BadInput("catalog.reading.settings_sign", path=str(path), row=row, code=code) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        row, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise BadInput("catalog.reading.bad_settings", path=str(path), row=row, column=column, kind="YAML") from None
