"""Runs of the chain of a move in shards of one draw, as `shards` has them for projections.

A folder holds `plan.json`, what all draws start from, and `shards/`: a file for each draw and a manifest with its hash,
written last. Any machine that sees the folder can run any part; the whole is to the bit what one run gives.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from qonys.catalog.digest import file_digest
from qonys.catalog.drafts import draft_file
from qonys.errors import BadInput
from qonys.study.ensembles.behaviour_draws import Draw, Start, draw_of
from qonys.study.ensembles.objects import digest_of, read_object, stored_digest, write_object
from qonys.study.ensembles.shards import Unit, shard_of
from qonys.study.runs.code import module_digest

CODE = "qonys.study.ensembles.behaviour_draws"
Tell = Callable[[int, int, Unit], None]


@dataclass(frozen=True)
class DrawPlan:
    """What decides the numbers, by hash, and how many draws there are."""

    start: str
    code: str
    draws: int

    def digest(self) -> str:
        """Hash of the plan, 16 hexadecimal digits."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]

    def units(self) -> list[Unit]:
        """A unit a draw."""
        return [(draw, draw + 1) for draw in range(self.draws)]

    def part(self, shard: str) -> list[Unit]:
        """Units of the part `i/n` of the work ("": all)."""
        number, count = shard_of(shard) if shard else (1, 1)
        return self.units()[number - 1 :: count]


def begin(folder: Path, start: Start, resume: bool) -> DrawPlan:
    """Write the plan and what all draws start from; the same plan may be begun again where `resume` is meant.

    Raises
    ------
    BadInput
        The folder holds another plan, or shards of this one and `resume` is not meant.

    """
    plan = DrawPlan(digest_of(start), module_digest(CODE)[:16], len(start.chains))
    if (folder / "plan.json").is_file():
        held = read_plan(folder)
        differ = [name for name, value in asdict(plan).items() if getattr(held, name) != value]
        if differ:
            raise BadInput("behaviour.other_plan", folder=str(folder), name=", ".join(differ))
        if not resume and any((folder / "shards").glob("*.json")):
            raise BadInput("regional.exists", folder=str(folder))
    (folder / "shards").mkdir(parents=True, exist_ok=True)
    path = _start_path(folder, plan)
    if not (path.is_file() and _sound(path, plan.start)):
        write_object(start, path)
    _write(folder / "plan.json", asdict(plan))
    return plan


def read_plan(folder: Path) -> DrawPlan:
    """The plan of a folder.

    Raises
    ------
    BadInput
        There is none, or it cannot be read.

    """
    path = folder / "plan.json"
    try:
        return DrawPlan(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise BadInput("regional.no_plan", folder=str(folder), name="plan.json") from error
    except (TypeError, ValueError) as error:
        raise BadInput("regional.damaged", path=str(path)) from error


def finished(folder: Path, unit: Unit) -> bool:
    """Whether a draw is there, of this plan, with the content that its manifest names."""
    data, manifest = _paths(folder, unit)
    try:
        held = json.loads(manifest.read_text(encoding="utf-8"))
        return bool(held["plan"] == read_plan(folder).digest() and held["sha256"] == file_digest(data))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def work(folder: str, unit: Unit) -> str:
    """Compute one draw unless it is finished; the name of its file. Safe to call from any machine."""
    place = Path(folder)
    data, manifest = _paths(place, unit)
    if not finished(place, unit):
        plan = read_plan(place)
        write_object(draw_of(_start(folder, plan.start), unit[0]), data)
        _write(manifest, {"plan": plan.digest(), "draw": unit[0], "sha256": file_digest(data)})
    return data.name


def run_units(folder: Path, units: Sequence[Unit], tell: Tell) -> int:
    """Compute the draws that are not finished, one after the other; how many were computed."""
    waiting = [unit for unit in units if not finished(folder, unit)]
    for done, unit in enumerate(waiting):
        tell(done, len(waiting), unit)
        work(str(folder), unit)
    return len(waiting)


def missing(folder: Path) -> list[Unit]:
    """Draws that are not finished."""
    return [unit for unit in read_plan(folder).units() if not finished(folder, unit)]


def collect(folder: Path) -> list[Draw]:
    """All draws, in their order.

    Raises
    ------
    BadInput
        A draw is not finished or is damaged.

    """
    units, lacking = read_plan(folder).units(), missing(folder)
    if lacking:
        first = lacking[0][0]
        raise BadInput("regional.missing", count=len(lacking), total=len(units), folder=str(folder), first=first)
    return [read_object(_paths(folder, unit)[0]) for unit in units]


def _start_path(folder: Path, plan: DrawPlan) -> Path:
    return folder / f"start-{plan.start}.npz"


def _sound(path: Path, digest: str) -> bool:
    try:
        return stored_digest(path) == digest
    except BadInput:
        return False


@lru_cache(maxsize=2)
def _start(folder: str, digest: str) -> Start:
    path = Path(folder) / f"start-{digest}.npz"
    if not path.is_file():
        raise BadInput("regional.no_plan", folder=folder, name=path.name)
    if stored_digest(path) != digest:
        raise BadInput("regional.damaged", path=str(path))
    found: Start = read_object(path)
    return found


def _paths(folder: Path, unit: Unit) -> tuple[Path, Path]:
    name = f"{unit[0]:08d}"
    return folder / "shards" / f"{name}.npz", folder / "shards" / f"{name}.json"


def _write(path: Path, content: object) -> None:
    """All of a file or nothing."""
    with draft_file(path) as draft:
        draft.write_text(json.dumps(content, indent=1, sort_keys=True), encoding="utf-8")
