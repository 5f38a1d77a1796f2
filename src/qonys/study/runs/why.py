"""Where a result comes from: figures and their rows, function, parameters, seed, versions."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qonys import inputs
from qonys.errors import UnknownName
from qonys.study.runs.code import PACKAGE, ROOT
from qonys.study.runs.parts import Part
from qonys.study.runs.results import NAMES, Number, Results, TableResult
from qonys.study.runs.rows import Row, rows_at

if TYPE_CHECKING:
    import polars as pl

    from qonys.catalog import Pack


@dataclass(frozen=True)
class FigureUse:
    """A figure that stands behind a result: its table, how many rows of the result's sources, and what they say."""

    figure: str
    table: str
    rows: int
    sources: tuple[str, ...]
    statuses: tuple[str, ...]
    years: tuple[int, int] | None


@dataclass(frozen=True)
class Explanation:
    """All that is known of a result. Results of earlier versions have no chapter, and so no figures and no plan.

    `function`: the method's full name, `place`: its file and line in the package. `part`: what was read to make the
    result; None where only its chapter is known, and `figures` and `others` are then all that the chapter read.
    `others`: results that it rests on. `row`: rows of a table that were asked for. `parameters`: the sections of the
    plan that the chapter reads.
    """

    item: Number | TableResult
    function: str
    place: str | None
    chapter: str | None
    figures: tuple[FigureUse, ...] = ()
    others: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    run: str | None = None
    release: str = ""
    part: Part | None = None
    row: Row | None = None

    @property
    def scope(self) -> str:
        """What the figures are known for: `row`, `result` or `chapter`; `none` if they are not known."""
        if self.chapter is None:
            return "none"
        if self.part is None:
            return "chapter"
        return "row" if self.row is not None and self.row.at else "result"

    def rows(self, pack: Pack, figure: str) -> pl.DataFrame:
        """Rows of a figure that the result rests on: keys, value, source, status."""
        if self.part is None:
            return rows_behind(pack, figure, self.item.sources)
        return _shown(pack, figure, self.part.figure_rows(pack, figure, self.row.at if self.row else None))

    @property
    def seeds(self) -> dict[str, int]:
        """The seeds among the parameters, by section."""
        return {name: part["seed"] for name, part in self.parameters.items() if "seed" in part}

    def document(self) -> dict[str, Any]:
        """Everything as plain values."""
        item = self.item
        value = {"value": item.value, "low": item.low, "high": item.high} if isinstance(item, Number) else {}
        return {
            "name": item.name, "kind": "number" if isinstance(item, Number) else "table", **value, "unit": item.unit,
            "rank": item.rank, "sources": list(item.sources), "function": self.function, "place": self.place,
            "chapter": self.chapter, "scope": self.scope, "row": self.row.values() if self.row else None,
            "figures": [vars(one) for one in self.figures], "results": list(self.others),
            "parameters": dict(self.parameters), "seeds": self.seeds, "versions": dict(self.versions),
            "run": self.run, "release": self.release,
        }  # fmt: skip


def named(results: Results, name: str) -> Number | TableResult:
    """A number or a table.

    Raises
    ------
    UnknownName
        There is no such result; the sentence names those like it.

    """
    if name in results.numbers:
        return results.numbers[name]
    if name in results.tables:
        return results.tables[name]
    known = (*results.numbers, *results.tables)
    near = get_close_matches(name, known, 4, 0.5) or [one for one in known if name in one][:4] or list(known)[:4]
    raise UnknownName("study.why.unknown", name=name[:80], near=", ".join(near))


