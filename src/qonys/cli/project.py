"""`qonys project` and `qonys backtest`: the population forward, and how well such forecasts did."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.options import settings
from qonys.cli.printing import print_frame


def _tell(key: str) -> None:
    print(words.text(key, settings().language), file=sys.stderr, flush=True)


@Parameter(name="*")
@dataclass(frozen=True)
class Options:
    """How far, how many draws, what is shown."""

    draws: Annotated[int, Parameter(help="cli.project.draws")] = 1000
    horizon: Annotated[int, Parameter(help="cli.project.horizon")] = 2050
    seed: Annotated[int, Parameter(help="cli.flows.random")] = 1
    table: Annotated[str, Parameter(help="cli.project.table")] = "quantiles"
    year: Annotated[int, Parameter(help="cli.project.year")] = 0
    measure: Annotated[str, Parameter(help="cli.project.measure")] = ""
    scenario: Annotated[Path | None, Parameter(help="cli.project.scenario")] = None


DEFAULTS = Options()


def project(
    *,
    options: Options = DEFAULTS,
    changes: Annotated[tuple[str, ...], Parameter(name="--set", help="cli.project.set", consume_multiple=False)] = (),
) -> int:
    """Population of the pack's country with intervals."""
    from qonys.catalog import open_pack
    from qonys.study.analyses.project import Ask, answer

    frame = answer(open_pack(settings().pack), Ask(**vars(options), changes=changes), _tell)
    print_frame(frame, label=lambda column, code: None, footer=())
    return 0


def backtest(
    *,
    origins: Annotated[str, Parameter(help="cli.backtest.origins")] = "",
    full: Annotated[bool, Parameter(help="cli.backtest.full", negative=())] = False,
) -> int:
    """Forecasts of net migration from past years against what came, beside rivals."""
    from qonys.catalog import open_pack
    from qonys.errors import BadInput
    from qonys.study.analyses.project import ORIGINS, skill_of

    parts = [part.strip() for part in origins.split(",") if part.strip()]
    if not all(part.isdigit() for part in parts):
        raise BadInput("study.project.years", given=origins)
    _tell("study.project.backtest")
    frame = skill_of(open_pack(settings().pack), tuple(map(int, parts)) or ORIGINS, full)
    print_frame(frame, label=lambda column, code: None, footer=())
    return 0
