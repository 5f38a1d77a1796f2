"""The figure store: a DuckDB file in the cache, built from the pack and thrown away with it.

The file is named by the pack's content hash, so a changed pack gets a new file. It is built under
a temporary name, renamed when whole, and guarded by a lock, so that two processes may start at
once. Beside it stands its own hash; a file that does not match is rebuilt. A person's own tables
are not in it: they are read from the data folder and united with the pack's rows in views that
say, in the column `owner`, whether a row is of the pack or the user.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import polars as pl

from qonys.catalog.digest import file_digest
from qonys.catalog.drafts import draft_file
from qonys.catalog.files import COLUMNS
from qonys.catalog.locks import exclusive
from qonys.catalog.pack import Pack, nearest
from qonys.catalog.places import cache_folder, write_ready
from qonys.catalog.ranks import with_rank
from qonys.catalog.user_tables import UserTable, user_frame, user_tables
from qonys.errors import BadInput, StoreDamaged, UnknownName
from qonys.words.notes import note

if TYPE_CHECKING:
    import duckdb

SCHEMA_VERSION = 2  # a store made with other tables is made anew
KEPT_FILES = 3


def open_store(pack: Pack) -> Store:
    """Open the store of a pack; build it if it is absent or damaged.

    Raises
    ------
    BadInput
        The cache folder cannot be written, or another process holds the store.
    StoreDamaged
        The store was rebuilt and still cannot be read.

    """
    folder = cache_folder() / "store"
    path = folder / f"{pack.name}-{pack.digest()[:16]}-v{SCHEMA_VERSION}.duckdb"
    if not os.access(folder, os.W_OK) and is_sound(path):
        return Store(pack, path, _attached(path), user_tables(pack))
    write_ready(folder, "QONYS_CACHE")
    with exclusive(folder / f"{pack.name}.lock"):
        if not is_sound(path):
            if path.is_file():
                note("catalog.store.rebuilt", path=str(path))
            write_store(pack, path)
            _write_off_old(folder, pack.name, path)
        try:
            connection = _attached(path)
        except StoreDamaged:
            write_store(pack, path)
            connection = _attached(path)
    return Store(pack, path, connection, user_tables(pack))


def is_sound(path: Path) -> bool:
    """Whether the store file is there, whole and unchanged since it was built."""
    try:
        return _sum_file(path).read_text(encoding="ascii").strip() == file_digest(path)
    except (OSError, UnicodeDecodeError):
        return False


def write_store(pack: Pack, path: Path) -> None:
    """Build the store under a temporary name and rename it when it is whole.

    Raises
    ------
    BadInput
        It cannot be written; the disk may be full.

    """
    import duckdb

    with draft_file(path) as temporary:
        try:
            with duckdb.connect(str(temporary)) as connection:
                for name, frame in _pack_frames(pack):
                    connection.register("frame", frame.to_arrow())
                    connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM frame')
                    connection.unregister("frame")
        except duckdb.Error as error:
            raise BadInput("catalog.store.unwritten", path=str(path), reason=_first_line(error)) from None
        finally:
            temporary.with_name(temporary.name + ".wal").unlink(missing_ok=True)
        with draft_file(_sum_file(path)) as sums:
            sums.write_text(file_digest(temporary), encoding="ascii")


def _pack_frames(pack: Pack) -> list[tuple[str, pl.DataFrame]]:
    frames = [(name, pack.table(name)) for name in pack.tables()]
    return frames + [(name, pack.descriptive(name)) for name in COLUMNS if name not in pack.tables()]


def _sum_file(path: Path) -> Path:
    return path.with_suffix(".sum")


def _write_off_old(folder: Path, name: str, current: Path) -> None:
    """Remove the stores of earlier contents of this pack, all but the newest few."""
    stores = sorted(folder.glob(f"{name}-*.duckdb"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in [item for item in stores if item != current][KEPT_FILES - 1 :]:
        path.unlink(missing_ok=True)
        _sum_file(path).unlink(missing_ok=True)


def _attached(path: Path) -> duckdb.DuckDBPyConnection:
    import duckdb

    connection = duckdb.connect()
    try:
        quoted = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{quoted}' AS pack (READ_ONLY)")
    except duckdb.Error:
        connection.close()
        raise StoreDamaged("catalog.store.damaged", path=str(path)) from None
    return connection


@dataclass(frozen=True)
class Store:
    """An open store; use it in a `with` block or call `close()`."""

    pack: Pack
    path: Path
    _connection: duckdb.DuckDBPyConnection = field(repr=False)
    _added: tuple[UserTable, ...] = field(repr=False)

    def __post_init__(self) -> None:
        self._unite()

    def _unite(self) -> None:
        for name, _ in _named_tables(self.pack):
            added = self._user_rows(name)
            united = f"SELECT *, 'pack' AS owner FROM pack.\"{name}\""
            if added is not None:
                self._connection.register("frame", added.to_arrow())
                self._connection.execute(f'CREATE TEMP TABLE "user {name}" AS SELECT * FROM frame')
                self._connection.unregister("frame")
                united += f" UNION ALL BY NAME SELECT *, 'user' AS owner FROM \"user {name}\""
            self._connection.execute(f'CREATE VIEW "{name}" AS {united}')
        self._connection.execute("SET python_enable_replacements = false")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def _user_rows(self, name: str) -> pl.DataFrame | None:
        if name == "sources":
            titles = {key: title for item in self._added for key, title in item.sources.items()}
            return pl.DataFrame({"id": list(titles), "title": list(titles.values())}) if titles else None
        if name not in {item.table for item in self._added}:
            return None
        frame = user_frame(self.pack, name)
        return None if frame is None else with_rank(frame)

    def tables(self) -> tuple[str, ...]:
        """Names of the logical tables."""
        return self.pack.tables()

    def table(self, name: str) -> pl.DataFrame:
        """All rows of a table, the pack's first, with `rank` and `owner` ("pack" or "user").

        Raises
        ------
        UnknownName
            No such table.

        """
        known = tuple(key for key, _ in _named_tables(self.pack))
        if name not in known:
            raise UnknownName("catalog.table.unknown", table=name, near=nearest(name, self.tables()))
        return self._fetch(f'SELECT * FROM "{name}"')

    def sql(self, query: str) -> pl.DataFrame:
        """Result of one SELECT over the tables; anything that could change or reach a file is refused.

        Raises
        ------
        BadInput
            The query is not one SELECT, or DuckDB refuses it (its own words are in the sentence).

        """
        import duckdb

        try:
            statements = self._connection.extract_statements(query)
        except duckdb.Error as error:
            raise BadInput("catalog.store.bad_sql", reason=_first_line(error)) from None
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise BadInput("catalog.store.only_select")
        return self._fetch(query)

    def _fetch(self, query: str) -> pl.DataFrame:
        import duckdb

        try:
            result = self._connection.sql(query).pl()
        except duckdb.IOException:
            raise StoreDamaged("catalog.store.damaged", path=str(self.path)) from None
        except duckdb.Error as error:
            raise BadInput("catalog.store.bad_sql", reason=_first_line(error)) from None
        assert isinstance(result, pl.DataFrame)
        return result

    def user_tables(self) -> tuple[UserTable, ...]:
        """What a person has added to this pack, oldest first."""
        return self._added

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Store:
        """The store itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the store."""
        self.close()


def _named_tables(pack: Pack) -> list[tuple[str, str]]:
    names = [(name, "table") for name in pack.tables()]
    return names + [(name, "descriptive") for name in COLUMNS if name not in pack.tables()]


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
