"""Attacks on tables of a register: of how many cells can a reader be sure, who knows the method but not the secret?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.inputs.boundaries import region_lineage
from qonys.kernels.protection.attack import (
    Bounds,
    KnownTable,
    differences,
    exact_bounds,
    narrowed,
    perturbed_bounds,
    rounded_bounds,
    sums_of,
    sure,
)
from qonys.kernels.protection.keys import record_keys
from qonys.quantities import Axis
from qonys.registers.axes import MONTHS, TableChoices
from qonys.registers.protection.cubes import (
    Counts,
    Grouping,
    KeyedCube,
    Keys,
    apart,
    joined,
    keyed_cube,
    sums_by,
    whole,
)
from qonys.registers.protection.secret import Secret
from qonys.registers.protection.tables import Protection, shown_counts, withheld_of
from qonys.registers.store import Register

AGES_JOINED = 2
PERSONS = 500  # whose absence is tried
REPEATED = 100
Bounding = Callable[[Counts, Keys], Bounds]


@dataclass(frozen=True)
class Attack:
    """What a reader gets out of `tables` tables over `cells` cells with persons.

    `sure_open`: cells of which a reader is sure when tables are published as they are; `sure`: when they are protected;
    `guessed`: share of cells whose best guess is right; `seen`: cells that differ visibly between two tables.
    """

    name: str
    tables: int
    cells: int
    sure_open: int
    sure: int
    guessed: float | None = None
    seen: int | None = None


def attacks(
    register: Register, choices: TableChoices, secret: Secret, protection: Protection | None = None, seed: int = 1
) -> list[Attack]:
    """Try all attacks on a table and those that stand beside it.

    Overlapping: the table with all its margins; nested: also by pairs of ages, by years of months, by earlier
    boundaries; repeated: the table asked for again and again; difference: two tables that differ by one person.

    Raises
    ------
    BadInput
        As `protected_flows`.

    """
    how = protection or Protection()
    cube = keyed_cube(register, choices, secret)
    if how.method == "suppress":
        return [_withheld(cube, how)]
    noise = how.noise() if how.method == "cellkey" else None

    def bounding(counts: Counts, keys: Keys) -> Bounds:
        shown = shown_counts(counts, keys, how, noise).ravel()
        return perturbed_bounds(shown, noise) if noise is not None else rounded_bounds(shown, how.base)

    plain = [[apart(axis), whole(axis)] for axis in cube.axes]
    nested = [[*one, *_coarser(register, axis)] for one, axis in zip(plain, cube.axes, strict=True)]
    return [
        _tables("overlapping", cube, list(product(*plain)), bounding),
        _tables("nested", cube, list(product(*nested)), bounding),
        _repeated(cube, lambda counts, keys: shown_counts(counts, keys, how, noise), bounding),
        _one_person(cube, bounding, secret, seed),
    ]


def attack_frame(found: Sequence[Attack]) -> pl.DataFrame:
    """Attacks as rows: attack, tables, cells, sure_open, sure, guessed (percent), seen."""
    rows = [
        (one.name, one.tables, one.cells, one.sure_open, one.sure, None if one.guessed is None else 100 * one.guessed,
         one.seen)
        for one in found
    ]  # fmt: skip
    schema = {"attack": pl.String, "tables": pl.Int64, "cells": pl.Int64, "sure_open": pl.Int64, "sure": pl.Int64,
              "guessed": pl.Float64, "seen": pl.Int64}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _coarser(register: Register, axis: Axis) -> list[Grouping]:
    """Groups of labels in which offices publish too."""
    if axis.name == "age":
        of = np.arange(len(axis.labels)) // AGES_JOINED
        return [Grouping(of, tuple(range(int(of[-1]) + 1)))]
    if axis.name == "time" and "-" in str(axis.labels[0]):
        of = np.arange(len(axis.labels)) // MONTHS
        return [Grouping(of, tuple(range(int(of[-1]) + 1)))]
    if axis.name not in ("origin", "destination"):
        return []
    order = register.pack.vintages().sort("order")["vintage"].to_list()
    to = region_lineage(register.pack).mapping(order[-1], order[0])
    names = [to.get(str(label), str(label)) for label in axis.labels]
    labels = tuple(dict.fromkeys(names))
    return [Grouping(np.array([labels.index(name) for name in names]), labels)] if len(labels) < len(names) else []


def _tables(name: str, cube: KeyedCube, choices: Sequence[Sequence[Grouping]], bounding: Bounding) -> Attack:
    """Many tables over the same cells: those of which a reader is sure, cells and sums together."""
    open_, shown = [], []
    for groupings in choices:
        of, _ = sums_by(cube.shape, groupings)
        one = joined(cube, groupings)
        open_.append(KnownTable(of, *exact_bounds(one.counts.ravel())))
        shown.append(KnownTable(of, *bounding(one.counts, one.keys)))
    found = []
    for tables in (open_, shown):
        cells = narrowed(cube.counts.size, tables)
        found.append(sum(int(sure(sums_of(cells, table)).sum()) for table in tables))
    count = sum(int((table.low > 0).sum()) for table in open_)
    guess = np.concatenate([_middle(table) for table in shown])
    true = np.concatenate([table.low for table in open_])
    right = float((guess == true)[true > 0].mean()) if (true > 0).any() else 0.0
    return Attack(name, len(choices), count, found[0], found[1], right)


def _middle(table: KnownTable) -> NDArray[np.int64]:
    """The best guess of a reader: the middle of what is possible."""
    return (table.low + table.high) // 2


def _repeated(cube: KeyedCube, publish: Callable[[Counts, Keys], Counts], bounding: Bounding) -> Attack:
    """The same table asked for many times: every answer is the same, so that the mean of all is that of one."""
    times = REPEATED
    answers = np.zeros(cube.counts.size)
    for _ in range(times):
        answers += publish(cube.counts, cube.keys).ravel()
    true = cube.counts.ravel()
    there = true > 0
    right = float((np.rint(answers / times) == true)[there].mean()) if there.any() else 0.0
    known = int(sure(bounding(cube.counts, cube.keys)).sum())
    return Attack("repeated", times, int(there.sum()), int(there.sum()), known, right)


def _one_person(cube: KeyedCube, bounding: Bounding, secret: Secret, seed: int) -> Attack:
    """Two tables that differ by one record of one cell: is a reader sure how many persons differ?"""
    draws = np.random.default_rng(seed)
    there = np.flatnonzero(cube.counts.ravel())
    if not len(there):
        return Attack("difference", 2, 0, 0, 0, None, 0)
    tried = draws.choice(there, PERSONS)
    key = record_keys(secret.words, draws.integers(0, 1 << 62, PERSONS))
    counts, keys = cube.counts.ravel()[tried], cube.keys.ravel()[tried]
    before, after = bounding(counts, keys), bounding(counts - 1, keys - key)
    found = differences(before, after)
    seen = int(((before.low != after.low) | (before.high != after.high)).sum())
    exact = differences(exact_bounds(counts), exact_bounds(counts - 1))
    return Attack("difference", 2, PERSONS, int(sure(exact).sum()), int(sure(found).sum()), None, seen)


def _withheld(cube: KeyedCube, how: Protection) -> Attack:
    """A table with withheld cells and all its margins."""
    frame, hidden = withheld_of(cube, how)
    names = [axis.name for axis in cube.axes]
    place = {label: at for at, label in enumerate(frame.select(names).rows())}
    top = int(frame["value"].to_numpy().max(initial=0))
    open_, shown, count = [], [], 0
    for groupings in product(*[[apart(axis), whole(axis)] for axis in cube.axes]):
        of, _ = sums_by(cube.shape, groupings)
        one = joined(cube, groupings)
        at = np.array([place[tuple(str(x) for x in labels)] for labels in product(*[axis.labels for axis in one.axes])])
        counts = one.counts.ravel()
        open_.append(KnownTable(of, counts, counts))
        shown.append(KnownTable(of, np.where(hidden[at], 0, counts), np.where(hidden[at], top, counts)))
        count += int((hidden[at] & (counts > 0)).sum())
    cells = narrowed(cube.counts.size, shown)
    known = sum(int((sure(sums_of(cells, table)) & (table.low < table.high)).sum()) for table in shown)
    return Attack("overlapping", len(shown), count, count, known)
