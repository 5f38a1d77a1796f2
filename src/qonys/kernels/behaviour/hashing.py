"""Random numbers without a state: a hash of seed, person, year and decision.

The mixing function is the finaliser of splitmix64 (Steele, Lea and Flood 2014, OOPSLA, "Fast splittable pseudorandom
number generators"; constants of Stafford's variant 13), of the sum of the person's key, the key of the year and a
multiple of the golden ratio for the decision; keys are themselves such hashes. A person meets the same numbers whatever
else happens, in any order, in any thread: two scenarios differ by their chances alone (common random numbers).
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit as _njit

njit: Any = _njit
STAGE, BIRTH, PLACE, PHASE, LESSON, CHILD, SEX = range(7)
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
ALL32 = np.uint64(0xFFFFFFFF)


@njit(cache=True, inline="always")
def mixed(x):
    """A 64-bit number whose bits all depend on all bits of `x`."""
    x = (x ^ (x >> np.uint64(30))) * FIRST
    x = (x ^ (x >> np.uint64(27))) * SECOND
    return x ^ (x >> np.uint64(31))


@njit(cache=True, inline="always")
def hashed(key, number):
    """The hash of a key and a number."""
    return mixed(key + (np.uint64(number) + np.uint64(1)) * GOLDEN)


@njit(cache=True, inline="always")
def high(word):
    """A uniform number of 32 bits."""
    return word >> np.uint64(32)


@njit(cache=True, inline="always")
def low(word):
    """Another, independent of `high`."""
    return word & ALL32


@njit(cache=True, nogil=True)
def keys_of(seed, first, count):
    """Keys of the persons first .. first + count - 1 of the start population, (count,)."""
    root = hashed(np.uint64(seed), np.uint64(0))
    found = np.empty(count, dtype=np.uint64)
    for i in range(count):
        found[i] = hashed(root, np.uint64(first + i))
    return found


@njit(cache=True)
def year_key(seed, year):
    """The key of a year of a run."""
    return hashed(hashed(np.uint64(seed), np.uint64(1)), np.uint64(year))


def share_of_32(chance: Any) -> Any:
    """A chance as a number of 32 bits: a uniform number below it means yes.

    Examples
    --------
    >>> int(share_of_32(0.5))
    2147483648

    """
    return np.minimum(np.round(np.asarray(chance) * 2.0**32), 2.0**32 - 1).astype(np.uint32)
