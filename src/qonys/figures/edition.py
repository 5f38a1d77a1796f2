"""One language of one run in one theme: results, pack, and the way codes and values become words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qonys import words
from qonys.catalog import Pack
from qonys.catalog.bibliography import Reference, references
from qonys.catalog.figures import figure_specs
from qonys.catalog.sentences import said
from qonys.figures.style import PRINT, ROLES, SEQUENCE, Spec, Theme, document
from qonys.inputs import secondary_sources
from qonys.words.numbers import EN_DASH

if TYPE_CHECKING:
    import polars as pl

    from qonys.study.runs.results import Results

MARK = "\u2020"
QUOTED = "quotation"  # licence class of pages that quote figures of others
FEW = 3  # sources that a line names by title
YEAR = re.compile(r"\d{4}")


class Speech:
    """How a language writes texts and numbers, and the theme that a drawing is made in."""

    language: str
    theme: Theme

    def say(self, key: str, **values: object) -> str:
        """Text under `key`."""
        return words.text(key, self.language, **values)

    def column(self, name: str) -> str:
        """Heading of a column."""
        return self.say(f"web.column.{name}")

    def listed(self, items: Sequence[str]) -> str:
        """Words one after another, the last two joined by `and`: `1969, 1989 and 2000`."""
        return self.say("report.see.and").join(filter(None, (", ".join(items[:-1]), *items[-1:])))

    def name(self, key: str, code: str) -> str:
        """Text under `key`, else the code itself: results may hold what has no words yet."""
        return words.text(key, self.language) if words.has(key, self.language) else code.replace("_", " ")

    def number(self, value: float | None, decimals: int = 0) -> str:
        """A number as the language writes it, or a dash."""
        return "–" if value is None or value != value else words.number(value, self.language, decimals)

    def thousands(self, value: float | None, decimals: int = 1) -> str:
        """Persons in thousands."""
        return self.number(None if value is None else value / 1e3, decimals)

    def percent(self, share: float | None, decimals: int = 0) -> str:
        """A share as percent, or a dash."""
        return "–" if share is None else words.percent(share, self.language, decimals)

    def ends(self, low: float | None, high: float | None, decimals: int) -> str:
        """Both ends of an interval, or a dash."""
        return "–" if low is None or high is None else f"{self.number(low, decimals)} … {self.number(high, decimals)}"

    def document(self, spec: Spec) -> Spec:
        """A whole Vega-Lite document in the theme."""
        return document(self.theme, spec)


@dataclass(frozen=True)
class Plain(Speech):
    """A language and a theme without a run."""

    language: str
    theme: Theme = PRINT


@dataclass(frozen=True)
class Edition(Speech):
    """One language of one run, drawn in one theme."""

    results: Results
    pack: Pack
    language: str
    theme: Theme = PRINT

    def say(self, key: str, **values: object) -> str:
        """Text under `key`, as it is said of the pack's country."""
        return words.agreed(said(self.pack, key, self.language, **values), self.language)

    def count(self, name: str) -> int:
        """A named result that is a whole number, as a year; 0 where there is none."""
        return int(self.results.number(name).value or 0)

    def frame(self, name: str) -> pl.DataFrame:
        """Rows of a table of results."""
        return self.results.table(name).frame

    def has(self, *names: str) -> bool:
        """Whether all these results are there: numbers or tables."""
        return all(name in self.results.numbers or self.results.has_table(name) for name in names)

    def region(self, code: str) -> str:
        """Short name of a region."""
        return self.pack.region_name(code, self.language, short=True)

    def group(self, code: str) -> str:
        """Name of an ethnic group."""
        return self.pack.label("ethnic_group", code, self.language)

    def country(self, code: str) -> str:
        """Name of a country."""
        return self.pack.label("country", code, self.language)

    def by_name(self, codes: Iterable[str]) -> dict[str, str]:
        """Regions with their names, in the alphabetical order of the language."""
        names = {code: self.region(code) for code in codes}
        return dict(sorted(names.items(), key=lambda item: words.sort_key(item[1], self.language)))

    def source_name(self, source: str) -> str:
        """Short name of a source, or its publisher."""
        key = f"chart.source.{source}"
        return self.say(key) if words.has(key, self.language) else self.publishers([source]) or source

    def tints(self, sources: Iterable[str], besides: Iterable[str] = ()) -> dict[str, str]:
        """A colour for each source, by its role (`style.ROLES`); those `besides` are taken by something else."""
        listed, roles, taken = list(sources), _roles(self.pack), list(besides)
        for source in listed:
            shades = (*ROLES[roles.get(source, "computed")], *ROLES["computed"], *SEQUENCE)
            taken.append(next((shade for shade in shades if shade not in taken), shades[0]))
        return dict(zip(listed, taken[-len(listed) :], strict=True))

    def origin(self, sources: Iterable[str], method: str = "") -> str:
        """Source line: publishers, whether it is computed, and the mark if it is quoted or rests on quoted figures."""
        listed = tuple(sources)
        cited = self.cited(listed)
        text = self._made(cited, method)
        if not self.quoted(listed):
            return text
        whole = text == cited and secondary_sources(self.pack).issuperset(listed)
        return f"{text.rstrip('.')}. {self.say('report.secondary' if whole else 'report.rests_on')}"

    def quoted(self, sources: Iterable[str]) -> bool:
        """Whether one of the sources is a page that only quotes figures."""
        return not secondary_sources(self.pack).isdisjoint(sources)

    def publishers(self, sources: Iterable[str]) -> str:
        """Publishers of the sources, those of data before those of pages that quote them."""
        return self._some(dict.fromkeys(one.publisher for one in self._known(sources)))

    def cited(self, sources: Iterable[str]) -> str:
        """Publishers of the sources in that order, each with title and years where they are few, else with years."""
        listed = self._known(sources)
        if len(listed) <= FEW:
            return "; ".join(f"{one.publisher}, {one.name} ({one.published})" for one in listed)
        years: dict[str, list[str]] = {}
        for one in listed:
            years.setdefault(one.publisher, []).extend(YEAR.findall(one.published))
        spans = {
            publisher: EN_DASH.join(sorted({min(found), max(found)})) for publisher, found in years.items() if found
        }
        return self._some(f"{one} ({spans[one]})" if one in spans else one for one in years)

    def _known(self, sources: Iterable[str]) -> list[Reference]:
        known = references(self.pack, self.language)
        found = (known[name] for name in dict.fromkeys(sources) if name in known)
        return sorted(found, key=lambda one: one.licence == QUOTED)

    def _some(self, texts: Iterable[str]) -> str:
        shown = list(texts)
        return "; ".join(shown[:6]) + (self.say("report.and_others") if len(shown) > 6 else "")

    def _made(self, text: str, method: str) -> str:
        """A line of publishers, and that what it stands under was computed, unless `method` only reads."""
        if not method or method.startswith("catalog"):
            return text
        return text + ((" " if text.endswith(".") else ". ") if text else "") + self.say("report.computed")

    def outlined(self, line: str, geometry: Mapping[str, object]) -> str:
        """Source line `line`, then whose outlines of regions a map draws."""
        source = references(self.pack, self.language).get(str(geometry.get("source", "")))
        outlines = source.name if source else str(geometry.get("attribution", ""))
        end = "" if line.endswith((".", MARK)) else "."
        return f"{line}{end} {self.say('report.outline', outlines=outlines.rstrip('.'))}"

    def breaks(self, table: str, indicator: str | None = None) -> list[tuple[int, str]]:
        """Series breaks of a table: year and label."""
        rows = self.pack.breaks().sort("year").iter_rows(named=True)
        return [
            (int(row["year"]), row[f"text_{self.language}"])
            for row in rows
            if row["table"] == table and (indicator is None or row["indicator"] == indicator)
        ]

    def outline(self, vintage: str = "", *, last: bool = False) -> dict[str, Any]:
        """Outlines of the regions in a vintage of boundaries; the first (or last) one where none is named."""
        if not vintage:
            vintage = str(self.pack.vintages().sort("order")["vintage"][-1 if last else 0])
        return self.pack.cached(f"outline:{vintage}", lambda: self.pack.geometry(vintage))


def capital(text: str) -> str:
    """A text with a capital letter at its start.

    Examples
    --------
    >>> capital("миграция")
    'Миграция'
    """
    return text[:1].upper() + text[1:]


def _roles(pack: Pack) -> dict[str, str]:
    """The role in which the pack's figures name each source; what no figure names is computed here."""
    found: dict[str, str] = {}
    for spec in figure_specs(pack).values():
        for role, sources in spec.roles.items():
            found |= {source: role for source in sources if role in ROLES and source not in found}
    return found
