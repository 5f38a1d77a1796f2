"""A cube as JSON-stat 2.0 and as SDMX-CSV 2.0, with the names of its codes in a language.

JSON-stat: https://json-stat.org/full/ (version 2.0, class dataset). SDMX-CSV: SDMX Technical Working Group (2023),
SDMX-CSV 2.0.0 field guide, with `labels=name`: every column of codes is followed by one of names.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qonys import words
from qonys.catalog.code_names import code_name
from qonys.catalog.cubes import GEO, NOT_STATED, TIMES, Cube, cube_of
from qonys.catalog.exporting import write_file

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from qonys.catalog.pack import Pack

CUBE_FORMS = {"jsonstat": "jsonstat.json", "sdmx-csv": "sdmx.csv"}
AGENCY = "QONYS"
NO_NAME = "–"
IDENTIFIER = re.compile(r"[^A-Z0-9_]")


def jsonstat(cube: Cube, pack: Pack, language: str, about: Mapping[str, Any]) -> bytes:
    """The cube as a JSON-stat dataset.

    `about`: label, source, updated, note as JSON-stat names them, and `extension`. Values are sparse: by the place of
    their cell; the first attribute that the format knows, the status, likewise; the others stand under `extension`.
    """
    places = cube.places()
    values = [None if _empty(v) else v for v in cube.frame[cube.value].to_list()]
    described = {name: cube.frame[name].to_list() for name in cube.attributes}
    status = "flag" if "flag" in described else "status"
    attributes = {
        name: {str(p): v for p, v in zip(places, texts, strict=True) if v not in (None, "")}
        for name, texts in described.items()
    }
    roles = {"time": [d for d in cube.dimensions if d in TIMES], "geo": [d for d in cube.dimensions if d in GEO]}
    document = {
        "version": "2.0",
        "class": "dataset",
        **{name: about[name] for name in ("label", "source", "updated", "note") if about.get(name)},
        "id": list(cube.dimensions),
        "size": [len(cube.codes[name]) for name in cube.dimensions],
        "role": {name: held for name, held in roles.items() if held},
        "dimension": {name: _dimension(cube, name, pack, language) for name in cube.dimensions},
        "value": {str(p): v for p, v in zip(places, values, strict=True) if v is not None},
        "status": attributes.pop(status, {}),
        "extension": {**about.get("extension", {}), "attributes": attributes},
    }
    return json.dumps(document, ensure_ascii=False, default=str, allow_nan=False).encode()


def _dimension(cube: Cube, name: str, pack: Pack, language: str) -> dict[str, Any]:
    codes = cube.codes[name]
    labels = {code: _label(pack, name, code, language) for code in codes}
    return {"label": column_name(name, language), "category": {"index": codes, "label": labels}}


def _label(pack: Pack, column: str, code: str, language: str) -> str:
    return NO_NAME if code == NOT_STATED else code_name(pack, column, code, language) or code


def column_name(name: str, language: str) -> str:
    """Name of a column in words, else the column."""
    key = f"web.column.{name}"
    return words.text(key, language) if words.has(key, language) else name


def sdmx_csv(cube: Cube, pack: Pack, language: str, name: str, title: str) -> bytes:
    """The cube as SDMX-CSV 2.0, the table `name` as a dataflow of the agency QONYS, version 1.0."""
    found = io.StringIO()
    writer = csv.writer(found, lineterminator="\r\n")
    head = ["STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION"]
    columns = [*cube.dimensions, cube.value, *cube.attributes]
    for column in columns:
        head += ["OBS_VALUE" if column == cube.value else identifier(column), column_name(column, language)]
    writer.writerow(_distinct(head))
    start = ["dataflow", f"{AGENCY}:{identifier(name)}(1.0)", title, "I"]
    names: dict[tuple[str, str], str] = {}
    for row in cube.frame.select(columns).iter_rows():
        cells = list(start)
        for column, given in zip(columns, row, strict=True):
            text = "" if _empty(given) else str(given)
            pair = (column, text)
            if pair not in names and column != cube.value:
                names[pair] = "" if not text else _label(pack, column, text, language)
            cells += [text, "" if column == cube.value else names[pair]]
        writer.writerow(cells)
    return found.getvalue().encode()


def write_cube(frame: pl.DataFrame, folder: Path, pack: Pack, name: str, form: str, language: str) -> Path:
    """Write a table of the pack to ``folder/name.jsonstat.json`` or ``folder/name.sdmx.csv``.

    Returns
    -------
    The file. It appears whole or not at all.

    Raises
    ------
    BadInput
        The folder cannot be written, or the table has no numbers or too many cells.

    """
    described = name in pack.tables()
    resource = pack.resources_of(name)[0] if described else None
    title = resource.titles.get(language, name) if resource else name
    key, values = ((*resource.statement_key(), "source"), resource.values) if resource else ((), ())
    cube = cube_of(frame, key, values)
    if form == "jsonstat":
        body = jsonstat(cube, pack, language, {"label": title})
    else:
        body = sdmx_csv(cube, pack, language, name, title)
    return write_file(folder, f"{name}.{CUBE_FORMS[form]}", lambda draft: draft.write_bytes(body))


def identifier(name: str) -> str:
    """A name as SDMX writes the identifier of a component.

    Examples
    --------
    >>> identifier("ethnic_group"), identifier("mean age")
    ('ETHNIC_GROUP', 'MEAN_AGE')

    """
    return IDENTIFIER.sub("_", name.upper())


def _distinct(head: list[str]) -> list[str]:
    """A heading where a name in words does not repeat a column."""
    seen: set[str] = set()
    for place, name in enumerate(head):
        head[place] = name if name not in seen else f"{name} ({place})"
        seen.add(head[place])
    return head


def _empty(given: object) -> bool:
    return given is None or (isinstance(given, float) and not math.isfinite(given))
