"""Signposts of a scenario: its projection beside that without it, on the same random numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.monitor.signposts import signposts
from qonys.projection.national import Projection
from qonys.projection.regional.drivers import World
from qonys.projection.regional.result import RegionalProjection
from qonys.projection.scenarios import Scenario
from qonys.study.analyses.project import ProjectionRequest, Tell, projection_of, silent
from qonys.study.ensembles.scenario_files import scenario_of

Array = NDArray[np.float64]
OBSERVED = ("net_migration", "immigrants", "emigrants", "population")
FEWEST_DRAWS = 200


@dataclass(frozen=True)
class SignpostsRequest:
    """The scenario file with KEY=VALUE changes, draws, last year (0: that of the plan) and seed."""

    scenario: Path | None = None
    changes: tuple[str, ...] = ()
    draws: int = 1000
    horizon: int = 0
    seed: int = 1


def signposts_of(pack: Pack, request: SignpostsRequest, tell: Tell = silent) -> pl.DataFrame:
    """What to watch, at which value in which year, from the first year of the scenario on; see `signposts`.

    Years whose net migration is published already are left out: a scenario cannot change them.
    Flows of a year run from the middle of the year before, as in `qonys project`. A scenario that names groups or
    regions runs the projection of regions and groups.

    Raises
    ------
    BadInput
        No scenario, or one that changes nothing; fewer than 200 draws, which give no limits.
    """
    scenario = scenario_of(request.scenario, request.changes)
    if not changes(scenario):
        raise BadInput("monitor.no_scenario")
    if request.draws < FEWEST_DRAWS:
        raise BadInput("monitor.few_draws", draws=request.draws, need=FEWEST_DRAWS)
    parted = bool(scenario.parts())
    plain = ProjectionRequest(
        draws=request.draws, horizon=request.horizon, seed=request.seed, regions="all" if parted else ""
    )
    ready, drawn = projection_of(pack, plain, scenario, tell)
    years, with_mix = _observed(drawn)
    _, without = _observed(projection_of(pack, plain, Scenario(), tell)[1])
    found = signposts(years, with_mix, without)
    known = (ready.national if isinstance(ready, World) else ready.inputs).published
    first = years[0] + (known.later if known is not None else 0)
    return found.filter(pl.col("year") >= max(first, scenario.since))


def changes(scenario: Scenario) -> bool:
    """Whether a scenario changes anything but its years.

    Examples
    --------
    >>> changes(Scenario(since=2030)), changes(Scenario(net_add=5000))
    (False, True)
    """
    usual = vars(Scenario())
    return any(value != usual[name] for name, value in vars(scenario).items() if name not in ("since", "until"))


def _observed(found: Projection | RegionalProjection) -> tuple[tuple[int, ...], Mapping[str, Array]]:
    """Years after the base, and draws (D, T) of what is published every year."""
    years = tuple(found.years)
    if isinstance(found, Projection):
        held = found.measures()
    else:
        held = {name: found.draws(name) for name in OBSERVED}
    flows = {name: held[name] for name in OBSERVED if name in held}
    return years[1:], {name: one[:, 1:] if one.shape[1] == len(years) else one for name, one in flows.items()}
