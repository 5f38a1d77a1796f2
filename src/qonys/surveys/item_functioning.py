"""Differential functioning of items: whether groups with the same score on the others answer an item alike.

Ordered logit of the item on the mean of the other items, the group (uniform difference) and their product (non-uniform)
(Zumbo 1999, A handbook on the theory and methods of differential item functioning; Swaminathan and Rogers 1990). Wald
tests with the covariance of the design, F with its degrees of freedom; p corrected for the number of items (Holm 1979).
Size: the difference of Nagelkerke's R2 of the models with and without group and product; 0.035 to 0.07 is moderate,
above is large (Jodoin and Gierl 2001, Applied Measurement in Education 14, 329-349).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy import stats

from qonys.errors import BadInput
from qonys.surveys.choice_models import ChoiceFit, ChoiceSpec, fit_choice
from qonys.surveys.design import Design
from qonys.surveys.differences import corrected
from qonys.surveys.reading import Microdata
from qonys.surveys.scales import Scale

ITEM, REST, GROUP, PRODUCT = "__item", "__rest", "__group", "__product"
MOST_ANSWERS = 11


def item_functioning(data: Microdata, design: Design, scale: Scale) -> pl.DataFrame:
    """Columns item, n, uniform_f, uniform_p, nonuniform_f, nonuniform_p (corrected), r2_difference.

    Raises
    ------
    BadInput
        There are no groups; an item has more than eleven answers; as `fit_choice`.
    """
    if not scale.groups or scale.labels is None:
        raise BadInput("surveys.need", option="--group")
    rows = []
    for place, item in enumerate(scale.items):
        own = _prepared(data, scale, place)
        products = tuple(name for name in own.frame.columns if name.startswith(PRODUCT))
        alone, moved, turned = (
            fit_choice(own, design, ChoiceSpec(ITEM, on, "ordered"))
            for on in ((REST,), (REST, GROUP), (REST, GROUP, *products))
        )
        degrees = scale.plan.degrees
        uniform = wald(moved, GROUP, degrees)
        other = wald(turned, PRODUCT, degrees)
        rows.append((item, moved.n, *uniform, *other, nagelkerke(turned) - nagelkerke(alone)))
    names = ["item", "n", "uniform_f", "uniform_p", "nonuniform_f", "nonuniform_p", "r2_difference"]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    holm = (corrected(frame, name)["p_holm"].alias(name) for name in ("uniform_p", "nonuniform_p"))
    return frame.with_columns(holm)


def _prepared(data: Microdata, scale: Scale, place: int) -> Microdata:
    """Respondents with the item as ranks, the mean of the others in standard deviations, group and products."""
    values = np.unique(scale.values[scale.known, place])
    if len(values) > MOST_ANSWERS:
        raise BadInput("surveys.scale.answers", item=scale.items[place], n=len(values), most=MOST_ANSWERS)
    rank = np.searchsorted(values, scale.values[:, place])
    others = np.delete(scale.values, place, axis=1).mean(axis=1)
    inside = scale.known
    rest = np.where(inside, (others - others[inside].mean()) / others[inside].std(), np.nan)
    assert scale.labels is not None
    code = {group: f"{number:02d}" for number, group in enumerate(scale.groups)}
    groups = scale.labels.replace_strict(code, default=None, return_dtype=pl.String)
    answers = [f"{one:02d}" if known else None for one, known in zip(rank, inside, strict=True)]
    products = [
        (pl.Series(rest).fill_nan(None) * (groups == mark).cast(pl.Float64)).alias(f"{PRODUCT}{mark}")
        for mark in list(code.values())[1:]
    ]
    frame = data.frame.with_columns(
        pl.Series(ITEM, answers), pl.Series(REST, rest).fill_nan(None), groups.alias(GROUP), *products
    )
    return Microdata(frame)


def wald(fit: ChoiceFit, first: str, degrees: int) -> tuple[float, float]:
    """F and p that all parameters whose term begins with `first` are zero; rows of the fit's table are parameters."""
    places = [place for place, term in enumerate(fit.table["term"]) if term.startswith(first)]
    values = fit.parameters[places]
    q, below = len(places), degrees - len(places) + 1
    if below < 1:
        return float("nan"), float("nan")
    inner = fit.covariance[np.ix_(places, places)]
    f = float(values @ np.linalg.solve(inner, values)) / q * below / degrees
    return f, float(stats.f.sf(f, q, below))


def nagelkerke(fit: ChoiceFit) -> float:
    """Nagelkerke's R2 (1991), (1 - (L0 / L)^(2/n)) / (1 - L0^(2/n))."""
    level, start = fit.likelihood
    return float((1 - np.exp(2 * (start - level) / fit.n)) / (1 - np.exp(2 * start / fit.n)))
