"""The person's own tables while a server runs: read once, and again when their files have changed."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Mapping

from qonys.catalog import Pack
from qonys.catalog.user_tables import user_folder
from qonys.errors import QonysError
from qonys.study.analyses.own_tables import OwnTable, own_tables


class Own:
    """The tables that a person has added to a pack, as others may see them."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._lock = threading.Lock()
        self._read: tuple[str, Mapping[str, OwnTable]] | None = None

    def mark(self) -> str:
        """What the files of the additions are: another text when one of them was added, changed or removed."""
        try:
            with os.scandir(user_folder(self._pack)) as entries:
                found = sorted(
                    (entry.name, seen.st_mtime_ns, seen.st_size, seen.st_ino)
                    for entry in entries
                    if not entry.name.startswith(".") and (seen := entry.stat())
                )
        except (OSError, QonysError):
            return ""
        return hashlib.sha256(repr(found).encode()).hexdigest()[:16] if found else ""

    def tables(self) -> Mapping[str, OwnTable]:
        """The tables by name, protected, as their files are now.

        Raises
        ------
        BadInput
            A file of an addition is damaged.

        """
        now = self.mark()
        with self._lock:
            if self._read is None or self._read[0] != now:
                self._read = (now, own_tables(self._pack))
            return self._read[1]
