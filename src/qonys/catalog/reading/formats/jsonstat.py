"""Reading of JSON-stat datasets."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qonys.catalog.reading.formats.cubes import MOST_CELLS, VALUE, Cube, refuse_value_dimension
from qonys.catalog.reading.formats.raw import RawTable
from qonys.catalog.reading.numbers.powers import power_in
from qonys.errors import BadInput

UNIT = "unit"
MULTIPLIER = "unit_mult"


def read_jsonstat_table(path: Path) -> RawTable:
    """A JSON-stat dataset (2.0, or the only one of an older bundle): one row per cell that has a value, from 1.

    The columns are the dimensions (codes), `value`, and `unit` and `unit_mult` where a dimension says one. The work
    grows with the values that are there, not with the cells that the dimensions span.

    Raises
    ------
    BadInput
        The file is not JSON, not a JSON-stat dataset, its sizes do not fit, or a value lies outside of it.

    """
    document = _document(path)
    try:
        return _table(path, _dataset(document))
    except (KeyError, TypeError, IndexError, AttributeError, ValueError):
        raise BadInput("catalog.add.not_jsonstat", path=str(path)) from None


def _document(path: Path) -> Any:
    try:
        return json.loads(
            path.read_bytes().decode("utf-8-sig"), parse_constant=_refuse_constant, object_pairs_hook=_once
        )
    except UnicodeDecodeError:
        raise BadInput("catalog.reading.settings_utf8", path=str(path), row=1) from None
    except json.JSONDecodeError as error:
        raise BadInput("catalog.add.bad_json", path=str(path), row=error.lineno) from None
    except RecursionError:
        raise BadInput("catalog.reading.json_deep", path=str(path)) from None
    except ValueError as error:
        raise BadInput("catalog.reading.json_value", path=str(path), found=str(error)[:80]) from None


def _refuse_constant(text: str) -> None:
    raise ValueError(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are all different."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(next(name for name in found if names.count(name) > 1))
    return found


def _dataset(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A dataset of JSON-stat 2.0; an older one, the only of its bundle, in the same form."""
    if document.get("version") == "2.0" and document.get("class") == "dataset":
        return document
    (old,) = document.values()
    dimension = old["dimension"]
    return {"label": old.get("label", ""), "id": dimension["id"], "size": dimension["size"],
            "dimension": dimension, "value": old["value"]}  # fmt: skip


def _table(path: Path, document: Mapping[str, Any]) -> RawTable:
    names: list[str] = document["id"]
    refuse_value_dimension(path, names)
    codes = {name: _codes(document["dimension"][name]) for name in names}
    sizes = [len(item) for item in codes.values()]
    cells = math.prod(sizes)
    values = document["value"]
    if sizes != list(document["size"]) or not 0 < cells <= MOST_CELLS:
        raise BadInput("catalog.add.jsonstat_size", path=str(path))
    if isinstance(values, list) and len(values) != cells:
        raise BadInput("catalog.add.jsonstat_size", path=str(path))
    given = values if isinstance(values, dict) else dict(enumerate(values))
    outside = next((key for key in given if not str(key).isdecimal() or int(key) >= cells), None)
    if outside is not None:
        raise BadInput("catalog.reading.outside_cube", path=str(path), place=str(outside)[:40], n=cells)
    if any(not isinstance(item, int | float | str | None) or isinstance(item, bool) for item in given.values()):
        raise BadInput("catalog.add.not_jsonstat", path=str(path))
    numbers = {int(key): str(item) for key, item in given.items() if item is not None}
    if not numbers:
        raise BadInput("catalog.add.empty", path=str(path))
    frame, rows = Cube(codes, numbers, _units(document, names)).rows()
    empty = cells - len(numbers)
    return RawTable(
        path=path,
        format="json-stat",
        frame=frame,
        rows=rows,
        encoding="utf-8",
        header_row=0,
        left_out=(f"null × {empty}",) if empty else (),
        titles={"label": str(document.get("label", ""))},
        labels={name: _labels(document["dimension"][name]) for name in names},
        typed=frozenset({VALUE} if all(type(item) in (int, float, type(None)) for item in given.values()) else ()),
        empty=empty,
    )


def _labels(dimension: Mapping[str, Any]) -> dict[str, str]:
    """Code -> label, where the dataset gives one."""
    return {str(code): str(label) for code, label in (dimension["category"].get("label") or {}).items()}


def _codes(dimension: Mapping[str, Any]) -> list[str]:
    category = dimension["category"]
    index = category.get("index")
    if index is None:
        return [str(code) for code in category["label"]]
    if isinstance(index, dict):
        return [str(code) for code, _ in sorted(index.items(), key=lambda item: item[1])]
    return [str(code) for code in index]


def _units(document: Mapping[str, Any], names: list[str]) -> dict[str, dict[str, str]]:
    """Column -> code of a metric -> its unit, and its multiplier (an exponent of ten), as the dataset says.

    A label that says a multiplier ("Thousand persons") is the unit where no multiplier is given by itself.
    """
    units: dict[str, str] = {}
    powers: dict[str, str] = {}
    for name in names:
        for code, about in document["dimension"][name]["category"].get("unit", {}).items():
            base, label = str(about.get("base") or ""), str(about.get("label") or "")
            if about.get("multiplier") is not None:
                powers[str(code)] = str(about["multiplier"])
            elif power_in(label).powers:
                base = label
            units[str(code)] = base or label
    units = {code: unit for code, unit in units.items() if unit}
    found = {UNIT if UNIT not in names else "unit of measure": units, MULTIPLIER: powers}
    return {name: of_code for name, of_code in found.items() if of_code and name not in names}
