"""The last door: what no room refused in words becomes one sentence, and its details a file to report with."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from qonys import words
from qonys.errors import QonysError

DEBUG_VARIABLE = "QONYS_DEBUG"
KEPT = 20


def fault_sentence(error: BaseException, arguments: Sequence[str], language: str) -> str:
    """One sentence about an error that is a fault of the program; its details are written to a file.

    Parameters
    ----------
    error
        What was raised and refused by nobody.
    arguments
        The command line without the program's name.
    language
        Of the sentence.

    """
    if isinstance(error, MemoryError):
        return words.text("cli.fault.memory", language)
    where = _written(_details(error, arguments))
    key = "cli.fault.written" if where else "cli.fault.unwritten"
    return words.text(key, language, kind=type(error).__name__, place=_place(error), path=where or "")


def _place(error: BaseException) -> str:
    """Module and line of the package where the error arose, the innermost last."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if "qonys" in Path(frame.filename).parts]
    if not own:
        return "–"
    parts = Path(own[-1].filename).with_suffix("").parts
    return ".".join(parts[len(parts) - 1 - parts[::-1].index("qonys") :]) + f":{own[-1].lineno}"


def _details(error: BaseException, arguments: Sequence[str]) -> str:
    from qonys import __version__

    head = f"qonys {__version__}, Python {sys.version.split()[0]}, {sys.platform}\nqonys {' '.join(arguments)}\n\n"
    return head + "".join(traceback.format_exception(error))


def _written(text: str) -> str:
    """Path of the file that holds `text`; empty where no folder takes it."""
    name = f"fault-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    for folder in _folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8", errors="replace")
            for old in sorted(folder.glob("fault-*.txt"))[:-KEPT]:
                old.unlink(missing_ok=True)
        except OSError:
            continue
        return str(folder / name)
    return ""


def _folders() -> list[Path]:
    from qonys.catalog.places import cache_folder

    try:
        own = [cache_folder() / "faults"]
    except QonysError:
        own = []
    return [*own, Path(tempfile.gettempdir()) / "qonys-faults"]
