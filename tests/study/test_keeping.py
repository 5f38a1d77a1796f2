"""Chapters are computed again only if something they depend on changed."""

import ast
from pathlib import Path

import polars as pl
import pytest

from qonys import inputs
from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.study.chapters import registry
from qonys.study.chapters.registry import Chapter
from qonys.study.plan import Plan, merged
from qonys.study.runs import cache, code
from qonys.study.runs.cache import chapter_key, kept_chapter
from qonys.study.runs.code import closure, imports, module_digest
from qonys.study.runs.results import Number, Results, TableResult


def table(values):
    return TableResult("t", pl.DataFrame({"x": values}), "persons", 1, ("s",), "m")


def results_with(*items):
    results = Results("r")
    results.add(*items)
    return results


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


def chapter_that(monkeypatch, compute, **fields):
    chapter = Chapter("data", **fields)
    monkeypatch.setattr(Chapter, "compute", lambda self, pack, results: compute(pack, results))
    return chapter


TWO = merged(Plan(), {"regions": {"draws": 2}})


@pytest.fixture
def run(tmp_path, pack, monkeypatch):
    calls = []

    def compute(pack, results):
        calls.append(1)
        total = float(results.table("t").frame["x"].sum()) + (results.number("n").value or 0)
        results.add(Number("total", total * results.plan.regions.draws, "persons"))

    chapter = chapter_that(monkeypatch, compute, needs=("census",), plan=("regions",))

    def do(results, plan=TWO):
        return kept_chapter(chapter, pack, results, plan, tmp_path).results

    return do, calls


def test_the_same_inputs_are_not_computed_again(run):
    do, calls = run
    inputs = results_with(table([1, 2]), Number("n", 4.0, "count"), Number("other", 1.0, "count"))
    assert do(inputs).number("total").value == 14
    again = do(results_with(table([1, 2]), Number("n", 4.0, "count"), Number("other", 2.0, "count")))
    assert again.number("total").value == 14
    assert len(calls) == 1


@pytest.mark.parametrize("change", ["table", "number", "plan", "figure"])
def test_any_input_that_was_read_and_changed_rings(run, change, monkeypatch):
    do, calls = run
    do(results_with(table([1, 2]), Number("n", 4.0, "count")))
    values, number, draws = [1, 3 if change == "table" else 2], 5.0 if change == "number" else 4.0, 2
    if change == "figure":
        monkeypatch.setattr(inputs, "digest", lambda pack, name: "other rows")
    if change == "plan":
        draws = 3
    plan = merged(Plan(), {"regions": {"draws": draws}})
    found = do(results_with(table(values), Number("n", number, "count")), plan)
    assert found.number("total").value == (sum(values) + number) * draws
    assert len(calls) == 2


def test_a_section_of_the_plan_that_is_not_read_does_not_count(pack):
    chapter = Chapter("data", needs=("census",), plan=("regions",))
    other = merged(Plan(), {"account": {"draws": 7}})
    assert chapter_key(chapter, pack, Plan()) == chapter_key(chapter, pack, other)


def test_changed_code_rings(run, monkeypatch):
    do, calls = run
    inputs = results_with(table([1, 2]), Number("n", 4.0, "count"))
    do(inputs)
    monkeypatch.setattr(cache, "module_digest", lambda module: "other code")
    do(inputs)
    assert len(calls) == 2


def test_an_interrupted_chapter_leaves_nothing(tmp_path, pack, monkeypatch):
    def broken(pack, results):
        results.add(Number("half", 1.0, "count"))
        raise KeyboardInterrupt

    chapter = chapter_that(monkeypatch, broken)
    with pytest.raises(KeyboardInterrupt):
        kept_chapter(chapter, pack, Results("r"), Plan(), tmp_path)
    assert not list(tmp_path.rglob("*.json"))


@pytest.mark.parametrize(
    ("read", "sentence"),
    [
        (lambda pack, results: inputs.rows(pack, "births"), "reads the figures births"),
        (lambda pack, results: results.table("not_named"), "reads the result “not_named”"),
        (lambda pack, results: results.plan.account.draws, "reads the section “account”"),
    ],
)
def test_a_chapter_that_reads_what_it_does_not_name_rings(tmp_path, pack, monkeypatch, read, sentence):
    chapter = chapter_that(monkeypatch, read, needs=("census",), plan=("regions",))
    with pytest.raises(BadInput, match=sentence):
        kept_chapter(chapter, pack, Results("r"), Plan(), tmp_path)
    assert not list(tmp_path.rglob("*.json"))


def test_a_figure_is_allowed_by_its_id_or_by_its_table(pack):
    assert registry.allows(pack, Chapter("x", needs=("births",)), "births")
    assert registry.allows(pack, Chapter("x", wants=("national",)), "births")
    assert not registry.allows(pack, Chapter("x", needs=("births",)), "deaths")


def test_the_closure_holds_what_a_chapter_imports_even_inside_functions():
    names = {path.relative_to(code.PACKAGE).as_posix() for path in closure("qonys.study.chapters.projection")}
    assert {"kernels/processes/regime_process.py", "projection/national.py", "kernels/cohorts/engine.py"} <= names
    assert "report/document.py" not in names
    assert "measurement/schedule_families.csv" in names
    assert module_digest("qonys.study.chapters.projection") != module_digest("qonys.study.chapters.data")


def test_the_closure_holds_sources_in_other_languages_and_stops_at_what_computes_nothing():
    names = {p.relative_to(code.PACKAGE).as_posix() for p in closure("qonys.study.chapters.regional_projection")}
    assert "kernels/multiregional/native.c" in names
    assert not {name for name in names if name.startswith("study/runs/") or name == "study/plan.py"}


def test_imports_are_those_of_the_syntax_tree():
    """Another hand: the syntax tree of every file of the package."""
    for path in sorted(code.PACKAGE.rglob("*.py")):
        parts = path.relative_to(code.PACKAGE.parent).with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found = set()
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        known = {name for name in found if code._spec(name) is not None} - {module}
        assert known <= set(imports(module)), path


def test_no_pattern_reads_our_own_source():
    """The cache and the site know imports and needs without reading text."""
    for name in ("study/runs/code.py", "study/runs/cache.py", "web/charts/report_figures.py"):
        tree = ast.parse((Path(code.PACKAGE) / name).read_text(encoding="utf-8"))
        imported = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
        assert "re" not in imported
