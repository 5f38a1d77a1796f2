"""Figures of a pack by year, or by year and region, in which the effect of an act can be sought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.catalog.figures import AS_ROWS, FigureSpec, figure_specs
from qonys.catalog.pack import nearest
from qonys.errors import BadInput, UnknownName
from qonys.explanation.evaluation.interrupted import AFTER, BEFORE
from qonys.explanation.evaluation.synthetic import BEFORE as APART
from qonys.law.names import known_as, plain

REGION, BOUNDARIES = "region", "vintage"
# years that an interrupted series needs before the act and from it on, and a region beside others before it
NEEDED: Mapping[str, int] = {"before": BEFORE, "after": AFTER, "apart": APART}


@dataclass(frozen=True)
class Outcome:
    """A figure with its unbroken years: `frame` has time, value and, of a regional figure, region.

    `boundaries`: the name of those of the regions; none of a national figure.
    """

    id: str
    name: str
    unit: str
    frame: pl.DataFrame
    boundaries: str | None

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last year."""
        return int(self.frame["time"].min()), int(self.frame["time"].max())  # type: ignore[arg-type]

    @property
    def regions(self) -> int:
        """How many regions; 0 of a national figure."""
        return self.frame[REGION].n_unique() if REGION in self.frame.columns else 0


def outcome(pack: Pack, name: str, language: str) -> Outcome:
    """The figure `name` in the preferred source of each year, regions within one set of boundaries.

    Raises
    ------
    BadInput
        There is no such figure by year, or by year and region.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> found = outcome(open_pack("kazakhstan"), "physicians", "en")
    >>> found.name, found.years, found.regions
    ('Physicians per 1,000', (1990, 2023), 0)

    """
    known = _yearly(pack)
    same = known_as(name, known)
    if same is None:
        raise BadInput("law.effect.outcome", outcome=plain(name), near=nearest(plain(name), tuple(known)))
    spec, name = known[same], same
    frame, boundaries = _longest(pack, spec) if REGION in spec.axes else (_chosen(pack, spec), None)
    drawn = boundaries and _boundaries(pack, boundaries, language)
    return Outcome(name, inputs.figure_name(pack, name, language), _unit(pack, spec), frame, drawn)


def outcomes(pack: Pack, language: str) -> tuple[Outcome, ...]:
    """All such figures with at least one value, those with most years first."""
    found = [one for one in (outcome(pack, name, language) for name in known_outcomes(pack)) if one.frame.height]
    return tuple(sorted(found, key=lambda one: (one.years[0] - one.years[1], one.id)))


def long_enough(one: Outcome, first: int) -> bool:
    """Whether a figure has the years that a method needs before the year `first` and from it on."""
    begun, last = one.years
    return first - begun >= (APART if one.regions else BEFORE) and last - first + 1 >= AFTER


def outcomes_frame(found: Iterable[Outcome]) -> pl.DataFrame:
    """Figures as a table: figure, name, unit, first and last year, regions (empty of the whole country)."""
    rows = [(one.id, one.name, one.unit, *one.years, one.regions or None) for one in found]
    schema = {"figure": pl.String, "name": pl.String, "unit": pl.String, "year_start": pl.Int64, "year_end": pl.Int64,
              "regions": pl.Int64}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def known_outcomes(pack: Pack) -> tuple[str, ...]:
    """Ids of all figures by year, or by year and region, that have a row."""
    return tuple(name for name in _yearly(pack) if not inputs.available(pack, (name,)))


def _yearly(pack: Pack) -> Mapping[str, FigureSpec]:
    return {name: spec for name, spec in figure_specs(pack).items() if set(spec.axes) in ({"year"}, {"year", REGION})}


def _boundaries(pack: Pack, code: str, language: str) -> str:
    try:
        return pack.label(BOUNDARIES, code, language)
    except UnknownName:
        return code


def _unit(pack: Pack, spec: FigureSpec) -> str:
    """The unit of a figure, that of its rows where they have one; empty where they have several."""
    if spec.unit != AS_ROWS:
        return spec.unit
    found = inputs.rows(pack, spec.id)["unit"].unique()
    return str(found[0]) if len(found) == 1 else ""


def _chosen(pack: Pack, spec: FigureSpec, rows: pl.DataFrame | None = None) -> pl.DataFrame:
    found = inputs.chosen(pack, spec.id) if rows is None else inputs.choose(pack, spec.id, rows)
    known = found.filter(pl.col("value").is_not_null())
    return _unbroken(known.select(*([REGION] if REGION in spec.axes else []), time="year", value="value"))


def _longest(pack: Pack, spec: FigureSpec) -> tuple[pl.DataFrame, str | None]:
    """The boundaries with most unbroken years, the newest of equals: a region is never joined across boundaries.

    The country itself is no region beside others.
    """
    rows = inputs.rows(pack, spec.id).filter(pl.col(REGION) != pack.whole)
    if BOUNDARIES not in rows.columns:
        return _chosen(pack, spec, rows), None
    found = [(_chosen(pack, spec, part), str(name)) for (name,), part in rows.group_by(BOUNDARIES)]
    return max(found, key=lambda one: (one[0]["time"].n_unique(), one[0]["time"].max() or 0, one[1]))


def _unbroken(frame: pl.DataFrame) -> pl.DataFrame:
    """The newest years that follow each other in all regions that have the last of them."""
    if not frame.height:
        return frame
    last = int(frame["time"].max())  # type: ignore[arg-type]
    if REGION in frame.columns:
        frame = frame.filter(pl.col(REGION).is_in(frame.filter(pl.col("time") == last)[REGION].implode()))
        count = frame[REGION].n_unique()
        whole = frame.group_by("time").len().filter(pl.col("len") == count)["time"]
    else:
        whole = frame["time"]
    years, first = set(whole.to_list()), last
    while first - 1 in years:
        first -= 1
    return frame.filter(pl.col("time").is_between(first, last))
