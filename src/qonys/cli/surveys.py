"""`qonys survey`: table, test, trend, model, classes, map, adaptation, settling, published, example, and more."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from qonys import words
from qonys.cli.effects import say_idle, say_unused
from qonys.cli.files import FormOptions
from qonys.cli.help import new_app
from qonys.cli.notes import hear
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.ranges import DRAWS, SEED, SHARE, Seed, Within

if TYPE_CHECKING:
    from qonys.study.analyses.surveys import StaysFile, SurveyFile, SurveyResult

app = new_app("survey", "cli.command.survey")
MOST_CLASSES, MOST_YEARS = 5, 10
USUAL_EFFECT = "with-replacement"
File = Annotated[Path, Parameter(help="cli.survey.file")]
Var = Annotated[tuple[str, ...], Parameter(name="--var", help="cli.survey.var", consume_multiple=False)]
By = Annotated[tuple[str, ...], Parameter(name="--by", help="cli.survey.by", consume_multiple=False)]
On = Annotated[tuple[str, ...], Parameter(name="--on", help="cli.survey.on", consume_multiple=False)]


@Parameter(name="*")
@dataclass(frozen=True)
class DesignOptions(FormOptions):
    """How the file is written, labels, codes of no answer, the design, known totals and replicate weights."""

    weight: Annotated[str, Parameter(help="cli.survey.weight")] = ""
    strata: Annotated[str, Parameter(help="cli.survey.strata")] = ""
    cluster: Annotated[str, Parameter(help="cli.survey.cluster")] = ""
    fpc: Annotated[str, Parameter(help="cli.survey.fpc")] = ""
    single_psu: Annotated[str, Parameter(name="--single-psu", help="cli.survey.single_psu")] = "refuse"
    labels: Annotated[Path | None, Parameter(help="cli.survey.labels")] = None
    missing: Annotated[tuple[str, ...], Parameter(help="cli.survey.missing", consume_multiple=False)] = ()
    second: Annotated[str, Parameter(help="cli.survey.second")] = ""
    fpc_second: Annotated[str, Parameter(name="--fpc-second", help="cli.survey.fpc_second")] = ""
    calibrate: Annotated[Path | None, Parameter(help="cli.survey.calibrate")] = None
    calibration: Annotated[str, Parameter(help="cli.survey.calibration")] = "raking"
    bounds: Annotated[str, Parameter(help="cli.survey.bounds")] = ""
    replicates: Annotated[tuple[str, ...], Parameter(help="cli.survey.replicates", consume_multiple=False)] = ()
    replicate_type: Annotated[str, Parameter(name="--replicate-type", help="cli.survey.replicate_type")] = ""
    fay: Annotated[float, Parameter(help="cli.survey.fay", validator=Within(0, 0.999))] = 0.5
    centre: Annotated[str, Parameter(help="cli.survey.centre")] = "estimate"
    draws: Annotated[int, Parameter(help="cli.survey.draws", validator=DRAWS)] = 200
    seed: Annotated[int, Parameter(help="cli.survey.seed", validator=SEED)] = 1
    frequency: Annotated[str, Parameter(help="cli.survey.frequency")] = ""

    def of(self, path: Path, *, drawn: bool = False, **named: str | Sequence[str]) -> SurveyFile:
        """The file with this design, for the variables that options name; `drawn`: whether the method takes draws."""
        from qonys.study.analyses.survey_choices import refuse_choices
        from qonys.study.analyses.surveys import SurveyFile

        kind = self.replicate_type
        says = {"calibration": self.calibrate is not None, "bounds": self.calibrate is not None}
        made = kind == "bootstrap" and not self.replicates
        says |= {"fay": kind == "Fay", "centre": bool(kind), "draws": made, "seed": made or drawn}
        says |= {"single_psu": bool(self.strata or self.cluster)}
        refuse_choices(self.calibration, self.centre, self.bounds)
        say_unused(self, says)
        return SurveyFile(path, choices=self.choices(), named=_by_option(named), **_own(self))


@Parameter(name="*")
@dataclass(frozen=True)
class StaysOptions(FormOptions):
    """How a file of stays is written, its labels, codes of no value, ends that mean "still there", frequencies."""

    labels: Annotated[Path | None, Parameter(help="cli.survey.labels")] = None
    missing: Annotated[tuple[str, ...], Parameter(help="cli.survey.missing", consume_multiple=False)] = ()
    censored: Annotated[tuple[str, ...], Parameter(help="cli.survey.censored", consume_multiple=False)] = ()
    frequency: Annotated[str, Parameter(help="cli.survey.frequency")] = ""

    def of(self, path: Path, **named: str | Sequence[str]) -> StaysFile:
        """The file as it is to be read, for the variables that options ask for."""
        from qonys.study.analyses.surveys import StaysFile

        return StaysFile(path, choices=self.choices(), named=_by_option(named), **_own(self))


def _by_option(named: Mapping[str, str | Sequence[str]]) -> tuple[tuple[str, str], ...]:
    """Options, each with a variable that it names."""
    several = {option: [names] if isinstance(names, str) else names for option, names in named.items()}
    return tuple((f"--{option}", name) for option, names in several.items() for name in names)


def _own(options: FormOptions) -> dict[str, Any]:
    """Values of options, without those of how a file is written."""
    form = {item.name for item in fields(FormOptions)}
    return {name: value for name, value in vars(options).items() if name not in form}


DEFAULTS = DesignOptions()
AS_FOUND = StaysOptions()


def show(answer: SurveyResult, own: Collection[str] = ()) -> int:
    """Notes on standard error, then the table; `own`: its columns that are variables of the file."""
    for key, values in answer.notes:
        hear(key, values)
    print_frame(answer.frame, label=_label, footer=(), own=own)
    return 0


def _label(column: str, code: str) -> str | None:
    """Words for flags and grades; codes of a person's own file stay as they are."""
    if column == "grade":
        return words.text(f"surveys.grade.{code}", settings().language)
    if column == "flags":
        return (
            "; ".join(words.text(f"surveys.flag.{flag}", settings().language) for flag in code.split(",") if flag)
            or "–"
        )
    key = f"surveys.shown.{column}.{code}"
    return words.text(key, settings().language) if words.has(key) else None


