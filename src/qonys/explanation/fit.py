"""Goodness of fit of flows: common part of commuters, root mean square error, explained deviance."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qonys.errors import BadInput
from qonys.kernels.regression.poisson_effects import poisson_deviance

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ModelFit:
    """`cpc` common part, 0 ... 1; `srmse` root mean square error over the mean; `r2` squared correlation;
    `explained` part of the Poisson deviance explained; `deviance`; `cells`.
    """

    cpc: float
    srmse: float
    r2: float
    explained: float
    deviance: float
    cells: int

    def as_dict(self) -> dict[str, float]:
        """Measures by name."""
        return asdict(self)


def common_part(observed: ArrayLike, fitted: ArrayLike) -> float:
    """Sorensen's index of two tables of flows, 2 sum min / (sum + sum); 1 for equal ones (Lenormand et al. 2016).

    Examples
    --------
    >>> common_part([4.0, 0.0], [2.0, 2.0])
    0.5
    """
    a, b = np.asarray(observed, dtype=np.float64), np.asarray(fitted, dtype=np.float64)
    return float(2 * np.minimum(a, b).sum() / (a.sum() + b.sum()))


def fit_of(observed: ArrayLike, fitted: ArrayLike) -> ModelFit:
    """All measures of fit of flows (n,), persons or moves; the baseline of `explained` is one common mean.

    SRMSE: Knudsen and Fotheringham (1986), International Regional Science Review 10:127; explained deviance: Cameron
    and Windmeijer (1996), Journal of Business & Economic Statistics 14:209.

    Raises
    ------
    BadInput
        Lengths differ, nothing moves, or a fitted flow is not above zero where something moves.

    Examples
    --------
    >>> found = fit_of([1.0, 3.0], [1.0, 3.0])
    >>> found.cpc, found.srmse, found.explained
    (1.0, 0.0, 1.0)
    """
    y, mu = np.asarray(observed, dtype=np.float64).ravel(), np.asarray(fitted, dtype=np.float64).ravel()
    if len(y) != len(mu):
        raise BadInput("explanation.lengths", first=len(y), second=len(mu))
    if not y.sum() > 0:
        raise BadInput("explanation.nothing_moves")
    if bool(np.any((mu < 0) | ~np.isfinite(mu) | ((mu == 0) & (y > 0)))):
        raise BadInput("explanation.fitted_zero", cells=int(((mu <= 0) & (y > 0)).sum()))
    safe = np.where(mu > 0, mu, 1e-300)
    whole, rest = poisson_deviance(y, np.full_like(y, y.mean())), poisson_deviance(y, safe)
    alike = bool(np.ptp(y) == 0 or np.ptp(mu) == 0)
    return ModelFit(
        common_part(y, mu),
        float(np.sqrt(np.mean((y - mu) ** 2)) / y.mean()),
        float("nan") if alike else float(np.corrcoef(y, mu)[0, 1] ** 2),
        float("nan") if whole <= 0 else 1 - rest / whole,
        rest,
        len(y),
    )
