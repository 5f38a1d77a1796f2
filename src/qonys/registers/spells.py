"""Spells: every move with the stay behind it, its place in the chain of its person, and whether it makes a migrant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from qonys.catalog.drafts import draft_file
from qonys.kernels.registers.chains import BREAK, CIRCULAR, FIRST, OPEN, RETURN, STAYED, chains, statuses
from qonys.kernels.registers.days import day_number
from qonys.kernels.registers.survival import expected, hazards, staying, stays_by_day
from qonys.registers.sorting import column, column_known
from qonys.registers.standard import EPOCH
from qonys.registers.store import Register

Array = NDArray[Any]
KEYS = ("person", "day", "origin", "destination")
SLACK = 2  # days by which so many months can be longer than 365.25 / 12 of each
FEWEST = 200  # stays from which a place has a curve of its own


@dataclass(frozen=True)
class SpellChoices:
    """What makes a migrant, and what is circular.

    `months`: least stay of a migrant; `end`: the last day of the register, None: of its records; `cohorts`: years of
    arrivals that tell how long people stay; the last three are the window of circular moves (UNECE 2016).
    """

    months: int = 12
    end: date | None = None
    cohorts: int = 5
    years: int = 10
    moves: int = 3
    stay: int = 90

    def last(self, register: Register) -> int:
        """The last day, days since 1970."""
        return register.last_day if self.end is None else (self.end - EPOCH).days


@dataclass(frozen=True)
class Spells:
    """Moves of whole persons with their spells, (n,) each.

    `table`: the columns asked for; `after`: the day of the next move, or the last day and one; `flags` and `status` as
    in `kernels.registers.chains`; `weight`: 1 a migrant, 0 none, between them the chance that an
    open stay lasts; `known`: whether there is a person.
    """

    table: pa.Table
    day: Array
    after: Array
    flags: Array
    status: Array
    weight: Array
    stratum: Array
    known: Array

    @property
    def provisional(self) -> Array:
        """Whether the person is known and the stay still open, (n,)."""
        return np.asarray((self.status == OPEN) & self.known)


@dataclass(frozen=True)
class Curves:
    """How long stays last: for each stratum the chance of leaving by day, those at risk, and S(t).

    `of`: the stratum of each place of origin, (places + 1,); stratum 0 is of all places together.
    """

    of: Array
    chance: Array
    risk: Array
    staying: Array
    months: int
    end: int


def pieces(
    register: Register, choices: SpellChoices, names: Sequence[str] = ()
) -> Iterator[tuple[pa.Table, Array, Array]]:
    """Moves until the last day, with the day of the next move and the flags."""
    end, window = choices.last(register), (choices.years, choices.moves, choices.stay)
    for table in register.moves((*KEYS, *names)):
        day = column(table, "day")
        if len(day) and day.max() > end:
            table = table.filter(pa.array(day <= end)).combine_chunks()
            day = column(table, "day")
        person, known = column(table, "person"), column_known(table, "person")
        places = (column(table, name) for name in ("origin", "destination"))
        yield table, *chains(person, known, day, *places, end, window)


def curves(register: Register, choices: SpellChoices) -> Curves:
    """Kaplan-Meier curves of the stays of arrivals of the last `cohorts` years, by place of origin.

    A place with fewer than `FEWEST` such stays has the curve of all.
    """
    end, most = choices.last(register), int(choices.months * 365.25 / 12) + SLACK
    last = date.fromordinal(EPOCH.toordinal() + end)
    since = day_number(last.year - choices.cohorts, last.month, min(last.day, 28))
    count = len(register.places) + 1
    counts = np.zeros((2, count, most + 1), dtype=np.int64)
    for table, after, _ in pieces(register, choices):
        origin = column(table, "origin").astype(np.int64)
        stratum = np.where(column_known(table, "person"), np.where(origin < 0, count - 1, origin), -1)
        stays_by_day(stratum, column(table, "day"), after, end, since, counts)
    left, open_ = counts
    enough = (left + open_).sum(axis=1) >= FEWEST
    own = np.flatnonzero(enough)
    of = np.zeros(count, dtype=np.int64)
    of[own] = np.arange(1, len(own) + 1)
    left = np.concatenate([left.sum(axis=0, keepdims=True), left[own]])
    open_ = np.concatenate([open_.sum(axis=0, keepdims=True), open_[own]])
    chance, risk = hazards(left, open_)
    return Curves(of, chance, risk, staying(chance), choices.months, end)


def spells(
    register: Register, choices: SpellChoices, names: Sequence[str] = (), known: Curves | None = None
) -> Iterator[Spells]:
    """The moves of a register with their spells, in pieces of whole persons.

    `names`: further columns; `known`: how long stays last where the caller has it.

    A record without a person begins no spell: whether it makes a migrant is open, with the chance of its origin.
    """
    known = known or curves(register, choices)
    for table, after, flags in pieces(register, choices, names):
        day = column(table, "day")
        origin = column(table, "origin").astype(np.int64)
        stratum = known.of[np.where(origin < 0, len(known.of) - 1, origin)]
        status = statuses(day, after, known.end, choices.months)
        alone = ~column_known(table, "person")
        status[alone] = OPEN
        weight = (status == STAYED).astype(np.float64)
        open_ = status == OPEN
        from_day = np.where(alone, known.end, day)
        weight[open_] = expected(stratum[open_], from_day[open_], known.end, choices.months, known.staying)
        yield Spells(table, day, after, flags, status, weight, stratum, ~alone)


def spell_frame(one: Spells, register: Register) -> pl.DataFrame:
    """Spells as rows: person, day, origin, destination, days of the stay, whether it ended, place in the chain."""
    places = pl.Series([*register.places, None], dtype=pl.String)
    kind = np.where(one.flags & FIRST, 0, np.where(one.flags & RETURN, 1, np.where(one.flags == 0, 3, 2)))
    names = pl.Series(["first", "return", "onward", None], dtype=pl.String)
    return pl.DataFrame(
        {
            "person": pl.Series(column(one.table, "person")).set(pl.Series(~one.known), None),
            "day": pl.Series(one.day.astype(np.int32)).cast(pl.Date),
            "origin": places.gather(_placed(one.table, "origin", len(places))),
            "destination": places.gather(_placed(one.table, "destination", len(places))),
            "stay_days": (one.after - one.day).astype(np.int32),
            "chain": names.gather(kind), "break": (one.flags & BREAK) != 0, "circular": (one.flags & CIRCULAR) != 0,
            "status": pl.Series(["left", "open", "stayed"]).gather(one.status), "weight": one.weight,
        }
    )  # fmt: skip


def _placed(table: pa.Table, name: str, count: int) -> pl.Series:
    code = column(table, name).astype(np.int64)
    return pl.Series(np.where(code < 0, count - 1, code))


def write_spells(register: Register, choices: SpellChoices, path: Path) -> int:
    """Write all spells to a Parquet file; how many there are."""
    rows, writer = 0, None
    with draft_file(path) as draft:
        try:
            for one in spells(register, choices):
                table = spell_frame(one, register).to_arrow()
                if register.simulated:
                    table = table.replace_schema_metadata({"simulated": "yes"})
                writer = writer or pq.ParquetWriter(draft, table.schema, compression="zstd", compression_level=1)
                writer.write_table(table.cast(writer.schema))
                rows += table.num_rows
        finally:
            if writer is not None:
                writer.close()
    return rows