@app.command(help="cli.command.survey.table")
def table(
    file: File,
    *,
    var: Var = (),
    by: By = (),
    kind: Annotated[str, Parameter(help="cli.survey.kind")] = "share",
    over: Annotated[str, Parameter(help="cli.survey.over")] = "",
    deff: Annotated[str, Parameter(help="cli.survey.deff")] = USUAL_EFFECT,
    design: DesignOptions = DEFAULTS,
) -> int:
    """Weighted estimates with design errors."""
    from qonys.errors import BadInput
    from qonys.study.analyses import surveys

    if not var:
        raise BadInput("surveys.need", option="--var")
    found = surveys.table(design.of(file, var=var, by=by, over=over), kind, var, by, over, deff)
    say_idle({"--deff": deff != USUAL_EFFECT and "deff" not in found.frame.columns})
    return show(found, (*var, *by))


@app.command(name="test", help="cli.command.survey.test")
def compare(
    file: File,
    *,
    var: Var = (),
    by: By = (),
    pairs: Annotated[bool, Parameter(help="cli.survey.pairs", negative=())] = False,
    design: DesignOptions = DEFAULTS,
) -> int:
    """Whether groups differ."""
    from qonys.study.analyses import surveys

    return show(surveys.compared(design.of(file, var=var, by=by), var, by, pairs))


@app.command(help="cli.command.survey.trend")
def trend(
    file: File,
    *,
    wave: Annotated[str, Parameter(help="cli.survey.wave")] = "wave",
    var: Var = (),
    design: DesignOptions = DEFAULTS,
) -> int:
    """Change from wave to wave."""
    from qonys.study.analyses import surveys

    return show(surveys.trend(design.of(file, var=var, wave=wave), var, wave))


