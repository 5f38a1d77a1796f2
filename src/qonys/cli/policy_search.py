"""`qonys policy search`: mixes of measures that no other mix beats, and what they take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import polars as pl
from cyclopts import Parameter

from qonys import words
from qonys.cli.options import settings
from qonys.cli.policy import SIGNIFICANT, app, counting_of, names_of
from qonys.cli.printing import print_frame
from qonys.cli.progress import stages_shown
from qonys.cli.ranges import YEARS, Within

if TYPE_CHECKING:
    from qonys.study.lab.mix_tables import FoundMixes

TWO = ("population", "receiving_regions")


@Parameter(name="*")
@dataclass(frozen=True)
class MixChoices:
    """What is asked."""

    outcome: Annotated[tuple[str, ...], Parameter(help="cli.policy.search.outcome", negative=())] = TWO
    metric: Annotated[str, Parameter(help="cli.policy.search.metric")] = "low"
    target: Annotated[
        tuple[float, ...],
        Parameter(help="cli.policy.search.target", negative=(), validator=Within(-1e12, 1e12)),
    ] = ()
    budget: Annotated[float, Parameter(help="cli.policy.search.budget", validator=Within(0, 1e12))] = 0.0
    table: Annotated[str, Parameter(help="cli.policy.search.table")] = "mixes"
    year: Annotated[int, Parameter(help="cli.policy.year", validator=Within(*YEARS, also=0))] = 0
    since: Annotated[int, Parameter(help="cli.policy.since", validator=Within(*YEARS, also=0))] = 0
    draws: Annotated[int, Parameter(help="cli.policy.draws", validator=Within(2, 1000))] = 32
    points: Annotated[int, Parameter(help="cli.policy.search.points", validator=Within(3, 60))] = 24
    seeds: Annotated[int, Parameter(help="cli.policy.search.seeds", validator=Within(1, 20))] = 3


USUAL = MixChoices()


@app.command(help="cli.command.policy.search")
def search(
    *,
    options: MixChoices = USUAL,
    costs: Annotated[Path | None, Parameter(help="cli.policy.costs", negative=())] = None,
    write: Annotated[Path | None, Parameter(help="cli.policy.search.write", negative=())] = None,
    results: Annotated[Path | None, Parameter(help="cli.why.results", negative=())] = None,
) -> int:
    """Mixes of measures that no other mix beats in the outcomes and in what they take."""
    from qonys.catalog import open_pack
    from qonys.study.analyses.mixes import searched_mixes
    from qonys.study.lab.mix_tables import MixOptions, written_scenarios
    from qonys.study.runs.stored_runs import stored_run

    pack = open_pack(settings().pack)
    with stages_shown() as tell:
        chosen = MixOptions(**vars(options))
        found = searched_mixes(pack, lambda: stored_run(pack, results), chosen, costs, counting_of(tell))
    if write is not None:
        written_scenarios(found, write)
    _show(found, options, costs is not None)
    return 0


def _show(found: FoundMixes, options: MixChoices, money: bool) -> None:
    language, frame = settings().language, found.frame
    if settings().format == "table":
        empty = [name for name in frame.columns if frame[name].null_count() == frame.height]
        numbers = [name for name, kind in frame.schema.items() if kind == pl.Float64]
        frame = frame.with_columns(pl.col(numbers).round_sig_figs(SIGNIFICANT)).drop(*empty)
    names, mixes = names_of(found.found.measures, language), found.found
    spread = float(np.ptp(mixes.sought.volumes))
    said = {
        "since": mixes.request.since, "year": mixes.request.year, "draws": options.draws, "n": len(mixes.values),
        "dropped": mixes.dropped, "spread": words.percent(spread, language, 1),
        "error": words.percent(float(mixes.error.max()), language, 1),
    }  # fmt: skip
    rules = ["runs", "money" if money else "effort", f"metric.{options.metric}", options.table]
    footer = [words.text(f"policy.search.rule.{key}", language, **said) for key in rules]
    footer += [f"{words.text(f'policy.mix.{name}', language)}: {link}" for name, link in found.links.items()]
    print_frame(frame, label=lambda column, code: names.get(code) if column == "measure" else _word(column, code),
                footer=footer, own=tuple(names))  # fmt: skip


def _word(column: str, code: str) -> str | None:
    if column == "basis":
        return ", ".join(words.text(f"lab.basis.{one}", settings().language) for one in code.split(", "))
    keys = {
        "outcome": f"lab.outcome.{code}", "decided_by": f"lab.decided.{code}", "unit": f"lab.change.{code}",
        "mix": f"policy.mix.{code}", "input": f"policy.input.{code}",
    }  # fmt: skip
    known = column in keys and words.has(keys[column], settings().language)
    return words.text(keys[column], settings().language) if known else None
