"""The public face as a whole: light to import, listed, documented, typed, each function with a runnable example."""

from __future__ import annotations

import doctest
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import qonys
from qonys import MODULES, words
from qonys.face import citations
from qonys.face.result import Result

ROOT = Path(__file__).parents[2]
FUNCTIONS = sorted(name for name in MODULES if name[0].islower())
SLOW = ("scipy", "numba", "pandas", "statsmodels", "polars", "numpy", "pyarrow", "duckdb")


def test_the_import_is_light():
    code = f"import sys, qonys; dir(qonys); print([m for m in {SLOW!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_name_is_listed_once_and_found():
    assert sorted(qonys.__all__) == sorted([*MODULES, "__version__"])
    assert set(qonys.__all__) <= set(dir(qonys))
    for name in qonys.__all__:
        assert getattr(qonys, name) is not None
    with pytest.raises(AttributeError, match="no_such_function"):
        qonys.no_such_function  # noqa: B018


def test_no_public_name_is_that_of_a_room():
    """A room that is imported becomes an attribute of the package and would hide a function of its name."""
    rooms = {path.name for path in (ROOT / "src" / "qonys").iterdir() if path.is_dir()}
    rooms |= {path.stem for path in (ROOT / "src" / "qonys").glob("*.py")}
    assert not rooms & set(MODULES)


def test_help_shows_every_function_on_one_page():
    page = inspect.getdoc(qonys)
    for name in FUNCTIONS:
        assert re.search(rf"\b{name}\b", page), name


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_says_what_it_takes_and_gives_with_an_example(name):
    function = getattr(qonys, name)
    text = inspect.getdoc(function)
    assert text.splitlines()[0].endswith(".")
    signature = inspect.signature(function)
    assert signature.return_annotation is not inspect.Signature.empty
    for one in signature.parameters.values():
        assert one.annotation is not inspect.Signature.empty, one.name
        assert one.name in text, one.name
    positional = [p for p in signature.parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    assert len(positional) <= 4
    examples = doctest.DocTestFinder(recurse=False).find(function, name)
    assert examples
    assert examples[0].examples, "no example"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_that_gives_a_result_has_references_that_its_page_names(name):
    function = getattr(qonys, name)
    if inspect.signature(function).return_annotation != "Result" or name in NO_METHOD:
        return
    own = function.__name__
    known = citations.references(own)
    assert known, name
    source = inspect.getdoc(function).partition("Source:")[2]
    assert source, name
    for language in words.LANGUAGES:
        assert words.has(f"face.title.{own}", language)


NO_METHOD = {"table", "claims"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_sources_of_the_docstring_stand_in_the_references(name):
    """Every year in brackets after `Source:` belongs to a reference of `cite()`."""
    function = getattr(qonys, name)
    source = (inspect.getdoc(function) or "").partition("Source:")[2].partition("Examples")[0]
    years = set(re.findall(r"\b(?:19|20)\d\d\b", source))
    text = " ".join(citations.references(function.__name__))
    assert years <= set(re.findall(r"\b(?:19|20)\d\d\b", text)), name


def test_the_page_of_the_reference_documents_every_function():
    page = (ROOT / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
    for name in [*FUNCTIONS, "Result"]:
        assert re.search(rf"auto(function|class):: qonys\.{name}\b", page), name


def test_qonys_is_cited_as_its_citation_file_says():
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    own = citations.qonys_itself()
    title = re.search(r'^title: "(.+)"', text, re.M).group(1)
    author = re.search(r"- name: (.+)", text).group(1)
    year = re.search(r'date-released: "(\d{4})', text).group(1)
    version = re.search(r"^version: (.+)", text, re.M).group(1)
    assert own == f"{author} ({year}). {title}. Version {version}."


def test_results_name_their_function():
    """Every title belongs to a function, so that a renamed function is missed."""
    titles = {key.removeprefix("face.title.") for key in words.keys("en") if key.startswith("face.title.")}
    assert titles == {getattr(qonys, name).__name__ for name in FUNCTIONS
                      if inspect.signature(getattr(qonys, name)).return_annotation == "Result"}  # fmt: skip
    assert Result("rake", None).title == "Table adjusted to margins (raking)"
