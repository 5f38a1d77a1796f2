"""Reading of JSON-stat 2.0 datasets."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from qonys.catalog.reading.powers import power_in
from qonys.catalog.reading.raw import RawTable
from qonys.errors import BadInput

VALUE = "value"
UNIT = "unit"
MULTIPLIER = "unit_mult"


def read_jsonstat_table(path: Path) -> RawTable:
    """A JSON-stat 2.0 dataset: one row per cell that has a value; cells are counted from 1.

    The columns are the dimensions (codes), `value`, and `unit` and `unit_mult` where a dimension says one.

    Raises
    ------
    BadInput
        The file is not JSON, not a JSON-stat 2.0 dataset, or its sizes do not fit.

    """
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadInput("catalog.add.encoding", path=str(path), row=1) from None
    except json.JSONDecodeError as error:
        raise BadInput("catalog.add.bad_json", path=str(path), row=error.lineno) from None
    try:
        return _table(path, document)
    except (KeyError, TypeError, IndexError, AttributeError, ValueError):
        raise BadInput("catalog.add.not_jsonstat", path=str(path)) from None


def _table(path: Path, document: Mapping[str, Any]) -> RawTable:
    if document["version"] != "2.0" or document["class"] != "dataset":
        raise BadInput("catalog.add.not_jsonstat", path=str(path))
    names: list[str] = document["id"]
    codes = [_codes(document["dimension"][name]) for name in names]
    cells = math.prod(document["size"])
    if [len(item) for item in codes] != list(document["size"]):
        raise BadInput("catalog.add.jsonstat_size", path=str(path))
    values = document["value"]
    if isinstance(values, list) and len(values) != cells:
        raise BadInput("catalog.add.jsonstat_size", path=str(path))
    given = (
        {int(key): item for key, item in values.items()}
        if isinstance(values, dict)
        else dict(enumerate(values))
    )
    units = _units(document, names)
    columns: dict[str, list[str | None]] = {name: [] for name in [*names, VALUE, *units]}
    rows: list[int] = []
    for number, combination in enumerate(itertools.product(*codes)):
        if given.get(number) is None:
            continue
        rows.append(number + 1)
        for name, code in zip(names, combination, strict=True):
            columns[name].append(code)
        columns[VALUE].append(str(given[number]))
        for name, of_code in units.items():
            columns[name].append(next((of_code[code] for code in combination if code in of_code), None))
    if not rows:
        raise BadInput("catalog.add.empty", path=str(path))
    empty = cells - len(rows)
    return RawTable(
        path=path,
        format="json-stat",
        frame=pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)),
        rows=pl.Series("row", rows, dtype=pl.Int64),
        encoding="utf-8",
        header_row=0,
        left_out=(f"null × {empty}",) if empty else (),
        titles={"label": str(document.get("label", ""))},
        typed=frozenset({VALUE} if all(type(item) in (int, float, type(None)) for item in given.values()) else ()),
    )


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
