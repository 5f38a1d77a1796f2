"""The interface for programs stays as it was: stored requests with the shape of their answers, and rows that stay.

`stable.json` holds the requests. A row there must be found in the answer as it stands: its codes, its unit and its
value are published figures. `--approve` stores the shapes anew; docs/reference/interface.md says when that is allowed.
"""

import copy
import io
import json
from pathlib import Path

import polars as pl
import pytest

from .shapes import changes, shape_of

FILE = Path(__file__).with_name("stable.json")
STORED = json.loads(FILE.read_text(encoding="utf-8"))
ASKED = [one["request"] for one in STORED["requests"]]


def answer_of(client, request):
    """JSON as it is, a file as its columns with their types and its rows."""
    answer = client.get(f"/api/v1{request}")
    assert answer.status_code == 200, answer.text[:300]
    if answer.headers["content-type"].startswith("application/json"):
        return answer.json()
    read = pl.read_parquet if answer.content[:4] == b"PAR1" else pl.read_csv
    frame = read(io.BytesIO(answer.content))
    return {"columns": {name: str(kind) for name, kind in frame.schema.items()}, "rows": frame.to_dicts()}


def shape_in(document):
    """The shape; of a file the columns, each with its type."""
    if set(document) == {"columns", "rows"}:
        return document["columns"]
    return shape_of(document)


def rows_in(document):
    """All objects that stand in a list somewhere in a document."""
    if isinstance(document, list):
        for one in document:
            if isinstance(one, dict):
                yield one
            yield from rows_in(one)
    elif isinstance(document, dict):
        for one in document.values():
            yield from rows_in(one)


def broken(stored, document):
    """What of a stored request an answer does not keep."""
    found = shape_in(document)
    said = changes(stored["shape"], found)
    if list(stored["shape"]) != list(found) and set(document) == {"columns", "rows"}:
        said.append("columns have another order")
    rows = list(rows_in(document))
    return said + [f"no row {row}" for row in stored.get("rows", ()) if not any(row.items() <= one.items() for one in rows)]


@pytest.fixture(scope="module")
def approving(request):
    """Whether shapes are stored anew."""
    yield request.config.getoption("--approve")
    if request.config.getoption("--approve"):
        FILE.write_text(written(STORED), encoding="utf-8")


def written(document):
    """One line a request: a change is seen where it is."""
    lines = ",\n".join(f"  {json.dumps(one, ensure_ascii=False)}" for one in document["requests"])
    paths = json.dumps(document["paths"], ensure_ascii=False, indent=1).replace("\n", "\n ")
    return f'{{\n "paths": {paths},\n "requests": [\n{lines}\n ]\n}}\n'


@pytest.mark.parametrize("number", range(len(ASKED)), ids=ASKED)
def test_an_answer_keeps_its_shape(client, approving, number):
    stored = STORED["requests"][number]
    document = answer_of(client, stored["request"])
    if approving:
        stored["shape"] = shape_in(document)
    assert broken(stored, document) == []


def test_paths_and_parameters_stay(client, approving):
    """Of each path: its parameters, those that must be given with a `!`."""
    document = client.get("/api/v1/openapi.json").json()
    found = {
        path: sorted(item["name"] + ("!" if item["required"] else "") for item in methods["get"].get("parameters", ()))
        for path, methods in document["paths"].items()
    }
    if approving:
        STORED["paths"] = found
    assert STORED["paths"] == found


def test_columns_of_all_tables_stay(client, approving):
    """In their order, since readers of CSV may count them."""
    found = {one["name"]: one["columns"] for one in client.get("/api/v1/tables").json()["tables"]}
    stored = next(one for one in STORED["requests"] if one["request"] == "/tables")
    if approving:
        stored["columns"] = {name: ",".join(columns) for name, columns in found.items()}
    assert stored["columns"] == {name: ",".join(columns) for name, columns in found.items()}


FAULTS = {
    "a column is renamed": lambda rows: rows[0].update(amount=rows[0].pop("value")),
    "a column is new": lambda rows: rows[0].update(more=1),
    "a number became text": lambda rows: rows[0].update(value=str(rows[0]["value"])),
    "a value may be empty": lambda rows: rows[0].update(value=None),
    "another unit": lambda rows: [row.update(unit="thousand_persons") for row in rows],
    "another code": lambda rows: [row.update(region="KAZ") for row in rows],
    "another value": lambda rows: [row.update(value=row["value"] + 1) for row in rows],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_change_rings(client, fault):
    stored = next(one for one in STORED["requests"] if one["request"].startswith("/tables/census?"))
    document = answer_of(client, stored["request"])
    assert broken(stored, document) == []
    changed = copy.deepcopy(document)
    FAULTS[fault](changed["rows"])
    assert broken(stored, changed) != []
