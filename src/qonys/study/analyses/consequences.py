"""Consequences of migration for the pack's country, as the command line asks for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.inputs.counts import newest_base
from qonys.inputs.statements import account_span
from qonys.projection.national import project_national
from qonys.study.base.accounts import national_account
from qonys.study.base.national import HORIZON, Prepared, prepare
from qonys.study.counterfactual.populations import (
    PastAccount,
    PastCounterfactual,
    ProjectedCounterfactual,
    known,
    past_counterfactual,
    projected_counterfactual,
)
from qonys.study.counterfactual.schooling import years_moved
from qonys.study.counterfactual.tables import (
    ageing_ahead,
    ageing_table,
    decomposition_table,
    effect_rows,
    effect_table,
    replacement_table,
)
from qonys.study.ensembles.account_draws import drawn
from qonys.study.ensembles.fits import account_of
from qonys.study.ensembles.regional_draws import depopulation_rows, diaspora_rows, draws_of, projected
from qonys.study.plan import Account, resolve
from qonys.study.runs.folders import cache_folder
from qonys.study.runs.stored import kept_frames, stored_chapter, stored_table

TABLES = ("effect", "ageing", "replacement", "ethnic", "regions", "labour", "decomposition")
FORWARD = ("ethnic", "regions")
ACCOUNTS, DRAWS = "accounts", "reconciled_draws"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class ConsequencesRequest:
    """What is asked: nobody moves since (0: the plan's year), until (0: the account's end), table, draws, seed."""

    since: int = 0
    until: int = 0
    table: str = "effect"
    draws: int = Account.kept
    seed: int = 1

    def __post_init__(self) -> None:
        if self.table not in TABLES:
            raise BadInput("estimation.choice", option="--table", value=self.table, known=", ".join(TABLES))
        if not 2 <= self.draws <= Account.kept:
            raise BadInput("consequences.draws", draws=self.draws, most=Account.kept)


def draws_folder(pack: Pack) -> Path:
    """Where the account's draws are kept: under all that the account depends on."""
    return cache_folder() / ACCOUNTS / f"{stored_chapter(ACCOUNTS, pack, resolve(pack)).name}-draws"


def account_draws(pack: Pack) -> pl.DataFrame:
    """The account's draws: of a stored chapter, else computed and kept."""
    plan = resolve(pack)
    found = stored_table(ACCOUNTS, pack, plan, DRAWS)
    if found is not None:
        return found

    def make() -> dict[str, pl.DataFrame]:
        return {DRAWS: drawn(national_account(pack, plan.account)[0], plan.account.kept)}

    return kept_frames(draws_folder(pack), make)[DRAWS]


@dataclass(frozen=True)
class Both:
    """The past and, where it is asked for, the future without migration."""

    found: PastAccount
    since: PastCounterfactual | None
    ready: Prepared | None
    coming: ProjectedCounterfactual | None


def both(pack: Pack, request: ConsequencesRequest, tell: Tell) -> Both:
    """Populations with and without migration since `ask.since`, to `ask.until`."""
    tell("study.project.account")
    found = known(pack, account_draws(pack), request.draws)
    last = found.years[-1]
    since = past_counterfactual(found, request.since) if request.since < last else None
    until = request.until or (0 if since else request.since + 1)
    if request.table == "replacement":
        until = max(until, resolve(pack).consequences.until)
    if until <= last:
        if request.until and since and request.until <= request.since:
            raise BadInput("consequences.until", since=request.since, until=request.until, last=last)
        return Both(found, since, None, None)
    tell("study.project.fitting")
    ready = prepare(pack, account_of(pack), request.draws, request.seed)
    length = until - ready.inputs.base_year
    if not 1 <= length <= HORIZON or request.since >= until:
        raise BadInput("consequences.until", since=request.since, until=until, last=ready.inputs.base_year + HORIZON)
    tell("study.project.running")
    projection = project_national(ready.inputs, ready.processes, length, request.draws, request.seed)
    before = since if since and request.since <= ready.inputs.base_year else None
    return Both(found, since, ready, projected_counterfactual(ready, projection, request.since, before))


def _refuse_years(pack: Pack, request: ConsequencesRequest) -> None:
    """Refuse years that cannot be before anything is computed."""
    (first, last), base_year = account_span(pack), newest_base(pack)
    if request.since < first:
        raise BadInput("consequences.since", year=request.since, first=first, last=last - 1)
    until = request.until or max(last, request.since + 1)
    if not request.since < until <= max(last, base_year + HORIZON):
        raise BadInput("consequences.until", since=request.since, until=until, last=base_year + HORIZON)


def answer(pack: Pack, request: ConsequencesRequest, tell: Tell) -> pl.DataFrame:
    """The asked table."""
    if not request.since:
        request = replace(request, since=resolve(pack).consequences.since)
    if request.table in FORWARD:
        people = draws_of(pack, request.seed, tell)[0] if projected(pack) else None
        rows = diaspora_rows if request.table == "ethnic" else depopulation_rows
        return rows(pack, people, replace(resolve(pack).groups, seed=request.seed))
    _refuse_years(pack, request)
    done = both(pack, request, tell)
    if request.table == "labour":
        if done.since is None:
            raise BadInput(
                "consequences.since", year=request.since, first=done.found.years[0], last=done.found.years[-2]
            )
        return years_moved(done.found, done.since)
    if request.table == "replacement" and done.ready and done.coming:
        return replacement_table(done.ready, done.coming, (done.coming.years[-1],))
    frame = _of_time(done, request)
    return frame.filter(pl.col("year") <= request.until) if request.until and "year" in frame.columns else frame


def _of_time(done: Both, request: ConsequencesRequest) -> pl.DataFrame:
    """Effect, ages or decomposition of the past, of the future, or of both joined."""
    if request.table == "decomposition":
        path = done.coming or done.since
        assert path is not None
        return decomposition_table(path)
    if done.since is None or (done.coming is not None and request.since > done.coming.years[0]):
        assert done.coming is not None
        assert done.ready is not None
        return _future(done, request)
    if request.table == "ageing":
        return ageing_table(done.found, done.since, done.coming, done.ready)
    return effect_table(done.since, done.coming)


def _future(done: Both, request: ConsequencesRequest) -> pl.DataFrame:
    assert done.coming is not None
    assert done.ready is not None
    if request.table == "ageing":
        return ageing_ahead(done.found, done.coming, done.ready)
    return effect_rows(done.coming.effect, done.coming.years)
