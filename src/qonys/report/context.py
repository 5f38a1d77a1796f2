"""What a chapter's page needs: results, pack, language; and the way values become words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from qonys import inputs, words
from qonys.errors import UnknownName
from qonys.figures.edition import MARK, Edition
from qonys.figures.render import Picture
from qonys.report.document import Figure, Note, Paragraph, Value
from qonys.study.runs.units import DISPLAYS, display_of

if TYPE_CHECKING:
    import polars as pl

    from qonys.figures.drawing import Drawing
    from qonys.figures.style import Spec
    from qonys.study.runs.results import Number

__all__ = ["MARK", "Context"]
ABSENT = "study.no_result"
DECIMALS = {"one": 1, "two": 2}
Made = TypeVar("Made")
_NAME = re.compile(r"[a-z_]+(\.[A-Za-z0-9_-]+)+")
_PLACE = re.compile(r"\{(\w+)\}")


def step_of(low: float | None, high: float | None) -> int:
    """Power of ten to which persons from `low` to `high` are rounded: thousands, or a hundredth of a wide interval.

    Examples
    --------
    >>> step_of(-3_003_000, -2_585_000), step_of(17_842_000, 41_318_000)
    (3, 5)

    """
    width = 0.0 if low is None or high is None else abs(high - low)
    return max(3, math.floor(math.log10(width)) - 2) if width else 3


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

    def value(self, name: str) -> Value:
        """A named result as it stands in a sentence, with interval and mark."""
        number = self.results.number(name)
        return Value(self._shown(number), name, self.origin(number.sources, number.method))

    def _shown(self, number: Number) -> str:
        if number.value is None:
            return "–"
        digits = -step_of(number.low, number.high) if number.unit == "persons" and number.low is not None else 9
        shown = self.amount(round(number.value, digits), number.display)
        if number.low is not None and number.high is not None:
            low, high = (self.amount(round(end, digits), number.display) for end in (number.low, number.high))
            shown += self.say("report.interval", low=low, high=high)
        return shown + (MARK if number.rank == 3 else "")

    def amount(self, value: float | None, unit: str) -> str:
        """A value as its unit (or a display of `units.DISPLAYS`) is written: a share as percent, counts whole."""
        if value is None:
            return "–"
        display = unit if unit in DISPLAYS else display_of(unit)
        if display == "percent":
            return words.percent(value, self.language, 1)
        if display in DECIMALS:
            return words.number(value, self.language, DECIMALS[display])
        return str(int(value)) if display == "year" else words.integer(value, self.language)

    def paragraph(self, key: str, **names: str | Value) -> Paragraph:
        """Text under `key`; each `{place}` is a named result, or a ready text."""
        runs: list[str | Value] = []
        end = 0
        template, own = inputs.template(self.pack, key, self.language), inputs.country_words(self.pack, self.language)
        for found in _PLACE.finditer(template):
            runs.append(template[end : found.start()])
            given = names.get(found.group(1)) or own[found.group(1)]
            runs.append(self.value(given) if isinstance(given, str) and self._named(given) else given)
            end = found.end()
        runs.append(template[end:])
        return Paragraph(tuple(run for run in runs if run != ""))

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
