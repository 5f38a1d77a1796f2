"""What each measure of the policy lab would change: moved by a tenth of its range, beside the projection without it."""

from __future__ import annotations

import json

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.policy.levers import Interval, lever, ranked
from qonys.policy.measures import BASES, Measure
from qonys.study.lab.session import Lab, open_lab
from qonys.study.runs.results import PUBLISHED, Number, Results, TableResult

RANK = 5
COSTS_RANK = 3
DRAWS = 100
OUTCOMES = ("population", "working_age")
METHOD = "policy.levers.difference"
WEAKEST = ("identity", "figures", "estimated", "bound", "assumption")


def compute(pack: Pack, results: Results) -> None:
    """Add the effect of every measure on the outcomes in the last year of the regional projection."""
    if not inputs.available(pack, ("unit_costs",)):
        with results.part():
            _costs(pack, results)
    lab = open_lab(pack, results, min(DRAWS, results.plan.regions.draws))
    if lab.measures:
        with results.part():
            _add(lab, results)


def _costs(pack: Pack, results: Results) -> None:
    """Published payments and costs by unit, as they are: nothing is summed or ranked."""
    value = pl.col("value").cast(pl.Float64)
    rows = inputs.rows(pack, "unit_costs").select("measure", "year", "region", "per", value, "source")
    own = inputs.sources_of(pack, ("unit_costs",))
    frame = rows.sort("measure", "year")
    results.add(TableResult("conclusion_costs", frame, "national_currency", COSTS_RANK, own, PUBLISHED))


def _add(lab: Lab, results: Results) -> None:
    year = lab.until
    effects = {one.id: lab.effects({one.id: one.pushed()}, year, outcomes=OUTCOMES) for one in lab.measures}
    together = lab.effects({one.id: one.pushed() for one in lab.measures}, year, outcomes=OUTCOMES[:1])[OUTCOMES[0]]
    order = [
        one.measure
        for one in ranked(
            [lever(m, m.pushed() - m.now.value, effects[m.id][OUTCOMES[0]]) for m in lab.measures], by="effect"
        )
    ]
    measures = sorted(lab.measures, key=lambda measure: order.index(measure.id))
    rows = [_row(measure, name, effects[measure.id][name], year) for measure in measures for name in OUTCOMES]
    sources = tuple(sorted({source for measure in measures for source in _sources(measure)}))
    results.add(
        TableResult("conclusion_measures", pl.DataFrame(rows), "persons", RANK, sources, METHOD),
        Number("conclusion.year", float(year), "year"),
        Number("conclusion.since", float(lab.since), "year"),
        Number("conclusion.measures", float(len(measures)), "count", method=METHOD),
        Number(
            "conclusion.sure", float(sum(effects[one.id][OUTCOMES[0]].surely() for one in measures)), "count",
            rank=RANK, sources=sources, method=METHOD,
        ),
        *(_number(measure.id, effects[measure.id][OUTCOMES[0]], _sources(measure)) for measure in measures),
        _number("together", together, sources),
    )  # fmt: skip


def _number(name: str, effect: Interval, sources: tuple[str, ...]) -> Number:
    ends = (effect.low, effect.high)
    return Number(f"conclusion.effect.{name}", effect.middle, "persons", *ends, RANK, sources, METHOD)


def _row(measure: Measure, outcome: str, effect: Interval, year: int) -> dict[str, object]:
    return {
        "measure": measure.id, "name": json.dumps(dict(measure.name), ensure_ascii=False),
        "decided_by": measure.decided_by, "unit": measure.unit, "now": measure.now.value,
        "change": measure.pushed() - measure.now.value, "outcome": outcome, "year": year,
        "low": effect.low, "middle": effect.middle, "high": effect.high, "basis": _basis(measure),
        "rests_on": json.dumps([dict(one.text) for one in measure.effects], ensure_ascii=False),
    }  # fmt: skip


def _basis(measure: Measure) -> str:
    """The weakest basis of the measure's effects."""
    return max((one.unit.basis for one in measure.effects), key=WEAKEST.index, default=BASES[0])


def _sources(measure: Measure) -> tuple[str, ...]:
    """Sources of where the measure stands and of its effects."""
    effects = (source for one in measure.effects for source in one.unit.sources)
    return tuple(dict.fromkeys((*measure.now.sources, *effects)))
