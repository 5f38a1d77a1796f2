"""A file of records as numbers: every text that repeats is a number, and the texts stand apart once.

So a date, a place or a cause is read once, however many records have it. What was staged is kept in the cache until the
import is whole: one that was interrupted goes on with the files that it had read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from qonys.catalog.digest import file_digest
from qonys.catalog.drafts import draft_file
from qonys.catalog.places import cache_folder, write_ready
from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.unseen import seen
from qonys.registers.fields import CODED, TEXTS
from qonys.registers.sources import ROW, Source, open_source

VERSION = 1
Tell = Callable[..., None]
Codes = NDArray[np.int32]


@dataclass
class Texts:
    """The texts of one field in the order in which they came, and the row of the file where each came first."""

    texts: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    def codes(self, column: pa.Array, rows: pa.Array) -> Codes:
        """The number of each text of a batch, (n,); -1 where the cell is empty."""
        coded = pc.dictionary_encode(column)
        local = coded.indices.to_numpy(zero_copy_only=False)
        numbers = np.full(len(coded.dictionary) + 1, -1, dtype=np.int32)
        first: dict[int, int] = {}
        for place, text in enumerate(coded.dictionary.to_pylist()):
            plain = seen(text).strip()
            if not plain:
                continue
            known = self.places.get(plain)
            if known is None:
                known = self.places[plain] = len(self.texts)
                self.texts.append(plain)
                first[place] = known
                self.rows.append(0)
            numbers[place] = known
        empty = np.isnan(local) if local.dtype.kind == "f" else np.zeros(len(local), dtype=bool)
        at = np.where(empty, len(numbers) - 1, np.nan_to_num(local)).astype(np.int64)
        if first:
            where, begin = np.unique(at, return_index=True)
            row = dict(zip(where.tolist(), begin.tolist(), strict=True))
            for place, known in first.items():
                self.rows[known] = int(rows[row[place]].as_py())
        return numbers[at]


@dataclass(frozen=True)
class Staged:
    """A file that was read: its Parquet of numbers, its columns by field, texts by field, and rows."""

    source: Path
    path: Path
    columns: Mapping[str, str]
    texts: Mapping[str, Texts]
    rows: int


def staging_folder() -> Path:
    """Where files stay that were read for an import that is not whole."""
    return cache_folder() / "registers"


def stage(path: Path, choices: FileChoices, tell: Tell) -> Staged:
    """A file read into numbers, or as it was read for an import that was interrupted.

    Raises
    ------
    BadInput
        As `open_source`.

    """
    source = open_source(path, choices)
    folder = write_ready(staging_folder(), "XDG_CACHE_HOME")
    final = folder / f"{_key(path, source.columns, choices)}.parquet"
    about = final.with_suffix(".json")
    if final.exists() and about.exists():
        document = json.loads(about.read_text(encoding="utf-8"))
        texts = {name: Texts(found["texts"], found["rows"]) for name, found in document["texts"].items()}
        tell("registers.staged", path=str(path), rows=document["rows"])
        return Staged(path, final, document["columns"], texts, document["rows"])
    texts = {name: Texts() for name in source.columns if name in CODED}
    with draft_file(final) as draft:
        rows = _write(source, draft, texts, tell)
        kept = {name: {"texts": found.texts, "rows": found.rows} for name, found in texts.items()}
        document = {"columns": dict(source.columns), "texts": kept, "rows": rows}
        with draft_file(about) as note:
            note.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return Staged(path, final, source.columns, texts, rows)


def _key(path: Path, columns: Mapping[str, str], choices: FileChoices) -> str:
    said = repr((VERSION, sorted(columns.items()), choices.where, choices.na, choices.encoding, choices.sheet,
                 choices.delimiter, file_digest(path)))  # fmt: skip
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _write(source: Source, draft: Path, texts: Mapping[str, Texts], tell: Tell) -> int:
    plain = [name for name in TEXTS if name in source.columns]
    fields = [pa.field(name, pa.string()) for name in plain]
    fields += [pa.field(name, pa.int32()) for name in texts]
    schema = pa.schema([*fields, pa.field(ROW, pa.int64())])
    rows = 0
    with pq.ParquetWriter(draft, schema, compression="zstd", compression_level=1) as writer:
        for batch in source.batches:
            arrays = [_plain(batch.column(name)) for name in plain]
            arrays += [pa.array(found.codes(batch.column(name), batch.column(ROW))) for name, found in texts.items()]
            writer.write_batch(pa.RecordBatch.from_arrays([*arrays, batch.column(ROW)], schema=schema))
            rows += batch.num_rows
            tell("registers.reading", path=str(source.path), rows=rows)
    return rows


def _plain(column: pa.Array) -> pa.Array:
    """Texts whose empty ones are null."""
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def forget(staged: Sequence[Staged]) -> None:
    """Remove what was staged, once the import is whole."""
    for one in staged:
        one.path.unlink(missing_ok=True)
        one.path.with_suffix(".json").unlink(missing_ok=True)
