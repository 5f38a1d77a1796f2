"""Big ensembles in shards: a plan, units of draws, a file for each, and the whole put together again.

A folder holds `plan.json` (every choice written out; its hash names the plan), the world that the plan starts from, and
`shards/`: for each unit of draws a Parquet file and a manifest with its hash, and where moments of every cell are asked
for, a file of their means and variances, which are pooled in the end. A shard is written under another name
and renamed, the manifest last: what has a manifest is finished. Any machine that sees the folder can run any part;
draws rest on (seed, process, draw), so the whole is to the bit what one run gives.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from qonys import __version__
from qonys.catalog.digest import file_digest
from qonys.catalog.drafts import draft_file
from qonys.errors import BadInput
from qonys.projection.national import NationalInputs, Projection, Run, gross_known, project_national
from qonys.projection.regional.drivers import World
from qonys.projection.regional.project import assembled, project_world
from qonys.projection.regional.result import Drawn, Keep, Moments, RegionalProjection, pooled
from qonys.projection.scenarios import Scenario
from qonys.study.base.national import Prepared
from qonys.study.ensembles.objects import digest_of, read_object, stored_digest, write_object
from qonys.study.ensembles.scenario_files import as_document, scenario_of
from qonys.study.runs.code import module_digest

Array = np.ndarray[Any, np.dtype[np.float64]]
Unit = tuple[int, int]
Tell = Callable[[int, int, Unit], None]
NATION, REGIONS = "nation", "regions"
UNIT = 64
NATIONAL = ("groups", "accounts", "fertility", "longevity", "net_rate")


@dataclass(frozen=True, kw_only=True)
class ShardPlan:
    """Everything that decides the numbers: the world and the code by hash, the run, the scenario, what is kept.

    `unit`: draws of a shard (they do not change any number).
    """

    kind: str
    world: str
    code: str
    horizon: int
    draws: int
    seed: int
    scenario: dict[str, Any]
    keep: dict[str, Any]
    unit: int = UNIT

    def digest(self) -> str:
        """Hash of the plan, 16 hexadecimal digits."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]

    def units(self) -> list[Unit]:
        """Draws of every shard: from the first up to, not with, the second."""
        return [(first, min(first + self.unit, self.draws)) for first in range(0, self.draws, self.unit)]

    def part(self, shard: str | None) -> list[Unit]:
        """Units of the part `i/n` of the work (None: all)."""
        if shard is None:
            return self.units()
        number, count = shard_of(shard)
        return self.units()[number - 1 :: count]


def shard_of(text: str) -> tuple[int, int]:
    """Number of a shard and how many there are, of "i/n".

    Raises
    ------
    BadInput
        It is not written so, or there is no such shard.

    """
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise BadInput("regional.shard", given=text)
    return int(number), int(count)


def plan_of(
    world: World | Prepared, run: Run, scenario: Scenario | None = None, keep: Keep | None = None, unit: int = UNIT
) -> ShardPlan:
    """The plan of a projection of a world (regions) or of a prepared nation."""
    kind = REGIONS if isinstance(world, World) else NATION
    module = "qonys.projection.regional.project" if kind == REGIONS else "qonys.projection.national"
    kept = {one.name: getattr(keep or Keep(), one.name) for one in fields(Keep)} if kind == REGIONS else {}
    if unit < 1 or run.draws[1] < 1:
        raise BadInput("projection.horizon", horizon=run.horizon, most="-", draws=min(unit, run.draws[1]))
    return ShardPlan(
        kind=kind,
        world=digest_of(world),
        code=module_digest(module)[:16],
        horizon=run.horizon,
        draws=run.draws[1],
        seed=run.seed,
        scenario=as_document(scenario or Scenario()),
        keep=json.loads(json.dumps(kept)),
        unit=unit,
    )


