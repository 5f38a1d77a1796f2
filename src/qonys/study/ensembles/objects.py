"""Fitted processes and other gathered inputs as one file: named arrays and a JSON text, no code in it.

Read back are only dataclasses of this package, by name; a file of another version of a class is refused.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import polars as pl

from qonys.catalog.drafts import draft_file
from qonys.errors import BadInput
from qonys.study.ensembles.earlier_names import current_fields, current_name

ROOMS = ("qonys.behaviour.", "qonys.estimation.", "qonys.kernels.", "qonys.projection.", "qonys.study.")
TEXT = "document"


def _take_apart(item: Any, arrays: list[Any]) -> Any:
    if isinstance(item, np.ndarray):
        arrays.append(np.ascontiguousarray(item))
        return {"array": len(arrays) - 1}
    if isinstance(item, np.generic):
        return item.item()
    if isinstance(item, pl.DataFrame):
        return {"frame": [[column.name, _column(column, arrays)] for column in item.iter_columns()]}
    if is_dataclass(item) and type(item).__module__.startswith(ROOMS):
        inside = {one.name: _take_apart(getattr(item, one.name), arrays) for one in fields(item)}
        return {"class": f"{type(item).__module__}:{type(item).__name__}", "fields": inside}
    if isinstance(item, tuple | list):
        return {"tuple": [_take_apart(one, arrays) for one in item]}
    if isinstance(item, dict):
        return {"pairs": [[key, _take_apart(value, arrays)] for key, value in item.items()]}
    if item is None or isinstance(item, bool | int | float | str):
        return item
    raise TypeError(f"{type(item).__name__} cannot be stored")


def _column(column: pl.Series, arrays: list[Any]) -> Any:
    """A column without empty cells: of numbers as an array, of texts as a list."""
    if column.has_nulls() or not (column.dtype.is_numeric() or column.dtype == pl.String):
        raise TypeError(f"{column.name} cannot be stored")
    return _take_apart(column.to_numpy() if column.dtype.is_numeric() else column.to_list(), arrays)


def _put_together(item: Any, arrays: Any) -> Any:
    if not isinstance(item, dict):
        return item
    if "array" in item:
        return arrays[f"a{item['array']}"]
    if "frame" in item:
        return pl.DataFrame({name: _put_together(column, arrays) for name, column in item["frame"]})
    if "tuple" in item:
        return tuple(_put_together(one, arrays) for one in item["tuple"])
    if "pairs" in item:
        return {key: _put_together(value, arrays) for key, value in item["pairs"]}
    kind = _class(item["class"])
    given = current_fields(current_name(item["class"]), item["fields"])
    return kind(**{name: _put_together(value, arrays) for name, value in given.items()})


def _class(name: str) -> Any:
    """A dataclass of the package by its name; anything else is refused."""
    module, _, title = current_name(name).partition(":")
    if not module.startswith(ROOMS):
        raise ValueError(name)
    found = vars(import_module(module)).get(title)
    if not (isinstance(found, type) and is_dataclass(found) and found.__module__ == module):
        raise ValueError(name)
    return found


def digest_of(item: Any) -> str:
    """SHA-256 of an object's content (first 16 hexadecimal digits)."""
    arrays: list[Any] = []
    return _hash(json.dumps(_take_apart(item, arrays)).encode(), arrays)


def stored_digest(path: Path) -> str:
    """What `digest_of` gave for the object at `path` when it was written, under whatever names it bore then.

    Raises
    ------
    BadInput
        The file cannot be read.

    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            return _hash(held[TEXT].tobytes(), [held[f"a{place}"] for place in range(len(held.files) - 1)])
    except (KeyError, ValueError, OSError, EOFError, BadZipFile) as error:
        raise BadInput("regional.damaged", path=str(path)) from error


def _hash(text: bytes, arrays: list[Any]) -> str:
    total = hashlib.sha256(text)
    for array in arrays:
        total.update(f"{array.dtype}{array.shape}".encode())
        total.update(array.tobytes())
    return total.hexdigest()[:16]


def write_object(item: Any, path: Path, packed: bool = False) -> None:
    """Write an object to `path` in one step, perhaps compressed: a reader finds all of it or nothing."""
    arrays: list[Any] = []
    text = json.dumps(_take_apart(item, arrays)).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    named: dict[str, Any] = {f"a{i}": array for i, array in enumerate(arrays)}
    named[TEXT] = np.frombuffer(text, dtype=np.uint8)
    with draft_file(path) as draft, draft.open("wb") as file:
        (np.savez_compressed if packed else np.savez)(file, **named)


def read_object(path: Path) -> Any:
    """An object written by `write_object`.

    Raises
    ------
    BadInput
        The file is damaged or of another version.

    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            return _put_together(json.loads(held[TEXT].tobytes()), held)
    except FileNotFoundError:
        raise
    except (KeyError, TypeError, ValueError, OSError, EOFError, ImportError, BadZipFile) as error:
        raise BadInput("regional.damaged", path=str(path)) from error
