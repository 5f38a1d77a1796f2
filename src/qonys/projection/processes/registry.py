"""The processes that a projection can use, by name: the list from which commands and plans choose.

A further process is one module with a `fit` that gives a `protocol.Process`, and one row here; its description stands
in the catalogues of words under `process.<component>.<name>`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial

import polars as pl

from qonys.errors import BadInput
from qonys.projection.processes.migration import AZOSE_RAFTERY, CRISES, fit_migration
from qonys.projection.processes.protocol import BoundedLifeExpectancy, Process
from qonys.projection.processes.vital import FLOOR, LIMIT, SETTINGS, fit_fertility, fit_longevity
from qonys.projection.processes.vital_logistic import fit_logistic

BOUNDS = (FLOOR, LIMIT - 2)


def fit_bounded_logistic(frame: pl.DataFrame, draws: int = 1000, seed: int = 1) -> BoundedLifeExpectancy:
    """The double logistic of life expectancy with paths bounded by `BOUNDS`, years; the published model has no bounds.

    Columns of `frame` as for `fit_logistic`. The default process rarely leaves the bounds (`vital.FLOOR`,
    `vital.LIMIT`); beyond them death rates by sex are not available.
    """
    return BoundedLifeExpectancy(process=fit_logistic("longevity", frame, draws, seed), limits=BOUNDS)


Fit = Callable[[pl.DataFrame, int, int], Process]
# component -> name -> fit(frame, draws, seed); the first of each is the default. Frames: country, year, value (births
# per woman; years of life of both sexes) or, for migration, country, year, net_migration, population (persons)
PROCESSES: dict[str, dict[str, Fit]] = {
    "fertility": {
        "bounded": fit_fertility,
        "regimes": partial(fit_fertility, settings=SETTINGS),
        "double_logistic": partial(fit_logistic, "fertility"),
    },
    "longevity": {"regimes": fit_longevity, "double_logistic": fit_bounded_logistic},
    "migration": {
        "bounded": fit_migration,
        "crises": partial(fit_migration, settings=CRISES),
        "azose_raftery": partial(fit_migration, settings=AZOSE_RAFTERY),
    },
}
# What else can be chosen: age patterns of death rates; whether the three components move together
PATTERNS = {"mortality": ("levels", "lee_carter"), "dependence": ("independent", "correlated")}


def names_of(component: str) -> tuple[str, ...]:
    """Names that can be chosen of a component, the default first.

    Examples
    --------
    >>> names_of("fertility")
    ('bounded', 'regimes', 'double_logistic')

    """
    return tuple(PROCESSES.get(component, PATTERNS.get(component, ())))


@dataclass(frozen=True, kw_only=True)
class ProcessChoices:
    """Which process of each component a projection takes.

    Raises
    ------
    BadInput
        A name that the component does not have.

    Examples
    --------
    >>> ProcessChoices(fertility="double_logistic").label()
    'fertility=double_logistic'

    """

    fertility: str = "bounded"
    longevity: str = "regimes"
    migration: str = "bounded"
    mortality: str = "levels"
    dependence: str = "independent"

    def __post_init__(self) -> None:
        for one in fields(self):
            value, known = getattr(self, one.name), names_of(one.name)
            if value not in known:
                raise BadInput("processes.choice", component=one.name, value=value, known=", ".join(known))
        logistic = "double_logistic" in (self.fertility, self.longevity)
        if self.dependence == "correlated" and logistic:
            raise BadInput("processes.correlated")

    def label(self) -> str:
        """What differs from the defaults, `component=name` parted by blanks; "" where nothing does."""
        parts = ((one.name, str(getattr(self, one.name)), one.default) for one in fields(self))
        return " ".join(f"{name}={value}" for name, value, usual in parts if value != usual)

    def fitted(self, component: str, frame: pl.DataFrame, draws: int, seed: int) -> Process:
        """The chosen process of fertility, longevity or migration, fitted to a frame.

        Columns: country, year, value (births per woman; years); of migration those of `migration.rates_of`.
        """
        return PROCESSES[component][getattr(self, component)](frame, draws, seed)
