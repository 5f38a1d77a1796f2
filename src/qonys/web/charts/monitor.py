"""Charts of the monitor: increments with their limits, and lights of regions by year."""

from __future__ import annotations

from qonys.figures import monitor
from qonys.web.charts.kit import Chart
from qonys.web.parameters import Parameter
from qonys.web.view import Site


def _series(site: Site) -> tuple[Parameter, ...]:
    """The series that is shown: arrivals first."""
    known = site.keep("monitor:series", lambda: monitor.indicators(site.context("en")))
    first = "immigrants" if "immigrants" in known else known[0]
    return (Parameter("series", known, first, texts="monitor.indicator"),)


CHARTS = (
    Chart("monitor", lambda view: monitor.increments(view.context, view.state["series"]), (monitor.RELEASES,), _series),
    Chart("monitor_regions", lambda view: monitor.regions(view.context), (monitor.REGIONS,)),
)
