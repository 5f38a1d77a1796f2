"""Tables of mobility: origins by destinations, by layer."""

from __future__ import annotations

from qonys.face.arguments import offered
from qonys.face.frames import Table
from qonys.face.result import Result
from qonys.face.surveys.design import Survey, opened
from qonys.figures.results import View
from qonys.study.analyses.mobility import TABLES, mobility


@offered
def survey_mobility(survey: Survey | Table, origin: str, destination: str, *, layer: str = "") -> Result:
    """Mobility table: outflow and inflow, gross, structural and exchange mobility, odds ratios, log-linear models.

    Parameters
    ----------
    survey
        The result of `survey_design`; a plain table is treated as a simple random sample.
    origin, destination
        Columns with common categories: place of birth and of residence, occupation of the father and own.
    layer
        Column of layers that are compared: generations, periods, countries.

    Returns
    -------
    layer, origin, destination, n, share (of the origin, 0 to 1), se, low, high (95%). Tables: `inflow`; `rates` (gross,
    structural and exchange mobility); `odds` (odds ratios of pairs of categories); `models` (G2, degrees, deff, p, BIC,
    dissimilarity of independence, quasi-independence, quasi-symmetry; with layers also constant association and uniform
    difference, of all and of movers alone); with layers `layers` (effect: association relative to the first layer).

    Raises
    ------
    BadInput
        Columns without a category in common; a layer with one category; an unusable design.

    Notes
    -----
    Source: Goodman (1965), quasi-independence; Xie (1992) and Erikson and Goldthorpe (1992), uniform difference; Rao
    and Scott (1984), test under the design; Raftery (1986), BIC.

    Examples
    --------
    >>> import qonys
    >>> people = {"birth": list("ttvv") * 9, "home": list("ttvt") * 9}
    >>> found = qonys.survey_mobility(people, "birth", "home")
    >>> found.frame.select("origin", "destination", "share").rows()
    [('t', 't', 1.0), ('t', 'v', 0.0), ('v', 't', 0.5), ('v', 'v', 0.5)]
    >>> found.table("rates")["share"].round(2).to_list()
    [0.25, 0.25, 0.0]
    """
    file, sources = opened(survey)
    shown = [name for name in TABLES if layer or name != "layers"]
    found = {name: mobility(file, origin, destination, layer, name) for name in shown}
    notes = tuple(dict.fromkeys((key, tuple(values.items())) for one in found.values() for key, values in one.notes))
    view = View("heat", "destination", "origin", colour="share", panel="layer" if layer else "")
    tables = {name: one.frame for name, one in found.items() if name != "outflow"}
    messages = tuple((key, dict(values)) for key, values in notes)
    return Result("survey_mobility", found["outflow"].frame, tables, messages, (view,), None, sources)
