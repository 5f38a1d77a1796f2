"""Saved states: JSON files named by their content, written whole or not at all.

A file is written under a temporary name, flushed to the disk and then renamed, so a server that dies in the
middle leaves either the whole state or nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qonys import words
from qonys.catalog.drafts import draft_file
from qonys.errors import BadInput, UnknownName

NAME = re.compile(r"[0-9a-f]{12}")
MOST_STATES = 20_000
MOST_BYTES = 64 * 1024
LONG = 1500


def state_bytes(document: Mapping[str, Any]) -> bytes:
    """The one written form of a state."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def checked(given: object) -> dict[str, Any]:
    """A state as a person may save it: lang, page, state (texts by name), perhaps title, rel and m.

    Raises
    ------
    BadInput
        It has another shape.

    """
    if not isinstance(given, dict) or not {"lang", "page", "state"} <= set(given) <= {
        "lang",
        "page",
        "state",
        "title",
        "rel",
        "m",
    }:
        found = ", ".join(map(str, given))[:80] if isinstance(given, dict) else type(given).__name__
        raise BadInput("web.write.shape", found=found or "–")
    state, texts = given["state"], [given[key] for key in given if key != "state"]
    whole = isinstance(state, dict) and all(isinstance(part, str) for pair in state.items() for part in pair)
    if not whole or not all(isinstance(part, str) for part in texts) or given["lang"] not in words.LANGUAGES:
        raise BadInput("web.write.shape", found=str(given)[:80])
    if not re.fullmatch(r"[a-z0-9_/-]{0,80}", given["page"]):
        raise BadInput("web.write.shape", found=given["page"][:80])
    return given


def save_state(folder: Path, document: Mapping[str, Any]) -> str:
    """Keep a state; the same state gives the same name.

    Raises
    ------
    BadInput
        The folder holds too many states.

    """
    body = state_bytes(document)
    name = hashlib.sha256(body).hexdigest()[:12]
    path = folder / f"{name}.json"
    if path.is_file() and path.read_bytes() == body:
        return name
    folder.mkdir(parents=True, exist_ok=True)
    if sum(1 for _ in folder.iterdir()) >= MOST_STATES:
        raise BadInput("web.state.full", most=MOST_STATES, folder=str(folder))
    with draft_file(path) as draft:
        draft.write_bytes(body)
    return name


def read_state_file(folder: Path, name: str) -> dict[str, Any]:
    """A saved state.

    Raises
    ------
    UnknownName
        There is none of this name, or its content does not bear the name out.

    """
    path = folder / f"{name}.json"
    if not NAME.fullmatch(name) or not path.is_file():
        raise UnknownName("web.state.unknown", name=name[:40])
    body = path.read_bytes()
    if hashlib.sha256(body).hexdigest()[:12] != name:
        raise UnknownName("web.state.unknown", name=name)
    document: dict[str, Any] = json.loads(body)
    return document
