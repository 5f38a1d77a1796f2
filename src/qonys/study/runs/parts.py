"""What the results of a chapter rest on, part by part: what was read in each part, and which rows answer to a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qonys import inputs
from qonys.inputs import Reading
from qonys.inputs.boundaries import region_lineage

if TYPE_CHECKING:
    import polars as pl

    from qonys.catalog import Pack

PERIOD, CLOSED, YEAR_ON = "start..end", "start...end", "year.."
SPANS: Mapping[str, tuple[str, ...]] = {PERIOD: ("start", "end"), CLOSED: ("start", "end"), YEAR_ON: ("year",)}
"""Spans of years: events of [start, end) with counts at both ends; the same with the events of the last year; the year
with counts at its start and at its end. `year` alone is the year itself."""
STOCKS = ("population", "stock")
REGION = "region"


@dataclass
class Part:
    """Results that were made together: `figures` as they were read, `results` that were read, names that it `gives`.

    `keys`, `entire`, `at`: see `Results.part`.
    """

    keys: tuple[str, ...] = ()
    entire: tuple[str, ...] = ()
    at: dict[str, Any] = field(default_factory=dict)
    figures: set[Reading] = field(default_factory=set)
    results: set[str] = field(default_factory=set)
    gives: list[str] = field(default_factory=list)

    def take(self, other: Part) -> None:
        """What was read in another part is read here too."""
        self.figures |= other.figures
        self.results |= other.results

    def document(self) -> dict[str, Any]:
        """The part as plain values."""
        return {
            "keys": list(self.keys), "entire": list(self.entire), "at": self.at,
            "figures": sorted(one.text for one in self.figures if not one.named), "results": sorted(self.results),
            "gives": list(self.gives),
        }  # fmt: skip

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Part:
        """A part of what `document` gave."""
        figures = {Reading.of(text) for text in document["figures"]}
        sides = (tuple(document["keys"]), tuple(document["entire"]), dict(document["at"]))
        return cls(*sides, figures, set(document["results"]), list(document["gives"]))

    def columns(self) -> tuple[str, ...]:
        """Columns that name a row of the part's tables."""
        return tuple(dict.fromkeys(name for key in self.keys for name in SPANS.get(key, (key,))))

    def figure_rows(self, pack: Pack, figure: str, at: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """Rows of a figure that the part read; `at`: only those that answer to these values of its keys."""
        import polars as pl

        frames = [inputs.read_again(pack, one) for one in sorted(self.figures, key=str) if one.figure == figure]
        shared = [name for name in frames[0].columns if all(name in frame.columns for frame in frames)]
        frame = pl.concat([one.select(shared) for one in frames]).unique(maintain_order=True)
        values = self.at if at is None else at
        if figure in self.entire or not values:
            return frame
        stock = inputs.spec(pack, figure).kind in STOCKS
        for key in self.keys:
            mask = _mask(pack, frame, key, values, stock)
            frame = frame if mask is None else frame.filter(mask)
        return frame


def _mask(pack: Pack, frame: pl.DataFrame, key: str, values: Mapping[str, Any], stock: bool) -> pl.Expr | None:
    """Rows that answer to a key; None where the figure has no column of it, or the value is not known."""
    import polars as pl

    named = SPANS.get(key, (key,))
    if any(values.get(name) is None for name in named):
        return None
    if key in SPANS or key == "year":
        first = int(values[named[0]])
        last = first + (key == YEAR_ON) if len(named) == 1 else int(values[named[1]])
        return _years(frame, first, last, key, stock)
    if key not in frame.columns:
        return None
    if key == REGION:
        return pl.col(key).is_in(_same_place(pack, str(values[key])))
    return pl.col(key).cast(pl.String) == str(values[key])


def _years(frame: pl.DataFrame, first: int, last: int, key: str, stock: bool) -> pl.Expr | None:
    """Rows of the years of a span, or of the year `first` where it is alone."""
    import polars as pl

    if {"year_start", "year_end"} <= set(frame.columns):
        return (pl.col("year_start") < max(last, first + 1)) & (pl.col("year_end") > first)
    columns = [name for name in ("year", "period", "start") if name in frame.columns]
    if not columns:
        return None
    year = pl.coalesce(pl.col(columns).cast(pl.String).str.slice(0, 4).cast(pl.Int64, strict=False))
    if stock and key != "year":
        return year.is_in([first, last])
    return year.is_between(first, last if key in (CLOSED, "year") else last - 1)


def _same_place(pack: Pack, region: str) -> list[str]:
    """Codes of a region, and of regions of other boundaries that lie in it."""
    names = pack.vintages().sort("order")["vintage"].to_list()
    lineage, found = region_lineage(pack), {region}
    for target, vintage in ((a, b) for i, a in enumerate(names) for b in names[i + 1 :]):
        found |= {one for one, whole in lineage.mapping(vintage, target).items() if whole == region}
    return sorted(found)
