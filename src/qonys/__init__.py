"""Qonys: an open laboratory and observatory of human migration.

>>> import qonys
>>> kz = qonys.country("kazakhstan")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qonys.study.country import Country

__all__ = ["__version__", "country"]
__version__ = "0.1.0"


def country(name: str) -> Country:
    """The country of a pack, `kazakhstan` or the folder of another: its tables and its projection.

    Examples
    --------
    >>> country("kazakhstan").code
    'KAZ'

    """
    found: Country = import_module("qonys.study.country").country(name)
    return found
