"""The ledger of an import: every record that was read is kept, a duplicate, or refused for a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from qonys.errors import IdentityBroken

# the first that holds is the reason of a record
REASONS = (
    "no_day", "day", "future", "old", "event", "place", "same_place", "birth", "before_birth", "age", "sex", "conflict",
)  # fmt: skip
DUPLICATES = ("same_record", "same_event")
SHOWN = 5


@dataclass(frozen=True)
class Example:
    """A record that was refused or is a duplicate: file, its row in the file, and the text that shows why."""

    file: str
    row: int
    text: str


@dataclass
class Ledger:
    """Counts of an import; `examples` are the first few of each kind by file and row."""

    read: int = 0
    kept: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[Example]] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, count: int, examples: list[Example]) -> None:
        """Add records that are not kept."""
        if count:
            self.counts[kind] = self.counts.get(kind, 0) + count
            self.examples[kind] = [*self.examples.get(kind, []), *examples][:SHOWN]

    def total(self, kinds: tuple[str, ...]) -> int:
        """Records of these kinds."""
        return sum(self.counts.get(kind, 0) for kind in kinds)

    def check(self) -> None:
        """Raise `IdentityBroken` unless read = kept + duplicates + refused."""
        duplicates, refused = self.total(DUPLICATES), self.total(REASONS)
        if self.read != self.kept + duplicates + refused:
            raise IdentityBroken(
                "registers.ledger", read=self.read, kept=self.kept, duplicates=duplicates, refused=refused
            )

    def frame(self) -> pl.DataFrame:
        """One row per line of the ledger: line, kind, records, share of those read, examples (file, row, text)."""
        rows = [self._row("read", "", self.read), self._row("kept", "", self.kept)]
        rows += [self._row("duplicate", kind, self.counts.get(kind, 0)) for kind in DUPLICATES]
        rows += [self._row("refused", kind, self.counts[kind]) for kind in REASONS if kind in self.counts]
        rows += [self._row("noted", kind, count) for kind, count in self.notes.items()]
        return pl.DataFrame(rows, schema=_SCHEMA, orient="row")

    def _row(self, line: str, kind: str, count: int) -> tuple[object, ...]:
        shown = "; ".join(f"{one.file} {one.row}: {one.text}" for one in self.examples.get(kind, []))
        share = 100 * count / self.read if self.read else None
        return line, kind or None, count, share, shown or None

    def document(self) -> dict[str, Any]:
        """The same for JSON."""
        examples = {kind: [vars(one) for one in found] for kind, found in self.examples.items()}
        return {"read": self.read, "kept": self.kept, "counts": self.counts, "examples": examples, "notes": self.notes}

    @staticmethod
    def of(document: Mapping[str, Any]) -> Ledger:
        """A ledger from `document()`."""
        examples = {kind: [Example(**one) for one in found] for kind, found in document["examples"].items()}
        return Ledger(document["read"], document["kept"], dict(document["counts"]), examples, dict(document["notes"]))


_SCHEMA = {"line": pl.String, "kind": pl.String, "records": pl.Int64, "percent_read": pl.Float64, "examples": pl.String}
