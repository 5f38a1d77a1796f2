"""A made-up register as a file of records, with the truth of who is who beside it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import IO, Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as pv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from qonys.catalog.drafts import draft_file
from qonys.errors import BadInput
from qonys.kernels.behaviour.hashing import hashed
from qonys.kernels.registers.drawing import World, describe, draw_moves
from qonys.registers.made_up.errors import with_errors
from qonys.registers.made_up.margins import Margins
from qonys.registers.made_up.marks import SIMULATED, YES

CHUNK, LONGEST_GAP, FIRST_NUMBER = 200_000, 30, 100_000_000_000
KINDS = (".csv", ".parquet")
Array = NDArray[Any]


@dataclass(frozen=True)
class MadeUp:
    """How a register is made up.

    `persons`: residents and those who come; `years`: first and last; `back`: chance in a year that one who left comes
    back; `returning`: chance that a mover goes to the place before; `pace`: how many times the published rates;
    `errors`: whether numbers are missing, names are mistyped, records are doubled or impossible.
    """

    persons: int
    years: tuple[int, int]
    seed: int = 1
    errors: bool = False
    returning: float = 0.15
    back: float = 0.03
    pace: float = 1.0


@dataclass(frozen=True)
class Written:
    """What was written: records, moves, the file of the truth."""

    records: int
    moves: int
    truth: Path


def write_made_up(
    path: Path, margins: Margins, how: MadeUp, tell: Callable[..., None] = lambda key, **values: None
) -> Written:
    """Write the records of made-up persons to `path` (.csv or .parquet) and the person behind each beside it.

    The same seed gives the same bits. `FILE-truth` has record and true person.

    Raises
    ------
    BadInput
        The file has another ending, or the years are the wrong way round.

    """
    if path.suffix.lower() not in KINDS:
        raise BadInput("registers.made_up.kind", path=str(path), known=", ".join(KINDS))
    if how.years[1] < how.years[0]:
        raise BadInput("registers.made_up.years", first=how.years[0], last=how.years[1])
    ready, records, moves = _ready(margins, how), 0, 0
    truth = path.with_name(f"{path.stem}-truth{path.suffix}")
    with ExitStack() as stack:
        out, known = (_Output(stack.enter_context(draft_file(one))) for one in (path, truth))
        for first in range(0, how.persons, CHUNK):
            count = min(CHUNK, how.persons - first)
            chunk = _moves(ready, first, count)
            frame = _records(chunk, ready, margins, records + 1)
            truths = frame.select("record", "true_person")
            records, moves = records + frame.height, moves + len(chunk[0])
            frame = frame.drop("true_person")
            frame = with_errors(frame, how.seed + first) if how.errors else frame
            out.add(frame.with_columns(pl.lit(YES).alias(SIMULATED)))
            known.add(truths.with_columns(pl.lit(YES).alias(SIMULATED)))
            tell("registers.made_up.writing", persons=first + count, records=records)
        out.close()
        known.close()
    return Written(records, moves, truth)


class _Output:
    """A CSV or Parquet file that grows; its metadata say that it is simulated."""

    def __init__(self, path: Path) -> None:
        self.path, self.parquet = path, ".parquet" in path.name
        self.writer: pq.ParquetWriter | pv.CSVWriter | None = None
        self.file: IO[bytes] | None = None

    def add(self, frame: pl.DataFrame) -> None:
        """Write rows."""
        table = frame.to_arrow().cast(pa.schema([pa.field(name, _plain(kind)) for name, kind in _schema(frame)]))
        table = table.replace_schema_metadata({SIMULATED: YES})
        if self.writer is None:
            kind = pq.ParquetWriter if self.parquet else pv.CSVWriter
            self.writer = kind(str(self.path), table.schema)
        self.writer.write_table(table)

    def close(self) -> None:
        """End the file."""
        if self.writer is not None:
            self.writer.close()


def _schema(frame: pl.DataFrame) -> list[tuple[str, pa.DataType]]:
    return [(field.name, field.type) for field in frame.to_arrow().schema]


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_large_string(kind) or pa.types.is_dictionary(kind) else kind


def _ready(margins: Margins, how: MadeUp) -> World:
    """Cumulative shares and rates for the kernel."""
    regions, places = len(margins.regions), len(margins.places)
    years = np.arange(how.years[0], how.years[1] + 1)
    start = np.concatenate([margins.people, margins.comers * len(years)])
    goals = np.zeros((places, places))
    leaving = margins.leavers[None, :] * (margins.people / margins.people.sum())[:, None]
    goals[:regions, :regions], goals[:regions, regions:] = margins.moves, leaving
    goals[regions:, :regions] = margins.people[None, :]
    rates = how.pace * goals[:regions].sum(axis=1) / margins.people
    return World(
        hashed(np.uint64(how.seed), np.uint64(7)), years, regions, _cumulative(start), _cumulative(np.ones(len(years))),
        _cumulative(margins.ages.ravel()), rates, margins.schedule, np.apply_along_axis(_cumulative, 1, goals),
        how.back, how.returning,
    )  # fmt: skip


def _cumulative(weights: Array) -> Array:
    return np.asarray(np.cumsum(weights) / np.sum(weights))


def _moves(ready: World, first: int, count: int) -> tuple[Array, ...]:
    """Person, day, origin and destination of the moves of some persons."""
    room = int(count * len(ready.years) * float(ready.rates.mean()) * 1.3) + 1024
    while True:
        kinds = (np.int64, np.int32, np.int16, np.int16)
        moves = tuple(np.empty(room, dtype=kind) for kind in kinds)
        n = draw_moves(ready, first, count, moves)
        if n <= room:
            return tuple(column[:n] for column in moves)
        room = n


def _records(chunk: tuple[Array, ...], ready: World, margins: Margins, number: int) -> pl.DataFrame:
    """A departure and an arrival sheet of each move; the arrival is registered some days later."""
    person, day, origin, goal = chunk
    sex, birth = np.empty(len(person), dtype=np.int8), np.empty(len(person), dtype=np.int32)
    describe(ready, person, sex, birth)
    mixed = person.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + day.astype(np.uint64)
    late = ((mixed >> np.uint64(33)) % np.uint64(LONGEST_GAP)).astype(np.int32)
    places = pl.Series(margins.places)
    frame = pl.DataFrame(
        {
            "true_person": person, "left": day, "come": day + late, "origin": places.gather(origin),
            "destination": places.gather(goal), "birth": pl.Series(birth).cast(pl.Date),
            "sex": pl.Series(["female", "male"]).gather(sex), **_names(person, sex),
        }
    )  # fmt: skip
    sheets = [
        frame.with_columns(event=pl.lit(event), day=pl.col(name).cast(pl.Date))
        for event, name in (("departure", "left"), ("arrival", "come"))
    ]
    both = pl.concat(sheets).sort("true_person", "left", "event", descending=[False, False, True], maintain_order=True)
    both = both.with_columns(
        record=pl.int_range(number, number + both.height, dtype=pl.Int64),
        person=(pl.col("true_person") + FIRST_NUMBER).cast(pl.String),
    )
    return both.select("record", "person", "day", "event", "origin", "destination", "birth", "sex", "surname", "name",
                       "true_person")  # fmt: skip


@cache
def _parts() -> Mapping[str, list[str]]:
    return tomllib.loads(resources.files("qonys.registers.made_up").joinpath("names.toml").read_text("utf-8"))


def _names(person: Array, sex: Array) -> dict[str, pl.Series]:
    """Made-up surnames and given names; the same for all records of a person."""
    parts = _parts()
    mixed = (person.astype(np.uint64) + np.uint64(1)) * np.uint64(0xD1B54A32D192ED03)
    root = (mixed >> np.uint64(40)) % np.uint64(len(parts["roots"]))
    given = (mixed >> np.uint64(20)) % np.uint64(min(len(parts["female"]), len(parts["male"])))
    kind = (mixed >> np.uint64(60)) % np.uint64(3)
    endings = np.array([["ова", "ов"], ["ева", "ев"], ["", ""]])[kind.astype(int), sex]
    surname = pl.Series(parts["roots"]).gather(root.astype(np.int64)) + pl.Series(endings)
    table = np.array([parts["female"][:24], parts["male"][:24]])
    return {"surname": surname, "name": pl.Series(table[sex, given.astype(int) % 24])}
