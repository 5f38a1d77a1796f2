"""Which lever matters, by what, and how sure: three rankings of a country's measures, for the command line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from qonys.catalog import Pack
from qonys.catalog.reading.long_tables import read_long
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.policy.measures import Cost
from qonys.study.lab.lever_ranking import LeverRanking, rank_levers
from qonys.study.lab.policy_measures import names_of_measures
from qonys.study.lab.session import OUTCOMES, open_lab
from qonys.study.runs.results import Results

TABLES = ("levers", "above", "stages", "fit")
COSTS = Wanted(
    labels=("measure", "source"), whole=("year",), optional_labels=("unit",), apart=("measure", "source"),
)  # fmt: skip


@dataclass(frozen=True)
class LeverOptions:
    """What is asked: `year` 0: the last; `since` 0: the usual one; `outcome` empty: all."""

    outcome: str = ""
    year: int = 0
    since: int = 0
    draws: int = 64
    points: int = 128
    table: str = "levers"


def costs_of_file(path: Path, measures: Collection[str]) -> dict[str, Cost]:
    """Costs of a unit of a measure a year: columns measure, value, year, source and perhaps unit (of money).

    A row without a source is refused as any empty cell is.

    Raises
    ------
    BadInput
        A measure that there is not or that stands twice, a cost without a source or not above zero.

    """
    found: dict[str, Cost] = {}
    for row in read_long(path, COSTS).frame.iter_rows(named=True):
        name, source = str(row["measure"]), str(row["source"])
        if name not in measures:
            raise BadInput("policy.measure", found=name, known=", ".join(measures))
        if name in found or not row["value"] > 0:
            raise BadInput("policy.cost", file=path.name, name=name, value=row["value"])
        found[name] = Cost(float(row["value"]), str(row.get("unit") or ""), int(row["year"]), (source,))
    return found


def ranked_levers(
    pack: Pack,
    results: Callable[[], Results],
    options: LeverOptions,
    costs: Path | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> LeverRanking:
    """The rankings; what is asked is looked at before any run.

    `results`: gives the stored results, asked for after the options and the costs have been read.

    Raises
    ------
    BadInput
        An unknown outcome, table or measure, a year that is not projected, a cost without a source, no measures.

    """
    if options.table not in TABLES:
        raise BadInput("policy.table", found=options.table, known=", ".join(TABLES))
    if options.outcome and options.outcome not in OUTCOMES:
        raise BadInput("policy.outcome", found=options.outcome, known=", ".join(OUTCOMES))
    own: Mapping[str, Cost] | None = None if costs is None else costs_of_file(costs, names_of_measures(pack))
    lab = open_lab(pack, results(), options.draws)
    if not lab.measures:
        raise BadInput("policy.none")
    year = options.year or lab.until
    if year not in lab.years or year < (options.since or lab.since):
        raise BadInput("projection.year", year=year, first=options.since or lab.since, last=lab.until)
    return rank_levers(lab, year, options.since, points=options.points, costs=own, tell=tell)
