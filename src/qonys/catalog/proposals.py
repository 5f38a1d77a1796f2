"""`proposals.yaml` of a pack: what a text proposes, each with what can be said of its effect.

An answer is `modelled` (measures of the policy lab whose effect is calculated), `bounded` (published figures say how
large the matter is, not what the proposal would do), or `unquantified` (why no figure can be given, and which would be
needed).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qonys.catalog.course import course
from qonys.catalog.pack import Pack, nearest
from qonys.catalog.reading.formats.settings import named_values
from qonys.catalog.reading.numbers.entries import Entry
from qonys.catalog.rules.findings import Finding
from qonys.catalog.sentences import places
from qonys.errors import QonysError

FILE, MEASURES = "proposals.yaml", "measures.yaml"
MODELLED, BOUNDED, UNQUANTIFIED = "modelled", "bounded", "unquantified"
ANSWERS = (MODELLED, BOUNDED, UNQUANTIFIED)
FIELDS = ("id", "statement", "says", "answer", "measures", "numbers", "text", "chapters")
Texts = Mapping[str, str]


@dataclass(frozen=True)
class Proposal:
    """One proposal.

    `statement`: id of the statement of the course that makes it. `says`, `text`: the proposal, and what is known of its
    effect, by language; places of `text` are filled by `numbers` (place -> name of a result). `measures`: those of the
    lab that stand for it. `chapters`: where more is said.
    """

    id: str
    statement: str
    says: Texts
    answer: str
    measures: tuple[str, ...]
    numbers: Mapping[str, str]
    text: Texts
    chapters: tuple[str, ...]


def proposals(pack: Pack) -> tuple[Proposal, ...]:
    """The proposals of a pack in their order; none where it has no file.

    Raises
    ------
    BadInput
        The file is no YAML with a list of proposals, or a field is unknown or not of its kind.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> {one.answer for one in proposals(open_pack("kazakhstan"))} == set(ANSWERS)
    True

    """
    return pack.cached("proposals", lambda: _read(pack))


def _read(pack: Pack) -> tuple[Proposal, ...]:
    if not (pack.path / FILE).is_file():
        return ()
    path = f"{pack.path.name}/{FILE}"
    whole = Entry(path, "", named_values(pack.document(FILE), path))
    whole.only(("proposals",))
    return tuple(_proposal(one) for one in whole.entries("proposals"))


def _proposal(entry: Entry) -> Proposal:
    entry.only(FIELDS)
    return Proposal(
        id=entry.text("id"), statement=entry.text("statement"), says=entry.texts("says"),
        answer=entry.choice("answer", ANSWERS), measures=entry.words("measures"),
        numbers=entry.texts("numbers", {}), text=entry.texts("text"), chapters=entry.words("chapters"),
    )  # fmt: skip


def proposal_findings(pack: Pack) -> Iterator[Finding]:
    """What is wrong with `proposals.yaml`: a statement or measure that is not there, an answer without what it needs."""
    try:
        found = proposals(pack)
        statements = {one.id for one in course(pack).statements if one.kind == "proposal"}
        measures = _measure_ids(pack)
    except QonysError as error:
        yield Finding(error.key, error.values)
        return
    for one in found:
        if one.statement not in statements:
            yield _unknown(one.id, one.statement, statements)
        for name in one.measures:
            if name not in measures:
                yield _unknown(one.id, name, measures)
        stands = bool(one.measures or one.numbers) if one.answer == MODELLED else not one.measures
        if not stands:
            yield Finding("catalog.proposals.measures", {"id": one.id, "answer": one.answer})
        if one.answer == BOUNDED and not one.numbers:
            yield Finding("catalog.proposals.numbers", {"id": one.id})
        yield from _texts(pack, one)
    for name in sorted(statements - {one.statement for one in found}):
        yield Finding("catalog.proposals.left_out", {"id": name})


def _texts(pack: Pack, one: Proposal) -> Iterator[Finding]:
    for language in pack.languages:
        if not all(texts.get(language, "").strip() for texts in (one.says, one.text)):
            yield Finding("catalog.proposals.language", {"id": one.id, "language": language})
        elif places(one.text[language]) - set(one.numbers):
            yield Finding("catalog.proposals.places", {"id": one.id, "language": language})


def _unknown(place: str, name: str, known: set[str]) -> Finding:
    near = nearest(name, tuple(sorted(known))) if known else "–"
    return Finding("catalog.proposals.unknown", {"id": place, "name": name, "near": near})


def _measure_ids(pack: Pack) -> set[str]:
    if not (pack.path / MEASURES).is_file():
        return set()
    path = f"{pack.path.name}/{MEASURES}"
    return {one.text("id") for one in Entry(path, "", named_values(pack.document(MEASURES), path)).entries("measures")}
