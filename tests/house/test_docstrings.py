"""Docstrings of kernels and sciences say which errors a person can meet."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "qonys"
ROOMS = ("kernels", "measurement", "estimation", "explanation", "surveys", "consequences", "projection", "policy")
ERRORS = {"BadInput", "UnknownName", "ValueError"}
MODULES = [path for room in ROOMS for path in sorted((SOURCE / room).rglob("*.py"))]


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
