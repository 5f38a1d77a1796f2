"""Values of the notions as they stand in the results of a run: collected, compared, and led by one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from qonys.study.notions.register import TEXT, Place, Register, Variant, register
from qonys.study.runs.dates import periods_in
from qonys.study.runs.results import Number, Results, TableResult

SAME = 1e-6  # relative difference up to which two values are one: draws are stored as whole persons
DATES = ("since", "start", "year", "end", "period")  # keys that say when a value was
WITHOUT = ("count", "year", "rows", "text")  # units of numbers that are no value of a notion


@dataclass(frozen=True)
class Reading:
    """A value of a variant: its keys in the order of their names, the ends of its interval, the result it is from."""

    variant: Variant
    keys: tuple[tuple[str, str], ...]
    value: float
    low: float | None
    high: float | None
    result: str

    @property
    def year(self) -> str:
        """The year or the last year of the value; nothing where it has none."""
        found = dict(self.keys)
        return next((found[name] for name in ("year", "end", "period") if name in found), "")


@dataclass(frozen=True)
class Held:
    """All results of a run, read once."""

    numbers: Mapping[str, Number]
    tables: Mapping[str, TableResult]
    periods: Mapping[str, str]


def readings(results: Results, known: Register | None = None) -> list[Reading]:
    """Values of all notions that the results hold, notion by notion, in the order of the variants."""
    held = _held(results)
    return [one for variant in (known or register()).variants() for one in of_variant(variant, held)]


def _held(results: Results) -> Held:
    tables = results.all_tables()
    return Held(results.all_numbers(), tables, periods_in(tables))


def of_variant(variant: Variant, results: Held) -> Iterator[Reading]:
    """Values of a variant that the results hold."""
    for place in variant.places:
        yield from _numbers(variant, place, results) if place.number else _rows(variant, place, results)


def _numbers(variant: Variant, place: Place, results: Held) -> Iterator[Reading]:
    for name, number in results.numbers.items():
        keys = place.found(name)
        if keys is not None and number.value is not None:
            keys |= _given(place, keys, results)
            yield Reading(variant, tuple(sorted(keys.items())), float(number.value), number.low, number.high, name)


def _given(place: Place, keys: Mapping[str, str], results: Held) -> dict[str, str]:
    found = {}
    for key, named in place.given.items():
        name = named.format_map(keys)
        number = results.numbers.get(name)
        text = results.periods.get(name, "") if number is None else _text(number.value)
        found[key] = named.removeprefix(TEXT) if named.startswith(TEXT) else text
    return found


def _text(value: object) -> str:
    """A key's value as text; a year without decimals."""
    return "" if value is None else str(int(value)) if isinstance(value, float) else str(value)


def _rows(variant: Variant, place: Place, results: Held) -> Iterator[Reading]:
    table = results.tables.get(place.table)
    if table is None or place.value not in table.frame.columns:
        return
    frame = _chosen(table, place, results)
    columns = {"value": place.value, "low": place.low, "high": place.high}
    for row in frame.iter_rows(named=True):
        value, low, high = (row[column] if column else None for column in columns.values())
        if value is not None:
            own = {key: _text(row[column]) for key, column in place.keys.items() if row[column] is not None}
            keys = _given(place, own, results) | own
            yield Reading(variant, tuple(sorted(keys.items())), float(value), low, high, place.table)


def _chosen(table: TableResult, place: Place, results: Held) -> pl.DataFrame:
    """Rows of a table that belong to a place."""
    frame = table.frame
    for column, wanted in place.where.items():
        frame = frame.filter(pl.col(column).is_in(wanted if isinstance(wanted, list) else [wanted]))
    for limits, keep in ((place.upto, pl.Expr.le), (place.above, pl.Expr.gt)):
        for key, name in limits.items():
            number = results.numbers.get(name)
            if number is not None:
                frame = frame.filter(keep(pl.col(place.keys[key]), number.value))
    return frame


def contradicting(found: Iterable[Reading]) -> list[tuple[Reading, Reading]]:
    """Pairs of readings of one variant with the same keys and different values.

    A value whose keys are all those of another and more (the same year by source) is another question.
    """
    first: dict[tuple[Variant, tuple[tuple[str, str], ...]], Reading] = {}
    pairs = []
    for one in found:
        other = first.setdefault((one.variant, one.keys), one)
        if abs(one.value - other.value) > SAME * max(1.0, abs(other.value)):
            pairs.append((other, one))
    return pairs


def unnamed(results: Results, known: Register | None = None) -> list[str]:
    """Stored numbers that are a value of no notion, and of no method."""
    names = known or register()
    return [
        name
        for name, number in results.all_numbers().items()
        if _is_value(number) and not names.is_apart(name) and names.of_number(name) is None
    ]


def misplaced(results: Results, known: Register | None = None) -> list[tuple[str, str, str]]:
    """Stored numbers that stand in a notion of another unit: name, its unit, the unit of the notion."""
    held = results.all_numbers()
    return [
        (name, held[name].unit, notion.unit)
        for notion in (known or register()).notions
        for variant in notion.variants
        for place in variant.places
        for name in held
        if place.found(name) is not None and held[name].unit != notion.unit
    ]


def undated(found: Iterable[Reading]) -> list[Reading]:
    """Readings without a year, a period or a day: no key says when their value was."""
    return [one for one in found if not any(value for key, value in one.keys if key in DATES)]


def _is_value(number: Number) -> bool:
    return number.unit not in WITHOUT


def leading(found: Iterable[Reading]) -> dict[tuple[str, tuple[tuple[str, str], ...]], Reading]:
    """The value that leads for each notion and keys: that of its first variant."""
    led: dict[tuple[str, tuple[tuple[str, str], ...]], Reading] = {}
    for one in found:
        led.setdefault((one.variant.notion, one.keys), one)
    return led


def apart_from_leading(found: list[Reading]) -> dict[Variant, tuple[Reading, Reading]]:
    """Variants that give another value than the one that leads, each with its newest such pair: leading, own."""
    led = leading(found)
    pairs: dict[Variant, tuple[Reading, Reading]] = {}
    for one in found:
        first = led[one.variant.notion, one.keys]
        if first.variant != one.variant and (one.variant not in pairs or one.year > pairs[one.variant][1].year):
            pairs[one.variant] = (first, one)
    return pairs
