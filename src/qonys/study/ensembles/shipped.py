"""Fits that come with a pack: the national account and the processes, each under what it was made from.

The folder `fits` of a pack holds one file a fit (`objects`) and an index, `fits.json`: of each fit its setting
(process, draws, seed), the hashes of its figures, of the code and of the file, R-hat, least effective sample size and
the versions of the packages that computed it. A fit is taken only if figures, code and file are those of the
index; then it is what a fit made here would give, within the error of the draws (to the bit where it was made).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from qonys.catalog import Pack
from qonys.catalog.digest import COMPUTED, file_digest
from qonys.errors import BadInput
from qonys.study.ensembles.objects import read_object
from qonys.study.runs.code import module_digest
from qonys.words.notes import note

INDEX = "fits.json"
FIGURES, CODE = "figures", "code"


@dataclass(frozen=True)
class FitKey:
    """What a fit is made from: `name`, `setting` in words, hash of its `figures`, `module` of its code."""

    name: str
    setting: str
    figures: str
    module: str

    @property
    def code(self) -> str:
        """Hash of all code that the fit depends on."""
        return module_digest(self.module)


Make = Callable[[], Any]
Fits = Callable[[FitKey, Make], Any]


def fits_folder(pack: Pack) -> Path:
    """The folder of a pack's fits."""
    return pack.path / COMPUTED


def frame_digest(frame: pl.DataFrame, *also: object) -> str:
    """Hash of the rows of a frame, in whatever order they came, and of `also`, by what is printed of it."""
    total = hashlib.sha256(repr(also).encode())
    for column in frame.sort(frame.columns).iter_columns():
        total.update(f"{column.name} {column.len()} ".encode())
        if column.dtype.is_numeric():
            total.update(column.cast(pl.Float64).fill_null(np.nan).to_numpy().tobytes())
        else:
            total.update(repr(column.to_list()).encode())
    return total.hexdigest()


def index_of(pack: Pack) -> dict[str, Mapping[str, Any]]:
    """The index of a pack's fits by name; empty where there is none, or where it cannot be read, which is said."""
    path = fits_folder(pack) / INDEX
    try:
        found: dict[str, Mapping[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        note("study.fits.damaged", path=str(path))
        return {}
    return found


def other_parts(entry: Mapping[str, Any], key: FitKey) -> tuple[str, ...]:
    """Which of `figures` and `code` the fit of an index entry was not made from."""
    return tuple(part for part in (FIGURES, CODE) if entry.get(part) != getattr(key, part))


def shipped(pack: Pack, key: FitKey) -> Any | None:
    """The fit that came with the pack; None if there is none for this setting, or it has to be made anew (said)."""
    entry = index_of(pack).get(key.name)
    if entry is None or entry.get("setting") != key.setting:
        return None
    for part in other_parts(entry, key):
        note(f"study.fits.{part}", path=str(fits_folder(pack)))
        return None
    path = fits_folder(pack) / f"{key.name}.npz"
    try:
        if file_digest(path) == entry["sha256"]:
            return read_object(path)
    except (OSError, LookupError, BadInput):
        pass
    note("study.fits.damaged", path=str(path))
    return None


def taken(pack: Pack, tell: Callable[[str], None] = lambda key: None) -> Fits:
    """Fits as a computation takes them: those that came with the pack, else made; `tell` is told what is made."""

    def fit(key: FitKey, make: Make) -> Any:
        found = shipped(pack, key)
        if found is None:
            tell(f"study.fit.{key.name}")
            found = make()
        return found

    return fit
