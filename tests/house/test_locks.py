"""Two locks: what the study needs, and what the tests need besides."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
LIGHT, FULL = "requirements.lock", "requirements-test.lock"
HEAVY = {"jax", "jaxlib", "playwright", "numpyro", "distributed", "pyfixest", "lifelines", "matplotlib", "sphinx", "pytest"}
# module -> package, where the names differ
PACKAGES = {"fontTools": "fonttools", "vl_convert": "vl-convert-python", "yaml": "pyyaml", "ibis": "ibis-framework"}
# what those packages bring with them and the code names too
BROUGHT = {"starlette": "fastapi", "anyio": "fastapi", "pydantic": "fastapi", "llvmlite": "numba", "pandas": "pyfixest"}
ON_REQUEST = {
    "distributed": "scale", "ibis-framework": "warehouse", "jax": "jax", "marimo": "course", "pyfixest": "explanation",
    "splink": "linkage", "xarray": "labels",
}  # fmt: skip


def locked(name):
    """Package and version (with its marker) -> hashes."""
    found = {}
    for part in re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip()):
        head, _, hashes = part.partition(" \\\n")
        found[head] = frozenset(re.findall(r"sha256:[0-9a-f]{64}", hashes))
    return found


def package(requirement):
    return re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-").replace(".", "-")


def needs(extra):
    """Packages that an extra names, those of the extras it names included."""
    found = set()
    for requirement in EXTRAS[extra]:
        inner = re.fullmatch(r"qonys\[(.*)\]", requirement)
        found |= set().union(*map(needs, inner[1].split(","))) if inner else {package(requirement)}
    return found


@pytest.mark.parametrize("name", [LIGHT, FULL])
def test_every_line_of_a_lock_is_a_package_with_hashes_and_no_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^(?!\s+--hash=sha256:[0-9a-f]{64}( \\)?$|[\w.-]+==\S+( ; .*)? \\$).+", text, re.MULTILINE)
    assert all(locked(name).values())


def test_what_the_study_needs_is_part_of_what_the_tests_need():
    full = locked(FULL)
    for head, hashes in locked(LIGHT).items():
        assert full[head.split(" ;")[0] if head not in full else head] == hashes, head


def test_the_light_lock_holds_what_the_commands_need_and_nothing_heavy():
    light = {package(head) for head in locked(LIGHT)}
    assert {package(line) for line in PROJECT["project"]["dependencies"]} | needs("study") <= light
    assert not light & HEAVY
    assert not {package(line) for line in PROJECT["dependency-groups"]["peers"]} & {package(h) for h in locked(FULL)}


def imported():
    """Modules of other packages that the source imports, with where."""
    for path in sorted((ROOT / "src" / "qonys").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "import_module":
                names += [node.args[0].value] if isinstance(node.args[0], ast.Constant) else []
            for name in names:
                top = name.split(".")[0]
                if top not in sys.stdlib_module_names and top != "qonys":
                    yield top, path.relative_to(ROOT).as_posix()


def test_the_source_imports_what_it_declares():
    """Each package is a dependency, part of the extra `study`, or of an extra that is added on request."""
    declared = {package(line) for line in PROJECT["project"]["dependencies"]} | needs("study")
    for module, where in imported():
        name = BROUGHT.get(module) or PACKAGES.get(module, module)
        extra = ON_REQUEST.get(name)
        assert name in (needs(extra) if extra else declared), f"{module} in {where}"
