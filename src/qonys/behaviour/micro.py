"""The micro engine: whole persons through the chain, with the numbers of `kernels.behaviour.hashing`.

Networks and norms are the persons' own, of the year before. Equal seeds give equal persons, bit for bit, whatever the
number of threads and of runs; under a scenario everybody meets the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qonys.behaviour.inputs import BehaviourInputs
from qonys.behaviour.outcomes import Outcomes, band_of, stocks
from qonys.behaviour.start import burned
from qonys.behaviour.twin import Memory, totals, twin
from qonys.errors import BadInput
from qonys.kernels.behaviour.chances import Mechanism
from qonys.kernels.behaviour.counts import Counts
from qonys.kernels.behaviour.hashing import hashed, year_key
from qonys.kernels.behaviour.persons import (
    BYTES,
    Limits,
    Persons,
    Sums,
    admit,
    bear,
    bear_of_newcomers,
    limits_of,
    live,
)
from qonys.kernels.behaviour.start import counted, persons_of, systematic

Array = NDArray[np.float64]
MOST_CLASSES, MOST_REGIONS, MARGIN, SPARE = 127, 254, 1.02, 1000


@dataclass(frozen=True)
class MicroRun:
    """A run: `outcomes` in persons of the whole country, `stay` (T, 11, R, G) and the `persons` at the end.

    `stay`: of those who moved inside the country n years before and are still there, at the end of each year.
    """

    outcomes: Outcomes
    stay: Array
    persons: Persons


@dataclass(frozen=True)
class MicroOptions:
    """How persons are made and run: `share` of the people who are simulated, threads, runs of persons a thread takes.

    `memory`: bytes that may be used (0: not checked).
    """

    seed: int = 1
    share: float = 1.0
    threads: int = 1
    chunks: int = 1
    memory: float = 0.0


USUAL = MicroOptions()
Tell = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    """Tell nothing."""


def sampled(start: Counts, share: float, seed: int, capacity: int = 0, threads: int = 1) -> Persons:
    """Whole persons of a start population, each standing for 1 / share."""
    return persons_of(systematic(start.state * share), start.homes, seed, capacity, threads)


def as_counts(persons: Persons, start: Counts, share: float = 1.0) -> Counts:
    """The cells and previous regions of persons; shapes as in `start`."""
    state, homes = np.zeros_like(start.state), np.zeros_like(start.homes)
    counted(persons.columns(), persons.count, state, homes)
    return Counts(state / share, homes / share, start.left)


def micro(
    chain: Mechanism,
    inputs: BehaviourInputs,
    options: MicroOptions = USUAL,
    start: Counts | None = None,
    tell: Tell = silent,
) -> MicroRun:
    """All years of whole persons; `start` None: the base after `burned`.

    Examples
    --------
    >>> from qonys.behaviour.made_up import small_country
    >>> from qonys.behaviour.parameters import mechanism
    >>> found = micro(mechanism(), small_country(2000.0, years=2))
    >>> found.outcomes.residual()
    0.0

    Raises
    ------
    BadInput
        More persons than the memory holds.

    """
    axes = inputs.axes
    if len(axes.groups) * len(axes.educations) > MOST_CLASSES or len(axes.regions) > MOST_REGIONS:
        raise ValueError(f"at most {MOST_CLASSES} groups x levels of education and {MOST_REGIONS} regions")
    first = burned(chain, inputs) if start is None else start
    rooms = _rooms(chain, inputs, options, first)
    persons = sampled(first, options.share, options.seed, rooms, options.threads)
    begun = as_counts(persons, first, options.share)
    memory = Memory(begun, len(axes.groups), len(axes.abroad))
    held, years = [stocks(axes, begun.state)], []
    with ThreadPoolExecutor(options.threads) as pool:
        for t in range(len(inputs.years)):
            tell(t, len(inputs.years))
            chance = memory.chances(chain, inputs, t)
            limits = limits_of(inputs.years[t], inputs.school, chance, band_of(axes, inputs.ages()))
            sums, came = _year(persons, limits, inputs, t, options, pool)
            people = sums.people.reshape(held[0].shape) / options.share
            held.append(people)
            years.append((sums, came))
            memory.after(totals(people), sums.moves / options.share, sums.emigrants / options.share)
    stay = np.stack([one.stay for one, _ in years]) / options.share
    return MicroRun(_outcomes(inputs, held, years, options.share), stay, persons)


def _rooms(chain: Mechanism, inputs: BehaviourInputs, options: MicroOptions, start: Counts) -> int:
    """Rooms for all who will be there, from the twin.

    Raises
    ------
    BadInput
        They need more bytes than there are.

    """
    if options.memory:
        enough_memory(options.share * float(start.state.sum()), options.memory)
    found = twin(chain, inputs, start)
    rooms = MARGIN * options.share * float(start.state.sum() + found.births.sum() + found.immigrants.sum()) + SPARE
    if options.memory:
        enough_memory(rooms, options.memory)
    return int(rooms)


def enough_memory(persons: float, memory: float) -> None:
    """Refuse persons who need more bytes than there are.

    Raises
    ------
    BadInput
        They do; the sentence says which share of them there is room for.

    """
    if persons * BYTES > memory:
        most = f"{memory / BYTES / persons:.2g}"
        raise BadInput(
            "behaviour.memory", persons=round(persons), bytes=BYTES, memory=round(memory / 1e9, 1), share=most
        )


def _year(
    persons: Persons, limits: Limits, inputs: BehaviourInputs, t: int, options: MicroOptions, pool: ThreadPoolExecutor
) -> tuple[Sums, Array]:
    axes, vital = inputs.axes, inputs.years[t]
    key = np.uint64(year_key(options.seed, t))
    shape = (len(axes.regions), len(axes.groups), limits.wish.shape[1], len(axes.abroad), len(axes.bands))
    came = _admit(persons, inputs, t, (key, 1), options)
    cuts = [persons.count * n // options.chunks for n in range(options.chunks + 1)]

    def part(span: tuple[int, int]) -> tuple[Sums, NDArray[np.uint64]]:
        sums, born = Sums.none(shape), np.empty((span[1] - span[0], 2), dtype=np.uint64)
        found = live(persons.columns(), span, key, limits.tables(), sums.arrays(), born)
        return sums, born[:found].copy()

    whole, births = Sums.none(shape), []
    for sums, born in pool.map(part, list(pairwise(cuts))):
        whole.add(sums)
        births.append(born)
    mothers, before = persons.count, whole.people.sum()
    late = _admit(persons, inputs, t, (key, 2), options)
    _count_newcomers(persons, mothers, whole, limits)
    born = np.empty((persons.count - mothers, 2), dtype=np.uint64)
    columns = (persons.key, persons.region, persons.age, persons.kind)
    half = np.repeat(limits.half, len(axes.educations), axis=1)
    found = bear_of_newcomers(columns, (mothers, persons.count), key, half, born)
    assert whole.people.sum() - before == persons.count - mothers
    born = born[:found]
    born[:, 1] = born[:, 1] // len(axes.educations)
    bear(persons, np.concatenate([*births, born]), limits, vital, whole)
    return whole, came + late


def _admit(
    persons: Persons, inputs: BehaviourInputs, t: int, key: tuple[np.uint64, int], options: MicroOptions
) -> Array:
    """Half of the immigrants of a year, drawn systematically; (R, G) persons."""
    more = inputs.years[t].arriving[:, :, None] * inputs.school.newcomers * options.share
    root = np.uint64(hashed(key[0], key[1]))
    whole = systematic(more.reshape(len(more), -1, *more.shape[3:]), float(root >> np.uint64(11)) / 2.0**53)
    admit(persons, whole, root)
    return np.asarray(whole.reshape(*more.shape[:2], -1).sum(axis=2))


def _count_newcomers(persons: Persons, first: int, sums: Sums, limits: Limits) -> None:
    """Count those who came at the end of the year among the people."""
    span = slice(first, persons.count)
    region, kind, age = persons.region[span], persons.kind[span] >> 1, persons.age[span]
    np.add.at(sums.people[..., 0], (region, kind, limits.band[age]), 1)


def _outcomes(inputs: BehaviourInputs, held: list[Array], years: list[tuple[Sums, Array]], share: float) -> Outcomes:
    shape = held[0].shape[:-1]
    named = ("moves", "returns", "emigrants", "births", "deaths")
    events = {name: np.stack([getattr(one, name) for one, _ in years]) / share for name in named}
    return Outcomes(
        axes=inputs.axes, base_year=inputs.base_year, people=np.stack(held),
        movers=np.stack([one.movers.reshape(shape) for one, _ in years]) / share,
        immigrants=np.stack([came for _, came in years]) / share, **events,
    )  # fmt: skip
