"""What every page and chart reads: the stored results, the pack, a language, a state, a width."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from qonys import inputs, words
from qonys.catalog import Pack
from qonys.figures.edition import capital
from qonys.figures.indicators import name_of
from qonys.figures.style import screen
from qonys.law import law_register
from qonys.law.records import said
from qonys.report.context import Context
from qonys.study.analyses.indicators import names_of
from qonys.study.analyses.own_tables import OwnTable
from qonys.study.runs.results import Results
from qonys.web.own import Own
from qonys.web.parameters import USUAL_WIDTH
from qonys.web.progress import Progress
from qonys.web.registers import Registers
from qonys.web.simulation import Simulation

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Site:
    """One served set of results. `model` names the code that computed them, `token` allows writing.

    `alone` says that only this machine can reach the server, and then nobody needs a token. The policy lab runs `draws`
    draws; an `eager` server opens it while nobody waits. `progress`: of the run whose results these are, while it
    goes on. `names`: of hosts under which others reach it; a `read_only` site keeps no states.
    """

    pack: Pack
    results: Results
    model: str
    states: Path
    language: str = "en"
    token: str = ""
    alone: bool = True
    draws: int = 400
    eager: bool = False
    progress: Progress | None = None
    names: frozenset[str] = frozenset()
    read_only: bool = False
    _kept: dict[str, object] = field(default_factory=dict, repr=False, compare=False)

    @property
    def release(self) -> str:
        """Short name of the data release."""
        return self.results.release[:12]

    def has(self, *tables: str) -> bool:
        """Whether all these tables are in the stored results."""
        return all(name in self.results.tables for name in tables)

    def keep(self, key: str, make: Callable[[], Kept]) -> Kept:
        """`make()`, computed once."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]  # type: ignore[return-value]

    @property
    def simulation(self) -> Simulation:
        """The policy lab."""
        return self.keep("simulation", lambda: Simulation(self.pack, self.results, self.draws))

    @property
    def own(self) -> Mapping[str, OwnTable]:
        """The person's own tables as others may see them, as their files are now.

        Raises
        ------
        BadInput
            A file of an addition is damaged.

        """
        return self._own.tables()

    def own_mark(self) -> str:
        """Another text when the files of the person's own tables have changed."""
        return self._own.mark()

    @property
    def registers(self) -> Registers:
        """The registers that the person imported, as others may see them."""
        return self.keep("registers", lambda: Registers(self.pack))

    def mark(self) -> str:
        """Another text when the person's tables or registers have changed."""
        return f"{self.own_mark()}{self.registers.mark()}"

    @property
    def _own(self) -> Own:
        return self.keep("own", lambda: Own(self.pack))

    def context(self, language: str) -> Context:
        """The context in which report and pages speak."""
        return self.keep(f"context:{language}", lambda: Context(self.results, self.pack, language))


@dataclass(frozen=True)
class View:
    """One state of one chart or page in one language, read at the address `base` (scheme, host and port)."""

    site: Site
    language: str
    state: Mapping[str, str] = field(default_factory=dict)
    width: int = USUAL_WIDTH
    base: str = ""

    @cached_property
    def context(self) -> Context:
        """Words, names, source lines, and the theme of the width."""
        return Context(self.site.results, self.site.pack, self.language, screen(self.width))

    @property
    def narrow(self) -> bool:
        """Whether the drawing is for a phone."""
        return self.width < 560

    def say(self, key: str, **values: object) -> str:
        """Text under `key`, as it is said of the pack's country."""
        return words.agreed(inputs.said(self.site.pack, key, self.language, **values), self.language)

    def name(self, key: str, code: str) -> str:
        """Text under `key`, else the code itself: results may hold what has no words yet."""
        return self.say(key) if words.has(key, self.language) else code.replace("_", " ")

    def number(self, value: float | None, decimals: int = 0) -> str:
        """A number as the language writes it, or a dash."""
        return "–" if value is None or value != value else words.number(value, self.language, decimals)

    def thousands(self, value: float | None, decimals: int = 0) -> str:
        """Persons in thousands."""
        return self.number(None if value is None else value / 1e3, decimals)

    def region(self, code: str) -> str:
        """Short name of a region."""
        return self.context.region(code)

    def country(self, code: str) -> str:
        """Name of a country."""
        return self.site.pack.label("country", code, self.language)

    def year(self, name: str) -> int:
        """A numeric parameter."""
        return int(self.state[name])

    def chosen(self, name: str) -> tuple[str, ...]:
        """The values of a parameter that may have several."""
        return tuple(self.state[name].split(","))

    def option(self, texts: str, value: str) -> str:
        """How a value of a parameter reads."""
        if texts == "region":
            return self.say("web.option.all_regions") if value == "all" else self.region(value)
        if texts == "country":
            return self.country(value)
        if texts == "group":
            return capital(self.context.group(value))
        if texts == "indicator":
            return capital(names_of([value], self.language).get(value, value))
        if texts == "interval":
            return words.year_range(int(value), int(value) + 5)
        if texts == "event":
            return self.say("web.option.no_event") if value == "none" else self.events[value]
        if texts == "place":
            return self.say("web.option.whole") if value == "whole" else self.region(value)
        if texts == "variant":
            return name_of(self.context, value)
        if texts == "law":
            return said(law_register(self.site.pack).parameter(value).names, self.language)
        if texts == "act":
            return said(law_register(self.site.pack).act(value).titles, self.language)
        if texts == "plain":
            return value.replace("-", "\u2212") if value.startswith("-") else value
        return self.name(f"{texts}.{value}", value)

    @property
    def events(self) -> Mapping[str, str]:
        """Names of the pack's events by id."""
        column = f"name_{self.language}"
        return self.site.keep(
            f"events:{self.language}", lambda: dict(self.site.pack.events().select("id", column).rows())
        )

    def sorted_names(self, codes: list[str]) -> list[str]:
        """Codes of regions in the alphabetical order of their names."""
        return sorted(codes, key=lambda code: words.sort_key(self.region(code), self.language))
