"""`bibliography.csv` of a pack: the works that its course cites, put right, and a shelf of later ones for its labs.

A work of the course has a stage of the history of research, one of the shelf the number of a lab. `said` are the
course's own words where they are wrong, and the reason says what is wrong. `checked` is yes where every detail of the
row was compared with the record or the page that `checked_against` names; else `compared` are the details (`DETAILS`)
that were.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qonys.catalog.course import course
from qonys.catalog.pack import nearest
from qonys.catalog.rules.findings import Finding
from qonys.errors import QonysError

if TYPE_CHECKING:
    from qonys.catalog.pack import Pack

FILE, NAME = "bibliography.csv", "bibliography"
STAGES, LABS = (1, 2, 3, 4), tuple(range(1, 18))
BOOK, ARTICLE, CHAPTER, COLLECTION, REPORT = "book", "article", "chapter", "collection", "report"
KINDS = (BOOK, ARTICLE, CHAPTER, COLLECTION, REPORT)
CHECKED = ("yes", "no")
DETAILS = ("author", "title", "container", "volume", "city", "publisher", "year", "pages")
YEARS = (1800, 2200)
LANGUAGES = ("ru", "kk", "en")


@dataclass(frozen=True)
class Name:
    """A person by family name and initials, or a body by its name alone.

    Examples
    --------
    >>> Name("Santos Silva", "J. M. C.").in_order, Name("United Nations").in_order
    ('J. M. C. Santos Silva', 'United Nations')

    """

    family: str
    given: str = ""

    @property
    def in_order(self) -> str:
        """Initials first."""
        return f"{self.given} {self.family}".strip()

    @property
    def listed(self) -> str:
        """Family name first."""
        return f"{self.family} {self.given}".strip()


@dataclass(frozen=True)
class Work:
    """A work. `stage` or `shelf` says why it is here; empty texts are details that are not known.

    `kind`: one of `KINDS`. `container`: the journal or collection. `pages`: those of a part, or how many a whole has.
    `texts`: what it is about, by language. `cited`: statements of the course. `said`, `reasons`: what the course says
    wrongly, and how, by language.
    """

    key: str
    stage: int | None
    shelf: int | None
    kind: str
    authors: tuple[Name, ...]
    editors: tuple[Name, ...]
    title: str
    container: str
    volume: str
    issue: str
    city: str
    publisher: str
    year: int | None
    pages: str
    language: str
    texts: Mapping[str, str]
    cited: tuple[str, ...]
    said: str
    reasons: Mapping[str, str]
    checked: bool
    against: str
    compared: tuple[str, ...]

    @property
    def is_part(self) -> bool:
        """Whether it stands in a journal or collection, so that its pages are a place and not a length."""
        return self.kind in (ARTICLE, CHAPTER)


def works(pack: Pack, stage: int | None = None) -> tuple[Work, ...]:
    """The works of a pack in the order of its file, or those of a stage; none where the pack has no such file.

    Raises
    ------
    BadInput
        A stage, lab or year is no whole number; the sentence names row, column and value.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> works(open_pack("kazakhstan"), stage=1)[0].title
    'Переселение и колонизация'
    >>> works(open_pack("georgia"))
    ()

    """
    found = pack.cached("works", lambda: tuple(_work(row) for row in pack.descriptive(NAME).iter_rows(named=True)))
    return tuple(one for one in found if stage is None or one.stage == stage)


def counted(found: Sequence[Work]) -> dict[str, int]:
    """How many works are of the course and of the shelf, are checked, and are wrong in the course.

    Examples
    --------
    >>> counted(())
    {'works': 0, 'shelf': 0, 'checked': 0, 'wrong': 0}

    """
    return {
        "works": sum(one.stage is not None for one in found),
        "shelf": sum(one.shelf is not None for one in found),
        "checked": sum(one.checked for one in found),
        "wrong": sum(bool(one.said) for one in found),
    }


def _work(row: Mapping[str, Any]) -> Work:
    text = {name: str(value).strip() if value is not None else "" for name, value in row.items()}
    return Work(
        key=text["key"],
        stage=row["stage"],
        shelf=row["shelf"],
        kind=text["kind"],
        authors=names_of(text["author"]),
        editors=names_of(text["editor"]),
        title=text["title"],
        container=text["container"],
        volume=text["volume"],
        issue=text["issue"],
        city=text["city"],
        publisher=text["publisher"],
        year=row["year"],
        pages=text["pages"],
        language=text["language"],
        texts=_in_languages(text, "text"),
        cited=_listed(text["cited_in"]),
        said=text["said"],
        reasons=_in_languages(text, "reason"),
        checked=text["checked"] == CHECKED[0],
        against=text["checked_against"],
        compared=_listed(text["compared"]),
    )


def names_of(text: str) -> tuple[Name, ...]:
    """Persons and bodies of a cell: family name, comma, initials; semicolons between them.

    Examples
    --------
    >>> names_of("Ямзин, И. Л.; United Nations")
    (Name(family='Ямзин', given='И. Л.'), Name(family='United Nations', given=''))

    """
    parts = (part.partition(",") for part in text.split(";") if part.strip())
    return tuple(Name(family.strip(), given.strip()) for family, _, given in parts)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _in_languages(text: Mapping[str, str], column: str) -> dict[str, str]:
    start = f"{column}_"
    return {name.removeprefix(start): value for name, value in text.items() if name.startswith(start) and value}


def work_findings(pack: Pack) -> Iterator[Finding]:
    """What is wrong with the file: keys, stages, labs, kinds, years, languages, statements, what was checked."""
    try:
        found = works(pack)
        statements = tuple(one.id for one in course(pack).statements)
    except QonysError as error:
        yield Finding(error.key, error.values)
        return
    raw = {row["key"]: str(row["checked"] or "") for row in pack.descriptive(NAME).iter_rows(named=True)}
    seen = set[str]()
    for one in found:
        if one.key in seen:
            yield Finding("catalog.works.twice", {"key": one.key})
        seen.add(one.key)
        yield from _of_place(one)
        yield from _of_details(one, raw[one.key])
        yield from _of_languages(pack, one)
        for name in one.cited:
            if name not in statements:
                near = nearest(name, statements) if statements else "–"
                yield Finding("catalog.works.statement", {"key": one.key, "name": name, "near": near})


def _of_place(one: Work) -> Iterator[Finding]:
    """A stage or a lab, and only one of them."""
    values = {"key": one.key, "stages": _span(STAGES), "labs": _span(LABS)}
    if (one.stage is None) == (one.shelf is None):
        yield Finding("catalog.works.place", values)
    elif (one.stage is not None and one.stage not in STAGES) or (one.shelf is not None and one.shelf not in LABS):
        yield Finding("catalog.works.range", values | {"found": one.stage if one.stage is not None else one.shelf})


def _span(values: tuple[int, ...]) -> str:
    return f"{values[0]}–{values[-1]}"


def _of_details(one: Work, checked: str) -> Iterator[Finding]:
    """Kind, language, year, and what was checked against what."""
    chosen = {"kind": (one.kind, KINDS), "language": (one.language, LANGUAGES), "checked": (checked, CHECKED)}
    for column, (value, known) in chosen.items():
        if value not in known:
            values = {"key": one.key, "column": column, "value": value, "known": ", ".join(known)}
            yield Finding("catalog.works.choice", values)
    if one.year is not None and not YEARS[0] <= one.year <= YEARS[1]:
        yield Finding("catalog.works.year", {"key": one.key, "year": one.year, "first": YEARS[0], "last": YEARS[1]})
    if not one.title:
        yield Finding("catalog.works.lacking", {"key": one.key, "column": "title"})
    if (one.checked or one.compared) and not one.against:
        yield Finding("catalog.works.lacking", {"key": one.key, "column": "checked_against"})
    if one.against and not one.checked and not one.compared:
        yield Finding("catalog.works.lacking", {"key": one.key, "column": "compared"})
    for detail in one.compared:
        if detail not in DETAILS:
            values = {"key": one.key, "column": "compared", "value": detail, "known": ", ".join(DETAILS)}
            yield Finding("catalog.works.choice", values)
    if bool(one.said) != bool(one.reasons):
        yield Finding("catalog.works.lacking", {"key": one.key, "column": "said" if one.reasons else "reason"})


def _of_languages(pack: Pack, one: Work) -> Iterator[Finding]:
    for column, texts in (("text", one.texts), ("reason", one.reasons)):
        for language in pack.languages if texts or column == "text" else ():
            if language not in texts:
                yield Finding("catalog.works.lacking", {"key": one.key, "column": f"{column}_{language}"})
