"""Figures by id: rows, or a quantity whose lineage names the rows.

Only this room reads the tables of a pack. A figure is declared in the pack's `figures.yaml`
(`qonys.catalog.figures`); every table is a figure under its own name. What is read is noted while a recording is on
(`qonys.inputs.recording`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Mapping

import numpy as np
import polars as pl

from qonys import words
from qonys.catalog.choose import preferred
from qonys.catalog.figures import AS_ROWS, FigureSpec, figure_spec, figure_specs, rows_of
from qonys.catalog.pack import Pack
from qonys.catalog.ranks import REJECTED, SECONDARY
from qonys.catalog.sentences import said
from qonys.errors import BadInput
from qonys.inputs.recording import Reading, note
from qonys.quantities import (
    Axis,
    Flows,
    Indicator,
    Lineage,
    Population,
    Quantity,
    Rates,
    Series,
    Stock,
    TableRows,
)  # fmt: skip

AXES: Mapping[str, str] = {
    "year": "time", "year_start": "time", "period": "time", "ethnic_group": "group", "age_start": "age",
    "age_group": "age", "asylum": "destination",
}  # fmt: skip
REGIONAL = ("region", "origin", "destination")
TYPES: Mapping[str, type[Quantity]] = {
    "population": Population, "stock": Stock, "flows": Flows, "rates": Rates, "series": Series,
    "indicator": Indicator, "rows": Series,
}  # fmt: skip


def figure_name(pack: Pack, name: str, language: str) -> str:
    """Name of a figure in words: the pack's own, else the general one; its id where there are none.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> figure_name(open_pack("georgia"), "internal_od", "en")
    'moves between regions, origin by destination'

    """
    found, key = figure_specs(pack).get(name), f"figure.name.{name}"
    if found is not None and found.names:
        return found.name(language)
    return said(pack, key, language) if words.has(key, language) else name


def available(pack: Pack, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the figures that the pack does not hold: not declared, or without a row.

    `name:role` is a figure by the sources that speak in a role.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> available(open_pack("kazakhstan"), ("births", "wealth"))
    ('wealth',)
    >>> available(open_pack("kazakhstan"), ("births:model", "births:hearsay"))
    ('births:hearsay',)

    """
    return tuple(name for name in names if not _held(pack, name))


def _held(pack: Pack, written: str) -> bool:
    """Whether a figure has a row; `name:role` asks for a row of the sources that speak in a role."""
    name, _, role = written.partition(":")
    found = figure_specs(pack).get(name)
    if found is None or (role and role not in found.roles):
        return False
    frame = rows_of(pack, found)
    return bool(frame.filter(pl.col("source").is_in(found.roles[role])).height if role else frame.height)


def spec(pack: Pack, name: str) -> FigureSpec:
    """What the figure `name` means: table, rows, axes, unit, definition, roles, names."""
    return figure_spec(pack, name)


def rows(pack: Pack, name: str, role: str | None = None, source: str | None = None) -> pl.DataFrame:
    """All rows of a figure, every source: the columns of its table and `rank`.

    Parameters
    ----------
    pack
        An opened pack.
    name
        Id of a figure.
    role
        Only the sources that speak in this role.
    source
        Only this source.

    Raises
    ------
    UnknownName
        There is no such figure.
    BadInput
        The figure has no such role.

    """
    frame = _rows(pack, name, role)
    note(Reading(name, role))
    return frame if source is None else frame.filter(pl.col("source") == source)


def _rows(pack: Pack, name: str, role: str | None) -> pl.DataFrame:
    found = figure_spec(pack, name)
    frame: pl.DataFrame = pack.cached(f"figure:{name}", lambda: rows_of(pack, found)).clone()
    return frame if role is None else frame.filter(pl.col("source").is_in(sources_of_role(pack, name, role)))


def read_again(pack: Pack, reading: Reading) -> pl.DataFrame:
    """The rows that a recorded reading returned; columns as for `rows` or `chosen`."""
    return (chosen if reading.chosen else rows)(pack, reading.figure, reading.role)


def sources_of(pack: Pack, names: Iterable[str]) -> tuple[str, ...]:
    """Ids of all sources that state the figures, in the order of the alphabet."""
    found = set[str]()
    for name in names:
        found |= {str(source) for source in _rows(pack, name, None)["source"].unique()}
        note(Reading(name, named=True))
    return tuple(sorted(found))


def secondary_sources(pack: Pack) -> frozenset[str]:
    """Ids of the sources that only quote figures: those of rows whose status is secondary, in any table."""

    def make() -> frozenset[str]:
        quoted = pl.col("rank") == SECONDARY
        frames = (pack.table(name) for name in pack.tables())
        found = (frame.filter(quoted)["source"].unique() for frame in frames if "source" in frame.columns)
        return frozenset(str(source) for sources in found for source in sources)

    return pack.cached("secondary sources", make)


def sources_of_role(pack: Pack, name: str, role: str) -> tuple[str, ...]:
    """Ids of the sources that state a figure in a role, the preferred first.

    Raises
    ------
    BadInput
        The figure has no such role.

    """
    roles = figure_spec(pack, name).roles
    if role not in roles:
        raise BadInput("inputs.role", figure=name, role=role, known=", ".join(roles) or "–")
    return roles[role]


