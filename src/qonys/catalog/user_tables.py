"""A person's own figures: one Parquet file and one JSON file of provenance per addition.

They lie in the data folder, apart from the store, so that no rebuild can lose them. An addition
counts from the moment its Parquet file has its final name; the JSON file is written before, and one
without rows is what an interrupted addition left: the next one removes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from qonys.catalog.drafts import draft_file
from qonys.catalog.pack import Pack
from qonys.catalog.places import data_folder, write_ready
from qonys.errors import BadInput


@dataclass(frozen=True)
class UserTable:
    """One addition.

    `sources` are id -> title of the sources the pack does not know; `added` is an ISO time in UTC;
    `file` and `file_digest` name the file it was read from.
    """

    id: str
    table: str
    rows: int
    sources: Mapping[str, str]
    added: str
    file: str
    file_digest: str
    mapping: Mapping[str, str]
    pack: str
    pack_digest: str


def user_folder(pack: Pack) -> Path:
    """Folder of a person's tables for a pack (it may not exist yet)."""
    return data_folder() / pack.name / "tables"


def user_tables(pack: Pack) -> tuple[UserTable, ...]:
    """All additions, oldest first.

    Raises
    ------
    BadInput
        The JSON file of an addition is missing or damaged.

    """
    found = []
    for path in sorted(user_folder(pack).glob("*.parquet")):
        about = path.with_suffix(".json")
        try:
            found.append(UserTable(**json.loads(about.read_text(encoding="utf-8"))))
        except (OSError, ValueError, TypeError):
            raise BadInput("catalog.user.damaged", path=str(about)) from None
    return tuple(sorted(found, key=lambda item: (item.added, item.id)))


def user_frame(pack: Pack, table: str) -> pl.DataFrame | None:
    """All rows a person added to `table`, in the order of addition; None when there are none.

    Raises
    ------
    BadInput
        A Parquet file is damaged.

    """
    frames = []
    for item in user_tables(pack):
        if item.table == table:
            path = user_folder(pack) / f"{item.id}.parquet"
            try:
                frames.append(pl.read_parquet(path))
            except (pl.exceptions.PolarsError, OSError):
                raise BadInput("catalog.user.damaged", path=str(path)) from None
    return pl.concat(frames, how="diagonal_relaxed") if frames else None


def write_user_table(pack: Pack, about: UserTable, frame: pl.DataFrame) -> Path:
    """Keep an addition: all of it, or nothing if the write is interrupted. The caller holds the folder's lock.

    Returns
    -------
    The Parquet file.

    """
    folder = write_ready(user_folder(pack), "XDG_DATA_HOME")
    final = folder / f"{about.id}.parquet"
    document = json.dumps(asdict(about), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    if final.exists():
        raise BadInput("catalog.user.exists", path=str(final))
    for lonely in folder.glob("*.json"):
        if not lonely.with_suffix(".parquet").exists():
            lonely.unlink()
    try:
        with draft_file(final) as rows:
            frame.write_parquet(rows)
            with draft_file(final.with_suffix(".json")) as words:
                words.write_text(document, encoding="utf-8")
    except BaseException:
        if not final.exists():
            final.with_suffix(".json").unlink(missing_ok=True)
        raise
    return final
