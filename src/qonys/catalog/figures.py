"""`figures.yaml` of a pack: the names under which the sciences ask for figures, and what each name means.

A figure is a set of rows of one table: which rows (`where`), which order of sources (`prefer`, a series of
preferences.csv), which columns are its axes, in which unit, under which definition, and which sources speak in
which role (register, census, model, quoted ...). Every table is a figure too, under its own name, with all its rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qonys.catalog.country import country_declaration
from qonys.catalog.filters import filtered, split_conditions
from qonys.catalog.pack import Pack, nearest
from qonys.catalog.reading.numbers.entries import Entry
from qonys.catalog.rules.findings import Finding
from qonys.errors import BadInput, QonysError, UnknownName

if TYPE_CHECKING:
    import polars as pl

FILE = "figures.yaml"
WHOLE, HOME, CONTRAST = "@whole", "@home", "@contrast"
AS_ROWS = "as_rows"
AS_INDICATOR = "as_indicator"
KINDS = ("population", "stock", "flows", "rates", "series", "indicator", "rows")
KEYS = ("table", "where", "prefer", "axes", "unit", "definition", "kind", "roles", "names")
NEEDED_KEYS = ("table", "axes", "unit", "definition", "names")


@dataclass(frozen=True)
class FigureSpec:
    """What one name means.

    `axes` are columns of the table. `unit` is the unit of every row, or "as_rows" where rows differ. `kind` is the
    quantity that the figure becomes ("rows": only a frame). `roles`: role -> ids of sources, the first preferred.
    """

    id: str
    table: str
    axes: tuple[str, ...]
    unit: str
    definition: str
    where: str = ""
    prefer: str | None = None
    kind: str = "rows"
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, language: str) -> str:
        """The figure's name; its id where it has none."""
        return self.names.get(language) or self.names.get("en") or self.id


def figure_specs(pack: Pack) -> Mapping[str, FigureSpec]:
    """All figures of a pack by id: those of `figures.yaml`, and every table under its own name.

    Raises
    ------
    BadInput
        The file is no YAML mapping, a figure lacks a key or has an unknown one, or names a table that is not there.

    """
    return pack.cached("figures", lambda: _read(pack))


def figure_spec(pack: Pack, name: str) -> FigureSpec:
    """The figure `name`.

    Raises
    ------
    UnknownName
        The pack has no such figure; the sentence names the nearest one.

    """
    specs = figure_specs(pack)
    if name not in specs:
        raise UnknownName("catalog.figures.unknown", figure=name, near=nearest(name, tuple(specs)))
    return specs[name]


def rows_of(pack: Pack, spec: FigureSpec) -> pl.DataFrame:
    """Rows of a figure: all sources, columns as in the table and `rank`."""
    return filtered(pack.table(spec.table), split_conditions(written_out(pack, spec.where)))


def written_out(pack: Pack, where: str) -> str:
    """Conditions with the country's own codes: of the whole country among regions (`@whole`), of the state among
    countries (`@home`), and of the group of comparison (`@contrast`).
    """
    contrast = country_declaration(pack).contrast_group if CONTRAST in where else None
    places = {WHOLE: pack.whole, HOME: pack.country.get("iso3", ""), CONTRAST: contrast or ""}
    for place, code in places.items():
        where = where.replace(place, code)
    return where


def table_and_rows(pack: Pack, name: str, where: str | None) -> tuple[str, str]:
    """Table of a figure, and the conditions that its rows and `where` meet together.

    An unknown name stays as it is: the check of references says so.
    """
    found = figure_specs(pack).get(name)
    if found is None:
        return name, where or ""
    parts = [part for part in (found.where.replace(WHOLE, pack.whole), where or "") if part]
    return found.table, ";".join(parts)


def _read(pack: Pack) -> dict[str, FigureSpec]:
    specs = {table: _of_table(pack, table) for table in pack.tables()}
    if not (pack.path / FILE).is_file():
        return specs
    document = pack.document(FILE)
    if document is None:
        return specs
    if not isinstance(document, dict):
        raise BadInput("catalog.figures.no_mapping", path=FILE)
    specs.update({name: _spec(name, given, pack) for name, given in document.items()})
    return specs


