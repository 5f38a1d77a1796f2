"""Every number that is an option has a range, stated in its type and checked where the command line is read."""

import ast
from pathlib import Path

import pytest

import qonys.cli
from qonys import words
from qonys.cli import USAGE, main

NUMBERS = {"int", "float"}


def annotated():
    """Place, type and metadata of each option of a number."""
    for path in sorted(Path(qonys.cli.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == "Annotated":
                kind, *metadata = node.slice.elts
                names = {part.id for part in ast.walk(kind) if isinstance(part, ast.Name)}
                if names & NUMBERS:
                    yield f"{path.name}:{node.lineno}", metadata


def without_range(metadata):
    """Whether no metadata says a range."""
    return not any(item.arg == "validator" for one in metadata if isinstance(one, ast.Call) for item in one.keywords)


def test_every_number_has_a_range():
    found = list(annotated())
    assert len(found) > 35
    assert [where for where, metadata in found if without_range(metadata)] == []


def test_a_planted_number_without_a_range_rings():
    node = ast.parse('Annotated[int, Parameter(help="x")]').body[0].value
    assert without_range(node.slice.elts[1:])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("indicators x.csv --seed -1", "--seed is -1; it must lie between 0 and 4294967295"),
        ("indicators x.csv --draws 99999999999", "--draws is 99999999999"),
        ("breaks x.csv --share nan", "--share is nan"),
        ("breaks x.csv --lags 500", "--lags is 500"),
        ("schedule family --gmr inf", "--gmr is inf"),
        ("survey table x.csv --var a --fay 9", "--fay is 9"),
        ("survey settling x.csv --years 3 --years 1e300", "--years is 1e+300"),
        ("survey example x --respondents -1", "--respondents is -1"),
        ("flows estimate x.csv --moves -5", "--moves is -5"),
        ("flows residual x.csv --first 1.5", "--first is 1.5"),
        ("catalog show x --limit -1", "--limit is -1"),
        ("serve --port 99999", "--port is 99999; it must lie between 0 and 65535"),
        ("study --jobs -1 --plan", "--jobs is -1"),
        ("study diff a b --tolerance nan", "--tolerance is nan"),
        ("project --horizon 99", "--horizon is 99; it must lie between 1800 and 2200"),
        ("project --unit 0", "--unit is 0"),
        ("consequences --since 24", "--since is 24"),
        ("pack new KAZ --from-wpp x.csv --projected-from 24", "--projected-from is 24"),
    ],
)
def test_numbers_out_of_range_are_one_sentence(arguments, said, capsys):
    for language in words.LANGUAGES:
        assert main([*arguments.split(), "--lang", language]) == USAGE
        printed = capsys.readouterr().err
        assert printed.count("\n") == 1
        assert said.split(" is ")[0] in printed
        if language == "en":
            assert said in printed
