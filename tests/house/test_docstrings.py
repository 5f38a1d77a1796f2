"""Docstrings of kernels and sciences say which errors a person can meet, and the shapes or columns of their data."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "qonys"
ROOMS = ("kernels", "measurement", "estimation", "explanation", "surveys", "consequences", "projection", "policy")
ERRORS = {"BadInput", "UnknownName", "ValueError"}
MODULES = [path for room in ROOMS for path in sorted((SOURCE / room).rglob("*.py"))]
LABELLED = ("spaces", "quantities", "inputs")
DATA = {"Array", "NDArray", "DataFrame", "LazyFrame"}
SIZE = r"[A-Za-z0-9_. +*/-]+"
SHAPE = re.compile(rf"\((\.\.\.|{SIZE},|{SIZE}(, ?{SIZE})+)\)")
COLUMNS = re.compile(
    r"\b[Cc]olumns?\b|\b[a-z_]+(, [a-z_0-9]+){2,}|\b[Aa]s (for )?`|\b(axis|axes|row|rows|table|matrix)\b"
)
# Functions still without a shape: the set may only shrink.
EXEMPT = {
    "kernels/flows/balance.py": {"offset_ratio"},
    "kernels/flows/net_totals.py": {"NetComponents.table"},
    "kernels/flows/raking.py": {"rake_plain"},
    "kernels/flows/stock_flows.py": {
        "spread_deaths",
        "match_birthplaces",
        "pseudo_bayes",
        "BirthplaceFlows.total",
        "BirthplaceFlows.returning",
        "BirthplaceFlows.leaving_home",
        "BirthplaceFlows.onward",
    },
    "kernels/indices/age.py": {"age_groups"},
    "kernels/indices/intensity.py": {"between", "courgeau_k"},
    "kernels/mortality/life_tables.py": {"refuse_high_rates"},
}


def raises(node, own, seen=frozenset()) -> bool:
    """Whether a function raises an error of `ERRORS` itself or through a private function of its module."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Raise) and isinstance(inner.exc, ast.Call):
            called = inner.exc.func
            if getattr(called, "id", getattr(called, "attr", "")) in ERRORS:
                return True
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name):
            name = inner.func.id
            if name.startswith("_") and name in own and name not in seen and raises(own[name], own, seen | {name}):
                return True
    return False


def silent(text: str) -> list[str]:
    """Public functions and methods that raise and do not say so."""
    tree = ast.parse(text)
    own = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    public = list(own.values())
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            public += [inner for inner in node.body if isinstance(inner, ast.FunctionDef)]
    return [
        node.name
        for node in public
        if not node.name.startswith("_") and raises(node, own) and "Raises" not in (ast.get_docstring(node) or "")
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_errors_are_documented(path):
    assert silent(path.read_text(encoding="utf-8")) == []


def test_a_planted_silence_rings():
    hidden = "def f(x):\n    '''One.'''\n    return _g(x)\n\ndef _g(x):\n    raise BadInput('a.b')\n"
    assert silent(hidden) == ["f"]
    assert silent(hidden.replace("One.", "One.\n\n    Raises\n    ------\n    BadInput\n        Always.\n    ")) == []


def shapeless(text: str) -> set[str]:
    """Public functions and methods that take or give arrays or frames and name neither a shape nor columns."""
    tree = ast.parse(text)
    public = [(node.name, node) for node in tree.body if isinstance(node, ast.FunctionDef)]
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            inside = [inner for inner in node.body if isinstance(inner, ast.FunctionDef)]
            public += [(f"{node.name}.{inner.name}", inner) for inner in inside]
    found = set()
    for name, node in public:
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        types = [part for part in [*(arg.annotation for arg in given), node.returns] if part]
        named = {getattr(inner, "id", getattr(inner, "attr", "")) for part in types for inner in ast.walk(part)}
        words = ast.get_docstring(node) or ""
        if not node.name.startswith("_") and DATA & named and not (SHAPE.search(words) or COLUMNS.search(words)):
            found.add(name)
    return found


def test_data_have_shapes_or_columns():
    modules = [*MODULES, *(path for room in LABELLED for path in sorted((SOURCE / room).rglob("*.py")))]
    found = {path.relative_to(SOURCE).as_posix(): shapeless(path.read_text(encoding="utf-8")) for path in modules}
    new = {name: functions - EXEMPT.get(name, set()) for name, functions in found.items()}
    assert {name: functions for name, functions in new.items() if functions} == {}


def test_a_planted_array_without_a_shape_rings():
    bare = "def f(x: Array) -> pl.DataFrame:\n    '''Growth of each region.'''\n"
    assert shapeless(bare) == {"f"}
    assert shapeless(bare.replace("Growth", "Growth (R,)")) == set()
    assert shapeless(bare.replace("region.", "region: columns region, value.")) == set()
