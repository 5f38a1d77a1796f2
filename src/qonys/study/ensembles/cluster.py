"""Shards on a Dask cluster (extra `scale`): live distribution with workers that may die."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qonys.errors import BadInput
from qonys.study.ensembles.shards import Tell, Unit, finished, read_plan, work


def run_on_cluster(
    folder: Path,
    units: Sequence[Unit],
    scheduler: str = "",
    workers: int = 2,
    tell: Tell = lambda done, total, unit: None,
) -> int:
    """Compute the units that are not finished on a cluster; how many were handed out.

    `scheduler`: address of a running one whose workers see `folder` and have Qonys; "": a cluster of `workers`
    processes on this machine, for the time of the call. A unit whose worker dies goes to another worker; a shard
    that is finished is never computed again, because `work` looks before it begins.

    Raises
    ------
    BadInput
        The package distributed is not installed.

    """
    try:
        import distributed
    except ImportError as error:
        raise BadInput("regional.no_dask") from error
    dask: Any = distributed
    plan = read_plan(folder)
    waiting = [unit for unit in units if not finished(folder, plan, unit)]
    if not waiting:
        return 0
    if scheduler:
        with dask.Client(scheduler) as client:
            return _hand_out(client, folder, waiting, tell)
    with (
        dask.LocalCluster(workers, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        dask.Client(cluster) as client,
    ):
        return _hand_out(client, folder, waiting, tell)


def _hand_out(client: Any, folder: Path, units: Sequence[Unit], tell: Tell) -> int:
    import distributed

    completed: Any = distributed.as_completed
    name = read_plan(folder).digest()
    waiting = {
        client.submit(work, str(folder.resolve()), unit, key=f"{name}-{unit[0]}", pure=False, retries=3): unit
        for unit in units
    }
    for done, future in enumerate(completed(list(waiting))):
        tell(done, len(units), waiting[future])
        future.result()
    return len(units)
