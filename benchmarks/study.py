"""Times of the main job as whole processes: cold study, unchanged rerun, help, store build.

Run: ./.venv/bin/python benchmarks/study.py
The yardstick printed beside each time is the start of a bare interpreter on the same machine.
"""

from __future__ import annotations

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


def measured(command: list[str], cache: str) -> tuple[float, float]:
    """Wall seconds and peak memory in GB of one process."""
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
    return time.perf_counter() - started, usage.ru_maxrss / 1e6


def main() -> None:
    """Print one line per job."""
    with tempfile.TemporaryDirectory() as folder:
        bare, _ = measured([sys.executable, "-c", "pass"], folder)
        study = [*QONYS, "study", "--lang", "ru", "--out", str(Path(folder) / "out")]
        jobs = [
            ("cold study, one language (limit 60 s, 1.5 GB)", study),
            ("unchanged rerun (limit 3 s)", study),
            ("qonys --help (limit 0.5 s)", [*QONYS, "--help"]),
            ("store build (limit 5 s)", STORE),
        ]
        machine = platform.processor() or platform.machine()
        print(f"{machine}, {os.cpu_count()} cores, Python {platform.python_version()}")
        for name, command in jobs:
            seconds, memory = measured(command, folder)
            print(f"{name}: {seconds:.2f} s, {memory:.2f} GB, {seconds / bare:.0f} x bare interpreter")


if __name__ == "__main__":
    main()
