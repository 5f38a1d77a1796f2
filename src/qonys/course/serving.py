"""Opening of a lab in the browser: marimo's own server on this machine, for nobody else."""

from __future__ import annotations

import os
import subprocess
import sys

from qonys.course import opened
from qonys.course.framing import refuse_unready
from qonys.course.registry import Lab

HOST = "127.0.0.1"
QUIET = {"MARIMO_SKIP_UPDATE_CHECK": "1", "DO_NOT_TRACK": "1", "PYTHONWARNINGS": "ignore"}


def command_of(lab: Lab, port: int, *, edit: bool = False, browser: bool = False) -> list[str]:
    """The command that serves a lab.

    Examples
    --------
    >>> from qonys.course.registry import lab_of
    >>> command_of(lab_of("balance"), 2718)[1:4]
    ['-m', 'marimo', '--quiet']
    """
    mode = "edit" if edit else "run"
    shown = [] if browser else ["--headless"]
    plain = ["--skip-update-check"] if edit else []
    return [
        sys.executable, "-m", "marimo", "--quiet", "--yes", mode, str(lab.file), "--host", HOST, "--port", str(port),
        "--no-token", *shown, *plain,
    ]  # fmt: skip


def serve_lab(lab: Lab, pack: str, language: str, port: int, *, browser: bool = False) -> int:
    """Serve a lab until it is stopped; returns the exit code.

    Raises
    ------
    BadInput
        marimo is not installed; the pack lacks figures of the lab.

    """
    refuse_unready(lab, opened.pack_of(pack))
    environment = {**os.environ, **QUIET, opened.PACK: pack, opened.LANGUAGE: language}
    with subprocess.Popen(command_of(lab, port, browser=browser), env=environment) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            return 0
