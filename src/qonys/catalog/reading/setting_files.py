"""Text of a small file in which a person writes settings, scenarios or rules: looked at before it is opened."""

from __future__ import annotations

from pathlib import Path

from qonys.catalog.reading.raw import MEGABYTE
from qonys.errors import BadInput

MOST = MEGABYTE


def settings_text(path: Path) -> str:
    """The text of the file, in UTF-8 with or without a mark.

    Raises
    ------
    BadInput
        The path is a folder, a pipe or a device, or the file holds more than a megabyte or is not UTF-8.
    OSError
        The file is missing or may not be read.

    """
    if path.is_dir():
        raise BadInput("catalog.add.folder", path=str(path))
    if path.exists() and not path.is_file():
        raise BadInput("catalog.add.not_plain", path=str(path))
    if path.stat().st_size > MOST:
        raise BadInput("catalog.reading.long_settings", path=str(path), most=MOST)
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise BadInput("catalog.reading.settings_utf8", path=str(path), row=row) from None
