"""The claims of the course as results."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.study.claims import CheckedClaim, check_claims
from qonys.study.runs.results import Number, Results, TableResult


def compute(pack: Pack, results: Results) -> None:
    """Add the verdicts and all answers."""
    with results.part():
        _add(pack, results)


def _add(pack: Pack, results: Results) -> None:
    checked = check_claims(pack)
    if not checked:
        return
    answers = answer_frame(checked)
    sources = tuple(sorted({s for item in checked for answer in item.answers for s in answer.sources}))
    results.add(
        TableResult("claims", claim_frame(checked), "as_unit", 4, sources, "study.claims.check.check_claims"),
        TableResult("claim_answers", answers, "as_unit", 4, sources, "study.claims.check.check_claims"),
    )
    for verdict in ("confirmed", "contradicted", "depends", "cannot_tell", "outside"):
        count = sum(item.verdict == verdict for item in checked)
        results.add(Number(f"claims.{verdict}", count, "count", method="study.claims.check.check_claims"))


def claim_frame(checked: tuple[CheckedClaim, ...]) -> pl.DataFrame:
    """One row per claim: id, words, formula, claimed, unit, low, high, answers, agree, verdict, outside.

    `answers` and `agree` count those that the verdict rests on.
    """
    rows = []
    for item in checked:
        low, high = item.range or (None, None)
        rows.append(
            {
                "id": item.claim.id,
                "words": item.claim.words,
                "formula": item.claim.formula,
                "claimed": None if item.claim.claimed is None else str(item.claim.claimed),
                "unit": item.claim.unit,
                "low": low,
                "high": high,
                "answers": len(item.counted),
                "agree": sum(agree is True for agree in item.counted),
                "verdict": item.verdict,
                "outside": item.claim.outside,
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def answer_frame(checked: tuple[CheckedClaim, ...]) -> pl.DataFrame:
    """One row per answer: id, source, value, low, high, agrees, weight, figures, sources, rank."""
    rows = [
        {
            "id": item.claim.id,
            "source": answer.source,
            "value": answer.value,
            "low": answer.low,
            "high": answer.high,
            "agrees": agree,
            "weight": weight,
            "figures": "; ".join(f"{name} = {value:g}" for name, value in answer.figures),
            "sources": "; ".join(answer.sources),
            "rank": answer.rank,
        }
        for item in checked
        for answer, agree, weight in zip(item.answers, item.agree, item.weight, strict=True)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)
