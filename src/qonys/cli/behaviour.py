"""`qonys behaviour`: people through intention, plan, move and settling."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.effects import say_idle, say_unused
from qonys.cli.help import new_app
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.progress import stages_shown
from qonys.cli.ranges import YEAR, Seed, Within

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from qonys.catalog import Pack

app = new_app("behaviour", "cli.command.behaviour")
USED = 0.8  # of the memory of the machine


@Parameter(name="*")
@dataclass(frozen=True)
class RunChoices:
    """What is run and shown."""

    table: Annotated[str, Parameter(help="cli.behaviour.table")] = "moves"
    by: Annotated[str, Parameter(help="cli.behaviour.by")] = ""
    until: Annotated[int, Parameter(help="cli.behaviour.until", validator=YEAR)] = 0
    draws: Annotated[int, Parameter(help="cli.behaviour.draws", validator=Within(1, 10_000))] = 20
    seed: Seed = 1
    means: Annotated[bool, Parameter(help="cli.behaviour.means", negative=())] = False
    fitted: Annotated[bool, Parameter(help="cli.behaviour.fitted", negative=())] = False
    parameter: Annotated[tuple[str, ...], Parameter(help="cli.behaviour.value", consume_multiple=False)] = ()
    scenario: Annotated[tuple[Path, ...], Parameter(help="cli.behaviour.scenario", consume_multiple=False)] = ()


@Parameter(name="*")
@dataclass(frozen=True)
class PersonChoices:
    """Whether persons are run, and how many."""

    micro: Annotated[bool, Parameter(help="cli.behaviour.micro", negative=())] = False
    share: Annotated[float, Parameter(help="cli.behaviour.share", validator=Within(0.0001, 1))] = 1.0
    threads: Annotated[int, Parameter(help="cli.behaviour.threads", validator=Within(1, 1024))] = 1


@Parameter(name="*")
@dataclass(frozen=True)
class DrawChoices:
    """Where draws are kept, and who computes them."""

    out: Annotated[Path | None, Parameter(help="cli.behaviour.out")] = None
    shard: Annotated[str, Parameter(help="cli.project.shard")] = ""
    resume: Annotated[bool, Parameter(help="cli.project.resume", negative=())] = False
    workers: Annotated[int, Parameter(help="cli.project.workers", validator=Within(0, 1024))] = 0
    scheduler: Annotated[str, Parameter(help="cli.project.scheduler")] = ""


RUN, COUNTED, HERE = RunChoices(), PersonChoices(), DrawChoices()


@app.command(help="cli.command.behaviour.run")
def run(
    *,
    options: RunChoices = RUN,
    persons: PersonChoices = COUNTED,
    kept: DrawChoices = HERE,
    changes: Annotated[tuple[str, ...], Parameter(name="--set", help="cli.project.set", consume_multiple=False)] = (),
) -> int:
    """The chain of a move forward from the base, with intervals."""
    from qonys.catalog import open_pack
    from qonys.cli.installed.machine import memory
    from qonys.study.analyses.behaviour import STATED, BehaviourRequest, answer, basis_of

    pack = open_pack(settings().pack)
    given = {name: value for name, value in vars(options).items() if name != "parameter"}
    given |= {"values": options.parameter, "persons": persons.micro, "share": persons.share, "threads": persons.threads}
    request = BehaviourRequest(**given, changes=changes, memory=USED * memory()[0], **vars(kept))
    say_unused(persons, {"share": persons.micro, "threads": persons.micro})
    say_unused(kept, {"resume": kept.out is not None})
    if options.table in STATED:
        idle = ("by", "until", "draws", "seed", "means", "fitted", "parameter", "scenario")
        say_unused(options, dict.fromkeys(idle, False))
        say_idle({"--set": bool(changes), "--micro": persons.micro, "--out": kept.out is not None})
    with stages_shown() as tell:
        frame = answer(pack, request, tell)
    language = settings().language
    basis = basis_of(request)
    footer = (words.text(basis, language),) if basis and "finished" not in frame.columns else ()
    print_frame(_rounded(frame), label=_labels(pack), footer=footer)
    return 0


@app.command(help="cli.command.behaviour.calibrate")
def calibrate(*, table: Annotated[str, Parameter(help="cli.behaviour.calibrate.table")] = "parameters") -> int:
    """The chain fitted to the country's figures."""
    from qonys.study.analyses.behaviour_fit import CALIBRATE, calibration_frame, known_table

    known_table(table, CALIBRATE)
    return _fit_shown(partial(calibration_frame, table=table), f"behaviour.calibrate.{table}")