def explained(pack: Pack, results: Results, address: str) -> Explanation:
    """Where the result of an address comes from: its name, or TABLE/KEY for rows of a table (`rows.rows_at`).

    Raises
    ------
    UnknownName
        There is no such result, or no such row.

    """
    name, _, key = address.partition("/")
    item = named(results, name)
    function, place = function_of(item.method)
    chapter = next((one for one, made in results.about.get("chapters", {}).items() if name in made["gives"]), None)
    made = results.about["chapters"][chapter] if chapter is not None else {}
    part = next((Part.of(one) for one in made.get("parts", ()) if name in one["gives"]), None)
    row = rows_at(item, key, part.columns() if part else ()) if key else None
    found = Explanation(item, function, place, chapter, release=results.release, part=part, row=row)
    if chapter is None:
        return found
    plan = results.about["plan"]
    read = made["figures"] if part is None else sorted({one.figure for one in part.figures})
    figures = (_use(pack, found, figure) for figure in read if _there(pack, figure))
    held = (one.partition(":") for one, digest in made["read"].items() if digest)
    others = tuple(name for kind, _, name in held if kind != NAMES)
    return replace(
        found,
        figures=tuple(one for one in figures if one.rows),
        others=others if part is None else tuple(one for one in sorted(part.results) if one != name),
        parameters={section: plan[section] for section in made.get("plan", ()) if section in plan},
        versions=results.about["versions"],
        run=results.about["run"],
    )


def _there(pack: Pack, figure: str) -> bool:
    return not inputs.available(pack, (figure,))


def function_of(method: str) -> tuple[str, str | None]:
    """Full name of the function that a method names, and its file and line; no place if there is no such function now.

    Examples
    --------
    >>> function_of("catalog.choose.preferred")[0]
    'qonys.catalog.choose.preferred'

    """
    full = f"{ROOT}.{method}"
    parts = method.split(".")
    for count in range(len(parts) - 1, 0, -1):
        try:
            found: Any = import_module(".".join((ROOT, *parts[:count])))
            for part in parts[count:]:
                found = getattr(found, part)
            file, line = inspect.getsourcefile(found), inspect.getsourcelines(found)[1]
        except (ImportError, AttributeError, TypeError, OSError):
            continue
        if file is not None:
            return full, f"{PACKAGE.name}/{_inside(file)}:{line}"
    return full, None


def _inside(file: str) -> str:
    path = Path(file).resolve()
    return path.relative_to(PACKAGE).as_posix() if path.is_relative_to(PACKAGE) else path.name


def rows_behind(pack: Pack, figure: str, sources: Sequence[str]) -> pl.DataFrame:
    """Rows of a figure by the sources of a result (all where none of them states it): keys, value, source, status."""
    import polars as pl

    frame = inputs.rows(pack, figure)
    own = frame.filter(pl.col("source").is_in(list(sources)))
    return _shown(pack, figure, own if own.height else frame)


def _shown(pack: Pack, figure: str, frame: pl.DataFrame) -> pl.DataFrame:
    keys = pack.resources_of(inputs.spec(pack, figure).table)[0].statement_key()
    shown = [name for name in dict.fromkeys((*keys, "value", "unit", "source", "status")) if name in frame.columns]
    return frame.select(shown)


def _use(pack: Pack, found: Explanation, figure: str) -> FigureUse:
    if found.part is None:
        key = f"use:{figure}:{' '.join(found.item.sources)}"
    else:
        at = found.row.at if found.row else found.part.at
        readings = sorted(one.text for one in found.part.figures if one.figure == figure)
        keys = f"{sorted(at.items())} {found.part.keys} {figure in found.part.entire}" if at else ""
        key = f"use:{readings}:{keys}"
    return pack.cached(key, lambda: _used(pack, figure, found.rows(pack, figure)))


def _used(pack: Pack, figure: str, frame: pl.DataFrame) -> FigureUse:
    column = next((name for name in ("year", "year_start") if name in frame.columns), None)
    known = None if column is None else frame[column].drop_nulls()
    years = None if known is None or known.is_empty() else (int(str(known.min())), int(str(known.max())))
    found = {name: tuple(str(one) for one in frame[name].unique().sort()) for name in ("source", "status")}
    table = inputs.spec(pack, figure).table
    return FigureUse(figure, table, frame.height, found["source"], found["status"], years)
