"""Shards: the same numbers to the bit however the work is cut, killed or handed out; plans, damage, refusals."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from qonys.errors import BadInput
from qonys.projection.national import Run, project_national
from qonys.projection.regional import project as regional
from qonys.projection.regional.project import project_world
from qonys.projection.regional.result import Drawn, Keep, Moments, pooled
from qonys.projection.scenarios import Scenario
from qonys.study.base.national import Prepared
from qonys.study.ensembles import objects as ensemble_world
from qonys.study.ensembles import shards as ensembles

spec = importlib.util.spec_from_file_location("made_up", Path(__file__).parents[1] / "projection" / "made_up.py")
made_up = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made_up)

RUN = Run(8, (0, 20), 1)
SCENARIO = Scenario(net_add=1000, region_attraction={"R1": 1.5}, immigration_add={"g1": {"R2": 50.0}})
KEEP = Keep(("region", "group"), accounts=("region",))


@pytest.fixture(scope="module")
def world():
    return made_up.world()


@pytest.fixture(scope="module")
def whole(world):
    return project_world(world, RUN, SCENARIO, KEEP)


def begun(folder, world, unit=6):
    plan = ensembles.plan_of(world, RUN, SCENARIO, KEEP, unit)
    ensembles.start(folder, plan, world)
    return plan


def same(found, whole):
    return all(np.array_equal(getattr(found.drawn, one.name), getattr(whole.drawn, one.name)) for one in fields(Drawn))


def test_shards_in_any_order_give_the_same_bits(world, whole, tmp_path) -> None:
    plan = begun(tmp_path, world)
    assert plan.units() == [(0, 6), (6, 12), (12, 18), (18, 20)]
    done = [ensembles.run_units(tmp_path, plan.part(part)) for part in ("3/3", "1/3", "2/3")]
    assert done == [1, 2, 1]
    found = ensembles.collect(tmp_path)
    assert same(found, whole)
    assert found.quantiles(("region",)).equals(whole.quantiles(("region",)))
    assert np.array_equal(found.sum(region="R1", ages=(20, 30)), whole.sum(region="R1", ages=(20, 30)))
    assert ensembles.run_units(tmp_path, plan.part(None)) == 0
    other = tmp_path / "other"
    begun(other, world, unit=20)
    ensembles.run_units(other, [(0, 20)])
    assert same(ensembles.collect(other), whole)


def test_moments_of_shards_are_those_of_one_run(world, tmp_path, monkeypatch) -> None:
    keep = replace(KEEP, moments=(2025, 2031))
    whole = project_world(world, RUN, SCENARIO, keep)
    plan = ensembles.plan_of(world, RUN, SCENARIO, keep, 6)
    ensembles.start(tmp_path, plan, world)
    ensembles.run_units(tmp_path, plan.part(None))
    found = ensembles.collect(tmp_path)
    assert found.moments.count == whole.moments.count == 20
    assert found.moments.mean == pytest.approx(whole.moments.mean, rel=1e-12)
    assert found.moments.variance == pytest.approx(whole.moments.variance, rel=1e-9, abs=1e-9)
    monkeypatch.setattr(regional, "BLOCK", 6)  # parts that are the run's own blocks give the same bits
    blocks = project_world(world, RUN, SCENARIO, keep)
    assert np.array_equal(found.moments.mean, blocks.moments.mean)
    assert np.array_equal(found.moments.variance, blocks.moments.variance)
    frame = found.moments_frame()
    total = frame.filter(year=2031, region="R1")["mean"].sum()
    assert total == pytest.approx(whole.sum(region="R1")[:, -1].mean())
    stored = tmp_path / "shards" / "00000006-00000012-moments.npz"
    content = bytearray(stored.read_bytes())
    content[len(content) // 2] ^= 1  # a planted fault: one bit
    stored.write_bytes(content)
    assert ensembles.missing(tmp_path) == [(6, 12)]
    assert ensembles.run_units(tmp_path, plan.part(None)) == 1
    assert np.array_equal(ensembles.collect(tmp_path).moments.variance, found.moments.variance)
    with pytest.raises(BadInput, match="not stored"):
        replace(found, moments=None).moments_frame()


def test_pooled_moments_of_uneven_parts_by_hand() -> None:
    rng = np.random.Generator(np.random.Philox(key=3))
    x = 1e6 + rng.normal(size=(17, 2, 3))
    parts = [x[:1], x[1:9], x[9:]]
    found = pooled([Moments(len(p), p.mean(axis=0), p.var(axis=0, ddof=1) if len(p) > 1 else 0 * p[0]) for p in parts])
    assert found.count == 17
    assert found.mean == pytest.approx(x.mean(axis=0), rel=1e-12)
    assert found.variance == pytest.approx(x.var(axis=0, ddof=1), rel=1e-9)


def test_a_nation_in_shards(world, tmp_path) -> None:
    nation = Prepared(world.national, world.processes, ())
    plan = ensembles.plan_of(nation, RUN, Scenario(fertility_times=0.9), unit=8)
    ensembles.start(tmp_path, plan, nation)
    ensembles.run_units(tmp_path, plan.part(None))
    found = ensembles.collect(tmp_path)
    ours = project_national(world.national, world.processes, 8, 20, 1, Scenario(fertility_times=0.9))
    assert np.array_equal(found.groups, ours.groups)
    assert np.array_equal(found.accounts, ours.accounts)
    assert found.quantiles().equals(ours.quantiles())


def test_a_damaged_shard_rings_and_is_computed_anew(world, whole, tmp_path) -> None:
    plan = begun(tmp_path, world)
    ensembles.run_units(tmp_path, plan.part(None))
    shard = tmp_path / "shards" / "00000006-00000012.parquet"
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 1  # a planted fault: one bit
    shard.write_bytes(content)
    assert ensembles.missing(tmp_path) == [(6, 12)]
    with pytest.raises(BadInput, match="draw 6"):
        ensembles.collect(tmp_path)
    assert ensembles.run_units(tmp_path, plan.part(None)) == 1
    assert same(ensembles.collect(tmp_path), whole)


def program(folder: Path, body: str) -> subprocess.Popen[bytes]:
    source = f"from pathlib import Path\nfrom qonys.study.ensembles import shards as ensembles\nfolder = Path({str(folder)!r})\n" + textwrap.dedent(body)
    return subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_killed_work_loses_only_the_running_shard(world, whole, tmp_path) -> None:
    plan = begun(tmp_path, world, unit=4)
    body = """
    import time
    replaced = ensembles._write
    def slow(path, content):
        time.sleep(1.0 if path.name.startswith("00000008") else 0)
        replaced(path, content)
    ensembles._write = slow
    ensembles.run_units(folder, ensembles.read_plan(folder).part(None))
    """
    running = program(tmp_path, body)
    waited = time.monotonic() + 120
    while not ensembles.finished(tmp_path, plan, (4, 8)) and time.monotonic() < waited:
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "shards").glob("*.json")}
    assert 2 <= len(kept) < 5
    assert ensembles.run_units(tmp_path, plan.part(None)) == 5 - len(kept)
    assert all(path.stat().st_mtime_ns == time_ for path, time_ in kept.items())
    assert same(ensembles.collect(tmp_path), whole)


@pytest.mark.long
def test_a_dask_cluster_that_loses_a_worker(world, whole, tmp_path) -> None:
    pytest.importorskip("distributed", reason="the extra `scale` is not installed")
    from distributed import Client, LocalCluster

    from qonys.study.ensembles.cluster import run_on_cluster

    plan = begun(tmp_path, world, unit=2)
    ensembles.work(str(tmp_path), (0, 2))
    written = (tmp_path / "shards" / "00000000-00000002.json").stat().st_mtime_ns
    with LocalCluster(2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster, Client(cluster) as client:
        pids = list(client.run(os.getpid).values())
        told, before = [], {}

        def kill_one() -> None:
            while len(told) < 2:
                time.sleep(0.005)
            before.update({path: path.stat().st_mtime_ns for path in (tmp_path / "shards").glob("*.json")})
            os.kill(pids[0], signal.SIGKILL)

        killer = threading.Thread(target=kill_one)
        killer.start()
        address = cluster.scheduler_address
        count = run_on_cluster(tmp_path, plan.part(None), address, tell=lambda done, total, unit: told.append(unit))
        killer.join()
    assert count == len(told) == 9
    assert len(before) >= 3
    assert all(path.stat().st_mtime_ns == written for path, written in before.items())
    assert (tmp_path / "shards" / "00000000-00000002.json").stat().st_mtime_ns == written
    assert same(ensembles.collect(tmp_path), whole)
    assert run_on_cluster(tmp_path, plan.part(None)) == 0


def test_refusals(world, tmp_path) -> None:
    plan = begun(tmp_path, world)
    with pytest.raises(BadInput, match="4 of 4"):
        ensembles.collect(tmp_path)
    for shard in ("0/3", "4/3", "x", "1", "1/0"):
        with pytest.raises(BadInput, match="shard"):
            plan.part(shard)
    with pytest.raises(BadInput, match="horizon, seed"):
        ensembles.start(tmp_path, replace(plan, horizon=9, seed=2), world)
    with pytest.raises(BadInput, match=r"plan\.json"):
        ensembles.read_plan(tmp_path / "none")
    ensembles.work(str(tmp_path), (0, 6))
    with pytest.raises(BadInput, match="--resume"):
        ensembles.start(tmp_path, plan, world, resume=False)
    (tmp_path / "plan.json").write_text("{")
    with pytest.raises(BadInput, match="damaged"):
        ensembles.read_plan(tmp_path)


def test_a_world_comes_back_as_it_was(world, tmp_path) -> None:
    path = tmp_path / "w.npz"
    ensemble_world.write_object(world, path)
    again = ensemble_world.read_object(path)
    assert ensemble_world.digest_of(again) == ensemble_world.digest_of(world)
    assert again.regional.levels == world.regional.levels
    assert np.array_equal(again.regional.base, world.regional.base)
    assert again.processes.migration.posterior.settings == world.processes.migration.posterior.settings
    changed = replace(world, national=replace(world.national, turnover=0.0021))
    assert ensemble_world.digest_of(changed) != ensemble_world.digest_of(world)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(BadInput, match="damaged"):
        ensemble_world.read_object(path)
    with pytest.raises(TypeError, match="object"):
        ensemble_world.digest_of(object())
    hostile = json.dumps({"class": "subprocess:Popen", "fields": {}}).encode()
    np.savez(path, document=np.frombuffer(hostile, dtype=np.uint8))
    with pytest.raises(BadInput, match="damaged"):
        ensemble_world.read_object(path)
