"""Chapters are computed again only if something they depend on changed."""

import ast

import polars as pl
import pytest

from qonys.study.runs import cache as keeping
from qonys.study.runs.cache import closure, kept_chapter, module_digest
from qonys.study.runs.results import Number, Results, TableResult


class Land:
    """A pack of which only the digest counts."""

    def __init__(self, digest="a"):
        self._digest = digest

    def digest(self):
        return self._digest


def table(values):
    return TableResult("t", pl.DataFrame({"x": values}), "persons", 1, ("s",), "m")


def results_with(*items):
    results = Results("r")
    results.add(*items)
    return results


@pytest.fixture
def chapter(tmp_path):
    calls = []

    def compute(pack, results):
        calls.append(1)
        total = float(results.table("t").frame["x"].sum()) + (results.number("n").value or 0)
        results.add(Number("total", total, "persons"))

    def run(pack, results):
        return kept_chapter("data", pack, results, compute, tmp_path)

    return run, calls


def test_the_same_inputs_are_not_computed_again(chapter):
    run, calls = chapter
    inputs = results_with(table([1, 2]), Number("n", 4.0, "count"), Number("other", 1.0, "count"))
    assert run(Land(), inputs).number("total").value == 7
    again = run(Land(), results_with(table([1, 2]), Number("n", 4.0, "count"), Number("other", 2.0, "count")))
    assert again.number("total").value == 7
    assert len(calls) == 1


@pytest.mark.parametrize("change", ["table", "number", "pack"])
def test_any_input_that_was_read_and_changed_rings(chapter, change):
    run, calls = chapter
    run(Land(), results_with(table([1, 2]), Number("n", 4.0, "count")))
    values = [1, 3] if change == "table" else [1, 2]
    number = 5.0 if change == "number" else 4.0
    found = run(Land("b" if change == "pack" else "a"), results_with(table(values), Number("n", number, "count")))
    assert found.number("total").value == sum(values) + number
    assert len(calls) == 2


def test_changed_code_rings(chapter, monkeypatch):
    run, calls = chapter
    inputs = results_with(table([1, 2]), Number("n", 4.0, "count"))
    run(Land(), inputs)
    monkeypatch.setattr(keeping, "module_digest", lambda module: "other code")
    run(Land(), inputs)
    assert len(calls) == 2


def test_an_interrupted_chapter_leaves_nothing(tmp_path):
    def broken(pack, results):
        results.add(Number("half", 1.0, "count"))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept_chapter("data", Land(), Results("r"), broken, tmp_path)
    assert not list(tmp_path.rglob("*.json"))


def test_the_closure_holds_what_a_chapter_imports_even_inside_functions():
    names = {path.relative_to(keeping.PACKAGE).as_posix() for path in closure("qonys.study.chapters.projection")}
    assert {"kernels/processes/regime_process.py", "projection/national.py", "kernels/cohorts/engine.py"} <= names
    assert "report/document.py" not in names
    assert "measurement/schedule_families.csv" in names
    assert module_digest("qonys.study.chapters.projection") != module_digest("qonys.study.chapters.data")


def test_imports_are_those_that_python_reads():
    """Every file of the package against its syntax tree; names of a pattern that is too short would be missed."""
    for path in sorted(keeping.PACKAGE.rglob("*.py")):
        found = set()
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        assert set(keeping._imports(path)) >= {name for name in found if keeping._file_of(name)}, path
