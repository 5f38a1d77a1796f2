"""The chain of a move fitted to a pack's figures, what they teach, and how it foretells matrices that are held out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.behaviour.calibration import Fitted, fit
from qonys.behaviour.identification import LEARNT, Learnt
from qonys.behaviour.parameters import NAMES, PARAMETERS
from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.projection.regional.drivers import World
from qonys.study.analyses.behaviour_rivals import compared, worse
from qonys.study.base.behaviour_figures import Ground, ground_of
from qonys.study.chapters import potential
from qonys.study.ensembles.fits import kept_fit, world_of
from qonys.study.ensembles.objects import digest_of
from qonys.surveys.potential import implied_rates
from qonys.words.notes import note

Array = NDArray[np.float64]
Tell = Callable[..., None]
CALIBRATE = ("parameters", "years", "noise")
IDENTIFY = ("learnt", "directions", "wishes")
NORMAL = 1.959963984540054
CODE = (
    "qonys.behaviour.calibration", "qonys.behaviour.past", "qonys.behaviour.observed", "qonys.behaviour.parameters",
    "qonys.behaviour.identification", "qonys.kernels.behaviour.counts", "qonys.kernels.behaviour.chances",
    "qonys.kernels.behaviour.levenberg", "qonys.study.base.behaviour_figures",
)  # fmt: skip


@dataclass(frozen=True)
class Calibrated:
    """A fit and what it was fitted to."""

    fitted: Fitted
    ground: Ground


def silent(key: str, **values: object) -> None:
    """Tell nothing."""


def calibrated(pack: Pack, tell: Tell = silent, world: World | None = None) -> Calibrated:
    """The fit of the pack's figures, made once and kept; `world` None: that of the pack's own plan.

    Raises
    ------
    BadInput
        Figures of moves between regions are lacking, or the pack cannot be projected by region.

    """
    ground = ground_of(pack, world_of(pack, None, tell) if world is None else world)

    def make() -> Fitted:
        return fit(ground.inputs, ground.seen, tell=tell)

    found: Fitted = kept_fit("behaviour", _content(ground), CODE, make)
    return Calibrated(found, ground)


def _content(ground: Ground, *also: object) -> str:
    return digest_of((ground.seen, ground.inputs.base, ground.inputs.places, *also))


def scores_of(pack: Pack, held: int, world: World) -> pl.DataFrame:
    """Scores of the chain and of rules without behaviour in the newest `held` matrices, made once and kept.

    Raises
    ------
    BadInput
        Too many years are held; as `calibrated`.

    """
    ground = ground_of(pack, world, held)

    def make() -> pl.DataFrame:
        return compared(ground, held)[1]

    code = (*CODE, "qonys.behaviour.holdout", "qonys.study.analyses.behaviour_rivals")
    found: pl.DataFrame = kept_fit("behaviour_scores", _content(ground, held), code, make)
    return found


def say_learnt(fitted: Fitted) -> None:
    """Say how many directions the figures teach, and which parameters they leave at their priors."""
    learnt = fitted.learnt
    left = [name for name, ratio in zip(NAMES, learnt.ratio[learnt.last], strict=True) if ratio > np.sqrt(0.5)]
    note("behaviour.learnt", count=learnt.count(learnt.last), total=len(NAMES), left=", ".join(left))
    if not fitted.converged:
        note("behaviour.not_converged", steps=fitted.steps)
    if fitted.held:
        note("behaviour.at_bound", names=", ".join(fitted.held))


def calibration_frame(pack: Pack, table: str = "parameters", tell: Tell = silent) -> pl.DataFrame:
    """A table of the fit: `parameters`, levels of `years`, or `noise` around the chain.

    Raises
    ------
    BadInput
        A table that there is not; as `calibrated`.

    """
    known_table(table, CALIBRATE)
    found = calibrated(pack, tell)
    say_learnt(found.fitted)
    if table == "years":
        return years_frame(found)
    return noise_frame(found.fitted) if table == "noise" else fitted_frame(found.fitted)


def known_table(table: str, known: tuple[str, ...]) -> None:
    """Refuse a table that there is not."""
    if table not in known:
        raise BadInput("estimation.choice", option="--table", value=table, known=", ".join(known))


def fitted_frame(fitted: Fitted) -> pl.DataFrame:
    """parameter, prior mean, centre and ends (95 %) of the posterior in range, spread in percent of the prior's."""
    spread = np.sqrt(np.diag(fitted.covariance))
    ratio = fitted.learnt.ratio[fitted.learnt.last]
    rows = []
    for k, one in enumerate(PARAMETERS):
        ends = (fitted.centre[k] + side * NORMAL * spread[k] for side in (-1, 1))
        low, high = (min(max(one.from_scale(float(end)), one.low), one.high) for end in ends)
        rows.append(
            (one.name, one.mean, one.from_scale(float(fitted.centre[k])), low, high, 100 * float(ratio[k]), one.place,
             f"behaviour.p.{one.name}")
        )  # fmt: skip
    names = ["parameter", "prior", "mean", "low", "high", "left_open", "stage", "description"]
    return pl.DataFrame(rows, schema=names, orient="row")


