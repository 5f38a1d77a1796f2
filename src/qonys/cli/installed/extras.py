"""Packages and extras as the installed metadata of Qonys name them; only the standard library is needed here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec

# module -> extra that brings it, for the sentence on a module that cannot be imported
MODULES = {
    "dask": "scale", "distributed": "scale", "fastapi": "observatory", "fastexcel": "sources",
    "fontTools": "report", "ibis": "warehouse", "jax": "jax", "jinja2": "report", "marimo": "course",
    "psycopg": "warehouse", "pyfixest": "explanation", "pyreadstat": "surveys", "shapely": "maps",
    "splink": "linkage", "starlette": "observatory", "svy": "surveys", "typst": "report", "uvicorn": "observatory",
    "vl_convert": "report", "xarray": "labels", "xlsxwriter": "observatory",
}  # fmt: skip
_REQUIREMENT = re.compile(r"([\w.-]+)\s*(?:\[([^\]]*)\])?\s*([^;]*?)\s*(?:;(.*))?$")
_EXTRA = re.compile(r"extra\s*==\s*['\"]([\w.-]+)['\"]")
_LEAST = re.compile(r">=\s*([\d.]+)")


@dataclass(frozen=True)
class Requirement:
    """What a package asks for: a package, the extras of it, and the own extra for which it is asked ("": always)."""

    name: str
    extras: frozenset[str]
    extra: str


@dataclass(frozen=True)
class Package:
    """A package that is asked for: its name, the least version ("": any) and the one that is there ("": none)."""

    name: str
    least: str
    version: str

    @property
    def fits(self) -> bool:
        """Whether it is there and new enough."""
        return bool(self.version) and _order(self.version) >= _order(self.least)


def _order(version: str) -> tuple[int, ...]:
    numbers = re.match(r"\d+(\.\d+)*", version)
    return tuple(map(int, numbers[0].split("."))) if numbers else ()


def version_of(name: str) -> str:
    """The installed version of a package, or ""."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def requirement_of(line: str) -> Requirement:
    """The requirement of a line of metadata; other conditions than the extra are not looked at.

    Examples
    --------
    >>> found = requirement_of("qonys[report]>=1; python_version > '3' and extra == 'study'")
    >>> found.name, sorted(found.extras), found.extra
    ('qonys', ['report'], 'study')

    """
    name, inside, _, _ = (part or "" for part in _REQUIREMENT.match(line).groups())  # type: ignore[union-attr]
    extra = _EXTRA.search(line)
    extras = frozenset(part.strip() for part in inside.split(",") if part.strip())
    return Requirement(name, extras, extra[1] if extra else "")


def needed() -> tuple[Package, ...]:
    """What Qonys cannot work without."""
    return tuple(_package(line) for line in _requirements() if not _EXTRA.search(line))


def extras() -> dict[str, tuple[Package, ...]]:
    """Extra -> its packages; extras that only unite others are left out."""
    found: dict[str, dict[str, Package]] = {}
    for line in _requirements():
        extra = _EXTRA.search(line)
        package = _package(line)
        if extra and package.name != "qonys":
            found.setdefault(extra[1], {})[package.name] = package
    single = {name: parts for name, parts in found.items() if name not in ("study", "all")}
    return {name: tuple(parts.values()) for name, parts in sorted(single.items())}


def lacking_modules(names: tuple[str, ...]) -> tuple[str, ...]:
    """Modules of `names` that cannot be imported."""
    return tuple(name for name in names if find_spec(name) is None)


def _requirements() -> list[str]:
    try:
        return metadata.requires("qonys") or []
    except metadata.PackageNotFoundError:
        return []


def _package(line: str) -> Package:
    name, _, bounds, _ = (part or "" for part in _REQUIREMENT.match(line).groups())  # type: ignore[union-attr]
    least = _LEAST.search(bounds)
    return Package(name, least[1] if least else "", version_of(name))
