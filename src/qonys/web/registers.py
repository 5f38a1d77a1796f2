"""Registers while a server runs: protected tables, made once until a register or the secret changes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import polars as pl

from qonys.catalog import Pack
from qonys.errors import UnknownName
from qonys.study.analyses.register_tables import (
    TABLES,
    ProtectedTable,
    ShownRegister,
    registers_mark,
    shown_attacks,
    shown_registers,
    shown_table,
    simulated_ledger,
)

Kept = TypeVar("Kept")


class Registers:
    """The registers of a pack, as others may see them."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._lock = threading.Lock()
        self._at, self._kept = "", dict[tuple[str, ...], object]()

    def mark(self) -> str:
        """Another text when a register or the secret has changed."""
        return registers_mark(self._pack)

    def names(self) -> dict[str, ShownRegister]:
        """Registers by name."""
        return self._once(("names",), lambda: shown_registers(self._pack))

    def register(self, name: str) -> ShownRegister:
        """One of them.

        Raises
        ------
        UnknownName
            There is none of the name, or it is not shown.

        """
        found = self.names().get(name)
        if found is None:
            raise UnknownName("registers.unknown", name=name[:60], known=", ".join(self.names()) or "–")
        if not found.open_:
            raise UnknownName("registers.shown.closed", name=name)
        return found

    def tables_of(self, name: str) -> tuple[str, ...]:
        """Names of the tables of a register that are shown."""
        return tuple(TABLES) if self.names()[name].open_ else ()

    def table(self, name: str, table: str) -> ProtectedTable:
        """A protected table (`UnknownName`: there is none)."""
        self.register(name)
        return self._once(("table", name, table), lambda: shown_table(self._pack, name, table))

    def attacks(self, name: str, table: str) -> pl.DataFrame:
        """What attacks on the table find (`UnknownName`: there is none)."""
        self.register(name)
        return self._once(("attacks", name, table), lambda: shown_attacks(self._pack, name, table))

    def ledger(self, name: str) -> pl.DataFrame | None:
        """The ledger of a simulated register."""
        return self._once(("ledger", name), lambda: simulated_ledger(self._pack, name))

    def _once(self, key: tuple[str, ...], make: Callable[[], Kept]) -> Kept:
        with self._lock:
            now = self.mark()
            if now != self._at:
                self._at, self._kept = now, {}
            if key not in self._kept:
                self._kept[key] = make()
            return self._kept[key]  # type: ignore[return-value]
