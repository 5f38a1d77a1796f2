"""Staged records as records of a register, or refused for the first reason that holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qonys.kernels.registers.pairing import MOVE
from qonys.registers.fields import FORMS, TEXTS
from qonys.registers.ledger import REASONS, SHOWN, Example, Ledger
from qonys.registers.sources import ROW
from qonys.registers.staging import Staged
from qonys.registers.standard import EMPTY, EPOCH, NONE, OLDEST_AGE

OLDEST_DAYS = 47_482  # 130 years
Array = NDArray[Any]
OTHER_FIELD: Mapping[str, tuple[str, ...]] = {
    "no_day": (), "day": ("day",), "future": ("day",), "old": ("day",), "event": ("event",),
    "place": ("origin", "destination"), "same_place": ("origin", "destination"), "birth": ("birth",),
    "before_birth": ("birth", "day"), "age": ("age",), "sex": ("sex",), "conflict": (),
}  # fmt: skip


@dataclass(frozen=True)
class Tables:
    """What the texts of one file mean, by the number of the text.

    `days`, `births`, `birth_years`: days since 1970 and years; `places`: text by year (from `first_year` on);
    `events`, `sexes`, `ages`: codes; `groups`, `forms`: numbers in the lists of the register.
    """

    days: NDArray[np.int32]
    places: Mapping[str, NDArray[np.int16]]
    first_year: int
    births: NDArray[np.int32]
    birth_years: NDArray[np.int32]
    events: NDArray[np.int16]
    sexes: NDArray[np.int16]
    ages: NDArray[np.int16]
    groups: NDArray[np.int16]
    forms: Mapping[str, NDArray[np.int16]]


def taken(table: Array, codes: Array | None, empty: int, n: int) -> Array:
    """Values of codes, (n,); `empty` where the cell is empty or the file has no such column."""
    if codes is None:
        return np.full(n, empty, dtype=table.dtype)
    padded = np.append(table, np.array(empty, dtype=table.dtype))
    return np.asarray(padded[codes])


def years_of(days: Array) -> NDArray[np.int64]:
    """Calendar year of days since 1970, (n,)."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + EPOCH.year


def clean(batch: pa.RecordBatch, staged: Staged, tables: Tables, until: int, ledger: Ledger, number: int) -> pa.Table:
    """The records of a batch that can be kept; the others are counted in `ledger`.

    `until`: the last day that can be, days since 1970; `number`: of the file.
    """
    n = batch.num_rows
    codes = {name: batch.column(name).to_numpy() for name in staged.texts}
    has_day = codes["day"] >= 0
    day = taken(tables.days, codes["day"], int(NONE), n)
    readable = day != NONE
    year = np.where(readable, years_of(np.where(readable, day, 0)), 0)
    at = np.clip(year - tables.first_year, 0, tables.places["origin"].shape[1] - 1)
    place = {name: tables.places[name][codes[name], at] for name in ("origin", "destination")}
    event = taken(tables.events, codes.get("event"), MOVE, n)
    sex = taken(tables.sexes, codes.get("sex"), EMPTY, n)
    birth = taken(tables.births, codes.get("birth"), int(NONE), n)
    birth_year = taken(tables.birth_years, codes.get("birth"), int(NONE), n)
    has_birth = codes["birth"] >= 0 if "birth" in codes else np.zeros(n, dtype=bool)
    stated = taken(tables.ages, codes.get("age"), EMPTY, n)
    age = np.where(birth_year != NONE, age_at(day, year, birth, birth_year), stated)
    born_after = (birth_year != NONE) & ((birth_year > year) | ((birth != NONE) & (birth > day)))
    refused = {
        "no_day": ~has_day, "day": ~readable, "future": day > until, "old": day < until - OLDEST_DAYS,
        "event": event == -1, "place": (place["origin"] == -1) | (place["destination"] == -1),
        "same_place": (place["origin"] == place["destination"]) & (place["origin"] >= 0),
        "birth": has_birth & (birth_year == NONE), "before_birth": born_after,
        "age": (age == -1) | (age > OLDEST_AGE), "sex": sex == -1,
    }  # fmt: skip
    kept = np.ones(n, dtype=bool)
    for reason in REASONS[:-1]:
        held = kept & refused[reason]
        if held.any():
            ledger.add(reason, int(held.sum()), _examples(reason, held, batch, staged))
            kept &= ~held
    columns: dict[str, pa.Array] = {
        name: batch.column(name) if name in batch.schema.names else pa.nulls(n, pa.string()) for name in TEXTS
    }
    columns |= {
        "day": pa.array(day, pa.int32()).cast(pa.date32()), "year": pa.array(year.astype(np.int16)),
        "event": pa.array(event.astype(np.int8)),
        "birth": _nullable(birth, birth != NONE, pa.int32()).cast(pa.date32()),
        "age": _nullable(age, age >= 0, pa.int16()), "sex": _nullable(sex, sex >= 0, pa.int8()),
        "origin": _nullable(place["origin"], place["origin"] >= 0, pa.int16()),
        "destination": _nullable(place["destination"], place["destination"] >= 0, pa.int16()),
    }  # fmt: skip
    for name, table in (("group", tables.groups), *((name, tables.forms[name]) for name in FORMS)):
        code = taken(table, codes.get(name), -1, n)
        columns[name] = _nullable(code, code >= 0, pa.int16())
    columns |= {"file": pa.array(np.full(n, number, dtype=np.int16)), "row": batch.column(ROW)}
    return pa.table(columns).filter(pa.array(kept))


def age_at(day: Array, year: Array, birth: Array, birth_year: Array) -> Array:
    """Completed years on each day, (n,); with a year of birth alone those at the end of the year."""
    dated = birth != NONE
    b, d = np.where(dated, birth, 0).astype("datetime64[D]"), np.where(dated, day, 0).astype("datetime64[D]")
    month_b, month_d = b.astype("datetime64[M]"), d.astype("datetime64[M]")
    place_b = (month_b.astype(int) % 12) * 31 + (b - month_b.astype("datetime64[D]")).astype(int)
    place_d = (month_d.astype(int) % 12) * 31 + (d - month_d.astype("datetime64[D]")).astype(int)
    whole = year - np.where(birth_year == NONE, year, birth_year)
    return np.asarray(whole - (dated & (place_d < place_b)))


def _nullable(values: Array, given: Array, kind: pa.DataType) -> pa.Array:
    return pa.array(np.where(given, values, 0).astype(kind.to_pandas_dtype()), kind, mask=~given)


def _examples(reason: str, held: Array, batch: pa.RecordBatch, staged: Staged) -> list[Example]:
    rows = np.flatnonzero(held)[:SHOWN]
    return [Example(staged.source.name, int(batch.column(ROW)[int(i)].as_py()), _shown(reason, batch, staged, int(i)))
            for i in rows]  # fmt: skip


def _shown(reason: str, batch: pa.RecordBatch, staged: Staged, i: int) -> str:
    parts = [_text(staged, name, batch, i) for name in OTHER_FIELD[reason] if name in staged.texts]
    return " → ".join(parts) or "–"


def _text(staged: Staged, name: str, batch: pa.RecordBatch, i: int) -> str:
    code = batch.column(name)[i].as_py()
    return staged.texts[name].texts[code] if code >= 0 else "–"


def merged(lists: Sequence[Sequence[str]]) -> list[str]:
    """All texts of several lists, sorted."""
    return sorted({text for one in lists for text in one})
