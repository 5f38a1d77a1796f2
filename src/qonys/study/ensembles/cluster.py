"""Shards on a Dask cluster (extra `scale`): live distribution with workers that may die."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

from qonys.errors import BadInput
from qonys.study.ensembles.shards import Tell, Unit, finished, read_plan, work


@dataclass(frozen=True)
class ShardKind:
    """Shards of one kind: whether one is finished, how it is computed (by folder and unit), the name of their plan."""

    finished: Callable[[Path, Unit], bool]
    work: Callable[[str, Unit], str]
    plan: Callable[[Path], str]


PROJECTED = ShardKind(
    lambda folder, unit: finished(folder, read_plan(folder), unit), work, lambda folder: read_plan(folder).digest()
)


def run_on_cluster(
    folder: Path,
    units: Sequence[Unit],
    scheduler: str = "",
    workers: int = 2,
    tell: Tell = lambda done, total, unit: None,
    kind: ShardKind = PROJECTED,
) -> int:
    """Compute the units that are not finished on a cluster; how many were handed out.

    `scheduler`: address of a running one whose workers see `folder` and have Qonys; "": a cluster of `workers`
    processes on this machine, for the time of the call. A unit whose worker dies goes to another worker; a shard
    that is finished is never computed again, because `work` looks before it begins.

    Raises
    ------
    BadInput
        The package distributed is not installed, or the cluster cannot be had or is lost.

    """
    try:
        import distributed
    except ImportError as error:
        raise BadInput("regional.no_dask") from error
    dask: Any = distributed
    waiting = [unit for unit in units if not kind.finished(folder, unit)]
    if not waiting:
        return 0
    try:
        if scheduler:
            with dask.Client(scheduler) as client:
                return _hand_out(client, folder, waiting, tell, kind)
        _bear_a_killed_tracker()
        with (
            dask.LocalCluster(workers, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
            dask.Client(cluster) as client,
        ):
            return _hand_out(client, folder, waiting, tell, kind)
    except (OSError, RuntimeError, dask.CancelledError, dask.scheduler.KilledWorker) as error:
        reason = " ".join(str(error).split())[:200]
        raise BadInput("regional.cluster_lost", scheduler=scheduler or "–", reason=reason) from error


def _bear_a_killed_tracker() -> None:
    """Let the process that clears up semaphores be killed with a worker, without traces of errors.

    The one that takes its place knows nothing of those registered before; so each is named to it again before it is
    struck off.
    """
    strike = resource_tracker.unregister
    if getattr(strike, "named_again", False):
        return

    def named(name: str, kind: str) -> None:
        resource_tracker.register(name, kind)
        strike(name, kind)

    named.named_again = True  # type: ignore[attr-defined]
    resource_tracker.unregister = named  # type: ignore[assignment]
    warnings.filterwarnings("ignore", "resource_tracker: process died unexpectedly", UserWarning)


def _hand_out(client: Any, folder: Path, units: Sequence[Unit], tell: Tell, kind: ShardKind) -> int:
    import distributed

    completed: Any = distributed.as_completed
    name = kind.plan(folder)
    waiting = {
        client.submit(kind.work, str(folder.resolve()), unit, key=f"{name}-{unit[0]}", pure=False, retries=3): unit
        for unit in units
    }
    for done, future in enumerate(completed(list(waiting))):
        tell(done, len(units), waiting[future])
        future.result()
    return len(units)
