"""A file's texts as rows of a table: names become codes, written numbers become numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import polars as pl

from qonys.catalog.importing.ages import read_age
from qonys.catalog.importing.boundaries import with_dated_names
from qonys.catalog.importing.understand import Understanding
from qonys.catalog.pack import Pack
from qonys.catalog.parsing import typed_column
from qonys.catalog.reading.cells import numbers_in
from qonys.catalog.reading.formats.raw import RawTable
from qonys.catalog.reading.labels.names import CLOSED, Names, coded_names, region_names
from qonys.catalog.reading.labels.vocabulary import plain, words_of
from qonys.catalog.reading.numbers.writing import Signs, parsed_number
from qonys.catalog.reading.times.dates import date_of
from qonys.catalog.reading.times.years import fault_of_year, possible_year
from qonys.catalog.rules.findings import Finding
from qonys.catalog.rules.regions import vintage_of_year
from qonys.catalog.schema import Field, Resource, polars_type

FREE: frozenset[str] = frozenset({"source", "note", "category", "vintage", "period"})
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]*")
Reader = Callable[[str], str | None]
Reading = tuple[Reader, str, Names | None]


def translated(
    raw: RawTable, understood: Understanding, pack: Pack, factors: Mapping[str, Sequence[Decimal]] | None = None
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """The rows of a file with the table's columns and types, and the cells that could not be read.

    `factors`: file column -> what the number of each row is multiplied by. Findings carry the row number of the
    file. A cell that could not be read is empty.
    """
    resource = pack.resources_of(understood.table)[0]
    findings: list[Finding] = []
    columns: list[pl.Series] = []
    years = _years(raw, understood)
    for item in resource.fields:
        name = understood.file_column(item.name)
        if name is not None and item.type == "number":
            column, faults = _number_column(raw, name, item, understood.signs[name], (factors or {}).get(name))
            findings.extend(faults)
        elif name is not None:
            column, faults = _column(raw, name, item, _reader(item, pack, resource), years)
            findings.extend(faults)
        else:
            column, faults = _constant(raw, item, understood.constants, _reader(item, pack, resource))
            findings.extend(faults)
        columns.append(column)
    frame = pl.DataFrame(columns)
    if "vintage" in frame.columns and understood.file_column("vintage") is None:
        frame = _with_vintage(frame, pack, understood.constants.get("vintage"))
    return frame, tuple(sorted(findings, key=lambda finding: finding.row or 0))


def _years(raw: RawTable, understood: Understanding) -> list[int | None]:
    """The year of each row; None where there is none or it cannot be read."""
    column, said = understood.file_column("year"), understood.constants.get("year")
    texts = raw.frame[column].to_list() if column is not None else [said] * raw.frame.height
    whole = [None if text is None else _year(str(text)) for text in texts]
    return [None if year is None else int(year) for year in whole]


def _column(
    raw: RawTable, name: str, item: Field, reading: Reading, years: Sequence[int | None]
) -> tuple[pl.Series, list[Finding]]:
    texts = raw.frame[name]
    read, expected, names = reading
    labels = raw.labels.get(name, {})
    distinct = {text: read(text) or read(labels.get(text, text)) for text in map(str, texts.drop_nulls().unique())}
    found = texts.replace_strict(distinct, default=None, return_dtype=pl.String) if distinct else texts
    if names is not None and names.dated:
        called = texts.replace({code: label for code, label in labels.items() if label and read(code) is None})
        found = with_dated_names(name, found, called, years, names)
    bad = (found.is_null() & texts.is_not_null()).arg_true()
    wrong = {str(texts[int(i)]) for i in bad}
    explained = {text: _explained(name, text, expected, names, labels.get(text, "")) for text in wrong}
    faults = [_fault(raw, int(i), name, explained[str(texts[int(i)])]) for i in bad]
    return typed_column(found, item.type).alias(item.name), faults


def _number_column(
    raw: RawTable, name: str, item: Field, signs: Signs, factors: Sequence[Decimal] | None
) -> tuple[pl.Series, list[Finding]]:
    texts = raw.frame[name]
    found = numbers_in(texts, signs, factors)
    bad = (found.is_null() & texts.is_not_null()).arg_true()
    faults = [_fault(raw, int(i), name, _explained(name, str(texts[int(i)]), "number", None)) for i in bad]
    return found.alias(item.name), faults


def _explained(name: str, text: str, expected: str, names: Names | None, label: str = "") -> Finding:
    """Why a cell cannot be read, without its row: what was expected, and the name that is near it or its label."""
    values: dict[str, object] = {"column": name, "value": text}
    gone = (names.abolished(text) or names.abolished(label)) if names is not None else None
    if gone is not None and names is not None:
        regions = ", ".join(names.called(code, label or text) for code in gone.regions)
        return Finding("catalog.add.cell.abolished", values | {"until": gone.until or "–", "regions": regions})
    near = (names.suggestion(text) or names.suggestion(label)) if names is not None else ""
    fault = fault_of_year(text) if expected == "year" else ""
    key = f"catalog.add.cell.{expected}" + (f"_{fault}" if fault else "_near" if near else "")
    return Finding(key, values | ({"near": near} if near else {}))


def _fault(raw: RawTable, index: int, name: str, why: Finding) -> Finding:
    row = raw.rows[index]
    return Finding(why.key, {"row": row, **why.values}, int(row), name)


def _reader(item: Field, pack: Pack, resource: Resource) -> Reading:
    """How a cell is read, the word for what was expected, and the known names if there are any."""
    if item.name in resource.region_columns:
        regions = region_names(pack)
        return regions.code, "region", regions
    if item.type == "number":
        return (lambda text: _repr(parsed_number(text, "."))), "number", None
    if item.name in ("age_start", "age_end"):
        return read_age, "age", None
    if item.type == "year" or item.name == "year":
        return _year, "year", None
    if item.type == "integer":
        return _whole, item.type, None
    if item.type == "date":
        return _iso_date, "date", None
    if item.type != "string" or item.name in FREE:
        return (lambda text: text), item.type, None
    names = coded_names(pack, item.name)
    if not names.exact:
        return (lambda text: text), "code", None
    if item.name in CLOSED:
        return names.code, "known", names
    return (lambda text: names.code(text) or (text if _CODE.fullmatch(text) else None)), "code", names


def _repr(number: float | None) -> str | None:
    return None if number is None else repr(number)


def _year(text: str) -> str | None:
    year = possible_year(text)
    return None if year is None else str(year)


def _whole(text: str) -> str | None:
    words = plain(text).split()
    if len(words) == 2 and words[1] in words_of("year"):
        return words[0] if words[0].isdigit() else None
    number = parsed_number(text, ".")
    return str(int(number)) if number is not None and number == int(number) else None


def _iso_date(text: str) -> str | None:
    day = None if text.strip().isdigit() else date_of(text)
    return None if day is None else day.isoformat()


def _constant(
    raw: RawTable, item: Field, constants: Mapping[str, str], reading: Reading
) -> tuple[pl.Series, list[Finding]]:
    """A column that the file lacks: the constant given for it, else empty."""
    height = raw.frame.height
    given = constants.get(item.name)
    if given is None:
        return pl.Series(item.name, [None] * height, dtype=polars_type(item.type)), []
    read, expected, names = reading
    code = read(given)
    texts = pl.Series(item.name, [code] * height, dtype=pl.String)
    column = typed_column(texts, item.type).alias(item.name)
    if code is None or column.null_count():
        near = names.suggestion(given) if names is not None else ""
        key = "catalog.add.constant_year" if expected == "year" else f"catalog.add.constant{'_near' if near else ''}"
        values: dict[str, object] = {"column": item.name, "value": given}
        return column, [Finding(key, values | ({"near": near} if near else {}), int(raw.rows[0]), item.name)]
    return column, []


def _with_vintage(frame: pl.DataFrame, pack: Pack, given: str | None) -> pl.DataFrame:
    """The boundaries of each row: as given, else those valid in the row's year."""
    if given is not None or "year" not in frame.columns:
        return frame
    vintages = pack.vintages()
    by_year = {int(year): vintage_of_year(int(year), vintages) for year in frame["year"].drop_nulls().unique()}
    found = pl.col("year").replace_strict(by_year, default=None, return_dtype=pl.String)
    return frame.with_columns(found.alias("vintage"))
