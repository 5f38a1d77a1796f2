"""Files of records as batches of texts: small ones through the reading layer, large ones in a stream.

A file up to the limit of the reading layer is read by it, with all that it knows of encodings, titles and sheets.
Larger CSV and Parquet files stream; of those the first row is the header.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv
import pyarrow.parquet as pq

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.formats.encodings import decoded
from qonys.catalog.reading.formats.opening import read_whole
from qonys.catalog.reading.formats.raw import size_limit
from qonys.catalog.reading.formats.text import delimiter_of
from qonys.catalog.reading.numbers.no_value import without_na
from qonys.catalog.reading.rows import rows_where
from qonys.errors import BadInput
from qonys.registers.fields import columns_of
from qonys.words.notes import note

ROW, BATCH, HEAD = "__row__", 500_000, 1 << 20
BLOCK = 1 << 25


@dataclass(frozen=True)
class Source:
    """A file of records: its columns by field, and its rows as batches of texts with their number in the file."""

    path: Path
    columns: Mapping[str, str]
    batches: Iterator[pa.RecordBatch]


def open_source(path: Path, choices: FileChoices) -> Source:
    """A file as a source; batches have a String column for each field and `ROW`.

    Raises
    ------
    BadInput
        The file is none of records, is cut off, or cannot be read.

    """
    if not path.is_file() or path.stat().st_size <= size_limit():
        return _small(path, choices)
    with path.open("rb") as file:
        parquet = file.read(4) == b"PAR1"
    if choices.where or choices.exclude or choices.na:
        raise BadInput("registers.large_options", path=str(path))
    return _parquet(path, choices) if parquet else _text(path, choices)


def _small(path: Path, choices: FileChoices) -> Source:
    raw = read_whole(path, choices)
    rows, _ = without_na(path, rows_where(path, raw.numbered, choices.where), choices.na)
    columns = columns_of(path, [name for name in rows.columns if name != ROW], choices.mapping)
    table = rows.select(ROW, *columns.values()).to_arrow()
    return Source(path, columns, _named(table.to_batches(max_chunksize=BATCH), columns, path))


def _parquet(path: Path, choices: FileChoices) -> Source:
    try:
        file = pq.ParquetFile(path)
    except pa.ArrowException:
        raise BadInput("registers.cut", path=str(path)) from None
    columns = columns_of(path, file.schema_arrow.names, choices.mapping)
    batches = file.iter_batches(BATCH, columns=list(columns.values()))
    return Source(path, columns, _named(_numbered(batches, 1), columns, path))


def _text(path: Path, choices: FileChoices) -> Source:
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(-1, 2)
        ended = file.read(1) in b"\r\n"
    if not ended:
        note("registers.note.no_end", path=str(path))
    whole = head[: head.rfind(b"\n") + 1] or head
    encoding = choices.encoding or decoded(whole, path)[1]
    text = whole.decode(encoding)
    sign = choices.sign_between_cells or delimiter_of(text, path)
    options = {
        "read_options": pv.ReadOptions(encoding=encoding.removesuffix("-sig"), block_size=BLOCK),
        "parse_options": pv.ParseOptions(delimiter=sign, newlines_in_values=False),
    }
    try:
        names = pv.open_csv(path, **options).schema.names
        columns = columns_of(path, names, choices.mapping)
        convert = pv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), include_columns=list(columns.values()),
            strings_can_be_null=False,
        )  # fmt: skip
        reader = pv.open_csv(path, **options, convert_options=convert)
    except (pa.ArrowException, UnicodeError) as error:
        raise BadInput("registers.unreadable", path=str(path), reason=_first_line(error)) from None
    return Source(path, columns, _named(_numbered(reader, 2), columns, path))


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:200]


def _numbered(batches: Iterator[pa.RecordBatch], first: int) -> Iterator[pa.RecordBatch]:
    """Batches with the number of each row in the file, from `first` on."""
    for batch in batches:
        rows = pa.array(range(first, first + batch.num_rows), pa.int64())
        first += batch.num_rows
        yield batch.append_column(ROW, rows)


def _named(
    batches: Sequence[pa.RecordBatch] | Iterator[pa.RecordBatch], columns: Mapping[str, str], path: Path
) -> Iterator[pa.RecordBatch]:
    """Batches whose columns are texts under the names of fields."""
    try:
        for batch in batches:
            arrays = [_texts(batch.column(column)) for column in columns.values()]
            yield pa.RecordBatch.from_arrays([*arrays, batch.column(ROW)], [*columns, ROW])
    except (pa.ArrowException, UnicodeError) as error:
        raise BadInput("registers.unreadable", path=str(path), reason=_first_line(error)) from None


def _texts(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_floating(column.type):
        whole = pc.all(pc.equal(column, pc.round(column))).as_py()
        column = pc.cast(column, pa.int64()) if whole else column
    if not pa.types.is_string(column.type):
        column = pc.cast(column, pa.string())
    return pc.utf8_trim_whitespace(column)
