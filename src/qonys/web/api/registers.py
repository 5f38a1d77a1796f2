"""Registers for programs: protected tables alone."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
from fastapi import APIRouter, Request, Response

from qonys import words
from qonys.web.api.answering import GIVEN, Lang, Name, TableWanted, answer, chosen, facts_of, file_name, given, json_of
from qonys.web.response_cache import Kept
from qonys.web.tabular import CubeKind
from qonys.web.view import Site

router = APIRouter(prefix="/registers", responses=GIVEN)


@router.get("", summary="Registers")
async def registers(request: Request, lang: Lang = "en") -> Response:
    """Registers of moves that were imported, and addresses of their protected tables."""

    def make(site: Site) -> Kept:
        found = [
            {"name": one.name, "simulated": one.simulated, "first": one.first, "last": one.last,
             "tables": [f"/api/v1/registers/{one.name}/{table}" for table in site.registers.tables_of(one.name)],
             "mark": words.text("web.registers.simulated", lang) if one.simulated else ""}
            for one in site.registers.names().values()
        ]  # fmt: skip
        return json_of(facts_of(site, rule=words.text("web.registers.rule", lang), registers=found))

    return await answer(request, make)


@router.get("/{register}/{name}", summary="A protected table of a register")
async def register_table(request: Request, register: Name, name: Name, wanted: TableWanted) -> Response:
    """Moves by cell with noise, totals with noise of their own; `simulated` says whether persons are made up."""
    table, form = file_name(name, wanted.form)
    wanted = replace(wanted, form=form)

    def make(site: Site) -> Kept:
        found = site.registers.table(register, table)
        key, values = found.note()
        language = wanted.lang or "en"
        frame = found.frame.with_columns(simulated=pl.lit("yes" if found.simulated else "no"))
        about = facts_of(
            site, name=f"register-{register}-{table}", title=words.text(f"web.registers.table.{table}", language),
            definition=found.definition, protection=words.text(key, language, **values), simulated=found.simulated,
            outside=found.outside, within=found.within,
        )  # fmt: skip
        axes = tuple(column for column in found.frame.columns if column not in ("value", "flag"))
        return given(
            site, chosen(frame, wanted), replace(wanted, cube=CubeKind((*axes, "simulated"), ("value",))), about
        )

    return await answer(request, make, wanted.gate)
