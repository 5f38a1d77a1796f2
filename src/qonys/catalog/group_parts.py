"""`group_parts.yaml` of a pack: groups that publications put together, and the ethnic groups that they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qonys.catalog.listed import listed
from qonys.catalog.pack import Pack
from qonys.catalog.reading.numbers.entries import Entry
from qonys.catalog.rules.findings import Finding
from qonys.errors import QonysError

FILE, AXIS = "group_parts.yaml", "ethnic_group"


@dataclass(frozen=True)
class GroupOfGroups:
    """A group that holds others: `parts`, or, where these are empty, all but those of `rest_of`; codes of the axis."""

    id: str
    parts: tuple[str, ...]
    rest_of: tuple[str, ...]


def group_parts(pack: Pack) -> tuple[GroupOfGroups, ...]:
    """The groups of the pack's `group_parts.yaml`; none where there is no file.

    Raises
    ------
    BadInput
        The file is no YAML of groups, or a field is unknown or not of its kind.

    """
    return pack.cached("group parts", lambda: tuple(_group(entry) for entry in listed(pack, FILE, "groups")))


def _group(entry: Entry) -> GroupOfGroups:
    entry.only(("id", "parts", "rest_of"))
    return GroupOfGroups(entry.text("id"), entry.words("parts"), entry.words("rest_of"))


def group_parts_findings(pack: Pack) -> Iterator[Finding]:
    """What is wrong with `group_parts.yaml`: codes that no label names, groups told in both ways or in neither."""
    try:
        found = group_parts(pack)
    except QonysError as error:
        yield Finding(error.key, error.values)
        return
    labels = pack.labels()
    known = set(labels.filter(labels["axis"] == AXIS)["code"])
    for one in found:
        if bool(one.parts) == bool(one.rest_of):
            yield Finding("catalog.group_parts.ways", {"id": one.id})
        for code in (one.id, *one.parts, *one.rest_of):
            if code not in known:
                yield Finding("catalog.group_parts.code", {"id": one.id, "code": code})
