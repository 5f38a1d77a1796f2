"""The multiregional step in JAX: the results of `multiregional.step`, on a GPU if there is one, with gradients.

Optional (`qonys[jax]`): JAX is imported when a function is called, uses double precision for that call only and
leaves the settings of the process unchanged. Every cell of every draw and year is kept, so memory limits the number
of draws; the engine for many draws on a CPU is `multiregional.engine`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.multiregional.step import ACCOUNTS, END, EVEN, FACTORS, HAZARD, Drivers, Tables, check, structured

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Paths:
    """`population` (D, T + 1, R, G, 2, A), `accounts` (D, T, R, G, 9) as `multiregional.ACCOUNTS`, persons."""

    population: Array
    accounts: Array


def _jax() -> Any:
    try:
        return import_module("jax")
    except ImportError:
        raise BadInput("engine.jax") from None


def run(base: Array, tables: Tables, drivers: Drivers, timing: str = END) -> Paths:
    """All draws and years from `base` ((R, G, 2, A) or (K, R, G, 2, A)), persons.

    Raises
    ------
    ValueError
        As `step.check`.
    BadInput
        JAX is not installed (extra `jax`).

    """
    jax = _jax()
    check(base, tables, drivers)
    with jax.enable_x64(True):
        people, accounts = jax.jit(_draws(jax, tables, drivers.kind, timing))(*_inputs(base, drivers))
        return Paths(np.asarray(people), np.asarray(accounts))


def gradient(base: Array, tables: Tables, drivers: Drivers, total: Array, timing: str = END) -> dict[str, Array]:
    """Derivative of a total (persons) by each factor, by draw and year: dict of FACTORS, each of its factor's shape.

    `total` (T + 1, R, G, 2, A): weight of every cell and year in the total (1 for cells that belong to it, 0 for the
    others). The total of a draw depends only on its own factors.

    Raises
    ------
    BadInput
        JAX is not installed (extra `jax`).

    """
    jax = _jax()
    check(base, tables, drivers)
    with jax.enable_x64(True):
        draws = _draws(jax, tables, drivers.kind, timing)

        def value(factors: Any, start: Any, rates: Any, ratio: Any) -> Any:
            return (draws(factors, start, rates, ratio)[0] * total).sum()

        found = jax.jit(jax.grad(value))(*_inputs(base, drivers))
        return {name: np.asarray(found[name]).reshape(getattr(drivers, name).shape) for name in FACTORS}


def _inputs(base: Array, drivers: Drivers) -> tuple[dict[str, Array], Array, Array, Array]:
    """Factors (D, T, R or 1, G or 1), base populations (D, R, G, 2, A), death rates (D, T, 2, A), sex ratio (T,)."""
    draws = len(drivers.place)
    first = base if base.ndim == 5 else base[None]
    start = first[(drivers.first + np.arange(draws)) % len(first)]
    low = np.clip(drivers.place.astype(np.int64), 0, max(len(drivers.mortality) - 2, 0))
    high = np.minimum(low + 1, len(drivers.mortality) - 1)
    part, sexes = (drivers.place - low)[..., None], np.arange(2)
    rates = (1 - part) * drivers.mortality[low, sexes] + part * drivers.mortality[high, sexes]
    return {name: drivers.by_cell(name) for name in FACTORS}, start, rates, drivers.sex_ratio


def _draws(jax: Any, tables: Tables, kind: str, timing: str) -> Callable[..., Any]:
    """The function of all draws: years are a scan, draws are mapped."""
    step = _step(jax, tables, kind, timing)

    def one(factors: Any, start: Any, rates: Any, ratio: Any) -> Any:
        end, (later, accounts) = jax.lax.scan(step, start, (factors, rates, ratio))
        del end
        return jax.numpy.concatenate([start[None], later]), accounts

    mapped: Callable[..., Any] = jax.vmap(one, in_axes=(0, 0, 0, None))
    return mapped


def _step(jax: Any, tables: Tables, kind: str, timing: str) -> Callable[..., Any]:
    """One year, in the order of `multiregional.step`."""
    np_ = jax.numpy
    half = 0.5 if timing == EVEN else 1.0
    move, change = _move(jax, tables, half), _change(jax, tables)
    zero = np_.zeros((*tables.emigration.shape[:2], len(ACCOUNTS)))

    def step(people: Any, year: Any) -> Any:
        factors, rates, ratio = year
        m = rates * tables.mortality
        survival = np_.exp(-m) if kind == HAZARD else 1 - m
        start, accounts = move(people, factors, zero) if timing == EVEN else (people, zero)
        exposed = np_.concatenate([np_.zeros_like(start[..., :1]), start[..., :-1]], axis=-1)
        exposed = exposed.at[..., -1].add(start[..., -1])
        alive = exposed * survival
        dead = (exposed - alive).sum(axis=(2, 3))
        alive, accounts = change(alive, accounts, range(1, start.shape[-1]))
        later = move(alive, factors, zero)[0] if timing == EVEN else alive
        women = start[:, :, 0].at[..., 1:].add(later[:, :, 0, 1:])
        births = ((tables.fertility * women).sum(axis=-1) * factors["fertility"] / 2) @ tables.mixing
        girls = births / (1 + ratio)
        born = np_.stack([girls, births - girls], axis=-1)
        alive = alive.at[..., 0].set(born * survival[..., 0])
        dead = dead + (born - alive[..., 0]).sum(axis=-1)
        accounts = accounts.at[..., 0].add(births).at[..., 1].add(dead)
        alive, accounts = change(alive, accounts, range(1))
        found = move(alive, factors, accounts)
        return found[0], found

    return step


def _move(jax: Any, tables: Tables, share: float) -> Callable[..., Any]:
    """Emigration, moves inside the country and immigration with `share` of a year's rates."""
    np_, moves = jax.numpy, structured(tables.moves)
    leave, numbers = tables.moves.leave()[:, None], moves.numbers()

    def arrive(leaving: Any) -> Any:
        found = np_.zeros_like(leaving)
        for k, choice in enumerate(moves.choice):
            here = np.flatnonzero((numbers == k).ravel())
            gone = np_.einsum("rgn,rk->kgn", leaving.reshape(*leaving.shape[:2], -1)[..., here], choice)
            gone = gone if moves.second is None else np_.einsum("kgn,kd->dgn", gone, moves.second[k])
            found = found.reshape(*leaving.shape[:2], -1).at[..., here].set(gone).reshape(leaving.shape)
        return found

    def dense(leaving: Any) -> Any:
        return np_.einsum("rgsx,sxrd->dgsx", leaving, tables.moves.choice)

    def move(people: Any, factors: Any, accounts: Any) -> Any:
        wanted = tables.emigration * share * factors["emigration"][..., None, None]
        out = people * np_.minimum(wanted, 1)
        stay = people - out
        intended = leave * share * factors["internal"][..., None, None]
        leaving = stay * np_.minimum(intended, 1)
        entering = arrive(leaving) if hasattr(tables.moves, "level") else dense(leaving)
        coming = np_.broadcast_to(tables.immigration * share * factors["immigration"][..., None, None], people.shape)
        lacking = people * np_.maximum(wanted - 1, 0) + stay * np_.maximum(intended - 1, 0)
        for place, flow in ((2, entering), (3, leaving), (4, coming), (5, out), (8, lacking)):
            accounts = accounts.at[..., place].add(flow.sum(axis=(2, 3)))
        return stay - leaving + entering + coming, accounts

    return move


def _change(jax: Any, tables: Tables) -> Callable[..., Any]:
    """Transitions between groups on reaching an age."""

    def change(alive: Any, accounts: Any, ages: range) -> Any:
        for k, age in enumerate(tables.change_ages):
            for sex in range(2) if age in ages else ():
                matrix = tables.change[k, sex]
                before = alive[:, :, sex, age]
                stayed, after = np.diagonal(matrix) * before, before @ matrix
                alive = alive.at[:, :, sex, age].set(after)
                accounts = accounts.at[..., 6].add(after - stayed).at[..., 7].add(before - stayed)
        return alive, accounts

    del jax
    return change
