"""The reconciled accounts of the nation and of its regions, from the pack's statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from qonys.catalog import Pack
from qonys.inputs.statements import account_span, national_statements, regional_frames, regional_sources
from qonys.study.ensembles.shipped import FitKey, Fits, frame_digest, taken
from qonys.study.plan import Account

if TYPE_CHECKING:
    from qonys.estimation.reconciliation.national import Reconciled
    from qonys.estimation.reconciliation.regional import RegionalReconciled

MODULE = "qonys.estimation.reconciliation.national"


def national_account(pack: Pack, plan: Account, fits: Fits | None = None) -> tuple[Reconciled, tuple[str, ...]]:
    """The nation's accounts and the sources they rest on; `fits`: where they may be found (None: with the pack)."""
    from qonys.estimation.reconciliation.national import Guesses, reconcile

    years = account_span(pack)
    statements, sources = national_statements(pack, years)
    people = statements.filter(pl.col("quantity") == "population")["value"].drop_nulls()
    guesses = Guesses().scaled(float(people.to_numpy().mean())) if people.len() else None
    key = FitKey("account", f"{plan.draws} draws, seed {plan.seed}", frame_digest(statements, years, guesses), MODULE)
    found: Reconciled = (fits or taken(pack))(
        key, lambda: reconcile(statements, years, plan.draws, plan.seed, guesses)
    )
    return found, sources


def regional_account(pack: Pack, national: Reconciled, seed: int) -> tuple[RegionalReconciled, tuple[str, ...]]:
    """The regions' accounts in agreement with the nation's draws, and the sources they rest on."""
    from qonys.estimation.reconciliation.regional import RegionalStatements, reconcile_regions

    frames, years = regional_frames(pack)
    found = reconcile_regions(RegionalStatements(**frames), national, years, seed)
    return found, regional_sources(pack)
