"""Forms of migration of a person's own records, and of the counts that a pack publishes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from qonys import words
from qonys.catalog import Pack
from qonys.catalog.reading.advice import typed
from qonys.catalog.reading.choices import FileChoices, pairs
from qonys.catalog.reading.columns import refuse_no_columns
from qonys.catalog.reading.formats.opening import AS_FOUND, read_whole
from qonys.catalog.reading.formats.settings import settings_text
from qonys.catalog.reading.labels.alphabets import alike
from qonys.catalog.reading.labels.names import coded_names
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.catalog.reading.numbers.no_value import without_na
from qonys.catalog.reading.numbers.signs import signs_of
from qonys.catalog.reading.numbers.writing import plain_number
from qonys.catalog.reading.rows import NUMBER, rows_where
from qonys.catalog.reading.times.dates import ORDERS, with_dates
from qonys.errors import BadInput, QonysError
from qonys.measurement.typology.classify import (
    LADDERS,
    RuleTable,
    classify,
    confusion,
    mix_by_year,
    read_rules,
    standard_rules,
)
from qonys.measurement.typology.records import COLUMNS, COUNTRIES, NUMBERS, listed
from qonys.words.notes import note

TABLES = ("records", "mix", "confusion", "classes", "agreement", "rules", "forms")


@dataclass(frozen=True)
class TypologyRequest:
    """What is asked: table, label, column of true labels, months that make a resident, home country, kin groups.

    `home` and `kin` are of the pack where they are empty; `dates` says whether day or month stands first in dates.
    """

    table: str = "records"
    label: str = "form"
    truth: str = ""
    months: float = 12.0
    home: str = ""
    kin: tuple[str, ...] = ()
    rules: Path | None = None
    dates: str = ""

    def __post_init__(self) -> None:
        if self.table not in TABLES:
            raise BadInput("estimation.choice", option="--table", value=self.table, known=", ".join(TABLES))
        if self.table in ("confusion", "classes", "agreement") and not self.truth:
            raise BadInput("study.typology.no_truth", table=self.table)
        if self.dates not in ("", *ORDERS):
            raise BadInput("estimation.choice", option="--dates", value=self.dates, known=", ".join(ORDERS))


def described(request: TypologyRequest, language: str) -> pl.DataFrame:
    """The rules in order of priority, or the forms with what they mean and the UN classes that they allow."""
    table = _rules(request)
    if request.table == "forms":
        rows = [
            {
                "form": form.id, "name": _said(f"typology.form.{form.id}", language, form.id),
                "about": _said(f"typology.form.{form.id}.about", language, ""),
                "in_course": form.course, "un_classes": ", ".join(form.un) or "any",
            }
            for form in table.forms
        ]  # fmt: skip
        return pl.DataFrame(rows)
    return pl.DataFrame(
        {
            "ladder": [rule.ladder for rule in table.rules],
            "rule": [rule.id for rule in table.rules],
            "label": [rule.label for rule in table.rules],
            "when": [_conditions(rule.when) for rule in table.rules],
            "why": [_said(rule.reason, language, rule.why) for rule in table.rules],
            "source": [rule.source for rule in table.rules],
        }
    )


def _said(key: str, language: str, otherwise: str) -> str:
    """The text under a key; what a person's own rules say otherwise."""
    return words.text(key, language) if words.has(key, language) else otherwise


def _conditions(when: object) -> str:
    assert isinstance(when, dict)
    return "; ".join(f"{fact} = {wanted}" for fact, wanted in when.items())


