"""``qonys catalog``: look at the pack's figures, test them, add one's own, take them away."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from qonys import words
from qonys.cli.catalog.add_options import AddOptions
from qonys.cli.catalog.check import check
from qonys.cli.help import new_app
from qonys.cli.options import UsageError, settings
from qonys.cli.printing import print_frame
from qonys.cli.ranges import Within

if TYPE_CHECKING:
    import polars as pl

    from qonys.catalog import Pack
    from qonys.catalog.store import Store

app = new_app("catalog", "cli.command.catalog")
app.command(check, name="check", help="cli.command.catalog.check")
ROWS_SHOWN = 20
Limit = Annotated[int | None, Parameter(help="cli.option.limit", negative=(), validator=Within(0, 1e12))]
TableOption = Annotated[str | None, Parameter(name="--table", help="cli.option.table")]
TableArgument = Annotated[str, Parameter(help="cli.option.table_argument")]
Form = Literal["csv", "parquet", "xlsx", "jsonstat", "sdmx-csv"]


def _pack() -> Pack:
    from qonys.catalog import open_pack

    return open_pack(settings().pack)


def _store(pack: Pack) -> Store:
    from qonys.catalog.store import open_store

    return open_store(pack)


def _say(key: str, **values: object) -> None:
    if settings().format == "table":
        print(words.text(key, settings().language, **values))


def _label(pack: Pack, column: str, code: str) -> str | None:
    """Name of a code in a column, in the chosen language; None when it has none."""
    from qonys.catalog.axes import axes_of
    from qonys.errors import UnknownName

    language = settings().language
    if column in ("source", "table", "note", "key", "id", "title", "owner"):
        return None
    if column in ("region", "origin", "destination"):
        with suppress(UnknownName):
            return pack.region_name(code, language, short=True)
    return next((name for axis in axes_of(column) if (name := _axis_label(pack, axis, code))), None)


def _print(pack: Pack, frame: pl.DataFrame, *footer: str) -> None:
    print_frame(frame, label=lambda column, code: _label(pack, column, code), footer=footer)


def _first(frame: pl.DataFrame, limit: int | None) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The first rows, and a footer that says how many there are in all."""
    most = ROWS_SHOWN if limit is None and settings().format == "table" else limit
    if most is None or most <= 0 or frame.height <= most:
        return frame, ()
    language = settings().language
    shown, total = words.integer(most, language), words.integer(frame.height, language)
    return frame.head(most), (words.text("cli.table.first", language, shown=shown, total=total),)


@app.command(name="list", help="cli.command.catalog.list")
def list_tables() -> None:
    """Tables of the pack."""
    import polars as pl

    pack = _pack()
    rows = []
    with _store(pack) as store:
        for name in store.tables():
            frame = store.table(name)
            years = _years(frame)
            rows.append(
                {
                    "table": name,
                    "title": pack.resources_of(name)[0].titles.get(settings().language, name),
                    "from_year": years.min() if len(years) else None,
                    "to_year": years.max() if len(years) else None,
                    "rows": frame.height,
                    "secondary_rows": int(frame["status"].eq("secondary").sum()),
                    "user_rows": int(frame["owner"].eq("user").sum()),
                    "sources": frame["source"].n_unique(),
                }
            )
    _print(pack, pl.DataFrame(rows))


def _years(frame: pl.DataFrame) -> pl.Series:
    """All years a table speaks of, by its columns year, year_start and year_end, start and end, or period."""
    import polars as pl

    kinds = {
        "year": pl.col("year"),
        "year_start": pl.col("year_start"),
        "year_end": pl.col("year_end"),
        "start": pl.col("start").cast(pl.String).str.slice(0, 4),
        "end": pl.col("end").cast(pl.String).str.slice(0, 4),
        "period": pl.col("period").cast(pl.String).str.extract(r"^(\d{4})"),
    }
    found = [frame.select(pick.cast(pl.Int32).alias("y"))["y"] for name, pick in kinds.items() if name in frame.columns]
    return pl.concat(found).drop_nulls() if found else pl.Series([], dtype=pl.Int32)


@app.command(help="cli.command.catalog.show")
def show(
    table: TableArgument,
    *,
    where: Annotated[list[str] | None, Parameter(help="cli.option.where", negative=())] = None,
    limit: Limit = None,
) -> None:
    """Rows of a table."""
    from qonys.catalog.filters import filtered, parsed_conditions

    pack = _pack()
    with _store(pack) as store:
        frame = filtered(store.table(table), parsed_conditions(where or []))
    key = [name for name in pack.resources_of(table)[0].statement_key() if name in frame.columns]
    chosen, footer = _first(frame.sort([*key, "rank"], nulls_last=True, maintain_order=True), limit)
    if settings().format == "table" and not chosen["owner"].eq("user").any():
        chosen = chosen.drop("owner")
    _print(pack, chosen, *footer)


