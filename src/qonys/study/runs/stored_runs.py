"""Runs that are stored: the last one of a pack, and the one that a folder or a report names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qonys.errors import BadInput
from qonys.study.plan import Plan, merged
from qonys.study.runs.folders import places_of, runs_folder
from qonys.study.runs.results import Results, read_results
from qonys.study.runs.run import RESULTS, run_key

if TYPE_CHECKING:
    from qonys.catalog import Pack

MANIFEST = "manifest.json"


def latest_run(pack: Pack) -> Path | None:
    """Folder of the last run of this pack with this code, whatever its plan; None if there is none."""
    found = (path for path in runs_folder().glob(f"*/{RESULTS}"))
    for path in sorted(found, key=lambda path: path.stat().st_mtime, reverse=True):
        document = _read(path)
        plan = document.get("about", {}).get("plan")
        if document.get("release") != pack.digest() or plan is None:
            continue
        try:
            current = run_key(pack, merged(Plan(), plan))
        except BadInput:  # a plan of another version
            continue
        if path.parent.name == current:
            return path.parent
    return None


def run_folder(given: str | Path) -> Path:
    """The folder of results that is named: itself, a report that was made of it, a folder of reports, or a run's name.

    Raises
    ------
    BadInput
        There are no results, or those that the report was made of are no longer stored.

    """
    report = None
    for place in places_of(str(given)):
        if (place / RESULTS).is_file():
            return place
        run = _read(place / MANIFEST).get("run")
        if run and (runs_folder() / run / RESULTS).is_file():
            return runs_folder() / str(run)
        report = report or run
    if report:
        raise BadInput("study.run.gone", path=str(given), run=report, folder=str(runs_folder()))
    raise BadInput("study.why.no_run", path=str(given))


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def stored_run(pack: Pack, folder: Path | None = None) -> Results:
    """Results that `run_folder` finds in a folder, else those of the pack's last run; nothing is computed.

    Raises
    ------
    BadInput
        There are none.

    """
    place = latest_run(pack) if folder is None else run_folder(folder)
    if place is None:
        raise BadInput("study.why.no_run", path=str(runs_folder()))
    return read_results(place)
