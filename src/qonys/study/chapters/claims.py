"""The claims of the course as results."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.study.claims import CheckedClaim, check_claims
from qonys.study.claims.check import VERDICTS
from qonys.study.runs.results import Number, Results, TableResult

THEN, NOW = "then", "now"


def compute(pack: Pack, results: Results) -> None:
    """Add the verdicts and all answers."""
    with results.part():
        _add(pack, results)


def _add(pack: Pack, results: Results) -> None:
    checked = check_claims(pack)
    if not checked:
        return
    answers = answer_frame(checked)
    sources = tuple(sorted({name for row in answers["sources"] for name in row.split("; ")}))
    results.add(
        TableResult("claims", claim_frame(checked), "as_unit", 4, sources, "study.claims.check.check_claims"),
        TableResult("claim_answers", answers, "as_unit", 4, sources, "study.claims.check.check_claims"),
    )
    for verdict in VERDICTS:
        count = sum(item.verdict == verdict for item in checked)
        results.add(Number(f"claims.{verdict}", count, "count", method="study.claims.check.check_claims"))
    today = [item.now.verdict for item in checked if item.now is not None]
    if today:
        method = "study.claims.check.check_claims"
        counts = (("theses", len(today)), *((one, today.count(one)) for one in VERDICTS if one != "outside"))
        results.add(*(Number(f"claims.now.{name}", count, "count", method=method) for name, count in counts))


def claim_frame(checked: tuple[CheckedClaim, ...]) -> pl.DataFrame:
    """One row per claim: id, words, formula, claimed, unit, low, high, answers, agree, verdict, outside, and of today.

    `answers` and `agree` count those that the verdict rests on. `low_now`, `high_now`, `answers_now`, `agree_now` and
    `verdict_now` are of a thesis that is judged by the figures of today as well.
    """
    rows = []
    for item in checked:
        rows.append(
            {
                "id": item.claim.id,
                "words": item.claim.said(""),
                "formula": item.claim.formula,
                "claimed": None if item.claim.claimed is None else str(item.claim.claimed),
                "unit": item.claim.unit,
                **_judged(item),
                "outside": item.claim.outside,
                **{f"{name}_now": value for name, value in _judged(item.now).items()},
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def _judged(item: CheckedClaim | None) -> dict[str, float | int | str | None]:
    """Range over the sources, answers that count, those that agree, and the verdict; None where it is not judged."""
    if item is None:
        return dict.fromkeys(("low", "high", "answers", "agree", "verdict"))
    low, high = item.range or (None, None)
    agree = sum(one is True for one in item.counted)
    return {"low": low, "high": high, "answers": len(item.counted), "agree": agree, "verdict": item.verdict}


def answer_frame(checked: tuple[CheckedClaim, ...]) -> pl.DataFrame:
    """One row per answer: id, asof (THEN, NOW), source, value, low, high, bounds, agrees, weight, figures, sources."""
    judged = [(name, one) for item in checked for name, one in ((THEN, item), (NOW, item.now)) if one is not None]
    rows = [
        {
            "id": item.claim.id,
            "asof": name,
            "source": answer.source,
            "value": answer.value,
            "low": answer.low,
            "high": answer.high,
            "bounds": answer.bounds,
            "agrees": agree,
            "weight": weight,
            "figures": "; ".join(f"{name} = {value:g}" for name, value in answer.figures),
            "sources": "; ".join(answer.sources),
            "rank": answer.rank,
        }
        for name, item in judged
        for answer, agree, weight in zip(item.answers, item.agree, item.weight, strict=True)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)
