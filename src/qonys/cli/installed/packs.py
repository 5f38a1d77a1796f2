"""Packs that are there, and whether they pass their checks."""

from __future__ import annotations

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


def packs(chosen: str) -> list[Found]:
    """The shipped packs, and the chosen one where it is a folder of one's own."""
    from qonys.catalog.pack import shipped_packs

    shipped = shipped_packs()
    return [_found(name) for name in (*shipped, *([chosen] if chosen not in shipped else []))]


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
