"""What a workbook, which is a ZIP archive, unpacks to: measured before anything of it is read.

The directory of an archive says how large each part is, and may say less than there is. So the parts are unpacked
piece by piece, nothing kept, until they end or the limit is passed.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from qonys.catalog.reading.formats.raw import refuse_large, size_limit
from qonys.errors import BadInput

_CHUNK = 1 << 16
_LOCAL_HEADER = 30
DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError)


def refuse_large_archive(path: Path) -> None:
    """Refuse a workbook that unpacks to more than the limit, by what it says or by what it holds.

    Raises
    ------
    BadInput
        It is too large, damaged, no workbook, or a part is not as large as the directory says.

    """
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            parts = archive.infolist()
            if not any(part.filename.startswith("xl/") or part.filename == "content.xml" for part in parts):
                raise BadInput("catalog.reading.kind.archive", path=str(path))
            refuse_large(path, sum(part.file_size for part in parts))
            whole = 0
            for part in parts:
                size = _unpacked(file, part, size_limit() - whole)
                whole += size
                refuse_large(path, whole)
                if size != part.file_size:
                    raise BadInput("catalog.add.damaged", path=str(path), format="Excel")
    except DAMAGE:
        raise BadInput("catalog.add.damaged", path=str(path), format="Excel") from None


def _unpacked(file: BinaryIO, part: zipfile.ZipInfo, most: int) -> int:
    """Size of a part in bytes, or a number above `most`."""
    if part.compress_type == zipfile.ZIP_STORED:
        return part.compress_size
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile
    file.seek(part.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER:
        raise zipfile.BadZipFile
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    reader, left, size = zlib.decompressobj(-zlib.MAX_WBITS), part.compress_size, 0
    waiting = b""
    while not reader.eof and size <= most:
        if not waiting:
            waiting = file.read(min(_CHUNK, left))
            left -= len(waiting)
            if not waiting:
                break
        size += len(reader.decompress(waiting, _CHUNK))
        waiting = reader.unconsumed_tail
    return size
