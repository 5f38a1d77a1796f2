"""`qonys indicators`: the indicators of a flow table or of a table of arrivals and departures."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.effects import say_unused
from qonys.cli.files import AS_FOUND, FileOptions
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.ranges import DRAWS, Seed, Within


@Parameter(name="*")
@dataclass(frozen=True)
class IndicatorsOptions:
    """Files beside the flows and what is asked."""

    population: Annotated[Path | None, Parameter(help="cli.indicators.population")] = None
    distances: Annotated[Path | None, Parameter(help="cli.indicators.distances")] = None
    areas: Annotated[Path | None, Parameter(help="cli.indicators.areas")] = None
    standard: Annotated[Path | None, Parameter(help="cli.indicators.standard")] = None
    survivors: Annotated[Path | None, Parameter(help="cli.indicators.survivors")] = None
    totals: Annotated[bool, Parameter(help="cli.indicators.totals", negative=())] = False
    pairs: Annotated[bool, Parameter(help="cli.indicators.pairs", negative=())] = False
    scale: Annotated[str, Parameter(help="cli.indicators.scale")] = ""
    neighbours: Annotated[Path | None, Parameter(help="cli.indicators.neighbours")] = None
    households: Annotated[float | None, Parameter(help="cli.indicators.households", validator=Within(0.01, 1e10))] = (
        None
    )
    settling: Annotated[bool, Parameter(help="cli.indicators.settling", negative=())] = False
    by: Annotated[tuple[str, ...], Parameter(help="cli.indicators.by", consume_multiple=False)] = ()
    draws: Annotated[int, Parameter(help="cli.indicators.draws", validator=DRAWS)] = 200
    seed: Seed = 1


DEFAULTS = IndicatorsOptions()
AUXILIARY = ("population", "distances", "areas", "standard", "survivors", "neighbours")


def _used(options: IndicatorsOptions, kind: str) -> dict[str, bool]:
    """Whether each option has an effect."""
    totals = options.totals and kind != "settling"
    system, zones = kind == "system" and not totals, kind == "scale" and not totals
    return {
        "totals": kind != "settling", "pairs": kind == "pairs" and not totals, "scale": zones,
        "population": kind != "settling", "neighbours": zones, "households": zones, "by": system, "draws": system,
        "seed": zones or (system and options.draws > 0),
        **dict.fromkeys(("distances", "areas", "standard", "survivors"), system),
    }  # fmt: skip


def indicators(
    file: Annotated[Path | None, Parameter(help="cli.indicators.file")] = None,
    *,
    options: IndicatorsOptions = DEFAULTS,
    reading: FileOptions = AS_FOUND,
) -> int:
    """All indicators of a file; without a file, what each indicator is."""
    from qonys.errors import BadInput
    from qonys.study.analyses.indicators import IndicatorsRequest, TableFiles, definitions, indicators_of_file, names_of

    language = settings().language
    if file is None:
        say_unused(options, dict.fromkeys((one.name for one in fields(options)), False))
        print_frame(definitions(language), label=lambda column, code: None, footer=())
        return 0
    parts = [part.strip() for part in options.scale.split(",") if part.strip()]
    if not all(part.isdigit() for part in parts):
        raise BadInput("study.indicators.zones", given=options.scale)
    kind = "settling" if options.settling else "pairs" if options.pairs else "scale" if parts else "system"
    say_unused(options, _used(options, kind))
    request = IndicatorsRequest(
        kind, options.by, tuple(map(int, parts)), options.draws, options.seed, options.households
    )
    auxiliary = {name: getattr(options, name) for name in AUXILIARY}
    files = TableFiles(**auxiliary, choices=reading.choices(), totals=options.totals)
    frame = indicators_of_file(file, files, request)
    names = names_of(frame["indicator"].unique().to_list(), language)

    def label(column: str, code: str) -> str | None:
        return names.get(code) if column == "indicator" else _said(column, code)

    print_frame(frame, label=label, footer=())
    return 0


def _said(column: str, code: str) -> str | None:
    """A unit or a method of error in the chosen language; the code itself where there is no word for it."""
    key = {"unit": f"indicators.unit.{code}", "error_method": f"indicators.method.{code}"}.get(column, "")
    return words.text(key, settings().language) if words.has(key) else None
