"""The page of a lab for its marimo file: texts, tables, charts, controls and answers, each in one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from qonys import words
from qonys.catalog import Pack
from qonys.catalog.code_names import code_name
from qonys.catalog.country import country_declaration
from qonys.course import framing, opened, parts
from qonys.course.checking import check
from qonys.course.exercise import LabTable, exercise_of, tables_of
from qonys.course.parts import Part, Shown
from qonys.course.registry import Lab, lab_of
from qonys.course.verdicts import NOT_YET, Verdict
from qonys.figures.results import Chart, View, chart_of
from qonys.report.document import Figure, Table

NONE: Mapping[str, int] = {}
Element = Any  # an element of marimo's interface


@dataclass
class LabPage:
    """A lab as its marimo file lays it out.

    `controls`: label of each slider or choice; `answers`: exercise of each field; both by the identity of the element.
    """

    lab: Lab
    country: Pack
    language: str
    controls: dict[int, str] = field(default_factory=dict)
    fields: dict[int, str] = field(default_factory=dict)
    attempts: dict[str, list[Any]] = field(default_factory=dict)

    @classmethod
    def open(cls, name: str) -> LabPage:
        """The page of a lab by its id, with the pack and the language of the environment.

        Raises
        ------
        BadInput
            The pack lacks a figure of the lab.

        """
        lab, country = lab_of(name), opened.pack_of()
        framing.refuse_without(lab, country)
        return cls(lab, country, opened.language())

    @property
    def pack(self) -> str:
        """The pack as `qonys.country` takes it."""
        return str(self.country.path)

    @cached_property
    def tables(self) -> Mapping[str, LabTable]:
        """The tables of the lab for its country, those that the pack can give."""
        return {name: make(self.country) for name, make in tables_of(self.lab).items()}

    @property
    def kin(self) -> str:
        """The ethnic group whose return is repatriation, as the pack writes it; empty where it names none."""
        return country_declaration(self.country).kin or ""

    def frame(self, name: str) -> pl.DataFrame:
        """The rows of a table of the lab."""
        return self.tables[name].frame

    def phrase(self, key: str, **values: object) -> str:
        """A text of the lab with its places filled."""
        return framing.said(self.lab, self.country, self.language, key, **values)

    def number(self, value: float, decimals: int = 0) -> str:
        """A number as the language writes it."""
        return words.number(value, self.language, decimals)

    def percent(self, share: float, decimals: int = 1) -> str:
        """A share (0.28) as a percentage."""
        return words.percent(share, self.language, decimals)

    def opening(self) -> Part:
        """Title, aim, task, object and subject, time, and the question that comes first."""
        return Part(self.language, framing.opening(self.lab, self.country, self.language))

    def data(self, *names: str, decimals: Mapping[str, int] = NONE) -> Part:
        """The tables of the lab with their sources, and the doubts about them."""
        shown = [self._table(name, self.tables[name], decimals) for name in names]
        return Part(self.language, (*framing.headed(self.lab, self.country, "data", self.language), *shown,
                                    *framing.doubt(self.lab, self.country, self.language)))  # fmt: skip

    def _table(self, name: str, table: LabTable, decimals: Mapping[str, int]) -> Table:
        caption = self.phrase(f"table.{name}")
        source = framing.source(self.country, table, self.language)
        return parts.table(self.country, self.language, f"{self.lab.id}-{name}", table.frame, caption, source, decimals)

    def data_table(self, name: str, *, decimals: Mapping[str, int] = NONE) -> Table:
        """A table of the lab with its sources, for a step."""
        return self._table(name, self.tables[name], decimals)

    def table(self, name: str, frame: pl.DataFrame, *, decimals: Mapping[str, int] = NONE, **values: object) -> Table:
        """A table that a step computed; its caption stands under `table.NAME`."""
        source = framing.computed(self.language)
        key = f"{self.lab.id}-{name}"
        caption = self.phrase(f"table.{name}", **values)
        return parts.table(self.country, self.language, key, frame, caption, source, decimals)

    def chart(self, name: str, drawn: Chart, **values: object) -> Figure:
        """A chart of a result with its caption (`chart.NAME`) and its description (`chart.NAME.alt`)."""
        caption, alt = (self.phrase(f"chart.{name}{end}", **values) for end in ("", ".alt"))
        source = framing.computed(self.language)
        return parts.figure(f"{self.lab.id}-chart-{name}", drawn, caption, alt, source)

    def plot(self, name: str, frame: pl.DataFrame, view: Mapping[str, Any], **values: object) -> Figure:
        """A chart of a frame: `view` as `qonys.figures.results.View` (mark, x, y, low, high, colour, panel, points)."""
        named = {axis: frame[column] for axis, column in view.items() if column in frame.columns}
        words_of = {one.name: parts.named(self.country, self.language, one) for one in named.values()}
        drawn = chart_of(frame.with_columns(**words_of), View(**view), "", self.language)
        return self.chart(name, parts.without_title(drawn) if view["mark"] == "dots" else drawn, **values)

    def step(self, number: int, *shown: Table | Figure, **values: object) -> Part:
        """A step: its title, its text with the values, then tables and charts."""
        return Part(self.language, (*framing.step(self.lab, self.country, number, self.language, values), *shown))

    def closing(self) -> Part:
        """What the figures cannot tell, what to read, pages and chapters with the same figures."""
        return Part(self.language, framing.closing(self.lab, self.country, self.language))

    def slider(self, name: str, first: float, last: float, value: float, step: float = 1) -> Element:
        """A slider; its label stands under `control.NAME`."""
        import marimo as mo

        label = self.phrase(f"control.{name}")
        made = mo.ui.slider(first, last, value=value, step=step, label=label, show_value=True)
        self.controls[id(made)] = label
        return made

    def choice(self, name: str, options: Mapping[str, str], value: str | None = None) -> Element:
        """A choice of codes by their words (code -> words); its label stands under `control.NAME`."""
        import marimo as mo

        label = self.phrase(f"control.{name}")
        by_words = {text: code for code, text in options.items()}
        first = value if value is not None else next(iter(options))
        made = mo.ui.dropdown(by_words, value=options[first], label=label, allow_select_none=False)
        self.controls[id(made)] = label
        return made

    def options(self, axis: str, *codes: str) -> dict[str, str]:
        """Words of the codes of a choice (code -> words); `axis`: of the labels of the pack, or empty: of the labs."""
        return {code: self.word(code, axis) for code in codes}

    def word(self, code: str, axis: str = "") -> str:
        """Words of a code: the pack's label on an axis, else those of the lab (`option.CODE`) or of the typology."""
        named = code_name(self.country, axis, code, self.language) if axis else None
        return named or framing.word(self.lab, code, self.language)

    def answer(self, exercise: str, given: float | str = "") -> Element:
        """The field for the answer to an exercise, with a button; `given` may stand in a copy of the file.

        A number is written into a field, a choice is made among words.
        """
        import marimo as mo

        task = exercise_of(exercise)
        button = words.text("labs.check", self.language)
        label = words.text("labs.answer", self.language, unit=framing.unit(task, self.language))
        if task.options is None:
            inside: Element = mo.ui.text(value=str(given), label=label)
        else:
            by_words = {self.word(code): code for code in task.options(self.country)}
            inside = mo.ui.dropdown(by_words, label=words.text("labs.choose", self.language))
        made = inside.form(submit_button_label=button, bordered=True)
        self.fields[id(made)] = exercise
        if given != "":
            self.attempts.setdefault(exercise, []).append(given)
        return made

    def exercise(self, element: Element) -> Shown:
        """The words of an exercise above the field of its answer."""
        exercise = exercise_of(self.fields[id(element)])
        return Shown(self.language, framing.exercise(exercise, self.country, self.language), element)

    def verdict(self, element: Element) -> Part:
        """What is said of the answer in a field; each new answer counts as an attempt."""
        exercise = self.fields[id(element)]
        tries = self.attempts.setdefault(exercise, [])
        if element.value not in (None, "") and (not tries or tries[-1] != element.value):
            tries.append(element.value)
        said = self.check(exercise, tries[-1] if tries else None, len(tries))
        return Part(self.language, framing.verdict(said, self.language), said.state)

    def check(self, exercise: str, answer: object, attempt: int = 1) -> Verdict:
        """`qonys.course.check` with the country and the language of the page."""
        return check(exercise, answer, attempt=attempt, pack=self.pack, language=self.language)

    def compare(self, before: Element, after: Element) -> Part:
        """The answer to the question that came first beside that to an exercise with the same choices."""
        last = (self.attempts.get(self.fields[id(after)]) or [None])[-1]
        first = self.word(before.value)
        if last is None:
            text = words.text("labs.compare.not_yet", self.language, before=first)
            return Part(self.language, framing.paragraphs(text), NOT_YET)
        second = self.word(last)
        return Part(
            self.language, framing.paragraphs(words.text("labs.compare", self.language, before=first, after=second))
        )

    def hand_in(self, *elements: Element) -> Shown:
        """How many answers are right, and a button that saves them as a file for `qonys course check`."""
        import marimo as mo

        from qonys.course.sheets import answers_csv

        last = {self.fields[id(one)]: (self.attempts.get(self.fields[id(one)]) or [None])[-1] for one in elements}
        right = sum(bool(self.check(name, answer)) for name, answer in last.items())
        given = sum(self.check(name, answer).state != NOT_YET for name, answer in last.items())
        said = words.text("labs.score", self.language, right=right, given=given, all=len(last))
        button = mo.download(
            answers_csv(last).encode(), filename=f"{self.lab.id}-answers.csv", mimetype="text/csv",
            label=words.text("labs.save", self.language),
        )  # fmt: skip
        return Shown(self.language, framing.paragraphs(said), button)