def classify_file(
    path: Path, request: TypologyRequest, pack: Pack, language: str, choices: FileChoices = AS_FOUND
) -> pl.DataFrame:
    """The asked table of a file of moves, one move a row; columns keep their names unless mapped."""
    file = _read(path, choices, request.dates)
    moves, own = file.moves, {column: name for name, column in file.called.items()}
    request = replace(request, truth=own.get(request.truth, request.truth))
    with _rows_of(file):
        found = classify(
            moves,
            request.home or pack.country.get("iso3", ""),
            kin_groups=kin_as_written(moves, request.kin or tuple(pack.country.get("kin_groups", "").split()), [pack]),
            resident_months=request.months,
            rules=_rules(request),
        )
    say_unmet(path, moves, request, [pack])
    if request.table == "mix":
        return mix_by_year(found, request.label)
    if request.table == "records":
        return short_table(found, moves.columns, request, language)
    with _rows_of(file):
        known = confusion(found, request.truth, request.label)
    if request.table == "agreement":
        names = ("records", "decided", "without_truth", "accuracy", "kappa", "kappa_sd", "kappa_all", "kappa_all_sd")
        return pl.DataFrame({"measure": names, "value": [float(getattr(known, name)) for name in names]}).with_columns(
            pl.col("value").fill_nan(None)
        )
    return known.table if request.table == "confusion" else known.classes.fill_nan(None)


def kin_as_written(moves: pl.DataFrame, kin: Sequence[str], packs: Sequence[Pack]) -> tuple[str, ...]:
    """The kin groups and all that a table writes for them: another spelling, or a name in any language of the packs."""
    if "ethnic_group" not in moves.columns:
        return tuple(kin)
    meant = list(kin)
    texts = moves["ethnic_group"].drop_nulls().cast(pl.String).unique(maintain_order=True).to_list()
    for pack in packs:
        names = coded_names(pack, "ethnic_group")
        wanted = {names.code(one) or alike(one) for one in kin}
        meant += [text.strip() for text in texts if (names.code(text) or alike(text)) in wanted]
    return tuple(dict.fromkeys(meant))


def say_unmet(
    path: Path, moves: pl.DataFrame, request: TypologyRequest, packs: Sequence[Pack],
    options: tuple[str, str] = ("--kin", "--home"),
) -> None:  # fmt: skip
    """Say which kin group or home country no move has, and that a stay in days is not read; `options`: how they are
    given.
    """
    for group in request.kin:
        meant = kin_as_written(moves, (group,), packs)
        texts = moves["ethnic_group"].cast(pl.String).str.strip_chars() if "ethnic_group" in moves.columns else None
        if texts is None or not texts.is_in(list(meant)).any():
            note("catalog.reading.unmet", path=str(path), option=options[0], value=group)
    places = [name for name in COUNTRIES if name in moves.columns]
    codes = [moves[name].cast(pl.String).str.strip_chars().str.to_uppercase() for name in places]
    met = any((code == request.home.upper()).any() for code in codes)
    if request.home and not met:
        note("catalog.reading.unmet", path=str(path), option=options[1], value=request.home)
    if "stay_days" in moves.columns and "stay_months" not in moves.columns:
        note("typology.stay_days", path=str(path))


@dataclass(frozen=True)
class _MovesOfFile:
    """Moves under the names of records, name -> column of the file where it is called otherwise, rows of the file."""

    path: Path
    moves: pl.DataFrame
    called: Mapping[str, str]
    rows: Sequence[int]


@contextmanager
def _rows_of(file: _MovesOfFile) -> Iterator[None]:
    """Faults of records are told with the rows and the columns of the file.

    Raises
    ------
    BadInput, UnknownName
        What the block raises, in the words of the file.

    """
    try:
        yield
    except QonysError as error:
        values = dict(error.values)
        if error.key == "typology.no_columns":
            columns = [name for name in file.moves.columns if name not in file.called]
            options = typed("--map", f"{columns[0]}=origin_country")
            raise type(error)("typology.no_columns_in_file", **values, options=options) from None
        places = values.pop("places", None)
        if not isinstance(places, list):
            raise
        column = str(values.get("column", "date"))
        values |= {"rows": listed([file.rows[place] for place in places]), "column": file.called.get(column, column)}
        values["option"] = typed("--na", f"{values['column']}={values['value']}")
        raise type(error)(f"typology.{error.key.partition('.')[2]}_in_file", path=str(file.path), **values) from None


