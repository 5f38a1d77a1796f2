"""Yearly figures of the whole country, by the sources of a role or by the written order of preference."""

from __future__ import annotations

from qonys.catalog.pack import Pack
from qonys.inputs.figures import available
from qonys.inputs.series import national_series
from qonys.quantities import Series


def annual(pack: Pack, name: str, role: str | None = None) -> Series | None:
    """A figure whose only axis is the year; None where the pack does not hold it in the role.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> kz = open_pack("kazakhstan")
    >>> annual(kz, "net_migration", "model").lineage.sources, annual(kz, "net_migration", "hearsay")
    (('wpp2024',), None)

    """
    if available(pack, (name if role is None else f"{name}:{role}",)):
        return None
    return national_series(pack, name, role)
