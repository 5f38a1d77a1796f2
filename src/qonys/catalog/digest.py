"""Content hash of a folder: the same files with the same bytes give the same hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

COMPUTED = "fits"  # the folder of a pack with what is computed from its figures, which is none of its content


def content_files(folder: Path) -> tuple[Path, ...]:
    """All files of a pack in a fixed order; hidden files, Python caches and what is computed do not count."""
    return tuple(
        path
        for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix())
        if path.is_file() and not _is_aside(path.relative_to(folder))
    )


def _is_aside(relative: Path) -> bool:
    hidden = any(part.startswith(".") or part == "__pycache__" for part in relative.parts)
    return hidden or relative.parts[0] == COMPUTED


def folder_digest(folder: Path) -> str:
    """SHA-256 (hexadecimal) over the names and bytes of all files in `folder`."""
    total = hashlib.sha256()
    for path in content_files(folder):
        content = path.read_bytes()
        name = path.relative_to(folder).as_posix().encode("utf-8")
        total.update(len(name).to_bytes(8, "big") + name)
        total.update(len(content).to_bytes(8, "big") + content)
    return total.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 (hexadecimal) of one file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
