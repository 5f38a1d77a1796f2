"""Registers that a person imported: one folder each, with the sorted records and what is known of them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from qonys.catalog import Pack
from qonys.catalog.places import data_folder
from qonys.errors import BadInput, UnknownName
from qonys.registers.ledger import Ledger
from qonys.registers.sorting import column, column_known, last_begin
from qonys.registers.standard import EPOCH

ABOUT, RECORDS = "register.json", "records.parquet"
_NAME = re.compile(r"[^\W_][\w-]{0,63}")


def registers_folder(pack: Pack) -> Path:
    """Where the registers of a pack lie (it may not exist yet)."""
    return data_folder() / pack.name / "registers"


def checked_name(name: str) -> str:
    """A name of a register: letters, digits, hyphens and underscores.

    Raises
    ------
    BadInput
        It is none.

    """
    if not _NAME.fullmatch(name):
        raise BadInput("registers.name", name=name)
    return name


def register_names(pack: Pack) -> list[str]:
    """Names of the registers that are there."""
    return sorted(path.parent.name for path in registers_folder(pack).glob(f"*/{ABOUT}") if path.parent.name[0] != ".")


def open_register(pack: Pack, name: str) -> Register:
    """The register `name`.

    Raises
    ------
    UnknownName
        There is none of this name.

    """
    names = register_names(pack)
    if name not in names:
        raise UnknownName("registers.unknown", name=name, known=", ".join(names) or "–")
    return Register(name, registers_folder(pack) / name, pack)


def remove_register(pack: Pack, name: str) -> None:
    """Remove the register `name` (`UnknownName`: there is none)."""
    shutil.rmtree(open_register(pack, name).folder)


@dataclass(frozen=True)
class Register:
    """A register on the disk; `folder` has its records sorted by person, day and record."""

    name: str
    folder: Path
    pack: Pack = field(repr=False, compare=False)

    @cached_property
    def about(self) -> dict[str, Any]:
        """What is known of it: places, groups, words, ledger, files.

        Raises
        ------
        BadInput
            The file is damaged.

        """
        path = self.folder / ABOUT
        try:
            return dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            raise BadInput("catalog.user.damaged", path=str(path)) from None

    @property
    def path(self) -> Path:
        """The sorted records."""
        return self.folder / RECORDS

    @property
    def ledger(self) -> Ledger:
        """The ledger of its import."""
        return Ledger.of(self.about["ledger"])

    @property
    def places(self) -> tuple[str, ...]:
        """Codes of places; a record has their numbers."""
        return tuple(self.about["places"])

    @property
    def regions(self) -> tuple[str, ...]:
        """Those of the places that are regions of the country, in the order of their codes."""
        inside = set(self.pack.regions()["region"]) - {self.pack.whole}
        return tuple(code for code in self.places if code in inside)

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups; a record has their numbers."""
        return tuple(self.about["groups"])

    @property
    def simulated(self) -> bool:
        """Whether its records are made up."""
        return bool(self.about["simulated"])

    @property
    def first(self) -> date:
        """The day of the first record."""
        return date.fromisoformat(self.about["first"])

    @property
    def last(self) -> date:
        """The day of the last record."""
        return date.fromisoformat(self.about["last"])

    @property
    def last_day(self) -> int:
        """The same as days since 1 January 1970."""
        return (self.last - EPOCH).days

    def moves(self, names: Sequence[str]) -> Iterator[pa.Table]:
        """Moves in tables of whole persons, sorted by person, day and record, with the columns `names`.

        A move that two sheets tell is there once, on the day of its arrival.

        Raises
        ------
        BadInput
            The file is damaged.

        """
        wanted = list(dict.fromkeys(("person", "side", *names)))
        try:
            file = pq.ParquetFile(self.path)
            rest = file.schema_arrow.empty_table().select(wanted)
            for batch in file.iter_batches(1 << 20, columns=wanted):
                table = pa.concat_tables([rest, pa.Table.from_batches([batch]).select(wanted)]).combine_chunks()
                cut = last_begin(column(table, "person"), column_known(table, "person"))
                if cut:
                    yield _counted(table.slice(0, cut))
                rest = table.slice(cut)
            yield _counted(rest)
        except (pa.ArrowException, OSError):
            raise BadInput("catalog.user.damaged", path=str(self.path)) from None


def _counted(table: pa.Table) -> pa.Table:
    from qonys.kernels.registers.pairing import REPEATED_SIDE

    kept = column(table, "side") != REPEATED_SIDE
    return table.combine_chunks() if kept.all() else table.filter(pa.array(kept)).combine_chunks()
