"""How a lab was opened: its pack and its language, from the environment."""

from __future__ import annotations

import os
import sys
from functools import cache

from qonys import DEFAULT_PACK, words
from qonys.catalog import Pack, open_pack

PACK, LANGUAGE = "QONYS_PACK", "QONYS_LANG"


def pack_name() -> str:
    """Name or folder of the pack that a lab is opened with."""
    return os.environ.get(PACK) or DEFAULT_PACK


@cache
def _opened(name: str) -> Pack:
    return open_pack(name)


def pack_of(name: str = "") -> Pack:
    """A pack by its name or folder, opened once; empty: the one that a lab is opened with."""
    return _opened(name or pack_name())


def language() -> str:
    """Language of a lab: that of its address (`?lang=kk`), else of the environment."""
    return words.pick_language(_of_address())


def _of_address() -> str | None:
    """The language that the address of an open lab asks for."""
    marimo = sys.modules.get("marimo")
    given = marimo.query_params().get("lang") if marimo is not None and marimo.running_in_notebook() else None
    return given if isinstance(given, str) and given in words.LANGUAGES else None
