"""Mixes of measures that none beats: what is asked is looked at, then searched, run and put into tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.policy.measures import Cost
from qonys.study.analyses.levers import costs_of_file
from qonys.study.lab.mix_aims import METRICS, Worth
from qonys.study.lab.mix_failures import failures
from qonys.study.lab.mix_search import Asked, Mixes, mixes, settings_of
from qonys.study.lab.policy_measures import names_of_measures
from qonys.study.lab.session import OUTCOMES, Lab, open_lab
from qonys.study.runs.results import Results

TABLES = ("mixes", "front", "boxes", "fit")
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class MixOptions:
    """What is asked: one or two outcomes, the metric over futures, and how much is looked at."""

    outcome: tuple[str, ...] = ("population", "receiving_regions")
    metric: str = "low"
    target: tuple[float, ...] = ()
    budget: float = 0.0
    year: int = 0
    since: int = 0
    draws: int = 32
    points: int = 24
    seeds: int = 3
    table: str = "mixes"


@dataclass(frozen=True)
class FoundMixes:
    """The mixes, the table asked for, and the scenario of each named mix."""

    found: Mixes
    frame: pl.DataFrame
    scenarios: Mapping[str, Mapping[str, Any]]
    links: Mapping[str, str]


def searched_mixes(
    pack: Pack, results: Callable[[], Results], options: MixOptions, costs: Path | None = None,
    tell: Tell | None = None,
) -> FoundMixes:  # fmt: skip
    """Look at what is asked, search and run.

    Raises
    ------
    BadInput
        An outcome, metric, table or measure that there is not, more than two outcomes or one twice, targets that do
        not fit, a budget without costs, a cost without a source, a year that is not projected, no measures.

    """
    check(options, costs)
    own = None if costs is None else costs_of_file(costs, names_of_measures(pack))
    lab = open_lab(pack, results(), options.draws)
    if not lab.measures:
        raise BadInput("policy.none")
    return mixes_of_lab(lab, options, own, tell)


def check(options: MixOptions, costs: Path | None) -> None:
    """Refuse what cannot be searched, before anything runs."""
    if options.table not in TABLES:
        raise BadInput("policy.table", found=options.table, known=", ".join(TABLES))
    for name in options.outcome:
        if name not in OUTCOMES:
            raise BadInput("policy.outcome", found=name, known=", ".join(OUTCOMES))
    if not 1 <= len(options.outcome) <= 2 or len(set(options.outcome)) < len(options.outcome):
        raise BadInput("policy.outcomes", found=", ".join(options.outcome))
    if options.metric not in METRICS:
        raise BadInput("policy.metric", found=options.metric, known=", ".join(METRICS))
    if len(options.target) != (len(options.outcome) if options.metric == "target" else 0):
        raise BadInput("policy.target", found=len(options.target), outcomes=len(options.outcome))
    if options.budget and costs is None:
        raise BadInput("policy.budget")


def mixes_of_lab(
    lab: Lab, options: MixOptions, costs: Mapping[str, Cost] | None = None, tell: Tell | None = None
) -> FoundMixes:
    """Search in an open lab."""
    year = options.year or lab.until
    if year not in lab.years or year < (options.since or lab.since):
        raise BadInput("projection.year", year=year, first=options.since or lab.since, last=lab.until)
    asked = Asked(
        options.outcome, Worth(options.metric, options.target), year, options.since or lab.since,
        options.budget, options.points, options.seeds,
    )  # fmt: skip
    found = mixes(lab, asked, costs, tell)
    settings = {name: _moved(found, place) for name, place in found.named.items()}
    frame = {"mixes": _mixes, "front": _front, "fit": _fit}.get(options.table, lambda _: pl.DataFrame())(found)
    if options.table == "boxes":
        frame = pl.DataFrame(failures(lab, found, tell=tell), infer_schema_length=None)
    return FoundMixes(
        found, frame, {name: lab.scenario(one, asked.since) for name, one in settings.items()},
        {name: _link(one, asked.since) for name, one in settings.items()},
    )  # fmt: skip


def _moved(found: Mixes, place: int) -> dict[str, float]:
    settings = settings_of(found.measures, found.values[place])
    return {one.id: settings[one.id] for one in found.measures if settings[one.id] != one.now.value}


def _link(settings: Mapping[str, float], since: int) -> str:
    return "policy?" + "&".join([*(f"s1.{name}={value:.15g}" for name, value in settings.items()), f"since={since}"])


def _mixes(found: Mixes) -> pl.DataFrame:
    return pl.DataFrame([
        {"mix": name, "measure": one.id, "at_present": one.now.value, "setting": float(value), "unit": one.unit,
         "decided_by": one.decided_by, "effort": float(found.effort[place])}
        for name, place in found.named.items()
        for one, value in zip(found.measures, found.values[place], strict=True)
    ])  # fmt: skip


def _front(found: Mixes) -> pl.DataFrame:
    names = {place: name for name, place in reversed(found.named.items())}
    return pl.DataFrame([
        {"mix": names.get(i, str(i + 1)), "effort": float(found.effort[i])}
        | {f"worth_{k + 1}": float(found.worth[i, k]) for k in range(found.worth.shape[1])}
        | {"error": float(found.error[i].max())}
        | {one.id: float(value) for one, value in zip(found.measures, found.values[i], strict=True)}
        for i in found.effort.argsort(kind="stable").tolist()
    ])  # fmt: skip


def _fit(found: Mixes) -> pl.DataFrame:
    rows = [{"seed": f"{seed + 1}", "volume": float(value)} for seed, value in enumerate(found.volumes)]
    return pl.DataFrame([*rows, {"seed": "grid", "volume": found.of_grid}])
