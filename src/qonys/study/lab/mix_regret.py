"""What could be reached in each future, and the regret of a mix that was chosen without knowing the future.

Regret is the shortfall from the most that a mix within the limits reaches in the same future and outcome (Savage 1951,
Journal of the American Statistical Association 46: 55-67). The most is sought on the surfaces, future by future; few
mixes hold it for many futures, and those are run in the lab.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.search.local import climbed
from qonys.study.lab.mix_aims import Places, PooledSurface, Taken

Array = NDArray[np.float64]
POOL, HELD = 1 << 11, 0.99


def reachable(surface: PooledSurface, taken: Taken, most: float = np.inf, known: Places | None = None) -> Places:
    """Places (W O, L) of a mix that reaches most in each future and outcome with at most `most` effort.

    From the present, the `known` mixes and a plain sample, by climbing; a mix that climbing cannot leave is not proved
    to be the one that reaches most.
    """

    def over(places: Places) -> Array:
        return taken.excess(taken.values(places), most)

    drawn = taken.nearest(np.random.default_rng(0).random((POOL, len(taken.measures))))
    toward = taken.home + np.rint((drawn - taken.home) * np.random.default_rng(1).random((POOL, 1))).astype(np.int64)
    pool = np.concatenate([taken.home[None], drawn, toward, *([] if known is None else [known])])
    pool = pool[over(pool) <= 0]
    effects = surface.effects(taken.values(pool)).reshape(len(pool), -1)
    return climbed(
        lambda places, rows: surface.each(taken.values(places), rows), over, pool[effects.argmax(axis=0)],
        taken.counts, taken.home,
    )  # fmt: skip


def few_of(surface: PooledSurface, taken: Taken, rivals: Places, most: int) -> Places:
    """At most `most` of the rivals, taken one by one, that together hold `HELD` of what all of them reach."""
    rivals = np.unique(rivals, axis=0)
    effects = surface.effects(taken.values(rivals)).reshape(len(rivals), -1)
    span = np.maximum(effects.max(axis=0), 1e-300)
    gains = effects / span
    kept, held = [int(gains.sum(axis=1).argmax())], gains[gains.sum(axis=1).argmax()]
    while len(kept) < min(most, len(rivals)) and held.min() < HELD:
        kept.append(int(np.maximum(gains, held).sum(axis=1).argmax()))
        held = np.maximum(held, gains[kept[-1]])
    return rivals[np.unique(kept)]


def regrets(effects: Array, reached: Array, span: Array) -> Array:
    """Largest regret (M,) of `effects` (M, W, O) from what was `reached` (W, O), over futures and outcomes, in spans.

    Examples
    --------
    >>> effects = np.array([[[1.0], [3.0]], [[2.0], [0.0]]])
    >>> regrets(effects, effects.max(axis=0), np.array([2.0])).tolist()
    [0.5, 1.5]
    """
    return np.asarray(((reached - effects) / span).max(axis=(1, 2)))


def most_of(effects: Array, may: NDArray[np.bool_]) -> Array:
    """The most (W, O) that the mixes (M, W, O) which `may` be taken reach in each future."""
    return np.asarray(effects[may].max(axis=0))
