"""`qonys survey identity`: scales of identity and social distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

from qonys.cli.effects import say_idle
from qonys.cli.surveys import DEFAULTS, DesignOptions, File, show


@Parameter(name="*")
@dataclass(frozen=True)
class ScaleOptions:
    """Items of the scale and what it is set beside."""

    items: Annotated[tuple[str, ...], Parameter(help="cli.survey.items", consume_multiple=False)] = ()
    reverse: Annotated[tuple[str, ...], Parameter(help="cli.survey.reverse", consume_multiple=False)] = ()
    group: Annotated[str, Parameter(help="cli.survey.scale_group")] = ""
    outcome: Annotated[str, Parameter(help="cli.survey.outcome")] = ""
    answer: Annotated[tuple[str, ...], Parameter(help="cli.survey.counted", consume_multiple=False)] = ()


NO_ITEMS = ScaleOptions()


def identity(
    file: File,
    *,
    scale: ScaleOptions = NO_ITEMS,
    table: Annotated[str, Parameter(help="cli.survey.scale_table")] = "reliability",
    design: DesignOptions = DEFAULTS,
) -> int:
    """Reliability and equality of measurement of a scale, an outcome beside it, social distance."""
    from qonys.study.analyses.identity import ScaleRequest
    from qonys.study.analyses.identity import identity as analysis

    say_idle({
        "--reverse": bool(scale.reverse) and table == "distance", "--group": bool(scale.group) and table == "items",
        "--outcome": bool(scale.outcome) and table != "outcome",
        "--answer": bool(scale.answer) and table not in ("outcome", "distance"),
    })  # fmt: skip
    request = ScaleRequest(scale.items, scale.reverse, scale.group, scale.outcome, scale.answer, table)
    return show(analysis(design.of(file, group=scale.group, outcome=scale.outcome), request))
