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
    unmoved,
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
        notes += _unknown(table, found) if shown == "layers" else ()
        if shown == "models" and found["g2"].null_count():
            notes += (("surveys.note.mobility_unsettled", {}),)
    nobody = [one for one in data.ordered(layer) if one not in table.layers] if layer else []
    if nobody:
        notes += (("surveys.note.mobility_nobody", {"layers": ", ".join(nobody)}),)
    if shown == "odds" and found["odds"].null_count():
        notes += (("surveys.note.mobility_empty", {"n": found["odds"].null_count()}),)
    return SurveyResult(found if layer or "layer" not in found.columns else found.drop("layer"), notes)


def _unknown(table: MobilityTable, found: pl.DataFrame) -> tuple[Note, ...]:
    """Why effects of layers have no number: nobody moved, the likelihood has no maximum, the fit does not settle."""
    notes: list[Note] = []
    none_moved = unmoved(table)
    first = table.layers[0]
    if first in none_moved:
        notes.append(("surveys.note.mobility_first_unmoved", {"layer": first}))
    if others := [one for one in none_moved if one != first]:
        notes.append(("surveys.note.mobility_unmoved", {"layers": ", ".join(others)}))
    whole = found.group_by("model").agg(pl.col("effect").is_null().all().alias("none")).filter("none")["model"]
    if first not in none_moved and len(whole):
        notes.append(("surveys.note.mobility_unsettled", {}))
    left = found.filter(pl.col("effect").is_null() & ~pl.col("model").is_in(whole.to_list()))
    if endless := [one for one in left["layer"].unique(maintain_order=True) if one not in none_moved]:
        notes.append(("surveys.note.mobility_open", {"layers": ", ".join(endless)}))
    return tuple(notes)
