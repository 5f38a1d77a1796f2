"""One door: only `catalog` and `inputs` read the tables of a pack."""

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "qonys"
BELOW = ("catalog", "inputs")
# path -> why it reads tables itself; the list may only get shorter
READERS: dict[str, str] = {
    "face/country.py": "hands out a table as it stands in the pack",
}


def packs_of(function):
    """Names of the arguments of a function that are annotated as packs."""
    given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return {one.arg for one in given if one.annotation is not None and "Pack" in ast.unparse(one.annotation)}


def reads(tree):
    """Lines in which `.table(...)` is called on a pack."""
    named = {"pack"}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            named |= packs_of(node)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "table":
            owner = node.func.value
            if (isinstance(owner, ast.Name) and owner.id in named) or (
                isinstance(owner, ast.Attribute) and owner.attr == "pack"
            ):
                yield node.lineno


def test_nothing_above_the_door_reads_a_table():
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if name.split("/")[0] in BELOW:
            continue
        lines = list(reads(ast.parse(path.read_text(encoding="utf-8"))))
        if lines:
            found[name] = lines
    assert set(found) <= set(READERS), {name: found[name] for name in set(found) - set(READERS)}
    assert set(READERS) <= set(found), f"take out of the list: {sorted(set(READERS) - set(found))}"


def test_a_planted_reading_rings():
    planted = "def f(kz: Pack, site, results):\n    kz.table('a')\n    site.pack.table('b')\n    results.table('c')\n"
    assert list(reads(ast.parse(planted))) == [2, 3]
