"""Clean records in the order of persons, days and records; what repeats another is counted, sheets are joined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from qonys.kernels.registers.pairing import sides
from qonys.kernels.registers.repeats import KEPT, SAME_EVENT, SAME_RECORD, borne_by_one, repeats
from qonys.registers.ledger import DUPLICATES, SHOWN, Example, Ledger
from qonys.registers.staging import Tell

if TYPE_CHECKING:
    import duckdb

ROWS, MEMORY = 1_000_000, "1GB"
MOST_OF_PERSON = 1_000
SAME = 'person, day, event, origin, destination, sex, birth, age, "group"'
ORDER = 'person NULLS LAST, day, record, event, origin, destination, sex, birth, age, "group", file, row'
# texts by which offices say that there is no number
NO_NUMBER = "regexp_full_match(person, '[-–—0. ]*|(?i:n/?a|null|none|nan|нет|жоқ|б/н|unknown)')"
KEY = "(md5_number_lower(person) >> 1)::BIGINT"


@dataclass(frozen=True)
class Sorted:
    """What the pass found: records kept, persons, sheets by side, first and last day (days since 1970)."""

    rows: int
    persons: int
    sides: tuple[int, ...]
    first: int
    last: int


def connect(folder: Path, memory: str = MEMORY) -> duckdb.DuckDBPyConnection:
    """DuckDB that writes what does not fit in memory into `folder`; `memory`: its limit, such as 2GB."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order = false")
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"SET temp_directory = '{_quoted(folder / 'spill')}'")
    connection.execute(f"SET memory_limit = '{memory or MEMORY}'")
    return connection


