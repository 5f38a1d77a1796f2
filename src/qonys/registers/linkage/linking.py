"""Linking of a register: persons at several thresholds, kept beside its records, each as a register of its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from qonys.catalog.drafts import draft_folder
from qonys.catalog.locks import exclusive
from qonys.errors import BadInput
from qonys.registers.ledger import Ledger
from qonys.registers.linkage.clusters import THRESHOLDS, Clusters, clusters, quality, reliability
from qonys.registers.linkage.identities import Identities, identities
from qonys.registers.linkage.model import Pairs, linked_pairs, require_splink
from qonys.registers.sorting import connect, write_sorted
from qonys.registers.store import Register

FOLDER, ABOUT = "linked", "linkage.json"
Tell = Callable[..., None]


@dataclass(frozen=True)
class Linked:
    """What linking found: a row a threshold (`frame`), and chances beside the truth where there are labels."""

    frame: pl.DataFrame
    reliability: pl.DataFrame | None


def link_register(
    register: Register, thresholds: Sequence[float] = THRESHOLDS, labels: pl.DataFrame | None = None, memory: str = "",
    seed: int = 1, tell: Tell = lambda key, **values: None,
) -> Linked:  # fmt: skip
    """Link the records of a register, and keep them sorted by linked person for each threshold; all or nothing.

    `labels`: record and person as they truly are, of some records or all.

    Raises
    ------
    BadInput
        Splink is missing; the register has too few fields; a label is of no record.

    """
    require_splink()
    final = register.folder / FOLDER
    with exclusive(register.folder / f".{FOLDER}.lock"), draft_folder(final) as draft:
        with connect(draft, memory) as connection:
            tell("linkage.identities")
            who = identities(register, connection)
            tell("linkage.pairs", n=who.frame.height)
            pairs = linked_pairs([who.frame.drop("person")], who.plan, connection, seed)
        numbers = who.frame["person"].fill_null(-1).to_numpy()
        found = [clusters(pairs, numbers, one) for one in sorted(set(thresholds))]
        for one in found:
            tell("linkage.writing", threshold=one.threshold)
            _write(register, who, one, draft, memory)
        answer = _answer(register, who, pairs, found, labels)
        about = {"thresholds": [one.threshold for one in found], "table": answer.frame.to_dicts()}
        (draft / ABOUT).write_text(json.dumps(about) + "\n", encoding="utf-8")
        shutil.rmtree(draft / "spill", ignore_errors=True)
    return answer


def _file(threshold: float) -> str:
    return f"at-{threshold:g}.parquet"


def _write(register: Register, who: Identities, found: Clusters, draft: Path, memory: str) -> None:
    """Records with the linked person, sorted again; sheets of one move are joined anew."""
    person = found.of[who.of]
    path = str(register.path).replace("'", "''")
    with connect(draft, memory) as connection:
        connection.register("linked", pa.table({"place": np.arange(len(person)), "linked": person}))
        connection.execute(
            "CREATE VIEW records AS SELECT r.* EXCLUDE (side, file_row_number) REPLACE (l.linked AS person) "
            f"FROM read_parquet('{path}', file_row_number = true) r JOIN linked l ON r.file_row_number = l.place"
        )
        files = {at: str(one["name"]) for at, one in enumerate(register.about["files"])}
        write_sorted(connection, draft / _file(found.threshold), int(register.about["pair_days"]), Ledger(), files,
                     lambda key, **values: None)  # fmt: skip


def _answer(
    register: Register, who: Identities, pairs: Pairs, found: Sequence[Clusters], labels: pl.DataFrame | None
) -> Linked:
    truth = None if labels is None else _truth(register, labels)
    rows = []
    for one in found:
        measured = None if truth is None else quality(one.of[who.of][truth >= 0], truth[truth >= 0])
        shares = (None, None, None) if measured is None else (measured.precision, measured.recall, measured.f1)
        persons = len(np.unique(one.of))
        rows.append((one.threshold, persons, one.links, one.false, one.missed, one.crossed, *shares))
    schema = {"threshold": pl.Float64, "persons": pl.Int64, "links": pl.Int64, "expected_false": pl.Float64,
              "expected_missed": pl.Float64, "crossed": pl.Int64, "precision": pl.Float64, "recall": pl.Float64,
              "f1": pl.Float64}  # fmt: skip
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    if truth is None:
        return Linked(frame.drop("precision", "recall", "f1"), None)
    return Linked(frame, _reliability(who, pairs, truth))


def _truth(register: Register, labels: pl.DataFrame) -> NDArray[np.int64]:
    """The true person of each record of the register, (records,); -1 where no label tells."""
    kind = pl.read_parquet_schema(register.path)["record"]
    own = pl.read_parquet(register.path, columns=["record"])
    given = labels.select(pl.col("record").cast(kind, strict=False), true=pl.col("person").cast(pl.String)).unique(
        "record"
    )
    joined = own.join(given, on="record", how="left", maintain_order="left")["true"]
    codes = joined.cast(pl.Categorical).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    if (codes < 0).all():
        raise BadInput("linkage.no_label", name=register.name)
    return np.asarray(codes)


def _reliability(who: Identities, pairs: Pairs, truth: NDArray[np.int64]) -> pl.DataFrame:
    """Chances of pairs of identities beside the truth; an identity of several true persons is left out."""
    known = truth >= 0
    n = who.frame.height
    low, high = np.full(n, np.iinfo(np.int64).max), np.full(n, -1)
    np.minimum.at(low, who.of[known], truth[known])
    np.maximum.at(high, who.of[known], truth[known])
    sole = low == high
    both = sole[pairs.left] & sole[pairs.right]
    return reliability(pairs.chance[both], low[pairs.left[both]] == low[pairs.right[both]])


@dataclass(frozen=True)
class LinkedRegister(Register):
    """A register with persons as linked at a threshold."""

    threshold: float = 0.9

    @property
    def path(self) -> Path:
        """The records sorted by linked person."""
        return self.folder / FOLDER / _file(self.threshold)


def linked_registers(register: Register) -> list[LinkedRegister]:
    """The register with persons linked at each of its thresholds, ascending.

    Raises
    ------
    BadInput
        It is not linked, or its linkage is damaged.

    """
    path = register.folder / FOLDER / ABOUT
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput("linkage.not_linked", name=register.name) from None
    except (OSError, ValueError):
        raise BadInput("catalog.user.damaged", path=str(path)) from None
    return [LinkedRegister(register.name, register.folder, register.pack, float(one)) for one in about["thresholds"]]
