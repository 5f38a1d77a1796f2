"""The kinds of thing that have a page each: regions, ethnic groups, partner countries; which there are, their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import polars as pl

from qonys import inputs, words
from qonys.errors import UnknownName
from qonys.figures.edition import Edition, capital
from qonys.inputs.groups import OTHER
from qonys.study.chapters.emigrants import REST
from qonys.study.notions.readings import Reading, readings
from qonys.web.parameters import listed
from qonys.web.view import Site

ASIDE = (OTHER, REST, "total", "all")
REGION, GROUP, PARTNER = "region", "group", "partner"


@dataclass(frozen=True)
class Kind:
    """One kind: its name in addresses, the codes that the results and the pack hold, the short and the whole name."""

    id: str
    codes: Callable[[Site], tuple[str, ...]]
    short: Callable[[Edition, str], str]
    whole: Callable[[Edition, str], str]


def known_readings(site: Site) -> list[Reading]:
    """Values of all notions in the stored results, read once."""
    return site.keep("readings", lambda: readings(site.results))


def regions(site: Site) -> tuple[str, ...]:
    """Regions of today that stand in any stored table, in the order of the pack."""
    tables = [table.frame for table in site.results.tables.values() if REGION in table.frame.columns]
    found = {code for frame in tables for code in frame[REGION].unique()}
    today = site.pack.regions().filter(pl.col("valid_to").is_null())["region"]
    return tuple(code for code in today if code in found and code != site.pack.whole)


def groups(site: Site) -> tuple[str, ...]:
    """Ethnic groups with a count, the largest of the newest count first."""
    table = site.results.tables.get("ethnic_composition")
    if table is None:
        return ()
    newest = table.frame.sort("year", "value", descending=True)
    return tuple(code for code in newest["ethnic_group"].unique(maintain_order=True) if code not in ASIDE)


def partners(site: Site) -> tuple[str, ...]:
    """Countries with estimated, registered or quoted flows, by code."""
    found: set[str] = set()
    if not (site.has("bilateral_range") or site.has("emigrants_parts")):
        return ()
    if site.has("bilateral_range"):
        found |= set(site.results.table("bilateral_range").frame["partner"])
    for figure in ("external_flows_by_country", "repatriates_by_country"):
        if not inputs.available(site.pack, (figure,)):
            found |= set(inputs.rows(site.pack, figure)["category"])
    labelled = set(site.pack.labels().filter(pl.col("axis") == "country")["code"])
    home = str(site.pack.country["iso3"])
    states = (code for code in found & labelled if len(code) == len(home) and code.isupper())
    return tuple(sorted(code for code in states if code != home))


KINDS: Mapping[str, Kind] = {
    kind.id: kind
    for kind in (
        Kind(REGION, regions, lambda e, code: e.region(code), lambda e, code: e.pack.region_name(code, e.language)),
        Kind(GROUP, groups, lambda e, code: capital(e.group(code)), lambda e, code: capital(e.group(code))),
        Kind(PARTNER, partners, lambda e, code: e.country(code), lambda e, code: e.country(code)),
    )
}


def codes_of(site: Site, kind: str) -> tuple[str, ...]:
    """Codes of a kind that have a name, found once."""
    return site.keep(f"codes:{kind}", lambda: tuple(_named(site, KINDS[kind])))


def _named(site: Site, kind: Kind) -> list[str]:
    edition, found = site.context(site.language), []
    for code in kind.codes(site):
        with suppress(UnknownName):
            kind.short(edition, code)
            found.append(code)
    return found


def code_in(site: Site, kind: str, given: str) -> str:
    """A code as a kind writes it; of countries also the code of two letters.

    Raises
    ------
    UnknownName
        There is no such thing in the results.

    """
    known = codes_of(site, kind)
    if given in known:
        return given
    two = {short: code for code, short in _two_letters().items() if code in known} if kind == PARTNER else {}
    if given.upper() in two:
        return two[given.upper()]
    raise UnknownName("portrait.unknown", name=given[:60], known=listed(known))


def _two_letters() -> Mapping[str, str]:
    """Codes of three letters and of two (ISO 3166-1), from Babel."""
    from babel.core import get_global

    found: Mapping[str, list[str]] = get_global("territory_aliases")
    return {code: short[0] for code, short in found.items() if len(code) == 3 and len(short) == 1}


def address(language: str, kind: str, code: str) -> str:
    """The page of one thing."""
    return f"/{language}/{kind}/{code}"


def addresses(site: Site, language: str) -> Mapping[str, str]:
    """Page of each thing by its short name, so that tables can link it."""

    def make() -> dict[str, str]:
        edition, found = site.context(language), dict[str, str]()
        for kind in KINDS.values():
            for code in codes_of(site, kind.id):
                for name in (kind.short(edition, code), kind.whole(edition, code)):
                    found.setdefault(name, address(language, kind.id, code))
        return found

    return site.keep(f"addresses:{language}", make)


def by_name(site: Site, language: str, kind: str) -> dict[str, str]:
    """Codes of a kind with their short names in the alphabetical order of the language."""
    edition = site.context(language)
    names = {code: KINDS[kind].short(edition, code) for code in codes_of(site, kind)}
    return dict(sorted(names.items(), key=lambda item: words.sort_key(item[1], language)))
