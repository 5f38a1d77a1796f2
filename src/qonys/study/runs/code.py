"""Which source files a module depends on, and their hash: the import system's own knowledge, no reading of text.

The import system finds each module and hands out its code object; the imports stand in it, also those inside
functions. Files of other kinds in the folders of these modules (tables, C sources) count too.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import find_spec
from modulefinder import ModuleFinder
from opcode import opmap
from pathlib import Path
from types import CodeType

from qonys import __version__

PACKAGE = Path(__file__).resolve().parents[2]
ROOT = PACKAGE.name
# These decide what runs, store what was computed or word a refusal; they make no number.
NOT_COMPUTING = tuple(
    f"{ROOT}.{name}" for name in ("errors", "study.runs", "study.plan", "study.chapters.registry", "words")
)
IMPORT = opmap["IMPORT_NAME"]
COMPILED = (".pyc", ".pyo")


@cache
def _spec(name: str) -> ModuleSpec | None:
    """How the import system finds a module of the package, which is not run for that; None if the name is no module."""
    parent, _, last = name.rpartition(".")
    if not parent:
        return find_spec(ROOT) if last == ROOT else None
    above = _spec(parent)
    if above is None or above.submodule_search_locations is None:
        return None
    found = PathFinder.find_spec(name, above.submodule_search_locations)
    return found if found and isinstance(found.loader, SourceFileLoader) else None


@cache
def imports(module: str) -> tuple[str, ...]:
    """Names of the package's modules that a module imports anywhere in it, those that Python runs before it included.

    Examples
    --------
    >>> imports("qonys.catalog.digest")
    ('qonys', 'qonys.catalog')

    """
    found = _spec(module)
    if found is None or not isinstance(found.loader, SourceFileLoader):
        return ()
    code = found.loader.get_code(module)
    named = {name for part in _parts(code) for name in _named(part, module, found)} if code else set()
    named |= {parent for name in (*named, module) for parent in _parents(name)}
    return tuple(sorted(name for name in named - {module} if _spec(name) is not None))


def _parts(code: CodeType) -> list[CodeType]:
    """A code object and those of all functions and classes in it."""
    inside = [part for one in code.co_consts if isinstance(one, CodeType) for part in _parts(one)]
    return [code, *inside]


def _named(code: CodeType, module: str, found: ModuleSpec) -> set[str]:
    names: set[str] = set()
    if IMPORT not in code.co_code[::2]:  # most functions: the scan below is slow
        return names
    package = module if found.submodule_search_locations is not None else module.rpartition(".")[0]
    for kind, given in ModuleFinder().scan_opcodes(code):
        if kind == "absolute_import":
            parts, start = given
        elif kind == "relative_import":
            level, parts, stem = given
            base = ".".join(package.split(".")[: len(package.split(".")) - level + 1])
            start = f"{base}.{stem}" if stem else base
        else:
            continue
        names |= {start, *(f"{start}.{part}" for part in parts or ())}
    return names


def _parents(name: str) -> tuple[str, ...]:
    parts = name.split(".")
    return tuple(".".join(parts[:i]) for i in range(1, len(parts)))


def _computes(module: str) -> bool:
    return module != ROOT and not any(module == name or module.startswith(f"{name}.") for name in NOT_COMPUTING)


def closure(module: str) -> tuple[Path, ...]:
    """Files that a module depends on, itself among them; data files in the same folders count too."""
    waiting, seen = [module], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen and _computes(name):
            seen.add(name)
            waiting += imports(name)
    files = {Path(str(found.origin)) for name in seen if (found := _spec(name)) is not None}
    aside = {data for folder in {path.parent for path in files} for data in folder.iterdir() if _is_data(data)}
    return tuple(sorted(files | aside))


def _is_data(path: Path) -> bool:
    return path.is_file() and path.suffix not in (".py", *COMPILED) and not path.name.startswith(".")


@cache
def module_digest(module: str) -> str:
    """Hash of the version and of all files that `module` depends on."""
    return _hash(closure(module))


def code_digest(rooms: tuple[str, ...]) -> str:
    """Hash of the version and of all files of `rooms`, so that a changed page is laid out again."""
    files = (path for room in rooms for path in sorted((PACKAGE / room).rglob("*")))
    return _hash(tuple(path for path in files if path.is_file() and path.suffix not in COMPILED))


def _hash(files: tuple[Path, ...]) -> str:
    digest = hashlib.sha256(__version__.encode())
    for path in files:
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
