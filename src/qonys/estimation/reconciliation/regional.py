"""Accounts of the regions of a country, draw by draw in agreement with the national accounts.

Unknowns are each region's population at the start, and its net internal and net external migration of
every year. Internal migration sums to zero over regions, external migration and populations sum to the
national draw of the same number, and P(t+1) = P(t) + B - D + internal + external holds to the person.
Registered balances miss the same number of persons in a region every year between two counts
(coverage of the register); counts and, through them, the national accounts tell how many. The
national draws are taken as they are: regions do not speak back to them (a cut; Plummer 2015,
Statistics and Computing 25:37).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from qonys.errors import BadInput
from qonys.estimation.reconciliation.national import Reconciled
from qonys.estimation.tables import clean_rows, grid, named, need_columns
from qonys.kernels.regression.normal_draws import Banding
from qonys.kernels.regression.pooling import Draws, Group, Statements, round_to_total, sample

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
LIMITS = (0.025, 0.5, 0.975)
UNIT, TIGHT = 1000.0, 1e-2
THIN = 2  # sweeps for a draw: some balances mix slowly
COUNT, BALANCE, INTERNAL, MISSED, IDENTITY = range(5)


@dataclass(frozen=True)
class RegionalStatements:
    """What is known of the regions, tidy, in one boundary vintage; events are persons of a calendar year.

    `counts`: year, region, value, sd: populations of a census or a recount, 1 January. `balance`: year,
    region, value: registered net migration, all flows (or the residual of two yearly estimates).
    `internal`: year, region, value: arrivals less departures within the country. `natural`: year, region,
    births, deaths, every year and region.
    """

    counts: pl.DataFrame
    balance: pl.DataFrame
    internal: pl.DataFrame
    natural: pl.DataFrame
    transfers: pl.DataFrame | None = None


@dataclass(frozen=True)
class RegionalGuesses:
    """Prior guesses per 1,000 residents a year; `count` as a share of the region.

    `balance`, `internal`: errors of one registered figure; `missed`: persons a register misses each year;
    `change`: true change of internal or external net migration from year to year; `transfer`: persons
    given away by a change of boundary; `weight`: how many statements each learned guess is worth. `balance`
    is not learned: one figure a year cannot tell its error from true change; single figures may be far off (t, 4).
    """

    balance: float = 1.0
    internal: float = 1.0
    missed: float = 3.0
    change: float = 3.0
    transfer: float = 100.0
    weight: float = 6.0


@dataclass(frozen=True, kw_only=True)
class RegionalReconciled:
    """Posterior draws of regional accounts, whole persons.

    `population` (draws, T + 1, R); `natural`, `internal`, `external`, `reclassified` (by changes of
    boundary; draws, T, R). `missed`: tidy, region, start, end, low, median, high: persons a year by which
    the register overstates net migration.
    """

    years: tuple[int, ...]
    regions: tuple[str, ...]
    population: Whole
    natural: Whole
    internal: Whole
    external: Whole
    reclassified: Whole
    missed: pl.DataFrame
    rhat: float

    def table(self) -> pl.DataFrame:
        """Posterior by year and region: quantity, year, region, low, median, high, persons."""
        years = (*self.years, self.years[-1] + 1)
        quantities = {
            "population": self.population,
            "internal_net": self.internal,
            "external_net": self.external,
            "net_migration": self.internal + self.external,
            "reclassified": self.reclassified,
        }
        return pl.concat([_quantiles(d, years[: d.shape[1]], self.regions, q) for q, d in quantities.items()])

    def period(self, quantity: str, start: int, end: int) -> pl.DataFrame:
        """Sum of `internal`, `external`, `natural` or `reclassified` over [start, end) by region, persons.

        Columns: region, low, median, high (95 %).
        """
        first = self.years.index(start)
        total = getattr(self, quantity)[:, first : first + end - start].sum(axis=1)
        low, middle, high = np.quantile(total, LIMITS, axis=0)
        return pl.DataFrame({"region": list(self.regions), "low": low, "median": middle, "high": high})

    def residual(self, national: Reconciled) -> int:
        """Greatest failure of any account over all draws, persons (0 by construction)."""
        own = np.diff(self.population, axis=1) - (self.natural + self.internal + self.external + self.reclassified)
        first = national.years.index(self.years[0])
        whole = national.population[:, first : first + len(self.years) + 1] - self.population.sum(axis=2)
        return int(max(np.abs(own).max(), np.abs(whole).max(), np.abs(self.internal.sum(axis=2)).max()))


def reconcile_regions(
    statements: RegionalStatements,
    national: Reconciled,
    span: tuple[int, int],
    seed: int = 1,
    guesses: RegionalGuesses | None = None,
) -> RegionalReconciled:
    """Regional accounts of the years [span[0], span[1]), one draw for each national draw.

    Raises
    ------
    BadInput
        Missing regions or years of births, deaths or the first count; years outside the national
        accounts; repeated or empty cells.

    """
    model = _Model(statements, national, span, guesses or RegionalGuesses())
    draws = national.net.shape[0]
    values_of = lambda sweep: model.values(sweep // THIN % draws)  # noqa: E731
    found = sample(model.statements(), THIN * draws, seed, warm_up=400, values_of=values_of, banding=model.banding())
    return model.result(replace(found, unknowns=found.unknowns[THIN - 1 :: THIN]))


class _Model:
    """Rows of the linear model, in thousands of persons; columns: start, internal, external, missed."""

    def __init__(
        self, known: RegionalStatements, national: Reconciled, span: tuple[int, int], guesses: RegionalGuesses
    ) -> None:
        self.first, self.last = span
        self.guesses, self.national = guesses, national
        if self.first not in national.years or self.last - 1 not in national.years:
            raise BadInput("estimation.outside_national", first=self.first, last=self.last - 1)
        self.years = tuple(range(*span))
        need_columns(known.natural, ["year", "region", "births", "deaths"], "natural")
        self.regions = tuple(sorted(known.natural["region"].unique()))
        self.offset = national.years.index(self.first)
        axes = [("year", self.years), ("region", self.regions)]
        inside = known.natural.filter(pl.col("year").is_between(self.first, self.last - 1))
        births, deaths = (
            grid(clean_rows(inside, ["year", "region"], event, event), axes, event, value=event)[0]
            for event in ("births", "deaths")
        )
        self.events = births + deaths
        self.natural = births - deaths
        self.known = known
        self.counted = self._counted()
        self.eras = [year for year in sorted(set(known.counts["year"])) if year < self.last]
        self.places = len(self.regions)
        self.length = len(self.years)
        self.transfers = self._transfers()
        self.rows: list[dict[int, float]] = []
        self.fixed: list[float] = []
        self.drawn: list[tuple[str, int] | None] = []
        self.errors: list[float] = []
        self.group: list[int] = []
        self._build()

    def _counted(self) -> dict[tuple[int, str], tuple[float, float]]:
        need_columns(self.known.counts, ["year", "region", "value", "sd"], "counts")
        found = {(y, r): (v, s) for y, r, v, s in self.known.counts.select("year", "region", "value", "sd").iter_rows()}
        missing = [(self.first, region) for region in self.regions if (self.first, region) not in found]
        if missing:
            raise BadInput("estimation.missing_cells", table="counts", cells=named(missing))
        return found

    def _transfers(self) -> list[tuple[int, int, int]]:
        """(year, from, to) of changes of boundary inside the years, as places."""
        if self.known.transfers is None:
            return []
        rows = self.known.transfers.select("year", "region_from", "region_to").rows()
        for _, *ends in rows:
            unknown = [end for end in ends if end not in self.regions]
            if unknown:
                raise BadInput("estimation.unknown_label", table="transfers", label=unknown[0], axis="region")
        places = self.regions.index
        return [(y - self.first, places(a), places(b)) for y, a, b in rows if self.first <= y < self.last]

    def transferred(self, year: int, region: int) -> dict[int, float]:
        """Coefficients of the changes of boundary of one year in one region."""
        first = self.places * (1 + 2 * self.length + len(self.eras))
        cells = {}
        for number, (when, giver, taker) in enumerate(self.transfers):
            if when == year and region in (giver, taker):
                cells[first + number] = 1.0 if region == taker else -1.0
        return cells

    def start(self, region: int) -> int:
        return region

    def internal(self, year: int, region: int) -> int:
        return self.places * (1 + year) + region

    def external(self, year: int, region: int) -> int:
        return self.places * (1 + self.length + year) + region

    def missed(self, era: int, region: int) -> int:
        return self.places * (1 + 2 * self.length + era) + region

    def era(self, year: int) -> int:
        return sum(1 for start in self.eras[1:] if year >= start)

    def size(self, region: int) -> float:
        """Thousand residents at the start, the scale of a region's errors."""
        return self.counted[self.first, self.regions[region]][0] / UNIT

    def add(
        self, cells: dict[int, float], value: float, error: float, group: int, drawn: tuple[str, int] | None = None
    ) -> None:
        self.rows.append(cells)
        self.fixed.append(value)
        self.errors.append(error)
        self.group.append(group)
        self.drawn.append(drawn)

    def _build(self) -> None:
        for (year, name), (value, sd) in self.counted.items():
            if self.first <= year <= self.last:
                self._count(year, self.regions.index(name), value, sd)
        self._registered()
        for region in range(self.places):
            for era in range(len(self.eras)):
                self.add({self.missed(era, region): 1.0}, 0.0, self.size(region) / 1000, MISSED)
            for place in (self.internal, self.external):
                group = IDENTITY + 1 + region + (self.places if place == self.external else 0)
                for year in range(1, self.length):
                    cells = {place(year, region): 1.0, place(year - 1, region): -1.0}
                    self.add(cells, 0.0, self.size(region) / 1000, group)
        after = self.places * (1 + 2 * self.length + len(self.eras))
        for number, (_, giver, _) in enumerate(self.transfers):
            self.add({after + number: 1.0}, 0.0, self.size(giver) * self.guesses.transfer / 1000, IDENTITY)
        for year in range(self.length):
            self.add({self.internal(year, r): 1.0 for r in range(self.places)}, 0.0, TIGHT, IDENTITY)
            self.add({self.external(year, r): 1.0 for r in range(self.places)}, 0.0, TIGHT, IDENTITY, ("net", year))
        self.add({self.start(r): 1.0 for r in range(self.places)}, 0.0, TIGHT, IDENTITY, ("start", 0))

    def _count(self, year: int, region: int, value: float, sd: float) -> None:
        cells = {self.start(region): 1.0}
        for t in range(year - self.first):
            cells[self.internal(t, region)] = 1.0
            cells[self.external(t, region)] = 1.0
            cells |= self.transferred(t, region)
        natural = self.natural[: year - self.first, region].sum()
        self.add(cells, (value - natural) / UNIT, sd / UNIT, COUNT)

    def _registered(self) -> None:
        for table, group, name in (
            (self.known.balance, BALANCE, "balance"),
            (self.known.internal, INTERNAL, "internal"),
        ):
            plain = clean_rows(table.with_columns(pl.col("value").abs()), ["year", "region"], name)
            unknown = sorted(set(plain["region"]) - set(self.regions))
            if unknown:
                raise BadInput("estimation.unknown_label", table=name, label=unknown[0], axis="region")
            for year, place, value in table.select("year", "region", "value").iter_rows():
                if not self.first <= year < self.last:
                    continue
                t, region = year - self.first, self.regions.index(place)
                cells = {self.internal(t, region): 1.0}
                if group == BALANCE:
                    cells |= {self.external(t, region): 1.0, self.missed(self.era(year), region): 1.0}
                    cells |= self.transferred(t, region)
                self.add(cells, value / UNIT, self.size(region) / 1000, group)

    def statements(self) -> Statements:
        g = self.guesses
        groups = (
            Group("count", 1.0, np.inf),
            Group("balance", g.balance, np.inf, 4.0),
            Group("internal", g.internal, g.weight, 4.0),
            Group("missed", g.missed, g.weight),
            Group("identity", 1.0, np.inf),
            *(
                Group(f"change of {kind} in {r}", g.change, g.weight)
                for kind in ("internal", "external")
                for r in self.regions
            ),
        )
        cells = [(i, j, value) for i, row in enumerate(self.rows) for j, value in row.items()]
        i, j, value = zip(*cells, strict=True)
        width = self.places * (1 + 2 * self.length + len(self.eras)) + len(self.transfers)
        matrix = sparse.csr_array((value, (i, j)), shape=(len(self.rows), width))
        group = np.array(self.group, dtype=np.intp)
        return Statements(matrix, self.values(0), np.array(self.errors), group, groups)

    def banding(self) -> Banding:
        """The unknowns as `_total` (internal balance of all years before) and `_people` (at the start of a year).

        Both without births and deaths, so that a count is of one year. The border: what the register misses, transfers.
        """
        own = self.places * (1 + 2 * self.length)
        size = own + self.places * len(self.eras) + len(self.transfers)
        cells = {(place, place): 1.0 for place in (*range(self.places), *range(own, size))}
        for year in range(self.length):
            for region in range(self.places):
                inside, outside = self.internal(year, region), self.external(year, region)
                for row, sign in ((inside, 1.0), (outside, -1.0)):
                    cells[row, self._total(year + 1, region)] = sign
                    if year:
                        cells[row, self._total(year, region)] = -sign
                cells[outside, self._people(year + 1, region)] = 1.0
                cells[outside, self._people(year, region)] = -1.0
                cells |= {(outside, place): -share for place, share in self.transferred(year, region).items()}
        i, j = zip(*cells, strict=True)
        return Banding(sparse.csr_array((list(cells.values()), (i, j)), shape=(size, size)), size - own)

    def _total(self, year: int, region: int) -> int:
        return self.places * (2 * year - 1) + region

    def _people(self, year: int, region: int) -> int:
        return self.places * 2 * year + region

    def values(self, draw: int) -> Array:
        """Values for one national draw."""
        found = np.array(self.fixed)
        for row, drawn in enumerate(self.drawn):
            if drawn is not None:
                table = self.national.net if drawn[0] == "net" else self.national.population
                found[row] = table[draw, self.offset + drawn[1]] / UNIT
        return found

    def result(self, found: Draws) -> RegionalReconciled:
        """Whole persons: rounded to the national draw, births and deaths brought to it, closed by adding up."""
        draws, span = found.unknowns * UNIT, slice(self.offset, self.offset + self.length)
        shape = (len(draws), self.length, self.places)
        at = self.places * (1 + self.length)
        internal = round_to_total(draws[:, self.places : at].reshape(shape), np.zeros(shape[:2]))
        external = round_to_total(
            draws[:, at : at + self.places * self.length].reshape(shape), self.national.net[:, span]
        )
        growth = (self.national.births - self.national.deaths)[:, span]
        off = growth - self.natural.sum(axis=1)
        share = self.events / self.events.sum(axis=1, keepdims=True)
        natural = round_to_total(self.natural[None] + off[:, :, None] * share[None], growth)
        start = round_to_total(draws[:, : self.places], self.national.population[:, self.offset])
        moved = self._moved(draws)
        steps = np.cumsum(natural + internal + external + moved, axis=1)
        population = np.concatenate([start[:, None], start[:, None] + steps], axis=1)
        ends = [*self.eras[1:], self.last]
        missed = []
        for era, (begin, end) in enumerate(zip(self.eras, ends, strict=True)):
            low, middle, high = np.quantile(
                draws[:, self.missed(era, 0) : self.missed(era, 0) + self.places], LIMITS, axis=0
            )
            frame = pl.DataFrame({"region": list(self.regions), "low": low, "median": middle, "high": high})
            missed.append(frame.with_columns(start=pl.lit(begin), end=pl.lit(end)))
        rhat = float(found.rhat[: self.places * (1 + 2 * self.length)].max())
        return RegionalReconciled(
            years=self.years,
            regions=self.regions,
            population=population,
            natural=natural,
            internal=internal,
            external=external,
            reclassified=moved,
            missed=pl.concat(missed),
            rhat=rhat,
        )

    def _moved(self, draws: Array) -> Whole:
        moved = np.zeros((len(draws), self.length, self.places), dtype=np.int64)
        first = self.places * (1 + 2 * self.length + len(self.eras))
        for number, (year, giver, taker) in enumerate(self.transfers):
            size = np.rint(draws[:, first + number]).astype(np.int64)
            moved[:, year, giver] -= size
            moved[:, year, taker] += size
        return moved


def _quantiles(draws: Whole, years: tuple[int, ...], regions: tuple[str, ...], quantity: str) -> pl.DataFrame:
    low, middle, high = np.quantile(draws, LIMITS, axis=0)
    index = np.indices(low.shape).reshape(2, -1)
    return pl.DataFrame(
        {
            "quantity": quantity,
            "year": [years[i] for i in index[0]],
            "region": [regions[j] for j in index[1]],
            "low": low.ravel(),
            "median": middle.ravel(),
            "high": high.ravel(),
        }
    )