@Parameter(name="*")
@dataclass(frozen=True)
class ModelOptions:
    """What of a model is shown in place of its coefficients, what is compared with what, whose errors."""

    effects: Annotated[bool, Parameter(help="cli.survey.effects", negative=())] = False
    iia: Annotated[bool, Parameter(help="cli.survey.iia", negative=())] = False
    base: Annotated[tuple[str, ...], Parameter(help="cli.survey.base", consume_multiple=False)] = ()
    errors: Annotated[str, Parameter(help="cli.survey.errors")] = "design"


COEFFICIENTS = ModelOptions()


@app.command(help="cli.command.survey.model")
def model(
    file: File,
    *,
    answer: Annotated[str, Parameter(name="--var", help="cli.survey.answer")],
    on: On = (),
    kind: Annotated[str, Parameter(help="cli.survey.model_kind")] = "multinomial",
    reference: Annotated[str, Parameter(help="cli.survey.reference")] = "",
    shown: ModelOptions = COEFFICIENTS,
    design: DesignOptions = DEFAULTS,
) -> int:
    """A model of intention, or tests of the independence of irrelevant alternatives."""
    from qonys.study.analyses import surveys

    linear = kind == "linear"
    multinomial = not linear and not shown.iia
    say_idle({
        "--effects": shown.effects and not multinomial, "--iia": shown.iia and linear,
        "--reference": bool(reference) and linear,
    })  # fmt: skip
    if linear:
        return show(surveys.linear(design.of(file, var=answer, on=on), answer, on, shown.base, shown.errors))
    spec = surveys.model_spec(answer, on, kind, reference, shown.base, shown.errors)
    if shown.iia:
        return show(surveys.independence_of_alternatives(design.of(file, var=answer, on=on, drawn=True), spec))
    return show(surveys.model(design.of(file, var=answer, on=on), spec, shown.effects))


@app.command(help="cli.command.survey.classes")
def classes(
    file: File,
    *,
    var: Var = (),
    count: Annotated[int, Parameter(help="cli.survey.count", validator=Within(-1, 100))] = 0,
    most: Annotated[int, Parameter(help="cli.survey.most_classes", validator=Within(0, 150))] = MOST_CLASSES,
    by: Annotated[str, Parameter(help="cli.survey.by_classes")] = "",
    design: DesignOptions = DEFAULTS,
) -> int:
    """Latent classes."""
    from qonys.study.analyses import surveys

    say_idle({"--most": most != MOST_CLASSES and bool(count), "--by": bool(by) and not count})
    return show(surveys.classes(design.of(file, var=var, by=by), var, count, most, by))


@app.command(name="map", help="cli.command.survey.map")
def answer_map(
    file: File,
    *,
    var: Var = (),
    axes: Annotated[bool, Parameter(help="cli.survey.axes", negative=())] = False,
    design: DesignOptions = DEFAULTS,
) -> int:
    """Map of answers."""
    from qonys.study.analyses import surveys

    return show(surveys.answer_map(design.of(file, var=var), var, axes))


@Parameter(name="*")
@dataclass(frozen=True)
class RateOptions:
    """A range of realisation rates of one's own, with its source."""

    low: Annotated[float | None, Parameter(help="cli.survey.rate_low", validator=SHARE)] = None
    high: Annotated[float | None, Parameter(help="cli.survey.rate_high", validator=SHARE)] = None
    source: Annotated[str, Parameter(help="cli.survey.rate_source")] = ""


PUBLISHED = RateOptions()


@app.command(help="cli.command.survey.potential")
def potential(
    file: File,
    *,
    var: Annotated[str, Parameter(help="cli.survey.answer")] = "",
    answer: Annotated[tuple[str, ...], Parameter(help="cli.survey.intends", consume_multiple=False)] = (),
    by: Annotated[str, Parameter(help="cli.survey.by_stays")] = "",
    rates: RateOptions = PUBLISHED,
    design: DesignOptions = DEFAULTS,
) -> int:
    """Migration potential by group."""
    from qonys.errors import BadInput
    from qonys.study.analyses import surveys

    if not by:
        raise BadInput("surveys.need", option="--by")
    if (rates.low is None) != (rates.high is None):
        raise BadInput("surveys.need", option="--low, --high")
    say_idle({"--source": bool(rates.source) and rates.low is None})
    own = None if rates.low is None or rates.high is None else (rates.low, rates.high, rates.source)
    return show(surveys.potential_by_group(design.of(file, var=var, by=by), var, answer, by, own), (by,))


