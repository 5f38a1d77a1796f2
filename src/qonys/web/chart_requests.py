"""From an address to a drawing: state read, chart built once, its names and links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from qonys.errors import UnknownName
from qonys.figures.drawing import Drawing
from qonys.web.charts import own_tables as own
from qonys.web.charts import report_figures as living
from qonys.web.charts.catalogue import CHARTS, chart_of
from qonys.web.charts.kit import Chart
from qonys.web.charts.portraits import is_portrait, portrait_chart
from qonys.web.parameters import Parameter, canonical, read_state, read_width
from qonys.web.recent import Recent
from qonys.web.view import Site, View

Thing = TypeVar("Thing")
KEPT_DRAWINGS = 160


@dataclass(frozen=True)
class ChartRequest:
    """One chart in one state, as an address asks for it."""

    chart: Chart
    parameters: tuple[Parameter, ...]
    view: View

    @property
    def query(self) -> str:
        """The state without defaults, in its one written form."""
        return canonical(self.parameters, self.view.state)

    @property
    def name(self) -> str:
        """The chart's name."""
        return self.chart.id

    def link(self) -> str:
        """Address of this state with the release and the results it was made with."""
        site = self.view.site
        query = canonical(self.parameters, self.view.state, rel=site.release, m=site.model)
        return f"/{self.view.language}/chart/{self.chart.id}?{query}"


def ask(site: Site, language: str, name: str, query: Iterable[tuple[str, str]], base: str = "") -> ChartRequest:
    """The chart `name` in the state that `query` writes, read at `base`.

    Raises
    ------
    UnknownName
        No such chart in the stored results.
    BadInput
        A parameter or value is unknown.

    """
    pairs = list(query)
    chart = _found(site, language, name)
    parameters = parameters_of(site, chart)
    state = read_state(parameters, pairs)
    return ChartRequest(chart, parameters, View(site, language, state, read_width(dict(pairs)), base))


def _found(site: Site, language: str, name: str) -> Chart:
    if name.startswith(living.PREFIX):
        return living.living_chart(site, language, name)
    if is_portrait(name):
        return portrait_chart(site, name)
    return own.own_chart(site, name) if name.startswith(own.PREFIX) else chart_of(site, name)


def parameters_of(site: Site, chart: Chart) -> tuple[Parameter, ...]:
    """The parameters of a chart, found once."""
    return site.keep(f"parameters:{chart.id}", lambda: chart.parameters(site))


def drawn(asked: ChartRequest) -> Drawing:
    """The drawing, made once while it is among the last used."""
    view = asked.view
    recent: Recent[Drawing] = view.site.keep("drawings", lambda: Recent[Drawing](KEPT_DRAWINGS))
    mark = view.site.own_mark() if asked.name.startswith(own.PREFIX) else ""
    key = (view.language, asked.name, asked.query, view.width, mark)
    return recent.get(key, lambda: asked.chart.build(view))


def drawn_live(asked: ChartRequest) -> Drawing:
    """The drawing as it is shown while an input is being moved; kept by nobody here."""
    return (asked.chart.live or asked.chart.build)(asked.view)


def known_charts(site: Site) -> list[Chart]:
    """All charts that the stored results can feed."""
    return [chart for chart in CHARTS.values() if chart.available(site)]


def require(found: Thing | None, key: str, **values: object) -> Thing:
    """`found`, or a clear refusal."""
    if found is None:
        raise UnknownName(key, **values)
    return found
