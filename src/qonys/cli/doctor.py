"""`qonys doctor`: what is installed, what is missing and what it would give."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.installed import extras, machine, packs
from qonys.cli.options import settings
from qonys.cli.progress import stages_shown

OK, ABSENT, BROKEN = "ok", "absent", "broken"
MARKS = {OK: "✓", ABSENT: "–", BROKEN: "✗"}


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, whether it is there, what was found and what it means.

    `state` is ok, absent (something more that could be had) or broken (something needed).
    """

    group: str
    name: str
    state: str
    found: str
    note: str


def doctor(*, licences: Annotated[bool, Parameter(help="cli.doctor.licences", negative=())] = False) -> int:
    """Print the findings, or the licences of what is installed; 1 if something needed is missing."""
    if licences:
        return _licences()
    findings = list(_findings())
    if settings().format == "json":
        print(json.dumps([asdict(item) for item in findings], ensure_ascii=False, indent=1))
    elif settings().format == "csv":
        writer = csv.DictWriter(sys.stdout, list(asdict(findings[0])), lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(item) for item in findings)
    else:
        print(_page(findings))
    return 1 if any(item.state == BROKEN for item in findings) else 0


def _licences() -> int:
    import polars as pl

    from qonys.cli.installed.licences import licences
    from qonys.cli.printing import print_frame

    rows = [(one.package, one.version, one.licence) for one in licences()]
    frame = pl.DataFrame(rows, schema=["package", "version", "licence"], orient="row")
    print_frame(frame, label=lambda *_: None, footer=())
    return 0


def _text(key: str, **values: object) -> str:
    return words.text(f"doctor.{key}", settings().language, **values)


def _findings() -> Iterator[Finding]:
    yield from _python()
    yield from _extras()
    yield from _machine()
    yield from _tools()
    yield from _folders()
    yield from _packs()


def _python() -> Iterator[Finding]:
    version, enough = machine.python()
    note = "" if enough else _text("note.python", least=".".join(map(str, machine.PYTHON)))
    yield Finding("python", "Python", OK if enough else BROKEN, version, note)
    own = extras.version_of("qonys")
    yield Finding("python", "qonys", OK if own else BROKEN, own or _text("none"), "" if own else _text("note.qonys"))
    for item in extras.needed():
        note = "" if item.fits else _text("note.package", name=item.name, least=item.least or item.name)
        yield Finding("python", item.name, OK if item.fits else BROKEN, item.version or _text("none"), note)


def _extras() -> Iterator[Finding]:
    for name, parts in extras.extras().items():
        lacking = [item.name for item in parts if not item.fits]
        gives = _text(f"extra.{name}") if words.has(f"doctor.extra.{name}") else ""
        if not lacking:
            yield Finding("extras", name, OK, ", ".join(f"{i.name} {i.version}" for i in parts), gives)
            continue
        note = _text("note.extra", gives=gives, name=name)
        yield Finding("extras", name, ABSENT, _text("lacking", names=", ".join(lacking)), note)
    tools = extras.lacking_modules(("pytest", "playwright", "hypothesis"))
    if tools:
        yield Finding("extras", "tests", ABSENT, _text("lacking", names=", ".join(tools)), _text("note.tests"))
    else:
        yield Finding("extras", "tests", OK, _text("there"), _text("extra.tests"))


def _machine() -> Iterator[Finding]:
    usable, all_cores = machine.cores()
    yield Finding("machine", _text("cores"), OK, _text("of", part=usable, whole=all_cores), "")
    limits = machine.thread_limits()
    yield Finding("machine", _text("threads"), OK, ", ".join(limits) or _text("threads.free"), "")
    total, free = machine.memory()
    if total:
        low = total < machine.MEMORY
        shown = _text("memory.found", whole=_gigabytes(total), free=_gigabytes(free))
        note = _text("note.memory", least=_gigabytes(machine.MEMORY)) if low else ""
        yield Finding("machine", _text("memory"), ABSENT if low else OK, shown, note)


def _tools() -> Iterator[Finding]:
    compiler, chromium, fonts = machine.compiler(), machine.chromium(), machine.fonts()
    state, note = (OK, _text("note.compiler.there")) if compiler else (ABSENT, _text("note.compiler"))
    yield Finding("tools", _text("compiler"), state, compiler or _text("none"), note)
    state, note = (OK, _text("note.chromium.there")) if chromium else (ABSENT, _text("note.chromium"))
    yield Finding("tools", "Chromium", state, chromium or _text("none"), note)
    lost = [name for name, there in fonts.items() if not there]
    state, note = (BROKEN, _text("note.fonts", names=", ".join(lost))) if lost else (OK, "")
    yield Finding("tools", _text("fonts"), state, ", ".join(name for name in fonts if name not in lost), note)


def _folders() -> Iterator[Finding]:
    for name, path in machine.folders().items():
        size = _text("megabytes", size=words.number(machine.size_of(path) / 1e6, settings().language, 1))
        note = "" if machine.writable(path) else _text("note.folder", path=str(path))
        yield Finding("folders", _text(f"folder.{name}"), BROKEN if note else OK, f"{path} ({size})", note)


def _packs() -> Iterator[Finding]:
    with stages_shown() as tell:
        progress = lambda name, done, total: tell("doctor.checking", name=name, done=done, total=total)  # noqa: E731
        found = packs.packs(settings().pack, progress)
    if not found:
        yield Finding("packs", _text("packs"), BROKEN, _text("none"), _text("note.packs"))
    for item in found:
        shown = _text("pack", release=item.release, tables=item.tables, digest=item.digest[:12])
        note = ""
        if item.refusal is not None:
            note = item.refusal.sentence(settings().language)
        elif item.findings:
            note = _text("note.pack", found=item.findings, name=item.name)
        yield Finding("packs", item.name, BROKEN if note else OK, shown if item.refusal is None else "", note)


def _gigabytes(count: float) -> str:
    return words.number(count / 1e9, settings().language, 1)


def _page(findings: Sequence[Finding]) -> str:
    """Findings by group, and what they come to."""
    lines: list[str] = []
    left = max(len(item.name) for item in findings)
    for group in dict.fromkeys(item.group for item in findings):
        lines += ["", _text(f"group.{group}")]
        for item in (item for item in findings if item.group == group):
            text = f"  {MARKS[item.state]} {item.name.ljust(left)}  {item.found}".rstrip()
            lines += [text, *([" " * (left + 6) + item.note] if item.note else [])]
    lost = [item.name for item in findings if item.state == BROKEN]
    lines += ["", _text("sum.missing", names=", ".join(lost)) if lost else _text("sum.ok")]
    return "\n".join(lines[1:])