def _read(path: Path, choices: FileChoices, order: str) -> _MovesOfFile:
    """Texts of a file of moves under the names of records; numbers as a machine writes them, where they can be read."""
    raw = read_whole(path, choices)
    rows, _ = without_na(path, rows_where(path, raw.numbered, choices.where), choices.na)
    called = _called(path, [name for name in rows.columns if name != NUMBER], choices.mapping)
    moves = rows.rename({column: name for name, column in called.items()})
    if choices.multiplier is not None:
        note("catalog.reading.unmet", path=str(path), option="--multiplier", value=choices.multiplier)
    moves = as_machines_write(path, moves, order, choices, raw.typed)
    return _MovesOfFile(path, moves.drop(NUMBER), called, moves[NUMBER].to_list())


def as_machines_write(
    path: Path, moves: pl.DataFrame, order: str = "", choices: FileChoices = AS_FOUND, stored: Collection[str] = ()
) -> pl.DataFrame:
    """Moves whose texts of dates and numbers are written as a machine does, where they can be read.

    Parameters
    ----------
    path
        The file or the table, for errors and notes.
    moves
        Columns under the names of records, with the number of each row in the column `NUMBER`.
    order, choices
        Whether the day or the month is first in dates; what the person says about the file.
    stored
        Columns that the file stores as numbers.

    Raises
    ------
    BadInput
        A date or a number that may be read in two ways.

    """
    texts = [name for name in moves.columns if moves.schema[name] == pl.String]
    if "date" in texts:
        moves = with_dates(path, moves, "date", order)
    numbers = {name: name == "prior_moves" for name in NUMBERS if name in texts}
    signs = signs_of(path, moves, numbers, choices, stored)
    plain = [
        pl.Series(name, [text and (plain_number(text, signs[name]) or text) for text in moves[name]], dtype=pl.String)
        for name in numbers
    ]
    return moves.with_columns(plain)


def _called(path: Path, columns: Sequence[str], mapping: Sequence[str]) -> dict[str, str]:
    """Name of records -> column of the file that is called otherwise: as the person says, else by its usual names.

    Raises
    ------
    BadInput
        A column that is mapped is not there, or another column has the name already.

    """
    given = pairs(mapping, COLUMNS)
    refuse_no_columns(path, {name: column for name, column in given.items() if column not in columns}, columns)
    for name, column in given.items():
        if name in columns and name != column:
            raise BadInput("catalog.long.name_twice", name=name)
    return called_otherwise(columns, given)


def called_otherwise(columns: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """Name of records -> column, for columns with a usual other name (`moves` of the vocabulary) and those `given`.

    Examples
    --------
    >>> called_otherwise(["Дата", "гражданство", "cause"], {})
    {'date': 'Дата', 'citizenship': 'гражданство'}

    """
    words_of_moves, found = codes_by_word("moves"), dict(given)
    for column in columns:
        whole = plain(column.translate(str.maketrans("()[]", "    ")))
        name = words_of_moves.get(whole) or words_of_moves.get(plain(column))
        if name is not None and name not in {*found, *columns} and column not in {*found.values(), *COLUMNS}:
            found[name] = column
    if "date" not in {*found, *columns} and "person" not in {*given, *columns}:
        found.pop("person", None)
    return found


def short_table(found: pl.DataFrame, own: list[str], request: TypologyRequest, language: str) -> pl.DataFrame:
    """The person's columns, then each label with its rule, and for the asked label its reason and what is missing."""
    added = [name for column in LADDERS.values() for name in (column, f"{column}_rule")]
    parts = ("_why", "_second", "_possible", "_missing")
    reason = pl.col(f"{request.label}_why").cast(pl.String)
    keys = found.select(reason.drop_nulls().unique()).to_series()
    why = reason.replace({key: _said(key, language, key.removeprefix("typology.why.")) for key in keys})
    return found.with_columns(why).select(*own, *added, *(f"{request.label}{part}" for part in parts))


def _rules(request: TypologyRequest) -> RuleTable:
    if request.rules is None:
        return standard_rules()
    return read_rules(settings_text(request.rules), str(request.rules))