@app.command(help="cli.command.survey.adaptation")
def adaptation(
    file: File,
    *,
    domain: Annotated[tuple[str, ...], Parameter(help="cli.survey.domain", consume_multiple=False)] = (),
    by: Annotated[str, Parameter(help="cli.survey.settler")] = "settler",
    native: Annotated[str, Parameter(help="cli.survey.native")] = "native",
    reliability: Annotated[bool, Parameter(help="cli.survey.reliability", negative=())] = False,
    design: DesignOptions = DEFAULTS,
) -> int:
    """Adaptation of migrants."""
    from qonys.study.analyses import surveys

    return show(surveys.adapted(design.of(file, by=by), domain, by, native, reliability))


@app.command(help="cli.command.survey.settling")
def settling(
    file: Annotated[Path, Parameter(help="cli.survey.stays")],
    *,
    table: Annotated[str, Parameter(help="cli.survey.settling_table")] = "after",
    by: Annotated[str, Parameter(help="cli.survey.by_stays")] = "",
    on: On = (),
    years: Annotated[
        tuple[float, ...], Parameter(help="cli.survey.years", validator=Within(0, 150), consume_multiple=False)
    ] = (),
    most: Annotated[int, Parameter(help="cli.survey.most_years", validator=Within(0, 150))] = MOST_YEARS,
    form: StaysOptions = AS_FOUND,
) -> int:
    """Who stays."""
    from qonys.study.analyses import surveys

    hazard = table == "hazard"
    say_idle({
        "--by": bool(by) and hazard, "--on": bool(on) and not hazard, "--years": bool(years) and table != "after",
        "--most": most != MOST_YEARS and not hazard,
    })  # fmt: skip
    return show(surveys.settling(form.of(file, by=by, on=on), table, by, on, years, most))


@app.command(help="cli.command.survey.published")
def published(
    *,
    search: Annotated[str, Parameter(help="cli.survey.search")] = "",
    group: Annotated[str, Parameter(help="cli.survey.group")] = "",
    surveys_only: Annotated[bool, Parameter(name="--surveys", help="cli.survey.surveys", negative=())] = False,
) -> int:
    """Published survey results with their flags."""
    from qonys.catalog import open_pack
    from qonys.study.analyses import surveys

    pack = open_pack(settings().pack)
    if surveys_only:
        say_idle({"--group": bool(group)})
        print_frame(surveys.known_surveys(pack, search), label=None, footer=())
        return 0
    names = {(axis, code): name for axis, code, name in pack.labels().select(
        "axis", "code", f"name_{settings().language}").rows()}  # fmt: skip

    def label(column: str, code: str) -> str | None:
        return _label(column, code) or names.get((column, code))

    print_frame(
        surveys.published(pack, search, group, settings().language), label=label,
        footer=(words.text("surveys.note.published", settings().language),),
    )  # fmt: skip
    return 0


@app.command(help="cli.command.survey.example")
def example(
    folder: Annotated[Path, Parameter(help="cli.survey.folder")] = Path(),
    *,
    respondents: Annotated[int, Parameter(help="cli.survey.respondents", validator=Within(0, 1_000_000))] = 1200,
    seed: Seed = 1,
) -> int:
    """A simulated survey to try the commands on."""
    from qonys.catalog import open_pack
    from qonys.study.analyses import surveys

    for path in surveys.example(open_pack(settings().pack), folder, respondents, seed):
        print(path)
    print(words.text("surveys.note.simulated", settings().language), file=sys.stderr)
    return 0


app.command("qonys.cli.identity:identity", name="identity", help="cli.command.survey.identity")
app.command("qonys.cli.mobility:mobility", name="mobility", help="cli.command.survey.mobility")
