"""The glossary: terms of migration in three languages, with meaning, formula, source and where each is used.

The general terms stand in `glossary.csv` beside this module. A pack adds its own in a file of the same name and
columns; a row of the pack whose `id` is a general one takes its place. Sources of a row, with semicolons between them:
`iussp:` and a number or entry of the IUSSP dictionary, `law:` with act and article of the pack's register, `source:`
and an id of `sources.csv`, `ref:` and author and year, `own` for a term of this package.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qonys import words
from qonys.catalog.bibliography import references
from qonys.catalog.pack import nearest
from qonys.catalog.rules.findings import Finding
from qonys.errors import QonysError, UnknownName

if TYPE_CHECKING:
    from qonys.catalog.pack import Pack

NAME = "glossary"
FILE = f"{NAME}.csv"
GENERAL = Path(__file__).with_name(FILE)
IUSSP, LAW, SOURCE, REFERENCE, OWN = "iussp", "law", "source", "ref", "own"
ORIGINS = (IUSSP, LAW, SOURCE, REFERENCE, OWN)
ACTS = "law/acts.csv"


@dataclass(frozen=True)
class Term:
    """A term: its names and meanings by language, formula, sources, commands and page of the observatory."""

    id: str
    names: Mapping[str, str]
    texts: Mapping[str, str]
    formula: str
    sources: tuple[str, ...]
    commands: tuple[str, ...]
    page: str


def glossary(pack: Pack) -> tuple[Term, ...]:
    """The terms of a pack: the general ones, with its own in their places or after them.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> by_id = {one.id: one.names["kk"] for one in glossary(open_pack("kazakhstan"))}
    >>> by_id["net_migration"], by_id["repatriate"]
    ('көші-қон айырымы', 'қандас (бұрын оралман)')

    """
    return pack.cached("glossary", lambda: tuple((general_by_id() | {one.id: one for one in _own(pack)}).values()))


@cache
def general_by_id() -> dict[str, Term]:
    """The general terms by id."""
    from qonys.catalog.parsing import read_texts

    return {one.id: one for one in map(_term, read_texts(GENERAL, FILE).iter_rows(named=True))}


def _own(pack: Pack) -> tuple[Term, ...]:
    return tuple(_term(row) for row in pack.descriptive(NAME).iter_rows(named=True))


def _term(row: Mapping[str, Any]) -> Term:
    text = {name: str(value or "").strip() for name, value in row.items()}
    return Term(
        id=text["id"],
        names={code: text[f"name_{code}"] for code in words.LANGUAGES if text.get(f"name_{code}")},
        texts={code: text[f"text_{code}"] for code in words.LANGUAGES if text.get(f"text_{code}")},
        formula=text["formula"],
        sources=_listed(text["sources"]),
        commands=_listed(text["commands"]),
        page=text["page"],
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def ordered(pack: Pack, language: str) -> tuple[Term, ...]:
    """The terms in the order of the reader's alphabet."""
    return tuple(sorted(glossary(pack), key=lambda one: words.sort_key(_bare(one.names[language]), language)))


def _bare(name: str) -> str:
    """A name without the quotation mark that it begins with."""
    return name.lstrip('«“"')


def letter_of(name: str) -> str:
    """The capital letter under which a name stands; # for figures.

    Examples
    --------
    >>> letter_of("«Ата жолы» картасы"), letter_of("ішкі көші-қон"), letter_of("1000-ға шаққанда")
    ('А', 'І', '#')

    """
    first = _bare(name)[0].upper()
    return first if first.isalpha() else "#"


def term_of(pack: Pack, name: str) -> Term:
    """A term by its id or its name in any language, capitals set aside.

    Raises
    ------
    UnknownName
        There is no such term; the sentence names the nearest.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> term_of(open_pack("kazakhstan"), "Сальдо миграции").id
    'net_migration'

    """
    called = {said.casefold(): one for one in glossary(pack) for said in (one.id, *one.names.values())}
    found = called.get(" ".join(name.split()).casefold())
    if found is None:
        raise UnknownName("catalog.glossary.unknown", term=name, near=nearest(name, tuple(called)))
    return found


def sources_of(pack: Pack, term: Term, language: str) -> str:
    """Where a term comes from, in words.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> pack = open_pack("kazakhstan")
    >>> print(sources_of(pack, term_of(pack, "net_migration"), "en"))
    Multilingual Demographic Dictionary (IUSSP), 701-6

    """
    return "; ".join(_said(pack, one, language) for one in term.sources)


def _said(pack: Pack, source: str, language: str) -> str:
    kind, _, place = source.partition(":")
    if kind == IUSSP:
        return words.text("glossary.source.iussp", language, place=place)
    if kind == LAW:
        act, _, article = place.partition(":")
        titles = _acts(pack).get(act, {})
        title = words.text(
            "glossary.source.act", language, title=titles.get(language, act), number=titles.get("number", "")
        )
        return words.text("glossary.source.article", language, title=title, article=article) if article else title
    if kind == SOURCE:
        known = references(pack, language).get(place)
        return f"{known.publisher}: {known.name}" if known else place
    return words.text("glossary.source.own", language) if kind == OWN else place


def _acts(pack: Pack) -> Mapping[str, Mapping[str, str]]:
    """Titles and numbers of the acts of the pack's register."""
    return pack.cached("glossary acts", lambda: _read_acts(pack.path / ACTS))


def _read_acts(path: Path) -> dict[str, dict[str, str]]:
    from qonys.catalog.parsing import read_texts

    if not path.is_file():
        return {}
    return {
        str(row["act"]): {"number": str(row["number"] or "")}
        | {code: str(row[f"title_{code}"] or "") for code in words.LANGUAGES}
        for row in read_texts(path, ACTS).iter_rows(named=True)
    }  # fmt: skip


def term_findings(pack: Pack) -> Iterator[Finding]:
    """What is wrong with the pack's terms: ids, languages, sources that the pack does not have."""
    try:
        own = _own(pack)
    except QonysError as error:
        yield Finding(error.key, error.values)
        return
    seen = set[str]()
    for one in own:
        if one.id in seen:
            yield Finding("catalog.glossary.twice", {"id": one.id})
        seen.add(one.id)
        for column, texts in (("name", one.names), ("text", one.texts)):
            for language in pack.languages:
                if language not in texts:
                    yield Finding("catalog.glossary.lacking", {"id": one.id, "column": f"{column}_{language}"})
        if not one.sources:
            yield Finding("catalog.glossary.lacking", {"id": one.id, "column": "sources"})
        yield from (
            Finding("catalog.glossary.source", {"id": one.id, "source": source, "kinds": ", ".join(ORIGINS)})
            for source in one.sources
            if not _is_known(pack, source)
        )


def _is_known(pack: Pack, source: str) -> bool:
    """Whether a source has a known kind and, where it names an act or a source of the pack, the pack has it."""
    kind, _, place = source.partition(":")
    if kind == LAW:
        return place.partition(":")[0] in _acts(pack)
    if kind == SOURCE:
        return place in set(pack.sources()["id"])
    return source == OWN or (kind in (IUSSP, REFERENCE) and bool(place))
