"""The kernel of `multiregional.engine` in C, compiled at first use if there is a C compiler; never required.

`native.c` is compiled by `cc`, `gcc` or `clang` for the processor at hand and kept under
``$XDG_CACHE_HOME/qonys/kernels`` (else ``~/.cache/qonys/kernels``), under a name with the hash of source, flags,
compiler and processor. A library is used only if its checksum is the one recorded and it reproduces the reference,
`multiregional.step.project`, on small examples. Without a compiler, or if compiling fails or a result differs, the
Numba kernel is used; `engine.engine_in_use` and `engine.why_not` report which and why. All features of the engine
are supported.

Results agree with the Numba kernel and the reference to 1e-12 in double precision, 1e-5 in single. They are
bitwise the same for any number of threads and any set of draws, but not between engines.
"""

from __future__ import annotations

import ctypes
import hashlib
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from llvmlite.binding import get_host_cpu_features, get_host_cpu_name
from numpy.typing import NDArray

from qonys.kernels.multiregional import step as mr
from qonys.kernels.multiregional.lanes import exp_series

SOURCE = Path(__file__).with_suffix(".c")
ENGINES = ("auto", "numba", "native")
VARIABLE = "QONYS_ENGINE"
COMPILERS = ("cc", "gcc", "clang")
FLAGS = ("-std=gnu11", "-O3", "-ffp-contract=off", "-fno-math-errno", "-fPIC", "-shared")
TUNED = ("-march=native", "-mcpu=native")  # the second where the compiler does not know the first
_CHUNK = 64  # bytes
_WITHIN = {8: 1e-12, 4: 1e-5}
_WHOLES = (
    "ages", "groups", "regions", "wide", "years", "bases", "number", "levels", "hazard", "even", "fine", "rank",
    "rows", "units", "buckets", "kept",
)  # fmt: skip
_TABLES = ("base", "mortality", "emigration", "immigration", "level", "fertility", "newcomers", "choice", "second",
           "mixing", "change")  # fmt: skip
_DRIVERS = ("reach", "table", "place", *(f"factor_{name}" for name in mr.FACTORS), "ratio")
_LABELS = ("uniform", "which", "changing", "bears", "labels", "names", "unit", "places")
_OUT = ("sums", "accounts", "moments")


class _Job(ctypes.Structure):
    """What a run is given, as in multiregional_native.c."""

    _fields_ = (
        *((name, ctypes.c_int64) for name in _WHOLES),
        ("by_region", ctypes.c_int64 * 4),
        ("by_group", ctypes.c_int64 * 4),
        ("top_emigration", ctypes.c_double),
        ("top_level", ctypes.c_double),
        *((name, ctypes.c_void_p) for name in (*_TABLES, *_DRIVERS, *_LABELS, *_OUT)),
    )


