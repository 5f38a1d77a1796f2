"""Decomposition of a change into the effects of its factors, symmetric in the factors and without a residual.

Das Gupta (1993), Standardization and Decomposition of Rates: A User's Manual, Bureau of the Census P23-186,
chapters 2 (products) and 3 (any function, equation 3.54). His effect of a factor among k is the mean, over all sets
of other factors already changed, with weight s! (k - 1 - s)! / k! for a set of s, of what its own change then
does: the value of Shapley (1953) of the game of changing factors. For two factors it is that of Kitagawa (1955),
Journal of the American Statistical Association 50:1168.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Change = Callable[[frozenset[str]], ArrayLike]
MOST = 10
KEPT = 4096


def product_effects(before: Sequence[ArrayLike], after: Sequence[ArrayLike]) -> Array:
    """Effects of the k factors of a product on its change, (k, ...), in the product's unit.

    `before`, `after`: the factors in the two populations, of shapes that broadcast to (...); for a rate that is
    a sum over cells, sum the effects over them. Effects sum to the change of the product.

    The weights are integrals, s! (k - 1 - s)! / k! = int t^s (1 - t)^(k - 1 - s) dt, so the effect is that of
    the factor's change with the others on the straight line between the populations, averaged over the line: a
    polynomial of degree k - 1, exact by k / 2 Gauss points at k^2 / 2 multiplications in place of k 2^(k-1).

    Raises
    ------
    ValueError
        No factors, or other numbers of them before and after.

    Examples
    --------
    Birth rates of Austria and Chile, 1981 (Das Gupta 1993, chapter 2).

    >>> product_effects((51.78746, 0.45919, 0.52638), (84.90502, 0.75756, 0.51065)).round(3).tolist()
    [10.434, 10.561, -0.667]
    """
    old, new, others = _sides(before, after)
    return np.stack([(b - a) * rest for a, b, rest in zip(old, new, others, strict=True)])


def product_rates(before: Sequence[ArrayLike], after: Sequence[ArrayLike]) -> Array:
    """Standardised products, (2, k, ...): the product in each population if it differed in one factor only.

    Das Gupta's rates standardised for all factors but one; after less before is `product_effects`.

    Raises
    ------
    ValueError
        Other factors before than after.

    """
    old, new, others = _sides(before, after)
    return np.stack([np.stack([x * rest for x, rest in zip(side, others, strict=True)]) for side in (old, new)])


def _sides(before: Sequence[ArrayLike], after: Sequence[ArrayLike]) -> tuple[list[Array], list[Array], list[Array]]:
    """Factors of both sides brought to one shape, and the mean product of the others over the line between."""
    k = len(before)
    if k == 0 or len(after) != k:
        raise ValueError("the same factors are needed before and after")
    arrays = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (*before, *after)))
    old, new = list(arrays[:k]), list(arrays[k:])
    others = [np.zeros(arrays[0].shape) for _ in range(k)]
    places, weights = np.polynomial.legendre.leggauss((k + 1) // 2)
    for place, weight in zip((places + 1) / 2, weights / 2, strict=True):
        mixed = [(1 - place) * a + place * b for a, b in zip(old, new, strict=True)]
        early = [np.full(arrays[0].shape, weight)]
        for factor in mixed[:-1]:
            early.append(early[-1] * factor)
        late = np.ones(arrays[0].shape)
        for i in range(k - 1, -1, -1):
            others[i] = others[i] + early[i] * late
            late = late * mixed[i]
    return old, new, others


def das_gupta(function: Callable[..., ArrayLike], before: Sequence[ArrayLike], after: Sequence[ArrayLike]) -> Array:
    """Effects of k factors on the change of any function of them, (k, ...), summing to the change.

    `function` takes the k factors, each a number or an array of any shape, and gives a number or an array (...);
    it is called 2^k times, k <= 10.

    Raises
    ------
    ValueError
        No factors, more than ten, or other numbers of them before and after.

    Examples
    --------
    >>> das_gupta(lambda births, deaths: births - deaths, (19.4, 10.8), (23.7, 9.5)).round(3).tolist()
    [4.3, 1.3]
    """
    k = len(before)
    if k == 0 or k > MOST or len(after) != k:
        raise ValueError(f"one to {MOST} factors are needed, the same before and after")
    names = tuple(f"{i:02d}" for i in range(k))

    def value(changed: frozenset[str]) -> ArrayLike:
        return function(*(b if name in changed else a for name, a, b in zip(names, before, after, strict=True)))

    return shapley(value, names).effects


@dataclass(frozen=True)
class Shapley:
    """Effects (k, ...) of the factor groups `names` on `change` (...), and how they were found.

    `errors` (k, ...): standard errors of the sampling, zero where `exact`. Effects sum to the change, exact or not.
    `evaluations`: calls of the function.
    """

    names: tuple[str, ...]
    effects: Array
    errors: Array
    change: Array
    evaluations: int
    exact: bool

    def shares(self) -> Array:
        """Effects as parts of the change, (k, ...); not a number where nothing changed."""
        wide = np.broadcast_to(self.change, self.effects.shape)
        return np.asarray(np.divide(self.effects, wide, out=np.full(wide.shape, np.nan), where=wide != 0))


def shapley(
    value: Change,
    names: Sequence[str],
    rng: np.random.Generator | None = None,
    pairs: int = 500,
    most: int = MOST,
) -> Shapley:
    """Shapley values of factor groups: the mean effect of changing each, over all orders of changing them.

    `value(changed)` gives the result, a number or an array (...), with the groups in the frozen set `changed`
    as after and the rest as before. Up to `most` groups it is called for each of the 2^k sets once. Beyond,
    `pairs` random orders and their reverses are walked (antithetic sampling: Castro, Gomez and Tejada 2009,
    Computers & Operations Research 36:1726; Mitchell, Cooper, Frank and Holmes 2022, Journal of Machine Learning
    Research 23:43) and sets met again are remembered.

    Raises
    ------
    ValueError
        No names, a name twice, or more than `most` without a generator and two pairs.

    Examples
    --------
    >>> found = shapley(lambda changed: 6.0 if len(changed) == 2 else 1.0 * ("a" in changed), ("a", "b"))
    >>> found.effects.tolist(), found.evaluations
    ([3.5, 2.5], 4)
    """
    named = tuple(names)
    if not named or len(set(named)) != len(named):
        raise ValueError("names of groups are needed, each once")
    if len(named) <= most:
        return _enumerated(value, named)
    if rng is None or pairs < 2:
        raise ValueError(f"more than {most} groups are sampled: a generator and two pairs are needed")
    return _sampled(value, named, rng, pairs)


def _enumerated(value: Change, names: tuple[str, ...]) -> Shapley:
    k = len(names)
    start: Array = np.asarray(value(frozenset()), dtype=np.float64)
    effects = np.zeros((k, *start.shape))
    change = np.zeros(start.shape)
    for size in range(1, k + 1):
        join = math.factorial(size - 1) * math.factorial(k - size) / math.factorial(k)
        stay = math.factorial(size) * math.factorial(k - 1 - size) / math.factorial(k) if size < k else 0.0
        for places in combinations(range(k), size):
            change = np.asarray(value(frozenset(names[i] for i in places)), dtype=np.float64) - start
            for i in range(k):
                effects[i] += (join if i in places else -stay) * change
    return Shapley(names, effects, np.zeros_like(effects), change, 2**k, True)


def _sampled(value: Change, names: tuple[str, ...], rng: np.random.Generator, pairs: int) -> Shapley:
    known: dict[frozenset[str], Array] = {}
    calls = 0

    def met(changed: frozenset[str]) -> Array:
        nonlocal calls
        found = known.get(changed)
        if found is None:
            calls += 1
            found = np.asarray(value(changed), dtype=np.float64)
            if len(known) < KEPT:
                known[changed] = found
        return found

    start, end = met(frozenset()), met(frozenset(names))
    mean = np.zeros((len(names), *start.shape))
    squares = np.zeros_like(mean)
    for pair in range(pairs):
        order = rng.permutation(len(names))
        found = np.zeros_like(mean)
        for one in (order, order[::-1]):
            changed: frozenset[str] = frozenset()
            for i in one:
                wider = changed | {names[i]}
                found[i] += (met(wider) - met(changed)) / 2
                changed = wider
        step = found - mean
        mean += step / (pair + 1)
        squares += step * (found - mean)
    return Shapley(names, mean, np.sqrt(squares / (pairs - 1) / pairs), end - start, calls, False)
