"""What a chapter's page needs: results, pack, language; and the way values become words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from qonys import inputs, words
from qonys.errors import UnknownName
from qonys.figures.edition import MARK, Edition
from qonys.figures.render import Picture
from qonys.report.document import Figure, Note, Paragraph, See, Value
from qonys.report.precision import decimals_apart, step_of
from qonys.study.runs.units import DISPLAYS, display_of

if TYPE_CHECKING:
    import polars as pl

    from qonys.figures.drawing import Drawing
    from qonys.figures.style import Spec
    from qonys.study.runs.results import Number

__all__ = ["MARK", "Context"]
ABSENT, INTERVAL, BRIEF = "study.no_result", "report.interval", "report.interval.brief"
DECIMALS = {"percent": 1, "millions": 1, "one": 1, "two": 2}
SCALES = {"percent": 100.0, "millions": 1e-6}
Made = TypeVar("Made")
_NAME = re.compile(r"[a-z_]+(\.[A-Za-z0-9_-]+)+")
_PLACE = re.compile(r"\{(\w+)(?::([\w,]+))?\}")
SEE = "see"


@dataclass(frozen=True)
class Context(Edition):
    """One language of one run, as its chapters are laid out."""

    def picture(self, drawn: Spec | str) -> Picture:
        """A figure's picture: a Vega-Lite specification or SVG text."""
        return Picture(drawn if isinstance(drawn, str) else self.document(drawn), self.language)

    def figure(
        self,
        key: str,
        drawing: Drawing,
        caption: str,
        source: str = "",
        data: pl.DataFrame | None = None,
        alt: str = "",
    ) -> Figure:
        """A drawing as a figure; `source`, `data` and `alt` where they are not the drawing's own."""
        frame, picture = drawing.frame if data is None else data, drawing.picture(self.language)
        return Figure(key, picture, alt or drawing.sentence, caption, source or drawing.source, frame)

    def value(self, name: str, shown: str = "") -> Value:
        """A named result as it stands in a sentence, with interval and mark; `shown`: another display than its own."""
        number = self.results.number(name)
        return self.value_of(replace(number, shown=shown) if shown else number)

    def value_of(self, number: Number) -> Value:
        """A number as it stands in a sentence; the sign or the display may be another than in the results."""
        told = ".".join(filter(None, (INTERVAL, number.interval))) if number.low is not None else ""
        whole, brief = self.written(number, told), self.written(number, BRIEF) if told else ""
        return Value(whole, number.name, self.origin(number.sources, number.method), brief, told)

    def written(self, number: Number, told: str = INTERVAL) -> str:
        """A number rounded to its interval, with its mark, and with its interval as the text under `told` says it."""
        if number.value is None:
            return "–"
        shown = self.rounded(number)
        if number.low is not None and number.high is not None:
            ends = [self._to_step(number, end) for end in (number.low, number.high)]
            shown += self.say(told, low=ends[0], high=ends[1])
        return self.marked(shown, number)

    def marked(self, shown: str, number: Number) -> str:
        """A number as it is shown, with the mark if it rests on quoted figures."""
        return shown + (MARK if self.quoted(number.sources) else "")

    def rounded(self, number: Number) -> str:
        """A number alone, rounded to its interval."""
        return self._to_step(number, number.value)

    def _to_step(self, number: Number, value: float | None) -> str:
        digits = -step_of(number.low, number.high) if number.unit == "persons" and number.low is not None else 9
        return self.amount(None if value is None else round(value, digits), number.display, self._decimals(number))

    def _decimals(self, number: Number) -> int | None:
        """Decimals that keep the ends of a narrow interval apart; none where the display has none."""
        scale = SCALES.get(number.display, 1.0)
        least = DECIMALS.get(number.display)
        if least is None or number.low is None or number.high is None:
            return None
        return decimals_apart(scale * number.low, scale * number.high, least)

    def amount(self, value: float | None, unit: str, decimals: int | None = None) -> str:
        """A value as its unit (or a display of `units.DISPLAYS`) is written: a share as percent, counts whole.

        `millions`: persons, the word for millions being a part of the sentence.
        """
        if value is None:
            return "–"
        display = unit if unit in DISPLAYS else display_of(unit)
        if display in DECIMALS:
            write = words.percent if display == "percent" else words.number
            scaled = value * SCALES[display] if display == "millions" else value
            return write(scaled, self.language, DECIMALS[display] if decimals is None else decimals)
        return str(int(value)) if display == "year" else words.integer(value, self.language)

    def paragraph(self, key: str, **names: str | Value) -> Paragraph:
        """Text under `key`; each `{place}` is a named result, or a ready text.

        `{see:key,key}` is where the sentence refers to figures and tables of the report. Where a place would say none,
        the sentence under `key.none_place` is said, if there is one.
        """
        key = next((other for place, given in names.items() if (other := self._none(key, place, given))), key)
        runs: list[str | Value | See] = []
        end = 0
        template, own = inputs.template(self.pack, key, self.language), inputs.country_words(self.pack, self.language)
        for found in _PLACE.finditer(template):
            runs.append(template[end : found.start()])
            end = found.end()
            if found.group(1) == SEE:
                runs.append(See(tuple(found.group(2).split(","))))
                continue
            given = names.get(found.group(1)) or own[found.group(1)]
            runs.append(self.value(given) if isinstance(given, str) and self._named(given) else given)
        runs.append(template[end:])
        return Paragraph(tuple(run for run in self._agreed(runs) if run != ""))

    def _none(self, key: str, place: str, given: str | Value) -> str:
        """The key of the sentence for no case of what a place counts; empty where there are cases or no sentence."""
        other = f"{key}.none_{place}"
        if not (isinstance(given, str) and words.has(other) and given in self.results.numbers):
            return ""
        shown = self.rounded(self.results.number(given))
        return "" if shown.startswith("–") or any(digit in shown for digit in "123456789") else other

    def _agreed(self, runs: list[str | Value | See]) -> Iterator[str | Value | See]:
        """The runs, words of each text in the form that the number before them asks for."""
        before = ""
        for run in runs:
            if isinstance(run, str):
                run = words.agreed(before + run, self.language)[len(before) :]
            before = run if isinstance(run, str) else run.shown if isinstance(run, Value) else ""
            yield run

    def _named(self, given: str) -> bool:
        """Whether a text is the name of a result; one that has the form of a name must be there."""
        return given in self.results.numbers or (_NAME.fullmatch(given) is not None and bool(self.value(given)))

    def held(self, *makers: Callable[[], Made | None]) -> tuple[Made, ...]:
        """What the makers give, in order; one that reads a result that was not computed gives nothing.

        Chapters that the pack does not carry are named where the report says what it leaves out.
        """
        found = []
        for make in makers:
            try:
                made = make()
            except UnknownName as error:
                if error.key != ABSENT:
                    raise
                continue
            if made is not None:
                found.append(made)
        return tuple(found)

    def cautions(self, *tables: str) -> list[Note]:
        """The pack's cautions on these tables."""
        frame = self.pack.cautions()
        column = f"text_{self.language}"
        return [Note(row[column]) for row in frame.iter_rows(named=True) if row["table"] in tables]
