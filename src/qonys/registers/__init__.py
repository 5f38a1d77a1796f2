"""Registers of moves: import with a ledger that closes, spells, flows, stocks; and made-up ones of any size.

>>> import qonys
>>> qonys.registers.open("none-of-this-name")
Traceback (most recent call last):
qonys.errors.UnknownName: ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qonys.registers.opened import OpenRegister

__all__ = ["names", "open"]


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


def names(pack: str = "kazakhstan") -> list[str]:
    """Names of the registers that were imported."""
    from qonys.catalog import open_pack
    from qonys.registers.store import register_names

    return register_names(open_pack(pack))