@dataclass(frozen=True)
class Kernel:
    """The compiled kernel for one type of number."""

    library: Any
    dtype: np.dtype[Any]
    pad: int = 1

    def wide(self, draws: int, groups: int) -> int:
        """Number of draws in a block: where planes are small, more draws share one pass over the matrices."""
        chunk = _CHUNK // self.dtype.itemsize
        return chunk if groups > 2 or draws <= chunk else 2 * chunk

    def panels(self, matrices: NDArray[np.float64]) -> Any:
        """Matrices (K, I, O) as panels of columns of nearly equal width: by K and panel (I, its columns), flat."""
        columns = matrices.shape[2]
        count = -(-columns // int(self.library.tile()))
        limits = [k * (columns // count) + min(k, columns % count) for k in range(count + 1)]
        parts = [matrices[:, :, a:b].reshape(len(matrices), -1) for a, b in pairwise(limits)]
        return np.concatenate(parts, axis=1).astype(self.dtype).ravel()

    def part(self, work: tuple[Any, ...]) -> Callable[[int], None]:
        """The function that computes one run of draws; may be called from several threads at once."""
        fields, held = _fields(work, self.dtype)
        job = _Job(**fields)
        job.wide = self.wide(len(work[2][1]), job.groups)
        size = self.library.room(ctypes.byref(job)) * self.dtype.itemsize + _CHUNK
        bounds, spare = work[0][1], list[Any]()

        def do(run: int) -> None:
            space = spare.pop() if spare else np.empty(size, dtype=np.uint8)
            at = -(-space.ctypes.data // _CHUNK) * _CHUNK
            self.library.project(ctypes.byref(job), at, int(bounds[run]), int(bounds[run + 1]), run)
            spare.append(space)

        do.__dict__["held"] = held  # the arrays live as long as what reads them
        return do


def _fields(work: tuple[Any, ...], dtype: Any) -> tuple[dict[str, Any], list[Any]]:
    """The fields of a job, and the arrays they point to."""
    (base, _, (ages, groups, regions), number), world, drivers, labels, (kind, even, fine), out = work
    (mortality, emigration, immigration, level, fertility, newcomers), choice, groupwise, bears, top = world
    table, place, *factors, ratio = drivers
    planes = mortality.reshape(2 * ages, -1)
    reach = table.max(axis=0).ravel() * planes.max(axis=1)
    values: dict[str, Any] = dict(zip(
        _TABLES, (base, mortality, emigration, immigration, level, fertility, newcomers, choice[0], choice[1],
                  groupwise[0], groupwise[2]), strict=True,
    ))  # fmt: skip
    values = {name: np.ascontiguousarray(value, dtype=dtype) for name, value in values.items()}
    doubles = dict(zip(_DRIVERS, (reach, table, place, *factors, ratio), strict=True))
    values |= {name: np.ascontiguousarray(value, dtype=np.float64) for name, value in doubles.items()}
    uniform = (planes == planes[:, :1]).all(axis=1)
    wholes = (uniform, choice[2], groupwise[1], bears, *labels)
    values |= {n: np.ascontiguousarray(v, dtype=np.int64) for n, v in zip(_LABELS, wholes, strict=True)}
    values |= dict(zip(_OUT, out, strict=True))
    fields: dict[str, Any] = {name: value.ctypes.data for name, value in values.items()}
    fields |= {
        "ages": ages, "groups": groups, "regions": regions, "years": place.shape[1], "bases": len(base),
        "number": number, "levels": len(table), "hazard": kind == 1, "even": even, "fine": fine, "rank": choice[3],
        "rows": len(labels[1]), "units": out[1].shape[2], "buckets": out[0].shape[2], "kept": out[2].shape[1],
        "by_region": (ctypes.c_int64 * 4)(*(f.shape[2] for f in factors)),
        "by_group": (ctypes.c_int64 * 4)(*(f.shape[3] for f in factors)),
        "top_emigration": top[0], "top_level": top[1],
    }  # fmt: skip
    return fields, list(values.values())


Trial = Callable[[Kernel, tuple[NDArray[np.float64], mr.Tables, mr.Drivers], str], tuple[NDArray[np.float64], ...]]
TRIAL_YEAR = 2


def kernel(dtype: Any, trial: Trial, engine: str | None = None) -> Kernel | None:
    """The compiled kernel, or None where Numba is used; `trial` checks it on an example before it is used.

    `engine`: auto (compiled if possible), numba or native; None: the value of the variable QONYS_ENGINE, else auto.

    Raises
    ------
    ValueError
        Another value of `engine`, or native is requested and not available.
    """
    wanted = os.environ.get(VARIABLE, "auto") if engine is None else engine
    if wanted not in ENGINES:
        raise ValueError(f"engine is {wanted!r}; it must be one of {', '.join(ENGINES)}")
    if wanted == "numba":
        return None
    found, reason = found_kernel(np.dtype(dtype).str, trial)
    if wanted == "native" and found is None:
        raise ValueError(f"the compiled engine cannot be had: {reason}")
    return found


@cache
def found_kernel(kind: str, trial: Trial) -> tuple[Kernel | None, str]:
    """The kernel that passed its check, and an empty text; or None and the reason."""
    dtype = np.dtype(kind)
    if os.name != "posix" or dtype.itemsize not in _WITHIN:
        return None, f"it is made for POSIX systems and double or single precision, not {os.name} and {dtype}"
    compiler = next((path for path in map(shutil.which, COMPILERS) if path), None)
    if compiler is None:
        return None, f"no C compiler ({', '.join(COMPILERS)}) on the path"
    try:
        made = Kernel(_opened(library(compiler, dtype)), dtype)
        error = _error(made, trial)
    except (OSError, RuntimeError, subprocess.SubprocessError, AttributeError) as problem:  # also: no home folder
        return None, f"{type(problem).__name__}: {problem}"
    if not error < _WITHIN[dtype.itemsize]:
        return None, f"its numbers are {error:.1e} from those of the oracle"
    return made, ""


def _constants(dtype: np.dtype[Any]) -> list[str]:
    """The type and what depends on it, for the compiler; exp as in `multiregional_lanes.exp_minus`."""
    double = dtype.itemsize == 8
    values: dict[str, Any] = {
        "REAL": "double" if double else "float",
        "BITS": "int64_t" if double else "int32_t",
        "KIND": "pd" if double else "ps",
        "SERIES": ",".join(repr(c) for c in exp_series(10 if double else 6)),
        "HIGH": 6.93147180369123816490e-01 if double else 0.693359375,
        "LOW": 1.90821492927058770002e-10 if double else -2.12194440e-4,
        "MAGIC": 1.5 * 2 ** (52 if double else 23),
        "INVERSE": 1 / math.log(2),
        "BIAS": 1023 if double else 127,
        "TAIL": 52 if double else 23,
        "TOP": 700.0 if double else 87.0,
    }
    return [f"-D{name}={value}" for name, value in values.items()]


def folder() -> Path:
    """Where compiled kernels are kept."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base).expanduser() if base else Path.home() / ".cache") / "qonys" / "kernels"


def place(compiler: str, dtype: np.dtype[Any]) -> Path:
    """The library's name: hash of source, flags, compiler and processor."""
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True, timeout=20).stdout
    parts = (
        SOURCE.read_text(encoding="utf-8"), *FLAGS, *TUNED, *_constants(dtype), os.path.realpath(compiler), version,
        sys.platform, get_host_cpu_name(), get_host_cpu_features().flatten(),
    )  # fmt: skip
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
    return folder() / f"multiregional-{dtype.name}-{key}.so"


def library(compiler: str, dtype: np.dtype[Any]) -> Path:
    """The compiled library; compiled anew if it is missing or its checksum differs.

    Raises
    ------
    OSError, subprocess.SubprocessError
        It cannot be compiled, or others may write to its folder.
    """
    found = place(compiler, dtype)
    note = found.with_suffix(".sha256")
    found.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    state = found.parent.stat()
    if state.st_uid != os.getuid() or state.st_mode & 0o022:
        raise PermissionError(f"others may write in {found.parent}")
    if found.exists() and note.exists() and note.read_text() == _digest(found):
        return found
    with tempfile.TemporaryDirectory(dir=found.parent, prefix=".draft-") as spare:
        made, said = Path(spare) / found.name, Path(spare) / note.name
        _compile(compiler, dtype, made)
        said.write_text(_digest(made))
        made.replace(found)
        said.replace(note)
    return found


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _compile(compiler: str, dtype: np.dtype[Any], made: Path) -> None:
    for tuned in TUNED:
        command = [compiler, *FLAGS, tuned, *_constants(dtype), "-o", str(made), str(SOURCE)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode == 0:
            return
    raise OSError(f"{compiler} failed: {done.stderr.strip()[:300]}")


def _opened(path: Path) -> Any:
    """The library with the types of its functions."""
    opened = ctypes.CDLL(str(path))
    opened.room.restype, opened.room.argtypes = ctypes.c_int64, [ctypes.c_void_p]
    opened.tile.restype, opened.size.restype = ctypes.c_int64, ctypes.c_int64
    opened.project.restype = None
    opened.project.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64]
    if opened.size() != ctypes.sizeof(_Job):
        raise OSError(f"a job has {ctypes.sizeof(_Job)} bytes here and {opened.size()} in the library")
    return opened


def _error(made: Kernel, trial: Trial) -> float:
    """Greatest relative difference from the oracle, of people and accounts, over small worlds."""
    worst = 0.0
    cases = ((3, None, mr.END, mr.HAZARD), (1, 2, mr.EVEN, mr.SHARE), (2, None, mr.EVEN, mr.HAZARD))
    for groups, rank, timing, kind in cases:
        base, tables, drivers = _trial(groups, rank, kind)
        found = trial(made, (base, tables, drivers), timing)
        paths = [mr.project(base, tables, drivers, d, timing) for d in range(len(drivers.place))]
        people = np.stack([path.population for path in paths])
        accounts = np.stack([path.accounts for path in paths])
        pairs = (
            (found[0], people.reshape(found[0].shape)),
            (found[1], accounts.reshape(found[1].shape)),
            (found[2], people[:, TRIAL_YEAR].mean(axis=0)),
        )
        for one, other in pairs:
            error = np.abs(one - other) / np.maximum(np.abs(other), 1)
            worst = max(worst, float(error.max()) if np.isfinite(error).all() else math.inf)
    return worst


def _trial(groups: int, rank: int | None, kind: str) -> tuple[Any, mr.Tables, mr.Drivers]:
    """A made-up world with every feature of the step: changes of group, clipping, rates that need all of exp."""
    rng = np.random.Generator(np.random.Philox(key=groups))
    regions, ages, draws, years = 7, 6, 3, 2
    full = (regions, groups, 2, ages)

    def rows(*shape: int) -> NDArray[np.float64]:
        found = rng.uniform(0, 1, shape)
        return np.asarray(found / found.sum(axis=-1, keepdims=True))

    moves: mr.Dense | mr.Structured = mr.Dense(0.6 * np.eye(regions) + 0.4 * rows(2, ages, regions, regions))
    if rank is not None:
        level = rng.uniform(0, 0.4, (regions, 2, ages))
        moves = mr.Structured(level, rows(1, regions, rank), rows(1, rank, regions))
    tables = mr.Tables(
        rng.uniform(0.5, 1.5, full), rng.uniform(0, 0.4, (regions, groups, ages)), rows(groups, groups), moves,
        rng.uniform(0, 0.4, full), rng.uniform(0, 40, full), (0, 3), rows(2, 2, groups, groups),
    )  # fmt: skip
    top = 1.5 if kind == mr.HAZARD else 0.6
    mortality = rng.uniform(0.01, top, (3, 2, ages)) * np.linspace(0.1, 1, ages)
    shapes = ((), (groups,), (regions, groups), (regions, 1))
    near = [rng.uniform(0.5, 3, (draws, years, *shape)) for shape in shapes]
    where, ratio = rng.uniform(0, 2, (draws, years, 2)), np.full(years, 1.06)
    drivers = mr.Drivers(mortality, where, near[0], near[1], near[2], near[3], ratio, kind)
    return rng.uniform(10, 1000, full), tables, drivers
