"""Identities of a register: each set of number, names and birth that records give, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow.parquet as pq
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.registers.folding import folded
from qonys.registers.linkage.model import ID, Field, Plan
from qonys.registers.store import Register

if TYPE_CHECKING:
    import duckdb

NAMES = ("surname", "name", "patronymic")
GIVEN = (*NAMES, "birth")  # sex is told by names already: as a field of its own it would count twice
FEWEST = 3  # fields without which persons cannot be told apart
PARTS = {"birth_year": "birth[1:4]", "birth_day": "birth[6:10]"}  # a slip of the hand leaves one of them as it was
SETS = (
    ("surname", "birth"), ("name", "birth"), ("patronymic", "birth"), ("surname", "name", "birth_year"),
    ("surname", "name", "birth_day"), ("surname", "patronymic", "birth_year"), ("name", "patronymic", "birth_year"),
)  # fmt: skip
WITHOUT_BIRTH = (("surname", "name"), ("surname", "patronymic"), ("name", "patronymic"))


@dataclass(frozen=True)
class Identities:
    """Distinct identities: `frame` has identity, person (number, may be empty) and the fields of `plan`.

    `of` (records,): the identity of each record of the register, in its order.
    """

    frame: pl.DataFrame
    plan: Plan
    of: NDArray[np.int64]


def identities(register: Register, connection: duckdb.DuckDBPyConnection) -> Identities:
    """The identities of a register; names are compared in one spelling, dates as texts.

    Raises
    ------
    BadInput
        The register has too few fields that tell persons apart.

    """
    given = _given(register)
    if len(given) < FEWEST:
        raise BadInput("linkage.few_fields", name=register.name, found=", ".join(given) or "–", known=", ".join(GIVEN))
    _stage(register, connection, given)
    columns = ", ".join(("person", *given))
    connection.execute(
        f"CREATE OR REPLACE TABLE who AS SELECT (row_number() OVER (ORDER BY {columns}) - 1)::BIGINT AS {ID}, "
        f"{columns} "
        f"FROM (SELECT DISTINCT {columns} FROM told)"
    )
    same = " AND ".join(f"t.{name} IS NOT DISTINCT FROM w.{name}" for name in ("person", *given))
    query = f"SELECT w.{ID} AS i FROM told t JOIN who w ON {same} ORDER BY t.place"
    of = connection.execute(query).fetchnumpy()["i"]
    parts = ", ".join(f"{text} AS {name}" for name, text in PARTS.items()) if "birth" in given else "NULL AS birth_year"
    frame = pl.from_arrow(connection.sql(f"SELECT *, {parts} FROM who ORDER BY {ID}").to_arrow_table())
    assert isinstance(frame, pl.DataFrame)
    return Identities(frame, plan_of(given), np.asarray(of, dtype=np.int64))


def _given(register: Register) -> list[str]:
    file = pq.ParquetFile(register.path)
    empty = dict.fromkeys(GIVEN, 0)
    for at in range(file.metadata.num_row_groups):
        for name in GIVEN:
            column = file.schema_arrow.get_field_index(name)
            counted = file.metadata.row_group(at).column(column).statistics
            empty[name] += counted.null_count if counted is not None else 0
    return [name for name in GIVEN if empty[name] < file.metadata.num_rows]


def _stage(register: Register, connection: duckdb.DuckDBPyConnection, given: list[str]) -> None:
    """Table `told`: place of the record, person, and its fields as they are compared."""
    source = f"read_parquet('{str(register.path).replace(chr(39), chr(39) * 2)}', file_row_number = true)"
    named = [name for name in NAMES if name in given]
    for name in named:
        texts = [
            row[0]
            for row in connection.execute(f"SELECT DISTINCT {name} FROM {source} WHERE {name} IS NOT NULL").fetchall()
        ]
        spelling = pl.DataFrame({"written": texts, "read": [folded(text) or None for text in texts]})
        connection.register(f"spelling_{name}", spelling.to_arrow())
    joins = " ".join(f"LEFT JOIN spelling_{name} {name}_s ON r.{name} = {name}_s.written" for name in named)
    parts = [f"{name}_s.read AS {name}" if name in named else f"r.{name}::VARCHAR AS {name}" for name in given]
    connection.execute(
        f"CREATE OR REPLACE TABLE told AS SELECT r.file_row_number AS place, r.person, {', '.join(parts)} "
        f"FROM {source} r {joins}"
    )


def plan_of(given: list[str]) -> Plan:
    """What is compared, of the fields that a register has.

    Examples
    --------
    >>> plan_of(["surname", "name", "birth"]).blocks
    (('surname', 'birth'), ('name', 'birth'), ('surname', 'name', 'birth_year'), ('surname', 'name', 'birth_day'))

    """
    fields = tuple(Field(name, "date" if name == "birth" else "name", name in NAMES) for name in given)
    there = {*given, *PARTS} if "birth" in given else set(given)
    sets = tuple(one for one in (SETS if "birth" in given else WITHOUT_BIRTH) if set(one) <= there)
    training: list[tuple[str, ...]] = [("birth",)] if "birth" in given else []
    training += [tuple(name for name in given if name != "birth")[:2]]
    return Plan(fields, sets or (tuple(given[:1]),), (tuple(given),), tuple(training))
