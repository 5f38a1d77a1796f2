"""The secret of an office: a file of its own, never kept with a register."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.words.system import system_reason

BYTES, LEAST = 32, 16
MADE_UP = "simulated"


@dataclass(frozen=True)
class Secret:
    """Two words of 64 bits from which keys of persons are made; nobody prints them.

    `seen`: whether others on this machine may read the file.
    """

    words: NDArray[np.uint64]
    seen: bool = False

    def __repr__(self) -> str:
        return "Secret(...)"

    def separate(self, purpose: str) -> NDArray[np.uint64]:
        """Words for another purpose that tell nothing of these, (2,)."""
        return _words(self.words.tobytes(), purpose)


def new_secret(path: Path) -> None:
    """Write a new secret to a file that its owner alone can read.

    Raises
    ------
    BadInput
        The file is there already: a table protected anew under another secret tells what the first one hid.

    """
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    except FileExistsError:
        raise BadInput("protection.secret.there", path=str(path)) from None
    except OSError as error:
        raise BadInput("protection.secret.unwritable", path=str(path), reason=system_reason(error)) from None
    with os.fdopen(number, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(BYTES) + "\n")


def read_secret(path: Path) -> Secret:
    """The secret of a file.

    Raises
    ------
    BadInput
        The file cannot be read, or holds fewer than 16 bytes in hexadecimal digits.

    """
    try:
        text = path.read_text(encoding="ascii").strip()
        seen = bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)) and os.name == "posix"
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("protection.secret.unreadable", path=str(path), reason=_reason(error)) from None
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) < LEAST:
        raise BadInput("protection.secret.short", path=str(path), least=LEAST)
    return Secret(_words(found, "persons"), seen)


def made_up_secret() -> Secret:
    """The secret of made-up persons, whom nobody can recognise: the same everywhere, for results that repeat."""
    return Secret(_words(MADE_UP.encode(), "persons"))


def _words(secret: bytes, purpose: str) -> NDArray[np.uint64]:
    digest = hashlib.blake2b(secret, digest_size=16, person=purpose.encode()[:16]).digest()
    return np.frombuffer(digest, dtype="<u8").astype(np.uint64)


def _reason(error: Exception) -> object:
    return system_reason(error) if isinstance(error, OSError) else "UTF-8"
