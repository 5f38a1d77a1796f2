"""`qonys policy levers`: which measure matters, by what, and how sure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import polars as pl
from cyclopts import Parameter

from qonys import words
from qonys.cli.help import new_app
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.progress import stages_shown
from qonys.cli.ranges import YEARS, Within

if TYPE_CHECKING:
    from qonys.policy.measures import Measure
    from qonys.study.lab.lever_ranking import LeverRanking

app = new_app("policy", "cli.command.policy")
SIGNIFICANT, EVERY = 4, 16
MEASURES = ("measure", "other_measure", "pair_one", "pair_other")  # columns that name a measure
HIDDEN = {
    "levers": (
        "name",
        "slope",
        "range_from",
        "range_to",
        "controllability",
        "first_order_low",
        "first_order_high",
        "cost_unit",
    ),
    "above": ("next", "rank", "rank_of_other"),
}


@Parameter(name="*")
@dataclass(frozen=True)
class LeverChoices:
    """What is asked."""

    outcome: Annotated[str, Parameter(help="cli.policy.outcome")] = ""
    table: Annotated[str, Parameter(help="cli.policy.table")] = "levers"
    year: Annotated[int, Parameter(help="cli.policy.year", validator=Within(*YEARS, also=0))] = 0
    since: Annotated[int, Parameter(help="cli.policy.since", validator=Within(*YEARS, also=0))] = 0
    draws: Annotated[int, Parameter(help="cli.policy.draws", validator=Within(2, 1000))] = 64
    points: Annotated[int, Parameter(help="cli.policy.points", validator=Within(96, 4096))] = 128


USUAL = LeverChoices()


@app.command(help="cli.command.policy.levers")
def levers(
    *,
    options: LeverChoices = USUAL,
    costs: Annotated[Path | None, Parameter(help="cli.policy.costs", negative=())] = None,
    results: Annotated[Path | None, Parameter(help="cli.why.results", negative=())] = None,
) -> int:
    """Measures by a step, by their whole range and by what a sourced cost buys, with who decides."""
    from qonys.catalog import open_pack
    from qonys.study.analyses.levers import LeverOptions, ranked_levers
    from qonys.study.runs.stored_runs import stored_run

    pack = open_pack(settings().pack)
    with stages_shown() as tell:
        chosen = LeverOptions(**vars(options))
        counted = partial(counting_of(tell), "policy.running")
        found = ranked_levers(pack, lambda: stored_run(pack, results), chosen, costs, counted)
    frame: pl.DataFrame = getattr(found, options.table)
    if options.outcome:
        frame = frame.filter(pl.col("outcome") == options.outcome)
    _show(found, frame, options.table)
    return 0


def counting_of(tell: Callable[..., None]) -> Callable[[str, int, int], None]:
    """Says how many runs are done, every few runs; the first argument is the key of the sentence."""

    def some(key: str, done: int, total: int) -> None:
        if done % EVERY == 0 or done == total:
            tell(key, done=done, total=total)

    return some


def _show(found: LeverRanking, frame: pl.DataFrame, table: str) -> None:
    language = settings().language
    names = names_of(found.measures, language)
    if settings().format == "table":
        hidden = [name for name in HIDDEN.get(table, ()) if name in frame.columns]
        empty = [name for name in frame.columns if frame[name].null_count() == frame.height]
        numbers = [name for name, kind in frame.schema.items() if kind == pl.Float64]
        frame = frame.with_columns(pl.col(numbers).round_sig_figs(SIGNIFICANT)).drop(*{*hidden, *empty})
        frame = frame.with_columns(
            pl.when(name).then(pl.lit("yes")).otherwise(pl.lit("no")).alias(name)
            for name, kind in frame.schema.items() if kind == pl.Boolean
        )  # fmt: skip
    said: Mapping[str, object] = {"since": found.since, "year": found.year, "draws": found.draws}
    print_frame(
        frame,
        label=lambda column, code: names.get(code) if column in MEASURES else _word(column, code),
        footer=tuple(words.text(f"policy.rule.{key}", language, **said) for key in ("runs", table)),
    )  # fmt: skip


def names_of(measures: tuple[Measure, ...], language: str) -> dict[str, str]:
    """Names of measures by their id."""
    return {one.id: one.name.get(language) or one.id for one in measures}


def _word(column: str, code: str) -> str | None:
    """An outcome, a stage or a decision-maker in words."""
    keys = {
        "outcome": f"lab.outcome.{code}", "decided_by": f"lab.decided.{code}", "stage": f"policy.stage.{code}",
        "unit": f"lab.change.{code}", "way": f"policy.way.{code}",
    }  # fmt: skip
    known = column in keys and words.has(keys[column], settings().language)
    return words.text(keys[column], settings().language) if known else None
