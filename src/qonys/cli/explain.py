"""`qonys factors`: what goes with flows; `qonys segregation`: how unevenly groups live over places."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.effects import say_unused
from qonys.cli.files import AS_FOUND, FileOptions
from qonys.cli.notes import hear
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.ranges import DRAWS, Seed


@Parameter(name="*")
@dataclass(frozen=True)
class ExplainOptions:
    """What is fitted and shown."""

    outcome: Annotated[str, Parameter(help="cli.factors.outcome")] = "value"
    log: Annotated[tuple[str, ...], Parameter(help="cli.factors.log", consume_multiple=False)] = ()
    plain: Annotated[tuple[str, ...], Parameter(help="cli.factors.plain", consume_multiple=False)] = ()
    effects: Annotated[tuple[str, ...], Parameter(help="cli.factors.effects", consume_multiple=False)] = ()
    clusters: Annotated[tuple[str, ...], Parameter(help="cli.factors.clusters", consume_multiple=False)] = (
        "origin^destination",
    )
    errors: Annotated[str, Parameter(help="cli.factors.errors")] = "cluster"
    group: Annotated[tuple[str, ...], Parameter(help="cli.factors.group", consume_multiple=False)] = ()
    year: Annotated[str, Parameter(help="cli.factors.year")] = ""
    table: Annotated[str, Parameter(help="cli.factors.table")] = "terms"
    engine: Annotated[str, Parameter(help="cli.factors.engine_option")] = "auto"
    draws: Annotated[int, Parameter(help="cli.indicators.draws", validator=DRAWS)] = 500
    seed: Seed = 1
    correct: Annotated[bool, Parameter(help="cli.factors.correct", negative=())] = False


DEFAULTS = ExplainOptions()


def factors(
    file: Annotated[Path, Parameter(help="cli.factors.file")],
    *,
    options: ExplainOptions = DEFAULTS,
    reading: FileOptions = AS_FOUND,
) -> int:
    """Gravity of a file of flows by Poisson pseudo-likelihood with effects, or contributions of groups of factors."""
    from qonys.study.analyses.factors import FactorOptions, factors_of_file

    parts = options.table == "parts"
    say_unused(
        options,
        {"group": parts, "year": parts, "draws": parts, "seed": parts, "clusters": options.errors == "cluster"},
    )
    chosen = FactorOptions(
        outcome=options.outcome,
        log=options.log,
        plain=options.plain,
        effects=options.effects,
        clusters=options.clusters,
        groups=options.group,
        year=options.year,
        table=options.table,
        engine=options.engine,
        draws=options.draws,
        seed=options.seed,
        correct=options.correct,
        errors=options.errors,
    )
    frame, notes = factors_of_file(file, chosen, reading.choices())
    for key, values in notes:
        hear(key, values)
    print_frame(frame, footer=(words.text("cli.factors.association", settings().language),))
    return 0


def segregation(
    file: Annotated[Path, Parameter(help="cli.segregation.file")],
    *,
    kind: Annotated[str, Parameter(help="cli.segregation.kind")] = "indices",
    areas: Annotated[Path | None, Parameter(help="cli.segregation.areas")] = None,
    draws: Annotated[int, Parameter(help="cli.indicators.draws", validator=DRAWS)] = 200,
    reading: FileOptions = AS_FOUND,
) -> int:
    """Segregation of groups over places, chance removed."""
    from qonys.study.analyses.segregation import segregation_of_file

    print_frame(segregation_of_file(file, kind, reading.choices(), draws, areas), footer=())
    return 0