def _of_table(pack: Pack, table: str) -> FigureSpec:
    first = pack.resources_of(table)[0]
    return FigureSpec(
        table, table, first.statement_key(), AS_ROWS, first.definition or "as_published", names=first.titles
    )


def _spec(name: str, given: Any, pack: Pack) -> FigureSpec:
    if not isinstance(given, dict):
        raise BadInput("catalog.figures.no_mapping", path=f"{FILE}: {name}")
    for key in given:
        if key not in KEYS:
            raise BadInput("catalog.figures.key", path=FILE, figure=name, given=key, known=", ".join(KEYS))
    for key in NEEDED_KEYS:
        if not given.get(key) and not (key == "axes" and given.get("axes") == []):
            raise BadInput("catalog.figures.lacks", path=FILE, figure=name, given=key)
    if given["table"] not in pack.tables():
        near = nearest(str(given["table"]), pack.tables())
        raise BadInput("catalog.figures.table", path=FILE, figure=name, table=given["table"], near=near)
    if given.get("kind", "rows") not in KINDS:
        raise BadInput("catalog.figures.kind", path=FILE, figure=name, kind=given["kind"], known=", ".join(KINDS))
    entry = Entry(FILE, str(name), given)
    roles = entry.entry("roles") if "roles" in entry else Entry(FILE, str(name), {})
    return FigureSpec(
        name, entry.text("table"), entry.words("axes"), entry.text("unit"), entry.text("definition"),
        where=entry.text("where", ""), prefer=entry.text("prefer") if "prefer" in entry else None,
        kind=entry.text("kind", "rows"), roles={role: roles.words(role) for role in roles.values},
        names=entry.texts("names"),
    )  # fmt: skip


def figure_findings(pack: Pack) -> Iterator[tuple[str, int, tuple[Finding, ...]]]:
    """What is wrong with each figure of `figures.yaml`: figure, rows looked at, findings."""
    try:
        specs = figure_specs(pack)
    except QonysError as error:
        yield FILE, 0, (Finding(error.key, error.values),)
        return
    tables = set(pack.tables())
    known = {"sources": set(pack.sources()["id"]), "definitions": set(pack.definitions()["id"]),
             "series": set(pack.preferences()["series"])}  # fmt: skip
    for spec in specs.values():
        if spec.id not in tables:
            yield f"{FILE}: {spec.id}", *_look(pack, spec, known)


def _look(pack: Pack, spec: FigureSpec, known: Mapping[str, set[str]]) -> tuple[int, tuple[Finding, ...]]:
    try:
        frame = rows_of(pack, spec)
    except QonysError as error:
        return 0, (Finding(error.key, error.values),)
    found: list[Finding] = []
    if not frame.height:
        found.append(Finding("catalog.figures.empty", {"figure": spec.id, "table": spec.table, "where": spec.where}))
    for axis in spec.axes:
        if axis not in frame.columns:
            found.append(Finding("catalog.figures.axis", {"figure": spec.id, "column": axis, "table": spec.table}))
    units = sorted(frame["unit"].drop_nulls().unique()) if "unit" in frame.columns else []
    if spec.unit != AS_ROWS and not set(units) <= {spec.unit, AS_INDICATOR}:
        found.append(Finding("catalog.figures.unit", {"figure": spec.id, "unit": spec.unit, "found": ", ".join(units)}))
    if spec.definition not in known["definitions"]:
        found.append(Finding("catalog.figures.definition", {"figure": spec.id, "definition": spec.definition}))
    if spec.prefer is not None and spec.prefer not in known["series"]:
        found.append(Finding("catalog.figures.prefer", {"figure": spec.id, "series": spec.prefer}))
    for role, sources in spec.roles.items():
        for source in sources:
            if source not in known["sources"]:
                values = {"figure": spec.id, "role": role, "source": source}
                found.append(Finding("catalog.figures.source", values))
    for language in pack.languages:
        if not spec.names.get(language):
            found.append(Finding("catalog.figures.name", {"figure": spec.id, "language": language}))
    return frame.height, tuple(found)
