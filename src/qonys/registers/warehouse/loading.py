"""Records of a register with the keys of their persons, as a file that an engine can load."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from qonys.catalog.drafts import draft_file
from qonys.errors import BadInput
from qonys.registers.protection.cubes import keys_of
from qonys.registers.protection.secret import Secret
from qonys.registers.sorting import column
from qonys.registers.store import Register

COLUMNS = ("person", "record", "day", "year", "origin", "destination", "sex", "age")


def write_keyed(register: Register, secret: Secret, path: Path) -> int:
    """Write the moves of a register for another engine; how many there are.

    Columns: person, record, day (days since 1 January 1970), year, origin and destination (numbers of places), sex, age
    and rkey, the key of the person. The secret stays here: the engine sees keys alone. Names are not written.

    Raises
    ------
    BadInput
        The records have no whole numbers by which engines could order those of one day.

    """
    written = 0
    with draft_file(path) as draft:
        writer: pq.ParquetWriter | None = None
        for table in register.moves(COLUMNS):
            if not pa.types.is_integer(table.schema.field("record").type):
                raise BadInput("warehouse.record", name=register.name)
            keyed = _keyed(table, secret)
            writer = writer or pq.ParquetWriter(draft, keyed.schema, compression="zstd")
            writer.write_table(keyed)
            written += keyed.num_rows
        if writer is not None:
            writer.close()
    return written


def _keyed(table: pa.Table, secret: Secret) -> pa.Table:
    keys = keys_of(table, secret).astype(np.int32)
    days = pa.array(column(table, "day").astype(np.int32))
    plain = table.select(COLUMNS)
    return plain.set_column(COLUMNS.index("day"), "day", days).append_column("rkey", pa.array(keys))
