"""Tables of registers as others may see them: the one door through which pages and programs reach a register.

A fixed list of tables, always protected by cell keys. The list is fixed because noise of bounded size gives way to a
reader who may ask any number of overlapping tables (Asghar and Kaafar 2020); the attack that stands beside each table
tells what this list gives away. A register of real persons is shown only where the secret of its office is.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from qonys.catalog import Pack
from qonys.errors import QonysError, UnknownName
from qonys.registers.axes import TableChoices
from qonys.registers.protection.attacks import attack_frame, attacks
from qonys.registers.protection.secret import Secret, made_up_secret, read_secret
from qonys.registers.protection.tables import ProtectedTable, protected_flows
from qonys.registers.store import ABOUT, Register, open_register, register_names, registers_folder

__all__ = [
    "TABLES",
    "ProtectedTable",
    "ShownRegister",
    "registers_mark",
    "shown_attacks",
    "shown_registers",
    "shown_table",
    "simulated_ledger",
]
SECRET = "QONYS_REGISTERS_SECRET"  # names the file of the secret
TABLES: Mapping[str, TableChoices] = {
    "years": TableChoices(("year", "sex")),
    "regions": TableChoices(("year", "origin", "destination"), places="regions"),
    "ages": TableChoices(("year", "sex", "age")),
}


@dataclass(frozen=True)
class ShownRegister:
    """A register as others may know of it; `open_`: whether its tables are shown."""

    name: str
    simulated: bool
    first: date
    last: date
    open_: bool


def shown_registers(pack: Pack) -> dict[str, ShownRegister]:
    """The registers of a pack by name."""
    found = [open_register(pack, name) for name in register_names(pack)]
    return {
        one.name: ShownRegister(one.name, one.simulated, one.first, one.last, _secret(one) is not None) for one in found
    }


def shown_table(pack: Pack, name: str, table: str) -> ProtectedTable:
    """One of `TABLES` of a register, protected, with all its totals.

    Raises
    ------
    UnknownName
        There is no such register or table, or no secret to protect it with.

    """
    register, secret, choices = _chosen(pack, name, table)
    return protected_flows(register, choices, secret, totals=True)


def shown_attacks(pack: Pack, name: str, table: str) -> pl.DataFrame:
    """What attacks on the table find (`UnknownName`: as `shown_table`)."""
    register, secret, choices = _chosen(pack, name, table)
    return attack_frame(attacks(register, choices, secret))


def simulated_ledger(pack: Pack, name: str) -> pl.DataFrame | None:
    """The ledger of a simulated register, without examples; None of any other: its counts are of real persons."""
    register = open_register(pack, name)
    return register.ledger.frame().drop("examples") if register.simulated else None


def registers_mark(pack: Pack) -> str:
    """Another text when a register was added, removed or imported anew, or the secret is another."""
    found = []
    for path in sorted(registers_folder(pack).glob(f"*/{ABOUT}")):
        try:
            seen = path.stat()
        except OSError:
            continue
        found.append((path.parent.name, seen.st_mtime_ns, seen.st_size, seen.st_ino))
    if not found:
        return ""
    return hashlib.sha256(repr((found, os.environ.get(SECRET, ""))).encode()).hexdigest()[:16]


def _chosen(pack: Pack, name: str, table: str) -> tuple[Register, Secret, TableChoices]:
    register = open_register(pack, name)
    if table not in TABLES:
        raise UnknownName("registers.shown.table", table=table[:60], known=", ".join(TABLES))
    secret = _secret(register)
    if secret is None:
        raise UnknownName("registers.shown.closed", name=name)
    return register, secret, TABLES[table]


def _secret(register: Register) -> Secret | None:
    """The secret of the office; of a simulated register a known one; None: tables are not shown."""
    if register.simulated:
        return made_up_secret()
    path = os.environ.get(SECRET, "")
    if not path:
        return None
    try:
        return read_secret(Path(path))
    except QonysError:
        return None