@app.command(help="cli.command.catalog.sources")
def sources(*, table: TableOption = None) -> None:
    """Sources, all or of one table."""
    import polars as pl

    from qonys.catalog.bibliography import references

    pack = _pack()
    with _store(pack) as store:
        frame = store.table("sources")
        if table is not None:
            used = store.table(table).group_by("source").agg(pl.len().cast(pl.Int64).alias("rows"))
            frame = frame.join(used, left_on="id", right_on="source").sort("rows", descending=True)
    wanted = ("id", "title", "publisher", "year", "licence", "licence_class", "rows", "owner")
    if settings().format == "table":
        known = references(pack, settings().language)
        frame = frame.with_columns(
            pl.col("id")
            .replace_strict({one.id: one.title for one in known.values()}, default=pl.col("title"))
            .alias("title"),
            pl.col("id")
            .replace_strict({one.id: one.publisher for one in known.values()}, default=pl.col("publisher"))
            .alias("publisher"),
        ).select(name for name in wanted if name in frame.columns)
    _print(pack, frame)


@app.command(help="cli.command.catalog.conflicts")
def conflicts(*, table: TableOption = None, limit: Limit = None) -> None:
    """Pairs of sources that disagree."""
    from qonys.catalog.conflicts import conflicts as found_conflicts

    pack = _pack()
    if table is not None:
        pack.resources_of(table)
    with _store(pack) as store:
        frames = {item.table: store.table(item.table) for item in store.user_tables()}
    found = found_conflicts(pack, None if table is None else [table], frames)
    chosen, footer = _first(found, limit)
    if settings().format == "table":
        chosen, why = _readable(pack, chosen)
        footer = (*why, *footer)
    _print(pack, chosen, *footer)


def _readable(pack: Pack, found: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Conflicts with names instead of codes in the key, and why the compared series may differ."""
    import polars as pl

    from qonys.catalog.comparisons import declared_comparisons
    from qonys.catalog.differences import SUBJECTS

    def named(key: str) -> str:
        parts = (part.partition("=") for part in key.split("; "))
        return ", ".join(_label(pack, name, code) or code for name, _, code in parts if name not in SUBJECTS)

    def subject(code: str) -> str:
        return next((text for name in (*SUBJECTS, "table") if (text := _axis_label(pack, name, code))), code)

    keys = {key: named(key) for key in found["key"].unique()}
    subjects = {code: subject(code) for code in found["indicator"].unique()}
    shown = set(found["comparison"].drop_nulls())
    why = [f"{item.id}: {item.texts[settings().language]}" for item in declared_comparisons(pack) if item.id in shown]
    return found.with_columns(
        pl.col("key").replace_strict(keys, return_dtype=pl.String),
        pl.col("indicator").replace_strict(subjects, return_dtype=pl.String),
    ), tuple(why)


def _axis_label(pack: Pack, axis: str, code: str) -> str | None:
    from qonys.errors import UnknownName

    try:
        return pack.label(axis, code, settings().language)
    except UnknownName:
        return None


@app.command(help="cli.command.catalog.add")
def add(
    file: Annotated[Path, Parameter(help="cli.option.file")],
    *,
    table: Annotated[str, Parameter(name="--as", help="cli.option.as_table")],
    about: Annotated[AddOptions | None, Parameter(name="*")] = None,
    dry_run: Annotated[bool, Parameter(name="--dry-run", help="cli.option.dry_run", negative=())] = False,
) -> int:
    """Add a file to one's own tables."""
    from qonys.cli.catalog.add import add_to_table

    return add_to_table(_pack(), file, table, about or AddOptions(), dry_run)


@app.command(help="cli.command.catalog.export")
def export(
    table: Annotated[str | None, Parameter(help="cli.option.table_argument")] = None,
    *,
    to: Annotated[Path, Parameter(help="cli.option.to")],
    form: Annotated[Form, Parameter(name="--as", help="cli.option.form")] = "csv",
    all_tables: Annotated[bool, Parameter(name="--all", help="cli.option.all", negative=())] = False,
) -> None:
    """Write tables to files."""
    from qonys.catalog.cube_files import CUBE_FORMS, write_cube
    from qonys.catalog.exporting import write_table

    if (table is None) == (not all_tables):
        raise UsageError("cli.usage.one_or_all")
    pack = _pack()
    with _store(pack) as store:
        names = store.tables() if table is None else (table,)
        for name in names:
            if form in CUBE_FORMS and name != "sources":
                path = write_cube(store.table(name), to, pack, name, form, settings().language)
            else:
                path = write_table(store.table(name), to, name, "csv" if form in CUBE_FORMS else form)
            _say("cli.export.written", path=str(path))
        path = write_table(store.table("sources"), to, "sources", "csv" if form in CUBE_FORMS else form)
        _say("cli.export.written", path=str(path))


@app.command(help="cli.command.catalog.example")
def example(folder: Annotated[Path, Parameter(help="cli.option.example_folder")] = Path()) -> None:
    """Write small tables of the pack on which the examples of the commands run."""
    from qonys.study.analyses.example_tables import write_examples

    for path in write_examples(_pack(), folder, settings().language):
        print(path)
