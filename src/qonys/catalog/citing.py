"""Works as other programs and journals take them: CSL-JSON, BibTeX, and references by GOST R 7.0.5.

CSL-JSON follows the schema of the Citation Style Language (1.0.2). References follow GOST R 7.0.5–2008, as they
stand after a text: no dashes between the areas, a space before colon, semicolon and slash.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qonys.catalog.works import ARTICLE, BOOK, CHAPTER, COLLECTION, REPORT, Name, Work

CSL_TYPES = {BOOK: "book", ARTICLE: "article-journal", CHAPTER: "chapter", COLLECTION: "book", REPORT: "report"}
BIBTEX_TYPES = {
    BOOK: "book", ARTICLE: "article", CHAPTER: "incollection", COLLECTION: "proceedings", REPORT: "techreport",
}  # fmt: skip
SPECIAL = {sign: f"\\{sign}" for sign in "&%$#_{}"} | {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
SHORT_CITIES = {"Москва": "М.", "Ленинград": "Л.", "Санкт-Петербург": "СПб."}
# of works in Cyrillic script, and of those in Latin
MARKS = {
    True: {"volume": "Т.", "issue": "№", "part": "Вып.", "place": "С.", "length": "с.", "others": "и др.",
           "editor": "ред."},
    False: {"volume": "Vol.", "issue": "No.", "part": "Iss.", "place": "P.", "length": "p.", "others": "et al.",
            "editor": "ed. by"},
}  # fmt: skip
HEADED = 3  # authors whom a reference names; of more the title goes first


def csl(works: Sequence[Work]) -> list[dict[str, Any]]:
    """CSL-JSON items, ready for `json.dumps`; details that are not known are left out.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> from qonys.catalog.works import works
    >>> one = csl(works(open_pack("kazakhstan"), stage=3))[3]
    >>> one["author"], one["issued"], one["number-of-pages"]
    ([{'family': 'Урланис', 'given': 'Б. Ц.'}], {'date-parts': [[1974]]}, '335')

    """
    return [{name: value for name, value in _csl(one).items() if value} for one in works]


def _csl(one: Work) -> dict[str, Any]:
    report = one.kind == REPORT
    return {
        "id": one.key,
        "type": CSL_TYPES[one.kind],
        "author": [_csl_name(name) for name in one.authors],
        "editor": [_csl_name(name) for name in one.editors],
        "title": one.title,
        "container-title": one.container,
        "volume": "" if report else one.volume,
        "number": one.volume if report else "",
        "issue": one.issue if one.kind == ARTICLE else "",
        "collection-number": "" if one.kind == ARTICLE else one.issue,
        "publisher": one.publisher,
        "publisher-place": one.city,
        "issued": {"date-parts": [[one.year]]} if one.year is not None else None,
        "page": one.pages if one.is_part else "",
        "number-of-pages": "" if one.is_part else one.pages,
        "language": one.language,
    }


def _csl_name(name: Name) -> dict[str, str]:
    return {"family": name.family, "given": name.given} if name.given else {"literal": name.family}


def bibtex(works: Sequence[Work]) -> str:
    """Entries of a BibTeX file in UTF-8, with a blank line between them.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> from qonys.catalog.works import works
    >>> print(bibtex(works(open_pack("kazakhstan"), stage=3)[3:4]))
    @book{urlanis_1974,
      author = {Урланис, Б. Ц.},
      title = {{Проблемы динамики населения СССР}},
      publisher = {Наука},
      address = {Москва},
      year = {1974},
      pagetotal = {335},
      language = {ru},
    }

    """
    return "\n\n".join(_entry(one) for one in works)


def _entry(one: Work) -> str:
    report, article = one.kind == REPORT, one.kind == ARTICLE
    fields = {
        "author": " and ".join(_bibtex_name(name) for name in one.authors),
        "editor": " and ".join(_bibtex_name(name) for name in one.editors),
        "title": f"{{{_escaped(one.title)}}}",
        "journal" if article else "booktitle": _escaped(one.container),
        "number" if report else "volume": _escaped(one.volume),
        "number" if article else "issue": _escaped(one.issue),
        "institution" if report else "publisher": _escaped(one.publisher),
        "address": _escaped(one.city),
        "year": str(one.year or ""),
        "pages" if one.is_part else "pagetotal": _escaped(one.pages).replace("–", "--"),
        "language": one.language,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value and value != "{}"]
    return "\n".join([f"@{BIBTEX_TYPES[one.kind]}{{{one.key},", *lines, "}"])


def _bibtex_name(name: Name) -> str:
    return f"{_escaped(name.family)}, {_escaped(name.given)}" if name.given else f"{{{_escaped(name.family)}}}"


def _escaped(text: str) -> str:
    return "".join(SPECIAL.get(sign, sign) for sign in text)


def gost(one: Work) -> str:
    """The reference by GOST R 7.0.5–2008.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> from qonys.catalog.works import works
    >>> third = works(open_pack("kazakhstan"), stage=3)
    >>> print(gost(third[3]))
    Урланис Б. Ц. Проблемы динамики населения СССР. М. : Наука, 1974. 335 с.
    >>> print(gost(third[8])[-74:])
    этнических процессов // Социологические исследования. 1982. № 4. С. 27–34.

    """
    marks = MARKS[one.language in ("ru", "kk")]
    heads = one.authors if len(one.authors) <= HEADED else ()
    head = ", ".join(name.listed for name in heads) + ("." if heads and not heads[-1].given else "")
    title = _spaced(one.title) + _responsible(one, marks)
    areas = [f"{head} {title}".strip() + (f" // {_spaced(one.container)}" if one.container else "")]
    return ". ".join(part.rstrip(".") for part in (*areas, *_imprint(one, marks)) if part) + "."


def _responsible(one: Work, marks: dict[str, str]) -> str:
    """After a slash: the first of many authors, or the editors."""
    if len(one.authors) > HEADED:
        return f" / {one.authors[0].in_order} [{marks['others']}]"
    if one.editors:
        others = f" [{marks['others']}]" if len(one.editors) > HEADED else ""
        named = one.editors[:1] if others else one.editors
        return f" / {marks['editor']} {', '.join(name.in_order for name in named)}{others}"
    return ""


def _imprint(one: Work, marks: dict[str, str]) -> list[str]:
    """Place, publisher and year; volume and number; pages."""
    cities = " ; ".join(SHORT_CITIES.get(city.strip(), city.strip()) for city in one.city.split(";") if city.strip())
    made = " : ".join(part for part in (cities, one.publisher) if part)
    where = ", ".join(part for part in (made, str(one.year or "")) if part)
    volume = f"{marks['volume']} {one.volume}" if one.volume and one.kind != REPORT else one.volume
    issue = f"{marks['issue' if one.kind == ARTICLE else 'part']} {one.issue}" if one.issue else ""
    length = f"{marks['place']} {one.pages}" if one.is_part else f"{one.pages} {marks['length']}"
    return [where, ", ".join(part for part in (volume, issue) if part), length if one.pages else ""]


def _spaced(text: str) -> str:
    """The signs of a title with the space before them that the standard prescribes."""
    return text.replace(": ", " : ").replace("  ", " ").rstrip(".")
