"""Which state of the source code runs: the commit of a checkout or of an installed package."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from qonys.study.runs.code import PACKAGE

NO_COMMIT = "none"
CHANGED = "+changed"  # after a commit: files of the package differ from it
WAIT = 20  # seconds for git to answer


def commit(package: Path = PACKAGE) -> str:
    """Commit of the code of `package`, 40 hexadecimal digits, with `+changed` if its files differ from the commit.

    It is that of the checkout whose `src` holds the package; for an installed package the one that its installer
    recorded (PEP 610); "none" where neither is known.
    """
    return _checked_out(package) or _installed(package) or NO_COMMIT


def _checked_out(package: Path) -> str:
    root = package.parents[1]
    if package.parent.name != "src" or not (root / ".git").exists():
        return ""
    head = _git(root, "rev-parse", "HEAD")
    return head + (CHANGED if head and _git(root, "status", "--porcelain", "--", str(package)) else "")


def _git(root: Path, *words: str) -> str:
    """What git answers about a checkout; nothing where there is no git or it refuses."""
    program = shutil.which("git")
    if program is None:
        return ""
    try:
        done = subprocess.run(
            [program, "-C", str(root), *words], capture_output=True, text=True, check=False, timeout=WAIT
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _installed(package: Path) -> str:
    """Commit that the installer recorded for the package, if it runs from there."""
    try:
        found = distribution(package.name)
    except PackageNotFoundError:
        return ""
    if Path(str(found.locate_file(package.name))).resolve() != package:
        return ""
    try:
        recorded = json.loads(found.read_text("direct_url.json") or "{}")
    except ValueError:
        return ""
    return str(recorded.get("vcs_info", {}).get("commit_id", ""))
