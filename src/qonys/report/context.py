"""What a chapter's page needs: results, pack, language; and the way values become words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qonys import words
from qonys.catalog import Pack
from qonys.report.document import Note, Paragraph, Value
from qonys.study.runs.results import Number, Results

MARK = "\u2020"
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Context:
    """One language of one run."""

    results: Results
    pack: Pack
    language: str

    def say(self, key: str, **values: object) -> str:
        """Text under `key`."""
        return words.text(key, self.language, **values)

    def has(self, *names: str) -> bool:
        """Whether all these results are there: numbers or tables."""
        return all(name in self.results.numbers or self.results.has_table(name) for name in names)

    def value(self, name: str) -> Value:
        """A named result as it stands in a sentence, with interval and mark."""
        number = self.results.number(name)
        return Value(self._shown(number), name, self.origin(number.sources, number.method))

    def _shown(self, number: Number) -> str:
        if number.value is None:
            return "–"
        digits = -3 if number.unit == "persons" and number.low is not None else 9
        shown = self.amount(round(number.value, digits), number.unit)
        if number.low is not None and number.high is not None:
            low, high = (self.amount(round(end, digits), number.unit) for end in (number.low, number.high))
            shown += self.say("report.interval", low=low, high=high)
        return shown + (MARK if number.rank == 3 else "")

    def amount(self, value: float | None, unit: str) -> str:
        """A value in its unit: shares as percent, ratios with two decimals, counts whole."""
        if value is None:
            return "–"
        if unit == "share":
            return words.percent(value, self.language, 1)
        if unit == "ratio":
            return words.number(value, self.language, 2)
        if unit == "per_1000":
            return words.number(value, self.language, 1)
        if unit == "year":
            return str(int(value))
        return words.integer(value, self.language)

    def thousands(self, value: float | None) -> str:
        """Persons in thousands with one decimal."""
        return "–" if value is None else words.number(value / 1000, self.language, 1)

    def origin(self, sources: Iterable[str], method: str = "") -> str:
        """Source line: publishers of the sources, then the method."""
        titles = dict(self.pack.sources().select("id", "publisher").rows())
        shown = list(dict.fromkeys(str(titles[s] or s) for s in sources if s in titles))
        text = "; ".join(shown[:6]) + (self.say("report.and_others") if len(shown) > 6 else "")
        if method and not method.startswith("catalog"):
            text += ((" " if text.endswith(".") else ". ") if text else "") + self.say("report.computed")
        return text

    def secondary(self, sources: Iterable[str], method: str = "") -> str:
        """Source line that also says that the figures were quoted from secondary pages."""
        return f"{self.origin(sources, method).rstrip('.')}. {self.say('report.secondary')}"

    def outlined(self, line: str, geometry: Mapping[str, object]) -> str:
        """Source line `line`, then whose outlines of regions a map draws."""
        end = "" if line.endswith((".", MARK)) else "."
        return f"{line}{end} {self.say('report.outline', attribution=geometry.get('attribution', ''))}"

    def paragraph(self, key: str, **names: str | Value) -> Paragraph:
        """Text under `key`; each `{place}` is a named result, or a ready text."""
        runs: list[str | Value] = []
        end = 0
        template = words.text(key, self.language)
        for found in _PLACE.finditer(template):
            runs.append(template[end : found.start()])
            given = names[found.group(1)]
            runs.append(
                self.value(given) if isinstance(given, str) and given in self.results.numbers else given
            )
            end = found.end()
        runs.append(template[end:])
        return Paragraph(tuple(run for run in runs if run != ""))

    def cautions(self, *tables: str) -> list[Note]:
        """The pack's cautions on these tables."""
        frame = self.pack.cautions()
        column = f"text_{self.language}"
        return [Note(row[column]) for row in frame.iter_rows(named=True) if row["table"] in tables]

    def breaks(self, table: str, indicator: str | None = None) -> list[tuple[int, str]]:
        """Series breaks of a table: year and label."""
        rows = self.pack.breaks().sort("year").iter_rows(named=True)
        return [
            (int(row["year"]), row[f"text_{self.language}"])
            for row in rows
            if row["table"] == table and (indicator is None or row["indicator"] == indicator)
        ]

    def region(self, code: str) -> str:
        """Short name of a region."""
        return self.pack.region_name(code, self.language, short=True)
