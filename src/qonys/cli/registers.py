"""`qonys registers`: records of moves of persons, from files to flows and stocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.effects import say_unused
from qonys.cli.files import of_files
from qonys.cli.help import new_app
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.progress import stages_shown
from qonys.cli.ranges import YEAR, Seed, Within
from qonys.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from qonys.catalog.reading.choices import FileChoices
    from qonys.registers.axes import TableChoices
    from qonys.registers.store import Register

app = new_app("registers", "cli.command.registers")
AXES_OF_LABELS = {"group": "ethnic_group", "sex": "sex"}
Name = Annotated[str, Parameter(help="cli.registers.name")]


@Parameter(name="*")
@dataclass(frozen=True)
class ImportOptions:
    """How files become a register."""

    name: Annotated[str, Parameter(name="--as", help="cli.registers.as")]
    dates: Annotated[str, Parameter(help="cli.flows.classify.dates")] = ""
    until: Annotated[str, Parameter(help="cli.registers.until")] = ""
    pair_days: Annotated[int, Parameter(help="cli.registers.pair_days", validator=Within(0, 3660))] = 90
    replace: Annotated[bool, Parameter(help="cli.registers.replace", negative=())] = False
    memory: Annotated[float, Parameter(help="cli.registers.memory", validator=Within(0.1, 100_000, also=0))] = 0.0


@Parameter(name="*")
@dataclass(frozen=True)
class RecordOptions:
    """How a file of records is written and which of its columns and rows are read."""

    sheet: Annotated[
        tuple[str, ...], Parameter(help="cli.option.sheet", group="cli.help.reading", consume_multiple=False)
    ] = ()
    encoding: Annotated[str | None, Parameter(help="cli.option.encoding", group="cli.help.reading")] = None
    delimiter: Annotated[str | None, Parameter(help="cli.option.delimiter", group="cli.help.reading")] = None
    na: Annotated[
        tuple[str, ...], Parameter(help="cli.option.na", group="cli.help.reading", consume_multiple=False)
    ] = ()
    mapping: Annotated[
        tuple[str, ...],
        Parameter(name="--map", help="cli.option.map", group="cli.help.reading", consume_multiple=False),
    ] = ()
    where: Annotated[
        tuple[str, ...], Parameter(help="cli.flows.where", group="cli.help.reading", consume_multiple=False)
    ] = ()

    def choices(self) -> FileChoices:
        """The same as the reading layer takes it."""
        from qonys.catalog.reading.choices import FileChoices

        sheet, own = of_files("--sheet", self.sheet)
        return FileChoices(
            mapping=self.mapping, where=self.where, sheet=sheet, own_sheets=own, encoding=self.encoding,
            delimiter=self.delimiter, na=self.na,
        )  # fmt: skip


AS_FOUND = RecordOptions()


@app.command(name="import", help="cli.command.registers.import")
def import_(
    file: Annotated[Path, Parameter(help="cli.registers.files")],
    *more: Annotated[Path, Parameter(help="cli.registers.more")],
    options: ImportOptions,
    reading: RecordOptions = AS_FOUND,
) -> int:
    """Files of records as a register."""
    from qonys.catalog import open_pack
    from qonys.registers.importing import ImportChoices, import_register

    memory = f"{options.memory:g}GB" if options.memory else ""
    chosen = ImportChoices(options.dates, day_of(options.until), options.pair_days, options.replace, memory)
    files = [(path, reading.choices()) for path in (file, *more)]
    with stages_shown() as tell:
        register = import_register(open_pack(settings().pack), files, options.name, chosen, tell)
    _show_ledger(register)
    return 0


@app.command(help="cli.command.registers.check")
def check(name: Annotated[str, Parameter(help="cli.registers.check_name")] = "") -> int:
    """The ledger of a register, or which registers there are."""
    if name:
        _show_ledger(opened(name))
        return 0
    import polars as pl

    from qonys.catalog import open_pack
    from qonys.registers.store import open_register, register_names

    pack = open_pack(settings().pack)
    found = [open_register(pack, one) for one in register_names(pack)]
    rows = [(one.name, one.about["rows"], one.about["persons"], one.first, one.last, one.simulated) for one in found]
    schema = {"register": pl.String, "records": pl.Int64, "persons": pl.Int64, "first_day": pl.Date,
              "last_day": pl.Date, "simulated": pl.Boolean}  # fmt: skip
    print_frame(pl.DataFrame(rows, schema=schema, orient="row"), label=lambda column, code: None)
    return 0


@app.command(help="cli.command.registers.remove")
def remove(name: Name) -> int:
    """Delete a register from this machine."""
    from qonys.catalog import open_pack
    from qonys.registers.store import remove_register

    remove_register(open_pack(settings().pack), name)
    print(words.text("registers.removed", settings().language, name=name))
    return 0


@Parameter(name="*")
@dataclass(frozen=True)
class StayOptions:
    """What makes a migrant, and until when the register tells."""

    months: Annotated[int, Parameter(help="cli.registers.months", validator=Within(1, 120, also=0))] = 0
    end: Annotated[str, Parameter(help="cli.registers.end")] = ""


STAYS = StayOptions()


@app.command(help="cli.command.registers.spells")
def spells(
    name: Name,
    *,
    months: Annotated[int, Parameter(help="cli.registers.spell_months", validator=Within(1, 120))] = 12,
    end: Annotated[str, Parameter(help="cli.registers.end")] = "",
    out: Annotated[Path | None, Parameter(help="cli.registers.spells_out")] = None,
) -> int:
    """Stays, chains and migrants by year; every spell in a file."""
    from qonys.registers.spells import SpellChoices, write_spells
    from qonys.registers.summary import spell_summary

    register, choices = opened(name), SpellChoices(months=months, end=day_of(end))
    if out is not None:
        written = write_spells(register, choices, out)
        print(words.text("registers.spells_written", settings().language, n=written, path=str(out)))
        return 0
    show_table(register, spell_summary(register, choices), "registers.footer.spells")
    return 0


@Parameter(name="*")
@dataclass(frozen=True)
class TableOptions:
    """Axes of a table of flows."""

    by: Annotated[tuple[str, ...], Parameter(help="cli.registers.by", consume_multiple=False)] = (
        "year,origin,destination",
    )
    places: Annotated[str, Parameter(help="cli.registers.places")] = "all"
    vintage: Annotated[str, Parameter(help="cli.registers.vintage")] = ""
    width: Annotated[int, Parameter(help="cli.registers.width", validator=Within(1, 85))] = 5
    since: Annotated[int, Parameter(name="--from", help="cli.registers.from", validator=YEAR)] = 0
    until: Annotated[int, Parameter(name="--to", help="cli.registers.to", validator=YEAR)] = 0
    margins: Annotated[bool, Parameter(help="cli.registers.margins", negative=())] = False

    def names(self) -> tuple[str, ...]:
        """The axes asked for."""
        return tuple(part.strip() for one in self.by for part in one.split(",") if part.strip())

    def times(self) -> dict[str, str]:
        """The name of the axis of time in a table: year or month."""
        found = [one for one in ("year", "month") if one in self.names()]
        return {"time": found[0]} if found else {}

    def choices(self, register: Register, but: tuple[str | None, ...] = ()) -> TableChoices:
        """The same as tables of a register take it, without the axes `but`; an option without effect is said."""
        from qonys.registers.axes import TableChoices

        by = tuple(name for name in self.names() if name not in but)
        say_unused(self, {"width": "age" in by})
        years = (self.since or register.first.year, self.until or register.last.year)
        return TableChoices(by, self.places, self.vintage, self.width, years)


TABLE = TableOptions()


@app.command(help="cli.command.registers.flows")
def flows(
    name: Name,
    *,
    options: TableOptions = TABLE,
    stays: StayOptions = STAYS,
    person: Annotated[str, Parameter(help="cli.registers.person")] = "number",
    out: Annotated[Path | None, Parameter(help="cli.registers.out")] = None,
) -> int:
    """Moves or migrants by period, origin, destination and what else is asked."""
    from qonys.registers.flows import flows as table_of
    from qonys.registers.forms import LABELS, FormChoices, form_table
    from qonys.registers.spells import SpellChoices

    register = opened(name)
    say_unused(stays, {"end": stays.months > 0})
    label = next((name for name in options.names() if name in LABELS), None)
    if label is not None and stays.months:
        raise BadInput("registers.form_and_months")
    choices = options.choices(register, (label,))
    if options.margins or person != "number":
        if label is not None or (options.margins and (stays.months or person != "number")):
            raise BadInput("registers.margins_alone")
        return _other_table(register, choices, stays, person, out)
    if label is None:
        chosen = SpellChoices(months=stays.months, end=day_of(stays.end)) if stays.months else None
        found = table_of(register, choices, chosen)
    else:
        found = form_table(register, choices, FormChoices(label))
    said = [
        (key, {"n": count})
        for key, count in (("registers.note.outside", found.outside), ("registers.note.within", found.within))
        if count
    ]
    if found.provisional is not None:
        said.append(("registers.note.provisional", {"n": found.provisional}))
    tell_lines(said)
    frame = found.flows.tidy(**options.times(), **({} if label is None else {"component": label}))
    show_table(register, frame.filter(frame["value"] > 0), "registers.footer.flows", out)
    return 0


def _other_table(register: Register, choices: TableChoices, stays: StayOptions, person: str, out: Path | None) -> int:
    """A table with its margins, or its range over the thresholds of links."""
    from qonys.registers.margins import margin_table
    from qonys.registers.spells import SpellChoices

    if person == "number":
        show_table(register, margin_table(register, choices), "registers.footer.margins", out)
        return 0
    if person != "linked":
        raise BadInput("estimation.choice", option="--person", value=person, known="number, linked")
    from qonys.registers.linkage.ranges import flow_range

    chosen = SpellChoices(months=stays.months, end=day_of(stays.end)) if stays.months else None
    show_table(register, flow_range(register, choices, chosen), "linkage.footer.range", out)
    return 0


@app.command(help="cli.command.registers.stocks")
def stocks(
    name: Name,
    *,
    days: Annotated[tuple[str, ...], Parameter(help="cli.registers.days", consume_multiple=False)] = (),
    transitions: Annotated[bool, Parameter(help="cli.registers.transitions", negative=())] = False,
    out: Annotated[Path | None, Parameter(help="cli.registers.out")] = None,
) -> int:
    """Persons by place on days, with what happened between; or persons whose place differs."""
    from qonys.registers.stocks import account
    from qonys.registers.stocks import transitions as moved

    register = opened(name)
    when = [day for one in days for part in one.split(",") if (day := day_of(part)) is not None]
    if transitions:
        frame = moved(register, when).tidy()
        show_table(register, frame.filter(frame["value"] > 0), "registers.footer.transitions", out)
        return 0
    found = account(register, when)
    if found.without_person:
        tell_lines([("registers.note.without_person", {"n": found.without_person})])
    show_table(register, found.frame, "registers.footer.stocks", out)
    return 0


@Parameter(name="*")
@dataclass(frozen=True)
class SimulateOptions:
    """How a register is made up."""

    persons: Annotated[int, Parameter(help="cli.registers.persons", validator=Within(1, 1_000_000_000))] = 100_000
    since: Annotated[int, Parameter(name="--from", help="cli.registers.from_made", validator=YEAR)] = 0
    until: Annotated[int, Parameter(name="--to", help="cli.registers.to_made", validator=YEAR)] = 0
    pace: Annotated[float, Parameter(help="cli.registers.pace", validator=Within(0, 100))] = 1.0
    errors: Annotated[bool, Parameter(help="cli.registers.errors", negative=())] = False
    seed: Seed = 1


MADE_UP = SimulateOptions()


@app.command(help="cli.command.registers.simulate")
def simulate(
    *,
    out: Annotated[Path, Parameter(help="cli.registers.simulate_out")],
    options: SimulateOptions = MADE_UP,
) -> int:
    """A made-up register drawn to published margins."""
    from qonys.catalog import open_pack
    from qonys.registers.made_up.margins import margins
    from qonys.registers.made_up.writing import MadeUp, write_made_up

    found = margins(open_pack(settings().pack), options.until)
    last = options.until or found.year
    years = (options.since or last - 9, last)
    how = MadeUp(options.persons, years, options.seed, options.errors, pace=options.pace)
    with stages_shown() as tell:
        written = write_made_up(out, found, how, tell)
    values = {"path": str(out), "records": written.records, "moves": written.moves, "truth": str(written.truth)}
    print(words.text("registers.made_up.written", settings().language, **values, year=found.year))
    return 0


def opened(name: str) -> Register:
    """The register of a name."""
    from qonys.catalog import open_pack
    from qonys.registers.store import open_register

    return open_register(open_pack(settings().pack), name)


def day_of(text: str) -> date | None:
    """The day that a person writes; None: nothing is written."""
    from qonys.catalog.reading.times.dates import date_of

    if not text:
        return None
    found = date_of(text)
    if found is None:
        raise BadInput("registers.day", text=text)
    return found


def tell_lines(said: list[tuple[str, dict[str, int]]]) -> None:
    """Sentences beside a table."""
    import sys

    for key, values in said:
        print(words.text(key, settings().language, **values), file=sys.stderr, flush=True)


def _show_ledger(register: Register) -> None:
    frame = register.ledger.frame()
    show_table(register, frame, "registers.footer.ledger")


def show_table(register: Register, frame: pl.DataFrame, key: str, out: Path | None = None, **values: object) -> None:
    """A table in the chosen format, or in a file; of a made-up register both say so. `values`: of the footer `key`."""
    import polars as pl

    language = settings().language
    if register.simulated and (out is not None or settings().format != "table"):
        frame = frame.with_columns(simulated=pl.lit("yes"))
    if out is not None:
        from qonys.catalog.drafts import draft_file

        with draft_file(out) as draft:
            frame.write_parquet(draft) if out.suffix.lower() == ".parquet" else frame.write_csv(draft)
        print(words.text("registers.table_written", language, n=frame.height, path=str(out)))
        return
    footer = [words.text(key, language, **values)]
    if register.simulated:
        footer.insert(0, words.text("registers.footer.simulated", language))
    print_frame(frame, label=_labels(register), footer=footer)


def _labels(register: Register) -> Callable[[str, str], str | None]:
    language = settings().language
    named = set(register.pack.labels().select("axis", "code").iter_rows())

    def label(column: str, code: str) -> str | None:
        if column in ("origin", "destination", "place"):
            if code in register.regions:
                return register.pack.region_name(code, language, short=True)
            return register.pack.label("country", code, language) if ("country", code) in named else None
        if column in AXES_OF_LABELS and (AXES_OF_LABELS[column], code) in named:
            return register.pack.label(AXES_OF_LABELS[column], code, language)
        keys = (f"registers.{column}.{code}", f"typology.{column.removesuffix('_class')}.{code}")
        return next((words.text(key, language) for key in keys if words.has(key, language)), None)

    return label


_ROOMS = {"protect": "protection", "attack": "protection", "link": "linkage", "keyed": "warehouse", "ask": "warehouse"}
for _name, _module in _ROOMS.items():
    app.command(f"qonys.cli.registers_{_module}:{_name}", name=_name, help=f"cli.command.registers.{_name}")
