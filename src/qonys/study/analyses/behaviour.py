"""Runs of the chain of a move for the pack's country, as the command line asks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.behaviour.calibration import draws_of
from qonys.behaviour.micro import enough_memory
from qonys.behaviour.outcomes import Outcomes
from qonys.behaviour.parameters import PARAMETERS, mechanism, prior_draws
from qonys.catalog import Pack
from qonys.catalog.reading.formats.settings import named_values
from qonys.errors import BadInput
from qonys.kernels.behaviour.chances import Mechanism
from qonys.projection.national import Run
from qonys.projection.regional.project import forcing_of
from qonys.projection.scenarios import Scenario
from qonys.study.analyses.behaviour_fit import calibrated, say_learnt
from qonys.study.analyses.behaviour_tables import AXES, effect_frame, frame_of, settling_frame
from qonys.study.base.behaviour import NOTES, Country, country_of
from qonys.study.ensembles import behaviour_shards as shards
from qonys.study.ensembles.behaviour_draws import BASELINE, Draw, Start, draw_of, start_of_draws
from qonys.study.ensembles.cluster import ShardKind, run_on_cluster
from qonys.study.ensembles.fits import world_of
from qonys.study.ensembles.scenario_files import scenario_of
from qonys.study.ensembles.shards import Unit, shard_of
from qonys.study.lab.policy_measures import FILE
from qonys.study.plan import resolve
from qonys.words.notes import note

Array = NDArray[np.float64]
Tell = Callable[..., None]
TABLES = ("potential", "moves", "settling", "stays", "effect", "parameters", "acts")
STATED = ("parameters", "acts")
BY_PLACE = ("moves", "settling")  # flows between places have a group, but neither education nor age
MOST_AHEAD, NEAR = 60, 0.01
GIVEN = "--set"
CHAIN_DRAWS = ShardKind(shards.finished, shards.work, lambda folder: shards.read_plan(folder).digest())
# key of a scenario -> its place in the chain: what it does there, and what that rests on
ACTS: Mapping[str, tuple[str, str]] = {
    "region_attraction": ("utility", "measure"),
    "emigration_times": ("abroad", "identity"),
    "emigration_times_by_group": ("abroad", "measure"),
    "emigration_times_by_region": ("intention", "assumption"),
    "internal_times": ("control", "assumption"),
    "immigration_times": ("arrival", "measure"),
    "immigration_add": ("arrival", "measure"),
    "net_add": ("arrival", "identity"),
    "no_migration": ("refused", "identity"),
    "fertility_times": ("vital", "identity"),
    "longevity_add": ("vital", "identity"),
}


def silent(key: str, **values: object) -> None:
    """Tell nothing."""


@dataclass(frozen=True)
class BehaviourRequest:
    """What is run and shown.

    `until` 0: ten years. `by`: axis of the table ("" for the country). `means`: parameters at the means of their
    priors, else each draw has its own. `fitted`: of the posterior given the pack's figures, not of the priors.
    `values`: NAME=VALUE of parameters that are held. `scenario`: files, each run on the same draws; `changes` and
    `given` hold in all of them. `persons`: the micro engine, with `share` of the people and
    `threads`. `memory`: bytes that may be used (0: not checked). `out`: folder of shards of one draw, of which `shard`
    i/n computes a part and `resume` continues; `workers` processes or a `scheduler` of Dask compute them.
    """

    table: str = "moves"
    by: str = ""
    until: int = 0
    draws: int = 20
    seed: int = 1
    means: bool = False
    values: tuple[str, ...] = ()
    scenario: tuple[Path, ...] = ()
    changes: tuple[str, ...] = ()
    given: Mapping[str, Any] | None = None
    persons: bool = False
    share: float = 1.0
    threads: int = 1
    memory: float = field(default=0.0, repr=False)
    fitted: bool = False
    out: Path | None = None
    shard: str = ""
    resume: bool = False
    workers: int = 0
    scheduler: str = ""

    def __post_init__(self) -> None:
        axes = AXES[:2] if self.table in BY_PLACE else AXES
        for option, value, known in (("--table", self.table, TABLES), ("--by", self.by, axes)):
            if value not in known and (value or option == "--table"):
                raise BadInput("estimation.choice", option=option, value=value, known=", ".join(known))
        for option, wanted in (("--shard", self.shard), ("--workers", self.workers), ("--scheduler", self.scheduler)):
            if wanted and self.out is None:
                raise BadInput("regional.needs_out", option=option)
        if self.shard:
            shard_of(self.shard)
        if self.draws < 1:
            raise BadInput("behaviour.draws", draws=self.draws)
        held_of(self.values)


def held_of(values: tuple[str, ...]) -> dict[str, float]:
    """Parameters by name of NAME=VALUE texts.

    Raises
    ------
    BadInput
        A text of another form, a parameter that there is not, a value out of its range.

    """
    found = {}
    for text in values:
        name, sign, number = text.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            sign = ""
        if not sign:
            raise BadInput("behaviour.pair", given=text)
    mechanism(found)
    return found


@dataclass(frozen=True)
class BehaviourRuns:
    """Runs of all draws: `baseline`, and those under each scenario, `changed`, by its name.

    `stay` (D, T, R, G): the first year's movers who are still there, of the baseline and of each of `changed`. `miss`:
    the largest relative miss of a target of the alignment; `missed`: draws that miss one by more than one per cent;
    `chains`: parameters of each draw.
    """

    baseline: tuple[Outcomes, ...]
    changed: Mapping[str, tuple[Outcomes, ...]]
    stay: Mapping[str, Array]
    miss: float
    missed: int
    chains: tuple[Mechanism, ...]
    country: Country
    notes: tuple[str, ...]

    @property
    def shown(self) -> Mapping[str, tuple[Outcomes, ...]]:
        """The runs under each scenario; the baseline where there is none."""
        return self.changed or {BASELINE: self.baseline}


def scenarios_of(request: BehaviourRequest) -> dict[str, Scenario]:
    """The scenarios of a request by name; empty where nothing differs from the baseline.

    Raises
    ------
    BadInput
        A file or a change that cannot be; a scenario without migration, which leaves no chain.

    """
    files: tuple[Path | None, ...] = request.scenario or (None,)
    found = {str(path or GIVEN): scenario_of(path, request.changes, request.given) for path in files}
    if any(one.no_migration for one in found.values()):
        raise BadInput("behaviour.no_migration")
    return {name: one for name, one in found.items() if one != Scenario()}


def runs_of(pack: Pack, request: BehaviourRequest, tell: Tell = silent) -> BehaviourRuns:
    """All draws of the chain, each with the draw of the regional projection of its number.

    Raises
    ------
    BadInput
        A year, number of draws, parameter or scenario that cannot be; a pack that cannot be projected by region; more
        persons than the memory holds.

    """
    scenarios = scenarios_of(request)
    world = world_of(pack, None, tell)
    first = world.regional.base_year
    until = request.until or min(first + 10, resolve(pack).regions.until)
    if not 1 <= until - first <= MOST_AHEAD:
        raise BadInput("projection.year", year=until, first=first + 1, last=first + MOST_AHEAD)
    run = Run(until - first, (0, request.draws), request.seed)
    if request.persons and request.memory:
        people = float(world.regional.base[0].sum())
        enough_memory(request.share * people * max(request.workers, 1), request.memory)
    for one in scenarios.values():
        forcing_of(world, Run(run.horizon, (0, 1), request.seed), one)
    chains = tuple(_chains(pack, request, tell))
    how = (request.table == "settling" or request.out is not None, request.persons, request.share)
    start = start_of_draws(country_of(pack, world), world, chains, scenarios, run, how)
    made = _draws(start, request, tell) if request.out is None else _sharded(start, request, tell)
    outcomes = {name: tuple(one.outcomes[name] for one in made) for name in (BASELINE, *scenarios)}
    stay = {name: np.stack([one.stay[name] for one in made]) for name in outcomes}
    misses = [one.miss for one in made]
    return BehaviourRuns(
        outcomes.pop(BASELINE), outcomes, stay, max(misses), sum(miss > NEAR for miss in misses), chains,
        start.country, NOTES,
    )  # fmt: skip


def _draws(start: Start, request: BehaviourRequest, tell: Tell) -> list[Draw]:
    """All draws, one after the other."""
    found = []
    for number in range(request.draws):
        tell("behaviour.draw", done=number + 1, total=request.draws)
        found.append(draw_of(start, number, request.threads, request.memory))
    return found


def _sharded(start: Start, request: BehaviourRequest, tell: Tell) -> list[Draw]:
    """All draws of a folder, those that are not finished computed before; of a part `i/n` that part alone."""
    folder = request.out
    assert folder is not None
    plan = shards.begin(folder, start, request.resume or bool(request.shard))

    def step(done: int, total: int, unit: Unit) -> None:
        tell("behaviour.draw", done=unit[0] + 1, total=request.draws)

    units = plan.part(request.shard)
    if request.scheduler or request.workers:
        run_on_cluster(folder, units, request.scheduler, request.workers or 1, step, CHAIN_DRAWS)
    else:
        shards.run_units(folder, units, step)
    if request.shard and shards.missing(folder):
        raise PartDone(folder)
    return shards.collect(folder)


class PartDone(Exception):
    """A part of the draws is finished; others of the `folder` are not."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.folder = folder


