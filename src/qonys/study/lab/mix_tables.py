"""The search for mixes in an open lab, as tables: named mixes, the front, when a mix fails, later starts, agreement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from qonys.errors import BadInput
from qonys.policy.measures import Cost
from qonys.study.lab.addresses import first_years, lab_address, written
from qonys.study.lab.mix_aims import METRICS, Worth, signs
from qonys.study.lab.mix_failures import failures
from qonys.study.lab.mix_search import Mixes, MixRequest, mixes, settings_of
from qonys.study.lab.scenario_text import scenario_lines
from qonys.study.lab.session import OUTCOMES, Lab
from qonys.study.lab.surface import difference_of

TABLES = ("mixes", "front", "boxes", "starts", "fit")
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
    """The mixes, the table asked for, and of each named mix the scenario and the address in the lab (none where the
    lab's page does not offer the first year).
    """

    found: Mixes
    frame: pl.DataFrame
    scenarios: Mapping[str, Mapping[str, Any]]
    links: Mapping[str, str]


def check(options: MixOptions, money: bool) -> None:
    """Refuse what cannot be searched, before anything runs.

    Raises
    ------
    BadInput
        An outcome, metric or table that there is not, more than two outcomes or one twice, targets that do not fit, a
        budget without costs.

    """
    if options.table not in TABLES:
        raise BadInput("policy.table", found=options.table, known=", ".join(TABLES))
    for name in options.outcome:
        if name not in OUTCOMES:
            raise BadInput("policy.outcome", found=name, known=", ".join(OUTCOMES))
    if not 1 <= len(options.outcome) <= 2 or len(set(options.outcome)) < len(options.outcome):
        raise BadInput("policy.outcomes", found=", ".join(options.outcome))
    if options.metric not in METRICS:
        raise BadInput("policy.metric", found=options.metric, known=", ".join(METRICS))
    wanted = len(options.outcome) if options.metric == "target" else 0
    if len(options.target) != wanted or not np.isfinite(options.target).all():
        raise BadInput("policy.target", found=len(options.target), outcomes=len(options.outcome))
    if options.budget and not money:
        raise BadInput("policy.budget")


def mixes_of_lab(
    lab: Lab, options: MixOptions, costs: Mapping[str, Cost] | None = None, tell: Tell | None = None
) -> FoundMixes:
    """Search in an open lab.

    Raises
    ------
    BadInput
        What `check` refuses, a year that is not projected, no measures.

    """
    check(options, costs is not None)
    if not lab.measures:
        raise BadInput("policy.none")
    year, since = options.year or lab.until, options.since or lab.since
    if year not in lab.years or year < since:
        raise BadInput("projection.year", year=year, first=since, last=lab.until)
    request = MixRequest(
        options.outcome, Worth(options.metric, options.target), year, since, options.budget, options.points,
        options.seeds,
    )  # fmt: skip
    found = mixes(lab, request, costs, tell)
    settings = {name: moved_of(found, place) for name, place in found.named.items()}
    linked = since in first_years(lab.measures)
    return FoundMixes(
        found, _table(lab, found, options.table, tell),
        {name: lab.scenario(one, since) for name, one in settings.items()},
        {name: lab_address(one, since) for name, one in settings.items() if linked},
    )  # fmt: skip


def _table(lab: Lab, found: Mixes, name: str, tell: Tell | None) -> pl.DataFrame:
    if name == "boxes":
        return pl.DataFrame(failures(lab, found, tell=tell), infer_schema_length=None)
    if name == "starts":
        return _starts(lab, found, tell)
    return {"mixes": named_table, "front": front_table, "fit": _fit}[name](found)


def moved_of(found: Mixes, place: int) -> dict[str, float]:
    """Settings of a mix without measures that stay where they are."""
    settings = settings_of(found.measures, found.values[place])
    return {one.id: settings[one.id] for one in found.measures if settings[one.id] != one.now.value}


def named_table(found: Mixes) -> pl.DataFrame:
    """Settings of the named mixes: a row a measure that moves, with its basis and who decides."""
    return pl.DataFrame([
        {"mix": name, "measure": one.id, "at_present": one.now.value, "setting": float(value), "unit": one.unit,
         "basis": ", ".join(dict.fromkeys(effect.unit.basis for effect in one.effects)),
         "decided_by": one.decided_by, "effort": float(found.effort[place])}
        for name, place in found.named.items()
        for one, value in zip(found.measures, found.values[place], strict=True) if value != one.now.value
    ], schema_overrides={"setting": pl.Float64})  # fmt: skip


def front_table(found: Mixes) -> pl.DataFrame:
    """Mixes by effort: worth by outcome, regret, the miss of the surface, settings."""
    names = {place: name for name, place in reversed(list(found.named.items()))}
    return pl.DataFrame([
        {"mix": names.get(i, str(n)), "effort": float(found.effort[i])}
        | {f"worth_{k + 1}": float(found.worth[i, k]) for k in range(found.worth.shape[1])}
        | {"regret": float(found.regret[i]) if np.isfinite(found.regret[i]) else None,
           "error": float(found.error[i].max())}
        | {one.id: float(value) for one, value in zip(found.measures, found.values[i], strict=True)}
        for n, i in enumerate(found.effort.argsort(kind="stable").tolist(), 1)
    ], infer_schema_length=None)  # fmt: skip


def front_results(found: Mixes) -> pl.DataFrame:
    """Mixes by effort for the stored results: effects under the outcomes' names, settings as in an address."""
    frame = front_table(found)
    names = [one.id for one in found.measures]
    order = found.effort.argsort(kind="stable").tolist()
    texts = [";".join(f"{name}={written(value)}" for name, value in moved_of(found, place).items()) for place in order]
    renamed = {f"worth_{n + 1}": f"effect_on_{name}" for n, name in enumerate(found.request.outcomes)}
    return frame.drop(*names, "error").rename(renamed).with_columns(pl.Series("settings", texts, dtype=pl.String))


def _starts(lab: Lab, found: Mixes, tell: Tell | None) -> pl.DataFrame:
    """What each named mix is worth if it holds from a later year; with the metric `regret` its mean effect."""
    rows = []
    sides = lab.sides({one.id: one.pushed() for one in lab.measures})
    places = [OUTCOMES.index(name) for name in found.request.outcomes]
    years = [one for one in dict.fromkeys((found.request.since, *first_years(lab.measures)))
             if found.request.since <= one <= found.request.year]  # fmt: skip
    worth = found.request.worth if found.request.worth.metric != "regret" else Worth("mean")
    for n, since in enumerate(years):
        for name, place in found.named.items():
            settings = moved_of(found, place)
            runs = [difference_of(lab, settings, found.request.year, since, side)[:, places] for side in sides]
            value = worth.of((np.concatenate(runs) * signs(found.request.outcomes))[None])[0]
            rows.append({"mix": name, "since": since, **{f"worth_{k + 1}": float(one) for k, one in enumerate(value)}})
        if tell is not None:
            tell("policy.again", (n + 1) * len(found.named), len(years) * len(found.named))
    return pl.DataFrame(rows)


def _fit(found: Mixes) -> pl.DataFrame:
    one = found.sought
    rows = [{"seed": f"{seed + 1}", "volume": float(value), "without_moves": float(plain)}
            for seed, (value, plain) in enumerate(zip(one.volumes, one.genetic, strict=True))]  # fmt: skip
    return pl.DataFrame([*rows, {"seed": "grid", "volume": one.of_grid, "without_moves": None}])


def written_scenarios(found: FoundMixes, folder: Path) -> None:
    """A scenario file of each named mix, with its address in the lab as a comment."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in found.scenarios.items():
        link = [f"# {found.links[name]}"] if name in found.links else []
        lines = [*link, *scenario_lines(document)]
        (folder / f"scenario-{name}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
