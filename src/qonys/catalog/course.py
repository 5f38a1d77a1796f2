"""`course.yaml` of a pack: what a text demands, asserts or proposes, and where each statement is answered.

The text is told in other words, shortly. Each statement has an answer: `result` (chapters, results, claims, commands),
`bound` (the same, with what bounds it) or `none` (why, what figure would answer, which agency could give it).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from qonys.catalog.pack import Pack, nearest
from qonys.catalog.reading.formats.settings import named_values
from qonys.catalog.reading.numbers.entries import Entry
from qonys.catalog.rules.findings import Finding
from qonys.errors import QonysError

FILE, CLAIMS = "course.yaml", "claims.yaml"
KINDS = ("demand", "thesis", "group", "proposal")
RESULT, BOUND, NONE = "result", "bound", "none"
ANSWERS = (RESULT, BOUND, NONE)
NAMES = ("chapters", "results", "claims", "commands")
LISTS = ("sections", "limits", "agencies")
FIELDS = ("id", "kind", "says", "answer", *NAMES, "limit", "figure", "agency")
Texts = Mapping[str, str]


@dataclass(frozen=True)
class Statement:
    """One statement of the text.

    `section`: the part of the text, which begins its `id`. `says`: the statement by language. `names`: what answers it,
    by kind (`NAMES`). `limit`: what bounds the answer, or why there is none; `figure`: what figure would answer;
    `agency`: who could give it.
    """

    id: str
    kind: str
    says: Texts
    answer: str
    names: Mapping[str, tuple[str, ...]]
    limit: Texts = field(default_factory=dict)
    figure: Texts = field(default_factory=dict)
    agency: Texts = field(default_factory=dict)

    @property
    def section(self) -> str:
        """The part of the text that it stands in."""
        return self.id.rpartition("-")[0]


@dataclass(frozen=True)
class Course:
    """A text: id of its source, its sections (id -> name by language) and its statements in order."""

    source: str = ""
    sections: Mapping[str, Texts] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()

    def of_section(self, section: str) -> tuple[Statement, ...]:
        """The statements of a section."""
        return tuple(one for one in self.statements if one.section == section)


def course(pack: Pack) -> Course:
    """The text of the pack's `course.yaml`; one without statements where there is no file.

    Raises
    ------
    BadInput
        The file is no YAML of sections, limits, agencies and statements, or a field is unknown or not of its kind.

    """
    return pack.cached("course", lambda: _read(pack))


def _read(pack: Pack) -> Course:
    document = pack.document(FILE) if (pack.path / FILE).is_file() else None
    if document is None:
        return Course()
    path = f"{pack.path.name}/{FILE}"
    whole = Entry(path, "", named_values(document, path))
    whole.only(("source", *LISTS, "statements"))
    sections, limits, agencies = (_named(whole, name) for name in LISTS)
    statements = tuple(_statement(one, limits, agencies) for one in whole.entries("statements"))
    return Course(whole.text("source"), sections, statements)


def _named(whole: Entry, name: str) -> dict[str, Texts]:
    """Texts under the names of a list; none where it is not there."""
    if name not in whole:
        return {}
    inside = whole.entry(name)
    return {key: inside.texts(key) for key in inside.values}


def _statement(entry: Entry, limits: Mapping[str, Texts], agencies: Mapping[str, Texts]) -> Statement:
    entry.only(FIELDS)
    return Statement(
        id=entry.text("id"),
        kind=entry.choice("kind", KINDS),
        says=entry.texts("says"),
        answer=entry.choice("answer", ANSWERS),
        names={name: entry.words(name) for name in NAMES},
        limit=_text(entry, "limit", limits),
        figure=entry.texts("figure", {}),
        agency=_text(entry, "agency", agencies),
    )


def _text(entry: Entry, name: str, known: Mapping[str, Texts]) -> Texts:
    """Texts that stand in the entry, or those of a list under the name that stands there."""
    if isinstance(entry.values.get(name), str):
        return known[entry.choice(name, tuple(known))]
    return entry.texts(name, {})


def course_findings(pack: Pack) -> Iterator[Finding]:
    """What is wrong with `course.yaml`: sections, languages, answers that do not say what they must, unknown claims."""
    try:
        found = course(pack)
        claims = claim_ids(pack)
    except QonysError as error:
        yield Finding(error.key, error.values)
        return
    if found.source and found.source not in set(pack.sources()["id"]):
        yield Finding("catalog.course.source", {"source": found.source})
    yield from _of_sections(pack, found)
    seen = set[str]()
    for one in found.statements:
        if one.id in seen:
            yield Finding("catalog.course.twice", {"id": one.id})
        seen.add(one.id)
        yield from _of_answer(pack, one)
        for name in one.names["claims"]:
            if name not in claims:
                yield unknown(one.id, "claims", name, claims)


def claim_ids(pack: Pack) -> tuple[str, ...]:
    """Ids of the claims of the pack; none where it has no file.

    Raises
    ------
    BadInput
        The file is no YAML with a list of claims.

    """
    if not (pack.path / CLAIMS).is_file():
        return ()
    path = f"{pack.path.name}/{CLAIMS}"
    return tuple(one.text("id") for one in Entry(path, "", named_values(pack.document(CLAIMS), path)).entries("claims"))


def unknown(statement: str, kind: str, name: str, known: tuple[str, ...]) -> Finding:
    """The finding that an answer names what there is not."""
    values = {"id": statement, "kind": kind, "name": name, "near": nearest(name, known) if known else "–"}
    return Finding("catalog.course.unknown", values)


def _of_sections(pack: Pack, found: Course) -> Iterator[Finding]:
    for section, names in found.sections.items():
        yield from _lacking(pack, section, "sections", names)
        if not found.of_section(section):
            yield Finding("catalog.course.empty", {"section": section})
    for one in found.statements:
        if one.section not in found.sections:
            yield Finding("catalog.course.section", {"id": one.id, "known": ", ".join(found.sections)})


def _of_answer(pack: Pack, one: Statement) -> Iterator[Finding]:
    """An answer names something unless there is none; a bound one says its bound, none says why, what figure, whose."""
    needed = {RESULT: (), BOUND: ("limit",), NONE: ("limit", "figure", "agency")}[one.answer]
    named = any(one.names.values())
    if named == (one.answer == NONE):
        yield Finding("catalog.course.surplus" if named else "catalog.course.unnamed", {"id": one.id})
    yield from _lacking(pack, one.id, "says", one.says)
    for name in ("limit", "figure", "agency"):
        texts: Texts = getattr(one, name)
        if name in needed:
            yield from _lacking(pack, one.id, name, texts)
        elif texts:
            yield Finding("catalog.course.idle", {"id": one.id, "field": name, "answer": one.answer})


def _lacking(pack: Pack, place: str, name: str, texts: Texts) -> Iterator[Finding]:
    for language in pack.languages:
        if not texts.get(language, "").strip():
            yield Finding("catalog.course.language", {"id": place, "field": name, "language": language})