def years_frame(found: Calibrated) -> pl.DataFrame:
    """year, moves counted, level of the year as a factor on the chain's moves and its ends (95 %): registration."""
    fitted, seen = found.fitted, found.ground.seen
    count, years = len(NAMES), len(fitted.years)
    place, error = fitted.place[count:][:years], np.sqrt(np.diag(fitted.whole))[count:][:years]
    ends = {"level": place, "low": place - NORMAL * error, "high": place + NORMAL * error}
    moves = [float(square[seen.pairs()].sum()) for square in seen.moves]
    return pl.DataFrame({"year": list(fitted.years), "moves": moves} | {k: np.exp(v) for k, v in ends.items()})


def noise_frame(fitted: Fitted) -> pl.DataFrame:
    """What the chain leaves: spreads of logs in percent, of pairs, of origins and destinations in a year, of counts."""
    noise = fitted.noise
    rows = [(kind, 100 * value) for kind, value in noise.spreads().items()]
    rows += [("count", 100 / np.sqrt(noise.dispersion))]
    return pl.DataFrame(rows, schema=["term", "spread_percent"], orient="row")


def identify_frame(pack: Pack, table: str = "learnt", tell: Tell = silent) -> pl.DataFrame:
    """What the figures teach, `learnt` directions one by one, or `wishes` against registered emigrants.

    Raises
    ------
    BadInput
        A table that there is not; as `calibrated`; no survey of intentions for `wishes`.

    """
    known_table(table, IDENTIFY)
    if table == "wishes":
        return wishes_frame(pack)
    found = calibrated(pack, tell).fitted
    say_learnt(found)
    return directions_frame(found.learnt) if table == "directions" else learnt_frame(found.learnt)


def learnt_frame(learnt: Learnt) -> pl.DataFrame:
    """Parameter and, for each set of figures, the posterior's spread as a percent of the prior's; directions learnt.

    Published sets stand one on top of the other; each that is not published (`if_`) stands on all of them.
    """
    count = {"parameter": "directions"} | {name: float(learnt.count(k)) for k, name in enumerate(learnt.sets)}
    rows = [
        {"parameter": name} | {one: 100 * float(learnt.ratio[k, p]) for k, one in enumerate(learnt.sets)}
        for p, name in enumerate(NAMES)
    ]
    return pl.DataFrame([*rows, count])


def directions_frame(learnt: Learnt) -> pl.DataFrame:
    """direction, information against the prior's, spread left in percent of the prior's, learnt, parameters in it."""
    last = learnt.last
    rows = [
        (d + 1, float(value), 100 / np.sqrt(1 + max(float(value), 0.0)), "yes" if value >= LEARNT else "no",
         learnt.named(last, d))
        for d, value in enumerate(learnt.eigenvalues[last])
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=["direction", "information", "left_open", "learnt", "parameters"], orient="row")


def wishes_frame(pack: Pack) -> pl.DataFrame:
    """Registered emigrants of a year for each person who stated an intention, as a range over sources and years.

    survey, answer, year, intended, after (year), low and high (emigrants), rate_low and rate_high in percent. What is
    counted for each survey is said in `qonys.surveys.potential.implied_rates`.
    """
    stated = potential.intentions(pack)
    if stated.is_empty():
        raise BadInput("behaviour.no_survey")
    left = potential.emigrants(pack).filter("whole")
    parts = []
    for answer in stated["answer"].unique(maintain_order=True):
        rates = implied_rates(stated.filter(pl.col("answer") == answer), left)
        parts.append(rates.with_columns(pl.lit(answer).alias("answer")))
    rates = pl.concat(parts)
    return rates.select(
        "survey", "answer", "year", (pl.col("intended") / 1000).round(0) * 1000, "after", "low", "high",
        (pl.col("rate_low") * 100), (pl.col("rate_high") * 100),
    )  # fmt: skip


def comparison_frame(pack: Pack, held: int = 2, tell: Tell = silent) -> pl.DataFrame:
    """Scores of the chain and of rules without behaviour in the newest `held` matrices; what is worse is said.

    Raises
    ------
    BadInput
        Too many years are held; as `calibrated`.

    """
    frame = scores_of(pack, held, world_of(pack, None, tell))
    lost = worse(frame)
    for year, rival, score in lost:
        note(f"behaviour.worse.{rival}.{score}", year=year)
    if not lost:
        note("behaviour.never_worse")
    return frame
