"""A sound table for every command that reads one, and what its columns are."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace

PLACES = ("Abai-1", "Astana", "Shymkent")
PAIRS = [(a, b) for a in PLACES for b in PLACES if a != b]
ALL = [(a, b) for a in PLACES for b in PLACES]
LABELS = frozenset({"origin", "destination", "region", "group", "birthplace", "residence"})
COUNTS = frozenset({"value", "population", "arrivals", "departures"})


@dataclass(frozen=True)
class Table:
    """Header and rows of texts."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @staticmethod
    def of(header: str, *rows: tuple[object, ...]) -> Table:
        """A table whose cells are written as Python writes them."""
        return Table(tuple(header.split(",")), tuple(tuple(map(str, row)) for row in rows))

    def with_column(self, name: str, *cells: str) -> Table:
        """The table with one more column, once for each cell."""
        rows = tuple((*row, cell) for cell in cells for row in self.rows)
        return Table((*self.header, name), rows)

    def mapped(self, change, columns=COUNTS) -> Table:
        """The table with the cells of some columns changed."""
        places = {i for i, name in enumerate(self.header) if name in columns}
        return replace(self, rows=tuple(tuple(change(c) if i in places else c for i, c in enumerate(r)) for r in self.rows))

    def with_cell(self, row: int, column: str, text: str) -> Table:
        """The table with one cell changed."""
        place = self.header.index(column)
        rows = [list(cells) for cells in self.rows]
        rows[row][place] = text
        return replace(self, rows=tuple(map(tuple, rows)))

    def text(self, sign: str = ",") -> str:
        """The table as text."""
        return "".join(sign.join(row) + "\n" for row in (self.header, *self.rows))

    @property
    def places(self) -> list[str]:
        """Columns of places or groups."""
        return [name for name in self.header if name in LABELS]

    @property
    def count(self) -> str:
        """The first column of counts."""
        return next(name for name in self.header if name in COUNTS)


FLOWS = Table.of("origin,destination,value", *((a, b, 1005.25 + 7 * n * n) for n, (a, b) in enumerate(PAIRS)))
ARRIVED = Table.of("region,arrivals,departures", *((a, 1000 + n * n, 1102.5 - n) for n, a in enumerate(PLACES)))
STOCKS = Table.of("time,birthplace,residence,value",
                  *((t, a, b, 1001.5 + n * n + (t - 2000) * (a == b)) for t in (2000, 2005) for n, (a, b) in enumerate(ALL)))  # fmt: skip
RATES = Table.of("age_start,value", *((x, round(0.01 + 0.02 * (20 <= x < 35) + 0.0003 * x, 4)) for x in range(0, 80, 5)))
COUNTED = Table.of("region,time,age_start,population",
                   *((r, t, x, 1600.5 + 9 * n * x - 10 * x - t + 2000) for n, r in enumerate(PLACES) for t in (2000, 2005) for x in range(0, 40, 5)))  # fmt: skip
SERIES = Table.of("time,value", *((y, 1005.25 if y < 2008 else 2004 + y % 3) for y in range(1995, 2021)))
GRAVITY = Table.of("origin,destination,value,dist", *((a, b, 1009.5 + 5 * n * n, 100 * n + 90) for n, (a, b) in enumerate(PAIRS)))
GROUPS = Table.of("region,group,value", *((a, g, 1010 + 3 * n * n + n // 3) for n, (a, g) in enumerate((a, g) for a in PLACES for g in "xyz")))

COMMANDS: dict[str, Table] = {
    "indicators --draws 0": FLOWS,
    "indicators --totals --draws 0": ARRIVED,
    "flows components": FLOWS,
    "flows estimate": STOCKS,
    "flows split": STOCKS,
    "flows balance --net net.csv": FLOWS,
    "flows residual --draws 40": COUNTED,
    "schedule fit --sizes 7": RATES,
    "breaks": SERIES,
    "factors --log dist": GRAVITY,
    "segregation --draws 0": GROUPS,
}
BESIDE = {"net.csv": Table.of("region,value", *zip(PLACES, (5, -2, -3), strict=True))}


def numbers(out: str) -> list[list[object]]:
    """The cells of a printed table, numbers to seven places."""
    return [[_number(cell) for cell in row] for row in csv.reader(io.StringIO(out))]


def _number(cell: str) -> object:
    try:
        return round(float(cell), 7)
    except ValueError:
        return cell
