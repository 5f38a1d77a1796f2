"""Making the fits that come with a pack, and telling which of them are not of its figures and code."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import polars as pl

from qonys.catalog import Pack
from qonys.catalog.digest import file_digest
from qonys.catalog.drafts import draft_file
from qonys.estimation.reconciliation.national import Reconciled
from qonys.inputs import available
from qonys.kernels.processes.chain_checks import effective_size
from qonys.projection.backtest.run import Finished
from qonys.study.base.accounts import national_account
from qonys.study.base.national import prepare
from qonys.study.chapters.registry import absent, chapter_of
from qonys.study.ensembles.objects import read_object, write_object
from qonys.study.ensembles.shipped import INDEX, FitKey, Fits, Make, fits_folder, index_of, other_parts
from qonys.study.hindcast.cohorts import Cohorts
from qonys.study.hindcast.national import FEWEST, REGIONAL_FIGURES, Hindcast
from qonys.study.plan import Plan, resolve
from qonys.study.runs.run import versions

CHAINS = 2
ABOUT = {"fit": pl.String, "rhat": pl.Float64, "ess": pl.Float64, "kilobytes": pl.Float64}


def refitted(pack: Pack, tell: Callable[[str], None] = lambda key: None) -> pl.DataFrame:
    """Make all fits of the pack anew, by its own plan, and write them to its folder `fits`.

    Returns the columns of `ABOUT`: the least effective sample size and the greatest split R-hat of the unknowns.
    """
    folder, index = fits_folder(pack), dict[str, dict[str, Any]]()
    folder.mkdir(exist_ok=True)

    def fit(key: FitKey, make: Make) -> Any:
        tell(f"study.fit.{key.name}")
        found = make()
        path = folder / f"{key.name}.npz"
        write_object(found, path, packed=True)
        rhat, ess = _convergence(found)
        index[key.name] = {
            "setting": key.setting, "figures": key.figures, "code": key.code, "sha256": file_digest(path),
            "rhat": None if rhat is None else round(rhat, 4), "ess": None if ess is None else round(ess, 1),
            "versions": versions(),
        }  # fmt: skip
        return found

    _all(pack, fit)
    with draft_file(folder / INDEX) as draft:
        draft.write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
    size = {name: (folder / f"{name}.npz").stat().st_size / 1000 for name in index}
    rows = [(name, one["rhat"], one["ess"], size[name]) for name, one in index.items()]
    return pl.DataFrame(rows, schema=ABOUT, orient="row")


def outdated(pack: Pack) -> dict[str, tuple[str, ...]]:
    """Fits of the pack that were made from other `figures`, `code` or by another `setting`, or are not there at all.

    Nothing is fitted: what depends on an outdated fit is judged by that fit.
    """
    index, found = index_of(pack), dict[str, tuple[str, ...]]()

    def look(key: FitKey, make: Make) -> Any:
        entry, path = index.get(key.name, {}), fits_folder(pack) / f"{key.name}.npz"
        parts = other_parts(entry, key) + (() if entry.get("setting") == key.setting else ("setting",))
        whole = path.is_file() and file_digest(path) == entry.get("sha256")
        if parts or not whole:
            found[key.name] = parts if whole else (*parts, "file")
        return read_object(path) if path.is_file() else make()

    _all(pack, look)
    return found


def _all(pack: Pack, fits: Fits) -> None:
    """Ask for every fit of the pack, by its own plan."""
    plan = resolve(pack)
    account = national_account(pack, plan.account, fits)[0].table()
    how = plan.processes
    prepare(pack, account, how.draws, how.seed, how.choices(), plan.projection.base_year, fits)
    _record(pack, plan, fits)


def _record(pack: Pack, plan: Plan, fits: Fits) -> None:
    """Ask for the parts of the record of forecasts from past years that the pack has figures for."""
    skill = chapter_of("skill")
    found = Hindcast(pack, plan.skill, fits)
    if absent(pack, skill.needs) or len(found.past.countries) < FEWEST:
        return
    _ = found.record
    found.cohorts()
    if not available(pack, REGIONAL_FIGURES):
        found.regions()


def _convergence(found: Any) -> tuple[float | None, float | None]:
    """Greatest R-hat and least effective sample size of a fit; None: not told, or of no fit of its own."""
    if isinstance(found, pl.DataFrame):
        return None, None
    if isinstance(found, Finished):
        return found.rhat, None
    if isinstance(found, Cohorts):
        return found.rhat, found.ess
    if isinstance(found, Reconciled):
        parts = [draws.astype(float) for draws in (found.births, found.deaths, found.net)]
        half = len(found.net) // CHAINS
        chains = [part[: CHAINS * half].reshape(CHAINS, half, -1) for part in parts]
        return found.rhat, float(min(effective_size(one).min() for one in chains))
    return found.rhat, min(check.ess for check in found.checks)
