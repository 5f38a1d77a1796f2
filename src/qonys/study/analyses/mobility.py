"""Tables of mobility of a person's survey: flows of movers and stayers, odds ratios, log-linear models, layers."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from qonys.errors import BadInput
from qonys.study.analyses.surveys import Note, SurveyFile, SurveyResult, notes_of
from qonys.surveys.mobility import (
    MobilityTable,
    flow_shares,
    layer_effects,
    mobility_models,
    mobility_table,
    movement,
    odds_ratios,
)

TABLES: dict[str, Callable[[MobilityTable], pl.DataFrame]] = {
    "outflow": flow_shares, "inflow": lambda table: flow_shares(table, inflow=True), "rates": movement,
    "odds": odds_ratios, "models": mobility_models, "layers": layer_effects,
}  # fmt: skip


def mobility(file: SurveyFile, origin: str, destination: str, layer: str, shown: str) -> SurveyResult:
    """One of `TABLES` of origin by destination by layer, and what must be said with it.

    Raises
    ------
    BadInput
        No such table; as `mobility_table`.
    """
    if shown not in TABLES:
        raise BadInput("surveys.choice", option="--table", value=shown, known=", ".join(TABLES))
    data = file.read()
    table = mobility_table(data, file.design, origin, destination, layer)
    found = TABLES[shown](table)
    notes: tuple[Note, ...] = notes_of(file, data, table.left_out)
    if shown in ("models", "layers"):
        notes += (("surveys.note.mobility_models", {}),)
        if found["g2" if shown == "models" else "effect"].null_count():
            notes += (("surveys.note.mobility_unsettled", {}),)
    if shown == "odds" and found["odds"].null_count():
        notes += (("surveys.note.mobility_empty", {"n": found["odds"].null_count()}),)
    return SurveyResult(found if layer or "layer" not in found.columns else found.drop("layer"), notes)
