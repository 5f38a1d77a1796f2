"""Keys of persons and of cells: the noise of a cell hangs on who is in it, and on nothing else.

A person's key is SipHash-2-4 (Aumasson and Bernstein 2012, Indocrypt, LNCS 7668: 489-508) of the person under a secret,
reduced to 16 bits; a cell's key is the sum of the keys of its records modulo 2^16 (Fraser and Wooton 2005; Thompson,
Broadfoot and Elazar 2013). Sums of whole numbers are the same in any order, thread and program. The same persons get
the same noise in every table, so that asking again teaches nothing; a margin has its own key and its own noise, and is
never a sum of perturbed cells.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit as _njit

from qonys.kernels.protection.perturbation import KEYS

njit: Any = _njit
MASK = np.uint64(KEYS - 1)
V0, V1 = np.uint64(0x736F6D6570736575), np.uint64(0x646F72616E646F6D)
V2, V3 = np.uint64(0x6C7967656E657261), np.uint64(0x7465646279746573)
LENGTH, END = np.uint64(8 << 56), np.uint64(0xFF)


@njit(cache=True, inline="always")
def _turned(x, by):
    return (x << np.uint64(by)) | (x >> np.uint64(64 - by))


@njit(cache=True, inline="always")
def _round(a, b, c, d):
    a += b
    b = _turned(b, 13) ^ a
    a = _turned(a, 32)
    c += d
    d = _turned(d, 16) ^ c
    a += d
    d = _turned(d, 21) ^ a
    c += b
    b = _turned(b, 17) ^ c
    return a, b, _turned(c, 32), d


@njit(cache=True, inline="always")
def siphash(first, second, word):
    """SipHash-2-4 of eight bytes, the least first, under a key of two words; a word of 64 bits."""
    a, b, c, d = V0 ^ first, V1 ^ second, V2 ^ first, V3 ^ second ^ word
    a, b, c, d = _round(a, b, c, d)
    a, b, c, d = _round(a, b, c, d)
    a, d = a ^ word, d ^ LENGTH
    a, b, c, d = _round(a, b, c, d)
    a, b, c, d = _round(a, b, c, d)
    a, c = a ^ LENGTH, c ^ END
    for _ in range(4):
        a, b, c, d = _round(a, b, c, d)
    return a ^ b ^ c ^ d


@njit(cache=True)
def record_keys(secret, person):
    """Keys of persons (n,), 0 ... 2^16 - 1 each, under a secret of two words (2,).

    Examples
    --------
    >>> secret = np.array([0x0706050403020100, 0x0F0E0D0C0B0A0908], dtype=np.uint64)
    >>> record_keys(secret, np.array([0x0706050403020100], dtype=np.uint64)).tolist()
    [9314]

    """
    found = np.empty(len(person), dtype=np.uint16)
    for i in range(len(person)):
        found[i] = siphash(secret[0], secret[1], np.uint64(person[i])) & MASK
    return found


@njit(cache=True)
def add_keyed(place, key, counts, sums):
    """Add records to the counts and key sums of their cells, (cells,) each, changed in place; how many are in no cell.

    `place` (n,) cells, below 0: none; `key` (n,) 16 bits. Sums are modulo 2^16.
    """
    outside = 0
    for i in range(len(place)):
        at = place[i]
        if at >= 0:
            counts[at] += 1
            sums[at] = np.uint16((np.uint32(sums[at]) + np.uint32(key[i])) & np.uint32(65535))
        else:
            outside += 1
    return outside


@njit(cache=True)
def perturbed(counts, keys, thresholds, largest):
    """Published counts (n,) of cells with counts and keys (n,); `thresholds`, `largest`: of the perturbation table."""
    found = np.empty(len(counts), dtype=np.int64)
    last = len(thresholds) - 1
    for i in range(len(counts)):
        row = min(counts[i], last)
        column = 0
        while keys[i] >= thresholds[row, column]:
            column += 1
        found[i] = counts[i] + column - largest
    return found
