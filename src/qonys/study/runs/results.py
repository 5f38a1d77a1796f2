"""Named results: numbers and tables with unit, sources, evidence rank and method; kept on disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qonys.errors import BadInput, UnknownName
from qonys.study.plan import Plan, merged
from qonys.study.runs.names import current, current_frame
from qonys.study.runs.parts import Part
from qonys.study.runs.units import display_of

if TYPE_CHECKING:
    import polars as pl


NAMES = "names"  # before "number" or "table" in what a chapter read: which there are
SOURCES = "sources"  # the ends come from the disagreement between sources, not from a distribution
PUBLISHED = "catalog.pack.Pack.table"  # the method of what is as its source states it


@dataclass(frozen=True)
class Number:
    """One number of a sentence. `unit`: what it is counted in, one of `units.UNITS`.

    `shown`: how it is written where that differs from the usual way of its unit, one of `units.DISPLAYS`.

    `low` and `high` are the ends of a 95 % interval, or, where `interval` is SOURCES, of what the disagreement between
    sources or definitions leaves open; `rank` is the worst evidence rank met (1 official ... 5 projection).
    """

    name: str
    value: float | None
    unit: str
    low: float | None = None
    high: float | None = None
    rank: int = 1
    sources: tuple[str, ...] = ()
    method: str = PUBLISHED
    shown: str = ""
    interval: str = ""

    @property
    def display(self) -> str:
        """How it is written."""
        return self.shown or display_of(self.unit)


@dataclass(frozen=True)
class TableResult:
    """A named table: tidy frame, unit of its values, lineage."""

    name: str
    frame: pl.DataFrame
    unit: str
    rank: int
    sources: tuple[str, ...]
    method: str


@dataclass
class Results:
    """All results of a run, by name, the plan that they follow, and how they were made.

    `about`, written by `qonys.study.runs.run`: `run` (its name), `plan`, `versions` of packages, `chapters` (id ->
    `seconds`, `read`, `figures`, `parts`, `gives`), `absent` (chapters left out, each with the `figures` or
    `chapters` it lacks). Results of earlier versions have none of it.
    """

    release: str
    numbers: dict[str, Number] = field(default_factory=dict)
    tables: dict[str, TableResult] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    about: dict[str, Any] = field(default_factory=dict)

    def add(self, *items: Number | TableResult) -> None:
        """Add numbers and tables; a name may be taken once."""
        for item in items:
            place: dict[str, Number] | dict[str, TableResult]
            place = self.numbers if isinstance(item, Number) else self.tables
            if item.name in place:
                raise UnknownName("study.name_taken", name=item.name)
            place[item.name] = item  # type: ignore[assignment]

    @contextmanager
    def part(
        self, *earlier: Part, keys: tuple[str, ...] = (), entire: tuple[str, ...] = (), **at: object
    ) -> Iterator[Part]:
        """A part of a chapter: results added inside rest on what is read inside and in the `earlier` parts.

        Parameters
        ----------
        earlier
            Parts whose values are used inside.
        keys
            Columns, or spans of years (`parts.SPANS`), by which the rows of the results rest on rows of the figures.
        entire
            Figures of which every row counts, whatever the keys.
        at
            Values of the keys, for the numbers added inside: start=1999, end=2009.

        """
        yield Part(keys, entire, dict(at))

    def number(self, name: str) -> Number:
        """A number by name."""
        found = self.numbers.get(name) or self.numbers.get(current(name))
        if found is None:
            raise UnknownName("study.no_result", name=name)
        return found

    def table(self, name: str) -> TableResult:
        """A table by name."""
        if name not in self.tables:
            raise UnknownName("study.no_result", name=name)
        return self.tables[name]

    def has_table(self, name: str) -> bool:
        """Whether a table is there."""
        return name in self.tables

    def all_tables(self) -> dict[str, TableResult]:
        """All tables by name."""
        return self.tables

    def all_numbers(self) -> dict[str, Number]:
        """All numbers by name."""
        return self.numbers

    def write(self, folder: Path) -> None:
        """Write `results.json` and `tables/*.parquet` into `folder`."""
        (folder / "tables").mkdir(parents=True, exist_ok=True)
        tables = {}
        for name, table in self.tables.items():
            table.frame.write_parquet(folder / "tables" / f"{name}.parquet")
            tables[name] = {
                "unit": table.unit,
                "rank": table.rank,
                "sources": list(table.sources),
                "method": table.method,
            }
        document = {
            "release": self.release,
            "numbers": [asdict(number) for number in self.numbers.values()],
            "tables": tables,
            "about": self.about,
        }
        (folder / "results.json").write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")


def read_results(folder: Path) -> Results:
    """Results written by `Results.write`.

    Raises
    ------
    BadInput
        They are damaged.

    """
    import polars as pl

    try:
        return _read(folder)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, pl.exceptions.PolarsError) as error:
        reason = " ".join(str(error).split())[:200]
        raise BadInput("study.results.damaged", folder=str(folder), reason=reason) from error


def _read(folder: Path) -> Results:
    import polars as pl

    document = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    about = document.get("about", {})
    plan = merged(Plan(), about["plan"]) if "plan" in about else Plan()
    results = Results(document["release"], plan=plan, about=about)
    for number in document["numbers"]:
        today = {"name": current(number["name"]), "sources": tuple(number["sources"])}
        results.add(Number(**{**number, **today}))
    for name, about in document["tables"].items():
        frame = current_frame(pl.read_parquet(folder / "tables" / f"{name}.parquet"))
        results.add(TableResult(name, frame, about["unit"], about["rank"], tuple(about["sources"]), about["method"]))
    return results