def start(folder: Path, plan: ShardPlan, world: World | Prepared, resume: bool = True) -> None:
    """Write the plan and its world into `folder`; the same plan may be started again where `resume` is meant.

    Raises
    ------
    BadInput
        The folder holds another plan, or shards of this one and `resume` is not meant.

    """
    path = folder / "plan.json"
    if path.is_file():
        held = read_plan(folder)
        differ = [one.name for one in fields(ShardPlan) if getattr(held, one.name) != getattr(plan, one.name)]
        if differ:
            raise BadInput("regional.other_plan", folder=str(folder), name=", ".join(differ))
        if not resume and any((folder / "shards").glob("*.json")):
            raise BadInput("regional.exists", folder=str(folder))
    if not _is_there(_world_path(folder, plan), plan.world):
        write_object(world, _world_path(folder, plan))
    (folder / "shards").mkdir(parents=True, exist_ok=True)
    _write(path, json.dumps(asdict(plan), indent=1, sort_keys=True).encode())


def read_plan(folder: Path) -> ShardPlan:
    """The plan of a folder."""
    path = folder / "plan.json"
    try:
        return ShardPlan(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise BadInput("regional.no_plan", folder=str(folder), name="plan.json") from error
    except (TypeError, ValueError) as error:
        raise BadInput("regional.damaged", path=str(path)) from error


def _world_path(folder: Path, plan: ShardPlan) -> Path:
    return folder / f"world-{plan.world}.npz"


def _is_there(path: Path, digest: str) -> bool:
    """Whether the world of that digest is at `path`, undamaged."""
    try:
        return path.is_file() and stored_digest(path) == digest
    except BadInput:
        return False


@lru_cache(maxsize=2)
def _world(folder: str, digest: str) -> World | Prepared:
    path = Path(folder) / f"world-{digest}.npz"
    if not path.is_file():
        raise BadInput("regional.no_plan", folder=folder, name=path.name)
    if stored_digest(path) != digest:
        raise BadInput("regional.damaged", path=str(path))
    found: World | Prepared = read_object(path)
    return found


def _write(path: Path, content: bytes) -> None:
    """All of a file or nothing."""
    with draft_file(path) as draft:
        draft.write_bytes(content)


def _paths(folder: Path, unit: Unit) -> tuple[Path, Path]:
    name = f"{unit[0]:08d}-{unit[1]:08d}"
    return folder / "shards" / f"{name}.parquet", folder / "shards" / f"{name}.json"


def finished(folder: Path, plan: ShardPlan, unit: Unit) -> bool:
    """Whether a unit's shard is there, of this plan, with the content that its manifest names."""
    data, manifest = _paths(folder, unit)
    try:
        held = json.loads(manifest.read_text(encoding="utf-8"))
        if held["plan"] != plan.digest() or held["sha256"] != file_digest(data):
            return False
        return not _wants_moments(plan) or bool(held["moments"] == file_digest(_moments_path(data)))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _wants_moments(plan: ShardPlan) -> bool:
    """Whether moments of every cell are asked for."""
    return bool(plan.keep.get("moments"))


def _moments_path(data: Path) -> Path:
    return data.with_name(f"{data.stem}-moments.npz")


def work(folder: str, unit: Unit) -> str:
    """Compute the shard of one unit unless it is finished; the name of its file. Safe to call from any machine."""
    place, plan = Path(folder), read_plan(Path(folder))
    data, manifest = _paths(place, unit)
    if finished(place, plan, unit):
        return data.name
    found = _compute(_world(folder, plan.world), plan, unit)
    arrays = _arrays(found)
    columns = {"draw": pl.Series(range(*unit), dtype=pl.Int64)}
    for name, values in arrays.items():
        flat = values.reshape(len(values), -1)
        columns[name] = pl.Series(flat, dtype=pl.Array(pl.Float64, flat.shape[1]))
    with draft_file(data) as draft:
        pl.DataFrame(columns).write_parquet(draft)
        digest = file_digest(draft)
    content = {
        "plan": plan.digest(), "first": unit[0], "last": unit[1], "scenario": plan.scenario,
        "sha256": digest, "shapes": {name: list(values.shape[1:]) for name, values in arrays.items()},
        "qonys": __version__,
        "residual": found.residual() if isinstance(found, RegionalProjection) else found.residual,
        "shift": found.shift if isinstance(found, RegionalProjection) else 0.0,
    }  # fmt: skip
    if isinstance(found, RegionalProjection) and found.moments is not None:
        write_object(found.moments, _moments_path(data))
        content["moments"] = file_digest(_moments_path(data))
    _write(manifest, json.dumps(content, indent=1).encode())
    return data.name


def _compute(world: World | Prepared, plan: ShardPlan, unit: Unit) -> RegionalProjection | Projection:
    scenario, run = scenario_of(given=plan.scenario), Run(plan.horizon, unit, plan.seed)
    if isinstance(world, World):
        return project_world(world, run, scenario, _keep(plan))
    return project_national(world.inputs, world.processes, plan.horizon, unit, plan.seed, scenario)


def _keep(plan: ShardPlan) -> Keep:
    return Keep(**{name: tuple(value) for name, value in plan.keep.items()})


def _arrays(found: RegionalProjection | Projection) -> dict[str, Array]:
    if isinstance(found, Projection):
        return {name: getattr(found, name) for name in NATIONAL}
    return {one.name: getattr(found.drawn, one.name) for one in fields(Drawn)}


def run_units(folder: Path, units: Sequence[Unit], tell: Tell = lambda done, total, unit: None) -> int:
    """Compute the units that are not finished, one after the other; how many were computed."""
    plan = read_plan(folder)
    computed = 0
    for done, unit in enumerate(units):
        if not finished(folder, plan, unit):
            tell(done, len(units), unit)
            work(str(folder), unit)
            computed += 1
    return computed


def missing(folder: Path) -> list[Unit]:
    """Units without a finished shard."""
    plan = read_plan(folder)
    return [unit for unit in plan.units() if not finished(folder, plan, unit)]


def collect(folder: Path) -> RegionalProjection | Projection:
    """The projection of all shards: to the bit what one run of all draws gives.

    Raises
    ------
    BadInput
        A shard is not finished or is damaged.

    """
    plan, lacking = read_plan(folder), missing(folder)
    if lacking:
        total = len(plan.units())
        raise BadInput("regional.missing", count=len(lacking), total=total, folder=str(folder), first=lacking[0][0])
    arrays, manifests = _read_shards(folder, plan)
    world, scenario = _world(str(folder), plan.world), scenario_of(given=plan.scenario)
    if isinstance(world, World):
        found = _regions(world, plan, Drawn(**arrays), max(one["shift"] for one in manifests))
        return replace(found, moments=_moments(folder, plan)) if _wants_moments(plan) else found
    inputs: NationalInputs = world.inputs
    years = Run(plan.horizon, (0, plan.draws)).years(inputs.base_year)
    residual = max(one["residual"] if "residual" in one else one["gap"] for one in manifests)
    return Projection(
        country=inputs.country, years=years, **arrays, residual=residual, seed=plan.seed, scenario=scenario,
        gross_known=gross_known(inputs, world.processes), published=inputs.published,
    )  # fmt: skip


def _read_shards(folder: Path, plan: ShardPlan) -> tuple[dict[str, Array], list[dict[str, Any]]]:
    parts: dict[str, list[Array]] = {}
    manifests = []
    for unit in plan.units():
        data, manifest = _paths(folder, unit)
        one = json.loads(manifest.read_text(encoding="utf-8"))
        frame = pl.read_parquet(data)
        for name, shape in one["shapes"].items():
            parts.setdefault(name, []).append(frame[name].to_numpy().reshape(frame.height, *shape))
        manifests.append(one)
    return {name: np.concatenate(values) for name, values in parts.items()}, manifests


def _moments(folder: Path, plan: ShardPlan) -> Moments:
    """Moments of all draws; of parts of one run's blocks they are its own to the bit, of others but for rounding."""
    return pooled([read_object(_moments_path(_paths(folder, unit)[0])) for unit in plan.units()])


def _regions(world: World, plan: ShardPlan, drawn: Drawn, shift: float) -> RegionalProjection:
    run, scenario = Run(plan.horizon, (0, plan.draws), plan.seed), scenario_of(given=plan.scenario)
    return replace(assembled(world, run, scenario, _keep(plan), drawn), shift=shift)