@contextmanager
def querying(memory: str = MEMORY) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB for a query of a register; what does not fit in memory lies in a folder of this process alone."""
    with TemporaryDirectory(prefix="qonys-") as folder, connect(Path(folder), memory) as connection:
        yield connection


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def prepare(connection: duckdb.DuckDBPyConnection, clean: Path, ledger: Ledger, files: Mapping[int, str]) -> None:
    """Make the view `records` of the clean ones with keys of persons, without those whose number others have too."""
    record = "record::BIGINT" if _numbers(connection, clean) else "record"
    person = f"CASE WHEN person IS NULL OR {NO_NUMBER} THEN NULL ELSE {KEY} END"
    connection.execute(
        f"CREATE VIEW clean AS SELECT * REPLACE ({person} AS person, {record} AS record) "
        f"FROM read_parquet('{_quoted(clean)}')"
    )
    connection.execute(
        "CREATE TABLE twice AS WITH several AS (SELECT record FROM clean WHERE record IS NOT NULL GROUP BY record "
        f"HAVING count(*) > 1) SELECT record, count(DISTINCT ({SAME})) > 1 AS differ FROM clean "
        "SEMI JOIN several USING (record) GROUP BY record"
    )
    refused = "FROM clean SEMI JOIN (SELECT record FROM twice WHERE differ) USING (record)"
    count = _one(connection, f"SELECT count(*) {refused}")
    shown = connection.execute(f"SELECT file, row, record {refused} ORDER BY file, row LIMIT {SHOWN}").fetchall()
    ledger.add("conflict", count, [Example(files[file], row, str(text)) for file, row, text in shown])
    connection.execute(
        "CREATE VIEW records AS SELECT * FROM clean ANTI JOIN (SELECT record FROM twice WHERE differ) USING (record)"
    )


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    found = connection.execute(query).fetchone()
    return int(found[0]) if found is not None and found[0] is not None else 0


def _numbers(connection: duckdb.DuckDBPyConnection, clean: Path) -> bool:
    """Whether all numbers of records are whole numbers as a machine writes them."""
    query = (
        "SELECT count(*) FILTER (record IS NOT NULL AND (TRY_CAST(record AS BIGINT) IS NULL OR "
        f"TRY_CAST(record AS BIGINT)::VARCHAR <> record)) FROM read_parquet('{_quoted(clean)}')"
    )
    return _one(connection, query) == 0


def write_sorted(
    connection: duckdb.DuckDBPyConnection, final: Path, reach: int, ledger: Ledger, files: Mapping[int, str], tell: Tell
) -> Sorted:
    """Write the records of the view `records` to `final`, sorted, and tell what was found.

    `reach`: greatest difference in days between the sheets of one move.
    """
    reader = connection.sql(f"SELECT * FROM records ORDER BY {ORDER}").to_arrow_reader(ROWS)
    found = _Found(ledger, files)
    writer: pq.ParquetWriter | None = None
    try:
        for table in _whole_persons(reader):
            kept = found.without_repeats(table)
            kept = kept.append_column("side", pa.array(_sides(kept, reach)))
            if writer is None:
                writer = pq.ParquetWriter(final, kept.schema, compression="zstd", compression_level=1)
            writer.write_table(kept, row_group_size=ROWS)
            found.count(kept)
            tell("registers.writing", rows=found.rows)
    finally:
        if writer is not None:
            writer.close()
    return found.answer()


def _whole_persons(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """Tables of a stream sorted by person, each of whole persons; an empty one where there are no records."""
    rest = reader.schema.empty_table()
    for batch in reader:
        table = pa.concat_tables([rest, pa.Table.from_batches([batch])]).combine_chunks()
        cut = last_begin(column(table, "person"), column_known(table, "person"))
        if cut:
            yield table.slice(0, cut)
        rest = table.slice(cut)
    yield rest.combine_chunks()


def last_begin(person: NDArray[Any], known: NDArray[np.bool_]) -> int:
    """The row where the last person begins; records without a person need no other."""
    n = len(person)
    if n == 0 or not known[-1]:
        return n
    other = np.flatnonzero((person != person[-1]) | ~known)
    return int(other[-1]) + 1 if len(other) else 0


def column(table: pa.Table | pa.RecordBatch, name: str, empty: int = -1) -> NDArray[Any]:
    """A column as numbers, (n,); `empty` for null, dates as days since 1970."""
    found = table.column(name)
    found = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    if pa.types.is_date32(found.type):
        found = found.cast(pa.int32())
    found = pc.fill_null(found, empty) if found.null_count else found
    return np.asarray(found.to_numpy(zero_copy_only=False))


def column_known(table: pa.Table | pa.RecordBatch, name: str) -> NDArray[np.bool_]:
    """Whether a column has a value, (n,)."""
    found = table.column(name)
    found = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    return np.asarray(pc.is_valid(found).to_numpy(zero_copy_only=False))


def _keys(table: pa.Table) -> tuple[NDArray[Any], ...]:
    names = ("day", "event", "origin", "destination")
    return (column(table, "person"), column_known(table, "person"), *(column(table, name) for name in names))


def _sides(table: pa.Table, reach: int) -> NDArray[np.uint8]:
    return np.asarray(sides(*_keys(table), reach))


class _Found:
    """What is counted while sorted records go by."""

    def __init__(self, ledger: Ledger, files: Mapping[int, str]) -> None:
        self.ledger, self.files = ledger, files
        self.rows = self.persons = self.crowded = 0
        self.by_side = np.zeros(5, dtype=np.int64)
        self.first, self.last = 2**31 - 1, -(2**31)
        self.before: object = None

    def without_repeats(self, table: pa.Table) -> pa.Table:
        """The records less those that repeat another; a number of more than `MOST_OF_PERSON` records is of nobody."""
        person, known, *others = _keys(table)
        one = borne_by_one(person, known, MOST_OF_PERSON)
        self.crowded += int((known & ~one).sum())
        if not (one == known).all():
            place = table.schema.get_field_index("person")
            table = table.set_column(place, "person", pa.array(person, pa.int64(), mask=~one))
        record = table.column("record").combine_chunks()
        same = np.zeros(table.num_rows, dtype=bool)
        if table.num_rows > 1:
            equal = pc.fill_null(pc.equal(record.slice(1), record.slice(0, len(record) - 1)), False)
            same[1:] = equal.to_numpy(zero_copy_only=False)
        if table.num_rows:
            same[0] = record[0].as_py() is not None and record[0].as_py() == self.before
            self.before = record[-1].as_py()
        found = repeats(person, one, *others, same)
        for kind, code in zip(DUPLICATES, (SAME_RECORD, SAME_EVENT), strict=True):
            rows = np.flatnonzero(found == code)
            examples = [self._example(table, int(i)) for i in rows[:SHOWN]]
            self.ledger.add(kind, len(rows), examples)
        return table.filter(pa.array(found == KEPT)).combine_chunks()

    def _example(self, table: pa.Table, i: int) -> Example:
        text = table.column("record")[i].as_py()
        return Example(self.files[table.column("file")[i].as_py()], table.column("row")[i].as_py(),
                       "–" if text is None else str(text))  # fmt: skip

    def count(self, table: pa.Table) -> None:
        """Add what was kept."""
        if table.num_rows == 0:
            return
        person, known, day = column(table, "person"), column_known(table, "person"), column(table, "day")
        self.rows += table.num_rows
        self.persons += len(np.unique(person[known]))
        self.by_side += np.bincount(column(table, "side"), minlength=5)
        self.first, self.last = min(self.first, int(day.min())), max(self.last, int(day.max()))

    def answer(self) -> Sorted:
        """All of it."""
        self.ledger.kept = self.rows
        if self.crowded:
            self.ledger.notes["crowded"] = self.crowded
        return Sorted(self.rows, self.persons, tuple(self.by_side.tolist()), self.first, self.last)
