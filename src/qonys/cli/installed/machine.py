"""The machine: cores, memory, compiler, browser, fonts, folders."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from pathlib import Path

PYTHON = (3, 11)
MEMORY = 4e9  # bytes; the study of the shipped pack takes about half
COMPILERS = ("cc", "gcc", "clang")  # as `kernels.multiregional.native` tries them
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FONTS = ("Inter-Regular.otf", "Inter-SemiBold.otf", "Inter-Italic.otf")
LIMITS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS")
_CGROUP = Path("/sys/fs/cgroup/memory.max")
_PACKAGE = Path(__file__).parents[2]


def python() -> tuple[str, bool]:
    """Version, and whether it is new enough."""
    return platform.python_version(), sys.version_info[:2] >= PYTHON


def cores() -> tuple[int, int]:
    """Cores that this process may use, and all of the machine."""
    whole = os.cpu_count() or 1
    return (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else whole), whole


def thread_limits() -> list[str]:
    """What the environment says of threads: NAME=value."""
    return [f"{name}={os.environ[name]}" for name in LIMITS if os.environ.get(name)]


def memory() -> tuple[float, float]:
    """Bytes of memory, all (or as many as the control group allows) and free; zeros where the system does not say."""
    try:
        page = os.sysconf("SC_PAGE_SIZE")
        total, free = page * float(os.sysconf("SC_PHYS_PAGES")), page * float(os.sysconf("SC_AVPHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        return 0.0, 0.0
    limit = _CGROUP.read_text(encoding="ascii").strip() if _CGROUP.is_file() else "max"
    return (min(total, float(limit)) if limit.isdigit() else total), free


def compiler() -> str:
    """Path of the C compiler, or ""."""
    return next((path for name in COMPILERS if (path := shutil.which(name))), "")


def chromium() -> str:
    """Path of the browser of the tests (`QONYS_CHROMIUM` names another), or ""."""
    given = os.environ.get("QONYS_CHROMIUM")
    if given:
        return given if Path(given).is_file() else ""
    return next((path for name in BROWSERS if (path := shutil.which(name))), "")


def fonts() -> dict[str, bool]:
    """Fonts of report and pages, and whether each is there and is a font."""
    return {name: _is_font(_PACKAGE / "figures" / "fonts" / name) for name in FONTS}


def _is_font(path: Path) -> bool:
    return path.is_file() and path.read_bytes()[:4] in (b"OTTO", b"\x00\x01\x00\x00")


def folders() -> dict[str, Path]:
    """Folders that commands write to: of kept results and of a person's own tables."""
    from qonys.catalog.places import cache_folder, data_folder

    return {"cache": cache_folder(), "data": data_folder()}


def size_of(path: Path) -> int:
    """Bytes of all files below `path`."""
    return sum(item.stat().st_size for item in path.rglob("*") if item.is_file() and not item.is_symlink())


def writable(path: Path) -> bool:
    """Whether files may be written to `path`, or to what is there of its parents."""
    while not path.exists():
        path = path.parent
    return path.is_dir() and os.access(path, os.W_OK | os.X_OK)
