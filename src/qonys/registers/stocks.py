"""Stocks, transitions and person-years of the persons of a register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput, IdentityBroken
from qonys.kernels.registers.residence import add_person_days, add_stocks, add_transitions
from qonys.quantities import Axis, Flows, Stock
from qonys.registers.flows import definition, lineage
from qonys.registers.sorting import column, column_known
from qonys.registers.standard import EPOCH
from qonys.registers.store import Register

UNKNOWN = "unknown"
Array = NDArray[Any]


@dataclass(frozen=True)
class Account:
    """Persons by place between days, with an account that closes.

    `frame`: start, end, place, stock_start, arrivals, departures, unrecorded_arrivals, unrecorded_departures,
    stock_end, person_years. Unrecorded: a move begins elsewhere than the one before ended. `without_person`: records
    that tell of nobody and are in no stock.
    """

    frame: pl.DataFrame
    stock: Stock
    without_person: int


def year_days(register: Register) -> tuple[date, ...]:
    """The first record's 1 January, those after it, and the day after the last record."""
    years = range(register.first.year, register.last.year + 1)
    return (*(date(year, 1, 1) for year in years), register.last + timedelta(days=1))


def account(register: Register, days: Sequence[date] = ()) -> Account:
    """Persons of the register by place at the beginning of each day, and what happened between: the account closes.

    Only persons of whom a record tells are counted: before the first move a person is at its origin.

    Raises
    ------
    BadInput
        Fewer than two days, or they do not ascend.
    IdentityBroken
        Stock, arrivals and departures do not agree.

    """
    when, dates = _checked(register, days)
    n, places = len(dates), len(register.places) + 1
    stock, jumps = np.zeros((n, places), dtype=np.int64), np.zeros((n + 1, places, 2), dtype=np.int64)
    spent, moved = np.zeros((n - 1, places), dtype=np.int64), np.zeros((n + 1, places, 2), dtype=np.int64)
    alone = 0
    for table in register.moves(("day", "origin", "destination")):
        known = column_known(table, "person")
        alone += int((~known).sum())
        person, day, origin, goal = (
            column(table, name)[known] for name in ("person", "day", "origin", "destination")
        )  # fmt: skip
        add_stocks(person, day, origin, goal, dates, stock, jumps)
        add_person_days(person, day, origin, goal, dates, spent)
        at = np.searchsorted(dates, day, side="right")
        for side, place in enumerate((goal, origin)):
            cell = at * places + np.where(place < 0, places - 1, place)
            moved[..., side] += np.bincount(cell, minlength=(n + 1) * places).reshape(n + 1, places)
    _check(stock, moved, jumps)
    return Account(_frame(register, when, stock, moved, jumps, spent), _stock(register, when, stock), alone)


def _checked(register: Register, days: Sequence[date]) -> tuple[tuple[date, ...], Array]:
    """The days, and the same as days since 1970."""
    when = tuple(days) or year_days(register)
    if len(when) < 2 or any(b <= a for a, b in pairwise(when)):
        raise BadInput("registers.days", days=", ".join(map(str, when)))
    return when, np.array([(day - EPOCH).days for day in when], dtype=np.int32)


def _check(stock: Array, moved: Array, jumps: Array) -> None:
    change = (moved + jumps)[1:-1]
    gap = stock[1:] - stock[:-1] - change[..., 0] + change[..., 1]
    if gap.any():
        raise IdentityBroken("registers.account", gap=int(np.abs(gap).sum()))


def _frame(
    register: Register, when: Sequence[date], stock: Array, moved: Array, jumps: Array, spent: Array
) -> pl.DataFrame:
    labels = [*register.places, UNKNOWN]
    kept = [place for place in range(len(labels)) if place < len(labels) - 1 or stock[:, place].any()]
    rows = [
        (when[k], when[k + 1], labels[p], int(stock[k, p]), int(moved[k + 1, p, 0]), int(moved[k + 1, p, 1]),
         int(jumps[k + 1, p, 0]), int(jumps[k + 1, p, 1]), int(stock[k + 1, p]), float(spent[k, p]) / 365.25)
        for k in range(len(when) - 1) for p in kept
    ]  # fmt: skip
    names = ("start", "end", "place", "stock_start", "arrivals", "departures", "unrecorded_arrivals",
             "unrecorded_departures", "stock_end", "person_years")  # fmt: skip
    return pl.DataFrame(rows, schema=names, orient="row")


def _stock(register: Register, when: Sequence[date], stock: Array) -> Stock:
    axes = (Axis("time", tuple(str(day) for day in when)), Axis("region", (*register.places, UNKNOWN)))
    what = definition(register, "register_persons")
    newest = str(register.pack.vintages().sort("order")["vintage"][-1])
    return Stock(stock.astype(np.float64), axes, "persons", what, None, newest,
                 lineage(register, "qonys.registers.stocks.account"))  # fmt: skip


def transitions(register: Register, days: Sequence[date] = ()) -> Flows:
    """Persons whose place differs between one day and the next, by origin and destination; unit persons.

    A person who moved and came back in between is no transition, one who moved twice is one: transitions are fewer than
    moves, and neither stands for the other.

    Raises
    ------
    BadInput
        As `account`.

    """
    when, dates = _checked(register, days)
    places = len(register.places) + 1
    moved = np.zeros((len(dates) - 1, places, places), dtype=np.int64)
    for table in register.moves(("day", "origin", "destination")):
        known = column_known(table, "person")
        add_transitions(
            *(column(table, name)[known] for name in ("person", "day", "origin", "destination")), dates, moved
        )
    labels = (*register.places, UNKNOWN) if moved[:, -1].any() or moved[:, :, -1].any() else register.places
    axes = (Axis("time", tuple(str(day) for day in when[:-1])), Axis("origin", labels), Axis("destination", labels))
    values = moved[:, : len(labels), : len(labels)].astype(np.float64)
    newest = str(register.pack.vintages().sort("order")["vintage"][-1])
    return Flows(values, axes, "persons", definition(register, "register_transitions"), None, newest,
                 lineage(register, "qonys.registers.stocks.transitions"))  # fmt: skip
