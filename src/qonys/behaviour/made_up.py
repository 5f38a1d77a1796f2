"""A made-up country of few regions for examples and tests: nothing in it is a figure."""

from __future__ import annotations

import numpy as np

from qonys.behaviour.inputs import Axes, BehaviourInputs
from qonys.kernels.behaviour.chances import Places
from qonys.kernels.behaviour.vital import Schooling, VitalYear

AGES = 101


def small_country(
    people: float = 1e6, regions: int = 4, groups: int = 2, years: int = 10, educations: int = 2, seed: int = 1
) -> BehaviourInputs:
    """`people` in `regions` and ethnic `groups`, with two groups of countries abroad; all numbers are invented.

    Examples
    --------
    >>> small_country(1000.0).base.shape
    (4, 2, 2, 2, 101)

    """
    rng = np.random.Generator(np.random.Philox(key=seed))
    a = np.arange(AGES)
    shape = (regions, groups, educations, 2)
    weight = rng.uniform(0.5, 2.0, (regions, groups, 1, 1)) * rng.uniform(0.8, 1.2, shape)
    base = weight[..., None] * np.exp(-((a / 65.0) ** 3))
    base[:, :, 1:, :, :18] = 0.0
    base *= people / base.sum()
    mortality = 5e-4 + 2e-5 * np.exp(0.095 * a)
    survival = np.broadcast_to(np.exp(-mortality), (regions, groups, 2, AGES)).copy()
    fertility = 0.12 * np.exp(-(((a - 27) / 6.5) ** 2)) * ((a >= 15) & (a < 50))
    rates = np.broadcast_to(fertility, (regions, groups, AGES)).copy()
    came = 5e-4 * people * np.exp(-(((a - 27) / 12) ** 2))
    arriving = np.broadcast_to(came / came.sum() * 5e-4 * people, (regions, groups, 2, AGES)) / (regions * groups * 4)
    vital = VitalYear(survival, rates, arriving.copy(), 1.05, np.eye(groups))
    newcomers = np.full((educations, 2, AGES), 1.0 / educations)
    reached = np.array([[0.35, 0.3], [0.2, 0.15]]) if educations > 1 else np.zeros((0, 2))
    school = Schooling(np.array([20, 25] if educations > 1 else [], dtype=np.int64), reached, newcomers)
    apart = np.log(rng.uniform(300, 1500, (regions, regions)))
    apart = (apart + apart.T) / 2
    apart -= apart[~np.eye(regions, dtype=bool)].mean() if regions > 1 else 0.0
    np.fill_diagonal(apart, 0.0)
    places = Places(
        rng.normal(0, 0.3, regions), np.zeros(regions), np.full((2, groups), -4.0) + rng.normal(0, 0.5, (2, groups)),
        np.zeros(groups), np.full((2, groups), 0.05 * people / groups), apart,
    )  # fmt: skip
    axes = Axes(
        tuple(f"region_{r + 1}" for r in range(regions)), tuple(f"group_{g + 1}" for g in range(groups)),
        ("basic", "higher")[:educations], ("near", "far"),
    )  # fmt: skip
    return BehaviourInputs(axes, 0, base, (vital,) * years, school, (places,))
