"""Fits whose chains have not converged, by the split R-hat that the chapters store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qonys.study.runs.results import Results

LIMIT = 1.05
SECTIONS: Mapping[str, str] = {"accounts": "account", "projection": "processes", "skill": "skill"}


@dataclass(frozen=True)
class Unconverged:
    """A stored R-hat above the limit: its chapter, the section of the plan that sets its draws, value, name."""

    chapter: str
    section: str
    rhat: float
    name: str


def unconverged(results: Results) -> tuple[Unconverged, ...]:
    """Chapters with an R-hat above 1.05, the greatest of each, in the order of the results.

    Vehtari, Gelman, Simpson, Carpenter and Buerkner (2021), Bayesian Analysis 16:667, warn above 1.01 for four chains;
    with two chains, the limit of 1.05 is the one at which results must be said to be in doubt.

    Examples
    --------
    >>> from qonys.study.runs.results import Number, Results
    >>> results = Results("release")
    >>> results.add(Number("accounts.rhat", 1.3, "ratio"), Number("skill.rhat", 1.02, "ratio"))
    >>> unconverged(results)
    (Unconverged(chapter='accounts', section='account', rhat=1.3, name='accounts.rhat'),)

    """
    found: dict[str, tuple[float, str]] = {}
    for name, number in results.numbers.items():
        chapter = name.partition(".")[0]
        if name.endswith(".rhat") and chapter in SECTIONS and number.value is not None and not number.value <= LIMIT:
            found[chapter] = max(found.get(chapter, (number.value, name)), (number.value, name))
    return tuple(Unconverged(chapter, SECTIONS[chapter], *worst) for chapter, worst in found.items())
