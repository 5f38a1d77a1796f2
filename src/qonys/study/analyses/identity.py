"""Scales of identity and social distance of a person's survey: reliability, items, groups, an outcome."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from qonys.catalog.reading.said_names import SaidNames
from qonys.errors import BadInput
from qonys.study.analyses.surveys import Note, SurveyFile, SurveyResult, notes_of
from qonys.surveys.columns import refuse_unknown
from qonys.surveys.item_functioning import item_functioning
from qonys.surveys.reading import Microdata
from qonys.surveys.scales import (
    Scale,
    group_means,
    improper_models,
    invariance,
    item_table,
    outcome_model,
    reliability,
    scale_of,
    unsound_parts,
)
from qonys.surveys.social_distance import social_distance

TABLES = ("reliability", "items", "invariance", "means", "functioning", "outcome", "distance")
OF_GROUPS = ("reliability", "invariance", "means", "functioning", "outcome", "distance")


@dataclass(frozen=True)
class ScaleRequest:
    """Items of the scale, those that are turned, the group, the outcome with the answers that count, the table."""

    items: tuple[str, ...]
    reverse: tuple[str, ...] = ()
    group: str = ""
    outcome: str = ""
    answers: tuple[str, ...] = ()
    shown: str = TABLES[0]


def identity(file: SurveyFile, request: ScaleRequest) -> SurveyResult:
    """One of `TABLES` of a scale, and what must be said with it.

    Raises
    ------
    BadInput
        No such table; an option that the table needs is lacking; as `scale_of` and the table's function.
    """
    if request.shown not in TABLES:
        raise BadInput("surveys.choice", option="--table", value=request.shown, known=", ".join(TABLES))
    data = file.read()
    known = SaidNames(tuple(data.frame.columns))
    items, reverse = known.parted(request.items), known.parted(request.reverse)
    if not items:
        raise BadInput("surveys.need", option="--items")
    refuse_unknown(data.frame, [("--items", item) for item in items])
    if request.shown == "distance":
        if not request.answers:
            raise BadInput("surveys.need", option="--answer")
        table, left_out = social_distance(data, file.design, items, request.answers, request.group)
        return SurveyResult(table, (*notes_of(file, data, left_out), ("surveys.note.distance", {})))
    scale = scale_of(data, file.design, items, request.group if request.shown in OF_GROUPS else "", reverse)
    notes = (*notes_of(file, data, int((~scale.known).sum())), *_said(scale, request.shown))
    return SurveyResult(_table(file, data, scale, request), notes)


def _table(file: SurveyFile, data: Microdata, scale: Scale, request: ScaleRequest) -> pl.DataFrame:
    if request.shown == "outcome":
        for option, given in (("--outcome", request.outcome), ("--answer", request.answers)):
            if not given:
                raise BadInput("surveys.need", option=option)
        return outcome_model(data, file.design, scale, request.outcome, request.answers, request.group)
    if request.shown == "functioning":
        return item_functioning(data, file.design, scale)
    made = {"reliability": reliability, "items": item_table, "invariance": invariance, "means": group_means}
    return made[request.shown](scale)


def _said(scale: Scale, shown: str) -> tuple[Note, ...]:
    """Items that run against the others; what tests of equal measurement assume."""
    notes: list[Note] = []
    rest = item_table(scale).filter(pl.col("item_rest") < 0)["item"].to_list() if len(scale.items) > 1 else []
    if rest:
        notes.append(("surveys.note.against", {"items": ", ".join(rest)}))
    if shown in ("invariance", "means"):
        notes.append(("surveys.note.invariance", {}))
        if not scale.simple:
            notes.append(("surveys.note.invariance_simple", {}))
        if improper_models(scale):
            notes.append(("surveys.note.improper_models", {}))
    if shown == "reliability" and len(scale.items) < 3:
        notes.append(("surveys.note.no_omega", {}))
    if shown in ("reliability", "items") and len(scale.items) > 2:
        notes += _unsound(scale, shown)
    return tuple(notes)


def _unsound(scale: Scale, shown: str) -> list[Note]:
    """Whose omega has no interval, or who have no omega and no loadings."""
    notes: list[Note] = []
    for key, groups in zip(("improper", "unfitted"), unsound_parts(scale), strict=True):
        if None in groups:
            notes.append((f"surveys.note.{key}_all", {}))
        if named := [group for group in groups if group and shown == "reliability"]:
            notes.append((f"surveys.note.{key}", {"groups": ", ".join(named)}))
    return notes
