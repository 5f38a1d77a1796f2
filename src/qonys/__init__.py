"""Qonys: an open laboratory and observatory of human migration.

>>> import qonys
>>> kz = qonys.country("kazakhstan")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qonys.face.country import Country

__all__ = ["__version__", "country", "fan_chart"]
__version__ = "0.1.0"


def country(name: str) -> Country:
    """The country of a pack, `kazakhstan` or the folder of another: its tables and its projection.

    Examples
    --------
    >>> country("kazakhstan").code
    'KAZ'

    """
    found: Country = import_module("qonys.face.country").country(name)
    return found


def fan_chart(
    result: Any, measure: str = "population", path: str | None = None, language: str = "en", **where: str
) -> str:
    """SVG of a projection's median and bands by year (extra `report`); `where`: region="KZ-75", group="kazakh"."""
    found: str = import_module("qonys.figures.forecast").fan_chart(result, measure, path, language, **where)
    return found
