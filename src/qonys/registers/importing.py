"""Import of files of records as a register: all or nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from qonys.catalog import Pack
from qonys.catalog.digest import file_digest
from qonys.catalog.drafts import draft_folder
from qonys.catalog.locks import exclusive
from qonys.catalog.places import write_ready
from qonys.catalog.reading.choices import FileChoices
from qonys.errors import BadInput
from qonys.registers.cleaning import Tables, clean, merged, years_of
from qonys.registers.fields import FORMS
from qonys.registers.ledger import Ledger
from qonys.registers.made_up.marks import is_simulated
from qonys.registers.sorting import Sorted, connect, prepare, write_sorted
from qonys.registers.staging import Staged, Tell, Texts, forget, stage
from qonys.registers.standard import (
    EPOCH,
    NONE,
    PlaceNames,
    ages_of,
    births_of,
    days_of,
    events_of,
    groups_of,
    place_table,
    sexes_of,
)
from qonys.registers.store import ABOUT, RECORDS, Register, checked_name, registers_folder
from qonys.words.system import system_reason

NOTHING = Texts()


@dataclass(frozen=True)
class ImportChoices:
    """How files of records become a register.

    `dates`: day-first, month-first or empty; `until`: the last day that can be (today); `pair_days`: greatest
    difference in days between the arrival and the departure sheet of one move; `replace`: a register of the name may be
    there; `memory`: limit of the sort, such as 2GB.
    """

    dates: str = ""
    until: date | None = None
    pair_days: int = 90
    replace: bool = False
    memory: str = ""


def import_register(
    pack: Pack,
    files: Sequence[tuple[Path, FileChoices]],
    name: str,
    choices: ImportChoices,
    tell: Tell = lambda key, **values: None,
) -> Register:
    """Files of records as the register `name`, kept with the person's own data; an earlier one stays until then.

    Raises
    ------
    BadInput
        A file cannot be read, has no fields of records, or nothing of it can be kept; the name is taken or is none.

    """
    folder = registers_folder(pack)
    final = folder / checked_name(name)
    if final.exists() and not choices.replace:
        raise BadInput("registers.taken", name=name)
    staged = [stage(path, given, tell) for path, given in files]
    write_ready(folder, "XDG_DATA_HOME")
    try:
        with exclusive(folder / f".{name}.lock"), draft_folder(final) as draft:
            _fill(pack, staged, draft, choices, tell)
    except OSError as error:
        raise BadInput("registers.disk", name=name, reason=system_reason(error)) from None
    forget(staged)
    return Register(name, final, pack)


def _fill(pack: Pack, staged: Sequence[Staged], draft: Path, choices: ImportChoices, tell: Tell) -> None:
    import duckdb

    ledger = Ledger(read=sum(one.rows for one in staged))
    until = choices.until or datetime.now(tz=UTC).date()
    lists = _Lists(pack, staged, choices)
    unsorted = draft / "clean.parquet"
    files = {number: one.source.name for number, one in enumerate(staged)}
    tell("registers.cleaning")
    _clean(staged, lists, unsorted, (until - EPOCH).days, ledger)
    try:
        with connect(draft, choices.memory) as connection:
            tell("registers.sorting")
            prepare(connection, unsorted, ledger, files)
            found = write_sorted(connection, draft / RECORDS, choices.pair_days, ledger, files, tell)
    except duckdb.Error as error:
        raise BadInput("registers.disk", name=draft.name, reason=str(error).splitlines()[0]) from None
    ledger.check()
    if found.rows == 0:
        raise BadInput("registers.nothing", read=ledger.read, reasons=_reasons(ledger))
    unsorted.unlink()
    shutil.rmtree(draft / "spill", ignore_errors=True)
    about = _about(pack, staged, lists, choices, found, ledger)
    text = json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (draft / ABOUT).write_text(text, encoding="utf-8")


def _reasons(ledger: Ledger) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in ledger.counts.items()) or "–"


class _Lists:
    """The lists of a register: places, groups, words of forms; and for each file what its texts mean."""

    def __init__(self, pack: Pack, staged: Sequence[Staged], choices: ImportChoices) -> None:
        self.choices = choices
        self.days = [self._days(one) for one in staged]
        self.first, self.last = self._years()
        names = PlaceNames(pack)
        years = range(self.first, self.last + 1)
        texts = [self._all(one, ("origin", "destination")) for one in staged]
        codes = [names.codes_of(found, years) for found in texts]
        self.place_codes = codes
        self.places = merged([list(found.values()) for found in codes])
        own = [groups_of(pack, one.texts.get("group", NOTHING).texts) for one in staged]
        self.group_codes, self.groups = own, merged(own)
        self.forms = {name: merged([one.texts.get(name, NOTHING).texts for one in staged]) for name in FORMS}

    def _days(self, one: Staged) -> np.ndarray:
        return days_of(one.source, one.texts["day"], one.columns["day"], self.choices.dates)

    def _years(self) -> tuple[int, int]:
        days = np.concatenate(self.days)
        years = years_of(days[days != NONE])
        return (int(years.min()), int(years.max())) if len(years) else (EPOCH.year, EPOCH.year)

    @staticmethod
    def _all(one: Staged, names: tuple[str, ...]) -> list[str]:
        return list(dict.fromkeys(text for name in names for text in one.texts[name].texts))

    def tables(self, place: int, one: Staged) -> Tables:
        """What the texts of a file mean."""
        years = range(self.first, self.last + 1)
        codes = self.place_codes[place]
        places = {
            name: place_table(one.texts[name].texts, years, codes, self.places) for name in ("origin", "destination")
        }
        texts = {name: one.texts.get(name, NOTHING) for name in ("birth", "event", "sex", "age")}
        births, birth_years = births_of(one.source, texts["birth"], one.columns.get("birth", ""), self.choices.dates)
        return Tables(
            days=self.days[place], places=places, first_year=self.first, births=births, birth_years=birth_years,
            events=events_of(texts["event"].texts), sexes=sexes_of(texts["sex"].texts),
            ages=ages_of(texts["age"].texts),
            groups=_numbers(self.group_codes[place], self.groups),
            forms={name: _numbers(one.texts.get(name, NOTHING).texts, self.forms[name]) for name in FORMS},
        )  # fmt: skip


def _numbers(texts: Sequence[str], of: Sequence[str]) -> np.ndarray:
    number = {text: at for at, text in enumerate(of)}
    return np.array([number[text] for text in texts], dtype=np.int16)


def _clean(staged: Sequence[Staged], lists: _Lists, path: Path, until: int, ledger: Ledger) -> None:
    writer: pq.ParquetWriter | None = None
    try:
        for number, one in enumerate(staged):
            tables = lists.tables(number, one)
            for batch in pq.ParquetFile(one.path).iter_batches(1 << 20):
                found = clean(batch, one, tables, until, ledger, number)
                writer = writer or pq.ParquetWriter(path, found.schema, compression="zstd", compression_level=1)
                writer.write_table(found)
    finally:
        if writer is not None:
            writer.close()


def _about(
    pack: Pack, staged: Sequence[Staged], lists: _Lists, choices: ImportChoices, found: Sorted, ledger: Ledger
) -> Mapping[str, object]:
    return {
        "pack": pack.name, "whole": pack.whole, "rows": found.rows, "persons": found.persons,
        "first": _iso(found.first), "last": _iso(found.last), "sides": list(found.sides),
        "pair_days": choices.pair_days,
        "places": lists.places, "groups": lists.groups, "forms": lists.forms,
        "simulated": any(is_simulated(one) for one in staged), "ledger": ledger.document(),
        "fields": sorted({name for one in staged for name in one.columns}),
        "files": [{"name": one.source.name, "rows": one.rows, "columns": dict(one.columns),
                   "digest": file_digest(one.source)} for one in staged],
    }  # fmt: skip


def _iso(day: int) -> str:
    return date.fromordinal(EPOCH.toordinal() + day).isoformat()
