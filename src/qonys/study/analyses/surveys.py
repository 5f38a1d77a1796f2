"""Surveys of a person: weighted tables, tests, models, classes, maps, waves, adaptation, stays; published results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl

from qonys.catalog import Pack
from qonys.catalog.reading.choices import FileChoices
from qonys.errors import BadInput
from qonys.inputs import rows
from qonys.study.analyses.simulated_survey import margins_of, write_example
from qonys.study.analyses.survey_choices import calibration_bounds
from qonys.surveys import differences
from qonys.surveys.adaptation import adaptation, domains_of
from qonys.surveys.calibration import Calibration, read_margins
from qonys.surveys.choice_models import ChoiceSpec, fit_choice
from qonys.surveys.class_groups import classes_by_group
from qonys.surveys.classes import STARTS, choose_classes, class_table, fit_classes, patterns_of
from qonys.surveys.correspondence import correspondence
from qonys.surveys.design import Design, plan_of, with_design
from qonys.surveys.differences import shares_by_group
from qonys.surveys.endings import stays_of
from qonys.surveys.estimates import EFFECTS, EstimateSpec, estimate
from qonys.surveys.frequencies import repeated
from qonys.surveys.iia import iia_tests
from qonys.surveys.linear import DESIGN, MODEL, fit_linear
from qonys.surveys.potential import Range, potential_of_groups, published_rates, rate_range
from qonys.surveys.published import graded, searched
from qonys.surveys.reading import AS_FOUND, Microdata, read_named
from qonys.surveys.replication import Replication
from qonys.surveys.settling import hazard, incidence, same_survival, settled_after, survival
from qonys.surveys.weighting import BEFORE, CALIBRATED, prepared

Note = tuple[str, dict[str, object]]
SETTLING_TABLES = ("after", "curve", "ends", "hazard", "test")


@dataclass(frozen=True)
class SurveyFile:
    """A survey file with its labels, codes of no answer, design, known totals and replicate weights.

    `frequency`: the column of how many respondents each row stands for; `choices`: how the file is written;
    `named`: options with the variables that they name, by which the sheet of a workbook is chosen.
    """

    path: Path
    labels: Path | None = None
    missing: tuple[str, ...] = ()
    weight: str = ""
    strata: str = ""
    cluster: str = ""
    fpc: str = ""
    single_psu: str = "refuse"
    second: str = ""
    fpc_second: str = ""
    calibrate: Path | None = None
    calibration: str = "raking"
    bounds: str = ""
    replicates: tuple[str, ...] = ()
    replicate_type: str = ""
    fay: float = 0.5
    centre: str = "estimate"
    draws: int = 200
    seed: int = 1
    frequency: str = ""
    choices: FileChoices = AS_FOUND
    named: tuple[tuple[str, str], ...] = ()

    @cached_property
    def opened(self) -> tuple[Microdata, Design]:
        """The respondents and their design, with calibrated and replicate weights where they are asked for."""
        design = Design(self.weight, self.strata, self.cluster, self.fpc, self.single_psu, self.second, self.fpc_second)
        if self.replicates and not self.replicate_type:
            raise BadInput("surveys.need", option="--replicate-type")
        replication = None
        if self.replicate_type:
            replication = Replication(
                self.replicate_type, self.replicates, self.fay, self.centre, self.draws, self.seed
            )
        return prepared(self.microdata(), design, self.totals(), replication)

    @property
    def design(self) -> Design:
        """The declared design."""
        return self.opened[1]

    def read(self) -> Microdata:
        """The respondents."""
        return self.opened[0]

    def microdata(self) -> Microdata:
        """The respondents as the file holds them."""
        design = ("weight", "strata", "cluster", "fpc", "second", "fpc_second", "frequency")
        named = (*self.named, *((f"--{name.replace('_', '-')}", str(getattr(self, name))) for name in design))
        data = read_named(self.path, self.labels, self.missing, self.choices, named)
        return repeated(data, self.frequency, self.weight, self.choices.keep)

    def totals(self) -> Calibration | None:
        """Known totals that the weights are brought to."""
        if self.calibrate is None:
            return None
        margins = read_margins(self.calibrate, self.choices.for_companions())
        return Calibration(margins, self.calibration, calibration_bounds(self.bounds))


@dataclass(frozen=True)
class SurveyResult:
    """A table and what must be said with it (keys of the catalogues and values)."""

    frame: pl.DataFrame
    notes: tuple[Note, ...] = ()


def notes_of(file: SurveyFile, data: Microdata, left_out: int = 0) -> tuple[Note, ...]:
    """That the file is simulated, if it says so; how many answers are missing; how weights and errors were made."""
    notes: list[Note] = []
    if "simulated" in data.frame.columns:
        known = "intention" in data.frame.columns  # the other made-up files follow no published margin
        notes.append(("surveys.note.simulated" if known else "surveys.note.made_up", {}))
    if left_out:
        notes.append(("surveys.note.left_out", {"n": left_out}))
    if CALIBRATED in data.frame.columns:
        times = (data.frame[CALIBRATED] / data.frame[BEFORE]).to_numpy()
        margins = sum(name.startswith("__auxiliary_") for name in data.frame.columns)
        ends = {"low": round(float(times.min()), 2), "high": round(float(times.max()), 2)}
        notes.append(("surveys.note.calibrated", {"method": file.calibration, "n": margins, **ends}))
    if file.replicate_type:
        notes.append(("surveys.note.replicates", {"n": len(file.design.replicates), "kind": file.replicate_type}))
    return tuple(notes)


def table(
    file: SurveyFile, kind: str, variables: Sequence[str], by: tuple[str, ...], over: str, effect: str = EFFECTS[0]
) -> SurveyResult:
    """Weighted estimates of one or more variables, by domains; `effect`: see `EstimateSpec`."""
    data = file.read()
    frames, left_out = [], 0
    for variable in variables:
        found = estimate(data, file.design, EstimateSpec(kind, variable, by, over, effect=effect))
        frames.append(found.table.select(pl.lit(variable).alias("variable"), pl.all()))
        left_out = max(left_out, found.left_out)
    return SurveyResult(_without_empty(pl.concat(frames)), notes_of(file, data, left_out))


def _without_empty(frame: pl.DataFrame) -> pl.DataFrame:
    """Without columns that hold nothing."""
    return frame.select([name for name in frame.columns if frame[name].null_count() < frame.height])


def compared(file: SurveyFile, variables: Sequence[str], by: Sequence[str], pairs: bool) -> SurveyResult:
    """Tests of independence of every variable and grouping, or differences by pairs of groups."""
    data = file.read()
    _need("--var", variables)
    _need("--by", by)
    notes = notes_of(file, data, max(data.unanswered(pair) for pair in product(variables, by)))
    if not pairs:
        return SurveyResult(differences.tests_of_groups(data, file.design, variables, by), notes)
    frames = [
        differences.differences(data, file.design, variable, group).select(
            pl.lit(variable).alias("variable"), pl.lit(group).alias("by"), pl.all()
        )
        for variable in variables
        for group in by
    ]
    return SurveyResult(differences.corrected(pl.concat(frames).drop("p_holm", "p_bh")), notes)


def trend(file: SurveyFile, variables: Sequence[str], wave: str) -> SurveyResult:
    """Change from wave to wave."""
    data = file.read()
    _need("--var", variables)
    frames = [
        differences.trend(data, file.design, variable, wave).select(pl.lit(variable).alias("variable"), pl.all())
        for variable in variables
    ]
    notes = notes_of(file, data, max(data.unanswered((variable, wave)) for variable in variables))
    return SurveyResult(differences.corrected(pl.concat(frames).drop("p_holm", "p_bh")), notes)


def model(file: SurveyFile, spec: ChoiceSpec, effects: bool) -> SurveyResult:
    """Coefficients of a model of intention, or its average marginal effects."""
    data = file.read()
    fit = fit_choice(data, file.design, spec)
    own: tuple[Note, ...] = (("surveys.note.model_errors", {}),) if spec.errors == MODEL else ()
    notes: tuple[Note, ...] = (
        *notes_of(file, data, fit.left_out),
        ("surveys.note.model", {"n": fit.n, "fit": f"{fit.mcfadden:.3f}", "level": f"{fit.likelihood[0]:.6f}"}),
        ("surveys.note.deviance", {"deviance": f"{fit.deviance:.6f}", "null": f"{-2 * fit.likelihood[1]:.6f}"}),
        *own,
    )
    return SurveyResult(fit.effects if effects else fit.table, notes)


def independence_of_alternatives(file: SurveyFile, spec: ChoiceSpec) -> SurveyResult:
    """Tests of the independence of irrelevant alternatives of a multinomial model."""
    data = file.read()
    found = iia_tests(data, file.design, spec, file.seed)
    notes = notes_of(file, data, data.unanswered((spec.answer, *spec.on)))
    return SurveyResult(found, (*notes, ("surveys.note.iia", {})))


def linear(
    file: SurveyFile, answer: str, on: tuple[str, ...], base: tuple[str, ...] = (), errors: str = DESIGN
) -> SurveyResult:
    """Coefficients of a linear regression."""
    data = file.read()
    fit = fit_linear(data, file.design, answer, on, base=base, errors=errors)
    return SurveyResult(fit.table, (*notes_of(file, data, fit.left_out), ("surveys.note.linear", {"n": fit.n})))


def model_spec(
    answer: str,
    on: tuple[str, ...],
    kind: str,
    reference: str,
    base: tuple[str, ...] = (),
    errors: str = DESIGN,
) -> ChoiceSpec:
    """What a model is asked."""
    return ChoiceSpec(answer, on, kind, reference, base=base, errors=errors)


def classes(file: SurveyFile, variables: Sequence[str], count: int, most: int, by: str) -> SurveyResult:
    """Fits of 1 to `most` classes, or with `count` the answers of each class, or with `by` classes by group."""
    data = file.read()
    patterns, answers = patterns_of(data, file.design, variables)
    notes = (*notes_of(file, data), *_unanswered(data, variables))
    if not count:
        started: dict[str, object] = {"n": STARTS}
        return SurveyResult(choose_classes(patterns, most)[0], (*notes, ("surveys.note.starts", started)))
    fit = fit_classes(patterns, count)
    if fit.degrees < 0:
        raise BadInput("surveys.classes.too_many", n=count)
    if by:
        without: tuple[Note, ...] = _of_groups(data.unanswered([by]), by)
        return SurveyResult(classes_by_group(data, file.design, fit, patterns, by), (*notes, *without))
    note: Note = ("surveys.note.classes", {"bic": f"{fit.bic:.1f}", "entropy": f"{fit.entropy(patterns):.2f}",
                                           "reached": fit.reached, "starts": fit.starts})  # fmt: skip
    return SurveyResult(class_table(fit, variables, answers), (*notes, note))


def _unanswered(data: Microdata, items: Sequence[str]) -> tuple[Note, ...]:
    """Who answered none of the items and is left out, and who lacks some answers and is kept."""
    none, lacking = data.unanswered(items, all_of=True), data.unanswered(items)
    counted = {"surveys.note.unanswered": none, "surveys.note.partly": lacking - none}
    return tuple((key, {"n": n}) for key, n in counted.items() if n)


def _of_groups(n: int, by: str) -> tuple[Note, ...]:
    """How many are in none of the groups."""
    return (("surveys.note.no_group", {"n": n, "by": by}),) if n else ()


def answer_map(file: SurveyFile, variables: Sequence[str], axes: bool) -> SurveyResult:
    """Points of the correspondence map, or inertias of its axes."""
    data = file.read()
    found = correspondence(data, file.design, variables)
    return SurveyResult(found.inertias if axes else found.points, notes_of(file, data, found.left_out))


def potential_by_group(
    file: SurveyFile, variable: str, intends: Sequence[str], by: str, rates: tuple[float, float, str] | None
) -> SurveyResult:
    """Potential by group: people (sums of weights), share who give an answer of `intends`, movers with intervals.

    `rates`: lowest and highest realisation rate with their source; None takes the range of published panels.
    """
    data = file.read()
    _need("--var", [variable] if variable else [])
    _need("--answer", intends)
    found = shares_by_group(data, file.design, variable, by)
    unknown = sorted(set(intends) - set(found.answers))
    if unknown:
        raise BadInput("surveys.choice", option="--answer", value=unknown[0], known=", ".join(found.answers))
    places = [found.answers.index(answer) for answer in intends]
    labels = data.categories(by)
    weight = plan_of(with_design(data.frame, file.design), file.design).weight
    rows = []
    for g, group in enumerate(found.groups):
        cells = [g * len(found.answers) + place for place in places]
        variance = float(found.covariance[np.ix_(cells, cells)].sum())
        people = float(weight[(labels == group).fill_null(value=False).to_numpy()].sum())
        rows.append((group, people, float(found.shares[g, places].sum()), max(variance, 0.0) ** 0.5))
    frame = pl.DataFrame(rows, schema=["group", "people", "share", "se"], orient="row")
    rate = rate_range(published_rates()) if rates is None else Range(rates[0], sum(rates[:2]) / 2, rates[1], rates[2])
    table = potential_of_groups(frame, rate).join(frame.select("group", "share"), on="group", how="left")
    note: Note = (
        "surveys.note.potential",
        {"low": rate.low, "high": rate.high, "source": rate.source, "people": round(float(frame["people"].sum()))},
    )
    return SurveyResult(table, (*notes_of(file, data, found.left_out), note))


def adapted(file: SurveyFile, domains: Sequence[str], group: str, native: str, reliability: bool) -> SurveyResult:
    """Adaptation by domain and its index, or reliability of the scores."""
    data = file.read()
    _need("--domain", domains)
    known = domains_of(domains, data.frame)
    found = adaptation(data, file.design, known, group, native)
    notes = (*_unanswered(data, [item for domain in known.values() for item in domain.items]),
             *_of_groups(data.unanswered([group]), group))  # fmt: skip
    return SurveyResult(found.reliability if reliability else found.table, (*notes_of(file, data), *notes))


@dataclass(frozen=True)
class StaysFile:
    """A file of stays: its labels, codes of no value, ends that mean "still there", how many each row stands for."""

    path: Path
    labels: Path | None = None
    missing: tuple[str, ...] = ()
    censored: tuple[str, ...] = ()
    frequency: str = ""
    choices: FileChoices = AS_FOUND
    named: tuple[tuple[str, str], ...] = ()

    def microdata(self) -> Microdata:
        """The records, one a stay."""
        named = (*self.named, ("--frequency", self.frequency))
        data = read_named(self.path, self.labels, self.missing, self.choices, named, ("years", "end"))
        return repeated(data, self.frequency, keep=self.choices.keep)


def settling(
    file: StaysFile, shown: str, by: str, on: tuple[str, ...], years: tuple[float, ...], most: int
) -> SurveyResult:
    """приживаемость after years, the curve, kinds of end, the hazard, or the test of groups, from records of stays."""
    if shown not in SETTLING_TABLES:
        raise BadInput("surveys.choice", option="--table", value=shown, known=", ".join(SETTLING_TABLES))
    data = file.microdata()
    stays = stays_of(data, file.censored)
    notes: tuple[Note, ...] = (("surveys.note.made_up", {}),) if "simulated" in data.frame.columns else ()
    for name in on if shown == "hazard" else (by,) if by else ():
        notes += _of_groups(data.unanswered([name]), name)
    if shown == "after":
        return SurveyResult(settled_after(stays, years or (1, 2, 3, 5), by), notes)
    if shown == "curve":
        return SurveyResult(survival(stays, by), notes)
    if shown == "ends":
        return SurveyResult(incidence(stays, by), notes)
    if shown == "hazard":
        return SurveyResult(hazard(stays, on, most), notes)
    _need("--by", [by] if by else [])
    return SurveyResult(pl.DataFrame([same_survival(stays, by)]), notes)


def published(pack: Pack, words: str, group: str, language: str) -> pl.DataFrame:
    """Published results that fit the words and the group, with flags and grade."""
    names = {(axis, code): name for axis, code, name in pack.labels().select("axis", "code", f"name_{language}").rows()}
    found = searched(
        graded(rows(pack, "survey_results")), words, group, lambda column, code: names.get((column, code)) or ""
    )
    return found.select(
        "survey", "fieldwork", "question", "group", "answer", "value", "n", "mode", "low", "high", "grade", "flags",
        "source", "status",
    )  # fmt: skip


def known_surveys(pack: Pack, words: str) -> pl.DataFrame:
    """Surveys that the pack knows of, with what they asked and what is published; all words must stand in the row."""
    rows = pack.surveys()
    wanted = words.lower().split()
    kept = [all(word in " ".join(map(str, row)).lower() for word in wanted) for row in rows.rows()]
    found = rows.filter(pl.Series(kept, dtype=pl.Boolean))
    if found.height == 0:
        raise BadInput("surveys.published.nothing", words=words, group="–", known=", ".join(rows["survey"]))
    return found


def example(pack: Pack, folder: Path, n: int, seed: int) -> tuple[Path, ...]:
    """Write the simulated survey and its labels into a folder."""
    return write_example(margins_of(pack), folder, n, seed)


def _need(option: str, given: Sequence[str]) -> None:
    if not given:
        raise BadInput("surveys.need", option=option)