def chosen(pack: Pack, name: str, role: str | None = None) -> pl.DataFrame:
    """One row for each place on the figure's axes, by the pack's written order of sources, sorted by the axes.

    With a role: the first source of the role's list that states the place. See `qonys.catalog.choose.preferred`
    for the columns `alternatives` and `chosen_by`.
    """
    frame = _rows(pack, name, role)
    note(Reading(name, role, chosen=True))
    return choose(pack, name, frame, role)


def choose(pack: Pack, name: str, frame: pl.DataFrame, role: str | None = None) -> pl.DataFrame:
    """`chosen` restricted to some rows of the figure, `frame`; columns as for `chosen`."""
    found = figure_spec(pack, name)
    axes = list(found.axes)
    if role is None:
        return preferred(frame, pack.preferences(), found.prefer or name, axes).sort(axes)
    order = pl.DataFrame(
        [(name, place, source, None, None) for place, source in enumerate(sources_of_role(pack, name, role), 1)],
        schema={"series": pl.String, "place": pl.Int64, "source": pl.String, "from_year": pl.Int64,
                "to_year": pl.Int64},
        orient="row",
    )  # fmt: skip
    return preferred(frame, order, name, axes).sort(axes)


def lineage(pack: Pack, name: str, frame: pl.DataFrame, method: str = "catalog") -> Lineage:
    """Lineage of a result computed from `frame`, rows of the figure `name` with columns source, status and rank."""
    found = figure_spec(pack, name)
    named = pack.resources_of(found.table)[0].statement_key()
    keys = [column for column in named if column in frame.columns and column != "unit"]
    rank = frame["rank"].max() if frame.height else 1
    kept = TableRows(found.table, frame.select(*keys, "source", "status"))
    return Lineage(tuple(frame["source"].unique().sort()), int(rank) if isinstance(rank, int) else 1, method, (kept,))


def figure(pack: Pack, name: str, role: str | None = None) -> Quantity:
    """A figure as a quantity: preferred sources, or those of a role.

    Every combination of the labels met on the axes must be there: nothing is filled.

    Raises
    ------
    UnknownName
        There is no such figure.
    BadInput
        The figure has no such role, no one unit, or a cell of its axes has no value.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> births = figure(open_pack("kazakhstan"), "births")
    >>> births.unit, births.lineage.rows[-1].key
    ('persons', (('year', 2024), ('indicator', 'births')))

    """
    return _quantity(pack, name, chosen(pack, name, role).drop_nulls("value"))


def rival_figures(pack: Pack, name: str) -> dict[str, Quantity]:
    """The same figure by every source that states it, side by side; nothing is chosen, rejected rows left out."""
    frame = rows(pack, name).filter(pl.col("rank") != REJECTED).drop_nulls("value")
    return {
        str(source): _quantity(pack, name, frame.filter(pl.col("source") == source))
        for source in frame["source"].unique().sort()
    }


def digest(pack: Pack, name: str) -> str:
    """Hash of a figure's declaration and of all its rows: what a result that read the figure depends on."""
    found = figure_spec(pack, name)

    def make() -> str:
        text = rows_of(pack, found).write_csv().encode()
        return hashlib.sha256(repr(found).encode() + text).hexdigest()

    return pack.cached(f"figure digest:{name}", make)


def _quantity(pack: Pack, name: str, frame: pl.DataFrame) -> Quantity:
    found = figure_spec(pack, name)
    unit = _unit(found, frame)
    axes = tuple(Axis(AXES.get(column, column), tuple(frame[column].unique().sort())) for column in found.axes)
    places = {
        column: {label: i for i, label in enumerate(axis.labels)}
        for column, axis in zip(found.axes, axes, strict=True)
    }
    values = np.full(tuple(axis.size for axis in axes), np.nan)
    for row in frame.iter_rows(named=True):
        values[tuple(places[column][row[column]] for column in found.axes)] = row["value"]
    if np.isnan(values).any():
        first = np.argwhere(np.isnan(values))[0]
        labels: list[Hashable] = [axis.labels[i] for axis, i in zip(axes, first, strict=True)]
        where = ", ".join(f"{column}={label}" for column, label in zip(found.axes, labels, strict=True))
        raise BadInput("inputs.no_cell", figure=name, where=where)
    regional = "vintage" in frame.columns and set(REGIONAL) & set(found.axes)
    vintages = frame["vintage"].unique().to_list() if regional else []
    if len(vintages) > 1:
        raise BadInput("inputs.vintages", figure=name, vintages=", ".join(map(str, vintages)))
    return TYPES[found.kind](
        values, axes, unit, found.definition, vintage=vintages[0] if vintages else None,
        lineage=lineage(pack, name, frame),
    )  # fmt: skip


def _unit(found: FigureSpec, frame: pl.DataFrame) -> str:
    if found.unit != AS_ROWS:
        return found.unit
    units = frame["unit"].unique().to_list() if "unit" in frame.columns else []
    if len(units) != 1:
        raise BadInput("inputs.units", figure=found.id, units=", ".join(map(str, units)) or "–")
    return str(units[0])
