"""All charts by their name."""

from __future__ import annotations

from qonys.errors import UnknownName
from qonys.web.charts import behaviour, comparisons, indicators, law, monitor, side_by_side, statements, subjects
from qonys.web.charts.kit import Chart
from qonys.web.charts.lab import future, levers, parts
from qonys.web.view import Site

MODULES = (subjects, comparisons, side_by_side, indicators, future, parts, levers, statements, law, monitor, behaviour)
CHARTS: dict[str, Chart] = {chart.id: chart for module in MODULES for chart in module.CHARTS}


def chart_of(site: Site, name: str) -> Chart:
    """A chart that the stored results can feed.

    Raises
    ------
    UnknownName
        There is no such chart, or its results are not stored.

    """
    chart = CHARTS.get(name)
    if chart is None:
        raise UnknownName("web.chart.unknown", name=name[:60], known=", ".join(sorted(CHARTS)))
    if not chart.available(site):
        raise UnknownName("web.chart.no_results", name=name, tables=", ".join(chart.needs))
    return chart