def shards_frame(folder: Path) -> pl.DataFrame:
    """Every draw of a folder, and whether it is finished: draw, finished."""
    waiting = set(shards.missing(folder))
    rows = [(unit[0], "no" if unit in waiting else "yes") for unit in shards.read_plan(folder).units()]
    return pl.DataFrame(rows, schema=["draw", "finished"], orient="row")


def _chains(pack: Pack, request: BehaviourRequest, tell: Tell) -> list[Mechanism]:
    held = held_of(request.values)
    if request.fitted:
        fitted = calibrated(pack, tell).fitted
        say_learnt(fitted)
        drawn = [fitted.mean()] * request.draws if request.means else draws_of(fitted, request.draws, request.seed)
    else:
        drawn = [mechanism()] * request.draws if request.means else prior_draws(request.draws, request.seed)
    return [
        mechanism({one.name: held.get(one.name, getattr(chain, one.name)) for one in PARAMETERS}) for chain in drawn
    ]


def answer(pack: Pack, request: BehaviourRequest, tell: Tell = silent) -> pl.DataFrame:
    """The table of the request."""
    return answered(pack, request, tell)[0]


def answered(pack: Pack, request: BehaviourRequest, tell: Tell = silent) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The table of the request, and the sources of the figures that it rests on."""
    if request.table in STATED:
        return (parameters_frame() if request.table == "parameters" else acts_frame(pack)), ()
    if request.table == "effect" and not (request.scenario or request.changes or request.given):
        raise BadInput("behaviour.no_scenario")
    try:
        found = runs_of(pack, request, tell)
    except PartDone as part:
        return shards_frame(part.folder), ()
    for key in found.notes:
        note(key)
    if found.missed:
        note("behaviour.missed", draws=found.missed, total=len(found.chains), miss=f"{100 * found.miss:.1f}")
    frames = {name: _frame(found, name, request) for name in found.shown}
    if len(frames) == 1:
        return next(iter(frames.values())), found.country.sources
    named = [frame.select(pl.lit(name).alias("scenario"), pl.all()) for name, frame in frames.items()]
    return pl.concat(named), found.country.sources


def _frame(found: BehaviourRuns, name: str, request: BehaviourRequest) -> pl.DataFrame:
    """The table of a request under one scenario."""
    runs = found.shown[name]
    if request.table == "settling":
        return settling_frame(found.stay[name], runs[0].axes, request.by)
    if request.table == "effect":
        return effect_frame(found.baseline, runs, request.by)
    return frame_of(runs, request.table, request.by)


def basis_of(request: BehaviourRequest) -> str:
    """The sentence (a key) that says what parameters a table rests on; empty where it says so itself."""
    if request.table in STATED:
        return "" if request.table == "acts" else "behaviour.stated"
    return "behaviour.dates_fitted" if request.fitted else "behaviour.dates"


def parameters_frame() -> pl.DataFrame:
    """parameter, mean of the prior, low and high (95 %), least and most allowed, stage, basis, description (a key)."""
    rows: list[tuple[Any, ...]] = []
    for one in PARAMETERS:
        low, high = one.within(0.025), one.within(0.975)
        rows.append((one.name, one.mean, low, high, one.low, one.high, one.place, one.basis, f"behaviour.p.{one.name}"))
    names = ["parameter", "mean", "low", "high", "least", "most", "stage", "basis", "description"]
    return pl.DataFrame(rows, schema=names, orient="row")


def acts_frame(pack: Pack) -> pl.DataFrame:
    """What acts on the chain: key of a scenario, policy measure (null: the key by itself), stage, basis, description.

    The basis of a measure is that of its effect in the policy lab.
    """
    rows: list[tuple[str, str | None, str, str, str]] = [
        (key, None, place, basis, f"behaviour.act.{place}")
        for key, (place, basis) in ACTS.items()
        if basis != "measure"
    ]
    for measure, key, basis in _effects(pack):
        place = ACTS[key][0]
        rows.append((key, measure, place, basis, f"behaviour.act.{place}"))
    schema = dict.fromkeys(("key", "measure", "stage", "basis", "description"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def measures_of(pack: Pack) -> list[dict[str, Any]]:
    """The measures as the pack has them written; none where it has no file."""
    if not (pack.path / FILE).is_file():
        return []
    found: list[dict[str, Any]] = named_values(pack.document(FILE), f"{pack.path.name}/{FILE}")["measures"]
    return found


def _effects(pack: Pack) -> list[tuple[str, str, str]]:
    """Measure, key of a scenario and basis of each effect of the measures; workers who are no residents: none."""
    forms = {"persons": "immigration_add", "power": "region_attraction", "attraction": "region_attraction"}
    found = []
    for measure in measures_of(pack):
        for effect in measure["effects"]:
            unit = effect["per_unit"]
            key = forms.get(effect["form"], effect.get("key", ""))
            if key:
                found.append((measure["id"], key, "estimated" if "result" in unit else unit.get("basis", "figures")))
    return found
