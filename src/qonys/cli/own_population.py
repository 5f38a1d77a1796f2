"""`qonys project --population FILE …`: a person's own population, from files alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.files import AS_FOUND, FileOptions
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.ranges import YEAR, Within

if TYPE_CHECKING:
    from qonys.study.analyses.own_population import PopulationRequest

TAKEN = ("horizon", "table", "year", "measure", "regions", "fertility", "mortality", "migration")


@Parameter(name="*")
@dataclass(frozen=True)
class PopulationOptions:
    """Files of a person's own population, and what their numbers are."""

    population: Annotated[Path | None, Parameter(help="cli.project.population")] = None
    moves: Annotated[Path | None, Parameter(help="cli.project.moves")] = None
    total: Annotated[Path | None, Parameter(name="--tfr", help="cli.project.tfr")] = None
    start: Annotated[int, Parameter(help="cli.project.start", validator=YEAR)] = 0
    mortality_kind: Annotated[str, Parameter(help="cli.project.mortality_kind")] = "rates"
    migration_kind: Annotated[str, Parameter(help="cli.project.migration_kind")] = "numbers"
    per: Annotated[tuple[str, ...], Parameter(help="cli.project.per", consume_multiple=False)] = ()
    timing: Annotated[str, Parameter(help="cli.project.timing")] = "even"
    reference: Annotated[str, Parameter(help="cli.project.reference")] = "january"
    sex_ratio: Annotated[float, Parameter(help="cli.project.sex_ratio", validator=Within(0.5, 2))] = 1.05


NO_FILES = PopulationOptions()


def own_population(own: PopulationOptions, given: Mapping[str, object], reading: FileOptions = AS_FOUND) -> bool:
    """Project and print, and True, where the options name a file of people; `given`: the other options that are set.

    Raises
    ------
    BadInput
        Options that do not go together.

    """
    from qonys.errors import BadInput

    if own.population is None:
        stray = [_option(one.name) for one in fields(own) if getattr(own, one.name) != one.default]
        stray += [_option(one.name) for one in fields(reading) if getattr(reading, one.name) != one.default]
        rates = ("fertility", "mortality", "migration")
        stray += [f"--{name}" for name in rates if Path(str(given.get(name, ""))).is_file()]
        if stray:
            raise BadInput("populations.no_population", options=", ".join(stray))
        return False
    unused = [_option(name) for name in given if name not in TAKEN]
    if unused:
        raise BadInput("populations.no_effect", options=", ".join(unused))
    _print(_request(own, given), reading)
    return True


def _option(name: str) -> str:
    """How an option is written."""
    named = {"mapping": "map", "total": "tfr"}
    return f"--{named.get(name, name).replace('_', '-')}"


def _request(own: PopulationOptions, given: Mapping[str, object]) -> PopulationRequest:
    from qonys.study.analyses.own_population import FILES, PopulationRequest
    from qonys.study.analyses.own_population import Timing as PopulationTiming

    paths = {**vars(own), **{name: given.get(name) for name in ("fertility", "mortality", "migration")}}
    table = str(given.get("table", "")) or ("accounts" if settings().format == "table" else "all")
    return PopulationRequest(
        files={name: Path(str(paths[name])) for name in FILES if paths[name] is not None},
        start=own.start,
        horizon=int(str(given.get("horizon", 0))),
        mortality_kind=own.mortality_kind,
        migration_kind=own.migration_kind,
        per=own.per,
        timing=PopulationTiming(own.timing, own.reference, own.sex_ratio),
        table=table,
        regions=str(given.get("regions", "")),
        year=int(str(given.get("year", 0))),
        measure=str(given.get("measure", "")),
    )


def _print(request: PopulationRequest, reading: FileOptions) -> None:
    from qonys.study.analyses.own_population import own_population as projected
    from qonys.study.analyses.own_population import whole_persons

    frame, closes = projected(request, reading.choices())
    footer = (words.text("populations.rounded", settings().language),) if closes else ()
    print_frame(whole_persons(frame) if settings().format == "table" else frame, footer=footer)
