"""Where the catalog keeps its own files: a cache that may be thrown away, and a person's data.

Cache: ``$QONYS_CACHE``, else ``$XDG_CACHE_HOME/qonys``, else ``~/.cache/qonys``.
Data: ``$XDG_DATA_HOME/qonys``, else ``~/.local/share/qonys``.
"""

from __future__ import annotations

import os
from pathlib import Path

from qonys.errors import BadInput
from qonys.words.system import system_reason


def cache_folder() -> Path:
    """Folder of things that can be rebuilt at any time.

    Raises
    ------
    BadInput
        The system knows no home folder and no variable names another.

    """
    given = os.environ.get("QONYS_CACHE")
    if given:
        return _expanded(given, "QONYS_CACHE")
    base = os.environ.get("XDG_CACHE_HOME")
    return _expanded(base or "~/.cache", "QONYS_CACHE") / "qonys"


def data_folder() -> Path:
    """Folder of a person's own figures; nothing in the package deletes from it.

    Raises
    ------
    BadInput
        The system knows no home folder and the variable names no other.

    """
    return _expanded(os.environ.get("XDG_DATA_HOME") or "~/.local/share", "XDG_DATA_HOME") / "qonys"


def _expanded(given: str, variable: str) -> Path:
    """The path with the home folder for `~`; the sentence of a person who has none names the variable to set."""
    try:
        return Path(given).expanduser()
    except RuntimeError:
        raise BadInput("catalog.folder.no_home", folder=given, variable=variable) from None


def write_ready(folder: Path, variable: str) -> Path:
    """`folder`, made if it was absent.

    Raises
    ------
    BadInput
        The folder cannot be made or written to; the sentence names the variable that moves it.

    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            "catalog.folder.not_writable", folder=str(folder), reason=system_reason(error), variable=variable
        ) from None
    if not os.access(folder, os.W_OK):
        raise BadInput("catalog.folder.not_writable", folder=str(folder), reason="", variable=variable)
    return folder
