"""Packs that are there, and whether they pass their checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qonys.errors import QonysError


@dataclass(frozen=True)
class Found:
    """A pack: release of its data, number of tables, digest, findings of the checks, or why it cannot be opened."""

    name: str
    release: str = ""
    tables: int = 0
    digest: str = ""
    findings: int = 0
    refusal: QonysError | None = None


def packs(chosen: str, progress: Callable[[str, int, int], None] = lambda name, done, total: None) -> list[Found]:
    """The shipped packs, and the chosen one where it is another; `progress` hears which of how many is checked."""
    from qonys.catalog import open_pack
    from qonys.catalog.pack import SHIPPED, shipped_packs

    names = list(shipped_packs())
    try:
        own = open_pack(chosen).path.parent == SHIPPED.resolve()  # also by the country's name or code
    except QonysError:
        own = False
    names += [] if own else [chosen]
    found = []
    for place, name in enumerate(names, 1):
        progress(name, place, len(names))
        found.append(_found(name))
    return found


def _found(name: str) -> Found:
    import json

    from qonys.catalog import open_pack
    from qonys.catalog.checks import run_checks
    from qonys.catalog.schema import DESCRIPTOR

    try:
        pack = open_pack(name)
        findings = sum(len(item.findings) for item in run_checks(pack))
        described = json.loads((Path(pack.path) / DESCRIPTOR).read_text(encoding="utf-8"))
        return Found(name, str(described.get("version", "")), len(pack.tables()), pack.digest(), findings)
    except QonysError as error:
        return Found(name, refusal=error)
