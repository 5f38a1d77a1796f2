"""Licences of the packages that Qonys runs with, extras included, as their metadata name them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

from qonys.cli.installed.extras import requirement_of

SHORT = 60
_CLASSIFIER = re.compile(r"License :: (?:OSI Approved :: )?(.+)")
_STRONG = re.compile(r"\bA?GPL|(?<!Lesser )(?<!Library or )\b(Affero )?General Public License", re.IGNORECASE)


@dataclass(frozen=True)
class Licence:
    """A package, its version and its licence ("": its metadata name none)."""

    package: str
    version: str
    licence: str

    @property
    def copyleft_only(self) -> bool:
        """Whether it may be used under the GPL or AGPL alone."""
        return bool(self.licence) and all(_STRONG.search(one) for one in re.split(r" OR |;", self.licence))


def licences() -> tuple[Licence, ...]:
    """Of Qonys itself and of every installed package that it or one of its extras asks for, directly or not."""
    found: dict[str, Licence] = {}
    waiting = [("qonys", frozenset({"all", "jax"}))]
    seen = set[tuple[str, str]]()
    while waiting:
        name, extras = waiting.pop()
        try:
            one = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        key = re.sub(r"[-_.]+", "-", one.name).lower()
        found[key] = Licence(one.name, one.version, licence_of(one))
        for extra in {"", *extras}:
            if (key, extra) not in seen:
                seen.add((key, extra))
                waiting += _requirements(one, extra)
    return tuple(found[key] for key in sorted(found))


def _requirements(one: metadata.Distribution, extra: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Packages that a distribution asks for, always or for one extra, each with the extras asked of it."""
    for line in one.requires or ():
        needed = requirement_of(line)
        if needed.extra == extra:
            yield needed.name, needed.extras


def licence_of(one: metadata.Distribution) -> str:
    """The licence by the expression of the metadata, else their short text, their classifiers or their licence file."""
    head = one.metadata
    expression, text = ((head.get_all(name) or [""])[0] for name in ("License-Expression", "License"))
    named = [found[1] for line in head.get_all("Classifier") or () if (found := _CLASSIFIER.fullmatch(line))]
    short = text if text != "UNKNOWN" and len(text) <= SHORT and "\n" not in text else ""
    return expression or short or "; ".join(named) or _first_line(text) or _of_file(one)


def _of_file(one: metadata.Distribution) -> str:
    for path in one.files or ():
        if path.name.upper().startswith(("LICENSE", "LICENCE", "COPYING")):
            return _first_line(path.read_text(encoding="utf-8"))
    return ""


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
