"""What a projection needs, fitted once and kept: under the pack, the account and the code that it depends on."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.projection.processes.registry import ProcessChoices
from qonys.projection.regional.drivers import World
from qonys.study.base.national import Prepared, prepare
from qonys.study.ensembles.objects import digest_of, read_object, write_object
from qonys.study.runs.cache import module_digest
from qonys.study.runs.run import cache_folder, run_key

DRAWS, SEED = 1000, 1
Tell = Callable[[str], None]


def account_of(pack: Pack) -> pl.DataFrame:
    """The reconciled account: of a stored run, else computed and kept beside it."""
    folder, key = cache_folder(), _key(pack, "qonys.study.chapters.accounts")
    stored = folder / "results" / run_key(pack) / "tables" / "reconciled_national.parquet"
    own = folder / "accounts" / f"{key}.parquet"
    for path in (own, stored):
        if path.is_file():
            return pl.read_parquet(path)
    from qonys.study.chapters.accounts import national_account

    frame = national_account(pack)[0].table()
    own.parent.mkdir(parents=True, exist_ok=True)
    part = own.with_suffix(".part")
    frame.write_parquet(part)
    part.replace(own)
    return frame


def _key(pack: Pack, *modules: str, also: str = "") -> str:
    parts = [pack.digest(), *(module_digest(module) for module in modules), also]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def _kept(path: Path, make: Callable[[], Any]) -> Any:
    """The object at `path`; made and kept where it is not there or cannot be read."""
    try:
        return read_object(path)
    except (FileNotFoundError, BadInput):
        found = make()
        write_object(found, path)
        return found


def fitted(
    pack: Pack, account: pl.DataFrame, tell: Tell = lambda key: None, choices: ProcessChoices | None = None
) -> Prepared:
    """Inputs and processes of the nation, of 1,000 draws of each posterior whatever the number of projected draws.

    `choices`: which processes are fitted (None: the defaults); each choice is kept for itself.
    """

    def make() -> Prepared:
        tell("study.project.first")
        return prepare(pack, account, DRAWS, SEED, choices)

    buffer = io.BytesIO()
    account.write_csv(buffer)
    content = hashlib.sha256(buffer.getvalue()).hexdigest()
    key = _key(pack, "qonys.study.base.national", also=f"{content} {choices.label()}" if choices else content)
    found: Prepared = _kept(cache_folder() / "fits" / f"{key}.npz", make)
    return found


def world_of(
    pack: Pack,
    account: pl.DataFrame | None = None,
    tell: Tell = lambda key: None,
    regions: str | None = None,
    groups: tuple[str, ...] | None = None,
    choices: ProcessChoices | None = None,
) -> World:
    """Regions, nation, processes and deviations of the pack's country; `account`: the reconciled one (None: found).

    `regions`, `groups`: a coarser choice, as in `regional_inputs`; `choices`: as in `fitted`.
    """
    account = account_of(pack) if account is None else account
    ready = fitted(pack, account, tell, choices)

    def make() -> World:
        from qonys.study.base.regional import regional_inputs
        from qonys.study.ensembles.deviations import deviations

        tell("study.project.gathering")
        inputs = regional_inputs(pack, ready, regions, groups)
        return World(inputs, ready.inputs, ready.processes, deviations(pack, inputs, ready.inputs))

    modules = ("qonys.study.base.regional", "qonys.study.ensembles.deviations", "qonys.projection.regional.drivers")
    key = _key(pack, *modules, also=f"{digest_of(ready)} {regions} {groups}")
    found: World = _kept(cache_folder() / "worlds" / f"{key}.npz", make)
    return found
