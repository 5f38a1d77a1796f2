"""Times of the main jobs as whole processes, and the processor seconds and work of each chapter of the study.

Run: ./.venv/bin/python benchmarks/study.py
The yardstick printed beside each time is the start of a bare interpreter on the same machine. Processor seconds are
those of all threads, whatever else the machine does; the work of a chapter (`qonys.kernels.effort`) is held by
`tests/study/test_work.py`.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

QONYS = [sys.executable, "-c", "import sys; from qonys.cli import main; sys.exit(main())"]
STORE = [
    sys.executable,
    "-c",
    "from qonys.catalog import open_pack; from qonys.catalog.store import open_store; "
    "s = open_store(open_pack('kazakhstan')); s.table('census')",
]


def measured(command: list[str], cache: str) -> tuple[float, float, float]:
    """Wall seconds, processor seconds of a process and those it waited for, and its peak memory in GB."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        env={**os.environ, "QONYS_CACHE": cache},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} failed with {process.returncode}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e6


def chapters(cache: Path) -> list[tuple[float, str, dict[str, int]]]:
    """Processor seconds, name and work of every chapter that was computed, the dearest first."""
    found = []
    for path in cache.glob("chapters/*/*/about.json"):
        about = json.loads(path.read_text(encoding="utf-8"))
        found.append((about["processor"], path.parts[-3], about["work"]))
    return sorted(found, reverse=True)


def main() -> None:
    """Print one line per job."""
    with tempfile.TemporaryDirectory() as folder:
        bare, _, _ = measured([sys.executable, "-c", "pass"], folder)
        study = [*QONYS, "study", "--lang", "ru", "--out", str(Path(folder) / "out")]
        jobs = [
            ("first projection of the nation (limit 10 s)", [*QONYS, "project"]),
            ("later projection (limit 3 s)", [*QONYS, "project"]),
            ("cold study, one language (limit 60 s, 1.5 GB)", study),
            ("unchanged rerun (limit 3 s)", study),
            ("qonys --help (limit 0.5 s)", [*QONYS, "--help"]),
            ("store build (limit 5 s)", STORE),
        ]
        machine = platform.processor() or platform.machine()
        print(f"{machine}, {os.cpu_count()} cores, Python {platform.python_version()}")
        for name, command in jobs:
            seconds, processor, memory = measured(command, folder)
            times = f"{seconds:.2f} s, {processor:.2f} processor s, {seconds / bare:.0f} x bare interpreter"
            print(f"{name}: {times}, {memory:.2f} GB")
        for processor, name, work in chapters(Path(folder)):
            counts = [f"{kind} {count:,}" for kind, count in work.items()]
            print(f"  {name}: {processor:.2f} processor s", *counts, sep=", ")


if __name__ == "__main__":
    main()
