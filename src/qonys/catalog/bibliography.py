"""Sources as a reader sees them: title and publisher in the language of the reader, date, address.

`sources.csv` has title and publisher in English (`title`, `publisher`) and in further languages (`title_ru`, ...), the
title that the source itself bears where it is known (`title_original`) and its language (`language`), the year of
publication, the day on which it was read (`accessed`), and the address with what kind of address it is
(`address_kind`, `KINDS`). A pack that lacks the further columns is shown by its English ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote

from qonys import words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from qonys.catalog.pack import Pack

PAGE, SITE, REPOSITORY, SOFTWARE, OWN, PRINT, NONE = "page", "site", "repository", "software", "own", "print", "none"
KINDS = (PAGE, SITE, REPOSITORY, SOFTWARE, OWN, PRINT, NONE)
FORGE = "github.com"
_RANGE = re.compile(r"^(\d{4})-(\d{4})$")


@dataclass(frozen=True)
class Reference:
    """A source in one language: texts ready to show.

    `title`: the title, then the one the source bears, or its language where that title is not known. `name`: the title
    alone. `published`: year or years, or a word that there is none. `accessed`: day in words, empty where not known.
    `address`: where it is found, or a word that says that no address is known. `link`: the address of one page, else
    empty.
    """

    id: str
    title: str
    name: str
    publisher: str
    published: str
    accessed: str
    address: str
    link: str
    licence: str

    @property
    def dated(self) -> str:
        """Years of publication, then in brackets the day of access where it is known."""
        return f"{self.published} ({self.accessed})" if self.accessed else self.published


def references(pack: Pack, language: str) -> Mapping[str, Reference]:
    """All sources of a pack by id, in `language`.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> references(open_pack("kazakhstan"), "ru")["wdi_iom"].title
    'Показатели мирового развития [World Development Indicators]'

    """
    return pack.cached(
        f"references:{language}",
        lambda: {str(row["id"]): _reference(row, language) for row in pack.sources().iter_rows(named=True)},
    )


def order(one: Reference, language: str) -> tuple[object, ...]:
    """Key of the order in which sources are listed: publisher, then title, by the alphabet of the language."""
    return words.sort_key(one.publisher, language), words.sort_key(one.name, language), one.published


def _reference(row: Mapping[str, Any], language: str) -> Reference:
    name = _in_language(row, "title", language) or str(row["id"])
    address, link = _address(row, language)
    return Reference(
        id=str(row["id"]),
        title=_titled(name, str(row["title_original"] or ""), str(row["language"] or ""), language),
        name=name,
        publisher=_in_language(row, "publisher", language) or str(row["id"]),
        published=_RANGE.sub("\\1–\\2", str(row["year"] or "")) or words.text("source.no_year", language),
        accessed=words.short_date(date.fromisoformat(row["accessed"]), language) if row["accessed"] else "",
        address=address,
        link=link,
        licence=str(row["licence_class"] or ""),
    )


def _in_language(row: Mapping[str, Any], column: str, language: str) -> str:
    return str(row.get(f"{column}_{language}") or row[column] or "")


def _titled(name: str, original: str, spoken: str, language: str) -> str:
    """The title with the one that the source bears, or with the language of the source if that is another one."""
    if original and original != name:
        return f"{name} [{original}]"
    if spoken in ("", language) or original:
        return name
    return f"{name} [{words.text('source.in_language', language, name=words.language_name(spoken, language))}]"


def _address(row: Mapping[str, Any], language: str) -> tuple[str, str]:
    """What is shown as the address, and the link to one page."""
    address, kind = str(row["address"] or ""), str(row["address_kind"] or "")
    if kind == PAGE:
        shown = [_scheme(one) for one in address.split("; ")]
        return "; ".join(shown), shown[0] if len(shown) == 1 else ""
    if kind == REPOSITORY:
        link = repository_link(address)
        return link, link
    if kind in (SITE, OWN, PRINT, NONE):
        return words.text(f"source.address.{kind}", language, address=address), ""
    link = address if address.startswith(("https://", "http://")) else ""
    return address or words.text("source.address.none", language), link


def _scheme(address: str) -> str:
    return address if "://" in address else f"https://{address}"


def repository_link(address: str) -> str:
    """Link to a file (or, for several, the state) of a public repository: owner/name@commit: file.

    Examples
    --------
    >>> repository_link("iom/gdidata@c9e4cc69: data/wdi.rda")
    'https://github.com/iom/gdidata/blob/c9e4cc69/data/wdi.rda'
    >>> repository_link("cran/wpp2012@ce7454be: data/a.txt, b.txt"), repository_link("arodionoff/geokz")
    ('https://github.com/cran/wpp2012/tree/ce7454be', 'https://github.com/arodionoff/geokz')

    """
    place, _, file = address.partition(": ")
    name, _, commit = place.partition("@")
    link = f"https://{FORGE}/{name}"
    if not commit:
        return link
    one = file and not file.endswith("/") and not any(mark in file for mark in ",*")
    return f"{link}/blob/{commit}/{quote(file)}" if one else f"{link}/tree/{commit}"
