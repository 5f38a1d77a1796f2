"""Registers of moves: import with a ledger that closes, spells, flows, stocks; and made-up ones of any size.

>>> import qonys
>>> qonys.registers.open("none-of-this-name")
Traceback (most recent call last):
qonys.errors.UnknownName: ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from qonys.registers.opened import OpenRegister

__all__ = ["ask", "names", "open"]


def open(name: str, pack: str = "kazakhstan") -> OpenRegister:
    """The register that was imported under a name; its methods give flows, stocks and spells as quantities.

    Raises
    ------
    UnknownName
        There is none of this name.

    """
    from qonys.catalog import open_pack
    from qonys.registers.opened import OpenRegister
    from qonys.registers.store import open_register

    return OpenRegister(open_register(open_pack(pack), name))


def ask(engine: Any, table: str, question: str) -> pl.DataFrame:
    """What an engine (PostgreSQL, Spark, DuckDB, connected by Ibis) answers about a table of keyed records.

    `question`: flows, ages or chains; the table has the columns that `OpenRegister.write_keyed` writes.

    Raises
    ------
    UnknownName
        There is no such question.

    """
    from qonys.registers.warehouse.queries import answer

    return answer(engine, table, question)


def names(pack: str = "kazakhstan") -> list[str]:
    """Names of the registers that were imported."""
    from qonys.catalog import open_pack
    from qonys.registers.store import register_names

    return register_names(open_pack(pack))
