"""The compiled kernel beside the oracle and Numba; without a compiler, with a spoilt library and with faults planted."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from qonys.kernels.multiregional import engine, native
from qonys.kernels.multiregional import step as mr

needs_compiler = pytest.mark.skipif(
    not any(map(shutil.which, native.COMPILERS)), reason="no C compiler: the Numba kernel works alone"
)
AGES = 8


def rng_of(key: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=key))


def rows(rng, *shape: int) -> np.ndarray:
    found = rng.uniform(0, 1, shape) ** 2
    return found / found.sum(axis=-1, keepdims=True)


def world(regions=5, groups=3, rank: int | None = None, change=True, level=0.3, seed=1):
    """A made-up base, tables and drivers of 11 draws."""
    rng, full = rng_of(seed), (regions, groups, 2, AGES)
    moves = mr.Dense((1 - level) * np.eye(regions) + level * rows(rng, 2, AGES, regions, regions))
    if rank is not None:
        first, second = rows(rng, 2, regions, rank), rows(rng, 2, rank, regions)
        moves = mr.Structured(rng.uniform(0, 0.3, (regions, 2, AGES)), first, second, rng.integers(0, 2, (2, AGES)))
    tables = mr.Tables(
        rng.uniform(0.5, 1.5, (regions, groups, 1, 1)), rng.uniform(0, 0.4, (*full[:2], AGES)), rows(rng, groups, groups),
        moves, rng.uniform(0, 0.1, full), rng.uniform(0, 40, full),
        *(((0, 3), rows(rng, 2, 2, groups, groups)) if change else ()),
    )  # fmt: skip
    mortality = np.sort(rng.uniform(0.001, 0.9, (4, 2, AGES)), axis=0)
    shapes = ((), (groups,), (regions, groups), (regions, 1))
    factors = [rng.uniform(0.5, 1.5, (11, 3, *shape)) for shape in shapes]
    drivers = mr.Drivers(mortality, rng.uniform(0, 3, (11, 3, 2)), *factors, np.full(3, 1.05))
    return rng.uniform(10, 1000, (3, *full)), tables, drivers


def everything(tables: mr.Tables, moments=(0, 2)) -> engine.KeptSums:
    cells = np.arange(tables.emigration.size).reshape(tables.emigration.shape)
    return engine.KeptSums(cells, cells[:, :, 0, 0] // cells[0, 0].size, moments)


CASES = {
    "five regions, three groups": {},
    "one group": {"groups": 1},
    "more than a tile": {"regions": 14, "groups": 2, "change": False},
    "two pools": {"rank": 2, "groups": 1},
    "seven pools": {"regions": 9, "rank": 7},
    "one region": {"regions": 1, "groups": 4, "level": 0.0},
}


@needs_compiler
@pytest.mark.parametrize("timing", [mr.END, mr.EVEN])
@pytest.mark.parametrize("case", sorted(CASES))
def test_the_numbers_are_those_of_the_oracle(case, timing) -> None:
    base, tables, drivers = world(**CASES[case])
    kind = mr.SHARE if CASES[case].get("rank") == 2 else mr.HAZARD
    drivers = replace(drivers, kind=kind, mortality=drivers.mortality * (0.5 if kind == mr.SHARE else 1.0))
    paths = [mr.project(base, tables, drivers, d, timing) for d in range(11)]
    people, accounts = (np.stack([getattr(p, name) for p in paths]) for name in ("population", "accounts"))
    found = engine.run(base, tables, drivers, everything(tables), timing, engine="native")
    assert found.buckets == pytest.approx(people.reshape(11, 4, -1), rel=1e-12)
    assert found.accounts == pytest.approx(accounts.reshape(found.accounts.shape), rel=1e-12, abs=1e-9)
    assert found.mean == pytest.approx(people[:, [0, 2]].mean(axis=0), rel=1e-12)
    assert found.variance == pytest.approx(people[:, [0, 2]].var(axis=0, ddof=1), rel=1e-9, abs=1e-8)
    assert found.residual() < 1e-13
    single = engine.run(base, tables, drivers, everything(tables), timing, np.float32, engine="native")
    assert single.buckets == pytest.approx(found.buckets, rel=1e-5)


@needs_compiler
@pytest.mark.parametrize("timing", [mr.END, mr.EVEN])
def test_the_numbers_are_those_of_numba(timing) -> None:
    base, tables, drivers = world(rank=2)
    drivers = replace(drivers, internal=5 * drivers.internal)  # clipping
    units = np.array([0, 0, 1, -1, 1])[:, None] + np.zeros((1, 3), dtype=np.int64)
    names = rng_of(5).integers(-1, 6, tables.emigration.shape)
    keep = engine.KeptSums(names, units, (3,))
    ours, other = (engine.run(base, tables, drivers, keep, timing, engine=name) for name in ("native", "numba"))
    for name in ("buckets", "accounts", "mean"):
        assert getattr(ours, name) == pytest.approx(getattr(other, name), rel=1e-12, abs=1e-9), name
    assert ours.variance == pytest.approx(other.variance, rel=1e-9, abs=1e-8)
    assert ours.accounts[..., mr.CLIPPED].sum() > 0


@needs_compiler
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("groups", [1, 3])
def test_the_same_bits_for_any_threads_and_company(groups, dtype) -> None:
    base, tables, drivers = world(groups=groups)
    many = replace(drivers, **{n: np.tile(getattr(drivers, n).T, 7).T for n in ("place", *mr.FACTORS)})
    hot = many.internal.copy()
    hot[40:45] *= 9  # some draws are clipped; their neighbours stay what they were
    many = replace(many, internal=hot)
    for timing in (mr.END, mr.EVEN):
        whole = engine.run(base, tables, many, everything(tables), timing, dtype, engine="native", threads=1)
        again = engine.run(base, tables, many, everything(tables), timing, dtype, engine="native", threads=3)
        for name in ("buckets", "accounts", "mean", "variance"):
            assert np.array_equal(getattr(whole, name), getattr(again, name)), name
        for start, stop in ((0, 37), (37, 38), (38, 77)):
            part = engine.run(
                base, tables, many.part(start, stop), everything(tables, ()), timing, dtype, engine="native"
            )
            assert np.array_equal(part.buckets, whole.buckets[start:stop])
            assert np.array_equal(part.accounts, whole.accounts[start:stop])


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """No library is known yet, and they are kept in a folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(native.VARIABLE, raising=False)
    native.found_kernel.cache_clear()
    yield tmp_path
    native.found_kernel.cache_clear()


