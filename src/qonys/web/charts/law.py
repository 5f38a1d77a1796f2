"""The chart of the law register: values of a parameter under the series that it touches."""

from __future__ import annotations

from qonys.figures import law, law_effects
from qonys.figures.century import ACCOUNT
from qonys.law import law_register
from qonys.web.charts.kit import Chart
from qonys.web.parameters import Parameter
from qonys.web.view import Site


def has_law(site: Site) -> bool:
    """Whether the pack has a law register."""
    return bool(law_register(site.pack).acts)


def _known(site: Site) -> tuple[str, ...]:
    return site.keep("law:parameters", lambda: law.parameters(site.context("en")))


def _parameter(site: Site) -> tuple[Parameter, ...]:
    """The parameter whose values are shown; first the one that was set most often."""
    return (Parameter("parameter", _known(site), _known(site)[0], texts="law"),)


def _acts(site: Site) -> tuple[Parameter, ...]:
    """The act whose effect is shown; first the newest one that has one."""
    known = law_effects.acts(site.context("en"))
    return (Parameter("act", known, known[-1], texts="act"),)


CHARTS = (
    Chart(
        "law",
        lambda view: law.steps(view.context, view.state["parameter"]),
        (ACCOUNT,),
        _parameter,
        when=lambda site: bool(_known(site)),
    ),
    Chart(
        "law_effect",
        lambda view: law_effects.effect_of(view.context, view.state["act"]),
        law_effects.TABLES,
        _acts,
        when=lambda site: bool(law_effects.acts(site.context("en"))),
    ),
)
