"""The files of a pack's folder `law`, read strictly into records; a pack without the folder has an empty register."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from qonys.catalog.pack import nearest
from qonys.errors import BadInput
from qonys.law import records
from qonys.law.days import span

if TYPE_CHECKING:
    from qonys.catalog import Pack

FOLDER = "law"
_TITLES = ("title_en", "title_ru", "title_kk")
_TEXTS = ("text_en", "text_ru", "text_kk")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "acts": (
        "act", "type", "number", "adopted", "in_force_from", "in_force_to", "ended_by", "role", "topic", *_TITLES,
        *_TEXTS, "status", "source",
    ),
    "changes": ("act", "target", "article", "date", "kind", *_TEXTS, "status", "source"),
    "parameters": ("parameter", "topic", "unit", "name_en", "name_ru", "name_kk", *_TEXTS),
    "values": (
        "parameter", "region", "from", "to", "value", "figure", "where", "act", "article", "status", "source",
    ),
    "conventions": (
        "convention", "topic", "body", "adopted", "in_force", "state", "signed", "since", "binding", "ended",
        "ended_by", "act", *_TITLES, "reservation_en", "reservation_ru", "reservation_kk", *_TEXTS, "status", "source",
    ),
    "obligations": (
        "convention", "obligation", "article", "act", "domestic_article", "cover", *_TEXTS, "reason_en", "reason_ru",
        "reason_kk", "status", "source",
    ),
    "searched": ("topic", "from_year", "to_year"),
}  # fmt: skip
DATES = frozenset({"adopted", "in_force_from", "in_force_to", "date", "from", "to", "in_force", "signed", "since",
                   "binding", "ended"})  # fmt: skip
Record = TypeVar("Record")


@dataclass(frozen=True)
class Row:
    """A row of a file with its place, so that a fault says where it is."""

    path: str
    number: int
    cells: Mapping[str, str]

    def text(self, column: str, *, needed: bool = False) -> str:
        """A cell; with `needed` an empty one is refused."""
        found = self.cells[column]
        if needed and not found:
            raise BadInput("law.file.empty", path=self.path, row=self.number, column=column)
        return found

    def choice(self, column: str, known: tuple[str, ...]) -> str:
        """One of a closed set of words."""
        found = self.text(column, needed=True)
        if found not in known:
            raise BadInput(
                "law.file.choice", path=self.path, row=self.number, column=column, value=found,
                near=nearest(found, known), known=", ".join(known),
            )  # fmt: skip
        return found

    def date(self, column: str, *, needed: bool = False) -> str:
        """A date as far as it was read, or nothing."""
        found = self.text(column, needed=needed)
        if found and span(found) is None:
            raise BadInput("law.file.date", path=self.path, row=self.number, column=column, value=found)
        return found

    def number_of(self, column: str) -> float | None:
        """A number, or nothing."""
        found = self.text(column)
        try:
            return float(found) if found else None
        except ValueError:
            raise BadInput("law.file.number", path=self.path, row=self.number, column=column, value=found) from None

    def texts(self, kind: str) -> dict[str, str]:
        """The texts of a kind by language."""
        begin = f"{kind}_"
        return {name.removeprefix(begin): cell for name, cell in self.cells.items() if name.startswith(begin) and cell}


def rows_of_file(pack: Pack, name: str) -> Iterator[Row]:
    """The rows of a file of the register; none where the pack has no such file.

    Raises
    ------
    BadInput
        The file is no table, or lacks a column.

    """
    from qonys.catalog.parsing import read_texts

    path = pack.path / FOLDER / f"{name}.csv"
    if not path.is_file():
        return
    shown = f"{pack.path.name}/{FOLDER}/{name}.csv"
    frame = read_texts(path, shown)
    missing = [column for column in COLUMNS[name] if column not in frame.columns]
    if missing:
        raise BadInput("law.file.lacks", path=shown, columns=", ".join(missing))
    for number, cells in enumerate(frame.iter_rows(named=True), 2):
        yield Row(shown, number, {column: (cell or "").strip() for column, cell in cells.items()})


def read(pack: Pack, name: str, make: Callable[[Row], Record]) -> tuple[Record, ...]:
    """The records of a file, in its order."""
    return tuple(make(row) for row in rows_of_file(pack, name))


def _sourced(row: Row) -> dict[str, Any]:
    return {"status": row.text("status", needed=True), "source": row.text("source", needed=True)}


def act(row: Row) -> records.Act:
    """A row of acts.csv."""
    return records.Act(
        id=row.text("act", needed=True),
        type=row.choice("type", records.TYPES),
        number=row.text("number"),
        adopted=row.date("adopted", needed=not row.text("in_force_from")),
        in_force_from=row.date("in_force_from"),
        in_force_to=row.date("in_force_to"),
        ended_by=row.text("ended_by"),
        role=row.choice("role", records.ROLES),
        topic=row.choice("topic", records.TOPICS),
        titles=row.texts("title"),
        texts=row.texts("text"),
        **_sourced(row),
    )


def change(row: Row) -> records.Change:
    """A row of changes.csv."""
    names = {name: row.text(name, needed=True) for name in ("act", "target")}
    kind = row.choice("kind", records.KINDS)
    return records.Change(
        **names, article=row.text("article"), date=row.date("date", needed=True), kind=kind, texts=row.texts("text"),
        **_sourced(row),
    )  # fmt: skip


def parameter(row: Row) -> records.LegalParameter:
    """A row of parameters.csv."""
    return records.LegalParameter(
        id=row.text("parameter", needed=True),
        topic=row.choice("topic", records.TOPICS),
        unit=row.text("unit", needed=True),
        names=row.texts("name"),
        texts=row.texts("text"),
    )


def setting(row: Row) -> records.Setting:
    """A row of values.csv: a value, or the figure that states it."""
    value, figure = row.number_of("value"), row.text("figure")
    if (value is None) == (not figure):
        raise BadInput("law.file.value_or_figure", path=row.path, row=row.number)
    return records.Setting(
        parameter=row.text("parameter", needed=True),
        region=row.text("region"),
        start=row.date("from", needed=True),
        end=row.date("to"),
        value=value,
        figure=figure,
        where=row.text("where"),
        act=row.text("act", needed=True),
        article=row.text("article"),
        **_sourced(row),
    )


def convention(row: Row) -> records.Convention:
    """A row of conventions.csv."""
    dates = {name: row.date(name) for name in ("in_force", "signed", "since", "binding", "ended")}
    return records.Convention(
        id=row.text("convention", needed=True),
        topic=row.choice("topic", records.TOPICS),
        body=row.text("body", needed=True),
        adopted=row.date("adopted", needed=True),
        state=row.choice("state", records.STATES),
        ended_by=row.text("ended_by"),
        act=row.text("act"),
        titles=row.texts("title"),
        reservations=row.texts("reservation"),
        texts=row.texts("text"),
        **dates,
        **_sourced(row),
    )


def obligation(row: Row) -> records.Obligation:
    """A row of obligations.csv."""
    return records.Obligation(
        convention=row.text("convention", needed=True),
        id=row.text("obligation", needed=True),
        article=row.text("article", needed=True),
        act=row.text("act"),
        domestic_article=row.text("domestic_article"),
        cover=row.choice("cover", records.COVERS),
        texts=row.texts("text"),
        reasons=row.texts("reason"),
        **_sourced(row),
    )


def search(row: Row) -> records.Search:
    """A row of searched.csv."""
    years = [row.number_of(name) for name in ("from_year", "to_year")]
    first, last = (int(year) if year is not None else 0 for year in years)
    return records.Search(row.choice("topic", records.TOPICS), first, last)