def test_without_a_compiler_numba_works(fresh, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert engine.engine_in_use() == "numba"
    assert "no C compiler" in engine.why_not()
    base, tables, drivers = world(rank=2)
    assert engine.run(base, tables, drivers).buckets.shape == (11, 4, 0)
    with pytest.raises(ValueError, match="no C compiler"):
        engine.run(base, tables, drivers, engine="native")


def test_a_compiler_that_fails_or_a_folder_open_to_others_leaves_numba(fresh, tmp_path, monkeypatch) -> None:
    wrong = tmp_path / "cc"
    wrong.write_text("#!/bin/sh\n[ $1 = --version ] && exit 0\necho no >&2\nexit 1\n")
    wrong.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (engine.kernel(np.float64), engine.why_not()) == (None, f"OSError: {wrong} failed: no")
    native.found_kernel.cache_clear()
    native.folder().chmod(0o777)
    assert "others may write" in engine.why_not()


def test_the_variable_and_the_word_choose(monkeypatch) -> None:
    monkeypatch.setenv(native.VARIABLE, "numba")
    assert engine.engine_in_use() == "numba"
    monkeypatch.setenv(native.VARIABLE, "fortran")
    with pytest.raises(ValueError, match="fortran"):
        engine.kernel(np.float64)
    assert engine.kernel(np.float64, "numba") is None


@needs_compiler
def test_a_spoilt_library_is_made_anew(fresh, monkeypatch) -> None:
    monkeypatch.setattr(native, "FLAGS", ("-O0", *[f for f in native.FLAGS if f != "-O3"]))  # quick to compile
    compiler = next(filter(None, map(shutil.which, native.COMPILERS)))
    path = native.library(compiler, np.dtype(float))
    good = path.read_bytes()
    spoilt = path.with_suffix(".new")  # a library in use is never written over
    spoilt.write_bytes(good[: len(good) // 2])
    spoilt.replace(path)
    assert engine.engine_in_use() == "native"
    assert native.library(compiler, np.dtype(float)).read_bytes() == good
    assert not list(path.parent.glob("tmp*"))


@needs_compiler
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("share = job->even || k == FERTILITY ? 0.5 : 1;", "share = job->even || k == FERTILITY ? 0.5000001 : 1;"),
        ("put(b->born + b->plane + c * wide + v, total - girls)", "put(b->born + b->plane + c * wide + v, girls)"),
        ("if (later)", "if (later && x != 4)"),
    ],
)
def test_a_wrong_term_is_refused(fresh, monkeypatch, right, wrong) -> None:
    text = native.SOURCE.read_text(encoding="utf-8")
    assert text.count(right) == 1
    copy = fresh / "wrong.c"
    copy.write_text(text.replace(right, wrong), encoding="utf-8")
    monkeypatch.setattr(native, "SOURCE", copy)
    monkeypatch.setattr(native, "FLAGS", ("-O0", *[f for f in native.FLAGS if f != "-O3"]))
    assert engine.engine_in_use() == "numba"
    assert "from those of the oracle" in engine.why_not()
