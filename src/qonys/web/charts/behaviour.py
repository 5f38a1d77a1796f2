"""Charts of the chain of a move: stages by group, what is learnt, scenarios of the norm and of networks."""

from __future__ import annotations

from qonys.figures import behaviour
from qonys.web.charts.kit import Chart
from qonys.web.parameters import Parameter
from qonys.web.view import Site


def _axis(site: Site) -> tuple[Parameter, ...]:
    """The axis by which people are parted."""
    return (Parameter("axis", behaviour.AXES, behaviour.AXES[0], texts="behaviour.axis"),)


def _result(site: Site) -> tuple[Parameter, ...]:
    """The result that is compared."""
    known = site.keep("behaviour:results", lambda: behaviour.outcomes(site.context("en")))
    return (Parameter("result", known, "emigrants", texts="behaviour.outcome"),)


CHARTS = (
    Chart("behaviour_stages", lambda view: behaviour.stages(view.context, view.state["axis"]),
          (behaviour.STAGES,), _axis),
    Chart("behaviour_learnt", lambda view: behaviour.learnt(view.context), (behaviour.FIT,)),
    Chart("behaviour_strengths", lambda view: behaviour.strengths(view.context, view.state["result"]),
          (behaviour.STRENGTHS,), _result),
)  # fmt: skip