@app.command(help="cli.command.behaviour.identify")
def identify(*, table: Annotated[str, Parameter(help="cli.behaviour.identify.table")] = "learnt") -> int:
    """What the country's figures teach of the chain, and what they leave open."""
    from qonys.study.analyses.behaviour_fit import IDENTIFY, identify_frame, known_table

    known_table(table, IDENTIFY)
    return _fit_shown(partial(identify_frame, table=table), f"behaviour.identify.{table}")


@app.command(help="cli.command.behaviour.compare")
def compare(*, held: Annotated[int, Parameter(help="cli.behaviour.held", validator=Within(1, 100))] = 2) -> int:
    """The fitted chain against rules without behaviour, on the newest matrices, which no fit has seen."""
    from qonys.study.analyses.behaviour_fit import comparison_frame

    return _fit_shown(partial(comparison_frame, held=held), "behaviour.compare")


def _fit_shown(make: Callable[..., pl.DataFrame], footer: str) -> int:
    """Print a table of the fit, made from the pack while stages are told, with the sentence that belongs to it."""
    from qonys.catalog import open_pack

    pack = open_pack(settings().pack)
    with stages_shown() as tell:
        frame = make(pack, tell=tell)
    print_frame(_fit_rounded(frame), label=_labels(pack), footer=(words.text(footer, settings().language),))
    return 0


def _fit_rounded(frame: pl.DataFrame) -> pl.DataFrame:
    """Three digits after the point, percents one, moves whole; what a computer reads keeps all."""
    import polars.selectors as cs

    if settings().format != "table":
        return frame
    percents = cs.by_name("left_open", "spread_percent", "inside_percent", "rate_low", "rate_high", require_all=False)
    sets = cs.matches("^(flows|stages|ages|groups|if_.*)$")
    whole = cs.by_name("moves", "error", "intended", require_all=False)
    return frame.with_columns(
        (percents | sets).round(1), whole.round(0), (cs.float() - percents - sets - whole).round(3)
    )


def _labels(pack: Pack) -> Callable[[str, str], str | None]:
    from qonys.study.analyses.behaviour import measures_of

    language = settings().language
    measures = {one["id"]: one["name"] for one in measures_of(pack)}
    groups = set(pack.labels().filter(axis="ethnic_group")["code"])

    def label(column: str, code: str) -> str | None:
        if column == "description":
            return words.text(code, language)
        if column == "region":
            return pack.region_name(code, language, short=True)
        if column == "group" and code in groups:
            return pack.label("ethnic_group", code, language)
        if column == "measure" and code.startswith("to_") and code != "to_other":
            return words.text("behaviour.to", language, country=pack.label("country", code[3:], language))
        if column == "measure" and code in measures:
            return str(measures[code][language])
        key = f"behaviour.{column}.{code}"
        return words.text(key, language) if words.has(key, language) else None

    return label


def _rounded(frame: pl.DataFrame) -> pl.DataFrame:
    """Persons whole, shares and rates with one digit; what a computer reads keeps all."""
    import polars as pl

    if settings().format != "table" or "measure" not in frame.columns:
        return frame
    shares = pl.col("measure").is_in(["share_intending", "share_planning", "share_there", "per_1000"])
    names = [name for name in frame.columns if name.startswith("q")]
    return frame.with_columns(
        pl.when(shares).then(pl.col(name).round(1)).otherwise(pl.col(name).round(0)).alias(name) for name in names
    )
