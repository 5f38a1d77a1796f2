"""Reading of JSON-stat 2.0 datasets."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from qonys.catalog.reading.raw import RawTable
from qonys.errors import BadInput

VALUE = "value"
UNIT = "unit"


def read_jsonstat_table(path: Path) -> RawTable:
    """A JSON-stat 2.0 dataset: one row per cell that has a value; cells are counted from 1.

    The columns are the dimensions (codes), `value`, and `unit` where the dimension says one.

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
    columns: dict[str, list[str | None]] = {name: [] for name in [*names, VALUE, *([UNIT] if units else [])]}
    rows: list[int] = []
    for number, combination in enumerate(itertools.product(*codes)):
        if given.get(number) is None:
            continue
        rows.append(number + 1)
        for name, code in zip(names, combination, strict=True):
            columns[name].append(code)
        columns[VALUE].append(str(given[number]))
        if units:
            columns[UNIT].append(next((units[code] for code in combination if code in units), None))
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
    )


def _codes(dimension: Mapping[str, Any]) -> list[str]:
    category = dimension["category"]
    index = category.get("index")
    if index is None:
        return [str(code) for code in category["label"]]
    if isinstance(index, dict):
        return [str(code) for code, _ in sorted(index.items(), key=lambda item: item[1])]
    return [str(code) for code in index]


def _units(document: Mapping[str, Any], names: list[str]) -> dict[str, str]:
    """Code of a metric -> its unit, as the dataset says."""
    units: dict[str, str] = {}
    for name in names:
        for code, about in document["dimension"][name]["category"].get("unit", {}).items():
            units[str(code)] = str(about.get("base") or about.get("label") or "")
    return {code: unit for code, unit in units.items() if unit}
